"""Small things of the window that every page uses: scroll bars, paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyle, QStyleOptionSlider

from app.desktop.widgets.labels import Paragraph
from app.desktop.widgets.scrolling import ScrollBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.desktop.theme import Look


def test_a_scroll_bar_s_handle_goes_from_end_to_end(qtbot: QtBot, look: Look) -> None:
    bar = ScrollBar(look, Qt.Orientation.Vertical)
    qtbot.addWidget(bar)
    bar.resize(10, 400)
    bar.setRange(0, 300)
    bar.setPageStep(100)

    def handle() -> tuple[int, int]:
        option = QStyleOptionSlider()
        bar.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ScrollBar, QStyle.SubControl.SC_ScrollBarSlider
        rect = bar.style().subControlRect(control, option, part, bar)
        return rect.top(), rect.bottom() + 1

    assert handle() == (0, 100)
    bar.setValue(300)
    assert handle() == (300, 400)


def test_a_long_path_is_broken_and_stays_the_same_to_who_asks(qtbot: QtBot, look: Look) -> None:
    path = "/srv/" + "a-very-long-name" * 8
    text = f"{path} was deleted. ファイルが見つからないときは、もう一度お試しください。そのままにしておくこともできます。"
    paragraph = Paragraph(look, text)
    qtbot.addWidget(paragraph)
    assert paragraph.text() == text
    # As wide as wanted, without a word that sticks out.
    assert paragraph.minimumSizeHint().width() < look.metrics("body").horizontalAdvance(path) / 4
