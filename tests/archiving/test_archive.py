"""Archiving sessions: what is sent, what is told, and the session index that follows; the engine is the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.archiving.archive import Archiver
from app.archiving.content import SessionContent
from app.archiving.index_writer import IndexWriter
from app.bootstrap import Services
from app.errors import Cancelled, FileUnreadable, Unreachable
from app.remote.session_index import SessionIndexObjects

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.archiving.archive import SessionOutcome
    from app.archiving.index_writer import IndexUpdate
    from app.remote.index_lines import IndexLine
    from app.sessions.model import Session


class Desk:
    """The archiver of one home, and what S3 and the index say afterwards."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @property
    def archiver(self) -> Archiver:
        return self.services.archiver(lambda _: None, compress=True)

    def archive(self, *sessions: Session) -> list[SessionOutcome]:
        found = {outcome.session.identity: outcome for outcome in self.archiver.archive(sessions)}
        return [found[session.identity] for session in sessions]

    def update(self, *sessions: Session) -> IndexUpdate:
        return self.archiver.update_index(sessions)

    def line(self, session: Session) -> IndexLine:
        (line,) = self.services.session_index.read().sessions[session.identity]
        return line


@pytest.fixture
def desk(home: Path, open_services: Callable[[Path], Services]) -> Desk:
    return Desk(open_services(home))


@pytest.fixture
def number(tmp_path: Path) -> str:
    """A session id that no other test of the shared bucket has."""
    return f"session-{tmp_path.name}-{abs(hash(tmp_path))}"


def asked(*_: object, **__: object) -> Any:
    pytest.fail("somebody was asked")


# ---- archive ----------------------------------------------------------------------------------------------


