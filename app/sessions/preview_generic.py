"""A conversation in a form that no tool of its own is known for, as messages; Codex' logs among them.

Who speaks is told as the scan tells it (`app.sessions.conversation`), so that the numbers agree: every user's text
and every assistant's message with an identity of its own. In logs that put calls and thoughts on lines of their own,
as Codex' do, these join the assistant's message before them in the same turn, or else the one that follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.sessions.conversation import (
    ASSISTANT_ROLES,
    USER_ROLES,
    content_of_body,
    is_exchange,
    layers_of,
    role_of,
    texts_of,
    times_of,
    user_text,
)
from app.sessions.json_documents import Opening
from app.sessions.preview_grammar import Calls
from app.sessions.preview_model import COMPACTED, CONVERSATION, INTERRUPTED, TOOL_NOTICE
from app.sessions.preview_parts import (
    Call,
    Picture,
    Remark,
    Result,
    Thought,
    Words,
    call_of,
    parts_of,
    result_of,
    text_of,
    value_of,
)
from app.sessions.text import inert_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.sessions.preview_draft import Draft
    from app.sessions.preview_grammar import Record
    from app.sessions.preview_index import MessageIndex, Piece
    from app.sessions.preview_model import Role
    from app.sessions.preview_parts import Part

_TOOL_ROLES = frozenset({"tool", "function", "toolresult", "tool_result"})
_SYSTEM_ROLES = frozenset({"system"})
_REMARKS = frozenset({"info", "error", "warning", "turn_aborted", "compacted"})
"""Types of records that tell something of the conversation: Gemini's first three, Codex' error and the others."""
_NO_NAMES = frozenset({"assistant", "ai", "model", "bot"})
"""Roles that name nobody."""
_NAMELESS = "\0"
"""What the identities begin with that calls get here, so that the results beside them find them."""
_TITLES = ("title", "name", "customTitle", "summary")


class GenericGrammar:
    """Places and composes messages that are objects with a role, under whatever names."""

    def __init__(self, index: MessageIndex) -> None:
        self._index = index
        self._calls = Calls(index)
        self._assistants: dict[str, int] = {}
        self._turn: int | None = None
        """The assistant's message that calls on lines of their own belong to."""
        self._wordless: int | None = None
        """The same, while no message with words of its own has come."""

    def waits(self, first: int, end: int) -> bool:
        """Whether a call in one of these messages has no result yet."""
        return self._calls.waits(first, end)

    def finish(self) -> None:
        """There are no more records."""
        self._calls.settle()

    # ---- placing ------------------------------------------------------------------------------------------

    def place(self, record: Record, piece: Piece) -> bool:
        """Put a record into the index. False: bytes that are not one well-formed value."""
        if isinstance(record, Opening):
            self._turn = self._wordless = None
            if not record.is_alone:
                self._calls.begin("system", piece)
            return True
        value = value_of(record) if isinstance(record, bytes) else record
        if isinstance(value, Remark):
            return False
        if isinstance(value, Mapping):
            self._place(value, piece)
        return True

    def _place(self, value: Mapping[str, Any], piece: Piece) -> None:
        if is_exchange(value):
            if user_text(" ".join(texts_of(value["message"]))):
                self._calls.begin("user", piece)
            if value["response"]:
                self._calls.begin("assistant", piece)
            return
        body = layers_of(value)[-1]
        role = role_of(body) or role_of(value)
        if role in USER_ROLES:
            self._place_user(body, piece)
        elif role in ASSISTANT_ROLES:
            self._place_assistant(body, piece)
        elif _named_role(body) in _TOOL_ROLES:
            self._calls.answer(result_of(body).identity, piece)
        elif _named_role(body) in _SYSTEM_ROLES:
            if any(text.strip() for text in texts_of(content_of_body(body))):
                self._calls.begin("system", piece)
        elif _remark_of(value, body) is not None:
            self._calls.begin("system", piece)
        else:
            self._place_item(body, piece)

    def _place_user(self, body: Mapping[str, Any], piece: Piece) -> None:
        content = content_of_body(body)
        parts = list(parts_of(content))
        for part in parts:
            if isinstance(part, Result):
                self._calls.answer(part.identity, piece)
        if user_text(" ".join(texts_of(content))) or _is_picture(parts):
            self._turn = self._wordless = None
            self._calls.begin("user", piece)

    def _place_assistant(self, body: Mapping[str, Any], piece: Piece) -> None:
        parts = list(_assistants_parts(body))
        answered = {part.identity for part in parts if isinstance(part, Result)}
        calls = {
            part.identity: None
            for part in parts
            if isinstance(part, Call) and part.identity[:1] not in ("", _NAMELESS)
        }
        identity = text_of(body, "id")
        number = self._assistants.get(identity) if identity else None
        number = self._wordless if number is None else number
        if number is None:
            number = self._calls.begin("assistant", piece, calls)
        else:
            self._calls.settle(calls)
            self._index.extend(number, piece)
        if identity:
            self._assistants[identity] = number
        self._turn, self._wordless = number, None
        for call in calls:
            self._calls.call(call, number, is_answered=call in answered)

    def _place_item(self, body: Mapping[str, Any], piece: Piece) -> None:
        """A call, a thought or a result on a line of its own."""
        part = _item_of(body)
        if isinstance(part, Result):
            self._calls.answer(part.identity, piece)
        elif part is not None:
            coming = (part.identity,) if isinstance(part, Call) else ()
            if self._turn is None:
                self._turn = self._wordless = self._calls.begin("assistant", piece, coming)
            else:
                self._calls.settle(coming)
                self._index.extend(self._turn, piece)
            for identity in coming:
                self._calls.call(identity, self._turn)

    # ---- composing ----------------------------------------------------------------------------------------

    def compose(self, role: Role, records: Iterable[Record], draft: Draft) -> tuple[str, int | None]:
        """Put a message's records into the draft; returns the speaker's name and the first record's time."""
        at: int | None = None
        speaker = ""
        for record in records:
            draft.begin_record()
            if isinstance(record, Opening):
                draft.add([Remark(CONVERSATION, inert_line(text_of(record.fields, *_TITLES)))])
                at = next(iter(times_of(record.fields)), None)
                continue
            value = value_of(record) if isinstance(record, bytes) else record
            if not isinstance(value, Mapping):
                continue
            layers = layers_of(value)
            at = next((time for layer in layers for time in times_of(layer)), None) if at is None else at
            speaker = speaker or (_speaker(value, layers[-1]) if role == "assistant" else "")
            _compose(role, value, layers[-1], draft)
            if draft.is_full:
                break
        return speaker, at


