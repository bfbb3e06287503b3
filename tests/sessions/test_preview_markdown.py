"""Markdown as blocks: what is shown, and that nothing in it does anything."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sessions.preview_markdown import SECTION_LIMIT, MarkdownReader, fence_after, sections
from app.sessions.text import inert

if TYPE_CHECKING:
    from app.sessions.preview_model import Block, Span


@pytest.fixture(scope="module")
def reader() -> MarkdownReader:
    return MarkdownReader()


def text_of(block: Block) -> str:
    return "".join(span.text for span in block.spans) or block.text


def outline(blocks: list[Block]) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.marker, text_of(block)) for block in blocks]


def only_spans(blocks: list[Block]) -> tuple[Span, ...]:
    (block,) = blocks
    return block.spans


class TestBlocks:
    def test_paragraphs_keep_their_lines(self, reader: MarkdownReader) -> None:
        assert outline(list(reader.blocks("one\ntwo  \nthree\n\nfour"))) == [
            ("paragraph", 0, "", "one\ntwo\nthree"),
            ("paragraph", 0, "", "four"),
        ]

    def test_headings_rules_and_quotes(self, reader: MarkdownReader) -> None:
        blocks = list(reader.blocks("# One\n\n### Three\n\n---\n\n> quoted\n> > deeper"))
        assert outline(blocks) == [
            ("heading", 1, "", "One"),
            ("heading", 3, "", "Three"),
            ("rule", 0, "", ""),
            ("quote", 1, "", "quoted"),
            ("quote", 2, "", "deeper"),
        ]

    def test_items_keep_the_numbers_that_were_typed(self, reader: MarkdownReader) -> None:
        blocks = list(reader.blocks("3. three\n4. four\n   - inside\n   -\n\n   still four\n9. nine"))
        assert outline(blocks) == [
            ("item", 1, "3.", "three"),
            ("item", 1, "4.", "four"),
            ("item", 2, "•", "inside"),
            ("item", 2, "•", ""),
            ("paragraph", 1, "", "still four"),
            ("item", 1, "9.", "nine"),
        ]

    def test_code_with_its_language(self, reader: MarkdownReader) -> None:
        blocks = list(
            reader.blocks(
                "- ```py title=x\n  a = 1\n\n  b\n  ```\n\n~~~\nplain **text**\n~~~\n\n    indented"
            )
        )
        assert [(block.kind, block.language, block.text, block.level) for block in blocks] == [
            ("item", "", "", 1),
            ("code", "py", "a = 1\n\nb", 1),
            ("code", "", "plain **text**", 0),
            ("code", "", "indented", 0),
        ]

    def test_tables_are_aligned_for_a_fixed_pitch(self, reader: MarkdownReader) -> None:
        (table,) = reader.blocks("| name | ログ |\n|---|---|\n| `x` | 1 |\n| longer |")
        assert (table.kind, table.text) == (
            "table",
            "name   │ ログ\n───────┼─────\nx      │ 1\nlonger │",
        )

    def test_a_table_of_any_size_is_bearable(self, reader: MarkdownReader) -> None:
        wide = "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + ("|" + "b" * 60) * 100 + "|\n"
        assert sum(len(block.text) for block in reader.blocks(wide * 3)) < 50_000


class TestSpans:
    def test_looks_are_nested_and_neighbours_alike_are_one(self, reader: MarkdownReader) -> None:
        spans = only_spans(list(reader.blocks("a **b *c* `d`** ~~e~~ &amp; f")))
        assert [(span.text, span.bold, span.italic, span.code, span.strike) for span in spans] == [
            ("a ", False, False, False, False),
            ("b ", True, False, False, False),
            ("c", True, True, False, False),
            (" ", True, False, False, False),
            ("d", True, False, True, False),
            (" ", False, False, False, False),
            ("e", False, False, False, True),
            (" & f", False, False, False, False),
        ]

    @pytest.mark.parametrize(
        ("text", "shown", "link"),
        [
            ("[words](https://example.com/a)", "words", "https://example.com/a"),
            ("[**words**](mailto:aki@example.com)", "words", "mailto:aki@example.com"),
            ("<https://example.com>", "https://example.com", "https://example.com"),
            ("![words](http://example.com/p.png)", "words", "http://example.com/p.png"),
            ("![](http://example.com/p.png)", "http://example.com/p.png", "http://example.com/p.png"),
            ("[![words](p.png)](https://example.com)", "words", "https://example.com"),
            ("[words](javascript:alert(1))", "[words](javascript:alert(1))", None),
            ("[words](file:///etc/passwd)", "[words](file:///etc/passwd)", None),
            ("[words](data:text/html,x)", "[words](data:text/html,x)", None),
            ("[words](vscode://run)", "words (vscode://run)", None),
            ("[words](src/a.py)", "words (src/a.py)", None),
            ("[a.py](a.py)", "a.py", None),
            ("![](data:image/png;base64,AAAA)", "data:image/png;base64", None),
            ("[words](//example.com)", "words (//example.com)", None),
        ],
    )
    def test_only_addresses_of_the_web_are_links(
        self, reader: MarkdownReader, text: str, shown: str, link: str | None
    ) -> None:
        spans = only_spans(list(reader.blocks(text)))
        assert "".join(span.text for span in spans) == shown
        assert {span.link for span in spans} == {link}

    def test_two_links_stay_two(self, reader: MarkdownReader) -> None:
        spans = only_spans(list(reader.blocks("[a](https://x.example)[b](https://x.example)")))
        assert [span.text for span in spans] == ["a", "b"]


class TestInert:
    @pytest.mark.parametrize(
        "html",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=y>",
            "<b>bold</b>",
            "<!-- note -->",
            "a <br> b",
            "<div>\n\nx",
        ],
    )
    def test_html_is_text(self, reader: MarkdownReader, html: str) -> None:
        blocks = list(reader.blocks(html))
        assert {block.kind for block in blocks} == {"paragraph"}
        assert "\n\n".join(map(text_of, blocks)) == html

    @pytest.mark.parametrize("hidden", ["&#x202e;", "&#27;[31m", "&#0;", "&ZeroWidthSpace;", "&#xd800;"])
    def test_entities_bring_nothing_back(self, reader: MarkdownReader, hidden: str) -> None:
        for text in (
            f"a{hidden}b",
            f"[x](https://e.example/{hidden})",
            f"```a{hidden}\nb\n```",
            f"![{hidden}](x)",
        ):
            for block in reader.blocks(text):
                for shown in (*(span.text for span in block.spans), block.text, block.language):
                    assert inert(shown) == shown
                assert all(inert(span.link or "") == (span.link or "") for span in block.spans)

    @given(st.text(st.characters() | st.sampled_from("[]()*_`~>#-|\n \\&;:!<"), max_size=400))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_text_becomes_blocks_of_inert_text(self, reader: MarkdownReader, text: str) -> None:
        for block in (*reader.blocks(inert(text)), *reader.plain_blocks(inert(text))):
            for shown in (*(span.text for span in block.spans), block.text, block.marker, block.language):
                assert inert(shown) == shown
            assert all(span.text for span in block.spans)
            assert block.level <= 20


class TestBounds:
    @pytest.mark.parametrize("opening", ["> ", "- ", "1. ", "* > "])
    def test_what_is_nested_too_deeply_is_shown_as_it_is_typed(
        self, reader: MarkdownReader, opening: str
    ) -> None:
        blocks = list(reader.blocks(opening * 200 + "innermost"))
        assert "innermost" in "".join(map(text_of, blocks))

    @pytest.mark.parametrize("pattern", ["[", "[\n", "> a\n", "**a _b ", "|a", "`"])
    def test_no_text_takes_long(self, reader: MarkdownReader, pattern: str) -> None:
        """All are far below a second; where time follows the square of the text, minutes."""
        text = pattern * (200_000 // len(pattern))
        begin = time.process_time()
        for made in (text, "> " * 30 + text):
            assert sum(1 for _ in reader.blocks(made)) > 0
        assert time.process_time() - begin < 30

    def test_long_text_is_cut_where_nothing_is_torn(self, reader: MarkdownReader) -> None:
        code = "```\n" + "\n\n".join(f"line {number}" for number in range(2_000)) + "\n```\n\n"
        words = "".join(f"paragraph *{number}*\n\n" for number in range(2_000))
        text = words + code + words
        assert "".join(sections(text)) == text
        blocks = list(reader.blocks(text))
        assert [block.kind for block in blocks] == ["paragraph"] * 2_000 + ["code"] + ["paragraph"] * 2_000
        assert max(map(len, sections(words))) <= SECTION_LIMIT

    @pytest.mark.parametrize(
        ("line", "before", "after"),
        [
            ("```py", "", "```"),
            ("  ~~~~", "", "~~~~"),
            ("```a```", "", ""),
            ("    ```", "", ""),
            ("```", "```", ""),
            ("````", "```", ""),
            ("```", "````", "````"),
            ("~~~", "```", "```"),
            ("``` py", "```", "```"),
            ("text", "```", "```"),
        ],
    )
    def test_which_fence_is_open_after_a_line(self, line: str, before: str, after: str) -> None:
        assert fence_after(line + "\n", before) == after


class TestWhatUsersType:
    def test_stands_as_it_was_typed(self, reader: MarkdownReader) -> None:
        typed = "  # no heading\n__init__ **kwargs\n\n\n    - deep <b>\n1. [x](https://e.example) &amp;"
        assert outline(list(reader.plain_blocks(typed))) == [("paragraph", 0, "", typed)]

    def test_but_code_is_code(self, reader: MarkdownReader) -> None:
        first, code, last = reader.plain_blocks("see `a.py` and\n```sh\nmake\n\ntest\n```\nthanks")
        assert [(span.text, span.code) for span in first.spans] == [
            ("see ", False),
            ("a.py", True),
            (" and", False),
        ]
        assert (code.kind, code.language, code.text) == ("code", "sh", "make\n\ntest")
        assert text_of(last) == "thanks"

    def test_a_fence_that_is_never_closed(self, reader: MarkdownReader) -> None:
        assert [block.kind for block in reader.plain_blocks("a\n```\nrest\n")] == ["paragraph", "code"]
