"""The messages under the mouse: selecting and copying their text, pressing what can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBasicTimer, QEvent, QPoint, QPointF, Qt, QTimer, QTimerEvent
from PySide6.QtGui import QClipboard, QGuiApplication, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from app.desktop.formats import date_and_time
from app.desktop.i18n import translate
from app.desktop.preview.bands import text_from
from app.desktop.preview.hits import Hit, hit_at, link_of, place_at, rect_of
from app.desktop.preview.message_view import MessageView
from app.desktop.preview.selection import Place, Selection, text_of, whole
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from app.desktop.preview.marks import Spot
    from app.desktop.theme import Look

_COPIED_MILLISECONDS = 1500
"""How long a tick stands for the copy icon."""
_LEADING_MILLISECONDS = 30
"""Between two steps of scrolling while a selection is led beyond the view."""
_LONGEST_TOOLTIP = 1000


class SelectableMessages(MessageView):
    """Plain text: nothing in it is ever opened or followed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._press: QPoint | None = None
        self._begun: Place | None = None
        self._is_leading = False
        self._double_clicked: QPoint | None = None
        self._led_to = QPointF()
        self._leading = QBasicTimer()
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MILLISECONDS)
        self._copied.timeout.connect(self._forget_copied)

    def clear(self) -> None:
        """No session."""
        self._press = self._begun = None
        self._is_leading = False
        self._leading.stop()
        super().clear()

    # ---- copying ----------------------------------------------------------------------------------------

    def selected_text(self) -> str:
        """What is selected, as one would write it."""
        selection = self.marks.selection
        if selection is None:
            return ""
        sheets = (
            self.flow.sheet(number) for number in range(selection.start.number, selection.end.number + 1)
        )
        return text_of(selection, [sheet for sheet in sheets if sheet is not None])

    def copy(self) -> None:
        """What is selected, to the clipboard."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def copy_message(self, number: int | None = None) -> None:
        """A message, or the one that is being read."""
        sheet = self.flow.sheet(self.current_message() if number is None else number)
        selection = whole(sheet.leaf.number, sheet.parts) if sheet is not None else None
        if sheet is not None and selection is not None:
            QGuiApplication.clipboard().setText(text_of(selection, [sheet]))

    def select_message(self, number: int) -> None:
        """All of a message."""
        sheet = self.flow.sheet(number)
        self._select(whole(number, sheet.parts) if sheet is not None else None)

    def current_message(self) -> int:
        """The message with the focus, else with the selection, else the first that is in view."""
        marks = self.marks
        numbers = {place.number for place in self.placed}
        if marks.focused is not None and marks.focused.number in numbers:
            return marks.focused.number
        if marks.selection is not None and marks.selection.caret.number in numbers:
            return marks.selection.caret.number
        margin = self.look.px(24)
        return next((place.number for place in self.placed if place.bottom > margin), 0)

    def _select(self, selection: Selection | None) -> None:
        self.marks.selection = None if selection is None or selection.is_empty else selection
        self.viewport().update()

    def _offer_selection(self) -> None:
        """Where the system has a second clipboard for what is selected (X11, Wayland)."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection() and self.marks.selection is not None:
            clipboard.setText(self.selected_text(), QClipboard.Mode.Selection)

    # ---- pressing ---------------------------------------------------------------------------------------

    def press(self, spot: Spot) -> None:
        """Do what a thing in view is for."""
        if spot.kind in ("tool", "image"):
            self.toggle(spot.number, spot.block)
        elif spot.kind == "code":
            sheet = self.flow.sheet(spot.number)
            index = sheet.index_of(spot.block, spot.piece) if sheet is not None else None
            if sheet is not None and index is not None:
                QGuiApplication.clipboard().setText(text_from(sheet, index))
                self.marks.copied = (spot.number, spot.block, spot.piece)
                self._copied.start()
                self.viewport().update()
        else:
            self._tell_link(spot)

    def _forget_copied(self) -> None:
        self.marks.copied = None
        self.viewport().update()

    def _tell_link(self, spot: Spot) -> None:
        """A link is told, never followed."""
        link = link_of(spot, self.placed)
        rect = rect_of(spot, self.placed, self.typeset)
        if link is not None and rect is not None:
            below = self.viewport().mapToGlobal(rect.bottomLeft().toPoint())
            QToolTip.showText(below, plain_tooltip(link), self.viewport())

    # ---- mouse ------------------------------------------------------------------------------------------

    def _hit(self, point: QPointF) -> Hit | None:
        return hit_at(self.placed, self.typeset, self.marks.shifts, point)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to press or to select."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position()
        self._press = point.toPoint()
        self.marks.shows_ring = False
        self.marks.focused = None
        hit = self._hit(point)
        self.marks.pressed = hit.spot if hit is not None else None
        if self._clicks_again(self._press):
            if hit is not None:
                self.select_message(hit.placed.number)
            self._press = None
            return
        place = place_at(self.placed, self.marks.shifts, point)
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if extends and self.marks.selection is not None and place is not None:
            self._begun = self.marks.selection.anchor
            self._lead(point)
        else:
            self._begun = place
            self._select(None)
        self.viewport().update()

    def _clicks_again(self, point: QPoint) -> bool:
        """Whether a third click has followed two."""
        last, self._double_clicked = self._double_clicked, None
        return last is not None and (point - last).manhattanLength() < QApplication.startDragDistance()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word; a third click selects the message."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position()
        hit = self._hit(point)
        if hit is not None and hit.spot is not None:
            self.mousePressEvent(event)
            return
        self._double_clicked = point.toPoint()
        QTimer.singleShot(QApplication.doubleClickInterval(), self, self._forget_double_click)
        place = place_at(self.placed, self.marks.shifts, point)
        if hit is None or place is None or hit.part.kind != "text":
            return
        start, end = hit.sheet.box(hit.placed.part).word_at(place.offset)
        self._select(Selection(place._replace(offset=start), place._replace(offset=end)))
        self._offer_selection()

    def _forget_double_click(self) -> None:
        self._double_clicked = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lead a selection; or show what can be pressed."""
        point = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self._press is not None:
            far = (point.toPoint() - self._press).manhattanLength() >= QApplication.startDragDistance()
            if self._is_leading or far:
                self._is_leading = True
                self.marks.pressed = None
                self._lead(point)
            return
        self._hover(point)

    def _hover(self, point: QPointF) -> None:
        hit = self._hit(point)
        spot = hit.spot if hit is not None else None
        band = hit.band.key if hit is not None and hit.band is not None else None
        if (spot, band) != (self.marks.hovered, self.marks.hovered_code):
            self.marks.hovered, self.marks.hovered_code = spot, band
            self.viewport().update()
        shape = Qt.CursorShape.ArrowCursor
        if hit is not None and hit.spot is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif hit is not None and hit.in_text:
            shape = Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def _lead(self, point: QPointF) -> None:
        self._led_to = point
        place = place_at(self.placed, self.marks.shifts, point)
        if self._begun is not None and place is not None:
            self._select(Selection(self._begun, place))
        if 0 <= point.y() < self.viewport().height():
            self._leading.stop()
        elif not self._leading.isActive():
            self._leading.start(_LEADING_MILLISECONDS, self)

    def timerEvent(self, event: QTimerEvent) -> None:
        """A selection is led beyond the view: the further, the faster."""
        if event.timerId() != self._leading.timerId():
            super().timerEvent(event)
            return
        y, height = self._led_to.y(), self.viewport().height()
        beyond = y if y < 0 else y - height
        self.scroll_by(max(-height / 2, min(height / 2, beyond / 2)))
        self._lead(self._led_to)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press what is under the mouse, unless a selection was led."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._leading.stop()
        pressed, self.marks.pressed = self.marks.pressed, None
        was_leading, self._is_leading = self._is_leading, False
        self._press = None
        if was_leading or self.marks.selection is not None:
            self._offer_selection()
        elif pressed is not None:
            hit = self._hit(event.position())
            if hit is not None and hit.spot == pressed:
                self.press(pressed)
                self._hover(event.position())
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, and the mouse that has gone."""
        if event.type() is QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            QToolTip.showText(event.globalPos(), self._tooltip(QPointF(event.pos())), self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self.marks.hovered = self.marks.hovered_code = None
            self.viewport().update()
        return super().viewportEvent(event)

    def _tooltip(self, point: QPointF) -> str:
        hit = self._hit(point)
        if hit is None:
            return ""
        text = ""
        if hit.spot is not None and hit.spot.kind == "code":
            text = translate("Preview", "Copy code")
        elif hit.part.kind == "name" and hit.sheet.leaf.at is not None:
            text = date_and_time(hit.sheet.leaf.at)
        elif hit.part.kind in ("tool", "image"):
            text = hit.part.text
        elif hit.run is not None and hit.run.link is not None:
            text = hit.run.link
        cut = text if len(text) <= _LONGEST_TOOLTIP else f"{text[:_LONGEST_TOOLTIP]}…"
        return plain_tooltip(cut)
