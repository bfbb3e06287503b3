"""Every word of the window in both languages: nothing missing, nothing left over, compiled as it is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TOOL = PROJECT / "tools" / "translations.py"


def test_the_words_are_complete_and_compiled() -> None:
    ran = subprocess.run(
        [sys.executable, str(TOOL), "check"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("source", "form", "fault"),
    [
        ("Archive", "", "no translation"),
        ("{done} of {total}", "{done}", "placeholders"),
        ("%n files in {place}", "%n", "placeholders"),
        ("%n files", "both", None),
        ("{done} of {total}", "{total} 中 {done}", None),
    ],
)
def test_a_fault_in_a_translation_is_found(source: str, form: str, fault: str | None) -> None:
    code = f"import sys; sys.path.insert(0, {str(TOOL.parent)!r}); import translations as t; print(t.form_faults({source!r}, [{form!r}]))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert (fault in ran.stdout) if fault else ran.stdout.strip() == "[]"


def test_texts_with_a_number_are_seen_as_such(tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(
        'a = translate("Page", "%n files", n=3)\nb = [mark("Page", "Later")]\n'
        'c = i18n.translate("Page", "Long " "text", "why")\nd = translate(context, text)\n',
        encoding="utf-8",
    )
    code = (
        f"import sys; sys.path.insert(0, {str(TOOL.parent)!r}); import pathlib, translations as t\n"
        f"print([(c, x.source, x.comment, x.plural) for c, x in t.texts_in(pathlib.Path({str(module)!r}))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    found = set(eval(ran.stdout))  # noqa: S307 - what the line above printed
    assert found == {
        ("Page", "%n files", "", True),
        ("Page", "Later", "", False),
        ("Page", "Long text", "why", False),
    }
