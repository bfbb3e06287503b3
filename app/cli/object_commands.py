"""restore, delete and undelete: single objects of the archive. Nothing here can destroy one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.output import minute, rfc3339
from app.cli.parser import add_command, add_json_option
from app.cli.words import words

if TYPE_CHECKING:
    from app.cli.context import Context
    from app.cli.parser import Subparsers

DAYS_DEFAULT, DAYS_LIMIT = 7, 14
TIERS = ("Standard", "Bulk")


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    restore = add_command(
        commands, "restore", common, "ask for an object's return from an archive class", _restore
    )
    restore.add_argument("key", metavar="KEY")
    restore.add_argument("--version", metavar="ID", help="this version instead of the newest")
    add_return_options(restore)
    add_json_option(restore)

    delete = add_command(
        commands, "delete", common, "hide an object; its versions are kept, undelete brings it back", _delete
    )
    undelete = add_command(commands, "undelete", common, "bring a deleted object back", _undelete)
    for command in (delete, undelete):
        command.add_argument("key", metavar="KEY")
        add_json_option(command)


def add_return_options(command: argparse.ArgumentParser) -> None:
    """How S3 is asked to bring something out of an archive class."""
    command.add_argument(
        "--days",
        metavar="N",
        type=_days,
        default=DAYS_DEFAULT,
        help=f"how long it can be read then: 1 to {DAYS_LIMIT} days (default: {DAYS_DEFAULT})",
    )
    command.add_argument(
        "--tier",
        metavar="TIER",
        choices=TIERS,
        default=TIERS[0],
        help=f"{' or '.join(TIERS)}, which is slower and cheaper (default: {TIERS[0]})",
    )


def _restore(arguments: argparse.Namespace, context: Context) -> int:
    key, version = arguments.key, arguments.version
    asked = context.services.lifetimes.ask_return(key, version, days=arguments.days, tier=arguments.tier)
    fields = {
        "s3Key": key,
        "versionId": version,
        "state": asked.state,
        "expectedBy": rfc3339(asked.expected_by),
    }
    named = key if version is None else f"{key} --version {version}"
    name = "restore-there" if asked.state == "restored" else "restore-asked"
    when = minute(asked.expected_by)
    return _tell(arguments, context, fields, name, key=key, named=named, when=when)


def _delete(arguments: argparse.Namespace, context: Context) -> int:
    key = arguments.key
    fields = {"s3Key": key, "versionId": context.services.lifetimes.delete(key)}
    return _tell(arguments, context, fields, "object-deleted", key=key)


def _undelete(arguments: argparse.Namespace, context: Context) -> int:
    key = arguments.key
    fields = {"s3Key": key, "versionId": context.services.lifetimes.undelete(key)}
    return _tell(arguments, context, fields, "object-undeleted", key=key)


def _tell(
    arguments: argparse.Namespace, context: Context, fields: dict[str, Any], name: str, **values: str
) -> int:
    if arguments.json:
        context.output.json_line(fields)
    else:
        context.output.line(words(context.language).say(name, **values))
    return 0


def _days(text: str) -> int:
    if (
        text.isascii()
        and text.isdigit()
        and len(text) <= len(str(DAYS_LIMIT))
        and 1 <= int(text) <= DAYS_LIMIT
    ):
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {DAYS_LIMIT}")
