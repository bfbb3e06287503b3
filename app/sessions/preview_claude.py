"""A Claude Code log as messages: what of it is the user's, the assistant's, or the program's.

Users' and assistants' messages are those that the scan counts (`app.sessions.claude_log`). Besides them are shown:
commands with what they printed, summaries that a compaction left, errors, interruptions, and what the user wrote
while the assistant was at work. Results of tools go to their calls, however far apart. Meta lines, reminders and
subagents' lines are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from app.sessions.claude_records import NOTHING, REFUSED, content_of, decode_record, record_of
from app.sessions.claude_records import Record as LogRecord
from app.sessions.claude_texts import command_of, is_interruption, output_of, written_text
from app.sessions.facts import microseconds
from app.sessions.json_documents import Opening
from app.sessions.preview_grammar import Calls
from app.sessions.preview_model import COMPACTED, INTERRUPTED, QUEUED, TOOL_NOTICE
from app.sessions.preview_parts import Picture, Remark, Result, Words, parts_of, text_of, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.sessions.claude_records import Content
    from app.sessions.preview_draft import Draft
    from app.sessions.preview_grammar import Record
    from app.sessions.preview_index import MessageIndex, Piece
    from app.sessions.preview_model import Role

SPEAKER = "Claude"
_TOLD = frozenset({"api_error", "api_refusal", "error", "model_refusal_fallback", "informational", "warning"})
"""Subtypes of "system" records that tell the user something. Others are the program's own book-keeping."""


class _Use(msgspec.Struct, gc=False):
    """A block of content, as far as placing it needs."""

    type: str | None = None
    id: str | None = None
    tool_use_id: str | None = None


_decode_uses = msgspec.json.Decoder(list[_Use]).decode


class ClaudeGrammar:
    """Places and composes the records of one log."""

    def __init__(self, index: MessageIndex, *, with_sidechains: bool) -> None:
        self._index = index
        self._with_sidechains = with_sidechains
        self._calls = Calls(index)
        self._assistants: dict[str, int] = {}
        self._last_command: int | None = None
        self._last_told: int | None = None

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""
        return self._calls.waits(first, end)

    def finish(self) -> None:
        """There are no more records."""
        self._calls.settle()

    # ---- placing ------------------------------------------------------------------------------------------

    def place(self, record: Record, piece: Piece) -> bool:
        """Put a line, or an object of a line, into the index. False: the line is not one well-formed object."""
        line = _line(record)
        if line is None:
            return False
        if line.isSidechain and not self._with_sidechains:
            return True
        if line.type == "assistant":
            self._place_assistant(line, piece)
        elif line.type == "user":
            self._place_user(line, piece)
        elif line.type == "attachment" and _may_be_queued(record):
            self._place_queued(_fields(record), piece)
        elif line.type == "system":
            self._place_told(_fields(record), piece)
        return True

    def _place_assistant(self, line: LogRecord, piece: Piece) -> None:
        message = line.message
        if message is None:
            return
        uses = {use.id: None for use in _uses(message.content, "tool_use") if use.id}
        key = message.id or line.requestId or ""
        number = self._assistants.get(key) if key else None
        if number is None:
            number = self._calls.begin("assistant", piece, uses)
        else:
            self._calls.settle(uses)
            self._index.extend(number, piece)
        if key:
            self._assistants[key] = number
        for identity in uses:
            self._calls.call(identity, number)

    def _place_user(self, line: LogRecord, piece: Piece) -> None:
        if line.message is None or line.isMeta:
            return
        if line.isCompactSummary:
            self._calls.begin("system", piece)
            return
        for use in _uses(line.message.content, "tool_result"):
            self._calls.answer(use.tool_use_id or "", piece)
        content = content_of(line.message.content)
        if content is NOTHING:
            return
        if _is_users(content):
            self._calls.begin("user", piece)
        else:
            self._place_commands(content.texts, piece)

    def _place_commands(self, texts: list[str], piece: Piece) -> None:
        """What the program put in the user's place: commands are shown, with their output; other things are not."""
        printed = any(output_of(text) is not None for text in texts)
        if any(command_of(text) or is_interruption(text) for text in texts):
            self._last_command = self._calls.begin("system", piece)
        elif printed and self._last_command is not None and self._last_command == len(self._index) - 1:
            self._index.extend(self._last_command, piece)
        elif printed:
            self._last_command = self._calls.begin("system", piece)

    def _place_queued(self, fields: Mapping[str, Any], piece: Piece) -> None:
        """What the user wrote while the assistant was at work. Other programs' notices take the same way."""
        attachment = _attachment(fields)
        if attachment.get("type") != "queued_command" or attachment.get("commandMode") != "prompt":
            return
        parts = list(_users_parts(attachment.get("prompt")))
        if any(part.text if isinstance(part, Words) else isinstance(part, Picture) for part in parts):
            self._calls.begin("user", piece)

    def _place_told(self, fields: Mapping[str, Any], piece: Piece) -> None:
        """What the program told the user; several in a row are one message."""
        subtype = text_of(fields, "subtype")
        if subtype == "local_command":
            self._place_commands(_texts(fields.get("content")), piece)
        elif subtype in _TOLD and not fields.get("isMeta"):
            if self._last_told is not None and self._last_told == len(self._index) - 1:
                self._index.extend(self._last_told, piece)
            else:
                self._last_told = self._calls.begin("system", piece)

    # ---- composing ----------------------------------------------------------------------------------------

    def compose(self, role: Role, records: Iterable[Record], draft: Draft) -> tuple[str, int | None]:
        """Put a message's records into the draft; returns the speaker's name and the first record's time."""
        at: int | None = None
        for record in records:
            line = _line(record)
            if line is None:
                continue  # not what was placed: the file was rewritten since
            at = microseconds(line.timestamp or "") if at is None else at
            draft.project = draft.project or line.cwd or ""
            draft.begin_record()
            self._compose_record(role, line, record, draft)
            if draft.is_full:
                break
        return (SPEAKER if role == "assistant" else ""), at

    def _compose_record(self, role: Role, line: LogRecord, record: Record, draft: Draft) -> None:
        content = None if line.message is None else value_of(line.message.content)
        if role == "system":
            self._compose_system(line, content, _fields(record), draft)
        elif role == "user" and line.type == "attachment":
            draft.notes.add(QUEUED)
            prompt = _attachment(_fields(record)).get("prompt")
            draft.add(_users_parts(prompt))
        elif role == "user":
            draft.add(_users_parts(content))
        elif role == "tool":
            draft.add(part for part in parts_of(content) if isinstance(part, Result))
        elif line.type == "assistant":
            draft.add(parts_of(content))
        else:
            draft.answer(part for part in parts_of(content) if isinstance(part, Result))

    def _compose_system(
        self, line: LogRecord, content: object, fields: Mapping[str, Any], draft: Draft
    ) -> None:
        if line.isCompactSummary:
            draft.add([Remark(COMPACTED)])
            draft.fold("context", "Summary", "\n\n".join(_texts(content)))
        elif line.type == "user" or fields.get("subtype") == "local_command":
            for text in _texts(content if line.type == "user" else fields.get("content")):
                _compose_command(text, draft)
        else:
            draft.add([Remark(TOOL_NOTICE, text) for text in [_told(fields)] if text])


