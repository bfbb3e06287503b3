"""What the window remembers: kept whole, and forgotten without a word when it is damaged."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import DiskFull, FolderNotWritable
from app.storage.window_state import TableState, WindowState, read_window_state, write_window_state
from tests.system import PRIVATE_FILE

if TYPE_CHECKING:
    from pathlib import Path

ARRANGED = WindowState(
    geometry="AdnQywADAAAAAAB4AAAA",
    maximized=True,
    page="archive",
    tables={
        "sessions": TableState(
            widths={"title": 420, "size": 80},
            order=("title", "project", "size"),
            hidden=("messages",),
            sort_column="last",
            sort_descending=True,
        ),
        "archive": TableState(),
    },
    splitters={"preview": (700, 336)},
    preview_shown=False,
    filters={"source": "claude-code", "text": "ログ"},
    last_folders={"open": "/srv/チャット"},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "window-state.json"


def test_the_first_run_has_no_memory(path: Path) -> None:
    assert read_window_state(path) == WindowState()
    assert not path.parent.exists()


def test_what_was_arranged_comes_back_and_is_private(path: Path) -> None:
    write_window_state(path, ARRANGED)
    assert read_window_state(path) == ARRANGED
    assert path.stat().st_mode & 0o777 == PRIVATE_FILE
    write_window_state(path, WindowState())
    assert read_window_state(path) == WindowState()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def edited(path: Path, **values: Any) -> None:
    write_window_state(path, ARRANGED)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["window"].update(values)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    "values",
    [
        {"geometry": 3},
        {"geometry": "not base64!"},
        {"geometry": "A" * 5000},
        {"maximized": "yes"},
        {"tables": []},
        {"tables": {"sessions": {"widths": {"title": -1}}}},
        {"tables": {"sessions": {"widths": {"title": 10**30}}}},
        {"tables": {"sessions": {"order": "title"}}},
        {"splitters": {"preview": [1.5]}},
        {"filters": {"source": None}},
        {"last_folders": {"open": ["/"]}},
        {"page": {}},
    ],
)
def test_a_memory_with_a_value_that_cannot_be_is_no_memory(path: Path, values: dict[str, Any]) -> None:
    edited(path, **values)
    assert read_window_state(path) == WindowState()


def test_what_a_later_version_added_is_passed_over(path: Path) -> None:
    edited(path, mood="blue")
    assert read_window_state(path) == ARRANGED


def test_a_memory_of_another_version_is_no_memory(path: Path) -> None:
    write_window_state(path, ARRANGED)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"version": 2}), encoding="utf-8")
    assert read_window_state(path) == WindowState()


@given(content=st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b" " * (1 << 21)]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_no_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window-state.json"
    path.write_bytes(content)
    assert read_window_state(path) == WindowState()


def test_a_folder_in_the_file_s_place_is_no_memory_and_stays(path: Path) -> None:
    path.mkdir(parents=True)
    assert read_window_state(path) == WindowState()
    with pytest.raises(FolderNotWritable):
        write_window_state(path, ARRANGED)
    assert path.is_dir()


def test_a_text_that_is_not_unicode_is_left_out(path: Path) -> None:
    folders = {"open": "/a\udcff", "download": "/b"}
    write_window_state(path, WindowState(last_folders=folders, filters={"text": "\ud83d", "source": "x"}))
    assert read_window_state(path) == WindowState(last_folders={"download": "/b"}, filters={"source": "x"})


@pytest.mark.parametrize(("number", "error"), [(28, DiskFull), (30, FolderNotWritable)])
def test_what_cannot_be_written_is_said_and_the_old_memory_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    write_window_state(path, ARRANGED)

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        write_window_state(path, WindowState())
    assert read_window_state(path) == ARRANGED


def test_a_home_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderNotWritable):
        write_window_state(tmp_path / "file" / "home" / "window-state.json", ARRANGED)