def _compose(role: Role, value: Mapping[str, Any], body: Mapping[str, Any], draft: Draft) -> None:
    if is_exchange(value):
        draft.add(_users_parts(value["message"]) if role == "user" else _joined(parts_of(value["response"])))
    elif role == "user":
        draft.add(_users_parts(content_of_body(body)))
    elif role == "tool":
        draft.add(_results_of(body))
    elif role == "system":
        _compose_system(value, body, draft)
    elif (role_of(body) or role_of(value)) in ASSISTANT_ROLES:
        draft.add(_assistants_parts(body))
    else:
        item = _item_of(body)
        if item is not None and not isinstance(item, Result):
            draft.add([item])
        draft.answer(_results_of(body))


def _compose_system(value: Mapping[str, Any], body: Mapping[str, Any], draft: Draft) -> None:
    remark = _remark_of(value, body)
    if remark is None:
        draft.fold("context", "System", "\n\n".join(texts_of(content_of_body(body))))
    elif remark.code == COMPACTED:
        draft.add([Remark(COMPACTED)])
        if remark.text:
            draft.fold("context", "Summary", remark.text)
    else:
        draft.add([remark])


def _users_parts(content: object) -> Iterator[Words | Picture | Remark]:
    for part in parts_of(content):
        if isinstance(part, Words):
            yield Words(user_text(part.text))
        elif isinstance(part, Picture | Remark):
            yield part


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Words that follow one another are one text: editors keep an answer in the fragments in which it came."""
    for is_words, group in groupby(parts, key=lambda part: isinstance(part, Words)):
        if is_words:
            yield Words("".join(part.text for part in group if isinstance(part, Words)))
        else:
            yield from group


def _assistants_parts(body: Mapping[str, Any]) -> Iterator[Part]:
    """Thoughts, words and calls, in the order in which they come to be."""
    for name in ("reasoning_content", "reasoning", "reasoningText"):
        if isinstance(body.get(name), str) and body[name]:
            yield Thought(body[name])
    thoughts = body.get("thoughts")
    if isinstance(thoughts, list):
        yield Thought("\n\n".join(filter(None, map(_gemini_thought, thoughts))))
    yield from parts_of(content_of_body(body))
    for number, call in enumerate(_tool_calls(body)):
        made = call_of(call)
        identity = made.identity or f"{_NAMELESS}{number}"
        yield Call(made.name, made.arguments, identity)
        output = next((call[name] for name in ("result", "output", "resultDisplay") if call.get(name)), None)
        if output is not None:
            yield Result(output, identity, failed=text_of(call, "status") in ("error", "failed", "cancelled"))


def _tool_calls(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for name in ("tool_calls", "toolCalls"):
        calls = body.get(name)
        if isinstance(calls, str):
            calls = value_of(calls.encode("utf-8", "replace"))
        if isinstance(calls, list):
            return [call for call in calls if isinstance(call, Mapping)]
    return []


def _gemini_thought(thought: object) -> str:
    if not isinstance(thought, Mapping):
        return thought if isinstance(thought, str) else ""
    return "\n".join(filter(None, (text_of(thought, "subject"), text_of(thought, "description", "text"))))


def _results_of(body: Mapping[str, Any]) -> list[Result]:
    if _named_role(body) in _TOOL_ROLES:
        return [result_of(body)]
    item = _item_of(body)
    if isinstance(item, Result):
        return [item]
    return [part for part in parts_of(content_of_body(body)) if isinstance(part, Result)]


def _item_of(body: Mapping[str, Any]) -> Call | Thought | Result | None:
    """The call, thought or result that an object is as a whole."""
    if not text_of(body, "type"):
        return None
    part = next(parts_of(body), None)
    return part if isinstance(part, Call | Thought | Result) else None


def _remark_of(value: Mapping[str, Any], body: Mapping[str, Any]) -> Remark | None:
    """What a record tells of the conversation rather than says in it."""
    kind = text_of(value, "type")
    if kind not in _REMARKS:
        kind = text_of(body, "type")
    text = next(
        (body[name] for name in ("message", "content", "text") if isinstance(body.get(name), str)), ""
    )
    if kind == "compacted":
        return Remark(COMPACTED, text)
    if kind == "turn_aborted":
        return Remark(INTERRUPTED)
    return Remark(TOOL_NOTICE, text) if kind in _REMARKS and text else None


def _named_role(body: Mapping[str, Any]) -> str:
    for name in ("role", "sender", "author"):
        role = body.get(name)
        if isinstance(role, Mapping):
            role = role.get("role")
        if isinstance(role, str):
            return role.lower()
    return ""


def _speaker(value: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    if isinstance(value.get("payload"), Mapping):
        return "Codex"
    if text_of(body, "sender") == "assistant" and "uuid" in body:
        return "Claude"  # claude.ai's export
    role = role_of(body) or role_of(value)
    return "" if role in _NO_NAMES else role.title()


def _is_picture(parts: list[Part]) -> bool:
    return any(isinstance(part, Picture) for part in parts) and not any(
        isinstance(part, Words) for part in parts
    )
