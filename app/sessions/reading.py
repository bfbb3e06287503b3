"""Reading main files: which reader for which file, and what reading costs.

`read_main` is what a worker process runs: its arguments and results can be pickled, and it keeps no state.
"""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import NamedTuple

from app.errors import FileVanished, LocalError
from app.sessions.claude_log import read_claude_log
from app.sessions.documents import read_document
from app.sessions.facts import Facts, unread_facts
from app.sessions.found import Reader, Stamp, stamp_of
from app.sessions.lines import LineReader
from app.sessions.notes import UNREADABLE
from app.sessions.text import one_line, portable_name
from app.sessions.walk import open_regular

READER_VERSION = 1
"""Raised when a reader tells other facts from the same bytes: what is remembered is then read again."""


class Job(NamedTuple):
    """A main file to be read."""

    reader: Reader
    path: str
    root: str


class Reading(NamedTuple):
    """What reading gave. `stamp` is the file's when it was opened; None when it could not be."""

    facts: Facts
    stamp: Stamp | None
    bytes_read: int


def read_main(job: Job) -> Reading | None:
    """Read one file; None when it has vanished. Never raises for the file's state or content."""
    name = portable_name(PurePath(job.path).name)
    try:
        descriptor = open_regular(job.path, job.root)
    except FileVanished:
        return None
    except LocalError:
        return Reading(unread_facts(one_line(name) or "?", UNREADABLE), None, 0)
    try:
        stamp = stamp_of(os.fstat(descriptor))
        lines = LineReader(descriptor)
        if job.reader == "document":
            facts = read_document(descriptor, stamp.size, name)
            return Reading(facts, stamp, stamp.size)
        facts = read_claude_log(lines, name, with_sidechains=job.reader == "claude-agent")
        return Reading(facts, stamp, lines.bytes_read)
    except OSError:
        return Reading(unread_facts(one_line(name) or "?", UNREADABLE), None, 0)
    finally:
        os.close(descriptor)
