"""The program's own files and folders."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from app.errors import DiskFull, FileUnreadable, FolderNotWritable
from app.storage.paths import (
    erase_folder,
    private_folder,
    read_machine_id,
    replace_file,
    resolve_paths,
    write_private,
)
from tests.system import PRIVATE_FILE, PRIVATE_FOLDER

PROJECT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_with_a_home_everything_lies_under_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = resolve_paths(home)
    for path in (
        paths.settings,
        paths.state,
        paths.index,
        paths.spool,
        paths.sandbox,
        paths.machine_id,
        paths.window_state,
        paths.logs,
    ):
        assert path.is_relative_to(home)
    assert not home.exists()


def test_a_home_may_be_relative_or_the_user_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "user"))
    assert resolve_paths(Path("a/../b")).data_folder == tmp_path / "b"
    assert resolve_paths(Path("~/b")).data_folder == tmp_path / "user" / "b"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the XDG folders are Linux's")
def test_without_a_home_the_platform_s_folders_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    paths = resolve_paths(None)
    assert paths.settings == tmp_path / "config" / "chatlog-uploader" / "settings.toml"
    assert paths.state == tmp_path / "data" / "chatlog-uploader" / "state.db"
    assert paths.index == tmp_path / "cache" / "chatlog-uploader" / "index.db"


def test_folders_are_made_private_whole_and_others_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o755)
    as_it_was = mode(tmp_path / "theirs")
    folder = tmp_path / "theirs" / "a" / "b" / "c"
    assert private_folder(folder) == folder
    assert private_folder(folder) == folder
    assert [mode(made) for made in (folder, folder.parent, folder.parent.parent)] == [PRIVATE_FOLDER] * 3
    assert mode(tmp_path / "theirs") == as_it_was


def test_a_file_in_a_folder_s_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(FolderNotWritable):
            private_folder(folder)


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "settings.toml"
    write_private(path, "first\n")
    path.chmod(0o644)
    write_private(path, "第二\n")
    assert path.read_text(encoding="utf-8") == "第二\n"
    assert mode(path) == PRIVATE_FILE
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]


def test_a_file_that_is_being_read_is_replaced_once_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_private(path, "first\n")
    with path.open(encoding="utf-8") as reader:
        # Windows refuses until it is closed; elsewhere nobody waits.
        threading.Timer(0.2, reader.close).start()
        write_private(path, "second\n")
    assert path.read_text(encoding="utf-8") == "second\n"
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(("patience", "tries"), [(60.0, 3), (0.0, 1)])
def test_whoever_refuses_a_replacement_is_asked_again_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patience: float, tries: int
) -> None:
    asked: list[Path] = []
    replace = Path.replace

    def refuse_twice(finished: Path, path: Path) -> Path:
        asked.append(path)
        if len(asked) < 3:
            raise PermissionError(13, "is being read")
        return replace(finished, path)

    monkeypatch.setattr(Path, "replace", refuse_twice)
    (tmp_path / "new").write_text("new", encoding="utf-8")
    with suppress(PermissionError):
        replace_file(tmp_path / "new", tmp_path / "old", patience=patience)
    assert len(asked) == tries
    assert (tmp_path / "old").exists() == (tries == 3)


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EIO, FolderNotWritable)],
)
def test_a_write_that_fails_keeps_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    path = tmp_path / "settings.toml"
    write_private(path, "first\n")

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        write_private(path, "second\n")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert [file.name for file in tmp_path.iterdir()] == ["settings.toml"]


def test_the_machine_s_id_is_made_once(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path)
    made = read_machine_id(paths)
    assert len(made) == 32
    assert read_machine_id(paths) == made
    assert mode(paths.machine_id) == PRIVATE_FILE
    assert read_machine_id(resolve_paths(tmp_path / "other")) != made


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff\xfe", b"A" * 32])
def test_a_damaged_id_is_made_anew(tmp_path: Path, content: bytes) -> None:
    paths = resolve_paths(tmp_path)
    paths.machine_id.write_bytes(content)
    made = read_machine_id(paths)
    assert made != content.decode("latin-1")
    assert read_machine_id(paths) == made


def test_an_id_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path)
    paths.machine_id.mkdir()
    with pytest.raises(FileUnreadable):
        read_machine_id(paths)


PRINTS_ID = """
import sys
from pathlib import Path
from app.storage.paths import read_machine_id, resolve_paths
print("ready", flush=True)
sys.stdin.readline()
print(read_machine_id(resolve_paths(Path(sys.argv[1]))))
"""


def test_processes_that_ask_for_the_id_at_once_get_the_same(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PRINTS_ID, str(tmp_path)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda process: process.communicate("go\n", timeout=60)[0], processes))
    assert answers == {read_machine_id(resolve_paths(tmp_path)) + "\n"}


def test_a_folder_is_erased_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "gone" / "deep").mkdir(parents=True)
    (tmp_path / "gone" / "deep" / "file").touch()
    erase_folder(tmp_path / "gone")
    erase_folder(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