def _line(record: Record) -> LogRecord | None:
    if isinstance(record, Opening):
        return None
    try:
        return decode_record(record) if isinstance(record, bytes) else record_of(record)
    except REFUSED:
        return None


def _compose_command(text: str, draft: Draft) -> None:
    command = command_of(text)
    printed = output_of(text)
    if is_interruption(text):
        draft.add([Remark(INTERRUPTED)])
    elif command is not None:
        name, _, arguments = command.partition(" ")
        draft.fold("command", name, "", given=arguments)
    elif printed is not None:
        draft.print_output(printed)


def _is_users(content: Content) -> bool:
    """Whether the scan counts it as the user's."""
    return any(map(written_text, content.texts)) or (content.has_image and not content.texts)


def _users_parts(content: object) -> Iterator[Words | Picture | Remark]:
    """What the user sent, without what the program put around it."""
    for part in parts_of(content):
        if isinstance(part, Words):
            yield Words(written_text(part.text))
        elif isinstance(part, Picture | Remark):
            yield part


def _uses(raw: msgspec.Raw, kind: Literal["tool_use", "tool_result"]) -> list[_Use]:
    """The calls or the results in a content. Nothing ever raises."""
    data = bytes(raw)
    # Inside a JSON string quotes are escaped: these bytes are a value, and without them there is no such block.
    if b'"%s"' % kind.encode() not in data:
        return []
    try:
        uses = _decode_uses(data)
    except REFUSED:
        blocks = value_of(data)
        uses = (
            [_use(block) for block in blocks if isinstance(block, Mapping)]
            if isinstance(blocks, list)
            else []
        )
    return [use for use in uses if use.type == kind]


def _use(block: Mapping[str, Any]) -> _Use:
    values = {name: block.get(name) for name in ("type", "id", "tool_use_id")}
    return _Use(**{name: value for name, value in values.items() if isinstance(value, str)})


def _fields(record: Record) -> Mapping[str, Any]:
    """All fields of a record of the few kinds of which more than the usual ones are needed."""
    value = value_of(record) if isinstance(record, bytes) else record
    return value if isinstance(value, Mapping) else {}


def _attachment(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    attachment = fields.get("attachment")
    return attachment if isinstance(attachment, Mapping) else {}


def _may_be_queued(record: Record) -> bool:
    """A look at the bytes: attachments are many, large, and of many kinds."""
    return not isinstance(record, bytes) or b'"queued_command"' in record


def _texts(content: object) -> list[str]:
    return [part.text for part in parts_of(content) if isinstance(part, Words)]


def _told(fields: Mapping[str, Any]) -> str:
    """The words of a "system" record."""
    error = fields.get("error")
    candidates = [fields.get("content")]
    if isinstance(error, Mapping):
        candidates += [error.get("formatted"), error.get("message"), error.get("status")]
    else:
        candidates.append(error)
    candidates.append(fields.get("subtype"))
    return next(
        (str(candidate) for candidate in candidates if isinstance(candidate, str | int) and candidate), ""
    )
