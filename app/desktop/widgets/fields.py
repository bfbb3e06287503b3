"""Fields: search, one line of text, and the button that shows a choice and opens a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.desktop.painting import draw_text, fill, focus_ring, outline
from app.desktop.theme import mix
from app.desktop.widgets.buttons import RING, PaintedButton
from app.desktop.widgets.menus import Menu

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtWidgets import QStyleOptionFrame

    from app.desktop.theme import Look

SEARCH_MILLISECONDS = 60
"""After the last key before a long list is searched."""


class TextField(QLineEdit):
    """One line of text on the raised ground. `problem` marks what is not right with it."""

    def __init__(self, look: Look, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._problem = False
        self.setFrame(False)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self._renew()
        look.changed.connect(self._renew)

    def _renew(self) -> None:
        self.setFont(self.look.font("body"))
        self.setTextMargins(self._margins())
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(palette.ColorRole.Text, self.look.colors.text)
        palette.setColor(palette.ColorRole.PlaceholderText, self.look.colors.text3)
        self.setPalette(palette)
        self.updateGeometry()
        self.update()

    def _margins(self) -> QMargins:
        return QMargins(self.look.px(10) + RING, 0, self.look.px(10) + RING, 0)

    def set_problem(self, problem: bool) -> None:
        """Show that its text will not do."""
        self._problem = problem
        self.update()

    def sizeHint(self) -> QSize:
        """32 high and the ring's room."""
        return QSize(self.look.px(240) + 2 * RING, self.look.px(32) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """May be narrow, never low."""
        return QSize(self.look.px(80), self.look.px(32) + 2 * RING)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The edge shows where typing goes."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Typing goes elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """No frame of the style's own."""
        super().initStyleOption(option)
        option.lineWidth = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, the edge, then Qt's text."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        fill(painter, rect, colors.raised if self.isEnabled() else colors.base)
        if self._problem:
            outline(painter, rect, colors.bad, width=1.5)
        elif self.hasFocus():
            outline(painter, rect, colors.accent, width=1.5)
        self._paint_extra(painter, rect)
        painter.end()
        super().paintEvent(event)

    def _paint_extra(self, painter: QPainter, rect: QRectF) -> None:
        """For fields that show more."""


class SearchField(TextField):
    """Search as you type. Escape clears it."""

    searched = Signal(str)
    """The text, shortly after the last key."""

    def __init__(self, look: Look, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(look, placeholder, placeholder, parent)
        self.setClearButtonEnabled(False)
        self._timer = QTimer(self)  # it must not outlive the field
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MILLISECONDS)
        self._timer.timeout.connect(self._search)
        self.textChanged.connect(self._typed)

    def _typed(self, _text: str) -> None:
        self._timer.start()

    def _search(self) -> None:
        self.searched.emit(self.text())

    def _margins(self) -> QMargins:
        return QMargins(self.look.px(34) + RING, 0, self.look.px(10) + RING, 0)

    def _paint_extra(self, painter: QPainter, rect: QRectF) -> None:
        side = self.look.px(16)
        place = QPointF(rect.left() + self.look.px(9), round(rect.center().y() - side / 2))
        self.look.icons.paint(painter, "search", self.look.colors.text2, place, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears first, and only an empty field passes it on."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class MenuButton(PaintedButton):
    """Shows a choice ("All sources") and opens the menu of choices."""

    chosen = Signal(str)
    """The key of what a person chose."""

    def __init__(self, look: Look, name: str, *, widest: int = 220, parent: QWidget | None = None) -> None:
        """`widest`: pixels at 100 % that the words may take before they are cut."""
        super().__init__(look, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name = name
        self._widest = widest
        self._choices: list[tuple[str, str]] = []
        self._beside: Mapping[str, str] = {}
        self._current = ""
        self.setAccessibleName(name)
        self.clicked.connect(self._open)

    def set_choices(
        self, choices: Sequence[tuple[str, str]], current: str, *, beside: Mapping[str, str] | None = None
    ) -> None:
        """(key, words) of all, and the key of the one that is chosen; the first where there is no such key.

        `beside` are counts and the like, by key: they stand at the menu's right edge.
        """
        self._choices = list(choices)
        self._beside = dict(beside or {})
        known = {key for key, _ in choices}
        self.choose(current if current in known else (choices[0][0] if choices else ""))

    def current(self) -> str:
        """The chosen key."""
        return self._current

    def choose(self, key: str) -> None:
        """Choose without telling."""
        self._current = key
        text = next((words for known, words in self._choices if known == key), "")
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The words, up to the widest they may be, and the arrow."""
        look = self.look
        width = min(look.metrics("strong").horizontalAdvance(self.text()), look.px(self._widest))
        return QSize(round(width + 0.5) + look.px(12 + 26) + 2 * RING, look.px(28) + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        """May be narrower: the words are cut."""
        return QSize(self.look.px(80), self.sizeHint().height())

    def _open(self) -> None:
        menu = Menu(self.look, self)
        for key, words in self._choices:
            beside = f"\t{self._beside[key]}" if key in self._beside else ""
            action = menu.addAction(words.replace("&", "&&").replace("\t", " ") + beside)
            action.setCheckable(True)
            action.setChecked(key == self._current)
            action.setData(key)
        place = self.mapToGlobal(QPoint(RING, self.height() - RING + 4))
        picked = menu.exec(place)
        menu.deleteLater()
        if picked is not None and picked.data() != self._current:  # type: ignore[redundant-expr] # None when it was closed
            self.choose(picked.data())
            self.chosen.emit(self._current)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The words and an arrow on the raised ground."""
        painter = QPainter(self)
        colors = self.look.colors
        rect = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        face = mix(colors.text, colors.raised, 0.05) if self.hovered or self.isDown() else colors.raised
        fill(painter, rect, face)
        words = rect.adjusted(self.look.px(12), 0, -self.look.px(26), 0)
        draw_text(painter, words, self.text(), self.look, "strong", colors.text)
        side = self.look.px(12)
        place = QPointF(rect.right() - self.look.px(9) - side, round(rect.center().y() - side / 2))
        self.look.icons.paint(painter, "chev-down", colors.text2, place, side)
        if self.ring and self.hasFocus():
            focus_ring(painter, rect, self.look)
