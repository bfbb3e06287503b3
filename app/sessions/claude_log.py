"""Reading a Claude Code log: title, project, messages, tokens and times, in one pass.

- A message is a text that the user wrote, or an assistant's message; an assistant's message spans several lines
  with one `message.id` and counts once. Tool results, meta lines, commands and their output, the summary that a
  compaction leaves, and subagents' lines (`isSidechain`) do not count.
- Tokens count once per (message.id, requestId): each line repeats them, growing, so the largest of each field
  is kept. Sidechain lines of the main file were paid for and count.
- Title: custom-title > agent-name > ai-title > summary > first text of the user > the command's name > first
  text of the assistant > the file's name. Of several lines of one kind the last wins.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from app.sessions.claude_records import (
    NOTHING,
    REFUSED,
    Content,
    Message,
    Record,
    content_of,
    decode_record,
    decode_records,
    read_loosely,
    record_of,
)
from app.sessions.claude_texts import command_of, written_text
from app.sessions.facts import Counts, Facts, microseconds, token_count, token_sum
from app.sessions.notes import (
    BAD_LINES,
    EMPTY,
    GLUED_LINES,
    INVALID_UTF8,
    LONG_LINES,
    NUL_BYTES,
    OTHER_LINES,
    TRUNCATED_LINE,
    counted,
)
from app.sessions.text import one_line, path_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.sessions.lines import Block, LineReader

SYNTHETIC_MODEL = "<synthetic>"
"""The model of messages that Claude Code itself writes, such as API errors."""
_LAST_CHARACTER = itemgetter(-1)
_RawCounts = tuple[object, object, object, object]
"""Input, output, cache read and cache write as a line has them."""
_UTC_MILLISECONDS = 24
"""Length of "2026-01-24T05:33:38.497Z": times of this form sort as text."""


class ClaudeLog:
    """The state of one pass over a log; feed it lines, then ask for the facts."""

    def __init__(self, *, with_sidechains: bool = False) -> None:
        self._with_sidechains = with_sidechains
        self._titles: dict[str, str] = {}
        self._project: str | None = None
        self._model: str | None = None
        self._user_messages = 0
        self._assistant_messages: set[str | int] = set()
        self._usage: dict[tuple[str | int | None, str | None], _RawCounts] = {}
        self._usage_model: dict[tuple[str | int | None, str | None], str] = {}
        self._times = _Times()
        self._anonymous = 0
        self._bad = 0
        self._others = 0
        self._last_is_truncated = False
        self._notes: set[str] = set()
        self._handlers: dict[str, Callable[[Record], None]] = {
            "user": self._user,
            "assistant": self._assistant,
            "custom-title": self._titled("custom", "customTitle"),
            "agent-name": self._titled("agent", "agentName"),
            "ai-title": self._titled("ai", "aiTitle"),
            "summary": self._titled("summary", "summary"),
        }

    def feed(self, block: Block) -> None:
        """Take in whole lines. Never raises for what they hold."""
        try:
            records = decode_records(block.data)
        except REFUSED:
            records = None
        if records is not None and len(records) == block.lines:
            self._records(records)
            return
        for line in bytes(block.data).split(b"\n"):
            self._line(line)

    def facts(self, file_name: str, *, long_lines: int = 0, is_empty: bool = False) -> Facts:
        """What the lines said."""
        return Facts(
            title=self._title(file_name),
            project=self._project,
            messages=self._user_messages + len(self._assistant_messages),
            model=one_line(self._model or "") or None,
            tokens=self._tokens(),
            started=self._times.first,
            updated=self._times.last,
            notes=self._final_notes(long_lines, is_empty=is_empty),
        )

    # ---- lines --------------------------------------------------------------------------------------------

    def _line(self, line: bytes) -> None:
        """A line of a block in which something is odd."""
        try:
            record = decode_record(line)
        except REFUSED:
            if line and not line.isspace():
                self._loose(line)
        else:
            self._records([record])

    def _loose(self, line: bytes) -> None:
        loose = read_loosely(line)
        if loose.invalid_utf8:
            self._notes.add(INVALID_UTF8)
        if loose.nul_bytes:
            self._notes.add(NUL_BYTES)
        if len(loose.objects) > 1:
            self._notes.add(GLUED_LINES)
        self._records([record_of(value) for value in loose.objects if isinstance(value, dict)])
        self._others += sum(not isinstance(value, dict) for value in loose.objects)
        if loose.rest:
            self._bad += 1
        if loose.rest or loose.objects:
            self._last_is_truncated = loose.rest.startswith("{")

    def _records(self, records: list[Record]) -> None:
        self._last_is_truncated = False
        self._times.add([record.timestamp for record in records if record.timestamp])
        if self._project is None:
            self._project = next(
                (path for record in records if record.cwd and (path := path_text(record.cwd))), None
            )
        for record in records:
            handler = self._handlers.get(record.type or "")
            if handler is not None:
                handler(record)

    def _titled(self, kind: str, field: str) -> Callable[[Record], None]:
        def keep(record: Record) -> None:
            title = one_line(getattr(record, field) or "")
            if title:
                self._titles[kind] = title

        return keep

    # ---- messages -----------------------------------------------------------------------------------------

    def _user(self, record: Record) -> None:
        message = record.message
        if message is None or record.isMeta or record.isCompactSummary or self._is_aside(record):
            return
        content = content_of(message.content)
        if content is NOTHING:
            return
        written = [text for text in map(written_text, content.texts) if text]
        if written:
            self._user_messages += 1
            self._keep_first("user", " ".join(written))
        elif content.has_image and not content.texts:
            self._user_messages += 1
        elif "command" not in self._titles:
            self._keep_command(content)

    def _assistant(self, record: Record) -> None:
        message = record.message
        if message is None:
            return
        self._count_usage(message, record.requestId)
        if self._is_aside(record):
            return
        self._assistant_messages.add(message.id or record.requestId or self._next_anonymous())
        if message.model and message.model != SYNTHETIC_MODEL:
            self._model = message.model
        if "assistant" not in self._titles:
            self._keep_first("assistant", " ".join(content_of(message.content).texts))

    def _is_aside(self, record: Record) -> bool:
        return bool(record.isSidechain) and not self._with_sidechains

    def _keep_first(self, kind: str, text: str) -> None:
        if kind not in self._titles and (title := one_line(text)):
            self._titles[kind] = title

    def _keep_command(self, content: Content) -> None:
        for text in content.texts:
            command = command_of(text)
            if command:
                self._keep_first("command", command)

    def _count_usage(self, message: Message, request_id: str | None) -> None:
        usage = message.usage
        if usage is None:
            return
        key = (message.id or (None if request_id else self._next_anonymous()), request_id)
        counts = (
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_input_tokens,
            usage.cache_creation_input_tokens,
        )
        known = self._usage.setdefault(key, counts)
        if known is not counts and known != counts:
            self._usage[key] = _larger(known, counts)
        if message.model:
            self._usage_model[key] = message.model

    def _next_anonymous(self) -> int:
        """A key of its own for a message without any id."""
        self._anonymous += 1
        return self._anonymous

    # ---- results ------------------------------------------------------------------------------------------

    def _title(self, file_name: str) -> str:
        for kind in ("custom", "agent", "ai", "summary", "user", "command", "assistant"):
            if kind in self._titles:
                return self._titles[kind]
        return one_line(file_name) or "?"

    def _tokens(self) -> dict[str, Counts]:
        by_model: dict[str, list[_RawCounts]] = {}
        for key, counts in self._usage.items():
            by_model.setdefault(self._usage_model.get(key, ""), []).append(counts)
        sums: dict[str, Counts] = {}
        for raw_model, all_counts in by_model.items():
            model = one_line(raw_model) or "unknown"
            columns = zip(sums.get(model, (0, 0, 0, 0)), *all_counts, strict=True)
            total = tuple(map(token_sum, columns))
            if any(total):
                sums[model] = (total[0], total[1], total[2], total[3])
        return sums

    def _final_notes(self, long_lines: int, *, is_empty: bool) -> tuple[str, ...]:
        notes = set(self._notes)
        bad = self._bad - self._last_is_truncated
        if self._last_is_truncated:
            notes.add(TRUNCATED_LINE)
        if bad:
            notes.add(counted(BAD_LINES, bad))
        if self._others:
            notes.add(counted(OTHER_LINES, self._others))
        if long_lines:
            notes.add(counted(LONG_LINES, long_lines))
        if is_empty:
            notes.add(EMPTY)
        return tuple(sorted(notes))


def _larger(one: _RawCounts, other: _RawCounts) -> _RawCounts:
    pairs = [max(token_count(a), token_count(b)) for a, b in zip(one, other, strict=True)]
    return (pairs[0], pairs[1], pairs[2], pairs[3])


class _Times:
    """The first and the last of many times, most of which need no parsing."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None

    def add(self, texts: list[str]) -> None:
        """Take in times; what is none is passed over."""
        if set(map(len, texts)) == {_UTC_MILLISECONDS} and set(map(_LAST_CHARACTER, texts)) == {"Z"}:
            extremes = [microseconds(min(texts)), microseconds(max(texts))]
            if None not in extremes:
                self._extend(extremes)
                return
        self._extend([microseconds(text) for text in texts])

    def _extend(self, moments: list[int | None]) -> None:
        known = [moment for moment in (*moments, self.first, self.last) if moment is not None]
        self.first = min(known, default=None)
        self.last = max(known, default=None)


def read_claude_log(lines: LineReader, file_name: str, *, with_sidechains: bool) -> Facts:
    """The facts of a log. Raises OSError when reading fails, never for what the log holds.

    `with_sidechains` counts subagents' lines too: right where the log itself is a subagent's.
    """
    log = ClaudeLog(with_sidechains=with_sidechains)
    for block in lines.blocks():
        log.feed(block)
    return log.facts(file_name, long_lines=lines.long_lines, is_empty=lines.bytes_read == 0)
