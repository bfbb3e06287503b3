"""A transfer's states: whatever happens to it, in whatever order, it goes the ways that are drawn in the guide.

Every step that the program takes is taken from every situation that can be reached; so the drawing has no way too many
and none too few. Then steps by lot, on several files at once, with what must hold after each.
"""

from __future__ import annotations

import re
import tempfile
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.errors import AccessDenied, FileVanished
from app.transfer.content import ContentKey
from app.transfer.jobs import JobStore
from app.transfer.queued_transfers import QueuedTransfers
from app.transfer.schema import CONFIRMED, TransferState
from tests.transfer.test_jobs import PREPARED, RECEIPT, Named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.transfer.schema import Transfer

DESTINATION = "here"
GUIDE = Path(__file__).parents[2] / "docs" / "transfers.md"
OUTSIDE = "[*]"
"""How the drawing writes that there is no transfer, not yet or no longer."""


class Situation(NamedTuple):
    """What decides about a transfer's next steps."""

    state: str
    held: bool
    is_prepared: bool
    maybe_sent: bool


NOWHERE = Situation(OUTSIDE, held=False, is_prepared=False, maybe_sent=False)


class OneFile:
    """A file's transfer, and the steps that the program takes with it."""

    def __init__(self, jobs: JobStore, name: str) -> None:
        self.content = Named(ContentKey("claude-code", name, f"{name}.jsonl"))
        self.use(jobs)

    def use(self, jobs: JobStore) -> None:
        """A run of the program begins."""
        self.jobs = jobs
        self.queue = QueuedTransfers(jobs.database, DESTINATION)
        self.claimed: Transfer | None = None

    def situation(self) -> Situation:
        sql = "SELECT * FROM transfers WHERE session_id = ?"
        rows = self.jobs.database.read(sql, (self.content.key.session_id,))
        if not rows:
            return NOWHERE
        [row] = rows
        held, is_prepared = row["lease_owner"] is not None, row["stored_sha256"] is not None
        return Situation(row["state"], held, is_prepared, row["attempts"] > 0)

    def steps(self) -> dict[str, Callable[[], None]]:
        """What the program may do now, by name."""
        now = self.situation()
        if not now.held:
            return {
                "enqueue": lambda: self.queue.enqueue([self.content]),
                "enqueue otherwise": self._enqueue_otherwise,
                "claim": self._claim,
                "pause": lambda: self._set_aside("paused"),
                "cancel": lambda: self._set_aside("cancelled"),
                "forget": self._forget,
            }
        steps = {
            "release": lambda: self.jobs.release(self._transfer),
            "already there": lambda: self._finish(unchanged=True),
            "fail for good": lambda: self.jobs.failed(
                self._transfer, FileVanished(path="x"), keep_spool=False
            ),
        }
        if not now.is_prepared:
            steps["prepare"] = lambda: self.jobs.prepared(self._transfer, PREPARED)
            return steps
        steps["prepare again"] = self._prepare_again
        steps["send"] = lambda: self.jobs.sending([(self._transfer, "chat-logs/me/x")])
        steps["fail for now"] = lambda: self.jobs.failed(self._transfer, AccessDenied(), keep_spool=True)
        if now.maybe_sent:
            steps["confirm"] = lambda: self._finish(unchanged=False)
        return steps

    @property
    def _transfer(self) -> Transfer:
        assert self.claimed is not None
        return self.claimed

    def _claim(self) -> None:
        self.claimed = self.jobs.claim(DESTINATION, self.content)

    def _enqueue_otherwise(self) -> None:
        other = "all" if self.content.redaction == "none" else "none"
        self.content = replace(self.content, redaction=other)
        self.queue.enqueue([self.content])

    def _set_aside(self, state: str) -> None:
        assert state in {"paused", "cancelled"}
        self.queue.set_aside([self.content.key[:2]], "paused" if state == "paused" else "cancelled")

    def _forget(self) -> None:
        self.jobs.forget(transfer.id for transfer in self.queue.of_session(self.content.key[:2]))

    def _prepare_again(self) -> None:
        self.claimed = self.jobs.prepare_again(self._transfer)

    def _finish(self, *, unchanged: bool) -> None:
        assert self.jobs.finished([(self._transfer, RECEIPT, unchanged)]) == set()


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobStore]:
    with JobStore(tmp_path_factory.mktemp("states") / "state.db") as store:
        yield store


