"""A Claude Code log's lines as records: the few fields that matter, skipped to in C.

Typed decoding is some four times as fast as building every object (1.1 GB/s against 0.3 on real logs) and is
strict; a line it refuses is read again leniently, field by field, so that one odd field costs nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCANNER = json.JSONDecoder(strict=False)
"""Not strict: control characters inside strings are read rather than refused."""


class Usage(msgspec.Struct, gc=False):
    """`message.usage`, as Anthropic's API reports it."""

    input_tokens: Any = 0
    output_tokens: Any = 0
    cache_creation_input_tokens: Any = 0
    cache_read_input_tokens: Any = 0


class Message(msgspec.Struct, gc=False):
    """`message` of a user or assistant line. `content` stays undecoded: it is most of the log."""

    id: str | None = None
    model: str | None = None
    content: msgspec.Raw = msgspec.Raw(b"null")
    usage: Usage | None = None


class Record(msgspec.Struct, gc=False):
    """A line. Everything else that it may hold is passed over."""

    type: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    isMeta: bool | None = None  # noqa: N815 - the log's own names
    isSidechain: bool | None = None  # noqa: N815
    isCompactSummary: bool | None = None  # noqa: N815
    requestId: str | None = None  # noqa: N815
    message: Message | None = None
    customTitle: str | None = None  # noqa: N815
    agentName: str | None = None  # noqa: N815
    aiTitle: str | None = None  # noqa: N815
    summary: str | None = None


REFUSED = (ValueError, msgspec.MsgspecError, RecursionError)
"""What typed decoding raises for a line that is not one well-formed object with fields of the right types."""
decode_record = msgspec.json.Decoder(Record).decode
"""One line."""
decode_records = msgspec.json.Decoder(Record).decode_lines
"""Many lines at once. Takes several objects on one line without complaint: compare the numbers."""


class LooseLine(msgspec.Struct):
    """What could be made of a line that is not one well-formed object."""

    objects: list[Any]
    """Every JSON value that stands on the line, in order."""
    rest: str
    """What follows them and is no JSON; empty when all could be read."""
    invalid_utf8: bool
    nul_bytes: bool


def read_loosely(line: bytes) -> LooseLine:
    """Read glued, damaged or odd lines as far as possible. Never raises."""
    has_nul = b"\0" in line
    if has_nul:
        line = line.replace(b"\0", b"")
    try:
        text = line.decode("utf-8")
        invalid = False
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
        invalid = True
    objects: list[Any] = []
    text = text.removeprefix("\ufeff").strip()
    position = 0
    while position < len(text):
        try:
            value, position = _SCANNER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        objects.append(value)
        position = _skip_space(text, position)
    return LooseLine(objects=objects, rest=text[position:], invalid_utf8=invalid, nul_bytes=has_nul)


def record_of(value: dict[str, Any]) -> Record:
    """A record from an object of which any field may be of any type."""
    message = value.get("message")
    return Record(
        type=_text(value.get("type")),
        timestamp=_text(value.get("timestamp")),
        cwd=_text(value.get("cwd")),
        isMeta=value.get("isMeta") is True,
        isSidechain=value.get("isSidechain") is True,
        isCompactSummary=value.get("isCompactSummary") is True,
        requestId=_text(value.get("requestId")),
        message=_message(message) if isinstance(message, dict) else None,
        customTitle=_text(value.get("customTitle")),
        agentName=_text(value.get("agentName")),
        aiTitle=_text(value.get("aiTitle")),
        summary=_text(value.get("summary")),
    )


class Content(msgspec.Struct, gc=False):
    """A message's content: its texts, and whether it is a picture that was sent rather than a tool's result."""

    texts: list[str]
    has_image: bool = False


class _Block(msgspec.Struct, gc=False):
    type: str | None = None
    text: str | None = None


_decode_blocks = msgspec.json.Decoder(list[_Block]).decode
_decode_text = msgspec.json.Decoder(str).decode
NOTHING = Content(texts=[])
"""The content of a message without any text or picture."""


def content_of(raw: msgspec.Raw) -> Content:
    """The texts of a message. Tool calls, results and thinking are passed over, and nothing ever raises."""
    data = bytes(raw)
    # Inside a JSON string quotes are escaped, so these bytes can only be a field and its value: without them there
    # is no block of text, and a large tool result need not be decoded. The first test makes sure that the log was
    # written without spaces; others are decoded.
    if b'"type":"tool_result"' in data[:200] and b'"type":"text"' not in data:
        return NOTHING
    try:
        if data[:1] == b'"':
            return Content(texts=[_decode_text(data)])
        blocks = _decode_blocks(data)
    except REFUSED:
        return _loose_content(data)
    return Content(
        texts=[block.text for block in blocks if block.type == "text" and block.text],
        has_image=_is_picture({block.type for block in blocks}),
    )


def _loose_content(data: bytes) -> Content:
    try:
        value = json.loads(data.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return NOTHING
    if isinstance(value, str):
        return Content(texts=[value])
    if not isinstance(value, list):
        return NOTHING
    blocks = [block for block in value if isinstance(block, dict)]
    return Content(
        texts=[
            block["text"]
            for block in blocks
            if block.get("type") == "text" and isinstance(block.get("text"), str) and block["text"]
        ],
        has_image=_is_picture({_text(block.get("type")) for block in blocks}),
    )


def _is_picture(types: set[str | None]) -> bool:
    return "image" in types and "tool_result" not in types


def _message(value: dict[str, Any]) -> Message:
    usage = value.get("usage")
    try:
        content = json.dumps(value.get("content")).encode("ascii")
    except RecursionError:
        content = b"null"
    return Message(
        id=_text(value.get("id")),
        model=_text(value.get("model")),
        content=msgspec.Raw(content),
        usage=_usage(usage) if isinstance(usage, dict) else None,
    )


def _usage(value: dict[str, Any]) -> Usage:
    return Usage(
        input_tokens=value.get("input_tokens"),
        output_tokens=value.get("output_tokens"),
        cache_creation_input_tokens=value.get("cache_creation_input_tokens"),
        cache_read_input_tokens=value.get("cache_read_input_tokens"),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def objects_of(line: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a line, whatever its state."""
    for value in read_loosely(line).objects:
        if isinstance(value, dict):
            yield value
