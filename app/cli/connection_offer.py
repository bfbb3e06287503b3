"""What a connection file or string says, shown before it is accepted: where to, which bucket of whose account."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.account.connections import CONNECTION_PREFIX, MAXIMUM_TEXT_BYTES, parse_connection, read_connection
from app.account.profiles import ENVIRONMENT, SANDBOX
from app.cli.words import words
from app.errors import ProfileInvalid, ProfileUnknown, WrongUse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from app.account.connections import Connection
    from app.account.profiles import Profile
    from app.cli.context import Context

STANDARD_INPUT = "-"

_FIELDS = (
    "account",
    "region",
    "bucket",
    "s3-host",
    "endpoint",
    "issuer",
    "client",
    "scope",
    "pages",
    "ports",
)
"""What is shown, in this order; the words are `connection.…` of words.py."""


def given_connection(text: str) -> Connection:
    """The connection that a person gave: a file's name, the string itself, or `-` for standard input.

    Raises ConnectionInvalid, FileVanished, FileUnreadable, NotARegularFile.
    """
    if text == STANDARD_INPUT:
        return parse_connection(sys.stdin.buffer.read(MAXIMUM_TEXT_BYTES + 1))
    if text.lstrip().startswith((CONNECTION_PREFIX, "{")):
        return parse_connection(text)
    return read_connection(Path(text))


def known_profile(name: str, context: Context) -> Profile | None:
    """The profile that a connection is to change; None where there is none of that name, or none that can be read."""
    if name in (SANDBOX, ENVIRONMENT):
        return None
    try:
        return context.services.profiles.get(name)
    except (ProfileUnknown, ProfileInvalid):
        return None


def profile_of(arguments: argparse.Namespace, connection: Connection, before: Profile | None) -> Profile:
    """The profile that a connection and the options for signing in stand for; no option keeps the way of `before`.

    Raises ProfileInvalid, WrongUse (a team has one way in, and standard input carries one thing).
    """
    given = arguments.token_stdin or arguments.access_key_id or arguments.aws_profile
    if connection.mode == "team" and given:
        raise WrongUse(reason="a team's connection is signed in to in the browser: leave the credentials out")
    if arguments.region:
        raise WrongUse(reason="a connection names its region: leave --region out")
    if arguments.connection == STANDARD_INPUT and (arguments.token_stdin or arguments.access_key_id):
        raise WrongUse(reason="standard input can give the connection or a secret, not both")
    kind: Literal["iam", "token"] = "token" if arguments.token_stdin else "iam"
    aws_profile = arguments.aws_profile
    if not given and before is not None and before.kind in ("iam", "token"):
        kind = "token" if before.kind == "token" else "iam"
        aws_profile = before.aws_profile
    return connection.to_profile(arguments.name, kind=kind, aws_profile=aws_profile)


def is_changed(arguments: argparse.Namespace, before: Profile, after: Profile) -> bool:
    """Whether there is anything to accept or to write: a new secret for the same place is."""
    secret = arguments.token_stdin or arguments.access_key_id
    if secret or (before.kind, before.aws_profile) != (after.kind, after.aws_profile):
        return True
    return bool(differences(before, after))


def differences(before: Profile, after: Profile) -> list[str]:
    """The fields in which two profiles lead elsewhere or sign in otherwise."""
    old, new = _shown(before), _shown(after)
    # What was never known (the account, of a profile that was added by hand) is no change of it, but is to be accepted.
    return [field for field in _FIELDS if old[field] != new[field]]


def show(profile: Profile, before: Profile | None, context: Context) -> None:
    """Say on standard error what a profile would be, and what of that is another than before."""
    text = words(context.language)
    shown = _shown(profile)
    context.output.message(text.say("connection-says", name=profile.name))
    for field in _FIELDS:
        if shown[field]:
            context.output.message(f"  {text.say(f'connection.{field}')}{text.say('colon')}{shown[field]}")
    if before is None or not differences(before, profile):
        return
    old = _shown(before)
    context.output.message(text.say("connection-changes", name=profile.name))
    for field in differences(before, profile):
        change = f"{old[field] or '-'} → {shown[field] or '-'}"
        context.output.message(f"  {text.say(f'connection.{field}')}{text.say('colon')}{change}")


def accepted(arguments: argparse.Namespace, context: Context) -> bool | None:
    """Whether what was shown is accepted: by --yes, or by a person at a terminal. None where nobody can be asked."""
    if arguments.yes:
        return True
    if arguments.connection == STANDARD_INPUT:
        return None
    return answered("connection-question", context)


def answered(question: str, context: Context) -> bool | None:
    """Whether a person at a terminal says yes to a text of that name; None where nobody can be asked."""
    if not sys.stdin.isatty():
        return None
    stream = context.output.error_stream
    stream.write(words(context.language).say(question))
    stream.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes", "はい"}


def _shown(profile: Profile) -> Mapping[str, str]:
    """The fields of a profile as a person compares them; empty where it has none."""
    expected, storage, sign_in = profile.expected, profile.storage, profile.sign_in
    known = storage or expected
    return {
        "account": expected.account if expected else "",
        "region": known.region if known else profile.region,
        "bucket": known.bucket if known else "",
        "s3-host": known.s3_host if known else "",
        "endpoint": profile.endpoint or "",
        "issuer": sign_in.issuer if sign_in else "",
        "client": sign_in.client_id if sign_in else "",
        "scope": sign_in.scope if sign_in else "",
        "pages": sign_in.host if sign_in else "",
        "ports": ", ".join(map(str, sign_in.redirect_ports)) if sign_in else "",
    }
