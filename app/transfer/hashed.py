"""Bytes counted and hashed while they pass by."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Hashed:
    """What has passed: `size` in bytes, `sha256` in hex."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()

    def take(self, block: bytes) -> None:
        """A block passes."""
        self.size += len(block)
        self._digest.update(block)

    @property
    def sha256(self) -> str:
        """The hash so far."""
        return self._digest.hexdigest()


def hashed(blocks: Iterable[bytes], passing: Hashed) -> Iterator[bytes]:
    """The blocks, each taken by `passing` before it comes out."""
    for block in blocks:
        passing.take(block)
        yield block
