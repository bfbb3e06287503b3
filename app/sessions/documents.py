"""Reading files of any kind: JSON documents, JSON Lines, Markdown, and whatever else was dropped.

What is not recognised is still a session: it is listed under its file's name and archived as it is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from app.sessions.claude_log import ClaudeLog
from app.sessions.claude_records import read_loosely
from app.sessions.conversation import LIST_NAMES, Conversation
from app.sessions.facts import Facts, unread_facts
from app.sessions.lines import LineReader
from app.sessions.notes import (
    BAD_LINES,
    DAMAGED_DOCUMENT,
    EMPTY,
    LONG_LINES,
    NOT_PARSED,
    TRUNCATED_LINE,
    counted,
)
from app.sessions.text import one_line

DOCUMENT_LIMIT = 64 << 20
"""Bytes. Larger JSON documents are not parsed: a document, unlike a log, must be held in memory whole."""
_LOOSE_LIMIT = 8 << 20
"""Bytes. Damaged documents up to here are tried with the lenient parser, which needs some ten times as much."""
_HEAD = 64 << 10
_LINE_SUFFIXES = (".jsonl", ".ndjson")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_CLAUDE_TYPES = frozenset(
    {
        "user",
        "assistant",
        "system",
        "progress",
        "summary",
        "attachment",
        "file-history-snapshot",
        "queue-operation",
    }
    | {"custom-title", "ai-title", "agent-name", "last-prompt", "permission-mode", "mode"}
)
_CLAUDE_FIELDS = frozenset({"sessionId", "parentUuid", "leafUuid", "isSidechain", "isSnapshotUpdate"})
_LINES_LOOKED_AT = 16

_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_PROBLEMS = (ValueError, msgspec.MsgspecError, RecursionError)


def read_document(descriptor: int, size: int, file_name: str) -> Facts:
    """The facts of a file of unknown form. `size` is in bytes. Raises OSError when reading fails."""
    name = file_name.lower()
    head = os.read(descriptor, _HEAD)
    os.lseek(descriptor, 0, os.SEEK_SET)
    if not head:
        return unread_facts(one_line(file_name) or "?", EMPTY)
    if name.endswith(_LINE_SUFFIXES):
        return _read_lines(descriptor, head, file_name)
    if name.endswith(_MARKDOWN_SUFFIXES):
        return _markdown(head, file_name)
    if name.endswith(".json") or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _read_json(descriptor, size, head, file_name)
    return Conversation().facts(file_name, ())


def _markdown(head: bytes, file_name: str) -> Facts:
    heading = _HEADING.search(head.decode("utf-8", "replace"))
    conversation = Conversation()
    if heading is not None:
        conversation.describe({"title": heading[1]})
    return conversation.facts(file_name, ())


# ---- documents --------------------------------------------------------------------------------------------


def _read_json(descriptor: int, size: int, head: bytes, file_name: str) -> Facts:
    if _first_line_is_object(head):
        return _read_lines(descriptor, head, file_name)
    if size > DOCUMENT_LIMIT:
        return Conversation().facts(file_name, (NOT_PARSED,))
    # One byte more than stated: the file may be growing, and memory stays bounded.
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = _as_utf8(file.read(DOCUMENT_LIMIT + 1))
    conversation = Conversation()
    try:
        _take_in(data, conversation, file_name)
    except _PROBLEMS:
        conversation = Conversation()
        if not _take_in_loosely(data, conversation, file_name):
            return Conversation().facts(
                file_name, (DAMAGED_DOCUMENT,) if file_name.lower().endswith(".json") else ()
            )
    return conversation.facts(file_name, ())


def _take_in(data: bytes, conversation: Conversation, file_name: str) -> None:
    """A whole document. Raises ValueError, msgspec.MsgspecError or RecursionError where it is damaged."""
    first = data.lstrip()[:1]
    if first == b"[":
        _take_in_items(data, conversation, file_name)
        return
    if first != b"{":
        msgspec.json.decode(data)  # a lone text or number is well-formed, and tells nothing
        return
    fields = _decode_fields(data)
    lists = [name for name in LIST_NAMES if name in fields and bytes(fields[name])[:1] == b"["]
    conversation.describe({name: _plain(raw) for name, raw in fields.items() if name not in lists})
    for name in lists[:1]:
        _take_in_items(fields[name], conversation, file_name)


def _take_in_items(data: bytes | msgspec.Raw, conversation: Conversation, file_name: str) -> None:
    """A list of messages, or of conversations that hold lists of messages themselves."""
    items = _decode_items(data)
    for raw in items:
        item = _plain(raw)
        if not isinstance(item, Mapping):
            continue
        nested = next((item[name] for name in LIST_NAMES if isinstance(item.get(name), list)), None)
        if nested is None:
            conversation.message(item)
            continue
        # Of a collection the file's name says more than one conversation's title.
        conversation.describe(item if len(items) == 1 else {"title": file_name})
        for message in nested:
            if isinstance(message, Mapping):
                conversation.message(message)


def _take_in_loosely(data: bytes, conversation: Conversation, file_name: str) -> bool:
    """A document with odd constants, control characters or bytes that are not UTF-8; False when it is beyond reading."""
    if len(data) > _LOOSE_LIMIT:
        return False
    try:
        value = json.loads(data.decode("utf-8", "replace"), strict=False, parse_constant=lambda _name: None)
        _take_in(json.dumps(value).encode("ascii"), conversation, file_name)
    except _PROBLEMS:
        return False
    return True


def _plain(raw: msgspec.Raw) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return msgspec.json.decode(raw)
    except _PROBLEMS:
        objects = read_loosely(bytes(raw)).objects
        return objects[0] if objects else None


def _as_utf8(data: bytes) -> bytes:
    """The document without its byte order mark, re-encoded when that says UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


