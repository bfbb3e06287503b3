"""The command line: words in, exit code out (0 all done, 1 something failed, 2 wrong use or configuration)."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from app.cli import (
    archive_commands,
    backend_commands,
    doctor_command,
    index_command,
    list_command,
    object_commands,
    profile_commands,
    sandbox_commands,
    transfer_commands,
    update_command,
    upload_command,
)
from app.cli.context import Context
from app.cli.help_words import speak_japanese
from app.cli.messages import choose_language
from app.cli.output import Output
from app.cli.parser import build_parser, with_version_ids
from app.cli.words import words as words_of
from app.errors import Cancelled, ChatLogError, ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from app.cli.parser import Subparsers

DONE, FAILED, WRONG = 0, 1, 2


def run(words: Sequence[str]) -> int:
    """Run one command. Expected errors become a line on standard error; anything else is a bug and shows its trace."""
    for stream in (sys.stdout, sys.stderr):
        # A title in another script must not end the program on a terminal that cannot show it.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(with_version_ids(words))
    except SystemExit as leave:  # argparse has said why
        return DONE if leave.code in {None, 0} else WRONG
    output = Output()
    with Context(arguments, os.environ, output) as context:
        try:
            return int(arguments.run(arguments, context))
        except (KeyboardInterrupt, Cancelled):
            output.message(context.describe(Cancelled()))
            return FAILED
        except ChatLogError as error:
            output.message(context.describe(error))
            context.tell_second(error)
            return WRONG if isinstance(error, ConfigurationError) else FAILED
        except BrokenPipeError:
            # The reader has gone (`| head`); closing standard output quietly is all that is left to do.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED


def _parser() -> argparse.ArgumentParser:
    """The command line, its help in the environment's language: which settings hold is known only when it was read."""
    parser = build_parser(register)
    if choose_language(os.environ) == "ja":
        speak_japanese(parser)
    return parser


def command_names() -> frozenset[str]:
    """The words that are commands, and so no files."""
    commands = next(iter(build_parser(register)._subparsers._group_actions))  # type: ignore[union-attr]  # noqa: SLF001 - argparse's only way to them
    return frozenset(commands.choices or ())


def say_no_display() -> int:
    """The desktop was asked for where no window can open: say so, and what there is instead; the exit code."""
    print(words_of(choose_language(os.environ)).say("no-display"), file=sys.stderr)
    _parser().print_usage(sys.stderr)
    return WRONG


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add every command that exists."""
    for module in (
        list_command,
        upload_command,
        archive_commands,
        object_commands,
        transfer_commands,
        profile_commands,
        backend_commands,
        sandbox_commands,
        doctor_command,
        index_command,
        update_command,
    ):
        module.register(commands, common)
