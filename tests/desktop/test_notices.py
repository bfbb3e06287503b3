"""The line above the pages: the gravest first, one at a time, closable, and told again in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.desktop.notices import Notice, Notices
from app.desktop.widgets.buttons import Button, IconButton
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.desktop.theme import Look


@pytest.fixture
def notices(qtbot: QtBot, look: Look) -> Notices:
    made = Notices(look)
    qtbot.addWidget(made)
    made.resize(800, 100)
    return made


def shown(notices: Notices) -> list[str]:
    """The words on the screen."""
    labels = notices.findChildren(Label)
    return [label.text() for label in labels if label.isVisibleTo(notices)]


def press(notices: Notices, name: str) -> None:
    buttons: list[Button | IconButton] = [*notices.findChildren(Button), *notices.findChildren(IconButton)]
    (button,) = [it for it in buttons if it.accessibleName() == name and it.isVisibleTo(notices)]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_nothing_to_say_takes_no_room(notices: Notices) -> None:
    assert notices.isHidden()


def test_the_gravest_comes_first_and_then_the_newest(notices: Notices) -> None:
    for key, kind in (("a", "plain"), ("b", "bad"), ("c", "warning"), ("d", "bad")):
        notices.tell(Notice(key, kind, f"title {key}", "why"))  # type: ignore[arg-type] # of the three kinds
    assert not notices.isHidden()
    order = []
    while (current := notices.current()) is not None:
        assert shown(notices) == [current.title, "why"]
        order.append(current.key)
        press(notices, "Close")
    assert order == ["d", "b", "c", "a"]
    assert notices.isHidden()


def test_a_notice_with_the_same_key_takes_its_place(notices: Notices) -> None:
    notices.tell(Notice("a", "bad", "before"))
    notices.tell(Notice("a", "warning", "after"))
    assert shown(notices) == ["after"]
    assert len(notices.all()) == 1


def test_what_is_no_longer_so_goes_by_itself(notices: Notices) -> None:
    notices.tell(Notice("a", "bad", "first"))
    notices.tell(Notice("b", "bad", "second"))
    notices.withdraw("b")
    assert shown(notices) == ["first"]
    notices.withdraw("a")
    notices.withdraw("never there")
    assert notices.isHidden()


def test_closing_is_told_and_buttons_do_what_they_say(notices: Notices) -> None:
    done: list[str] = []
    notices.closed.connect(done.append)
    actions = [("Copy", lambda: done.append("copied")), ("Mend", lambda: done.append("mended"))]
    notices.tell(Notice("a", "bad", "title", "text", actions))
    for name in ("Mend", "Copy", "Close"):
        press(notices, name)
    assert done == ["mended", "copied", "a"]


def test_words_are_shown_as_they_are(notices: Notices) -> None:
    notices.tell(Notice("a", "bad", "<b>bold</b>", "<img src='file:///etc/passwd'>"))
    for label in notices.findChildren(Label):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_long_words_take_more_lines_and_none_is_cut(qtbot: QtBot, notices: Notices) -> None:
    notices.tell(Notice("a", "bad", "title", "many words " * 60, [("Mend it now", lambda: None)]))
    notices.resize(500, notices.heightForWidth(500))
    with qtbot.waitExposed(notices):
        notices.show()
    (text,) = [label for label in notices.findChildren(Label) if label.text().startswith("many")]
    assert text.height() >= text.heightForWidth(text.width())
