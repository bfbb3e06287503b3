"""What a form's reader must know: to which messages a record belongs, and what it adds to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from app.sessions.json_documents import Opening

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from app.sessions.preview_draft import Draft
    from app.sessions.preview_index import MessageIndex, Piece
    from app.sessions.preview_model import Role

Record = bytes | dict[str, Any] | Opening
"""A line or a document's message: as it stands in the file, or as objects where that is no proper JSON. Or the
beginning of another conversation of the same document."""


_MOST_EARLY = 64
"""Results that wait for their calls: as many as may be written at the same time."""


class Grammar(Protocol):
    """One form's sense. Keeps what it must know of earlier records to place later ones."""

    def place(self, record: Record, piece: Piece) -> bool:
        """Put a record into the index. False: bytes that are not one well-formed object; nothing was put."""

    def finish(self) -> None:
        """There are no more records."""

    def compose(self, role: Role, records: Iterable[Record], draft: Draft) -> tuple[str, int | None]:
        """Put a message's records into the draft; returns the speaker's name and the time, microseconds since 1970."""

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""


class Calls:
    """Calls of tools with the messages they stand in, their results, and which of them have none yet.

    A result that comes before its call (tools write at the same time) waits for it as long as nothing else is said;
    one that never had a call becomes a message of its own.
    """

    def __init__(self, index: MessageIndex) -> None:
        self._index = index
        self._messages: dict[str, int] = {}
        self._waiting: dict[str, int] = {}
        self._early: dict[str, Piece] = {}

    def begin(self, role: Role, piece: Piece, coming: Container[str] = ()) -> int:
        """A new message, in which the calls `coming` will stand; returns its number."""
        self.settle(coming)
        return self._index.begin(role, piece)

    def call(self, identity: str, number: int, *, is_answered: bool = False) -> None:
        """A call in a message; `is_answered`: its result stands beside it."""
        if not identity or identity in self._messages:
            return
        self._messages[identity] = number
        early = self._early.pop(identity, None)
        if early is not None:
            self._index.extend(number, early)
        elif not is_answered:
            self._waiting[identity] = number

    def answer(self, identity: str, piece: Piece) -> None:
        """A result: it becomes part of the message that called."""
        number = self._messages.get(identity)
        if number is not None:
            self._waiting.pop(identity, None)
            self._index.extend(number, piece)
            return
        if not identity or len(self._early) >= _MOST_EARLY:
            self.settle()
        self._early[identity] = piece

    def settle(self, coming: Container[str] = ()) -> None:
        """Make messages of the results whose calls did not come, and are not `coming` now."""
        if self._early:
            lost = {name: piece for name, piece in self._early.items() if not name or name not in coming}
            self._early = {name: piece for name, piece in self._early.items() if name not in lost}
            for piece in dict.fromkeys(lost.values()):
                self._index.begin("tool", piece)

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""
        return any(first <= number < end for number in self._waiting.values())
