"""transfers: what is asked of transfers that are not there, or not named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "words", ["pause", "resume", "cancel", "pause u1 --all", "pause u1", "forget --all", "list u1"]
)
def test_wrong_use_changes_nothing(tmp_path: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "transfers", *words.split()]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", ["list", "pause --all", "resume --all", "cancel --all", "list --json"])
def test_a_home_without_transfers(tmp_path: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "transfers", *words.split()]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert bool(told.err) == ("--json" not in words)
