"""The network goes away for a while: no file fails, the queue says why it waits, and goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.errors import Unreachable
from app.transfer import retry
from tests.faults.conftest import SEED
from tests.faults.plan import Plan

if TYPE_CHECKING:
    from tests.faults.conftest import World

COUNT = 40


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it halts, the queue has tried everything several times: here within a moment."""
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.05)


def test_without_a_network_all_waits_and_then_goes_on_by_itself(world: World) -> None:
    files = world.write_sessions(COUNT)
    program = world.program(patience=90)
    world.door.plan = Plan(SEED, 0.1)
    program.queue.add_sessions(program.services.sessions.inspect(files).sessions)
    program.until(lambda: program.states().count("done") >= 10)

    world.door.shut()

    program.until(lambda: program.queue.totals().halted is not None)
    totals = program.queue.totals()
    assert isinstance(totals.halted, Unreachable)
    assert totals.failed == 0
    assert totals.left > 0
    world.door.open()
    totals = program.until_idle()
    assert program.states() == ["done"] * COUNT
    assert totals.halted is None

    # And in the midst of downloads.
    out = world.folder / "out"
    receipts = program.receipts()
    for receipt in receipts.values():
        program.queue.add_download(receipt.s3_key, out, title=receipt.path, size=1)
    program.until(lambda: program.states().count("done") >= COUNT + 10)
    world.door.shut()
    program.until(lambda: program.queue.totals().halted is not None)
    assert program.queue.totals().failed == 0
    world.door.open()
    program.until_idle()
    assert program.states() == ["done"] * (2 * COUNT)
    world.door.plan = None
    world.expect_each_stored_once(receipts, COUNT)
    assert sorted(path.read_bytes() for path in out.iterdir()) == sorted(path.read_bytes() for path in files)
