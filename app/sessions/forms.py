"""Which form a file is written in, told from its name and its first bytes."""

from __future__ import annotations

from typing import Any, Literal

from app.sessions.claude_records import read_loosely

Form = Literal["claude", "lines", "json", "markdown", "other"]
"""A Claude Code log, other JSON Lines, one JSON document, Markdown, or anything else."""

HEAD = 64 << 10
"""Bytes that are looked at."""
_LINE_SUFFIXES = (".jsonl", ".ndjson")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx")
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


def form_of(head: bytes, file_name: str) -> Form:
    """The form of a file whose first `HEAD` bytes (or all) are `head`."""
    name = file_name.lower()
    if name.endswith(_LINE_SUFFIXES):
        return _form_of_lines(head)
    if name.endswith(_MARKDOWN_SUFFIXES):
        return "markdown"
    if name.endswith(".json") or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _form_of_lines(head) if _first_line_is_object(head) else "json"
    return "other"


def _form_of_lines(head: bytes) -> Form:
    return "claude" if _looks_like_claude(head) else "lines"


def _first_line_is_object(head: bytes) -> bool:
    """Whether the file begins with an object on a line of its own, and goes on: JSON Lines by another name."""
    first, separator, rest = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not separator or rest.lstrip()[:1] != b"{":
        return False
    loose = read_loosely(first)
    return not loose.rest and any(isinstance(value, dict) for value in loose.objects)


def _looks_like_claude(head: bytes) -> bool:
    return any(
        _is_claudes(value)
        for line in head.split(b"\n")[:_LINES_LOOKED_AT]
        for value in read_loosely(line).objects
        if isinstance(value, dict)
    )


def _is_claudes(record: dict[str, Any]) -> bool:
    kind = record.get("type")
    if not isinstance(kind, str):
        return False
    is_known = kind in _CLAUDE_TYPES and not _CLAUDE_FIELDS.isdisjoint(record)
    return is_known or (kind in ("user", "assistant") and "message" in record)
