"""The transfer queue: sessions are added, sent and confirmed, and their rows say so, also after a restart."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from app.account.profiles import ProfileStore, make_profile
from app.account.vault import open_vault
from app.archiving import queue_book, queue_desk, queue_past
from app.errors import AccessDenied, FileVanished, Throttled, Unexpected
from app.remote.session_index import SessionIndexObjects
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from app.archiving.transfer_queue import TransferRow
    from app.sandbox.lifecycle import SandboxInfo
    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench


def lead_puts_to(server: str, *names: str) -> Any:
    """A fault: PUTs of objects with these words in their names go to another server."""

    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and any(name in url for name in names):
            changes["url"] = server

    return lead_astray


# ---- from being added to being archived -------------------------------------------------------------------


def test_added_sessions_are_archived_verified_and_in_the_session_index(
    bench: QueueBench, tmp_path: Path
) -> None:
    sessions = bench.several(tmp_path, 20)
    bench.queue.add_sessions(sessions)

    totals = bench.until_idle()

    assert (totals.left, totals.failed, totals.done, totals.paused) == (0, 0, 20, 0)
    assert (totals.fraction, totals.halted, totals.notice) == (1.0, None, None)
    assert totals.sent == totals.total > 0
    index = bench.services.session_index.read().sessions
    for session in sessions:
        row = bench.row(session)
        assert (row.state, row.verified, row.files, row.files_done) == ("done", True, 1, 1)
        assert (row.title, row.path, row.size) == (session.title, str(session.path), session.size)
        assert row.sent == row.total == row.stored_size
        assert [row.version_id] == bench.versions(row.s3_key)
        assert bench.planned(session) == "archived"
        assert index[session.identity][0].files[0].s3_key == row.s3_key
    assert bench.spool() == []


def test_what_is_archived_already_costs_no_request(bench: QueueBench, tmp_path: Path) -> None:
    sessions = bench.several(tmp_path, 3)
    bench.queue.add_sessions(sessions)
    bench.until_idle()
    first = bench.row(sessions[0])
    requests = len(bench.http.sent)

    bench.queue.add_sessions(sessions)
    bench.until_idle()

    assert bench.states() == ["unchanged"] * 3
    assert len(bench.http.sent) == requests
    again = bench.row(sessions[0])
    assert (again.id, again.s3_key, again.version_id) == (first.id, first.s3_key, first.version_id)
    assert again.verified


def test_a_session_of_many_files_is_one_row(
    bench: QueueBench, session_of: Callable[..., Session], tmp_path: Path
) -> None:
    names = ["m.jsonl", *(f"m/{letter}.txt" for letter in "abcdefgh")]
    session = session_of(tmp_path, *names, session_id=f"many {tmp_path}")
    bench.queue.add_sessions([session])

    bench.until_idle()

    row = bench.row(session)
    assert (row.state, row.files, row.files_done, row.size) == ("done", 9, 9, session.size)
    assert row.project == "/srv/recipe-box"

    (tmp_path / "m" / "b.txt").write_text("longer than it was\n", encoding="utf-8")
    grown = session_of(tmp_path, *names, session_id=session.session_id)
    bench.queue.add_sessions([grown])
    bench.until_idle()

    again = bench.row(session)
    assert (again.state, again.files, again.files_done) == ("done", 9, 9)
    assert again.sent == again.total
    assert (again.total or 0) < (again.stored_size or 0)  # one file of nine was sent


def test_one_failing_file_fails_its_row_and_no_other(
    bench: QueueBench, session_of: Callable[..., Session], tmp_path: Path
) -> None:
    bad = session_of(tmp_path, "bad.jsonl", "bad/a.txt", "bad/b.txt", session_id=f"bad {tmp_path}")
    (tmp_path / "bad" / "a.txt").unlink()
    good = bench.several(tmp_path / "good", 10)
    bench.queue.add_sessions([*good[:5], bad, *good[5:]])

    totals = bench.until_idle()

    row = bench.row(bad)
    assert isinstance(row.error, FileVanished)
    assert (row.state, row.files_done, row.verified) == ("failed", 2, False)
    assert Counter(bench.states()) == {"done": 10, "failed": 1}
    assert (totals.failed, totals.done, totals.halted) == (1, 10, None)
    assert totals.fraction is not None
    assert totals.fraction < 1

    (tmp_path / "bad" / "a.txt").write_text("it is back\n", encoding="utf-8")
    bench.queue.retry_failed()
    totals = bench.until_idle()
    assert bench.state(bad) == "done"
    assert totals.fraction == 1.0


def test_all_bytes_sent_is_not_yet_done(bench: QueueBench, silent_server: str, tmp_path: Path) -> None:
    session = bench.write(tmp_path)
    bench.http.faults = lead_puts_to(silent_server, "notes")
    bench.queue.add_sessions([session])

    row = bench.until_state(session, "verifying")

    totals = bench.queue.totals()
    assert row.sent == row.total
    assert not row.verified
    assert totals.fraction is not None
    assert totals.fraction < 1
    assert totals.left == 1
    assert bench.queue.busy()


def test_what_it_waits_for_is_told(bench: QueueBench, tmp_path: Path) -> None:
    session = bench.write(tmp_path)

    def throttle(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            raise Throttled(host="127.0.0.1", retryAfter=60.0)

    bench.http.faults = throttle
    bench.queue.add_sessions([session])

    row = bench.until_state(session, "waiting")

    assert isinstance(row.error, Throttled)
    assert row.attempt == 2
    assert 0 < row.wait_seconds <= 61
    assert bench.queue.totals().left == 1


def test_adding_what_is_waiting_already_does_nothing(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    sessions = bench.several(tmp_path, 5)
    bench.http.faults = lead_puts_to(silent_server, "note")
    bench.queue.add_sessions(sessions)
    bench.queue.add_sessions(sessions)
    for session in sessions:
        bench.until_state(session, "verifying")
    before = bench.queue.rows()

    bench.queue.add_sessions(sessions[::-1])

    assert [row.id for row in bench.queue.rows()] == [row.id for row in before]
    assert bench.states() == ["verifying"] * 5


def test_what_is_added_while_others_are_sent_does_not_wait_for_them(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    slow = bench.write(tmp_path, "slow.md")
    bench.http.faults = lead_puts_to(silent_server, "slow")
    bench.queue.add_sessions([slow])
    bench.until_state(slow, "verifying")

    later = bench.write(tmp_path, "later.md")
    bench.queue.add_sessions([later])

    bench.until_state(later, "done")
    assert bench.state(slow) == "verifying"


def test_the_first_archiving_of_all_finds_out_where_to(
    shared_sandbox: SandboxInfo, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    home = tmp_path / "new home"
    paths = resolve_paths(home)
    profile = make_profile("unseen", "token", shared_sandbox.endpoint)
    ProfileStore(paths.settings).add(profile)
    open_vault(paths, home).set(profile, "token", shared_sandbox.token)
    ProfileStore(paths.settings).use("unseen")
    bench = open_queue(home)
    session = bench.write(tmp_path)

    bench.queue.add_sessions([session])

    bench.until_idle()
    assert bench.state(session) == "done"
    assert bench.planned(session) == "archived"


def test_an_index_that_cannot_be_written_is_noticed_and_made_good(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = bench.write(tmp_path)

    def denied(*_: object) -> Any:
        raise AccessDenied(host="127.0.0.1", reason="test")

    with monkeypatch.context() as patch:
        patch.setattr(SessionIndexObjects, "write", denied)
        bench.queue.add_sessions([session])
        totals = bench.until_idle()
    assert isinstance(totals.notice, AccessDenied)
    assert bench.state(session) == "done"

    bench.queue.retry_now()

    assert bench.until_idle().notice is None
    assert session.identity in bench.services.session_index.read().sessions


def test_a_clock_set_back_or_forward_breaks_nothing(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = time.time
    for hours in (0, -5, 7):
        monkeypatch.setattr(time, "time", lambda hours=hours: clock() + hours * 3600)
        sessions = bench.several(tmp_path / str(hours), 10)
        bench.queue.add_sessions(sessions)
        bench.until_idle()
        assert {bench.state(session) for session in sessions} == {"done"}


# ---- what a window asks ten times a second ------------------------------------------------------------------


def test_changes_put_one_upon_the_other_are_the_rows(bench: QueueBench, tmp_path: Path) -> None:
    shown: dict[str, TransferRow] = {}
    serial = 0
    states: set[str] = set()

    def catch_up() -> None:
        nonlocal serial
        before = serial
        serial, changed, removed = bench.queue.changes(serial)
        assert serial >= before
        for row_id in removed:
            del shown[row_id]
        shown.update({row.id: row for row in changed})
        states.update(row.state for row in changed)

    def caught_up() -> bool:
        catch_up()
        return not bench.queue.busy()

    bench.queue.add_sessions(bench.several(tmp_path, 60))
    bench.until(caught_up)
    bench.queue.clear([row.id for row in bench.queue.rows()[::2]])
    bench.queue.add_sessions(bench.several(tmp_path / "more", 5))
    bench.until(caught_up)
    catch_up()

    assert list(shown.values()) != []
    assert {row.id: row for row in bench.queue.rows()} == shown
    assert bench.queue.changes(serial) == (serial, [], [])
    assert states >= {"queued", "done"}


def test_listeners_hear_of_every_end(bench: QueueBench, tmp_path: Path) -> None:
    heard: list[Counter[str]] = []
    bench.queue.listen(lambda: heard.append(Counter(bench.states())))

    def broken() -> None:
        raise ZeroDivisionError

    bench.queue.listen(broken)
    bench.queue.add_sessions(bench.several(tmp_path, 30))
    bench.until_idle()

    bench.until(lambda: bool(heard) and heard[-1] == {"done": 30})


def test_unfinished_rows_come_first_in_their_order_then_the_ended_the_newest_first(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    ended = [bench.write(tmp_path, f"ended {number}.md") for number in range(3)]
    for session in ended:
        bench.queue.add_sessions([session])
        bench.until_idle()
    waiting = [bench.write(tmp_path, f"slow {number}.md") for number in range(3)]
    bench.http.faults = lead_puts_to(silent_server, "slow")
    bench.queue.add_sessions(waiting)

    bench.until(lambda: bench.states()[:3] == ["verifying"] * 3)

    assert [row.session for row in bench.queue.rows()] == [
        session.identity for session in (*waiting, *ended[::-1])
    ]


def test_the_sums_begin_anew_when_the_queue_has_run_empty(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    assert bench.queue.totals().fraction is None
    first = bench.write(tmp_path, "first.md", b"x" * 500_000)
    bench.queue.add_sessions([first])
    sent = bench.until_idle().sent

    second = bench.write(tmp_path, "second.md")
    bench.http.faults = lead_puts_to(silent_server, "second")
    bench.queue.add_sessions([second])
    bench.until_state(second, "verifying")

    totals = bench.queue.totals()
    assert totals.sent == bench.row(second).sent
    assert totals.sent != sent
    assert totals.done == 1


def test_rows_that_are_cleared_do_not_take_back_what_is_done(
    bench: QueueBench, silent_server: str, tmp_path: Path
) -> None:
    slow = bench.write(tmp_path, "slow.md")
    others = bench.several(tmp_path, 5)
    bench.http.faults = lead_puts_to(silent_server, "slow")
    bench.queue.add_sessions([slow, *others])
    bench.until(lambda: Counter(bench.states()) == {"verifying": 1, "done": 5})
    before = bench.queue.totals()

    bench.queue.clear()

    assert bench.states() == ["verifying"]
    after = bench.queue.totals()
    assert (after.sent, after.total, after.fraction, after.done) == (
        before.sent,
        before.total,
        before.fraction,
        0,
    )


# ---- after a restart ----------------------------------------------------------------------------------------


def test_past_transfers_are_shown_again_with_their_titles(
    home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    first = open_queue(home)
    sessions = first.found_by_scan(tmp_path / "claude", 4)
    dropped = first.write(tmp_path, "dropped.md")
    lost = first.write(tmp_path, "lost.md")
    lost.path.unlink()
    first.queue.add_sessions([*sessions, dropped, lost])
    first.until_idle()
    rows = first.queue.rows()
    first.close()

    later = open_queue(home)

    again = later.queue.rows()
    assert {row.id for row in again} == {row.id for row in rows}
    for before, after in zip(
        sorted(rows, key=lambda row: row.id), sorted(again, key=lambda row: row.id), strict=True
    ):
        assert (after.state, after.title, after.path) == (before.state, before.title, before.path)
        assert (after.s3_key, after.version_id) == (before.s3_key, before.version_id)
        if before.verified:
            assert (after.size, after.stored_size) == (before.size, before.stored_size)
        assert (after.verified, after.files, after.files_done) == (
            before.verified,
            before.files,
            before.files_done,
        )
    error = later.row(lost).error
    assert isinstance(error, FileVanished)
    assert error.parameters == {"path": str(lost.path)}
    assert later.until_idle().left == 0
    assert later.http.sent == []


def test_cleared_rows_stay_away(home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path) -> None:
    first = open_queue(home)
    sessions = first.several(tmp_path, 3)
    lost = first.write(tmp_path, "lost.md")
    lost.path.unlink()
    first.queue.add_sessions([*sessions, lost])
    first.until_idle()

    first.queue.clear()
    assert first.states() == ["failed"]
    first.close()

    later = open_queue(home)
    assert later.states() == ["failed"]
    later.queue.clear(later.ids(lost))
    assert later.states() == []
    later.close()

    last = open_queue(home)
    assert last.states() == []
    last.queue.add_sessions(sessions)
    last.until_idle()
    assert last.states() == ["unchanged"] * 3


def test_only_the_newest_ended_rows_are_loaded(
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (queue_past, queue_book):
        monkeypatch.setattr(module, "KEPT_ENDED", 3)
    first = open_queue(home)
    sessions = first.several(tmp_path, 6)
    for session in sessions:
        first.queue.add_sessions([session])
        first.until_idle()
    first.close()

    later = open_queue(home)

    assert [row.session for row in later.queue.rows()] == [session.identity for session in sessions[:2:-1]]


def test_what_was_only_asked_for_is_done_after_a_restart(
    home: Path, open_queue: Callable[..., QueueBench], silent_server: str, tmp_path: Path
) -> None:
    """As many as go at once are being sent when the program ends; the others are prepared, or wait."""
    first = open_queue(home)
    at_once = first.services.settings.parallel_uploads
    sessions = first.several(tmp_path, 30)
    first.http.faults = lead_puts_to(silent_server, "note")
    first.queue.add_sessions(sessions)
    first.until(lambda: first.states().count("verifying") == at_once)
    ids = first.ids(*sessions)
    first.close()

    later = open_queue(home, start=False)
    assert {later.planned(session) for session in sessions} == {"queued"}
    later.queue.start()
    assert later.ids(*sessions) == ids
    later.until_idle()

    assert set(later.states()) == {"done"}
    assert all(len(later.versions(row.s3_key)) == 1 for row in later.queue.rows()[:at_once])
    assert later.spool() == []


def test_a_session_whose_file_is_gone_is_archived_from_the_spool(
    home: Path, open_queue: Callable[..., QueueBench], silent_server: str, tmp_path: Path
) -> None:
    first = open_queue(home)
    spooled, unread = first.write(tmp_path, "spooled.md"), first.write(tmp_path, "unread.md")
    first.http.faults = lead_puts_to(silent_server, "spooled")
    first.queue.add_sessions([spooled])
    first.until_state(spooled, "verifying")
    first.close()
    waiting = open_queue(home, start=False)
    waiting.take_in(unread)
    waiting.close()
    spooled.path.unlink()
    unread.path.unlink()

    later = open_queue(home)
    later.until_idle()

    assert later.state(spooled) == "done"
    assert later.row(spooled).title == "spooled.md"
    lost = later.row(unread)
    assert lost.state == "failed"
    assert isinstance(lost.error, FileVanished)


def test_lines_that_a_killed_run_did_not_write_are_written_at_the_next_start(
    home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    first = open_queue(home, start=False)
    sessions = first.found_by_scan(tmp_path / "claude", 3)
    assert {outcome.state for outcome in first.archiver().archive(sessions)} == {"archived"}
    first.close()

    later = open_queue(home)

    wanted = {session.identity for session in sessions}
    later.until(lambda: wanted <= later.services.session_index.read().sessions.keys())


def test_a_bug_fails_the_rows_it_met_and_no_others(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bench.write(tmp_path, "one.md"), bench.write(tmp_path, "two.md")
    with monkeypatch.context() as patch:
        patch.setattr(queue_desk, "files_to_send", lambda *_: 1 / 0)
        bench.queue.add_sessions([one])
        row = bench.until_state(one, "failed")
    assert isinstance(row.error, Unexpected)

    bench.queue.add_sessions([two])
    bench.until_idle()
    assert (bench.state(one), bench.state(two)) == ("failed", "done")
    bench.queue.retry_failed()
    bench.until_idle()
    assert bench.state(one) == "done"
