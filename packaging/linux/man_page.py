"""Prints the manual page, made from the parser of the command line."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from command_line import command_line

from app import __version__
from app.cli.parser import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from command_line import Command, Word

SUMMARY = "archive AI chat sessions to your own encrypted S3 bucket, and bring them back"

WINDOW = """\
Without arguments, or with files and folders, the window opens; a window that is already open takes the files.
With a command it is a program for the terminal and for scripts."""

TAIL = """\
.SH EXIT STATUS
.TP
.B 0
All done.
.TP
.B 1
Something failed; standard error says what.
.TP
.B 2
Wrong use or configuration.
.SH ENVIRONMENT
.TP
.B CHATLOG_HOME
The folder under which settings, state and the sandbox lie, where
.B \\-\\-home
is not given.
.TP
.B CHATLOG_LANG
The language of what is said:
.B en
or
.BR ja .
.SH FILES
.TP
.I ~/.config/chatlog\\-uploader
Settings and profiles.
.TP
.I ~/.local/share/chatlog\\-uploader
State, the spool and the sandbox's data.
.TP
.I ~/.cache/chatlog\\-uploader
The index of sessions, and logs; both can be made anew.
"""


def roff(text: str) -> str:
    """A text as roff has it: no line begins a request, hyphens stay hyphens."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.splitlines())


def _term(word: Word) -> str:
    names = ", ".join(f"\\fB{roff(name)}\\fR" for name in word.names)
    values = f"\\fI{roff(word.values)}\\fR" if word.values else ""
    return " ".join(part for part in (names, values) if part)


def _synopsis(command: Command) -> str:
    parts = [f"\\fB{roff(' '.join((PROGRAM, *command.path)))}\\fR"]
    for word in command.words:
        if word.names and not word.is_needed:
            continue
        parts.append(
            f"\\fB{roff(word.names[0])}\\fR \\fI{roff(word.values)}\\fR" if word.names else _term(word)
        )
    parts.append("[\\fIoptions\\fR]")
    return " ".join(parts)


def _words(command: Command, without: frozenset[str]) -> Iterator[str]:
    for word in command.words:
        if without.isdisjoint(word.names):
            yield f".TP\n{_term(word)}"
            yield roff(word.text) if word.text else "\\&"


def _commands(program: Command) -> Iterator[str]:
    common = frozenset(name for word in program.words for name in word.names) - {"--version"}
    for command in program.everything():
        if not command.path or command.commands:
            continue
        yield f".SS {roff(' '.join(command.path))}"
        yield f"{_synopsis(command)}\n.PP\n{roff(command.summary)}"
        yield from _words(command, common)


def man_page(program: Command, environ: Mapping[str, str]) -> str:
    """The whole page. Its date is SOURCE_DATE_EPOCH's (seconds since 1970), where that is set."""
    seconds = environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    name = roff(PROGRAM)
    lines = [
        f'.TH {name.upper()} 1 "{moment:%Y-%m-%d}" "{name} {__version__}" "User Commands"',
        f".SH NAME\n{name} \\- {roff(SUMMARY)}",
        f".SH SYNOPSIS\n.B {name}\n[\\fIfile\\fR or \\fIfolder\\fR ...]\n.br\n.B {name}\n\\fIcommand\\fR ...",
        f".SH DESCRIPTION\n{roff(program.summary)}\n.PP\n{roff(WINDOW)}",
        ".SH OPTIONS\nEvery command takes these too, except\n.BR \\-\\-version .",
        *_words(program, frozenset()),
        ".SH COMMANDS",
        *_commands(program),
    ]
    return "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    print(man_page(command_line(), os.environ), end="")  # noqa: T201 - its output is the file
