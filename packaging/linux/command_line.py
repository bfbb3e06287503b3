"""The command line as it is, read from its parser: what the manual page and the completion are made of."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.main import register
from app.cli.parser import build_parser

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Word:
    """An option, or an argument without a name."""

    names: tuple[str, ...]
    """An option's spellings; empty for an argument."""
    values: str
    """What stands behind it in a synopsis, such as "NAME" or "PATH [PATH ...]"; empty for a switch."""
    choices: tuple[str, ...]
    """The only values there are, if so."""
    is_path: bool
    """Whether the value is a file or a folder."""
    is_needed: bool
    text: str
    """One sentence of help."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or the program itself."""

    path: tuple[str, ...]
    """The words that call it, such as ("profile", "add"); empty for the program."""
    summary: str
    words: tuple[Word, ...]
    commands: tuple[Command, ...]

    def everything(self) -> Iterator[Command]:
        """This one and all below it."""
        yield self
        for command in self.commands:
            yield from command.everything()


def command_line() -> Command:
    """The whole command line."""
    return _command(build_parser(register), ())


def _command(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> Command:
    words, commands = [], []
    formatter = parser._get_formatter()  # noqa: SLF001 - argparse has no other way to what it knows
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            commands = [_command(below, (*path, name)) for name, below in action.choices.items()]
        elif action.help != argparse.SUPPRESS:
            words.append(_word(action, formatter))
    return Command(path, parser.description or "", tuple(words), tuple(commands))


def _word(action: argparse.Action, formatter: argparse.HelpFormatter) -> Word:
    shown = formatter._get_default_metavar_for_optional(action)  # noqa: SLF001
    if not action.option_strings:
        shown = formatter._get_default_metavar_for_positional(action)  # noqa: SLF001
    values = "" if action.nargs == 0 else formatter._format_args(action, shown)  # noqa: SLF001
    return Word(
        names=tuple(action.option_strings),
        values=values,
        choices=tuple(str(choice) for choice in action.choices or ()),
        is_path=action.type is Path,
        is_needed=action.required,
        text=formatter._expand_help(action) if action.help else "",  # noqa: SLF001
    )
