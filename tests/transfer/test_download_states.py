"""A download's states: whatever happens to it, in whatever order, it goes the ways that are drawn in the guide."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import ObjectArchived
from app.transfer.downloader import Downloaded
from app.transfer.downloads import (
    UNFINISHED,
    Download,
    DownloadState,
    DownloadStore,
    ReturnRequest,
    download_id,
)
from app.transfer.jobs import JobStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUIDE = Path(__file__).parents[2] / "docs" / "transfers.md"
OUTSIDE = "[*]"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
BROUGHT = Downloaded("chat-logs/me/x", "v1", Path("out/x"), 4, "ab" * 32, verified=True)


class OneDownload:
    """A download, and the steps that the queue takes with it."""

    def __init__(self, store: DownloadStore) -> None:
        self.store = store
        self.wanted = Download(
            id=download_id(),
            s3_key="chat-logs/me/x",
            version_id=None,
            folder=Path("out"),
            title="x",
            session=None,
            size=4,
            state="queued",
            created_at=NOW,
            updated_at=NOW,
        )
        self.claimed = False

    def state(self) -> str:
        found = self.store.find(self.wanted.id)
        return found.state if found is not None else OUTSIDE

    def steps(self) -> dict[str, Callable[[], None]]:
        """What the queue may do now, by name."""
        now = self.state()
        if now == OUTSIDE:
            return {"add": lambda: self.store.add(self.wanted)}
        if self.claimed:
            return {
                "done": self._freely(lambda: self.store.done(self.wanted.id, BROUGHT, 4)),
                "failed": self._freely(lambda: self.store.failed(self.wanted.id, ObjectArchived())),
                "returning": self._freely(lambda: self.store.returning(self.wanted.id, NOW)),
                **self._left("paused", "cancelled", "queued"),
            }
        agree = {"agree": lambda: self.store.agree(self.wanted.id, ReturnRequest(3, "Bulk"))}
        if now == "queued":
            return {"claim": self._claim, **self._left("paused", "cancelled"), **agree}
        if now == "returning":
            returned = {"returned": lambda: self.store.returned([self.wanted.id])}
            return {**returned, **self._left("paused", "cancelled", "queued")}
        # A look that was under way while it was paused or ended changes nothing.
        late = {"returned late": lambda: self.store.returned([self.wanted.id])}
        if now == "paused":
            return {**self._left("queued", "cancelled"), **late}
        again = {} if now == "done" else {**self._left("queued"), **agree}
        return {"forget": lambda: self.store.forget([self.wanted.id]), **again, **late}

    def _left(self, *states: str) -> dict[str, Callable[[], None]]:
        return {f"leave {state}": self._leave(state) for state in states}

    def _leave(self, state: str) -> Callable[[], None]:
        assert state in {"queued", "paused", "cancelled"}
        return self._freely(lambda: self.store.leave([self.wanted.id], state))  # type: ignore[arg-type]

    def _freely(self, step: Callable[[], None]) -> Callable[[], None]:
        """A step after which nobody works on it."""

        def take() -> None:
            step()
            self.claimed = False

        return take

    def _claim(self) -> None:
        self.claimed = self.store.claim(self.wanted.id)
        assert self.claimed


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DownloadStore]:
    with JobStore(tmp_path_factory.mktemp("states") / "state.db") as jobs:
        yield DownloadStore(jobs.database, "here")


def drawn() -> set[tuple[str, str]]:
    """The ways of the second state diagram."""
    _uploads, diagram = re.findall(
        r"^```mermaid\nstateDiagram-v2\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return set(re.findall(r"^ *(\S+) --> ([^\s:]+)", diagram, re.MULTILINE))


def test_the_drawing_has_every_way_that_there_is_and_no_other(store: DownloadStore) -> None:
    ways: set[tuple[str, str]] = set()
    paths: dict[tuple[str, bool], tuple[str, ...]] = {(OUTSIDE, False): ()}
    to_visit = [(OUTSIDE, False)]
    while to_visit:
        situation = to_visit.pop()
        for name in _at(store, paths[situation]).steps():
            download = _at(store, paths[situation])
            download.steps()[name]()
            after = (download.state(), download.claimed)
            if after[0] != situation[0]:
                ways.add((situation[0], after[0]))
            if after not in paths:
                paths[after] = (*paths[situation], name)
                to_visit.append(after)

    assert ways == drawn()
    assert {state for way in ways for state in way} == {OUTSIDE, *get_args(DownloadState)}


def _at(store: DownloadStore, path: tuple[str, ...]) -> OneDownload:
    download = OneDownload(store)
    for step in path:
        download.steps()[step]()
    return download


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(lots=st.lists(st.integers(0, 1000), max_size=40))
def test_s3_is_asked_for_what_somebody_agreed_to_and_once(store: DownloadStore, lots: list[int]) -> None:
    download = OneDownload(store)
    agreed = False
    for lot in lots:
        steps = download.steps()
        name = sorted(steps)[lot % len(steps)]
        steps[name]()
        agreed = name == "agree" or (agreed and name not in {"returning", "forget"})
        found = store.find(download.wanted.id)
        assert (found is not None and found.ask_return is not None) == agreed
        if found is not None:
            assert not found.held
            listed = [it.id for it in store.all(ended=0)]
            assert (found.id in listed) == (found.state in UNFINISHED)
    if download.state() != OUTSIDE:
        store.leave([download.wanted.id], "cancelled")
        store.forget([download.wanted.id])


def test_what_was_agreed_to_and_expected_is_on_disk(store: DownloadStore) -> None:
    download = OneDownload(store)
    request = ReturnRequest(14, "Standard")
    download.wanted = replace(download.wanted, ask_return=request)
    store.add(download.wanted)
    found = store.find(download.wanted.id)
    assert found is not None
    assert found.ask_return == request
    store.returning(found.id, NOW)
    found = store.find(found.id)
    assert found is not None
    assert (found.state, found.ask_return, found.expected_by) == ("returning", None, NOW)
