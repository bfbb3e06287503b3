"""The words of the command line, as argparse understands them.

Every command takes --profile and --home, before or behind its name.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.account.amounts import parse_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.cli.context import Context

    Command = Callable[[argparse.Namespace, Context], int]
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse's only name for it

PROGRAM = "chatlog-uploader"

VERSION_OPTION = "--version"
# What may follow a --version that was left without its id: then argparse says so.
_OPTIONS_AFTER = frozenset(
    {"--json", "--to", "--limit-download", "--days", "--tier", "--home", "--profile", "--help", "-h"}
)


def common_options() -> argparse.ArgumentParser:
    """--profile and --home, to be a parent of every command's parser."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--profile", metavar="NAME", default=argparse.SUPPRESS, help="the profile to use for this command"
    )
    common.add_argument(
        "--home",
        metavar="DIR",
        type=Path,
        default=argparse.SUPPRESS,
        help="keep settings, state and the sandbox under DIR (default: CHATLOG_HOME, else the system's folders)",
    )
    return common


def build_parser(register: Callable[[Subparsers, argparse.ArgumentParser], None]) -> argparse.ArgumentParser:
    """The whole command line; `register` adds the commands."""
    common = common_options()
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Archives the AI chat sessions on this computer to your own encrypted S3 bucket, and brings them back.",
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    register(commands, common)
    return parser


def with_version_ids(words: Sequence[str]) -> list[str]:
    """The words with a version's id joined to its option: an id may begin with a hyphen, which argparse takes for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == VERSION_OPTION and word.startswith("-") and word not in _OPTIONS_AFTER:
            joined[-1] = f"{VERSION_OPTION}={word}"
        else:
            joined.append(word)
    return joined


def add_command(
    commands: Subparsers, name: str, common: argparse.ArgumentParser, summary: str, run: Command | None = None
) -> argparse.ArgumentParser:
    """A command's parser; `run` is what main calls with the parsed words."""
    parser = commands.add_parser(
        name, help=summary, description=summary, parents=[common], allow_abbrev=False
    )
    if run is not None:
        parser.set_defaults(run=run)
    return parser


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """--json, the same words everywhere."""
    parser.add_argument(
        "--json", action="store_true", help="JSON Lines on standard output, and nothing else there"
    )


def add_limit_option(parser: argparse.ArgumentParser, option: str, what: str) -> None:
    """--limit-upload or --limit-download. Where it is not given the arguments do not have it: None means no limit."""
    parser.add_argument(
        option,
        metavar="SPEED",
        type=_speed,
        default=argparse.SUPPRESS,
        help=f"{what} no faster than this, like 512K, 2MiB/s or 20Mbit/s; off: without a limit (default: the settings')",
    )


def _speed(text: str) -> int | None:
    try:
        return parse_speed(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
