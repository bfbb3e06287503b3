"""A small home on a sandbox of its own, used through the command line; and the pages of the guide, taken apart."""

from __future__ import annotations

import io
import json
import os
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]

OWN_VARIABLES = ("CHATLOG_", "LAMBDA_", "CLAUDE_", "AWS_")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Shell:
    """Runs commands in this process, for one home."""

    home: Path
    folder: Path

    def __call__(self, *words: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words)
        return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A home with nothing in it yet, and two sessions of Claude Code beside it; one has a companion."""
    folder = tmp_path_factory.mktemp("guide")
    example = (PROJECT / "resources" / "example-session.jsonl").read_bytes()
    project = folder / "claude" / "projects" / "-home-aki-projects-recipe-box"
    for number in (1, 2):
        session = f"0b5c4c1e-0000-4000-8000-00000000000{number}"
        (project / session / "subagents").mkdir(parents=True)
        (project / f"{session}.jsonl").write_bytes(example)
    (project / "0b5c4c1e-0000-4000-8000-000000000001" / "subagents" / "agent-7.jsonl").write_bytes(example)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(OWN_VARIABLES):
                patch.delenv(name)
        patch.setenv("CHATLOG_HOME", str(folder / "home"))
        patch.setenv("CHATLOG_LANG", "en")
        patch.setenv("CHATLOG_SANDBOX_IDLE", "120")
        patch.setenv("CLAUDE_CONFIG_DIR", str(folder / "claude"))
        patch.chdir(folder)
        opened = Shell(folder / "home", folder)
        yield opened
        opened("--profile", "sandbox", "sandbox", "stop")


@dataclass
class Section:
    """What stands under one heading, up to the next: tables by the first word of their head, and the text."""

    text: str
    tables: dict[str, list[list[str]]] = field(default_factory=dict)

    def column(self, *heads: str) -> list[str]:
        """The first cells of the table with one of these heads."""
        return [row[0] for head in heads for row in self.tables.get(head, [])]


def code_words(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def read_page(name: str) -> dict[str, Section]:
    """A page's sections by heading."""
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    text = re.sub(r"^```.*?^```\n", "", text, flags=re.MULTILINE | re.DOTALL)
    parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    sections = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        section = Section(body)
        for table in re.findall(r"(?:^\|.*\n)+", body, re.MULTILINE):
            rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
            section.tables[rows[0][0]] = rows[2:]
        sections[heading.strip()] = section
    return sections


def blocks(name: str, language: str = "") -> list[str]:
    """A page's code blocks in one language."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session", params=["command-line.md", "command-line.ja.md"])
def page(request: pytest.FixtureRequest) -> dict[str, Section]:
    """The guide to the command line, in each language."""
    return read_page(request.param)


@pytest.fixture(scope="session")
def words_in_code() -> Any:
    """`code_words`."""
    return code_words


@pytest.fixture(scope="session")
def blocks_of() -> Any:
    """`blocks`."""
    return blocks
