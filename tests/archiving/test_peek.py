"""Archived files opened for a look: the real bytes, for as long as the look lasts, and nothing left behind."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from app.archiving.peek import Peek
from app.errors import Cancelled, FileUnreadable, NotFound, TooLarge, VerificationFailed
from app.transfer.downloader import Downloader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.bootstrap import Services
    from app.sessions.model import Session

CONTENT = "お味噌汁\n".encode() * 1000


@pytest.fixture
def services(home: Path, open_services: Callable[[Path], Services]) -> Services:
    return open_services(home)


@pytest.fixture
def peek(services: Services, tmp_path: Path) -> Iterator[Peek]:
    """A small one: it unpacks 64 KiB."""
    made = peek_in(services, tmp_path / "looked-at")
    yield made
    made.close()


def peek_in(services: Services, folder: Path) -> Peek:
    connection = services.connection
    return Peek(
        lambda limit: Downloader(connection.presign, services.connections, size_limit=limit),
        folder,
        limit=64 * 1024,
    )


@pytest.fixture
def archived(
    services: Services, session_of: Callable[..., Session], tmp_path: Path
) -> Callable[[bytes], tuple[str, str]]:
    """Archives one file, and its next version at the next call: (s3Key, versionId)."""

    def archive(content: bytes) -> tuple[str, str]:
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / "log.jsonl").write_bytes(content)
        session = session_of(tmp_path / "logs", "log.jsonl", session_id=f"peek-{abs(hash(tmp_path))}")
        (outcome,) = services.archiver(lambda _: None, compress=True).archive([session])
        stored = outcome.files[0].outcome
        assert stored.s3_key is not None
        assert stored.version_id is not None
        return stored.s3_key, stored.version_id

    return archive


def left_in(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock"]


def test_the_bytes_are_there_while_the_look_lasts(
    peek: Peek, archived: Callable[[bytes], tuple[str, str]], tmp_path: Path
) -> None:
    s3_key, _ = archived(CONTENT)
    with peek.bring(s3_key, name="献立.jsonl") as seen:
        assert seen.path.name == "献立.jsonl"
        assert seen.path.read_bytes() == CONTENT
        assert seen.downloaded.verified
    assert left_in(tmp_path / "looked-at") == []
    seen.close()  # twice is once


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_can_look(peek: Peek, archived: Callable[[bytes], tuple[str, str]]) -> None:
    with peek.bring(archived(CONTENT)[0]) as seen:
        assert seen.path.stat().st_mode & 0o077 == 0
        assert seen.path.parent.stat().st_mode & 0o077 == 0


def test_an_older_version_is_looked_at_when_it_is_named(
    peek: Peek, archived: Callable[[bytes], tuple[str, str]]
) -> None:
    s3_key, old = archived(CONTENT)
    archived(CONTENT * 2)
    with peek.bring(s3_key, old) as first, peek.bring(s3_key) as second:
        assert first.path.read_bytes() == CONTENT
        assert second.path.read_bytes() == CONTENT * 2


@pytest.mark.parametrize("content", [b"\0" * 65_537, secrets.token_bytes(65_537)], ids=["zeros", "noise"])
def test_what_unpacks_to_more_than_the_limit_is_refused(
    peek: Peek, archived: Callable[[bytes], tuple[str, str]], tmp_path: Path, content: bytes
) -> None:
    s3_key, _ = archived(content)
    with pytest.raises(TooLarge) as raised:
        peek.bring(s3_key)
    assert raised.value.parameters == {"size": 65_537, "limit": 65_536, "reason": "preview"}
    assert left_in(tmp_path / "looked-at") == []


def test_what_is_not_there_leaves_nothing(peek: Peek, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        peek.bring("chat-logs/sandbox/2026-11-02_never-archived.md")
    assert left_in(tmp_path / "looked-at") == []


def test_other_bytes_are_never_shown(
    peek: Peek,
    archived: Callable[[bytes], tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s3_key, _ = archived(CONTENT)
    monkeypatch.setattr("app.transfer.downloader.original_hash", lambda _: "0" * 64)
    with pytest.raises(VerificationFailed):
        peek.bring(s3_key)
    assert left_in(tmp_path / "looked-at") == []


def test_a_look_nobody_waits_for_ends(peek: Peek, archived: Callable[[bytes], tuple[str, str]]) -> None:
    s3_key, _ = archived(CONTENT)
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        peek.bring(s3_key, cancelled=cancelled)


def test_a_preview_shows_the_session_and_leaves_nothing(
    peek: Peek, archived: Callable[[bytes], tuple[str, str]], tmp_path: Path
) -> None:
    line = json.dumps(
        {
            "type": "user",
            "uuid": "u1",
            "sessionId": "0d9f",
            "timestamp": "2026-11-02T09:00:00Z",
            "message": {"role": "user", "content": "お味噌汁の作り方"},
        }
    )
    s3_key, version_id = archived(line.encode() + b"\n")
    with peek.preview(s3_key, version_id, source="claude-code", name="0d9f.jsonl") as preview:
        (message,) = preview.page(0).messages
        assert message.blocks[0].spans[0].text == "お味噌汁の作り方"
        assert left_in(tmp_path / "looked-at") == ["0d9f.jsonl"]
    assert left_in(tmp_path / "looked-at") == []


def test_a_file_that_cannot_be_shown_leaves_nothing(
    peek: Peek,
    archived: Callable[[bytes], tuple[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(*_: object, **__: object) -> None:
        raise FileUnreadable(path="log", reason="test")

    monkeypatch.setattr("app.sessions.preview.transcript_of", unreadable)
    with pytest.raises(FileUnreadable):
        peek.preview(archived(CONTENT)[0], source=None)
    assert left_in(tmp_path / "looked-at") == []


def test_the_end_of_the_run_ends_every_look(
    services: Services, archived: Callable[[bytes], tuple[str, str]]
) -> None:
    s3_key, _ = archived(CONTENT)
    seen = services.peek.bring(s3_key)
    assert seen.path.exists()
    services.close()
    assert list((services.paths.cache_folder / "looked-at").iterdir()) == []
    seen.close()


@pytest.mark.parametrize("lock", ["left behind", "gone"])
def test_what_a_killed_run_left_is_erased_and_what_another_looks_at_is_not(
    services: Services, archived: Callable[[bytes], tuple[str, str]], tmp_path: Path, lock: str
) -> None:
    s3_key, _ = archived(CONTENT)
    folder = tmp_path / "looked-at"
    killed = (
        "import os, sys, pathlib\n"
        "from app.archiving.peek import Peek\n"
        "own = Peek(None, pathlib.Path(sys.argv[1]))._own_folder()\n"
        "(own / 'secret.jsonl').write_bytes(b'x')\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", killed, os.fspath(folder)], check=False)
    assert ended.returncode == 9
    assert left_in(folder) == ["secret.jsonl"]
    if lock == "gone":  # as Windows does with the lock of whoever is killed
        for file in folder.glob("*.lock"):
            file.unlink()

    other, own = peek_in(services, folder), peek_in(services, folder)
    with other.bring(s3_key, name="other.jsonl") as theirs, own.bring(s3_key, name="own.jsonl"):
        assert sorted(left_in(folder)) == ["other.jsonl", "own.jsonl"]
        assert theirs.path.read_bytes() == CONTENT
    other.close()
    own.close()
    assert list(folder.iterdir()) == []
    with pytest.raises(Cancelled):
        own.bring(s3_key)
