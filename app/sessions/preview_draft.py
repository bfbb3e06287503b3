"""A message in the making: parts come in, in the log's order, and blocks come out, within limits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from app.sessions.preview_model import (
    BLOCK_LIMIT,
    CLIPPED,
    MESSAGE_LIMIT,
    TOOL_LIMIT,
    Block,
    Role,
    ToolCall,
)
from app.sessions.preview_parts import Call, Part, Picture, Remark, Result, Thought, Words
from app.sessions.preview_tools import Folded, answered, called, clipped, folded, pictures_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.sessions.preview_markdown import MarkdownReader

_REMARK_LENGTH = 2_000


@dataclass(slots=True)
class _Call:
    """A call as far as it is known, and the pictures that its result held."""

    tool: ToolCall
    pictures: tuple[Picture, ...] = ()


_Slot = Words | Thought | _Call | Picture | Remark


@dataclass(slots=True)
class Draft:
    """Give it parts, then ask for the blocks. Texts are cut as they come: memory follows the limits."""

    role: Role
    project: str = ""
    """The folder that paths are shortened by."""
    notes: set[str] = field(default_factory=set)
    _slots: list[_Slot] = field(default_factory=list)
    _calls: dict[str, _Call] = field(default_factory=dict)
    _words_left: int = MESSAGE_LIMIT
    _tools_left: int = MESSAGE_LIMIT
    _earlier: int = 0
    """How many slots come from records before the present one."""

    @property
    def is_full(self) -> bool:
        """Whether there is no use in giving it more."""
        return len(self._slots) >= BLOCK_LIMIT

    def begin_record(self) -> None:
        """What follows is from another record. A message's records may repeat what they said, having grown."""
        self._earlier = len(self._slots)

    def add(self, parts: Iterable[Part]) -> None:
        """Take in parts. A result without its call here stands for itself."""
        for part in parts:
            if self.is_full:
                self.notes.add(CLIPPED)
                return
            self._add(part)

    def answer(self, results: Iterable[Result]) -> None:
        """Take in those results whose calls are here: a record may hold others' as well."""
        for result in results:
            if result.identity in self._calls:
                self._answer(self._calls[result.identity], result)

    def fold(self, kind: Folded, name: str, text: str, *, given: str = "") -> None:
        """Add a text that is shown folded: see `ToolCall.kind`. `given` are a command's arguments."""
        self._append_tool(folded(kind, name, text, given=given, limit=self._tool_limit))

    def print_output(self, text: str) -> None:
        """Add what a command printed to the command before it."""
        last = self._slots[-1] if self._slots else None
        if isinstance(last, _Call) and last.tool.kind == "command" and not last.tool.output:
            printed = clipped(text, self._tool_limit)
            is_clipped = last.tool.clipped or printed.is_clipped
            last.tool = replace(last.tool, output=printed.text.strip("\n"), clipped=is_clipped)
        else:
            self.fold("command", "", text)

    def blocks(self, markdown: MarkdownReader) -> tuple[Block, ...]:
        """What to show."""
        # A thought that is encrypted is shown only where it is all there is.
        slots = [slot for slot in self._slots if slot != Thought("")] or self._slots[:1]
        shown = chain.from_iterable(self._shown(slot, markdown) for slot in slots)
        blocks = tuple(islice(shown, BLOCK_LIMIT))
        if next(shown, None) is not None:
            self.notes.add(CLIPPED)
        return blocks

    def picture(self, ordinal: int) -> Picture | None:
        """Which picture is shown by the image block with that number among the message's, from 0."""
        shown = (
            picture
            for slot in self._slots
            for picture in (slot.pictures if isinstance(slot, _Call) else (slot,))
            if isinstance(picture, Picture)
        )
        return next(islice(shown, ordinal, None), None)

    # ---- taking in ----------------------------------------------------------------------------------------

    def _add(self, part: Part) -> None:
        match part:
            case Words():
                self._add_words(part.text)
            case Thought():
                self._add_thought(part.text)
            case Call():
                self._add_call(part)
            case Result():
                call = self._calls.get(part.identity)
                self._answer(call or self._append_tool(called(Call("", None))), part)
            case Picture():
                self._slots.append(part)
            case Remark():
                self._slots.append(Remark(part.code, clipped(part.text, _REMARK_LENGTH).text, part.size))

    def _add_words(self, text: str) -> None:
        shown = clipped(text, self._words_left)
        if shown.is_clipped:
            self.notes.add(CLIPPED)
        if shown.text.strip():
            self._words_left -= len(shown.text)
            self._replace_or_append(Words(shown.text))

    def _add_thought(self, text: str) -> None:
        # One character more than is shown, so that showing it tells that it was cut.
        shown = clipped(text, self._tool_limit + 1)
        if shown.is_clipped:
            self.notes.add(CLIPPED)
        self._tools_left -= min(self._tools_left, len(shown.text))
        self._replace_or_append(Thought(shown.text))

    def _replace_or_append(self, part: Words | Thought) -> None:
        """A text that goes on where an earlier record's ended is the same text, grown."""
        for position in range(self._earlier):
            earlier = self._slots[position]
            if isinstance(earlier, type(part)) and part.text.startswith(earlier.text):
                self._slots[position] = part
                return
        self._slots.append(part)

    def _add_call(self, call: Call) -> None:
        tool = called(call, project=self.project, limit=self._tool_limit)
        known = self._calls.get(call.identity)
        if known is None:
            self._append_tool(tool, call.identity)
        elif not known.tool.answered:
            known.tool = tool

    def _answer(self, call: _Call, result: Result) -> None:
        call.tool = answered(call.tool, result, limit=self._tool_limit)
        call.pictures = tuple(islice(pictures_of(result.output), BLOCK_LIMIT))
        self._tools_left -= min(self._tools_left, len(call.tool.output))

    def _append_tool(self, tool: ToolCall, identity: str = "") -> _Call:
        self._tools_left -= min(self._tools_left, len(tool.input) + len(tool.output))
        call = _Call(tool)
        self._slots.append(call)
        if identity:
            self._calls[identity] = call
        return call

    @property
    def _tool_limit(self) -> int:
        return min(TOOL_LIMIT, self._tools_left)

    # ---- giving out ---------------------------------------------------------------------------------------

    def _shown(self, slot: _Slot, markdown: MarkdownReader) -> Iterator[Block]:
        match slot:
            case Words():
                yield from (
                    markdown.plain_blocks(slot.text) if self.role == "user" else markdown.blocks(slot.text)
                )
            case Thought():
                yield Block("tool", tool=folded("thinking", "Thinking", slot.text))
            case _Call():
                yield Block("tool", tool=slot.tool)
                for picture in slot.pictures:
                    yield Block("image", text=picture.address, image=picture.image)
            case Picture():
                yield Block("image", text=slot.address, image=slot.image)
            case Remark():
                yield Block("notice", text=slot.text, code=slot.code, size=slot.size)
