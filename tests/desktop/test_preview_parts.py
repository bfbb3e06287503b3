"""Messages taken apart: texts cut without losing a character, heights summed as if one had added, pages kept or let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QTextBoundaryFinder

from app.desktop.preview import words
from app.desktop.preview.composing import inside, leaf_of, spoken
from app.desktop.preview.cutting import LONGEST, MOST_LINES, cuts
from app.desktop.preview.gently import REST_SECONDS, Pace
from app.desktop.preview.heights import USUAL, Heights
from app.desktop.preview.library import MOST_LINES as MOST_IN_MEMORY
from app.desktop.preview.library import NEAR, Library
from app.desktop.preview.marks import Needle
from app.desktop.preview.parts import Leaf, Part, ReadPage, between, units
from app.sessions.preview_model import (
    BINARY,
    CLIPPED,
    FAILED_ERROR,
    FAILED_EXIT,
    FAILED_REJECTED,
    UNREADABLE_LINE,
    Block,
    Image,
    Message,
    Role,
    Span,
    ToolCall,
)

if TYPE_CHECKING:
    import random

    from app.desktop.i18n import Translations
    from app.desktop.theme import Look

FAMILY = "👩‍👩‍👧‍👦"  # seven code points, eleven UTF-16 units, one character for a reader


def message(
    *blocks: Block, role: Role = "assistant", number: int = 3, notes: tuple[str, ...] = ()
) -> Message:
    return Message(number, role, "Claude", None, blocks, begins_turn=True, notes=notes)


def parts_of(*blocks: Block) -> list[Part]:
    leaf = leaf_of(message(*blocks), None)
    return [part for block in leaf.blocks for part in block if part.kind != "name"]


def joined(parts: list[Part]) -> str:
    return "".join((part.joint or "") + part.text for part in parts)


# ---- cutting ----------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from(["a", " ", "\n", "日", "👩", "\u0301", "\u3000"])), st.integers(1, 900)
)
def test_a_text_is_cut_without_losing_a_character(text: str, times: int) -> None:
    whole = text * times
    pieces = cuts(whole)
    assert "".join((cut.joint or "") + whole[cut.start : cut.end] for cut in pieces) == whole
    assert [cut.joint for cut in pieces].count(None) == 1
    assert all(cut.end - cut.start <= LONGEST for cut in pieces)
    assert all(whole[cut.start : cut.end].count("\n") < MOST_LINES for cut in pieces)


def test_a_short_text_is_one_piece() -> None:
    assert cuts("") == [(0, 0, None)]
    assert cuts("two\nlines") == [(0, 9, None)]


def test_a_long_line_is_cut_at_a_space_if_there_is_one() -> None:
    line = "word " * 1000
    assert all(line[cut.start : cut.end].endswith(" ") for cut in cuts(line)[:-1])


@pytest.mark.parametrize("letter", [FAMILY, "e\u0301", "が", "🇯🇵"])
def test_no_cut_divides_what_a_reader_sees_as_one_character(letter: str) -> None:
    text = letter * 4000
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    for cut in cuts(text)[1:]:
        finder.setPosition(units(text[: cut.start]))
        assert finder.isAtBoundary()


def test_positions_count_as_qt_does() -> None:
    text = f"a{FAMILY}b"
    assert units(text) == 13
    assert between(text, 1, 12) == FAMILY
    assert between("plain", 1, 3) == "la"


# ---- composing --------------------------------------------------------------------------------------------


def test_runs_follow_the_text_into_its_pieces(translations: Translations) -> None:
    spans = (
        Span("x" * (LONGEST - 2)),
        Span("bold" * 3, bold=True),
        Span(" end 😀 "),
        Span("link", link="https://a.b/"),
    )
    parts = parts_of(Block("paragraph", spans=spans))
    assert len(parts) == 2
    assert joined(parts) == "".join(span.text for span in spans)
    said = "".join(
        between(part.text, run.start, run.start + run.length)
        for part in parts
        for run in part.runs
        if run.bold
    )
    assert said == "boldboldbold"
    (link,) = [run for run in parts[1].runs if run.link]
    assert between(parts[1].text, link.start, link.start + link.length) == "link"  # fmt: skip


def test_markup_is_text(translations: Translations) -> None:
    (part,) = parts_of(Block("paragraph", spans=(Span("<b>no</b> &amp; <img src=x>"),)))
    assert part.text == "<b>no</b> &amp; <img src=x>"
    assert part.runs == ()


def test_a_folded_line_holds_what_went_in_and_came_out(translations: Translations) -> None:
    tool = ToolCall("Bash", "make", "make test", "out\n" * 100, False, "", clipped=True)
    (line,) = parts_of(Block("tool", tool=tool))
    assert (line.kind, line.text) == ("tool", "Bash make")
    held = inside(line.block, tool)
    assert [part.text for part in held if part.style == "label"] == ["Input", "Output"]
    assert joined([part for part in held if part.style == "code"]).startswith("make test" + "out\n")
    assert held[-1].text == "Only the beginning is shown."
    assert [part.piece for part in held] == list(range(1, len(held) + 1))


@pytest.mark.parametrize(
    ("tool", "told"),
    [
        (ToolCall("Read", "", "a.py", "", False, "", False), "No output."),
        (ToolCall("Read", "", "a.py", "", False, "", False, answered=False), "The log holds no result."),
        (
            ToolCall("Thinking", "", "", "", False, "", False, kind="thinking"),
            "The log does not hold its text.",
        ),
    ],
)
def test_a_folded_line_says_what_is_not_there(tool: ToolCall, told: str, translations: Translations) -> None:
    assert told in [part.text for part in inside(0, tool)]


@pytest.mark.parametrize(
    ("code", "exit_code", "told"),
    [(FAILED_EXIT, 1, "exit 1"), (FAILED_REJECTED, None, "declined"), (FAILED_ERROR, None, "failed")],
)
def test_a_failure_is_told_in_words(
    code: str, exit_code: int | None, told: str, translations: Translations
) -> None:
    tool = ToolCall("Bash", "", "", "", True, "", False, failure_code=code, exit_code=exit_code)
    assert words.failure(tool) == told


def test_a_picture_is_a_quiet_line(look: Look) -> None:
    (part,) = parts_of(Block("image", image=Image("image/png", 640, 480, 120_000)))
    assert part.text == "Image, 640 × 480, 120 kB"
    (part,) = parts_of(Block("image", text="https://a.b/c.png", image=Image("", None, None, 0)))
    assert part.text == "Image: https://a.b/c.png"


def test_notices_and_notes_are_sentences(translations: Translations) -> None:
    parts = parts_of(
        Block("notice", code=UNREADABLE_LINE, count=3), Block("notice", code=BINARY, text="application/pdf", size=2_000)
    )  # fmt: skip
    assert [part.text for part in parts] == [
        "3 lines of the log cannot be read.",
        "This file is no text: application/pdf, 2 kB.",
    ]
    leaf = leaf_of(message(Block("rule"), notes=(CLIPPED,)), None)
    assert leaf.blocks[-1][-1].text == "The rest of this message is not shown."


def test_a_screen_reader_hears_who_and_what(translations: Translations) -> None:
    leaf = leaf_of(message(Block("paragraph", spans=(Span("Hello there."),))), None)
    assert spoken(leaf, 100) == "Claude: Hello there."
    assert spoken(leaf, 5) == "Claude: Hello"


def test_a_needle_is_found_in_any_case_and_form() -> None:
    part = Part(0, 0, "text", "😀 Café CAFE\u0301 café")
    found = [between(part.text, match.start, match.end) for match in Needle("café").matches(0, part)]
    assert found == ["Café", "CAFE\u0301", "café"]
    assert list(Needle("a.c").matches(0, Part(0, 0, "text", "abc"))) == []


# ---- heights ----------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.randoms(use_true_random=False))
def test_heights_are_summed_as_if_one_had_added_them(count: int, chance: random.Random) -> None:
    heights, known = Heights(count), dict[int, float]()
    for _ in range(chance.randrange(40)):
        number, height = chance.randrange(count), float(chance.randrange(1, 500))
        heights.put(number, height)
        known[number] = height
    average = sum(known.values()) / len(known) if known else USUAL
    every = [known.get(number, average) for number in range(count)]
    assert heights.total == pytest.approx(sum(every))
    for number in range(count):
        assert heights.above(number) == pytest.approx(sum(every[:number]))
        middle = sum(every[:number]) + every[number] / 2
        assert heights.at(middle) == number
    assert heights.at(-5) == 0
    assert heights.at(1e9) == count - 1


def test_heights_stay_known_when_there_are_more_or_others() -> None:
    heights = Heights(3)
    heights.put(1, 50.0)
    heights.resize(1000)
    assert (heights.of(1), heights.of(999), len(heights)) == (50.0, 50.0, 1000)
    heights.rescale(2.0)
    assert heights.above(2) == pytest.approx(200.0)


# ---- pages ------------------------------------------------------------------------------------------------


def page(number: int, lines: int = 10, *, complete: bool = True) -> ReadPage:
    leaf = Leaf(number * 50, "user", "You", None, (), None, lines)
    return ReadPage(number, (leaf,), number * 50, 50, None, complete)


def test_pages_in_view_are_wanted_first_then_their_neighbours() -> None:
    library = Library()
    library.add(page(0))
    assert library.wanted(0, 10, 1000, is_counted=False) == ([], [1])
    assert library.wanted(420, 460, 1000, is_counted=False) == ([8, 9], [10, 7])
    assert library.wanted(990, 999, 1000, is_counted=False) == ([19], [18])


def test_what_waits_for_the_whole_file_is_read_again_once_that_was_looked_at() -> None:
    library = Library()
    library.add(page(0, complete=False))
    assert library.wanted(0, 10, 50, is_counted=False).now == []
    assert library.wanted(0, 10, 50, is_counted=True).now == [0]
    library.add(page(0))
    assert library.wanted(0, 10, 50, is_counted=True).now == []


def test_far_pages_go_unless_something_needs_them() -> None:
    library = Library()
    for number in range(20):
        library.add(page(number))
    gone = library.evict(500, 510, pinned=range(2, 3))
    assert sorted(set(range(20)) - set(gone)) == [2, *range(10 - NEAR, 10 + NEAR + 1)]


def test_of_enormous_pages_only_those_in_view_stay() -> None:
    library = Library()
    for number in range(3):
        library.add(page(number, MOST_IN_MEMORY))
    assert sorted(library.evict(60, 70, pinned=())) == [0, 2]
    library.add(page(1, 2 * MOST_IN_MEMORY))
    assert library.wanted(60, 70, 1000, is_counted=True) == ([], [])


def test_work_that_nobody_waits_for_rests_until_somebody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr("time.sleep", rests.append)
    monkeypatch.setattr("app.desktop.preview.gently.WORK_SECONDS", 0.0)
    answers = iter([False, False, True])
    pace = Pace(hurried=False)
    cancelled = pace.of(lambda: next(answers))
    assert not cancelled()
    assert rests == [REST_SECONDS]
    pace.hurry()
    assert not cancelled()
    assert cancelled()
    assert rests == [REST_SECONDS]
