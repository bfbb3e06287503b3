"""Files that are empty, unreadable, gone or shorter than a moment ago: a clear word, and nothing lost."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Gate, Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions and signals are POSIX's")

UPLOAD = ("upload", "--all", "--json")
LARGE = 80_000_000
"""Bytes that take a good part of a second to read and pack."""


def by_session(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["sessionId"]: line for line in lines}


def test_an_empty_file_is_a_session_like_others(home: Home, tmp_path: Path) -> None:
    home.write_session("one")
    (home.projects / "-home-user-work" / "empty.jsonl").touch()
    lines = by_session(home.run(*UPLOAD).lines)
    assert lines["empty"]["state"] == "archived"
    assert lines["empty"]["size"] == 0
    home.prove_archived(tmp_path / "back")


def test_an_unreadable_folder_is_told_of_and_the_others_are_archived(
    home: Home, tmp_path: Path, as_anybody: tuple[str, ...]
) -> None:
    home.write_session("open")
    closed = home.write_session("closed", project="-home-user-secret").parent
    closed.chmod(0)
    ran = home.run(*UPLOAD, before=as_anybody, code=1)
    assert [line["sessionId"] for line in ran.lines] == ["open"]
    assert f"Left out: {closed} (cannot be read)" in ran.err
    assert "1 archived" in ran.err
    assert home.run("list", before=as_anybody).code == 0
    closed.chmod(0o700)
    home.run(*UPLOAD, before=as_anybody)
    home.prove_archived(tmp_path / "back")


def test_an_unreadable_file_fails_alone_and_says_what_to_do(
    home: Home, tmp_path: Path, as_anybody: tuple[str, ...]
) -> None:
    home.write_session("open")
    closed = home.write_session("closed")
    closed.chmod(0)
    ran = home.run(*UPLOAD, before=as_anybody, code=1)
    lines = by_session(ran.lines)
    assert lines["open"]["state"] == "archived"
    assert lines["closed"]["state"] == "failed"
    assert lines["closed"]["error"]["code"] == "file-unreadable"
    assert f"{closed} cannot be read: Permission denied. Allow your user to read it" in ran.err
    closed.chmod(0o600)
    home.run(*UPLOAD, before=as_anybody)
    home.prove_archived(tmp_path / "back")


def test_a_file_that_vanishes_between_scan_and_upload_fails_alone(
    home: Home,
    make_home: Callable[..., Home],
    open_gate: Callable[[Home], Gate],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home.write_session("stays")
    gone = home.write_session("goes")
    gate = open_gate(make_home("behind"))
    asked, go_on = threading.Event(), threading.Event()

    def hold(_: str) -> None:
        asked.set()
        assert go_on.wait(60)

    gate.answer = hold
    credentials = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name, value in credentials.items():
        monkeypatch.setenv(name, value)
    home.environ |= {"LAMBDA_FUNCTION_URL": gate.endpoint, **credentials}
    upload = home.start(*UPLOAD)
    # The scan is over and no file was opened yet: the endpoint is asked first which storage it speaks for.
    home.wait_until(lambda: asked.is_set() or upload.poll() is not None)
    assert [request["action"] for request in gate.requests] == ["health"]
    gone.unlink()
    go_on.set()
    out, err = upload.communicate(timeout=60)
    assert upload.returncode == 1
    lines = by_session([json.loads(line) for line in out.splitlines()])
    assert lines["stays"]["state"] == "archived"
    assert lines["goes"]["error"]["code"] == "file-vanished"
    assert f"Failed: The file is no longer there: {gone}. Its tool may have deleted" in err
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def has_begun_to_read(home: Home, upload: subprocess.Popen[str]) -> bool:
    """Or has ended."""
    with suppress(FileNotFoundError):
        if any(file.stat().st_size for file in home.paths.spool.iterdir()):
            return True
    return upload.poll() is not None


def is_being_read(home: Home, path: Path) -> bool:
    return [row["state"] for row in home.transfers() if row["path"] == str(path)] == ["queued"]


@contextmanager
def in_mid_read(home: Home) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """An upload that is halted while it reads a large file; it goes on after the block."""
    home.run("sandbox", "info")
    for attempt in range(5):
        path = home.write_session(f"large-{attempt}", size=LARGE)
        upload = home.start(*UPLOAD)
        home.wait_until(partial(has_begun_to_read, home, upload))
        psutil.Process(upload.pid).suspend()
        try:
            if is_being_read(home, path):
                yield upload, path
                return
        finally:
            psutil.Process(upload.pid).resume()
        upload.communicate(timeout=60)  # it was too quick
    raise AssertionError("no upload could be halted in time")


def test_a_file_that_vanishes_in_mid_read_is_archived_whole(home: Home, tmp_path: Path) -> None:
    with in_mid_read(home) as (upload, path):
        content = path.read_bytes()
        path.unlink()
    upload.communicate(timeout=60)
    assert upload.returncode == 0
    (s3_key,) = [entry["s3Key"] for entry in home.history() if entry["sessionId"] == path.stem]
    home.run("download", s3_key, "--to", str(tmp_path / "back"))
    assert (tmp_path / "back" / path.name).read_bytes() == content
    home.prove_tidy()


def test_a_file_that_shrinks_in_mid_read_is_read_again(home: Home, tmp_path: Path) -> None:
    with in_mid_read(home) as (upload, path):
        os.truncate(path, 1_000_000)
    upload.communicate(timeout=60)
    assert upload.returncode == 0
    home.prove_archived(tmp_path / "back")
