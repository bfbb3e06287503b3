"""Messages taken apart into what is laid out. For worker threads: nothing here takes long, but messages are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.formats import time_of
from app.desktop.i18n import translate
from app.desktop.preview import words
from app.desktop.preview.cutting import cuts
from app.desktop.preview.parts import NAME_BLOCK, Leaf, Part, ReadPage, Run, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.desktop.preview.parts import Kind, Style
    from app.sessions.preview_model import Block, Message, Page, Span, ToolCall

_LETTERS_IN_LINE = 42
_TITLE_LEVELS = 2
"""Headings of the first levels are set larger than the text."""


def read_page(number: int, page: Page, size: int) -> ReadPage:
    """A page taken apart. `size`: messages on a page."""
    leaves: list[Leaf] = []
    last: Leaf | None = None
    for message in page.messages:
        last = leaf_of(message, last)
        leaves.append(last)
    return ReadPage(number, tuple(leaves), page.first, size, page.total, page.complete)


def leaf_of(message: Message, before: Leaf | None) -> Leaf:
    """One message taken apart. `before` is the one above it, where that is known."""
    name = words.speaker(message)
    blocks: list[tuple[Part, ...]] = []
    if message.begins_turn and name:
        blocks.append((Part(NAME_BLOCK, 0, "name", name),))
    images = 0
    for position, block in enumerate(message.blocks):
        blocks.append(tuple(_parts(position, block, images)))
        images += block.kind == "image"
    for position, note in enumerate(words.message_notes(message), start=len(message.blocks)):
        blocks.append(tuple(_text(position, note, "note")))
    if not message.blocks:
        blocks.append(tuple(_text(len(message.blocks), translate("Preview", "No words."), "note")))
    follows: Kind | None = None
    if not message.begins_turn:
        follows = before.blocks[-1][-1].kind if before is not None and before.blocks[-1] else "text"
    lines = sum(_lines_of(part) for parts in blocks for part in parts)
    return Leaf(message.number, message.role, name, message.at, tuple(blocks), follows, lines)


def inside(position: int, tool: ToolCall) -> tuple[Part, ...]:
    """What a folded line holds: its parts, counted on from the line itself."""
    made: list[Part] = []

    def add(text: str, style: Style) -> None:
        made.extend(_text(position, text, style, first_piece=len(made) + 1))

    if tool.kind in ("thinking", "context"):
        add(
            tool.output or translate("Preview", "The log does not hold its text."),
            "aside" if tool.output else "note",
        )
    else:
        if tool.input:
            add(translate("Preview", "Input"), "label")
            add(tool.input, "code")
        if tool.output:
            add(translate("Preview", "Output"), "label")
            add(tool.output, "code")
        elif not tool.answered:
            add(translate("Preview", "The log holds no result."), "note")
        elif tool.kind == "call" or not tool.input:
            add(translate("Preview", "No output."), "note")
    if tool.clipped:
        add(words.clipped_tool(), "note")
    return tuple(made)


def spoken(leaf: Leaf, limit: int) -> str:
    """The message as one text, for a screen reader: who, when, and the first `limit` characters of what."""
    said = [leaf.name]
    if leaf.at is not None:
        said.append(time_of(leaf.at))
    head = ", ".join(text for text in said if text)
    body: list[str] = []
    length = 0
    for parts in leaf.blocks:
        for part in parts:
            if part.block != NAME_BLOCK and length < limit:
                body.append(part.text)
                length += len(part.text)
    text = "\n".join(body)[:limit]
    return f"{head}: {text}" if head else text


def _lines_of(part: Part) -> int:
    letters = len(part.text) if part.text.isascii() else len(part.text) * 7 // 4
    if part.kind != "text":
        return 1
    return 1 + part.text.count("\n") + letters // _LETTERS_IN_LINE


def _parts(position: int, block: Block, images: int) -> Iterator[Part]:
    match block.kind:
        case "tool" if block.tool is not None:
            name = words.tool_name(block.tool)
            yield Part(position, 0, "tool", f"{name} {block.tool.summary}".rstrip(), tool=block.tool)
        case "image":
            text = (
                words.image_words(block.image) if block.image is not None else translate("Preview", "Image")
            )
            if block.text:
                text = translate("Preview", "{image}: {address}").format(image=text, address=block.text)
            yield Part(position, 0, "image", text, image=block.image, ordinal=images)
        case "rule":
            yield Part(position, 0, "rule")
        case "notice":
            yield from _text(position, words.notice(block), "note")
        case "code":
            yield from _text(position, block.text, "code", indent=block.level)
        case "table":
            yield from _text(position, block.text, "table", indent=block.level)
        case "heading":
            style: Style = "title" if block.level <= _TITLE_LEVELS else "heading"
            yield from _spans(position, block.spans, style)
        case "quote":
            yield from _spans(position, block.spans, "quote", indent=max(0, block.level - 1))
        case _:
            yield from _spans(position, block.spans, "body", indent=block.level, marker=block.marker)


def _text(position: int, text: str, style: Style, *, indent: int = 0, first_piece: int = 0) -> Iterator[Part]:
    return _pieces(position, text, (), style, indent=indent, first_piece=first_piece)


def _spans(
    position: int, spans: Sequence[Span], style: Style, *, indent: int = 0, marker: str = ""
) -> Iterator[Part]:
    text = "".join(span.text for span in spans)
    return _pieces(position, text, _runs(spans), style, indent=indent, marker=marker)


def _runs(spans: Iterable[Span]) -> list[Run]:
    made: list[Run] = []
    start = 0
    for span in spans:
        length = units(span.text)
        if length and (span.bold or span.italic or span.code or span.strike or span.link):
            made.append(Run(start, length, span.bold, span.italic, span.code, span.strike, span.link))
        start += length
    return made


def _pieces(
    position: int,
    text: str,
    runs: Sequence[Run],
    style: Style,
    *,
    indent: int = 0,
    marker: str = "",
    first_piece: int = 0,
) -> Iterator[Part]:
    pieces = cuts(text)
    begin = 0
    left = list(runs)
    for number, cut in enumerate(pieces):
        begin += len(cut.joint or "")
        shown = text[cut.start : cut.end]
        end = begin + units(shown)
        inside_it, left = _split(left, begin, end)
        yield Part(
            position,
            first_piece + number,
            "text",
            shown,
            style,
            inside_it,
            indent,
            marker if number == 0 else "",
            cut.joint,
            number == len(pieces) - 1,
        )
        begin = end


def _split(runs: list[Run], begin: int, end: int) -> tuple[tuple[Run, ...], list[Run]]:
    """The runs between two positions, counted from the first of them; and what is left for the pieces that follow."""
    mine: list[Run] = []
    for number, run in enumerate(runs):
        if run.start >= end:
            return tuple(mine), runs[number:]
        start, stop = max(run.start, begin), min(run.start + run.length, end)
        if stop > start:
            mine.append(
                Run(start - begin, stop - start, run.bold, run.italic, run.code, run.strike, run.link)
            )
        if run.start + run.length > end:
            return tuple(mine), runs[number:]
    return tuple(mine), []
