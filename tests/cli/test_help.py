"""What --help says: all of it in Japanese too, in lines that a terminal's columns hold."""

from __future__ import annotations

import argparse
import re
import unicodedata
from typing import TYPE_CHECKING

from app.cli.help_words import JAPANESE, speak_japanese, wrapped
from app.cli.main import register, run
from app.cli.parser import build_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from parsers(command)


def texts() -> set[str]:
    """Everything that help says in English."""
    found: set[str | None] = set()
    for parser in parsers(build_parser(register)):
        found |= {
            parser.description,
            *(group.title for group in parser._action_groups if group._group_actions),
        }
        found |= {action.help for action in parser._actions}
    return {text for text in found if text and text != argparse.SUPPRESS}


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def test_all_help_is_said_in_japanese() -> None:
    assert texts() - {*JAPANESE} == set(), "no Japanese"
    assert {*JAPANESE} - texts() == set(), "no longer said"


def test_help_in_japanese_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parser = build_parser(register)
    speak_japanese(parser)
    for command in parsers(parser):
        said = command.format_help()
        usage, _, rest = said.partition("\n\n")
        assert usage.startswith("使い方：")
        # argparse breaks the usage between groups of options only.
        assert max(columns(line) for line in rest.splitlines()) <= 80
        assert not re.search(r"^\s*[、。）」]", said, re.MULTILINE), "a line begins with a closing mark"


def test_lines_are_broken_where_japanese_may_be() -> None:
    text = "設定、記録を DIR の下に置く（省略時は CHATLOG_HOME）。"
    for width in range(16, 60):
        lines = wrapped(text, width)
        assert all(columns(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert any("CHATLOG_HOME" in line for line in lines)


def test_the_environment_s_language_is_spoken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHATLOG_LANG", "ja")
    assert run(["list", "--help"]) == 0
    assert "このコンピューターのセッションを一覧表示" in capsys.readouterr().out
    monkeypatch.setenv("CHATLOG_LANG", "en")
    assert run(["list", "--help"]) == 0
    assert "list the sessions on this computer" in capsys.readouterr().out
