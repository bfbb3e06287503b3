"""Which pieces of a file make up which message: some 35 bytes a message, so that a million of them are no matter."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sessions.preview_model import Role

_ROLES: tuple[Role, ...] = ("user", "assistant", "system", "tool")
_NONE = -1
WHOLE = -1
"""`Piece.part`: all of a line, or of a document's message."""
DAMAGED = -2
"""`Piece.part`: a line that is no JSON."""
LEFT_OUT = -3
"""`Piece.part`: a line that is too long."""
LEADING = -4
"""`Piece.part`: nothing in the file: what stands before it."""
PIECES_LIMIT = 20_000
"""Pieces that are read of one message; what they would add is cut off by other limits long before."""


class Piece(NamedTuple):
    """Something in the file that belongs to one message or to several."""

    offset: int
    """Where it begins, in bytes; of a document's messages their number."""
    length: int
    """Bytes."""
    part: int = WHOLE
    """Which object of a line that holds several; or one of the codes above."""


class MessageIndex:
    """Messages in order, each with the chain of its pieces."""

    def __init__(self) -> None:
        self._roles = array("b")
        self._first = array("i")
        self._last = array("i")
        self._offset = array("q")
        self._length = array("q")
        self._part = array("i")
        self._next = array("i")

    def __len__(self) -> int:
        return len(self._roles)

    def begin(self, role: Role, piece: Piece) -> int:
        """A new message; returns its number."""
        position = self._keep(piece)
        self._roles.append(_ROLES.index(role))
        self._first.append(position)
        self._last.append(position)
        return len(self._roles) - 1

    def extend(self, number: int, piece: Piece) -> None:
        """One more piece of a message, unless it is the one that was added last."""
        last = self._last[number]
        if self._piece(last) == piece:
            return
        position = self._keep(piece)
        self._next[last] = position
        self._last[number] = position

    def role(self, number: int) -> Role:
        """Who speaks."""
        return _ROLES[self._roles[number]]

    def begins_turn(self, number: int) -> bool:
        """Whether another one spoke before. A tool's result is the assistant's turn."""
        return number == 0 or self._speaker(number) != self._speaker(number - 1)

    def pieces(self, number: int) -> Iterator[Piece]:
        """The message's pieces in the file's order, at most `PIECES_LIMIT`."""
        position = self._first[number]
        for _ in range(PIECES_LIMIT):
            if position == _NONE:
                return
            yield self._piece(position)
            position = self._next[position]

    def _keep(self, piece: Piece) -> int:
        self._offset.append(piece.offset)
        self._length.append(piece.length)
        self._part.append(piece.part)
        self._next.append(_NONE)
        return len(self._offset) - 1

    def _piece(self, position: int) -> Piece:
        return Piece(self._offset[position], self._length[position], self._part[position])

    def _speaker(self, number: int) -> Role:
        role = self.role(number)
        return "assistant" if role == "tool" else role
