"""The library's way in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.account.profiles import ENDPOINT_VARIABLE, ENVIRONMENT
from app.bootstrap.services import Services, ignore
from app.errors import ProfileInvalid, WrongUse
from app.storage.paths import HOME_VARIABLE, resolve_paths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.archiving.archive import Archiver
    from app.archiving.uploader_api import ChatLogUploader
    from app.sessions.index import InspectReport
    from app.transfer.content import Events


def open_uploader(
    endpoint: str | None = None,
    region: str | None = None,
    *,
    profile: str | None = None,
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    events: Events | None = None,
) -> ChatLogUploader:
    """The library's way in: an uploader for one place, with its receipts under one home.

    Where to, the first that is given: `endpoint` (a Function URL, signed with the AWS credential chain), `profile`
    (a name as in the command line), the profile chosen in settings, LAMBDA_FUNCTION_URL, the sandbox. `region` None:
    read off the endpoint's host, else AWS_REGION, else ap-northeast-1. `home` None: CHATLOG_HOME, else the
    platform's folders; `environ` None: this process's. `events` hears of every transfer's steps, from any thread.

    Nothing is opened or asked before the first call. Raises WrongUse (endpoint and profile both), ProfileUnknown,
    ProfileInvalid, SettingsCorrupt.
    """
    from app.archiving.uploader_api import ChatLogUploader

    if endpoint is not None and profile is not None:
        raise WrongUse(reason="give an endpoint or a profile, not both")
    known = dict(os.environ if environ is None else environ)
    if endpoint is not None:
        profile, known[ENDPOINT_VARIABLE] = ENVIRONMENT, endpoint
    if region is not None:
        known["AWS_REGION"] = region
    home = home or (Path(known[HOME_VARIABLE]) if known.get(HOME_VARIABLE) else None)
    services = Services(resolve_paths(home), known, home=home, profile_name=profile)
    found = services.profile
    if region is not None and found.region != region:
        raise ProfileInvalid(name=found.name, reason="region-mismatch")

    def inspect(paths: Sequence[Path]) -> InspectReport:
        return services.sessions.inspect(paths)

    def archiver(compress: bool) -> Archiver:  # noqa: FBT001 - the one word of a callback
        if services.profile.storage is None:
            _ = services.connection  # nothing can be archived yet; from here on receipts have their place
        return services.archiver(events or ignore, compress=compress)

    return ChatLogUploader(
        presign=lambda: services.connection.presign,
        connections=lambda: services.connections,
        inspect=inspect,
        archiver=archiver,
        stopped=services.stopped,
        close=services.close,
    )
