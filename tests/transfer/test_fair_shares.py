"""Small and large files share the senders, and URLs are asked for no sooner than the line can use them."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.transfer import send_queue, spool_room
from tests.transfer.conftest import part_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.transfer.conftest import Bench, FileContent

MIB = 1024**2
SMALL = 12
PATIENCE_SECONDS = 60.0


class HeldParts:
    """S3 takes no part before all small files are there."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.parts_under_way = 0
        self.most_parts = 0
        self.small_done = 0
        self.in_time = True

    def __call__(self, method: str, url: str, _changes: dict[str, Any]) -> Callable[[], None] | None:
        if method != "PUT":
            return None
        if not part_number(url):
            return self._one_small_more
        with self.changed:
            self.parts_under_way += 1
            self.most_parts = max(self.most_parts, self.parts_under_way)
            self.changed.notify_all()
            self.in_time &= self.changed.wait_for(lambda: self.small_done == SMALL, PATIENCE_SECONDS)
            self.parts_under_way -= 1
        return None

    def _one_small_more(self) -> None:
        with self.changed:
            self.small_done += 1
            self.changed.notify_all()

    def wait_for_parts(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.parts_under_way >= count, PATIENCE_SECONDS)


@pytest.mark.parametrize(("parallel", "large"), [(2, 1), (3, 1), (4, 3)])
def test_small_files_that_come_later_overtake_large_ones(
    bench: Bench, parallel: int, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A large file on its way is more than may wait in the spool; of three, two may wait.
    monkeypatch.setattr(spool_room, "SPOOL_BYTES", (20 if large == 1 else 80) * MIB)
    data = random.Random(7).randbytes(33 * MIB)  # noqa: S311 - the same each time
    held = bench.http.faults = HeldParts()

    def contents() -> Iterator[FileContent]:
        for number in range(large):
            yield bench.content(f"large {number}", data, ending=".jsonl")
        # By now large files have all that they are ever given.
        held.wait_for_parts(parallel - 1)
        for number in range(SMALL):
            yield bench.content(f"small {number}")

    outcomes = list(bench.uploader(parallel=parallel).run(contents()))

    assert held.in_time
    assert [outcome.state for outcome in outcomes] == ["archived"] * (large + SMALL)
    assert held.most_parts == parallel - 1


def test_with_one_sender_everything_goes_in_its_turn(bench: Bench) -> None:
    data = random.Random(7).randbytes(17 * MIB)  # noqa: S311 - the same each time
    contents = [bench.content("a"), bench.content("b", data, ending=".jsonl"), bench.content("c")]
    outcomes = list(bench.uploader(parallel=1, preparers=1).run(contents))
    assert [outcome.state for outcome in outcomes] == ["archived"] * 3


@pytest.mark.parametrize(("ahead", "last"), [(1e-9, 1), (300.0, 5)])
def test_a_slow_line_has_its_urls_signed_in_smaller_batches(
    bench: Bench, ahead: float, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_queue, "BATCH_ITEMS", 5)
    monkeypatch.setattr(send_queue, "SIGNED_AHEAD_SECONDS", ahead)
    batches: list[int] = []
    real = bench.presign.upload

    def upload(requests: Any) -> Any:
        batches.append(len(requests))
        return real(requests)

    monkeypatch.setattr(bench.presign, "upload", upload)
    contents = [bench.content(f"{number}", bytes([number]) * 500) for number in range(40)]

    outcomes = list(bench.uploader(parallel=1, preparers=1).run(contents))

    assert {outcome.state for outcome in outcomes} == {"archived"}
    assert sum(batches) == 40
    # The first ones are signed before anything is known of the line.
    assert max(batches[len(batches) // 2 :]) == last
