"""Markdown as blocks of inert text.

Parsed by markdown-it (CommonMark, tables, strikethrough). HTML is text; addresses other than http, https and mailto
are text behind the words they were hidden under; pictures are their description. Nothing is looked up or loaded.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.sessions.preview_model import Block, Span
from app.sessions.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SECTION_LIMIT = 8_000
"""Characters parsed at once. Text that is made to be slow takes the square of its length."""
_DEEPEST = 20
"""Quotes and lists inside one another. markdown-it leaves out what is deeper, so such text is shown unparsed."""
_MOST_BRACKETS = 400
"""In a section. Each opening bracket may begin a link, which is looked for up to the section's end."""
_TABLE_LIMIT = 20_000
_WIDEST_PADDING = 60
"""Characters up to which a table's column is aligned."""
_LONGEST_CODE = 100_000
_DEEP_QUOTE = re.compile(r"^(?:[ \t]*>){8}", re.MULTILINE)
"""Each line below such a one may belong to every quote, and is asked about each."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_WEB_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+", re.IGNORECASE)
_ADDRESS_LENGTH = 2_000


class MarkdownReader:
    """Turns Markdown into blocks. One per thread: the parser keeps state while it works."""

    def __init__(self) -> None:
        # 60 ms that only a preview needs.
        from markdown_it import MarkdownIt  # noqa: PLC0415

        options = {"html": False, "maxNesting": _DEEPEST}
        self._everything: MarkdownIt = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
        self._only_code: MarkdownIt = MarkdownIt("zero", options).enable(["backticks"])

    def blocks(self, text: str) -> Iterator[Block]:
        """The blocks of inert text that is meant as Markdown: an assistant's, a document's."""
        for section in sections(text):
            yield from self._section(section)

    def plain_blocks(self, text: str) -> Iterator[Block]:
        """The blocks of what a user typed: only code is marked up, everything else stands as it was typed."""
        for language, part in _fenced(text):
            if language is not None:
                yield Block("code", text=part.removesuffix("\n"), language=language)
            elif part.strip():
                (token,) = self._only_code.parseInline(part.strip("\n"))
                yield Block("paragraph", _Spans().of(token.children or ()))

    def _section(self, text: str) -> Iterable[Block]:
        words = text if "```" not in text and "~~~" not in text else _without_code(text)
        # The parser may see less code than `_fenced` does, so that code has its limits too.
        is_slow = len(text) > _LONGEST_CODE or text.count("[") > 10 * _MOST_BRACKETS
        if is_slow or len(words) > 2 * SECTION_LIMIT or words.count("[") > _MOST_BRACKETS:
            return self.plain_blocks(text)
        if _DEEP_QUOTE.search(text):
            return self.plain_blocks(text)
        tokens = self._everything.parse(text)
        if any(token.level >= _DEEPEST - 1 for token in tokens):
            return self.plain_blocks(text)
        return _Walk().blocks(tokens)


def as_typed(text: str) -> list[Block]:
    """One paragraph with the text's own lines."""
    text = text.strip("\n")
    return [Block("paragraph", spans=(Span(text),))] if text.strip() else []


def sections(text: str) -> Iterator[str]:
    """Text cut at empty lines outside code fences, into parts that are quick to parse."""
    if len(text) <= SECTION_LIMIT:
        yield text
        return
    begin = position = 0
    fence = ""
    for line in text.splitlines(keepends=True):
        fence = fence_after(line, fence)
        position += len(line)
        if not fence and not line.strip() and position - begin >= SECTION_LIMIT // 2:
            yield text[begin:position]
            begin = position
    if begin < len(text):
        yield text[begin:]


