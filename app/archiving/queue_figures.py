"""Numbers that are added up over files and rows as they change, so that a sum costs nothing to read."""

from __future__ import annotations

from typing import NamedTuple

EXPECTED_RATIO = 0.25
"""Stored bytes per original byte before anything was compressed: zstd 3 makes chat logs four times smaller."""

CONFIRMATION = 0.01
"""The last hundredth of a file is S3's confirmation."""


class Figures(NamedTuple):
    """Bytes. `known` of them are as stored, `unknown` are original ones of what is still to be compressed.

    `confirmed` are those S3 has verified; `packed_*` tell how much smaller compressing made what it was done to;
    `left_*` are what is still to go, without paused and failed rows.
    """

    sent: int = 0
    confirmed: int = 0
    known: int = 0
    unknown: int = 0
    packed_original: int = 0
    packed_stored: int = 0
    left_known: int = 0
    left_unknown: int = 0

    def plus(self, other: Figures) -> Figures:
        """The sum."""
        return Figures(*[mine + theirs for mine, theirs in zip(self, other, strict=True)])

    def minus(self, other: Figures) -> Figures:
        """The difference."""
        return Figures(*[mine - theirs for mine, theirs in zip(self, other, strict=True)])

    @property
    def total(self) -> int:
        """Stored bytes in all, estimated where they are not known."""
        return self.known + self._stored(self.unknown)

    @property
    def left(self) -> int:
        """Stored bytes still to go, estimated likewise."""
        return max(0, self.left_known + self._stored(self.left_unknown))

    @property
    def fraction(self) -> float:
        """How much is done, below 1."""
        if not self.total:
            return 0.0
        share = ((1 - CONFIRMATION) * self.sent + CONFIRMATION * self.confirmed) / self.total
        return min(max(share, 0.0), 1 - CONFIRMATION / 10)

    def _stored(self, original: int) -> int:
        if not original:
            return 0
        ratio = self.packed_stored / self.packed_original if self.packed_original else EXPECTED_RATIO
        return round(original * ratio)


NOTHING = Figures()
