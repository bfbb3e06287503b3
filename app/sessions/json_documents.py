"""Taking a JSON document apart: the conversations it holds, and their messages, undecoded.

Most chat programs keep messages in a list; a document is such a list, an object that has one, or a list of objects
that have one each. Messages stay raw: a document of 64 MB need not become objects all at once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.sessions.claude_records import read_loosely

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIST_NAMES = ("messages", "history", "chat_messages", "requests")
"""Under which names a document keeps its messages."""
DOCUMENT_LIMIT = 64 << 20
"""Bytes. Larger JSON documents are not parsed: a document, unlike a log, must be held in memory whole."""
LOOSE_LIMIT = 8 << 20
"""Bytes. Damaged documents up to here are tried with the lenient parser, which needs some ten times as much."""

_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
PROBLEMS = (ValueError, msgspec.MsgspecError, RecursionError)
"""What taking a damaged document apart raises."""


class Opening(NamedTuple):
    """A conversation begins."""

    fields: Mapping[str, Any]
    """What it says of itself, without its messages."""
    is_alone: bool
    """The only conversation of the document."""


def take_apart(data: bytes) -> list[Opening | msgspec.Raw] | None:
    """The openings and messages of a whole document in UTF-8, in order; None where it is beyond reading."""
    try:
        return list(_pieces(data))
    except PROBLEMS:
        mended = _repaired(data)
    try:
        return None if mended is None else list(_pieces(mended))
    except PROBLEMS:
        return None


def plain(raw: msgspec.Raw | bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A raw value as objects; None when it is beyond reading."""
    try:
        return msgspec.json.decode(raw)
    except PROBLEMS:
        objects = read_loosely(bytes(raw)).objects
        return objects[0] if objects else None


def as_utf8(data: bytes) -> bytes:
    """The document without its byte order mark, re-encoded when that says UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _pieces(data: bytes) -> Iterator[Opening | msgspec.Raw]:
    """The same, as it is found. Raises one of `PROBLEMS` where the document is damaged."""
    first = data.lstrip()[:1]
    if first == b"[":
        yield from _items(data)
    elif first == b"{":
        yield from _conversation(_decode_fields(data), is_alone=True)
    else:
        msgspec.json.decode(data)  # a lone text or number is well-formed, and tells nothing


def _repaired(data: bytes) -> bytes | None:
    """A document with odd constants, control characters or bytes that are not UTF-8, as proper JSON.

    None when it is too large or beyond reading.
    """
    if len(data) > LOOSE_LIMIT:
        return None
    try:
        value = json.loads(data.decode("utf-8", "replace"), strict=False, parse_constant=lambda _name: None)
        return json.dumps(value).encode("ascii")
    except PROBLEMS:
        return None


def _items(data: bytes | msgspec.Raw) -> Iterator[Opening | msgspec.Raw]:
    """A list of messages, or of conversations that hold lists of messages themselves."""
    items = _decode_items(data)
    for raw in items:
        fields = _fields_of_conversation(raw)
        if fields is None:
            yield raw
        else:
            yield from _conversation(fields, is_alone=len(items) == 1, is_nested=True)


def _conversation(
    fields: Mapping[str, msgspec.Raw], *, is_alone: bool, is_nested: bool = False
) -> Iterator[Opening | msgspec.Raw]:
    lists = [name for name in LIST_NAMES if name in fields and _is_list(fields[name])]
    yield Opening({name: plain(raw) for name, raw in fields.items() if name not in lists}, is_alone)
    for name in lists[:1]:
        yield from _decode_items(fields[name]) if is_nested else _items(fields[name])


def _fields_of_conversation(raw: msgspec.Raw) -> Mapping[str, msgspec.Raw] | None:
    """The fields of an item that holds messages; None for any other item, which is one."""
    try:
        fields = _decode_fields(raw)
    except PROBLEMS:
        return None
    return fields if any(name in fields and _is_list(fields[name]) for name in LIST_NAMES) else None


def _is_list(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"["
