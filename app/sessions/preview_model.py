"""What a preview shows: messages as values, all of it inert text. No Qt, nothing loaded, nothing to be opened.

Every text here has lost terminal sequences, control and invisible formatting characters (bidirectional ones too)
and lone surrogates; "\\n" and "\\t" remain in texts of several lines. Words for the screen are not here: notices carry
codes, which the window turns into sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Role = Literal["user", "assistant", "system", "tool"]
"""Who speaks. "system": notices, commands, summaries. "tool": a result whose call is not in the file."""

MESSAGE_LIMIT = 200_000
"""Characters of words shown of one message; and, counted apart, of all its tools' inputs and outputs."""
TOOL_LIMIT = 20_000
"""Characters shown of a tool's input, and of its output."""
BLOCK_LIMIT = 2_000
"""Blocks shown of one message."""

# ---- notes of a message -----------------------------------------------------------------------------------
CLIPPED = "clipped"
"""Not all of its words are shown."""
QUEUED = "queued"
"""The user wrote it while the assistant was at work. `Session.messages` does not count such a message."""

# ---- codes of notices -------------------------------------------------------------------------------------
UNREADABLE_LINE = "unreadable-line"
"""Lines of the log that are damaged; `Block.text` is how the first begins, `Block.count` how many they are."""
TRUNCATED_LINE = "truncated-line"
"""The log's last line ends in the middle: the tool was stopped while it wrote, or is writing."""
LONG_LINE = "long-line"
"""A line too long for memory was left out; `Block.size` is its bytes."""
UNREADABLE_CONTENT = "unreadable-content"
"""A message, or a part of one, that cannot be read: damaged, nested too deeply, or changed since it was opened."""
DAMAGED_DOCUMENT = "damaged-document"
"""The name says JSON, the content does not; the text is shown as it is."""
LARGE_DOCUMENT = "large-document"
"""A JSON document too large to be taken apart; the text is shown as it is. `Block.size` is its bytes."""
BINARY = "binary"
"""No text: `Block.text` is the media type as far as it is known, `Block.size` the bytes."""
EMPTY = "empty"
"""The file has no byte."""
COMPACTED = "compacted"
"""The tool replaced the conversation so far by a summary, which follows as a folded block."""
INTERRUPTED = "interrupted"
"""The user stopped the assistant."""
TOOL_NOTICE = "tool-notice"
"""The tool's own words, an error of the provider for example: `Block.text`."""
CONVERSATION = "conversation"
"""Another conversation of the same file begins; `Block.text` is its title."""
ATTACHMENT = "attachment"
"""A file that was sent along: `Block.text` is its name or media type, `Block.size` its bytes as far as known."""
OTHER_CONTENT = "other-content"
"""Content of a kind that is not known here: `Block.text` is the log's word for it."""

# ---- why a tool failed: `ToolCall.failure_code` -----------------------------------------------------------
FAILED_EXIT = "exit"
"""It ended with `ToolCall.exit_code`."""
FAILED_REJECTED = "rejected"
"""The user did not allow it."""
FAILED_INTERRUPTED = "interrupted"
"""It was stopped."""
FAILED_ERROR = "error"
"""Any other error; the output tells."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text inside a paragraph. "\\n" in it is a line's end.

    `link` is an http, https or mailto address, fit for a tooltip: nothing is ever loaded or opened by the preview.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the log holds. It is not decoded; its measures stand in its first bytes."""

    media_type: str
    """As the log or the first bytes say; may be empty."""
    width: int | None
    height: int | None
    size: int
    """Bytes of the picture itself; 0 where only its address is known."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool with what came of it, shown folded; or another text that is better folded."""

    name: str
    """Bash, Edit, Read…; of a command as it was typed: /review. "Thinking", "System" and "Summary" of the other kinds."""
    summary: str
    """One line: the command, the path…; may be empty."""
    input: str
    """The command, or the arguments with their names; empty if there is none."""
    output: str
    failed: bool
    failure: str
    """Short words of the log: "exit 1"; empty where there are none."""
    clipped: bool
    """Input or output are not whole."""
    failure_code: str = ""
    """One of the FAILED codes; empty unless it failed."""
    exit_code: int | None = None
    kind: Literal["call", "thinking", "command", "context"] = "call"
    """"thinking": the assistant's, in `output`. "command": the user's own (/compact, ! ls). "context": a text the
    program gave the assistant, a system prompt or a summary, in `output`."""
    answered: bool = True
    """False: a call without a result in the file as far as it was read. Its output is empty."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message that stands on lines of its own."""

    kind: Literal["paragraph", "heading", "code", "item", "quote", "rule", "table", "tool", "image", "notice"]
    spans: tuple[Span, ...] = ()
    text: str = ""
    """Code and tables: the text as it is, a table's columns aligned for a fixed pitch. Notices: see their codes.
    Images: the address, where that is all there is."""
    level: int = 0
    """A heading's level (1 to 6), an item's nesting (1…), a quote's depth (1…); of other blocks the nesting of the
    item they belong to."""
    marker: str = ""
    """Items: "•" or "3."."""
    language: str = ""
    tool: ToolCall | None = None
    image: Image | None = None
    code: str = ""
    """Notices: what it is about, one of the codes above."""
    size: int | None = None
    """Notices: bytes."""
    count: int = 1
    """Notices: of how many things it speaks."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, numbered from 0 over the whole file."""

    number: int
    role: Role
    name: str
    """"Claude", "Codex", the role's own name; empty where none is known, and for the user."""
    at: datetime | None
    """When, in UTC."""
    blocks: tuple[Block, ...]
    begins_turn: bool
    """Another speaker than before: show the name."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages in a row."""

    messages: tuple[Message, ...]
    first: int
    """The number that the first of them has, or would have if there were one."""
    total: int | None
    """Messages in the file; None while not all of it has been looked at."""
    complete: bool = True
    """False: the result of a call on this page stands so far on in the file that it was not looked for. The page is
    another one after `Preview.pages()`."""
