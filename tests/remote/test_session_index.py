"""The session index on a real sandbox: several machines, several processes, damage."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.errors import Unreachable
from app.remote.index_lines import REBUILT
from app.remote.protocol import UploadRequest
from app.remote.session_index import SessionIndexObjects
from tests.remote.test_index_lines import LINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.remote.index_lines import IndexLine
    from app.remote.transport import SmallObjects, StoredBytes
    from app.sandbox.lifecycle import SandboxInfo
    from tests.remote.conftest import Remote

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("index_child.py")
NOVEMBER = datetime(2026, 11, 3, tzinfo=UTC)


def index_of(remote: Remote, home: Path, machine: str | None = None) -> SessionIndexObjects:
    return SessionIndexObjects(
        remote.presign,
        remote.objects,
        home / "cache",
        machine=machine or remote.machine,
        lock_file=home / "session-index.lock",
    )


def line(remote: Remote, session_id: str, **fields: object) -> IndexLine:
    return replace(LINE, machine=remote.machine, session_id=session_id, **fields)  # type: ignore[arg-type]


def keys(remote: Remote) -> list[str]:
    return [found.s3_key for found in remote.presign.list_objects("index")]


def test_lines_are_written_by_month_and_read_again(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    lines = [line(remote, "1"), line(remote, "2"), line(remote, "3", started_at=NOVEMBER)]

    written = index.write(lines)

    assert [key.split("month=")[1] for key in written] == [
        f"2026-10/{remote.machine}.jsonl.zst",
        f"2026-11/{remote.machine}.jsonl.zst",
    ]
    assert sorted(keys(remote)) == sorted(written)
    read = index_of(remote, tmp_path / "elsewhere").read()
    assert read.unreadable == ()
    assert {identity: found for identity, (found,) in read.sessions.items()} == {
        found.identity: found for found in lines
    }


def test_lines_that_know_less_only_add_files(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    more = replace(LINE.files[0], relative_path="more", s3_key="chat-logs/me/more")
    rebuilt = line(remote, "1", title="rebuilt", files=(more,), others={REBUILT: True})
    index.write([line(remote, "1")])
    index.write([rebuilt], keep_known=True)
    (found,) = index.read().sessions[rebuilt.identity]
    assert (found.title, found.others) == (LINE.title, LINE.others)
    assert found.files == (*LINE.files, more)
    assert index.write([rebuilt], keep_known=True) == []

    # What the machine tells itself replaces a rebuilt line, whose files stay known; and so does a better rebuilding.
    second = replace(rebuilt, session_id="2")
    index.write([second], keep_known=True)
    index.write([replace(second, title="better")], keep_known=True)
    assert index.read().sessions[second.identity][0].title == "better"
    index.write([line(remote, "2")])
    (found,) = index.read().sessions[second.identity]
    assert (found.title, found.files) == (LINE.title, (*LINE.files, more))
    assert REBUILT not in found.others


def test_later_lines_join_those_that_are_there(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    index.write([line(remote, "1"), line(remote, "2")])
    index.write([line(remote, "2", title="newer"), line(remote, "3")])

    read = index.read()

    assert {identity[1]: found[0].title for identity, found in read.sessions.items()} == {
        "1": LINE.title,
        "2": "newer",
        "3": LINE.title,
    }
    assert len(keys(remote)) == 1


def many(remote: Remote, count: int = 400) -> list[IndexLine]:
    """Lines of one month whose object is well above SMALL."""
    return [line(remote, secrets.token_hex(64), title=secrets.token_hex(32)) for _ in range(count)]


def titles(index: SessionIndexObjects) -> dict[str, str]:
    """session id → title, of the newest line."""
    return {identity[1]: found[0].title for identity, found in index.read().sessions.items()}


def test_of_a_month_with_many_lines_only_the_changed_ones_are_sent(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    lines = many(remote)
    [whole] = index.write(lines)
    # Whatever the times say: a log may have been cut.
    earlier = LINE.updated_at - timedelta(days=1)
    changed = [replace(lines[0], title="changed", updated_at=earlier), line(remote, "new", title="new")]

    [recent] = index.write([*changed, *lines[1:]])

    sizes = {stored.s3_key: stored.size for stored in remote.presign.list_objects("index")}
    assert recent == whole.replace(".jsonl", "_recent.jsonl")
    assert sizes[recent] * 20 < sizes[whole]
    wanted = {kept.session_id: kept.title for kept in [*lines, *changed]}
    assert titles(index) == titles(index_of(remote, tmp_path / "elsewhere")) == wanted
    assert index.write([*changed, *lines[1:]]) == []

    [again] = index.write([replace(lines[0], title="once more")])
    assert (again, len(keys(remote))) == (recent, 2)
    assert titles(index) == wanted | {lines[0].session_id: "once more"}


def test_changed_lines_that_have_become_many_join_the_others(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    lines = many(remote)
    index.write(lines)
    index.write([replace(lines[0], title="first")])
    changed = [replace(one, title=secrets.token_hex(32)) for one in lines[:200]]

    [whole] = index.write(changed)

    assert whole.endswith(f"/{remote.machine}.jsonl.zst")
    wanted = {kept.session_id: kept.title for kept in [*lines, *changed]}
    assert titles(index) == titles(index_of(remote, tmp_path / "elsewhere")) == wanted
    sizes = {stored.s3_key: stored.size for stored in remote.presign.list_objects("index")}
    assert min(sizes.values()) < 100


class Ending:
    """The objects, of which no more than `left` are written before the program is killed."""

    def __init__(self, objects: SmallObjects, left: int) -> None:
        self.read = objects.read
        self._objects = objects
        self._left = left

    def write(self, request: UploadRequest, body: bytes) -> StoredBytes:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return self._objects.write(request, body)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_kill_while_lines_are_joined_brings_no_older_line_back(
    remote: Remote, tmp_path: Path, left: int
) -> None:
    index = index_of(remote, tmp_path)
    lines = many(remote)
    index.write(lines)
    index.write([replace(lines[0], title="older")])
    changed = [replace(one, title="newer") for one in lines[:200]]
    remote.objects, objects = Ending(remote.objects, left), remote.objects  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        index_of(remote, tmp_path).write(changed)
    remote.objects = objects

    found = titles(index_of(remote, tmp_path / "elsewhere"))

    assert found[lines[0].session_id] == ("newer" if left else "older")
    assert found[lines[1].session_id] == ("newer" if left else lines[1].title)
    assert found[lines[300].session_id] == lines[300].title


class JoinedMeanwhile:
    """The objects; before the first is read, another process does something."""

    def __init__(self, objects: SmallObjects, do: Callable[[], object]) -> None:
        self.write = objects.write
        self._objects = objects
        self._do = [do]

    def read(self, s3_key: str, *, limit: int) -> bytes:
        if self._do:
            self._do.pop()()
        return self._objects.read(s3_key, limit=limit)


def test_lines_that_are_joined_while_somebody_reads_are_not_missed(remote: Remote, tmp_path: Path) -> None:
    writer = index_of(remote, tmp_path)
    lines = many(remote)
    writer.write(lines)
    reader = index_of(remote, tmp_path / "elsewhere")
    reader.read()
    writer.write([line(remote, "new", title="new")])
    more = many(remote, 200)
    objects = remote.objects
    remote.objects = JoinedMeanwhile(objects, lambda: writer.write(more))  # type: ignore[assignment]
    reader = index_of(remote, tmp_path / "elsewhere")

    assert titles(reader)["new"] == "new"


def test_the_same_lines_again_write_nothing(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    index.write([line(remote, "1")])

    assert index.write([line(remote, "1")]) == []
    assert index.write([]) == []


def test_what_is_cached_is_not_fetched_again(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    index.write([line(remote, "1")])
    index.read()
    before = remote.presign.requests_sent

    index.read()

    assert remote.presign.requests_sent == before + 1
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_what_was_written_here_is_not_fetched_to_write_again(remote: Remote, tmp_path: Path) -> None:
    fetched = Fetched(remote.objects)
    index = SessionIndexObjects(
        remote.presign,
        fetched,
        tmp_path / "cache",
        machine=remote.machine,
        lock_file=tmp_path / "session-index.lock",
    )
    for number in range(3):
        index.write([line(remote, str(number))])
    assert {session_id for _, session_id in index.read().sessions} == {"0", "1", "2"}

    assert fetched.keys == []
    assert len(list((tmp_path / "cache").iterdir())) == 1


class Fetched:
    """The objects, with the keys of those that were read."""

    def __init__(self, objects: SmallObjects) -> None:
        self._objects = objects
        self.keys: list[str] = []

    def read(self, s3_key: str, *, limit: int) -> bytes:
        self.keys.append(s3_key)
        return self._objects.read(s3_key, limit=limit)

    def write(self, request: UploadRequest, body: bytes) -> StoredBytes:
        return self._objects.write(request, body)


class DamagedOnTheWay:
    """The objects, of which the first that is read comes with another bit."""

    def __init__(self, objects: SmallObjects) -> None:
        self._objects = objects
        self.reads = 0

    def read(self, s3_key: str, *, limit: int) -> bytes:
        body = self._objects.read(s3_key, limit=limit)
        self.reads += 1
        middle = len(body) // 2
        return body if self.reads > 1 else body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]

    def write(self, request: UploadRequest, body: bytes) -> StoredBytes:
        return self._objects.write(request, body)


def test_what_was_damaged_on_the_way_is_fetched_again_and_no_line_is_lost(
    remote: Remote, tmp_path: Path
) -> None:
    index_of(remote, tmp_path).write([line(remote, "1"), line(remote, "2")])
    home = tmp_path / "again"
    damaged = DamagedOnTheWay(remote.objects)
    lock = home / "session-index.lock"
    again = SessionIndexObjects(
        remote.presign, damaged, home / "cache", machine=remote.machine, lock_file=lock
    )

    again.write([line(remote, "3")])

    assert {session_id for _, session_id in index_of(remote, tmp_path).read().sessions} == {"1", "2", "3"}
    assert damaged.reads == 2


def test_a_damaged_cache_costs_a_fetch(remote: Remote, tmp_path: Path) -> None:
    index = index_of(remote, tmp_path)
    index.write([line(remote, "1")])
    index.read()
    [cached] = (tmp_path / "cache").iterdir()
    cached.write_bytes(cached.read_bytes()[:-5])

    assert len(index.read().sessions) == 1


def test_two_machines_lines_stand_side_by_side(remote: Remote, tmp_path: Path) -> None:
    index_of(remote, tmp_path / "one").write([line(remote, "1")])
    other = replace(line(remote, "1"), machine="f" * 32, title="seen elsewhere")
    index_of(remote, tmp_path / "two", "f" * 32).write([other])

    read = index_of(remote, tmp_path / "three").read()

    assert len(keys(remote)) == 2
    assert {found.machine for found in read.sessions["claude-code", "1"]} == {remote.machine, "f" * 32}


@pytest.mark.parametrize("body", [b"", b"garbage", b"\x28\xb5\x2f\xfd garbage"])
def test_a_damaged_object_never_breaks_the_history(remote: Remote, tmp_path: Path, body: bytes) -> None:
    index = index_of(remote, tmp_path)
    index.write([line(remote, "1", started_at=NOVEMBER)])
    request = UploadRequest(
        file_name=remote.machine,
        content_type="application/zstd",
        size=len(body),
        sha256=hashlib.sha256(body).digest(),
        kind="index",
        session_date=date(2026, 10, 1),
    )
    remote.objects.write(request, body)

    assert [identity[1] for identity in index.read().sessions] == ["1"]
    index.write([line(remote, "2")])
    assert {identity[1] for identity in index.read().sessions} == {"1", "2"}


def test_no_way_to_storage_is_told_and_not_taken_for_an_empty_history(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(remote, tmp_path / "elsewhere").write([line(remote, "1")])
    index = index_of(remote, tmp_path)

    def unplugged(*_: object, **__: object) -> bytes:
        raise Unreachable(host="h", reason="r")

    monkeypatch.setattr(remote.objects, "read", unplugged)
    with pytest.raises(Unreachable):
        index.read()
    with pytest.raises(Unreachable):
        index.write([line(remote, "2")])


def test_two_processes_of_one_home_lose_nothing_of_each_other(
    remote: Remote, sandbox: SandboxInfo, tmp_path: Path
) -> None:
    home = tmp_path / "shared"
    told = [sandbox.endpoint, sandbox.token, sandbox.bucket, str(home), remote.machine]
    children = [
        subprocess.Popen(
            [sys.executable, str(CHILD), *told, str(first), str(first + 8)], cwd=ROOT, env=_environ()
        )
        for first in (0, 100, 200)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]

    read = index_of(remote, tmp_path).read()

    wanted = {str(first + number) for first in (0, 100, 200) for number in range(8)}
    assert {identity[1] for identity in read.sessions} == wanted


def _environ() -> dict[str, str]:
    import os  # noqa: PLC0415 - only here

    return {**os.environ, "PYTHONPATH": str(ROOT)}
