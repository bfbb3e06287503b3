"""The guide to purging and recovery is true: its commands are those of the tools, its fields those of a drill."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.docs.conftest import PROJECT, code_words, read_page
from tools.operate.restore_drill import Stock, summarised

PAGES = ("recovery.md", "recovery.ja.md")


def text_of(page: str) -> str:
    return (PROJECT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_one_that_exists_with_these_options(page: str) -> None:
    named = re.findall(r"^\.venv/bin/python -m (tools\.operate\.\w+)(.*)$", text_of(page), re.MULTILINE)
    assert {name for name, _ in named} == {
        f"tools.operate.{file.stem}"
        for file in (PROJECT / "tools" / "operate").glob("*.py")
        if "__main__" in file.read_text(encoding="utf-8")
    }
    for name in {name for name, _ in named}:
        helped = subprocess.run(
            [sys.executable, "-m", name, "--help"],
            cwd=PROJECT,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        # What follows -- is the framework's.
        for used in (words.partition(" -- ")[0] for one, words in named if one == name):
            assert set(re.findall(r"--[a-z-]+", used)) <= set(re.findall(r"--[a-z-]+", helped.stdout))


@pytest.mark.parametrize("page", PAGES)
def test_the_fields_of_a_drill_are_all_there(page: str) -> None:
    columns = [cell for section in read_page(page).values() for cell in section.column("field", "フィールド")]
    documented = [word for cell in columns for word in code_words(cell)]
    assert documented == list(summarised(Stock(()), [], 0.0, "Bulk"))
