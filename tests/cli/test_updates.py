"""update-check: what it prints of newer releases, inert; and that without an address nobody is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app import __version__
from app.account.settings import SettingsStore
from app.cli.main import run
from app.storage.paths import resolve_paths
from tests.updates.server import Answer, Releases, release, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Releases]:
    """The address that the settings name."""
    monkeypatch.setenv("CHATLOG_LANG", "en")
    with serving() as server:
        SettingsStore(resolve_paths(tmp_path).settings).change(releases_address=server.address)
        yield server


def test_newer_releases_are_printed_with_their_notes_inert(
    releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = "# Faster\r\n\x1b]0;owned\x07<script>alert(1)</script>\u202egnp.exe\n"
    releases.say(release("v99.1", body=notes), release("v99.0", body="", name=""))
    assert run(["--home", str(tmp_path), "update-check"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "99.1  2026-11-20  Release v99.1",
        "  # Faster",
        "  <script>alert(1)</script>gnp.exe",
        "  https://example.com/aki/uploader/releases/tag/v99.1",
        "99.0  2026-11-20",
        "  https://example.com/aki/uploader/releases/tag/v99.0",
    ]
    assert printed.err == f"2 newer releases; this is {__version__}. Nothing was downloaded.\n"


def test_as_json_each_is_a_line(
    releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    releases.say(release("v99.0", published_at=None, html_url=None))
    assert run(["--home", str(tmp_path), "update-check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": "99.0",
        "current": __version__,
        "name": "Release v99.0",
        "date": None,
        "notes": "Faster.\n\n* and smaller",
        "page": None,
    }


def test_nothing_newer_is_said(
    releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    releases.say(release("v0.0.1"))
    assert run(["--home", str(tmp_path), "update-check"]) == 0
    assert capsys.readouterr() == ("", f"There is no newer release: this is {__version__}.\n")


def test_a_failure_is_one_line(
    releases: Releases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    releases.answer(Answer(b"<html>"))
    assert run(["--home", str(tmp_path), "update-check"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("127.0.0.1 answered with something else than JSON")
    assert said.err.count("\n") == 1


def test_without_an_address_nobody_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "update-check"]) == 2
    assert "releases_address" in capsys.readouterr().err
