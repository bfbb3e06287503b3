"""What starting the program means: the window, the window with files, or the command line; with a display or without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.main import command_names
from app.desktop.request import DesktopRequest, desktop_request, has_display


def asked(*words: str, environ: dict[str, str] | None = None) -> DesktopRequest | None:
    return desktop_request(words, environ or {}, command_names)


def test_no_word_opens_the_desktop() -> None:
    assert asked() == DesktopRequest()


def test_home_and_profile_go_with_it() -> None:
    for words in (["--home", "/h", "--profile", "team"], ["--home=/h", "--profile=team"]):
        assert asked(*words) == DesktopRequest(home=Path("/h"), profile="team")
    assert asked(environ={"CHATLOG_HOME": "/e"}) == DesktopRequest(home=Path("/e"))
    assert asked("--home", "/h", environ={"CHATLOG_HOME": "/e"}) == DesktopRequest(home=Path("/h"))


def test_finder_s_own_word_is_no_word() -> None:
    assert asked("-psn_0_12345") == DesktopRequest()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a file, one with a command's name, and a link."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.jsonl").touch()
    (tmp_path / "list").touch()
    (tmp_path / "link").symlink_to("nowhere")
    return tmp_path


def test_files_and_folders_open_the_desktop_with_them(folder: Path) -> None:
    found = asked("notes.jsonl", str(folder), "--home", "/h")
    assert found == DesktopRequest(paths=(str(folder / "notes.jsonl"), str(folder)), home=Path("/h"))


def test_links_stay_as_they_were_given(folder: Path) -> None:
    assert asked("link") == DesktopRequest(paths=(str(folder / "link"),))


def test_a_file_with_a_command_s_name_is_a_file_only_as_a_path(folder: Path) -> None:
    assert asked("list") is None
    assert asked("./list") == DesktopRequest(paths=(str(folder / "list"),))


@pytest.mark.parametrize(
    "words",
    [["list", "--json"], ["--help"], ["--version"], ["missing.jsonl"], ["--home"], ["notes.jsonl", "--json"]],
)
def test_everything_else_is_the_command_line_s(folder: Path, words: list[str]) -> None:
    assert asked(*words) is None


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("linux", {"QT_QPA_PLATFORM": "xcb"}, False),
        ("linux", {"QT_QPA_PLATFORM": "wayland;xcb"}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_a_display_is_known(platform: str, environ: dict[str, str], expected: bool) -> None:
    assert has_display(environ, platform) is expected


@pytest.mark.parametrize(("language", "said"), [("en", "no display"), ("ja", "ディスプレイ")])
def test_without_a_display_it_says_so_and_what_there_is_instead(
    tmp_path: Path, language: str, said: str
) -> None:
    environ = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    environ |= {"QT_QPA_PLATFORM": "", "CHATLOG_LANG": language, "CHATLOG_HOME": str(tmp_path / "home")}
    ended = subprocess.run(
        [sys.executable, "-m", "app"],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert said in ended.stderr
    assert {"en": "usage: ", "ja": "使い方："}[language] + "chatlog-uploader" in ended.stderr
    assert not (tmp_path / "home").exists()
