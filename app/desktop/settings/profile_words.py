"""Profiles in words: how one signs in, where its credentials are, what a keyring that is not there means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.account.profiles import ENVIRONMENT, SANDBOX
from app.desktop.i18n import translate
from app.desktop.settings.connection_words import host_of

if TYPE_CHECKING:
    from app.account.profile_editing import CredentialPlace
    from app.desktop.settings.account import ProfileView


def profile_icon(view: ProfileView) -> str:
    """Where it leads to; never a cloud where nothing leaves this computer."""
    if view.problem is not None:
        return "warning"
    if view.this_computer_only:
        return "local"
    return "key" if view.kind == "iam" else "cloud"


def way_in(view: ProfileView) -> str:
    """How it signs in, in a line; for one that is not in use also where to."""
    if view.kind == "sandbox":
        return translate("Profiles", "This computer only: no copy elsewhere")
    if view.this_computer_only:
        return translate("Profiles", "Another sandbox on this computer only: no copy elsewhere")
    if view.kind == "iam":
        return _by_aws(view)
    host = host_of(view.endpoint or "")
    if view.in_use:
        by_browser = translate("Profiles", "Signs in through the browser")
        return by_browser if view.kind == "signin" else translate("Profiles", "Signs in with an access token")
    if view.kind == "signin":
        return translate("Profiles", "Sign-in through the browser · {host}").format(host=host)
    return translate("Profiles", "Access token · {host}").format(host=host)


def _by_aws(view: ProfileView) -> str:
    if view.name == ENVIRONMENT:
        return translate("Profiles", "AWS credentials, address from LAMBDA_FUNCTION_URL")
    region = view.region or ""
    if view.aws_profile is None:
        return translate("Profiles", "AWS access key · {region}").format(region=region)
    text = translate("Profiles", "AWS credentials, profile “{profile}” · {region}")
    return text.format(profile=view.aws_profile, region=region)


def credentials(view: ProfileView, place: CredentialPlace) -> tuple[str, str, bool]:
    """Where its credentials are, the icon beside it, and whether that is something to heed."""
    if place == "aws":
        if view.aws_profile is None:
            return translate("Profiles", "Where AWS's own tools find them"), "key", False
        return translate("Profiles", "From AWS profile “{name}”").format(name=view.aws_profile), "key", False
    texts: dict[CredentialPlace, tuple[str, str, bool]] = {
        "keyring": (translate("Profiles", "In the keyring of this computer"), "key", False),
        "this-run": (translate("Profiles", "Kept until the program ends"), "warning", True),
        "file": (translate("Profiles", "In a file that only you can read"), "key", False),
        "sandbox": (translate("Profiles", "None needed"), "key", False),
        "nowhere": (translate("Profiles", "None kept on this computer"), "warning", True),
        "locked": (translate("Profiles", "In the keyring, which is locked"), "lock", True),
    }
    return texts[place]


def is_editable(view: ProfileView) -> bool:
    """Whether it stands in the settings: not the sandbox, nor what the environment says."""
    return view.name not in {SANDBOX, ENVIRONMENT}
