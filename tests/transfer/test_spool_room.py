"""A disk too small for all: what fits is archived, what does not is told, whoever comes first.

A quota over the real spool folder; a real small disk is in tests/end_to_end/test_trouble_disk.py.
"""

from __future__ import annotations

import secrets
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from app.errors import DiskFull
from app.transfer import spool_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.transfer.content import Prepared
    from tests.transfer.conftest import Bench, FileContent

    MakeQuota = Callable[[int], "Quota"]

pytestmark = pytest.mark.usefixtures("no_waiting")


class Quota:
    """So many bytes for all files of the spool."""

    def __init__(self, bench: Bench, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._bench = bench
        self._size = size
        self._lock = threading.Lock()
        self.tries: list[str] = []
        monkeypatch.setattr(spool_room, "shutil", SimpleNamespace(disk_usage=self._usage))

    def _usage(self, folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=self._size - sum(map(_size, folder.iterdir())))

    def content(
        self,
        name: str,
        size: int,
        *,
        meet: threading.Barrier | None = None,
        patience: float = 0.0,
    ) -> FileContent:
        """One of that size. It first meets another; without room it gives up after its patience, in seconds."""
        content = self._bench.content(name, secrets.token_bytes(size), ending=".jsonl")
        prepare = content.prepare

        def within(spool_file: Path, cancelled: Callable[[], bool]) -> Prepared:
            self.tries.append(name)
            spool_file.touch()
            if meet is not None and self.tries.count(name) == 1:
                meet.wait(5)
            with self._lock:
                left = self._usage(spool_file.parent).free
                if size <= left:
                    return prepare(spool_file, cancelled)
                spool_file.write_bytes(bytes(left))
            time.sleep(patience)
            raise DiskFull(path=str(spool_file.parent))

        object.__setattr__(content, "prepare", within)
        return content


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # sent meanwhile
        return 0


@pytest.fixture
def make_quota(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> MakeQuota:
    """Makes the quota of this test."""
    return lambda size: Quota(bench, size, monkeypatch)


@pytest.mark.parametrize("order", ["large first", "small first"])
@pytest.mark.parametrize("patience", [0.0, 0.2])
def test_what_fits_is_not_failed_by_what_does_not(
    bench: Bench, make_quota: MakeQuota, patience: float, order: str
) -> None:
    quota, meet = make_quota(1000), threading.Barrier(2)
    large = quota.content("large", 5000, meet=meet, patience=patience)
    small = quota.content("small", 10, meet=meet)
    offered = [large, small] if order == "large first" else [small, large]

    outcomes = {outcome.key: outcome for outcome in bench.upload(*offered)}

    assert outcomes[small.key].state == "archived"
    assert isinstance(outcomes[large.key].error, DiskFull)
    assert len(quota.tries) <= 5


def test_two_that_only_fit_one_after_the_other_are_both_archived(bench: Bench, make_quota: MakeQuota) -> None:
    quota, meet = make_quota(1000), threading.Barrier(2)
    contents = [quota.content(name, 700, meet=meet, patience=0.1) for name in ("one", "other")]

    assert {outcome.state for outcome in bench.upload(*contents)} == {"archived"}


def test_many_go_through_a_spool_for_few(bench: Bench, make_quota: MakeQuota) -> None:
    quota = make_quota(3000)
    contents = [quota.content(f"s{number}", 900) for number in range(60)]

    assert {outcome.state for outcome in bench.upload(*contents)} == {"archived"}
    assert "failed" not in {event.state for event in bench.events}
    assert len(quota.tries) < 4 * len(contents)


def test_small_ones_pass_while_a_large_one_waits_for_room(bench: Bench, make_quota: MakeQuota) -> None:
    """What it waits for is being sent for as long as the test holds that."""
    quota = make_quota(3000)
    held, arrived, released = quota.content("held", 2000), threading.Event(), threading.Event()
    waiting = quota.content("waiting", 2500)
    small = [quota.content(f"s{number}", 100) for number in range(20)]

    def hold(method: str, url: str, changes: dict[str, object]) -> None:
        if method == "PUT" and "held" in url:
            arrived.set()
            released.wait(20)

    def one_after_the_other() -> Iterator[FileContent]:
        yield held
        arrived.wait(20)
        yield from (waiting, *small)

    bench.http.faults = hold
    archived = []
    for outcome in bench.uploader().run(one_after_the_other()):
        archived.append(outcome.key)
        assert outcome.state == "archived"
        if len(archived) == len(small):
            assert {held.key, waiting.key}.isdisjoint(archived)
            assert quota.tries.count("waiting") <= 25
            released.set()
    assert len(archived) == 22
