"""The command line where standard output knows few characters, as a pipe on Windows does."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Home

TITLE = "Café 🎉 \u2014 ログ"


def printed(home: Home, code_page: str, language: str, *words: str) -> tuple[str, str]:
    """What a command that ends well says on both streams, read in the code page it was told to write."""
    environ = {**home.environ, "PYTHONIOENCODING": code_page, "CHATLOG_LANG": language}
    ended = subprocess.run(
        [*home.program, *words], env=environ, cwd=home.user, capture_output=True, timeout=60, check=False
    )
    out, err = ended.stdout.decode(code_page), ended.stderr.decode(code_page)
    assert ended.returncode == 0, err
    assert "Traceback" not in err
    return out, err


@pytest.mark.parametrize(
    ("code_page", "language", "shown"),
    [
        ("cp932", "ja", r"Caf\xe9 \U0001f389 - ログ"),
        ("cp1252", "en", r"Café \U0001f389 \u2014 \u30ed\u30b0".replace(r"\u2014", "\u2014")),
        ("ascii", "ja", r"Caf\xe9 \U0001f389 - \u30ed\u30b0"),
    ],
)
def test_what_it_lacks_is_told_plainly_and_the_columns_stay(
    home: Home, code_page: str, language: str, shown: str
) -> None:
    home.write_session(title=TITLE)
    out, _ = printed(home, code_page, language, "list")
    head, _, row = out.splitlines()[:3]
    assert shown in row
    before = head[: head.rindex("|")], row[: row.rindex("|")]
    assert cell_len(before[0]) == cell_len(before[1])


def test_words_of_ours_are_never_told_as_codes_in_japan(home: Home) -> None:
    home.write_session(title="記録")
    said = [
        *printed(home, "cp932", "ja", "upload", "--all"),
        *printed(home, "cp932", "ja", "doctor"),
    ]
    assert "保管 1" in "".join(said)
    assert not [text for text in said if "\\x" in text or "\\u" in text]
