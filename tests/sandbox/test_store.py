"""The store: actions that share a commit do not share their fate."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from typing import TYPE_CHECKING, Any, cast

import pytest

from app.sandbox.store import BLOCK, INLINE_LIMIT, Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from app.sandbox.http_server import Body


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


class Pieces:
    """A body in pieces."""

    def __init__(self, *pieces: bytes, problem: Exception | None = None) -> None:
        self._pieces = pieces
        self._problem = problem

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._problem is not None:
            raise self._problem


def body(*pieces: bytes, problem: Exception | None = None) -> Body:
    return cast("Body", Pieces(*pieces, problem=problem))


def insert_upload(name: str) -> Any:
    return lambda connection: connection.execute(
        "INSERT INTO uploads VALUES (?, 'k', 0, 'STANDARD', 'CRC64NVME', 'FULL_OBJECT', '{}', NULL)", (name,)
    )


def test_one_failing_action_does_not_undo_its_neighbours(store: Store) -> None:
    async def story() -> list[object]:
        actions = [insert_upload("a"), insert_upload("a"), insert_upload("b"), insert_upload("c")]
        return list(
            await asyncio.gather(*(store.change(action) for action in actions), return_exceptions=True)
        )

    outcomes = asyncio.run(story())

    assert [isinstance(outcome, sqlite3.IntegrityError) for outcome in outcomes] == [
        False,
        True,
        False,
        False,
    ]
    names = [
        row["upload_id"] for row in store.reader.execute("SELECT upload_id FROM uploads ORDER BY upload_id")
    ]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize("size", [0, 1, INLINE_LIMIT, INLINE_LIMIT + 1, BLOCK, BLOCK + 1, 3 * BLOCK])
@pytest.mark.parametrize("piece", [7_919, 300_000])
def test_a_body_is_kept_whole_whatever_pieces_it_comes_in(
    store: Store, size: int, piece: int, tmp_path: Path
) -> None:
    content = os.urandom(size)
    seen = bytearray()
    pieces = [content[start : start + piece] for start in range(0, size, piece)]

    stored = asyncio.run(store.receive(body(*pieces), seen.extend, size))

    assert stored is not None
    assert (stored.size, bytes(seen)) == (size, content)
    assert (stored.content is None) == (size > INLINE_LIMIT)
    if stored.file_name is not None:
        assert (tmp_path / "bodies" / stored.file_name[:2] / stored.file_name).read_bytes() == content


@pytest.mark.parametrize("problem", [None, ConnectionError("gone")])
def test_a_body_too_long_or_broken_off_leaves_no_file(
    store: Store, problem: Exception | None, tmp_path: Path
) -> None:
    pieces = body(bytes(2 * BLOCK), bytes(BLOCK), problem=problem)
    limit = 10 * BLOCK if problem else 2 * BLOCK

    if problem is None:
        assert asyncio.run(store.receive(pieces, lambda _: None, limit)) is None
    else:
        with pytest.raises(ConnectionError):
            asyncio.run(store.receive(pieces, lambda _: None, limit))

    assert list((tmp_path / "bodies").glob("??/*")) == []


def test_a_fresh_body_without_a_record_is_not_swept(store: Store, tmp_path: Path) -> None:
    stored = asyncio.run(store.receive(body(bytes(INLINE_LIMIT + 1)), lambda _: None, BLOCK))
    assert stored is not None
    assert stored.file_name is not None
    path = tmp_path / "bodies" / stored.file_name[:2] / stored.file_name

    assert (store.sweep(), path.exists()) == (0, True)
    os.utime(path, (1, 1))
    assert (store.sweep(), path.exists()) == (1, False)
