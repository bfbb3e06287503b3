"""Sessions that their tools delete soonest are archived first, whatever the order in which they were asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_uploads
from app.archiving.queue_entry import Stage
from app.archiving.queue_turns import Turns
from app.archiving.queue_upload_entry import UploadEntry
from app.errors import KeyringLocked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench

NOW = datetime.now(UTC)


def test_what_is_deleted_soonest_is_archived_first(
    bench: QueueBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real = queue_uploads.Uploads._hand_out

    def hand_out(self: Any, entry: UploadEntry) -> Any:
        order.append(entry.title)
        return real(self, entry)

    monkeypatch.setattr(queue_uploads.Uploads, "_hand_out", hand_out)
    days = (20, None, 3, 30, -1, None, 1)
    sessions = [
        replace(bench.write(tmp_path / "files", f"note {number}.md"), title=f"{number}", deleted_at=_in(left))
        for number, left in enumerate(days)
    ]
    wanted = ["4", "6", "2", "0", "3", "1", "5"]
    book = bench.queue._book
    with book.changed:
        bench.queue.add_sessions(sessions)
        assert [row.title for row in bench.queue.rows()] == wanted
        # Nothing is begun before all of them are there.
        bench.until(lambda: _wait(bench) and all(entry.stage is Stage.READY for entry in book.entries()))

    bench.queue.retry_now()
    bench.until_idle()
    assert order == wanted


def _wait(bench: QueueBench) -> bool:
    book = bench.queue._book
    book.halt.failed(KeyringLocked())  # which time does not mend
    book.changed.wait(0.05)
    return True


def _in(days: int | None) -> datetime | None:
    return None if days is None else NOW + timedelta(days=days)


@pytest.fixture
def entry_of(session_of: Callable[..., Session], tmp_path: Path) -> Callable[..., UploadEntry]:
    def make(name: str, position: int, days: int | None) -> UploadEntry:
        session = session_of(tmp_path, name, session_id=name, deleted_at=_in(days))
        entry = UploadEntry(session.identity, name, position, session)
        entry.describe(session)
        return entry

    return make


def in_order(turns: Turns[UploadEntry]) -> list[str]:
    """Each in its turn, to its end."""
    order = []
    while (entry := turns.next()) is not None:
        order.append(entry.id)
        entry.end("done")
    return order


def test_one_that_goes_on_being_written_keeps_a_turn(entry_of: Callable[..., UploadEntry]) -> None:
    turns: Turns[UploadEntry] = Turns(lambda entry: entry.stage is not Stage.ENDED)
    first, second, never = entry_of("a", 1, 2), entry_of("b", 2, 5), entry_of("c", 0, None)
    for entry in (never, first, second):
        turns.add(entry)
    assert turns.next() is first
    assert first.known is not None
    # Its tool now keeps it for longer; it is not forgotten for that.
    first.describe(replace(first.known, deleted_at=_in(30)))
    assert in_order(turns) == ["b", "a", "c"]


def test_what_turns_out_to_be_deleted_sooner_comes_forward(entry_of: Callable[..., UploadEntry]) -> None:
    turns: Turns[UploadEntry] = Turns(lambda entry: entry.stage is not Stage.ENDED)
    first, second = entry_of("a", 1, 2), entry_of("b", 2, 5)
    for entry in (first, second):
        turns.add(entry)
    assert second.known is not None
    second.describe(replace(second.known, deleted_at=_in(1)))
    turns.add(second)
    assert in_order(turns) == ["b", "a"]
