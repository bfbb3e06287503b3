"""A log under a person's hands: selecting, copying, opening what is folded, finding, looking at pictures, hearing it."""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPoint, QSize, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage, QImageWriter, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from app.desktop.preview.hits import rect_of, spots_in
from app.desktop.preview.pane import PreviewPane
from app.desktop.preview.pictures import decode
from app.desktop.preview.selection import Place, Selection
from app.desktop.theme import DARK
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.desktop.preview_logs import Log, long_log, session_of, short_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from app.desktop.preview.marks import Spot
    from app.desktop.preview.message_list import MessageList

FAMILY = "👩‍👩‍👧‍👦"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pane(context: Context, qtbot: QtBot) -> Iterator[PreviewPane]:
    made = PreviewPane(context)
    qtbot.addWidget(made)
    made.resize(336, 700)
    made.show()
    QGuiApplication.clipboard().clear()
    yield made
    made.clear()


@pytest.fixture
def at_rest(pane: PreviewPane, qtbot: QtBot) -> Callable[[], None]:
    def wait() -> None:
        for _ in range(2):
            qtbot.waitUntil(pane.reader.is_idle, timeout=PATIENCE_MILLISECONDS)
            QApplication.processEvents()

    return wait


@pytest.fixture
def show(pane: PreviewPane, at_rest: Callable[[], None], tmp_path: Path) -> Callable[[Log], MessageList]:
    def showing(log: Log) -> MessageList:
        pane.show_session(session_of(log.write(tmp_path / "log.jsonl")))
        at_rest()
        return pane.messages

    return showing


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def spots(messages: MessageList, kind: str) -> list[Spot]:
    return [spot for spot in spots_in(messages.placed, messages.flow.view_height) if spot.kind == kind]


def middle(messages: MessageList, spot: Spot) -> QPoint:
    rect = rect_of(spot, messages.placed, messages.typeset)
    assert rect is not None
    return rect.center().toPoint()


def place_of(messages: MessageList, words: str) -> QPoint:
    """A point at the beginning of some words in view."""
    for place in messages.placed:
        if place.sheet is not None and words in place.sheet.parts[place.part].text:
            part = place.sheet.parts[place.part]
            area = place.sheet.area(place.part)
            if part.kind != "text":
                return QPoint(round(area.left()) + 60, round(place.top + area.center().y()))
            box = place.sheet.box(place.part)
            start = part.text.index(words)
            (rect, *_) = box.rects(start, start + 1)
            return QPoint(
                round(area.left() + rect.left()) + 1, round(place.top + area.top() + rect.center().y())
            )
    raise AssertionError(words)


