"""Reading files of any kind: JSON documents, JSON Lines, Markdown, and whatever else was dropped.

What is not recognised is still a session: it is listed under its file's name and archived as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.sessions.claude_log import ClaudeLog
from app.sessions.claude_records import read_loosely
from app.sessions.conversation import Conversation
from app.sessions.facts import Facts, unread_facts
from app.sessions.forms import HEAD, form_of
from app.sessions.json_documents import DOCUMENT_LIMIT, Opening, as_utf8, plain, take_apart
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

if TYPE_CHECKING:
    from app.sessions.forms import Form

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)


def read_document(descriptor: int, size: int, file_name: str) -> Facts:
    """The facts of a file of unknown form. `size` is in bytes. Raises OSError when reading fails."""
    head = os.read(descriptor, HEAD)
    os.lseek(descriptor, 0, os.SEEK_SET)
    if not head:
        return unread_facts(one_line(file_name) or "?", EMPTY)
    form: Form = form_of(head, file_name)
    if form == "claude":
        return _read_claude(descriptor, file_name)
    if form == "lines":
        return _read_lines(descriptor, file_name)
    if form == "markdown":
        return _markdown(head, file_name)
    if form == "json":
        return _read_json(descriptor, size, file_name)
    return Conversation().facts(file_name, ())


def _markdown(head: bytes, file_name: str) -> Facts:
    heading = _HEADING.search(head.decode("utf-8", "replace"))
    conversation = Conversation()
    if heading is not None:
        conversation.describe({"title": heading[1]})
    return conversation.facts(file_name, ())


def _read_json(descriptor: int, size: int, file_name: str) -> Facts:
    if size > DOCUMENT_LIMIT:
        return Conversation().facts(file_name, (NOT_PARSED,))
    # One byte more than stated: the file may be growing, and memory stays bounded.
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = as_utf8(file.read(DOCUMENT_LIMIT + 1))
    pieces = take_apart(data)
    conversation = Conversation()
    if pieces is None:
        is_damaged = file_name.lower().endswith(".json")
        return conversation.facts(file_name, (DAMAGED_DOCUMENT,) if is_damaged else ())
    for piece in pieces:
        if isinstance(piece, Opening):
            # Of a collection the file's name says more than one conversation's title.
            conversation.describe(piece.fields if piece.is_alone else {"title": file_name})
        elif isinstance(message := plain(piece), Mapping):
            conversation.message(message)
    return conversation.facts(file_name, ())


def _read_claude(descriptor: int, file_name: str) -> Facts:
    lines = LineReader(descriptor)
    log = ClaudeLog()
    for block in lines.blocks():
        log.feed(block)
    return log.facts(file_name, long_lines=lines.long_lines)


def _read_lines(descriptor: int, file_name: str) -> Facts:
    lines = LineReader(descriptor)
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
