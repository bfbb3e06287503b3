"""Which file of a session an object holds, told from its key.

The key has the file's path in lower case with hyphens for slashes, and a discriminator: eight hex digits of a hash of
the path as it was. Paths that could have given the name are tried, and only one with that discriminator is believed.
"""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from app.archiving.naming import COMPRESSED_SUFFIX, discriminator, safe_text
from app.sessions.model import CLAUDE_CODE, FILES
from app.transfer.downloader import default_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.sessions.found import Reader

_NAME = re.compile(r"(.*)-([0-9a-f]{8})((?:\.[a-z0-9_-]{1,16}){0,2})")
_HASHED_ID = re.compile(r"(.+)-[0-9a-f]{8}", re.DOTALL)
"""Ids that the sessions part made longer, to keep two sessions of one name apart."""

_TOOL_CALL = re.compile(r"toolu_[0-9a-z]+", re.IGNORECASE)
"""Tool results are called after the call they answer, whose id the main log has as it was written."""

_DEEPEST = 3
"""Folders below the session's own: subagents/workflows/<name>."""
_MOST_HYPHENS = 30
"""Some 4500 paths to try, each by chance right once in 4 000 000 000."""


class _Name(NamedTuple):
    stem: str
    mark: str
    extensions: tuple[str, ...]


def is_known_tool(tool: str) -> bool:
    """Whether this program knows how the tool's sessions are laid out and read."""
    return tool in {CLAUDE_CODE, FILES}


def main_path(tool: str, session_id: str, s3_key: str) -> str | None:
    """The path inside the session of its main file, if that is what the object holds."""
    name = _parsed(s3_key)
    if tool == FILES:
        # Such a session has one file.
        return relative_path(tool, session_id, s3_key) or default_name(s3_key, decompressed=True)
    mains = (f"{owner}.jsonl" for owner in _owners(session_id))
    return _first_with_mark(mains, tool, session_id, name)


def relative_path(
    tool: str, session_id: str, s3_key: str, spellings: Mapping[str, str] | None = None
) -> str | None:
    """The path inside the session of the file that the object holds, or None where no path that was tried fits.

    `spellings` tells, by their lower case, words as they were written (see `tool_calls`).
    """
    name = _parsed(s3_key)
    return (
        None
        if name is None
        else _first_with_mark(_candidates(tool, session_id, name, spellings or {}), tool, session_id, name)
    )


def tool_calls(text: str) -> dict[str, str]:
    """The ids of tool calls in a log's text, by their lower case."""
    return {found.lower(): found for found in _TOOL_CALL.findall(text)}


def reader_of(tool: str, session_id: str, *, is_main: bool) -> Reader:
    """How a file is read of which a session is told: its main file or, where that is missing, the best companion."""
    if tool == FILES:
        return "document"
    # A subagent's log that has lost its parent is a session of its own.
    return "claude" if is_main and not session_id.startswith("agent-") else "claude-agent"


def _parsed(s3_key: str) -> _Name | None:
    found = _NAME.fullmatch(default_name(s3_key, decompressed=False))
    if found is None:
        return None
    stem, mark, ending = found.groups()
    # A file of somebody's own may end in .zst, and nothing in the name tells whose ending it is.
    extensions = (
        ("", COMPRESSED_SUFFIX) if ending == COMPRESSED_SUFFIX else (ending.removesuffix(COMPRESSED_SUFFIX),)
    )
    return _Name(stem, mark, extensions)


def _first_with_mark(candidates: Iterator[str], tool: str, session_id: str, name: _Name | None) -> str | None:
    if name is None:
        return None
    return next((path for path in candidates if discriminator(tool, session_id, path) == name.mark), None)


def _candidates(tool: str, session_id: str, name: _Name, spellings: Mapping[str, str]) -> Iterator[str]:
    for extension in name.extensions:
        for owner in _owners(session_id):
            yield f"{owner}{extension}"
            yield f"{owner}{extension.upper()}"
        if tool == CLAUDE_CODE:
            yield from _companions(session_id, name.stem, extension, spellings)


def _companions(session_id: str, stem: str, extension: str, spellings: Mapping[str, str]) -> Iterator[str]:
    # Before version 2.1 a subagent's log lay beside the main file.
    yield f"{stem}{extension}"
    for owner in _owners(session_id):
        prefix = f"{safe_text(owner)}-"
        if stem.startswith(prefix):
            for path in _with_slashes(stem.removeprefix(prefix)):
                yield f"{owner}/{path}{extension}"
                spelled = _TOOL_CALL.sub(lambda found: spellings.get(found[0], found[0]), path)
                if spelled != path:
                    yield f"{owner}/{spelled}{extension}"


def _owners(session_id: str) -> Iterator[str]:
    """What the session's main file may be called, without its extension."""
    yield session_id
    hashed = _HASHED_ID.fullmatch(session_id)
    if hashed is not None:
        yield hashed[1]


def _with_slashes(name: str) -> Iterator[str]:
    """The paths that have this name with hyphens for slashes: those with few folders first."""
    words = name.split("-")
    places = range(1, min(len(words), _MOST_HYPHENS + 1))
    for depth in range(_DEEPEST + 1):
        for chosen in combinations(places, depth):
            bounds = (0, *chosen, len(words))
            yield "/".join("-".join(words[start:end]) for start, end in pairwise(bounds))