def drag(messages: MessageList, begin: QPoint, end: QPoint) -> None:
    view = messages.viewport()
    QTest.mousePress(view, LEFT, pos=begin)
    QTest.mouseMove(view, (begin + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)


def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(widget, key, modifiers)


CONTROL = Qt.KeyboardModifier.ControlModifier


# ---- selecting --------------------------------------------------------------------------------------------


def test_what_is_dragged_over_is_copied_as_one_would_write_it(show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    drag(messages, place_of(messages, "why uploads"), place_of(messages, "It is gone"))
    press(messages, Qt.Key.Key_C, CONTROL)
    assert clipboard() == (
        "why uploads fail.\n\n"
        "Claude\nI'll look at the policy in bucket.yml, see the guide.\n\n"
        "Bash make test\n\nEdit bucket.yml\n\n"
        'The deny rule asks for a header:\n\n{\n  "aws": "kms"\n}\n\n'
    ).rstrip("\n")


def test_two_clicks_select_a_word_and_three_the_message(show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    view, point = messages.viewport(), place_of(messages, "uploads fail")
    QTest.mouseDClick(view, LEFT, pos=point)
    assert messages.selected_text() == "uploads"
    QTest.mousePress(view, LEFT, pos=point)
    QTest.mouseRelease(view, LEFT, pos=point)
    assert messages.selected_text() == "Please find out why uploads fail."
    QTest.mouseClick(view, LEFT, pos=point)
    assert messages.selected_text() == ""
    press(messages, Qt.Key.Key_C, CONTROL)
    assert clipboard() == ""


def test_a_selection_never_divides_a_character(show: Callable[[Log], MessageList]) -> None:
    text = f"a{FAMILY}e\u0301か\u3099日{FAMILY * 40}"
    messages = show(Log().user(text))
    sheet = messages.flow.sheet(0)
    assert sheet is not None
    box = sheet.box(1)
    whole = {"a", FAMILY, "e\u0301", "か\u3099", "日"}
    offsets = sorted({box.position_at(x, y) for x in range(0, 300, 2) for y in range(0, box.height, 20)})
    for start, end in pairwise(offsets):
        messages.marks.selection = Selection(Place(0, 0, 0, start), Place(0, 0, 0, end))
        taken = messages.selected_text()
        assert taken.replace(FAMILY, "") == "" or taken in whole


def test_a_selection_led_beyond_the_view_scrolls(show: Callable[[Log], MessageList], qtbot: QtBot) -> None:
    messages = show(long_log(120))
    view = messages.viewport()
    begin = place_of(messages, "Question 0")
    QTest.mousePress(view, LEFT, pos=begin)
    QTest.mouseMove(view, QPoint(begin.x(), view.height() - 5))
    QTest.mouseMove(view, QPoint(begin.x(), view.height() + 400))
    qtbot.waitUntil(lambda: messages.placed[0].number > 10, timeout=PATIENCE_MILLISECONDS)
    QTest.mouseRelease(view, LEFT, pos=QPoint(begin.x(), view.height() - 5))
    text = messages.selected_text()
    assert text.startswith("Question 0.")
    assert all(f"Answer {number}." in text for number in range(1, messages.placed[0].number - 1, 2))
    before = messages.placed[0].number
    qtbot.wait(100)
    assert messages.placed[0].number == before


def test_a_message_is_copied_whole_even_if_nothing_is_selected(
    pane: PreviewPane, show: Callable[[Log], MessageList]
) -> None:
    show(short_log())
    pane.header.copy_message_wanted.emit()
    assert clipboard() == "Please find out why uploads fail."


# ---- opening ----------------------------------------------------------------------------------------------


def test_a_folded_line_opens_and_closes_where_it_stands(show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    (bash, _edit) = spots(messages, "tool")
    place = middle(messages, bash)
    QTest.mouseClick(messages.viewport(), LEFT, pos=place)
    assert messages.is_open(bash.number, bash.block)
    texts = [p.sheet.parts[p.part].text for p in messages.placed if p.sheet is not None]
    assert "Output" in texts
    assert any("1 failed, 41 passed" in text for text in texts)
    assert middle(messages, bash) == place
    QTest.mouseClick(messages.viewport(), LEFT, pos=place)
    assert not messages.is_open(bash.number, bash.block)
    assert middle(messages, bash) == place


def test_a_drag_that_begins_on_a_folded_line_selects_instead(show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    (bash, edit) = spots(messages, "tool")
    drag(messages, middle(messages, bash) - QPoint(100, 0), middle(messages, edit) + QPoint(100, 0))
    assert not messages.is_open(bash.number, bash.block)
    assert messages.selected_text() == "Bash make test\n\nEdit bucket.yml"


def test_code_is_copied_whole_by_its_button(show: Callable[[Log], MessageList], qtbot: QtBot) -> None:
    code = "\n".join(f"line {number}" for number in range(300))
    messages = show(Log().says(f"```\n{code}\n```"))
    (spot,) = spots(messages, "code")
    QTest.mouseMove(messages.viewport(), QPoint(100, 200))
    qtbot.waitUntil(lambda: messages.marks.hovered_code == spot[:3], timeout=PATIENCE_MILLISECONDS)
    QTest.mouseClick(messages.viewport(), LEFT, pos=middle(messages, spot))
    assert clipboard() == code
    assert messages.marks.copied == spot[:3]
    messages.grab()


def test_a_wide_table_is_moved_sideways(show: Callable[[Log], MessageList]) -> None:
    row = "| " + " | ".join(f"column {number}" for number in range(12)) + " |\n"
    messages = show(Log().says(row + "|---" * 12 + "|\n" + row))
    (spot,) = spots(messages, "code")
    messages.marks.focused = spot
    press(messages, Qt.Key.Key_Right)
    moved = messages.marks.shifts[spot[:3]]
    assert moved > 0
    for _ in range(100):
        press(messages, Qt.Key.Key_Right)
    widest = messages.marks.shifts[spot[:3]]
    assert moved < widest < 2000
    press(messages, Qt.Key.Key_Left)
    assert messages.marks.shifts[spot[:3]] < widest
    messages.grab()


def test_a_link_is_told_and_copied_but_never_followed(
    show: Callable[[Log], MessageList], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    messages = show(short_log())
    (link,) = spots(messages, "link")
    assert "https://example.com/guide" in messages._tooltip(middle(messages, link).toPointF())
    QTest.mouseClick(messages.viewport(), LEFT, pos=middle(messages, link))
    menu = messages._menu(1, "https://example.com/guide")
    {action.text(): action for action in menu.actions()}["Copy link"].trigger()
    assert clipboard() == "https://example.com/guide"
    assert opened == []


# ---- keyboard ---------------------------------------------------------------------------------------------


def test_tab_goes_through_what_can_be_pressed_and_return_presses_it(
    pane: PreviewPane, show: Callable[[Log], MessageList]
) -> None:
    messages = show(short_log())
    pane.activateWindow()
    messages.setFocus(Qt.FocusReason.TabFocusReason)
    met = []
    for _ in range(4):
        messages.focusNextPrevChild(True)
        focused = messages.marks.focused
        assert focused is not None
        met.append(focused.kind)
        messages.grab()
        if focused.kind == "tool":
            press(messages, Qt.Key.Key_Return)
            assert messages.is_open(focused.number, focused.block)
            press(messages, Qt.Key.Key_Space)
            assert not messages.is_open(focused.number, focused.block)
        if focused.kind == "link":
            assert "https://example.com/guide" in QToolTip.text()
    assert met == ["link", "tool", "tool", "code"]
    press(messages, Qt.Key.Key_Return)
    assert clipboard() == '{\n  "aws": "kms"\n}'
    messages.focusNextPrevChild(True)
    assert messages.marks.focused is None


def test_keys_scroll_and_go_from_message_to_message(show: Callable[[Log], MessageList]) -> None:
    messages = show(long_log(40))
    bar = messages.verticalScrollBar()
    press(messages, Qt.Key.Key_Down)
    small = bar.value()
    press(messages, Qt.Key.Key_PageDown)
    assert 0 < small < messages.viewport().height() < bar.value() + messages.look.px(41)
    press(messages, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    press(messages, Qt.Key.Key_Home)
    assert bar.value() == 0
    for number in (1, 2, 3):
        press(messages, Qt.Key.Key_Down, CONTROL)
        assert messages.current_message() == number
    press(messages, Qt.Key.Key_Up, CONTROL)
    assert messages.current_message() == 2
    press(messages, Qt.Key.Key_A, CONTROL)
    press(messages, Qt.Key.Key_C, CONTROL)
    assert clipboard().startswith("Question 2.")


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_C, Qt.Key.Key_A])
def test_the_window_s_keys_mean_the_messages_here(show: Callable[[Log], MessageList], key: Qt.Key) -> None:
    messages = show(short_log())
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, CONTROL)
    event.ignore()
    QApplication.sendEvent(messages, event)
    assert event.isAccepted()


# ---- finding ----------------------------------------------------------------------------------------------


def look_for(pane: PreviewPane, text: str, qtbot: QtBot) -> None:
    press(pane.messages, Qt.Key.Key_F, CONTROL)
    assert pane.find_bar.isVisible()
    pane.find_bar.field.setText(text)
    press(pane.find_bar.field, Qt.Key.Key_Return)
    search = pane.finder._search
    assert search is not None
    qtbot.waitUntil(lambda: search.is_done, timeout=PATIENCE_MILLISECONDS)
    qtbot.waitUntil(pane.reader.is_idle, timeout=PATIENCE_MILLISECONDS)
    QApplication.processEvents()


def test_finding_goes_from_place_to_place_over_pages_not_read_yet(
    pane: PreviewPane, show: Callable[[Log], MessageList], at_rest: Callable[[], None], qtbot: QtBot
) -> None:
    log = long_log(600)
    log.says("A needle, and another Needle.").user("No more.")
    messages = show(log)
    look_for(pane, "needle", qtbot)
    assert pane.find_bar.count.text() == "1 of 1"
    first = messages.marks.match
    assert first is not None
    assert first.number == 600
    assert 600 in {place.number for place in messages.placed}
    press(pane.find_bar.field, Qt.Key.Key_Return)
    second = messages.marks.match
    assert second is not None
    assert (second.number, second.start > first.start) == (600, True)
    press(pane.find_bar.field, Qt.Key.Key_Return)
    assert messages.marks.match == first
    press(pane.find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert messages.marks.match == second
    messages.grab()


def test_finding_opens_what_is_folded(
    pane: PreviewPane, show: Callable[[Log], MessageList], qtbot: QtBot
) -> None:
    messages = show(short_log())
    look_for(pane, "41 PASSED", qtbot)
    match = messages.marks.match
    assert match is not None
    assert messages.is_open(match.number, match.block)
    assert any(
        place.sheet is not None and "41 passed" in place.sheet.parts[place.part].text
        for place in messages.placed
    )


def test_finding_says_when_there_is_nothing_and_ends_with_escape(
    pane: PreviewPane, show: Callable[[Log], MessageList], qtbot: QtBot
) -> None:
    messages = show(short_log())
    look_for(pane, "nowhere to be found", qtbot)
    assert pane.find_bar.count.text() == "Not found"
    assert not pane.find_bar.after.isEnabled()
    press(pane.find_bar.field, Qt.Key.Key_Escape)
    assert not pane.find_bar.isVisible()
    assert messages.marks.needle is None
    look_for(pane, "policy", qtbot)
    pane.show_session(session_of(short_log().write(session_path(pane, "other"))))
    assert not pane.find_bar.isVisible()


def session_path(pane: PreviewPane, name: str) -> Path:
    assert pane._session is not None
    return pane._session.path.with_name(f"{name}.jsonl")


# ---- pictures ---------------------------------------------------------------------------------------------


def encoded(image: QImage, form: bytes) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(form)).write(image)
    return bytes(data.data())


def picture(width: int = 400, height: int = 300) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.red)
    return made


def test_a_picture_is_decoded_only_when_it_is_opened(
    show: Callable[[Log], MessageList], at_rest: Callable[[], None]
) -> None:
    messages = show(Log().shows(base64.b64encode(encoded(picture(), b"PNG")).decode()))
    assert messages.marks.pictures == {}
    (line,) = spots(messages, "image")
    QTest.mouseClick(messages.viewport(), LEFT, pos=middle(messages, line))
    at_rest()
    shown = messages.marks.pictures[line.number, line.block]
    assert isinstance(shown, QImage)
    (place,) = [p for p in messages.placed if p.sheet is not None and p.sheet.parts[p.part].kind == "picture"]
    assert place.sheet is not None
    size = place.sheet.pictures[line.block]
    assert size.height() == pytest.approx(size.width() * 300 / 400, abs=1)
    assert 250 < size.width() <= place.sheet.area(place.part).width()
    messages.grab()
    QTest.mouseClick(messages.viewport(), LEFT, pos=middle(messages, line))
    assert messages.marks.pictures == {}


def test_a_picture_that_cannot_be_decoded_says_so(
    show: Callable[[Log], MessageList], at_rest: Callable[[], None]
) -> None:
    messages = show(
        Log().shows(base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(), "image/svg+xml")
    )
    (line,) = spots(messages, "image")
    messages.press(line)
    at_rest()
    assert messages.marks.pictures[line.number, line.block] == "This image cannot be shown."  # fmt: skip


@pytest.mark.parametrize("form", [b"PNG", b"JPG"])
def test_pictures_become_no_larger_than_their_room(qapp: object, form: bytes) -> None:
    image = decode(encoded(picture(1600, 800), form), QSize(300, 240))
    assert image is not None
    assert image.size() == QSize(300, 150)


def test_a_picture_of_too_many_pixels_is_not_decoded(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(picture(400, 300), b"PNG")
    monkeypatch.setattr("app.desktop.preview.pictures.PIXEL_LIMIT", 400 * 300 - 1)
    assert decode(data, QSize(300, 240)) is None
    monkeypatch.setattr("app.desktop.preview.pictures.PIXEL_LIMIT", 400 * 300)
    assert decode(data, QSize(300, 240)) is not None


def enormous() -> bytes:
    """A PNG's header that promises 400 million pixels."""
    header = b"IHDR" + (20_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    chunk = (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + bytes(100)


@pytest.mark.parametrize(
    "data", [b"", b"text", b"<svg/>", b"\x89PNG\r\n\x1a\nbroken", enormous(), b"RIFF1234WAVE"]
)
def test_no_other_pictures_are_decoded(qapp: object, data: bytes) -> None:
    assert decode(data, QSize(300, 240)) is None


# ---- the look, a screen reader ----------------------------------------------------------------------------


def test_it_is_painted_in_the_colours_of_now(pane: PreviewPane, show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    messages.look.choose(appearance="dark")
    image = messages.viewport().grab().toImage()
    assert image.pixelColor(2, 2) == DARK.base
    assert image.pixelColor(messages.look.px(40), messages.look.px(15)) == DARK.soft


@pytest.fixture
def listening() -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def test_a_screen_reader_finds_messages_and_buttons(
    pane: PreviewPane, show: Callable[[Log], MessageList], listening: None, qtbot: QtBot
) -> None:
    messages = show(short_log())
    pane._spoken.renew()
    view = QAccessible.queryAccessibleInterface(messages.viewport())
    assert view is not None
    groups = [view.child(number) for number in range(view.childCount())]
    names = [group.text(QAccessible.Text.Name) for group in groups]
    assert any(
        name.startswith("You, ") and name.endswith(": Please find out why uploads fail.") for name in names
    )
    assert [group.role() for group in groups] == [QAccessible.Role.Grouping] * len(groups)
    buttons = [group.child(number) for group in groups for number in range(group.childCount())]
    told = {button.text(QAccessible.Text.Name): button for button in buttons}
    assert "Bash make test, exit 1, closed" in told
    assert "Link: https://example.com/guide" in told
    told["Bash make test, exit 1, closed"].actionInterface().doAction("Press")
    (bash, *_) = spots(messages, "tool")
    qtbot.waitUntil(lambda: messages.is_open(bash.number, bash.block), timeout=PATIENCE_MILLISECONDS)
    pane._spoken.renew()
    assert messages.accessibleDescription().startswith("You, ")  # fmt: skip


def test_nobody_listening_costs_no_widgets(pane: PreviewPane, show: Callable[[Log], MessageList]) -> None:
    messages = show(short_log())
    pane._spoken.renew()
    assert messages.viewport().findChildren(QWidget) == []