def test_only_what_changed_is_sent_and_every_session_is_told_of(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    one = session_of(tmp_path, "1.jsonl", "1/a.txt", session_id=f"{number}-1")
    two = session_of(tmp_path, "2.jsonl", session_id=f"{number}-2")
    assert [outcome.state for outcome in desk.archive(one, two)] == ["archived", "archived"]
    (tmp_path / "1" / "a.txt").write_text("longer than before\n", encoding="utf-8")
    one = session_of(tmp_path, "1.jsonl", "1/a.txt", session_id=f"{number}-1")
    changed, same = desk.archive(one, two)
    assert (changed.state, same.state) == ("archived", "unchanged")
    assert [entry.outcome.state for entry in changed.files] == ["unchanged", "archived"]
    assert same.files[0].outcome.s3_key is not None


def test_the_main_file_is_told_first_whatever_comes_first(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    names = ["m.jsonl", *(f"m/{letter}.txt" for letter in "abcdef")]
    (outcome,) = desk.archive(session_of(tmp_path, *names, session_id=number))
    assert [entry.file.relative_path for entry in outcome.files] == names


def test_one_bad_file_fails_its_session_and_no_other(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    bad = session_of(tmp_path, "bad.jsonl", "bad/a.txt", session_id=f"{number}-bad")
    good = session_of(tmp_path, "good.jsonl", session_id=f"{number}-good")
    (tmp_path / "bad" / "a.txt").unlink()
    failed, archived = desk.archive(bad, good)
    assert (failed.state, archived.state) == ("failed", "archived")
    assert failed.error is not None
    assert failed.error.code == "file-vanished"
    assert [entry.outcome.state for entry in failed.files] == ["archived", "failed"]
    assert desk.services.plan().of(bad).state == "failed"


def test_nothing_is_asked_when_nothing_changed(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str, monkeypatch: pytest.MonkeyPatch,
    open_services: Callable[[Path], Services], home: Path,
) -> None:  # fmt: skip
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    desk.archive(session)
    assert desk.update(session).written == 1
    monkeypatch.setattr(Services, "client", asked)
    later = Desk(open_services(home))
    (outcome,) = later.archive(session)
    assert outcome.state == "unchanged"
    assert later.update(session).written == 0


def test_a_run_that_is_stopped_leaves_its_session_to_the_next(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str,
    open_services: Callable[[Path], Services], home: Path,
) -> None:  # fmt: skip
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    _ = desk.services.connection
    desk.services.stopped.set()
    outcomes = list(desk.archiver.archive([session]))
    assert all(isinstance(outcome.error, Cancelled) for outcome in outcomes)
    (outcome,) = Desk(open_services(home)).archive(session)
    assert outcome.state == "archived"


def test_what_waits_in_the_spool_is_archived_though_its_tool_has_deleted_the_session(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    body = session.path.read_bytes()
    services = desk.services
    # As an interrupted run leaves it: prepared, on disk, not sent.
    content = SessionContent(session, session.files[0], compress=True, session_date=None)
    transfer = services.jobs.claim(services.connection.profile.destination, content)
    assert transfer is not None
    assert transfer.spool is not None
    services.paths.spool.mkdir(exist_ok=True)
    prepared = content.prepare(services.paths.spool / transfer.spool, lambda: False)
    services.jobs.prepared(transfer, prepared)
    services.jobs.release(transfer)
    assert list(desk.archiver.rescue([session])) == []  # it is there, so archive() sees to it
    session.path.unlink()
    ((path, outcome),) = desk.archiver.rescue([])
    assert (path, outcome.state) == (session.path, "archived")
    assert outcome.s3_key is not None
    assert services.bring_back.download(outcome.s3_key, tmp_path / "back").path.read_bytes() == body
    assert list(desk.archiver.rescue([])) == []


def test_what_ends_the_whole_run_is_raised(
    session_of: Callable[..., Session], tmp_path: Path, desk: Desk
) -> None:
    def broken(contents: object) -> Any:
        raise FileUnreadable(path="state.db", reason="test")

    archiver = Archiver(desk.services.plan, broken, asked, compress=True)  # type: ignore[arg-type]
    with pytest.raises(FileUnreadable):
        list(archiver.archive([session_of(tmp_path, "a.jsonl", session_id="never sent")]))


def test_a_later_version_is_stored_as_the_first_was(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    plain = desk.services.archiver(lambda _: None, compress=False)
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    (first,) = plain.archive([session])
    (tmp_path / "a.jsonl").write_text("more\nthan before\n", encoding="utf-8")
    (second,) = desk.archive(session_of(tmp_path, "a.jsonl", session_id=number))
    assert first.files[0].outcome.s3_key == second.files[0].outcome.s3_key
    assert second.state == "archived"
    assert not str(second.files[0].outcome.s3_key).endswith(".zst")


# ---- the session index ------------------------------------------------------------------------------------


def test_a_session_s_line_says_what_is_archived(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", "a/b.txt", session_id=number)
    (outcome,) = desk.archive(session)
    assert desk.update(session).written == 1
    line = desk.line(session)
    assert (line.title, line.project, line.messages) == ("A title", "/srv/recipe-box", 2)
    assert line.tokens == {"m": {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4}}
    assert [(file.relative_path, file.s3_key, file.version_id) for file in line.files] == [
        (entry.file.relative_path, entry.outcome.s3_key, entry.outcome.version_id) for entry in outcome.files
    ]


def test_a_companion_gone_from_disk_stays_in_the_line(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", "a/old.txt", session_id=number)
    (outcome,) = desk.archive(session)
    desk.update(session)
    (tmp_path / "a" / "old.txt").unlink()
    (tmp_path / "a.jsonl").write_text("it went on\n", encoding="utf-8")
    shorter = session_of(tmp_path, "a.jsonl", session_id=number)
    desk.archive(shorter)
    assert desk.update(shorter).written == 1
    files = {file.relative_path: file.s3_key for file in desk.line(session).files}
    assert files == {
        "a.jsonl": outcome.files[0].outcome.s3_key,
        "a/old.txt": outcome.files[1].outcome.s3_key,
    }
    assert next(iter(files)) == "a.jsonl"


def test_the_line_is_written_by_the_next_run_after_a_kill_between_receipt_and_index(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str,
    open_services: Callable[[Path], Services], home: Path,
) -> None:  # fmt: skip
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    desk.archive(session)
    desk.services.close()
    later = Desk(open_services(home))
    (outcome,) = later.archive(session)
    assert outcome.state == "unchanged"
    assert later.update(session).written == 1
    assert later.line(session).files[0].s3_key == outcome.files[0].outcome.s3_key


def test_a_session_whose_main_file_failed_has_no_line_yet(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", "a/b.txt", session_id=number)
    (tmp_path / "a.jsonl").unlink()
    desk.archive(session)
    assert desk.update(session).written == 0
    assert session.identity not in desk.services.session_index.read().sessions


def test_an_index_that_cannot_be_written_is_said_and_made_good_later(
    desk: Desk,
    session_of: Callable[..., Session],
    tmp_path: Path,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    desk.archive(session)

    def offline(*_: object) -> Any:
        raise Unreachable(host="127.0.0.1", reason="test")

    with monkeypatch.context() as patch:
        patch.setattr(SessionIndexObjects, "write", offline)
        update = desk.update(session)
    assert isinstance(update.error, Unreachable)
    assert update.written == 0
    assert desk.update(session).written == 1


def test_what_is_remembered_of_written_lines_may_be_lost(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", session_id=number)
    desk.archive(session)
    desk.update(session)
    (memory,) = desk.services.paths.cache_folder.glob("index-lines-*.json")
    memory.write_text("{ broken", encoding="utf-8")
    assert desk.update(session).error is None
    assert desk.update(session).written == 0
    assert desk.line(session).title == "A title"


def test_a_title_that_no_encoding_can_write_is_written_all_the_same(
    desk: Desk, session_of: Callable[..., Session], tmp_path: Path, number: str
) -> None:
    session = session_of(tmp_path, "a.jsonl", session_id=number, title="half \ud83d of it")
    desk.archive(session)
    assert desk.update(session).error is None
    assert desk.line(session).title == "half ? of it"


def test_a_writer_with_nothing_to_write_opens_nothing(tmp_path: Path) -> None:
    writer = IndexWriter(asked, tmp_path / "memory.json", machine="0" * 32, host="h")
    assert writer.update([]).written == 0
    assert not (tmp_path / "memory.json").exists()
