"""Whatever is asked of the queue in whatever order, it ends in a state in which rows, disk and S3 agree."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_halt
from app.archiving.queue_entry import Stage
from app.archiving.queue_figures import NOTHING
from app.errors import ReplyLost, Unreachable
from app.transfer import retry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.archiving.transfer_queue import TransferRow
    from tests.archiving.queue_bench import QueueBench

STEPS = 120
SESSIONS = 16


class Chance:
    """Asks a queue for this and that, over a network that fails now and then."""

    def __init__(self, bench: QueueBench, seed: int, folder: Path) -> None:
        self.bench = bench
        self.chance = random.Random(seed)  # noqa: S311 - the same course each time, as far as threads allow
        self.folder = folder
        self.sessions = [
            bench.write(folder, f"note {number}.md", self._bytes()) for number in range(SESSIONS)
        ]

    def _bytes(self) -> bytes:
        return secrets.token_bytes(self.chance.choice([0, 10, 3000, 400_000]))

    def fail_now_and_then(self, method: str, url: str, changes: dict[str, Any]) -> Callable[[], None] | None:
        drawn = self.chance.random()
        if drawn < 0.03:
            raise Unreachable(host="127.0.0.1", reason="chance")
        if drawn < 0.06:

            def lose() -> None:
                raise ReplyLost(host="127.0.0.1", reason="chance")

            return lose
        return None

    def some_ids(self) -> list[str]:
        ids = [row.id for row in self.bench.queue.rows()]
        return self.chance.sample(ids, min(len(ids), self.chance.randrange(1, 6)))

    def step(self) -> None:
        queue = self.bench.queue
        kind = self.chance.randrange(12)
        if kind < 3:
            queue.add_sessions(self.chance.sample(self.sessions, self.chance.randrange(1, 8)))
        elif kind == 3:
            number = self.chance.randrange(SESSIONS)
            self.sessions[number] = self.bench.write(self.folder, f"note {number}.md", self._bytes())
        elif kind == 4:
            known = [row for row in queue.rows() if row.s3_key is not None and row.state == "done"]
            if known:
                wanted = self.chance.choice(known)
                queue.add_download(
                    str(wanted.s3_key), self.folder / "out", title=wanted.title, size=wanted.size
                )
        elif kind == 5:
            queue.cancel(self.some_ids())
        elif kind in {6, 7}:
            queue.pause(self.some_ids())
        elif kind == 8:
            queue.resume(self.some_ids())
        elif kind == 9:
            queue.retry(self.some_ids())
        elif kind == 10:
            self.chance.choice(
                [queue.clear, queue.pause_all, queue.resume_all, queue.retry_failed, queue.retry_now]
            )()
        else:
            self.bench.until(lambda: self.chance.random() < 0.2)  # let it work for a while

    def bring_to_an_end(self) -> None:
        """Everything that can be done is done."""
        queue = self.bench.queue
        self.bench.http.faults = None
        queue.retry_now()
        queue.resume_all()
        self.bench.until_idle()
        queue.retry([row.id for row in queue.rows() if row.kind == "upload"])
        queue.add_sessions(self.sessions)
        self.bench.until_idle()


def assert_sums_are_right(bench: QueueBench) -> None:
    book = bench.queue._book
    with book.changed:
        entries = book.entries()
        states = Counter(entry.state for entry in entries)
        assert states == +book._states
        assert Counter(entry.stage for entry in entries) == +book._stages
        counted = NOTHING
        for entry in entries:
            assert entry.counted == (entry.figures() if entry.in_period else NOTHING)
            counted = counted.plus(entry.counted)
        # What is counted beyond the rows is of confirmed ones that were cleared.
        cleared = book._sum.minus(counted)
        assert cleared.sent == cleared.confirmed == cleared.known == cleared.packed_stored >= 0
        assert (cleared.unknown, cleared.left_known, cleared.left_unknown) == (0, 0, 0)


def assert_all_agree(chance: Chance, bench: QueueBench) -> None:
    plan = bench.services.plan()
    receipts = bench.services.jobs.receipts(bench.services.profile.destination)
    for session in chance.sessions:
        row = bench.row(session)
        assert row.state in {"done", "unchanged"}, row
        assert row.verified
        assert plan.of(session).state == "archived"
        (receipt,) = [it for key, it in receipts.items() if key[:2] == session.identity]
        assert bench.versions(row.s3_key)[0] == receipt.version_id == row.version_id
    assert bench.spool() == []
    transfers = bench.services.jobs.transfers()
    assert not any(transfer.held for transfer in transfers)
    assert {transfer.state for transfer in transfers} <= {"verified", "unchanged"}


def ends(rows: list[TransferRow]) -> set[tuple[str, str]]:
    """Rows and how they ended; what was unchanged at the last time of asking was archived once."""
    return {(row.id, "done" if row.state == "unchanged" else row.state) for row in rows}


@pytest.mark.parametrize("seed", [20261124, 20261125])
def test_anything_in_any_order(
    seed: int,
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.01)
    monkeypatch.setattr(queue_halt, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(queue_halt, "LONGEST_SECONDS", 0.1)
    bench = open_queue(home)
    chance = Chance(bench, seed, tmp_path / "files")
    bench.http.faults = chance.fail_now_and_then
    for part in range(3):
        for _ in range(STEPS // 3):
            chance.step()
            assert_sums_are_right(bench)
        if part < 2:
            bench.close()
            bench = open_queue(home)
            chance.bench = bench
            bench.http.faults = chance.fail_now_and_then

    chance.bring_to_an_end()

    assert_sums_are_right(bench)
    assert_all_agree(chance, bench)
    with bench.queue._book.changed:
        assert {entry.stage for entry in bench.queue._book.entries()} <= {Stage.ENDED}
    shown = ends(bench.queue.rows())
    bench.close()
    # What was cleared and then found unchanged was never sent again: it has a row in memory alone.
    assert ends(open_queue(home).queue.rows()) <= shown
