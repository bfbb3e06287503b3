"""The session index follows the receipts: what is archived gets its line, and keeps it true as the session grows.

Lines are derived from receipts each time, and what was written is remembered by fingerprint. So a kill between the
last receipt and the index costs nothing: the next run sees that a line is missing and writes it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from app.errors import ChatLogError, FolderNotWritable
from app.remote.index_lines import IndexFile, IndexLine, encode_line
from app.storage.paths import write_private_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from app.archiving.plan import PlannedSession
    from app.remote.session_index import SessionIndexObjects
    from app.sessions.model import Usage
    from app.transfer.schema import Receipt


@dataclass(frozen=True, slots=True)
class IndexUpdate:
    """What became of the session index. `error` None: every line is written and verified."""

    written: int
    error: ChatLogError | None


class IndexWriter:
    """Writes this machine's lines for one destination.

    `open_index` is called only when there is something to write. `memory` is a file with the fingerprints of written
    lines; it may be erased at any time.
    """

    def __init__(
        self, open_index: Callable[[], SessionIndexObjects], memory: Path, *, machine: str, host: str
    ) -> None:
        self._open_index = open_index
        self._memory = memory
        self._machine = machine
        self._host = host

    def update(self, planned: Iterable[PlannedSession]) -> IndexUpdate:
        """Write the lines of those sessions whose main file is archived, unless they stand there already.

        An error is a value here: the sessions are archived, and the next run writes what is missing.
        """
        lines = [line for entry in planned if (line := self._line(entry)) is not None]
        prints = {_name(line): _fingerprint(line) for line in lines}
        known = self._recall()
        fresh = sum(known.get(name) != value for name, value in prints.items())
        if not fresh:
            return IndexUpdate(0, None)
        try:
            # All of them, not only the fresh ones: months that need no change are left alone, and a month that
            # somebody has removed comes back.
            self._open_index().write(lines)
        except ChatLogError as error:
            return IndexUpdate(0, error)
        self._remember({**known, **prints})
        return IndexUpdate(fresh, None)

    def lacking(self, identities: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those sessions (source, session id) of which no line was ever written here, as far as is remembered."""
        known = self._recall()
        return {(tool, session_id) for tool, session_id in identities if _key(tool, session_id) not in known}

    def forget(self) -> None:
        """Write every line again at the next update, whatever was written before.

        Raises FolderNotWritable.
        """
        try:
            self._memory.unlink(missing_ok=True)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise FolderNotWritable(path=str(self._memory), reason=reason) from problem

    def _line(self, planned: PlannedSession) -> IndexLine | None:
        session = planned.session
        if not planned.files or planned.files[0].receipt is None:
            return None
        project = clean_text(session.project) if session.project is not None else None
        return IndexLine(
            tool=session.source,
            machine=self._machine,
            session_id=clean_text(session.session_id),
            title=clean_text(session.title),
            project=project,
            cwd=project,
            started_at=session.started_at,
            updated_at=session.updated_at,
            messages=session.messages,
            tokens=tokens_of_line(session.tokens_by_model),
            files=_files(planned),
            host=self._host,
        )

    def _recall(self) -> Mapping[str, str]:
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def _remember(self, prints: Mapping[str, str]) -> None:
        # Without it the next run asks once more; nothing is lost.
        with suppress(FolderNotWritable):
            write_private_bytes(self._memory, msgspec.json.encode(prints))


def memory_name(destination: str) -> str:
    """The name of a destination's memory file."""
    return f"index-lines-{hashlib.sha256(destination.encode()).hexdigest()[:16]}.json"


def _files(planned: PlannedSession) -> tuple[IndexFile, ...]:
    """The main file first, which is how readers know it; files gone from this disk since stay in the line."""
    main = planned.files[0].key.relative_path
    paths = sorted(planned.receipts, key=lambda path: (path != main, path))
    return tuple(_file(path, planned.receipts[path]) for path in paths)


def _file(relative_path: str, receipt: Receipt) -> IndexFile:
    return IndexFile(
        relative_path=clean_text(relative_path),
        s3_key=receipt.s3_key,
        version_id=receipt.version_id,
        size=receipt.original_size,
        stored_size=receipt.stored_size,
        sha256=receipt.sha256,
    )


def tokens_of_line(tokens_by_model: Mapping[str, Usage]) -> dict[str, dict[str, int]]:
    """Tokens as an index line has them."""
    return {
        clean_text(model): {
            "input": usage.input,
            "output": usage.output,
            "cacheRead": usage.cache_read,
            "cacheWrite": usage.cache_write,
        }
        for model, usage in tokens_by_model.items()
    }


def clean_text(text: str) -> str:
    """Text that UTF-8 can hold: a log may carry lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _name(line: IndexLine) -> str:
    return _key(line.tool, line.session_id)


def _key(tool: str, session_id: str) -> str:
    return f"{tool}\n{clean_text(session_id)}"


def _fingerprint(line: IndexLine) -> str:
    return hashlib.blake2b(encode_line(line), digest_size=12).hexdigest()
