"""Frames are decompressed one after another, whole or not at all."""

from __future__ import annotations

import itertools

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from app.remote.zstd_frames import NotZstdError, decompressed


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.lists(st.binary(max_size=5000), max_size=4), st.integers(1, 3000))
def test_any_number_of_frames_in_any_pieces(parts: list[bytes], size: int) -> None:
    stored = b"".join(zstandard.compress(part, 3) for part in parts)

    assert b"".join(decompressed(cut(stored, size))) == b"".join(parts)


@given(st.data())
def test_a_truncated_stream_is_noticed(data: st.DataObject) -> None:
    stored = zstandard.compress(b"some text\n" * 500) + zstandard.compress(b"more\n" * 500)
    first = len(zstandard.compress(b"some text\n" * 500))
    length = data.draw(st.integers(1, len(stored) - 1).filter(lambda length: length != first))

    with pytest.raises(NotZstdError):
        list(decompressed([stored[:length]]))


@pytest.mark.parametrize("stored", [b"no zstd at all, but text", zstandard.compress(b"x") + b"trailing text"])
def test_other_bytes_are_noticed(stored: bytes) -> None:
    with pytest.raises(NotZstdError):
        list(decompressed([stored]))


def test_a_bomb_comes_in_pieces_that_fit_in_memory() -> None:
    bomb = zstandard.compress(b"\0" * 500_000_000, 3)
    pieces = decompressed([bomb])

    assert all(len(piece) <= 32 * 1024 * 1024 for piece in itertools.islice(pieces, 20))
