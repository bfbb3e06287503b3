"""The stable codes that say what could not be read.

Notes belong to a session that is listed; problems belong to a path that could not become part of one. The
command line and the desktop turn both into sentences.
"""

from __future__ import annotations

from typing import NamedTuple

# ---- notes of a session; a code may carry a count: "bad-lines:3" ------------------------------------------
TRUNCATED_LINE = "truncated-line"
"""The last line ends in the middle of an object: the tool was stopped while it wrote, or is writing."""
GLUED_LINES = "glued-lines"
"""Several objects stand on one line; all of them were read."""
BAD_LINES = "bad-lines"
"""Lines that are not JSON; with their number."""
OTHER_LINES = "non-object-lines"
"""Lines that are JSON but no object; with their number."""
LONG_LINES = "oversized-lines"
"""Lines too long to be parsed within bounded memory; with their number."""
INVALID_UTF8 = "invalid-utf8"
"""Bytes that are not UTF-8 were replaced where text was needed."""
NUL_BYTES = "nul-bytes"
"""The file holds blocks of NUL, as a crash of the computer leaves them."""
EMPTY = "empty"
"""The file has no byte."""
UNREADABLE = "unreadable"
"""The file is there but could not be opened or read."""
MAIN_MISSING = "main-missing"
"""The companions' folder is there, the main log is not."""
PARENT_MISSING = "parent-missing"
"""A subagent's log whose parent session is not there."""
NOT_PARSED = "not-parsed"
"""Too large a document to be parsed within bounded memory; it is archived as it is."""
DAMAGED_DOCUMENT = "damaged-document"
"""A document whose name says JSON, but which is none."""
SAME_ID = "same-id-elsewhere"
"""Another project folder holds a session of the same id: this one's id carries a suffix."""

# ---- problems of a path -----------------------------------------------------------------------------------
PROBLEM_UNREADABLE = "unreadable"
PROBLEM_MISSING = "missing"
PROBLEM_LINK_OUTSIDE = "link-outside-root"
PROBLEM_LINK_BROKEN = "link-broken"
PROBLEM_NOT_REGULAR = "not-regular-file"


class Problem(NamedTuple):
    """A path that was left out, and why (one of the PROBLEM codes)."""

    path: str
    code: str


def counted(code: str, count: int) -> str:
    """A code with its number, as it stands in `Session.notes`."""
    return f"{code}:{count}"
