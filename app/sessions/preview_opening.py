"""Which transcript shows a file: told from where it was found, its name and its first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.sessions.claude_records import objects_of
from app.sessions.forms import HEAD, form_of
from app.sessions.json_documents import DOCUMENT_LIMIT, as_utf8, take_apart
from app.sessions.model import CLAUDE_CODE
from app.sessions.preview_claude import ClaudeGrammar
from app.sessions.preview_document import TextTranscript
from app.sessions.preview_file import Text
from app.sessions.preview_generic import GenericGrammar
from app.sessions.preview_images import image_of_head, measures
from app.sessions.preview_model import BINARY, DAMAGED_DOCUMENT, EMPTY, LARGE_DOCUMENT, Block
from app.sessions.preview_transcript import DocumentTranscript, LogTranscript

if TYPE_CHECKING:
    from app.sessions.preview_document import Kind
    from app.sessions.preview_file import Bytes, OpenedFile
    from app.sessions.preview_index import MessageIndex
    from app.sessions.preview_transcript import Transcript

_LOOKED_THROUGH = 4 << 20
"""Bytes in which a conversation has to begin; what has none so far is shown as text."""
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")) + b"\x7f"
_MOST_CONTROLS = 0.02
_MOST_DAMAGED = 0.1
"""Shares of a text's first bytes; a file with more is no text."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def transcript_of(file: OpenedFile, source: str | None, name: str, *, with_sidechains: bool) -> Transcript:
    """The transcript of a file that is called `name`. Raises FileUnreadable.

    `with_sidechains` shows subagents' lines of a Claude Code log; a log that holds nothing else shows them anyway.
    """
    head = file.read(0, HEAD)
    if not head:
        return TextTranscript(Text(b""), "text", Block("notice", code=EMPTY))
    form = form_of(head, name)
    if form == "claude" or (source == CLAUDE_CODE and name.endswith(".jsonl")):
        return _claude_log(file, with_sidechains=with_sidechains or _is_subagents(head))
    if form == "lines":
        lines = LogTranscript(file, GenericGrammar)
        return lines if _is_conversation(lines) else _text(file, head, "json")
    if form == "json":
        return _json(file, head, name)
    return _text(file, head, "markdown" if form == "markdown" else "text")


def _claude_log(file: OpenedFile, *, with_sidechains: bool) -> LogTranscript:
    def grammar(index: MessageIndex) -> ClaudeGrammar:
        return ClaudeGrammar(index, with_sidechains=with_sidechains)

    return LogTranscript(file, grammar)


def _is_subagents(head: bytes) -> bool:
    """Whether every message that a Claude Code log begins with is a subagent's."""
    asides = [
        record.get("isSidechain") is True
        for line in head.split(b"\n")
        for record in objects_of(line)
        if record.get("type") in ("user", "assistant")
    ]
    return bool(asides) and all(asides)


def _json(file: OpenedFile, head: bytes, name: str) -> Transcript:
    if file.size > DOCUMENT_LIMIT:
        return _text(file, head, "json", Block("notice", code=LARGE_DOCUMENT, size=file.size))
    entries = take_apart(as_utf8(file.read(0, file.size)))
    if entries is None:
        is_damaged = name.lower().endswith(".json")
        return _text(file, head, "json", Block("notice", code=DAMAGED_DOCUMENT) if is_damaged else None)
    document = DocumentTranscript(entries, GenericGrammar)
    return document if _is_conversation(document) else _text(file, head, "json")


def _is_conversation(transcript: Transcript) -> bool:
    """Whether somebody speaks in it, or it ends too far on to tell."""
    looked_through = seen = 0
    while looked_through < _LOOKED_THROUGH and not transcript.is_finished:
        looked_through += transcript.advance()
        index = transcript.index
        if any(index.role(number) != "system" for number in range(seen, len(index))):
            return True
        seen = len(index)
    return False


def _text(file: OpenedFile, head: bytes, kind: Kind, leading: Block | None = None) -> TextTranscript:
    if head.startswith(_UTF16_MARKS) and file.size <= DOCUMENT_LIMIT:
        source: Bytes = Text(as_utf8(file.read(0, file.size)))
    elif _is_binary(head):
        return TextTranscript(Text(b""), "text", _binary(head, file.size))
    else:
        source = file
    return TextTranscript(source, kind, leading)


def _is_binary(head: bytes) -> bool:
    if _media_type(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    damaged = head.decode("utf-8", "replace").count("\ufffd")
    return controls > _MOST_CONTROLS * len(head) or damaged > _MOST_DAMAGED * len(head)


def _binary(head: bytes, size: int) -> Block:
    if measures(head) is not None:
        return Block("image", image=image_of_head("", head, size))
    return Block("notice", text=_media_type(head), code=BINARY, size=size)


def _media_type(head: bytes) -> str:
    known = measures(head)
    if known is not None:
        return known.media_type
    return next((media_type for magic, media_type in _MAGIC if head.startswith(magic)), "")
