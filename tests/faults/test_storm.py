"""One request in five fails, in every way there is: all is archived and brought back, none twice, none lost."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.transfer import objects
from tests.faults.conftest import SEED
from tests.faults.plan import Fault, Kind, Plan

if TYPE_CHECKING:
    from tests.faults.conftest import World

SHARE = 0.2


@pytest.mark.parametrize(
    "count", [100, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])]
)
def test_all_comes_through_while_one_request_in_five_fails(world: World, count: int) -> None:
    files = world.write_sessions(count)
    plan = Plan(SEED, SHARE)
    program = world.program(patience=30 + count)

    world.door.plan = plan
    program.queue.add_sessions(program.services.sessions.inspect(files).sessions)
    program.until_idle()
    assert program.states() == ["done"] * count, [row.error for row in program.queue.rows() if row.error]
    receipts = program.receipts()
    out = world.folder / "out"
    by_name = {receipt.path: receipt for receipt in receipts.values()}
    for path in files:
        program.queue.add_download(by_name[str(path)].s3_key, out, title=path.name, size=1)
    program.until_idle()
    world.door.plan = None

    rows = program.queue.rows()
    failed = [(row.kind, row.state, row.error) for row in rows if row.state != "done" or not row.verified]
    assert failed == []
    assert [row.kind for row in rows].count("download") == count
    world.expect_each_stored_once(receipts, count)
    assert sorted(path.read_bytes() for path in out.iterdir()) == sorted(path.read_bytes() for path in files)
    # A file's name is in the session index, which is a help and no condition: a burst may cost one its name.
    assert len({path.name for path in files} - {path.name for path in out.iterdir()}) <= count // 100
    assert program.spool() == []
    assert plan.failed_share == pytest.approx(SHARE, abs=0.05)
    assert set(plan.faults) == set(Fault)


@pytest.mark.parametrize(
    ("count", "size"),
    [
        (2, 34_000_000),
        pytest.param(10, 130_000_000, marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
    ],
)
def test_so_do_large_files_in_parts_and_ranges(
    world: World, count: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A slow machine takes its time with parts that pass through the door whole.
    monkeypatch.setattr(objects, "REPLY_SECONDS", 20.0)
    small, large = world.write_sessions(10), world.write_large(count, size)
    plan = Plan(SEED, SHARE)
    program = world.program(patience=300 + count * 60)

    world.door.plan = plan
    program.queue.add_sessions(program.services.sessions.inspect([*small, *large]).sessions)
    program.until_idle()
    assert program.states() == ["done"] * (10 + count), [
        row.error for row in program.queue.rows() if row.error
    ]
    receipts = program.receipts()
    out = world.folder / "out"
    of_large = [receipt for receipt in receipts.values() if Path(receipt.path) in large]
    for receipt in of_large:
        program.queue.add_download(receipt.s3_key, out, title=receipt.path, size=1)
    program.until_idle()
    world.door.plan = None

    rows = program.queue.rows()
    assert [(row.kind, row.state, row.error) for row in rows if row.state != "done" or not row.verified] == []
    world.expect_each_stored_once(receipts, 10 + count)
    assert sorted(map(sha256_of, out.iterdir())) == sorted(map(sha256_of, large))
    assert program.spool() == []
    assert program.services.jobs.database.read("SELECT * FROM part_uploads") == []
    assert {Kind.PART, Kind.RANGE} <= {kind for kind, _ in plan.met}
    if count * size > 10**9:
        assert plan.failed_share == pytest.approx(SHARE, abs=0.05)
        assert {fault for kind, fault in plan.met if kind is Kind.PART} == set(Fault) - {Fault.FLIPPED_DOWN}
        assert {fault for kind, fault in plan.met if kind is Kind.RANGE} == set(Fault) - {Fault.FLIPPED_UP}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
