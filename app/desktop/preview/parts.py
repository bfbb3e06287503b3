"""What a message consists of on the page: parts, small enough that laying one out is never felt.

No Qt here: parts are made in worker threads. Positions in a part's text are in UTF-16 units, as Qt counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from app.sessions.preview_model import Image, Role, ToolCall

Kind = Literal["name", "text", "tool", "image", "picture", "rule"]

Style = Literal["body", "title", "heading", "quote", "aside", "code", "table", "label", "note"]
"""How a text is set. "aside": what was thought, summaries. "label": over a tool's input. "note": the program's words."""

SET_AS_CODE: frozenset[Style] = frozenset({"code", "table"})
"""On the raised ground, of a fixed pitch."""

NAME_BLOCK = -1
"""`Part.block` of the speaker's name."""


@dataclass(frozen=True, slots=True)
class Run:
    """Some of a part's text that looks different."""

    start: int
    length: int
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message that is laid out on its own.

    `block` and `piece` are its place among the message's, the same whether tools before it are open or not.
    """

    block: int
    piece: int
    kind: Kind
    text: str = ""
    """As it is shown and copied; "\\n" ends a line."""
    style: Style = "body"
    runs: tuple[Run, ...] = ()
    indent: int = 0
    """Levels of lists that it stands in."""
    marker: str = ""
    """Before its first line: "•", "3."."""
    joint: str | None = None
    """What stands between the piece before it and this one, where both are one text that was cut; else None."""
    is_last: bool = True
    """Of the pieces that one text was cut into."""
    tool: ToolCall | None = None
    image: Image | None = None
    ordinal: int = 0
    """Pictures: which of the message's images it is."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A message, taken apart."""

    number: int
    role: Role
    name: str
    """Who speaks, for a person; empty where nobody does."""
    at: datetime | None
    blocks: tuple[tuple[Part, ...], ...]
    """The parts of the speaker's name, if it is to be shown, and of each block."""
    follows: Kind | None
    """What the message before this one ends with, where this one goes on in the same turn; else None."""
    lines: int
    """How many lines it takes in a pane of the usual width, about."""

    @property
    def on_ground(self) -> bool:
        """Whether it stands in a soft block: the user's own words."""
        return self.role == "user" and bool(self.name)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Messages in a row, as a worker brings them."""

    number: int
    leaves: tuple[Leaf, ...]
    first: int
    size: int
    """Messages on a page."""
    total: int | None
    """Messages in the file; None while not all of it has been looked at."""
    is_complete: bool
    """False: once the whole file has been looked at, the page has more to show."""


def units(text: str) -> int:
    """The text's length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def between(text: str, start: int, end: int) -> str:
    """The text from one position to another, in UTF-16 units; half a character is left out."""
    if text.isascii():
        return text[start:end]
    return text.encode("utf-16-le", "replace")[2 * start : 2 * end].decode("utf-16-le", "ignore")
