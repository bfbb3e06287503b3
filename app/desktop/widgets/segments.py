"""One of a few: the segmented control above lists, and the underlined tabs of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.desktop.painting import draw_text, fill, hairline, outline
from app.desktop.widgets.buttons import PaintedButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.theme import FontRole, Look


class _Choice(PaintedButton):
    """One of them."""

    def __init__(self, look: Look, key: str, text: str, *, tab: bool, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.key = key
        self._tab = tab
        self.setCheckable(True)
        self.setAutoExclusive(True)  # what makes it a radio button to a screen reader
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """The words."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The widest it gets, so that nothing moves when it is chosen."""
        role: FontRole = "strong" if self._tab else "meta-strong"
        width = self.look.metrics(role).horizontalAdvance(self.text())
        if self._tab:
            return QSize(round(width + 0.5) + self.look.px(2), self.look.px(40))
        return QSize(round(width + 0.5) + self.look.px(20), self.look.px(24))

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The chosen one is raised, or underlined."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect())
        chosen = self.isChecked()
        ink = colors.text if chosen or self.hovered else colors.text2
        if self._tab:
            draw_text(painter, rect, self.text(), self.look, "strong", ink, "centre")
            if chosen:
                bar = QRectF(rect.left(), rect.bottom() - self.look.px(3), rect.width(), self.look.px(3))
                fill(painter, bar, colors.accent, 1)
            if self.ring and self.hasFocus():
                outline(painter, rect.adjusted(0, 4, 0, -6), colors.accent, 4, 2)
            return
        if chosen:
            fill(painter, rect, colors.nav_selected if self.look.dark else colors.base, 4)
            outline(painter, rect, colors.button_edge, 4)
        draw_text(painter, rect, self.text(), self.look, "meta-strong", ink, "centre")
        if self.ring and self.hasFocus():
            outline(painter, rect, colors.accent, 4, 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbours."""
        parent = self.parent()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and isinstance(parent, Segments):
            parent.step(self, step)
            return
        super().keyPressEvent(event)


class Segments(QWidget):
    """A few choices side by side; exactly one is chosen. Left and right move between them."""

    chosen = Signal(str)
    """The key of the choice a person made; not sent for `choose`."""

    def __init__(
        self,
        look: Look,
        name: str,
        choices: Sequence[tuple[str, str]],
        *,
        tabs: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`choices` are (key, words); `name` is what is chosen, for screen readers."""
        super().__init__(parent)
        self.look = look
        self._tabs = tabs
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        layout = QHBoxLayout(self)
        inset = 0 if tabs else look.px(2)
        layout.setContentsMargins(inset, inset, inset, inset)
        layout.setSpacing(look.px(28) if tabs else look.px(1))
        self._group = QButtonGroup(self)
        self._buttons: list[_Choice] = []
        for key, text in choices:
            button = _Choice(look, key, text, tab=tabs, parent=self)
            self._group.addButton(button)
            self._buttons.append(button)
            layout.addWidget(button)
        self._buttons[0].setChecked(True)
        self._group.buttonClicked.connect(self._clicked)
        look.changed.connect(self.update)

    def _clicked(self, button: object) -> None:
        assert isinstance(button, _Choice)
        self.chosen.emit(button.key)

    def current(self) -> str:
        """The chosen key."""
        return next(button.key for button in self._buttons if button.isChecked())

    def choose(self, key: str) -> None:
        """Choose without telling."""
        for button in self._buttons:
            if button.key == key:
                button.setChecked(True)

    def set_text(self, key: str, text: str) -> None:
        """Other words for a choice, a count in them perhaps."""
        for button in self._buttons:
            if button.key == key and button.text() != text:
                button.set_text(text)
                self.updateGeometry()

    def set_shown(self, key: str, shown: bool) -> None:
        """Offer a choice or leave it out; the first is chosen, without telling, in place of one that goes."""
        for button in self._buttons:
            if button.key == key and button.isHidden() is shown:
                button.setVisible(shown)
                self.updateGeometry()
                if not shown and button.isChecked():
                    self._buttons[0].setChecked(True)

    def step(self, button: PaintedButton, step: int) -> None:
        """Choose the neighbour."""
        offered = [other for other in self._buttons if not other.isHidden()]
        position = next(number for number, other in enumerate(offered) if other is button) + step
        if 0 <= position < len(offered):
            other = offered[position]
            other.setFocus(Qt.FocusReason.TabFocusReason)
            other.click()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground that the choices stand on."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self._tabs:
            return
        fill(painter, rect, self.look.colors.segment, 6)


class TabLine(QWidget):
    """The hairline below tabs, over the whole width."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setFixedHeight(1)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One line."""
        hairline(QPainter(self), 0, self.width(), 0, self.look.colors.line)