def drawn(page: Path) -> set[tuple[str, str]]:
    """The ways of the state diagram."""
    diagram, _downloads = re.findall(
        r"^```mermaid\nstateDiagram-v2\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return set(re.findall(r"^ *(\S+) --> ([^\s:]+)", diagram, re.MULTILINE))


def taken(jobs: JobStore) -> set[tuple[str, str]]:
    """The ways that lead from one state to another, over all steps from all situations that can be reached."""
    ways: set[tuple[str, str]] = set()
    paths: dict[Situation, tuple[str, ...]] = {NOWHERE: ()}
    to_visit = deque([NOWHERE])
    number = 0
    while to_visit:
        situation = to_visit.popleft()
        names: list[str] | None = None
        while names is None or names:
            number += 1
            file = OneFile(jobs, f"file {number}")
            for step in paths[situation]:
                file.steps()[step]()
            assert file.situation() == situation
            names = list(file.steps()) if names is None else names
            step = names.pop()
            file.steps()[step]()
            after = file.situation()
            if after.state != situation.state:
                ways.add((situation.state, after.state))
            if after not in paths:
                paths[after] = (*paths[situation], step)
                to_visit.append(after)
    return ways


def test_the_drawing_has_every_way_that_there_is_and_no_other(jobs: JobStore) -> None:
    ways = taken(jobs)

    assert drawn(GUIDE) == ways
    assert {state for way in ways for state in way} == {OUTSIDE, *get_args(TransferState)}


class SeveralFiles(RuleBasedStateMachine):
    """Steps by lot."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.jobs = JobStore(Path(self.folder.name) / "state.db")
        self.files = [OneFile(self.jobs, f"file {number}") for number in range(3)]
        self.ways = drawn(GUIDE)

    def teardown(self) -> None:
        self.jobs.close()
        self.folder.cleanup()

    @rule(which=st.integers(0, 2), lot=st.integers(0, 1000))
    def take_a_step(self, which: int, lot: int) -> None:
        file = self.files[which]
        others = [other.situation() for other in self.files if other is not file]
        receipt = self.jobs.receipt(DESTINATION, file.content.key)
        before = file.situation()
        steps = file.steps()
        name = sorted(steps)[lot % len(steps)]
        steps[name]()
        after = file.situation()
        assert after.state == before.state or (before.state, after.state) in self.ways
        assert [other.situation() for other in self.files if other is not file] == others
        # A receipt comes with S3's confirmation and by nothing else, and nothing takes it away.
        has_receipt = self.jobs.receipt(DESTINATION, file.content.key) is not None
        assert has_receipt == (receipt is not None or name in {"confirm", "already there"})
        # That bytes may have come to S3 is forgotten once S3 has confirmed, never before.
        if before.maybe_sent and not after.maybe_sent:
            assert before.state in CONFIRMED

    @rule()
    def end_and_begin_again(self) -> None:
        before = [file.situation() for file in self.files]
        self.jobs.close()
        self.jobs = JobStore(Path(self.folder.name) / "state.db")
        for file in self.files:
            file.use(self.jobs)
        # Nothing but the leases has gone.
        assert [file.situation() for file in self.files] == [it._replace(held=False) for it in before]

    @invariant()
    def what_is_prepared_has_a_spool_file_of_its_own_and_what_has_ended_has_none(self) -> None:
        spools = []
        for row in self.jobs.database.read("SELECT * FROM transfers"):
            if row["stored_sha256"] is not None and row["state"] not in CONFIRMED:
                assert row["spool"] is not None
            if row["state"] in {*CONFIRMED, "cancelled", "forgotten"} and row["lease_owner"] is None:
                assert row["spool"] is None
            spools.append(row["spool"])
        named = [spool for spool in spools if spool is not None]
        assert len(named) == len(set(named))


TestSeveralFiles = SeveralFiles.TestCase
TestSeveralFiles.settings = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