# ---- lines ------------------------------------------------------------------------------------------------


def _read_lines(descriptor: int, head: bytes, file_name: str) -> Facts:
    lines = LineReader(descriptor)
    if _looks_like_claude(head):
        log = ClaudeLog()
        for block in lines.blocks():
            log.feed(block)
        return log.facts(file_name, long_lines=lines.long_lines)
    conversation = Conversation()
    bad = 0
    is_truncated = False
    for block in lines.blocks():
        for line in bytes(block.data).split(b"\n"):
            loose = read_loosely(line)
            for value in loose.objects:
                if isinstance(value, Mapping):
                    conversation.message(value)
            if loose.rest or loose.objects:
                is_truncated = loose.rest.startswith("{")
            bad += bool(loose.rest)
    return conversation.facts(file_name, _line_notes(bad, lines.long_lines, is_truncated=is_truncated))


def _line_notes(bad: int, long_lines: int, *, is_truncated: bool) -> tuple[str, ...]:
    notes = [TRUNCATED_LINE] if is_truncated else []
    if bad > is_truncated:
        notes.append(counted(BAD_LINES, bad - is_truncated))
    if long_lines:
        notes.append(counted(LONG_LINES, long_lines))
    return tuple(sorted(notes))


def _first_line_is_object(head: bytes) -> bool:
    """Whether the file begins with an object on a line of its own, and goes on: JSON Lines by another name."""
    first, separator, rest = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not separator or rest.lstrip()[:1] != b"{":
        return False
    loose = read_loosely(first)
    return not loose.rest and any(isinstance(value, dict) for value in loose.objects)


def _looks_like_claude(head: bytes) -> bool:
    for line in head.split(b"\n")[:_LINES_LOOKED_AT]:
        for value in read_loosely(line).objects:
            if (
                isinstance(value, dict)
                and value.get("type") in _CLAUDE_TYPES
                and _CLAUDE_FIELDS & value.keys()
            ):
                return True
            if isinstance(value, dict) and value.get("type") in ("user", "assistant") and "message" in value:
                return True
    return False
