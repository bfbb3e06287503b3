"""Bringing an archived file back under the name it had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import NotFound, Unreachable, VerificationFailed
from app.remote.index_lines import IndexFile
from app.remote.session_index import SessionIndexObjects

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.bootstrap import Services
    from app.sessions.model import Session

CONTENT = json.dumps({"text": "お味噌汁"}).encode() + b"\n"


@pytest.fixture
def services(home: Path, open_services: Callable[[Path], Services]) -> Services:
    return open_services(home)


@pytest.fixture
def session(session_of: Callable[..., Session], tmp_path: Path) -> Session:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "献立 (1).jsonl").write_bytes(CONTENT)
    return session_of(tmp_path / "logs", "献立 (1).jsonl", session_id=f"id-{abs(hash(tmp_path))}")


def archived(services: Services, session: Session) -> str:
    archiver = services.archiver(lambda _: None, compress=True)
    (outcome,) = archiver.archive([session])
    assert archiver.update_index([session]).error is None
    s3_key = outcome.files[0].outcome.s3_key
    assert s3_key is not None
    return s3_key


def test_a_file_comes_back_under_its_own_name(services: Services, session: Session, tmp_path: Path) -> None:
    brought = services.bring_back.download(archived(services, session), tmp_path / "new" / "folder")
    assert brought.path == tmp_path / "new" / "folder" / "献立 (1).jsonl"
    assert brought.path.read_bytes() == CONTENT
    assert brought.verified


def test_an_older_version_comes_back_when_it_is_named(
    services: Services, session: Session, session_of: Callable[..., Session], tmp_path: Path
) -> None:
    s3_key = archived(services, session)
    (old,) = services.history.versions(s3_key)
    session.path.write_bytes(CONTENT * 2)
    archived(services, session_of(tmp_path / "logs", session.path.name, session_id=session.session_id))
    bring_back = services.bring_back
    assert bring_back.download(s3_key, tmp_path / "1").path.read_bytes() == CONTENT * 2
    brought = bring_back.download(s3_key, tmp_path / "2", version_id=old.version_id)
    assert brought.path.read_bytes() == CONTENT
    assert brought.version_id == old.version_id


def test_without_the_index_the_key_gives_the_name(
    services: Services, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_key = archived(services, session)

    def unreadable(_: object) -> Any:
        raise Unreachable(host="127.0.0.1", reason="test")

    monkeypatch.setattr(SessionIndexObjects, "read", unreadable)
    brought = services.bring_back.download(s3_key, tmp_path / "out")
    assert brought.path.name == s3_key.rpartition("_")[2].removesuffix(".zst")
    assert brought.path.read_bytes() == CONTENT


def test_a_hiccup_does_not_cost_the_name(
    services: Services, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_key = archived(services, session)
    read = SessionIndexObjects.read
    hiccups = [Unreachable(host="127.0.0.1", reason="test")]

    def read_at_last(index: SessionIndexObjects) -> Any:
        if hiccups:
            raise hiccups.pop()
        return read(index)

    monkeypatch.setattr(SessionIndexObjects, "read", read_at_last)
    assert services.bring_back.download(s3_key, tmp_path / "out").path.name == "献立 (1).jsonl"


def test_a_name_in_the_index_never_leads_out_of_the_folder(
    services: Services, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_key = archived(services, session)
    really_read = SessionIndexObjects.read

    def forged(index: SessionIndexObjects) -> Any:
        shared = really_read(index)
        (line,) = shared.sessions[session.identity]
        evil = IndexFile("../../../evil.jsonl/..\\..\\evil.jsonl", s3_key, None, 1, 1, "0" * 64)
        object.__setattr__(line, "files", (evil,))
        return shared

    monkeypatch.setattr(SessionIndexObjects, "read", forged)
    brought = services.bring_back.download(s3_key, tmp_path / "out")
    assert brought.path.parent == tmp_path / "out"
    assert brought.path.name == "evil.jsonl"


def test_a_file_of_that_name_with_other_content_is_left_alone(
    services: Services, session: Session, tmp_path: Path
) -> None:
    s3_key = archived(services, session)
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / session.path.name
    mine.write_text("my own", encoding="utf-8")
    brought = services.bring_back.download(s3_key, tmp_path / "out")
    assert mine.read_text(encoding="utf-8") == "my own"
    assert brought.path != mine
    assert brought.path.read_bytes() == CONTENT
    again = services.bring_back.download(s3_key, tmp_path / "out")
    assert again.path == brought.path


def test_what_the_archive_has_not_is_not_found(services: Services, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        services.bring_back.download("chat-logs/sandbox/2026-11-02_never-archived.md", tmp_path / "out")
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_progress_is_told(services: Services, session: Session, tmp_path: Path) -> None:
    s3_key = archived(services, session)
    told: list[tuple[int, int | None]] = []
    services.bring_back.download(s3_key, tmp_path / "out", progress=lambda *bytes_: told.append(bytes_))
    assert told[-1][0] == told[-1][1]


def test_the_tests_above_would_notice_other_bytes(
    services: Services, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3_key = archived(services, session)
    monkeypatch.setattr("app.transfer.downloader.original_hash", lambda _: "0" * 64)
    with pytest.raises(VerificationFailed):
        services.bring_back.download(s3_key, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
