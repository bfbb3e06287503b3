"""The AWS profiles that AWS's own configuration files name, for a person to choose one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.deployment.aws import REGION_VARIABLES, Account

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class AwsProfile:
    """An AWS profile as the files have it; whether its credentials work is not known."""

    name: str
    region: str | None
    """Where its commands go; None where neither the files nor the environment say."""


@dataclass(frozen=True, slots=True)
class AwsProfiles:
    """All of them, by name."""

    profiles: tuple[AwsProfile, ...]
    usual: str
    """The name of the one that AWS's own tools would take; empty where that is not there."""


def read_aws_profiles(environ: Mapping[str, str]) -> AwsProfiles:
    """Read AWS's files; no network. Raises AwsSetUpWrong where they are damaged."""
    from botocore.session import Session  # noqa: PLC0415 - 0.2 s, and only deploying needs it

    account = Account(environ, None, None)
    with account.translated():
        known: Mapping[str, Mapping[str, str]] = Session().full_config["profiles"]
    named = next(filter(None, (environ.get(name) for name in REGION_VARIABLES)), None)
    found = tuple(AwsProfile(name, named or known[name].get("region")) for name in sorted(known))
    return AwsProfiles(found, account.aws_profile if account.aws_profile in known else "")
