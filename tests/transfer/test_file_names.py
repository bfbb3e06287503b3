"""Names from elsewhere become harmless."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer.file_names import LONGEST_NAME_BYTES, safe_name, with_mark


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("session.jsonl", "session.jsonl"),
        ("会話ログ.md", "会話ログ.md"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/cron.d/x", "x"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("..", "download"),
        ("", "download"),
        ("a\0b\n.txt", "ab.txt"),
        ("gpj.\u202eexe.txt", "gpj.exe.txt"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.log", "_com1.log"),
        ("aux .txt", "_aux .txt"),
        ("console.log", "console.log"),
        ('a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h"),
        ("ends with dots...", "ends with dots"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("長" * 300 + ".jsonl")
    assert name.endswith("長.jsonl")
    assert len(name.encode()) <= LONGEST_NAME_BYTES


@given(st.text(max_size=400))
def test_every_name_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe.encode()) <= LONGEST_NAME_BYTES
    assert Path(safe).name == safe == PureWindowsPath(safe).name
    assert safe not in {os.curdir, os.pardir}
    assert safe.isprintable() or " " in safe or not safe.isascii()
    assert safe[0] not in ".-"
    assert safe[-1] not in ". "
    assert safe_name(safe) == safe


def test_a_mark_comes_before_the_extension() -> None:
    assert with_mark("a.b.jsonl", "1234") == "a.b-1234.jsonl"
    assert with_mark("plain", "1234") == "plain-1234"
