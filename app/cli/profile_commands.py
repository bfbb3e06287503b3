"""profile: where to, as whom; status: how things stand with the profile in use."""

from __future__ import annotations

import getpass
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from app.account.profiles import SANDBOX, Profile, Storage, make_profile
from app.cli import sign_in_commands
from app.cli.connection_offer import accepted, given_connection, is_changed, known_profile, profile_of, show
from app.cli.output import minute, rfc3339
from app.cli.parser import add_command, add_json_option
from app.cli.pinning import pin
from app.cli.words import words
from app.errors import ChatLogError, ConfigurationError, ProfileInvalid, StorageChanged, Unreachable, WrongUse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from app.account.connections import Connection
    from app.account.expected import Expected
    from app.account.profile_editing import Draft
    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add both commands."""
    status = add_command(
        commands, "status", common, "the profile in use, whether it answers, what is archived", _status
    )
    add_json_option(status)
    group = add_command(commands, "profile", common, "where to, as whom")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = add_command(actions, "list", common, "list the profiles", _list)
    add_json_option(listing)

    adding = add_command(actions, "add", common, "add a profile", _add)
    adding.add_argument("name", metavar="NAME")
    where = adding.add_mutually_exclusive_group(required=True)
    where.add_argument("--endpoint", metavar="URL", help="the presign endpoint")
    where.add_argument(
        "--connection",
        metavar="FILE-OR-STRING",
        help="what the deployment printed: a file, the string itself, or - for standard input",
    )
    adding.add_argument(
        "--region", metavar="REGION", help="default: read off the endpoint, else ap-northeast-1"
    )
    way = adding.add_mutually_exclusive_group()
    way.add_argument(
        "--token-stdin", action="store_true", help="sign in with a token, read from standard input"
    )
    way.add_argument(
        "--aws-profile", metavar="PROFILE", help="sign with this profile of the AWS configuration files"
    )
    way.add_argument(
        "--access-key-id",
        metavar="ID",
        help="sign with this access key; its secret is asked for, or read from standard input",
    )
    adding.add_argument("--replace", action="store_true", help="replace a profile of that name")
    adding.add_argument(
        "--yes", action="store_true", help="accept what the connection says without being asked"
    )
    add_json_option(adding)

    for name, summary, run in (
        ("use", "choose the profile for the commands to come", _use),
        ("remove", "remove a profile and its credentials", _remove),
    ):
        add_command(actions, name, common, summary, run).add_argument("name", metavar="NAME")

    seconding = add_command(
        actions, "second", common, "let another profile keep sessions too while this one is out", _second
    )
    seconding.add_argument("name", metavar="NAME")
    which = seconding.add_mutually_exclusive_group(required=True)
    which.add_argument("second", metavar="SECOND", nargs="?", help="a profile of a stack in another region")
    which.add_argument("--none", action="store_true", help="no other profile")
    add_json_option(seconding)

    sign_in_commands.register(actions, common)

    testing = add_command(
        actions, "test", common, "ask a profile's endpoint, and check the bucket it leads to", _test
    )
    testing.add_argument("name", metavar="NAME", nargs="?", help="default: the profile in use")
    testing.add_argument("--accept", action="store_true", help="accept and pin another bucket than before")
    add_json_option(testing)


def _list(arguments: argparse.Namespace, context: Context) -> int:
    services = context.services
    current = services.profile.name
    rows: list[dict[str, Any]] = []
    for name in services.profiles.names():
        try:
            profile = services.with_storage(services.profiles.get(name, context.environ))
        except ProfileInvalid as error:
            context.output.message(context.describe(error))
            continue
        rows.append(_fields(profile) | {"current": name == current})
    if current not in {row["name"] for row in rows}:
        rows.append(_fields(services.profile) | {"current": True})
    if arguments.json:
        for row in rows:
            context.output.json_line(row)
        return 0
    for row in rows:
        mark = "*" if row["current"] else " "
        context.output.line(
            f"{mark} {row['name']:<16} {row['kind']:<8} {row['endpoint'] or '-'}  {row['bucket'] or '-'}"
        )
    return 0


def _add(arguments: argparse.Namespace, context: Context) -> int:
    if arguments.connection is not None:
        return add_connection(arguments, context)
    services, text = context.services, words(context.language)
    kind: Any = "token" if arguments.token_stdin else "iam"
    profile = make_profile(
        arguments.name, kind, arguments.endpoint, region=arguments.region, aws_profile=arguments.aws_profile
    )
    store = _secrets_to_keep(arguments, context, profile)
    services.profiles.add(profile, replace_existing=arguments.replace)
    try:
        store()
    except ChatLogError:
        # A profile without its credentials is of no use.
        services.profiles.remove(profile.name)
        raise
    context.output.message(text.say("profile-added", name=profile.name))
    return _check_added(arguments, context, profile)


def _check_added(arguments: argparse.Namespace, context: Context, profile: Profile) -> int:
    """Choose a profile that is written where none was chosen, and pin the storage that its endpoint tells of."""
    services, text = context.services, words(context.language)
    if services.profiles.chosen() is None:
        services.profiles.use(profile.name)
        context.output.message(text.say("profile-used", name=profile.name))
    try:
        if profile.kind == "signin":
            context.output.message(text.say("profile-sign-in", name=profile.name))
        else:
            profile = pin(context, profile)
    except ChatLogError as error:
        # Written down all the same: a laptop on a train is no reason to type everything again.
        name = "profile-unpinned" if profile.expected is None else "profile-unchecked"
        context.output.message(text.say(name, name=profile.name, reason=context.describe(error)))
        if isinstance(error, ConfigurationError):
            return 2
        if not isinstance(error, Unreachable):
            return 1
    if arguments.json:
        context.output.json_line(_fields(profile))
    return 0


def add_connection(arguments: argparse.Namespace, context: Context) -> int:
    """Show what a connection says, and what of it is new; once that is accepted, write and pin it."""
    services, text = context.services, words(context.language)
    connection = given_connection(arguments.connection)
    before = known_profile(arguments.name, context)
    profile = profile_of(arguments, connection, before)
    show(profile, before, context)
    if before is not None and not is_changed(arguments, before, profile):
        context.output.message(text.say("connection-as-before", name=profile.name))
        if arguments.json:
            context.output.json_line(_fields(before))
        return 0
    answer = accepted(arguments, context)
    if answer is None:
        context.output.message(text.say("connection-asks"))
        return 2
    if not answer:
        context.output.message(text.say("connection-declined"))
        return 1
    if before is not None and arguments.yes and not arguments.replace:
        raise ProfileInvalid(name=before.name, reason="name-taken")
    draft = _draft(arguments, context, connection, profile)
    if before is None:
        profile = services.profile_editor.add(draft)
    else:
        profile = services.profile_editor.change(before.name, draft)
    context.output.message(
        text.say("profile-added" if before is None else "profile-changed", name=profile.name)
    )
    return _check_added(arguments, context, profile)


def _draft(
    arguments: argparse.Namespace, context: Context, connection: Connection, profile: Profile
) -> Draft:
    """The profile with its secrets, read now that it is accepted. Raises KeyringMissing, WrongUse."""
    from app.account.profile_editing import Draft  # noqa: PLC0415 - for this command alone

    vault, text = context.services.vault, words(context.language)
    assert profile.kind != "sandbox"
    draft = Draft(
        profile.name,
        profile.kind,
        connection.endpoint,
        connection.region,
        aws_profile=profile.aws_profile or "",
        connection=connection,
    )
    if arguments.token_stdin:
        vault.require_persistent(profile)
        draft = replace(draft, token=_secret(text.say("token-prompt"), "token"))
    elif arguments.access_key_id:
        vault.require_persistent(profile)
        secret = _secret(text.say("secret-prompt"), "secret access key")
        draft = replace(draft, access_key_id=arguments.access_key_id, secret_access_key=secret)
    return draft


def _secrets_to_keep(arguments: argparse.Namespace, context: Context, profile: Profile) -> Callable[[], None]:
    """Read the secrets before anything is written, and return what puts them into the vault.

    Raises KeyringMissing where they could not be kept: this run is over in a moment.
    """
    vault = context.services.vault
    if arguments.token_stdin or arguments.access_key_id:
        vault.require_persistent(profile)
    if arguments.token_stdin:
        token = _secret(words(context.language).say("token-prompt"), "token")
        return lambda: vault.set(profile, "token", token)
    if arguments.access_key_id:
        secret = _secret(words(context.language).say("secret-prompt"), "secret access key")

        def keep() -> None:
            vault.set(profile, "access-key-id", arguments.access_key_id)
            vault.set(profile, "secret-access-key", secret)

        return keep
    return lambda: None


def _secret(prompt: str, name: str) -> str:
    """A line of standard input, not echoed on a terminal. Raises WrongUse where there is none."""
    secret = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
    if not secret.strip():
        raise WrongUse(reason=f"no {name} was given on standard input")
    return secret.strip()


def _use(arguments: argparse.Namespace, context: Context) -> int:
    profile = context.services.profiles.use(arguments.name, context.environ)
    context.output.message(words(context.language).say("profile-used", name=profile.name))
    return 0


def _second(arguments: argparse.Namespace, context: Context) -> int:
    profile = context.services.profiles.set_second(arguments.name, arguments.second)
    text = words(context.language)
    context.output.message(
        text.say("profile-second", name=profile.name, second=profile.second)
        if profile.second is not None
        else text.say("profile-second-none", name=profile.name)
    )
    if arguments.json:
        context.output.json_line(_fields(profile))
    return 0


def _remove(arguments: argparse.Namespace, context: Context) -> int:
    services = context.services
    profile: Profile | None = None
    with suppress(ProfileInvalid):  # a profile that a hand has broken can still be removed
        profile = services.profiles.get(arguments.name, context.environ)
    if profile is not None and profile.kind == "signin":
        sign_in_commands.end_sign_in(context, profile)
    services.profiles.remove(arguments.name)
    if profile is not None:
        services.vault.forget(profile)
    context.output.message(words(context.language).say("profile-removed", name=arguments.name))
    return 0


def _test(arguments: argparse.Namespace, context: Context) -> int:
    services, text = context.services, words(context.language)
    profile = services.profile
    if arguments.name is not None:
        profile = services.with_storage(services.profiles.get(arguments.name, context.environ))
    started = time.monotonic()
    health, storage = services.check(profile)
    milliseconds = round((time.monotonic() - started) * 1000)
    if profile.kind != SANDBOX and storage != profile.storage:
        pinned = profile.storage or profile.expected
        if pinned is not None and not _is_pinned(pinned, storage) and not arguments.accept:
            context.output.message(
                text.say(
                    "profile-storage-changed", name=profile.name, found=storage.bucket, pinned=pinned.bucket
                )
            )
            raise StorageChanged(pinned=pinned.bucket, found=storage.bucket)
        profile = pin(context, profile, anew=arguments.accept)
    endpoint, _ = services.authenticator(profile)
    if arguments.json:
        context.output.json_line(
            _fields(profile, storage)
            | {
                "endpoint": endpoint,
                "status": health.status,
                "milliseconds": milliseconds,
                "actions": health.actions,
            }
        )
    else:
        context.output.line(
            text.say("profile-works", name=profile.name, endpoint=endpoint, milliseconds=milliseconds)
        )
    return 0


def _is_pinned(pinned: Storage | Expected, found: Storage) -> bool:
    return pinned == found if isinstance(pinned, Storage) else pinned.matches(found)


def _status(arguments: argparse.Namespace, context: Context) -> int:
    services = context.services
    profile = services.profile
    reachable, reason = True, None
    try:
        profile = services.connection.profile
        services.connection.presign.health()
    except ChatLogError as error:
        reachable, reason = False, error
    services.sessions.scan()
    plan = services.plan()
    counts = Counter(plan.of(session).state for session in services.sessions.sessions())
    last = services.jobs.last_archived(profile.destination)
    fields = _fields(profile) | {
        "reachable": reachable,
        "error": None if reason is None else {"code": reason.code, "message": context.describe(reason)},
        "thisComputerOnly": services.this_computer_only,
        "sessions": sum(counts.values()),
        "counts": dict(counts),
        "lastArchivedAt": rfc3339(last),
    }
    if arguments.json:
        context.output.json_line(fields)
    else:
        _print_status(fields, last, context)
        if reason is not None:
            context.tell_second(reason)
    return 0 if reachable else 1


def _print_status(fields: dict[str, Any], last: datetime | None, context: Context) -> None:
    text = words(context.language)
    colon = text.say("colon")
    yes_no = text.say("yes") if fields["reachable"] else text.say("no")
    rows = [
        ("status.profile", fields["name"]),
        ("status.endpoint", fields["endpoint"] or "-"),
        ("status.bucket", fields["bucket"] or "-"),
        ("status.reachable", yes_no),
        ("status.sessions", str(fields["sessions"])),
        *(
            (None, f"{text.state(state, this_computer_only=fields['thisComputerOnly'])}{colon}{count}")
            for state, count in sorted(fields["counts"].items())
        ),
        ("status.last", text.say("status.never") if last is None else minute(last)),
    ]
    for label, value in rows:
        context.output.line(f"{'  ' if label is None else text.say(label) + colon}{value}")
    if fields["error"]:
        context.output.message(fields["error"]["message"])
    elif fields["thisComputerOnly"]:
        context.output.message(text.say("summary-sandbox"))


def _fields(profile: Profile, storage: Storage | None = None) -> dict[str, Any]:
    known = storage or profile.storage or profile.expected
    empty = {"bucket": None, "region": None, "owner": None, "s3_host": None}
    stored = empty | (asdict(known) if known else {})
    return {
        "name": profile.name,
        "kind": profile.kind,
        "endpoint": profile.endpoint,
        "account": profile.expected.account if profile.expected else None,
        "region": stored["region"] or profile.region,
        "bucket": stored["bucket"],
        "owner": stored["owner"],
        "awsProfile": profile.aws_profile,
        "second": profile.second,
    }