def fence_after(line: str, fence: str) -> str:
    """The code fence that is open after a line; empty outside code. `fence` is the one open before it."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        # The words after backticks may not hold any: "```a```" is code inside a line.
        return "" if found[1][0] == "`" and "`" in line[found.end() :] else found[1]
    closes = found[1][0] == fence[0] and len(found[1]) >= len(fence) and not line[found.end() :].strip()
    return "" if closes else fence


def _fenced(text: str) -> Iterator[tuple[str | None, str]]:
    """Text in parts: with the language of its fence if it is code, with None if it is not."""
    part: list[str] = []
    fence = language = ""
    for line in text.splitlines(keepends=True):
        after = fence_after(line, fence)
        if bool(after) == bool(fence):
            part.append(line)
            continue
        yield (language if fence else None), "".join(part)
        part = []
        language = _language(line.strip().lstrip("`~"))
        fence = after
    yield (language if fence else None), "".join(part)


def _without_code(text: str) -> str:
    return "".join(part for language, part in _fenced(text) if language is None)


def _language(info: str) -> str:
    return inert(info).strip().partition(" ")[0][:40]


@dataclass(slots=True)
class _Walk:
    """One pass over the parser's tokens, which are flat: what is open is kept here."""

    _blocks: list[Block] = field(default_factory=list)
    _lists: int = 0
    _quotes: int = 0
    _marker: str = ""
    _heading: int = 0
    _rows: list[list[str]] | None = None

    def blocks(self, tokens: Sequence[Token]) -> list[Block]:
        for token in tokens:
            self._take(token)
        return self._blocks

    def _take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._blocks.append(Block("rule", level=self._lists))
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = 0
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "table_open" | "tr_open" | "table_close":
                self._table(token.type)
            case _:
                self._list(token)

    def _list(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
            case "list_item_open":
                # The number as it was typed: a list that another block interrupts goes on counting.
                self._marker = f"{token.info}." if token.info else "•"
            case "list_item_close":
                self._end_marker()

    def _end_marker(self) -> None:
        """An item whose words have not come (it holds only code, or nothing) stands for itself."""
        if self._marker:
            self._blocks.append(Block("item", level=self._lists, marker=self._marker))
            self._marker = ""

    def _inline(self, token: Token) -> None:
        spans = _Spans().of(token.children or ())
        if self._rows is not None:
            self._rows[-1].append("".join(span.text for span in spans).replace("\n", " "))
        elif self._marker:
            self._blocks.append(Block("item", spans, level=self._lists, marker=self._marker))
            self._marker = ""
        elif not spans:
            return
        elif self._heading:
            self._blocks.append(Block("heading", spans, level=self._heading))
        elif self._quotes:
            self._blocks.append(Block("quote", spans, level=self._quotes))
        else:
            self._blocks.append(Block("paragraph", spans, level=self._lists))

    def _code(self, token: Token) -> None:
        self._end_marker()
        text = inert(token.content).removesuffix("\n")
        self._blocks.append(Block("code", text=text, language=_language(token.info), level=self._lists))

    def _table(self, kind: str) -> None:
        if kind == "table_open":
            self._end_marker()
            self._rows = []
        elif kind == "table_close":
            self._blocks.append(Block("table", text=_aligned(self._rows or []), level=self._lists))
            self._rows = None
        elif self._rows is not None:
            self._rows.append([])


@dataclass(slots=True)
class _Spans:
    """The runs of one paragraph."""

    _spans: list[Span] = field(default_factory=list)
    _bold: int = 0
    _italic: int = 0
    _strike: int = 0
    _address: str = ""
    _label_from: int = 0

    def of(self, children: Sequence[Token]) -> tuple[Span, ...]:
        for child in children:
            self._take(child)
        return tuple(self._spans)

    def _take(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._add("\n")
            case "code_inline":
                self._add(token.content, code=True)
            case "strong_open" | "strong_close":
                self._bold += token.nesting
            case "em_open" | "em_close":
                self._italic += token.nesting
            case "s_open" | "s_close":
                self._strike += token.nesting
            case "link_open":
                self._address = _address(token, "href")
                self._label_from = len(self._spans)
            case "link_close":
                self._end_link()
            case "image":
                self._picture(token)
            case _:
                self._add(token.content)

    def _add(self, text: str, *, code: bool = False) -> None:
        text = inert(text)
        if not text:
            return
        link = self._address if _WEB_ADDRESS.fullmatch(self._address) else None
        span = Span(text, self._bold > 0, self._italic > 0, code, self._strike > 0, link)
        last = self._spans[-1] if self._spans else None
        # A link's words stay apart from what stands before it.
        mergeable = last is not None and len(self._spans) > (self._label_from if self._address else 0)
        if mergeable and last is not None and _looks(last) == _looks(span):
            self._spans[-1] = Span(last.text + text, *_looks(span))
        else:
            self._spans.append(span)

    def _end_link(self) -> None:
        """An address that is no link is shown, unless it is what was shown already."""
        label = "".join(span.text for span in self._spans[self._label_from :])
        address, self._address = self._address, ""
        if address and not _WEB_ADDRESS.fullmatch(address) and address != label:
            self._add(f" ({address})")

    def _picture(self, token: Token) -> None:
        address = _address(token, "src")
        if not self._address and _WEB_ADDRESS.fullmatch(address):
            self._address, self._label_from = address, len(self._spans)
            self._add(token.content or address)
            self._address = ""
        else:
            # A picture that stands in the text itself is known by what its address begins with.
            self._add(
                token.content or (address.partition(",")[0] if address.startswith("data:") else address)
            )


def _looks(span: Span) -> tuple[bool, bool, bool, bool, str | None]:
    return (span.bold, span.italic, span.code, span.strike, span.link)


def _address(token: Token, attribute: str) -> str:
    value = token.attrGet(attribute)
    return inert(str(value or ""))[:_ADDRESS_LENGTH].replace("\n", "").replace("\t", "")


def _aligned(rows: list[list[str]]) -> str:
    """Rows of cells as lines with aligned columns, the first one underlined; cut to a bearable length."""
    columns = max(map(len, rows), default=0)
    widths = [
        min(_WIDEST_PADDING, max((_width(row[column]) for row in rows if column < len(row)), default=0))
        for column in range(columns)
    ]
    lines: list[str] = []
    length = 0
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
        lines.append(" │ ".join(cells).rstrip())
        if len(lines) == 1:
            lines.append("─┼─".join("─" * width for width in widths))
        length += len(lines[-1]) + 1
        if length > _TABLE_LIMIT:
            lines.append("…")
            break
    return "\n".join(lines)[: 2 * _TABLE_LIMIT]


def _width(text: str) -> int:
    """Columns in a fixed pitch: East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else not unicodedata.combining(character)
        for character in text
    )
