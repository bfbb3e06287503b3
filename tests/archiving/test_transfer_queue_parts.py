"""A row so large that it goes in parts: paused it keeps what S3 has of it, cancelled it leaves nothing there."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.errors import NotFound
from tests.transfer.conftest import part_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench

SIZE = 33 * 1024**2
"""Three parts: 16, 16 and 1 MiB."""


class Held:
    """A session of which the third part is not sent while `holding` is set."""

    def __init__(self, bench: QueueBench, folder: Path) -> None:
        self._bench = bench
        self.let_go = threading.Event()
        data = random.Random(20261124).randbytes(SIZE)  # noqa: S311 - what does not compress
        self.session: Session = bench.write(folder, "large.md", data)
        bench.http.faults = self._hold
        bench.queue.add_sessions([self.session])
        bench.until(lambda: len(self.parts()) == 2)

    def _hold(self, method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) == 3:
            self.let_go.wait(60)

    def parts(self) -> list[int]:
        """The parts that S3 has of the upload that this computer remembers."""
        rows = self.remembered()
        if not rows:
            return []
        [self.upload] = rows
        return self.held_by_s3()

    def remembered(self) -> list[tuple[str, str]]:
        """The uploads that this computer remembers: their keys and ids."""
        rows = self._bench.services.jobs.database.read("SELECT s3_key, upload_id FROM part_uploads")
        return [(row["s3_key"], row["upload_id"]) for row in rows]

    def held_by_s3(self) -> list[int]:
        """The parts that S3 has of the upload. Raises NotFound where it has dropped it."""
        found = self._bench.services.connection.presign.list_parts(*self.upload)
        return [part.part_number for part in found]

    def is_dropped(self) -> bool:
        """Whether S3 knows the upload no more."""
        try:
            self.held_by_s3()
        except NotFound:
            return True
        return False


@pytest.fixture
def held(bench: QueueBench, tmp_path: Path) -> Iterator[Held]:
    made = Held(bench, tmp_path)
    yield made
    made.let_go.set()


def go(held: Held, bench: QueueBench) -> None:
    bench.http.faults = None
    held.let_go.set()


def test_a_paused_row_goes_on_with_the_parts_that_s3_has(held: Held, bench: QueueBench) -> None:
    bench.queue.pause(bench.ids(held.session))
    go(held, bench)
    bench.until_state(held.session, "paused")
    # The third may have left before the pause took effect, and arrive yet.
    assert held.held_by_s3()[:2] == [1, 2]
    bench.http.sent.clear()

    bench.queue.resume(bench.ids(held.session))

    bench.until_state(held.session, "done")
    assert set(bench.http.parts()) <= {0, 3}


@pytest.mark.parametrize("paused_first", [False, True])
def test_of_a_cancelled_row_nothing_stays_in_s3(
    held: Held, bench: QueueBench, tmp_path: Path, paused_first: bool
) -> None:
    if paused_first:
        bench.queue.pause(bench.ids(held.session))
        go(held, bench)
        bench.until_state(held.session, "paused")
    bench.queue.cancel(bench.ids(held.session))
    go(held, bench)
    bench.until_state(held.session, "cancelled")
    if paused_first:
        # With nothing under way there is nobody who speaks to S3: the next run does.
        bench.queue.add_sessions([bench.write(tmp_path, "small.md")])

    bench.until(held.is_dropped)
    bench.until(lambda: held.remembered() == [])
    assert bench.planned(held.session) != "archived"
