"""What has come of a large object: believed only where the bytes confirm the journal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Cancelled, FolderNotWritable
from app.transfer.part_file import UNIT, ObjectIdentity, part_file
from app.transfer.placing import journal_path, remove_parts, stored_path

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from app.transfer.part_file import PartFile

DATA = os.urandom(5 * UNIT // 2)
FILM = ObjectIdentity("chat-logs/aki/film", "one", '"e"', len(DATA))
LOST = RuntimeError("the process ends here")


def unit_of(unit: int) -> bytes:
    return DATA[unit * UNIT : (unit + 1) * UNIT]


def received(folder: Path, *units: int, identity: ObjectIdentity = FILM) -> list[int]:
    """Go on where the last left off, receive these, and end as if killed; which were there before."""
    there: list[int] = []

    def receive() -> None:
        with opened(folder, identity) as part:
            there.extend(unit for unit in range(part.units) if part.has(unit))
            assert part.received == sum(part.length(unit) for unit in there)
            for unit in units:
                part.write(unit, unit_of(unit))
            raise LOST

    with pytest.raises(RuntimeError):
        receive()
    return there


def opened(
    folder: Path, identity: ObjectIdentity = FILM, *, keeps: bool = True
) -> AbstractContextManager[PartFile]:
    return part_file(folder, "m", identity, keeps=lambda _: keeps, stopped=lambda: False)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_what_was_received_is_there_the_next_time(tmp_path: Path) -> None:
    assert received(tmp_path, 2, 0) == []
    with opened(tmp_path) as part:
        assert part.missing(8) == [range(1, 2)]
        assert part.received == len(unit_of(0)) + len(unit_of(2))
        part.write(1, unit_of(1))
        assert b"".join(part.read(unit) for unit in range(3)) == DATA
    assert names(tmp_path) == []


def test_missing_units_are_told_in_runs(tmp_path: Path) -> None:
    identity = ObjectIdentity("k", None, "", 20 * UNIT)
    with opened(tmp_path, identity) as part:
        part.write(5, bytes(UNIT))
        assert part.missing(8) == [range(5), range(6, 14), range(14, 20)]


@pytest.mark.parametrize("change", ["version_id", "etag", "size", "s3_key"])
def test_another_object_is_begun_anew(tmp_path: Path, change: str) -> None:
    received(tmp_path, 0, 1)
    fields = {name: getattr(FILM, name) for name in ("s3_key", "version_id", "etag", "size")}
    other = {"version_id": "two", "etag": '"f"', "size": len(DATA) - 1, "s3_key": "chat-logs/aki/other"}
    fields[change] = other[change]

    assert received(tmp_path, identity=ObjectIdentity(**fields)) == []


def test_bytes_that_the_disk_lost_are_not_believed(tmp_path: Path) -> None:
    received(tmp_path, 0, 1)
    with stored_path(tmp_path, "m").open("r+b") as file:
        file.seek(UNIT + 7)
        file.write(b"lost")

    assert received(tmp_path, 1) == [0]
    assert received(tmp_path) == [0, 1]


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(0, 400), tail=st.binary(max_size=40))
def test_a_journal_that_was_cut_off_or_scribbled_on_costs_a_unit_at_most(
    tmp_path_factory: pytest.TempPathFactory, cut: int, tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    received(folder, 0, 1, 2)
    journal = journal_path(folder, "m")
    text = journal.read_bytes()
    journal.write_bytes(text[: max(0, len(text) - cut)] + tail)

    there = received(folder, 0)
    assert set(there) <= {0, 1, 2}
    assert set(received(folder)) == {*there, 0}
    remove_parts(folder, "m")


def test_a_file_that_was_placed_already_is_not_written_to(tmp_path: Path) -> None:
    """A kill between the two names of the finished file; then it is the user's."""
    received(tmp_path, 0, 1, 2)
    users = tmp_path / "film"
    os.link(stored_path(tmp_path, "m"), users)
    users.write_bytes(b"edited")

    assert received(tmp_path, 0) == []

    assert users.read_bytes() == b"edited"


def test_links_are_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    stored_path(folder, "m").symlink_to(elsewhere)
    journal_path(folder, "m").symlink_to(elsewhere)

    received(folder, 0)

    assert elsewhere.read_bytes() == b"mine"


def test_while_one_is_at_it_another_begins_its_own_which_does_not_stay(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        first.write(0, unit_of(0))
        assert received(tmp_path, 1) == []
        assert first.missing(8) == [range(1, 3)]
    assert names(tmp_path) == []


def test_what_is_not_to_be_kept_is_removed(tmp_path: Path) -> None:
    received(tmp_path, 0)
    with pytest.raises(RuntimeError), opened(tmp_path, keeps=False):
        raise LOST
    assert names(tmp_path) == []


def test_comparing_can_be_stopped(tmp_path: Path) -> None:
    received(tmp_path, 0, 1)
    with pytest.raises(Cancelled), part_file(tmp_path, "m", FILM, keeps=lambda _: True, stopped=lambda: True):
        pass
    assert received(tmp_path) == [0, 1]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FolderNotWritable), opened(tmp_path / "file" / "below"):
        pass
