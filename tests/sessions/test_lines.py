"""Blocks of whole lines within bounded memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from app.sessions.lines import LineReader

if TYPE_CHECKING:
    from pathlib import Path


def read(data: bytes, chunk: int, limit: int, folder: Path) -> tuple[list[bytes], LineReader]:
    path = folder / "data"
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        reader = LineReader(descriptor, chunk=chunk, line_limit=limit)
        found = []
        for block in reader.blocks():
            lines = bytes(block.data).removesuffix(b"\n").split(b"\n")
            assert block.lines == len(lines)
            found.extend(lines)
        return found, reader
    finally:
        os.close(descriptor)


@given(
    lines=st.lists(st.integers(0, 40).map(lambda size: b"x" * size)),
    chunk=st.integers(1, 16),
    end=st.booleans(),
)
def test_any_lines_in_any_chunks(lines: list[bytes], chunk: int, end: bool, tmp_path_factory: object) -> None:
    folder = tmp_path_factory.mktemp("lines")  # type: ignore[attr-defined]
    data = b"\n".join(lines) + (b"\n" if end else b"")
    limit = 32
    found, reader = read(data, min(chunk, limit), limit, folder)
    expected = data.removesuffix(b"\n").split(b"\n") if data else []
    # Of an unfinished last line nothing remains when it is empty; over-long lines are counted, never given.
    assert found == [line for line in expected if len(line) < limit]
    assert reader.long_lines == sum(len(line) >= limit for line in expected)
    assert reader.bytes_read == len(data)


def test_memory_follows_the_longest_line_not_the_file(tmp_path: Path) -> None:
    _, reader = read((b"x" * 99 + b"\n") * 10_000, 128, 4096, tmp_path)
    assert len(reader._buffer) == 128
    _, reader = read(b"x" * 1_000_000, 128, 4096, tmp_path)
    assert len(reader._buffer) == 4096
    assert reader.long_lines == 1
