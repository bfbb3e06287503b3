"""The messages of a session, painted by ourselves: plain text, scrolled by pixels, laid out as far as it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from app.desktop.i18n import translate
from app.desktop.painting import outline
from app.desktop.preview.bands import bands_of
from app.desktop.preview.flow import Flow
from app.desktop.preview.library import Library
from app.desktop.preview.marks import Marks, Match, Needle
from app.desktop.preview.paint import MessagePainter, paint_shape_of_text
from app.desktop.preview.sheet import Sheet
from app.desktop.preview.typeset import Typeset
from app.desktop.widgets.scrolling import ScrollBar

if TYPE_CHECKING:
    from app.desktop.preview.flow import Placed
    from app.desktop.preview.library import Wanted
    from app.desktop.preview.parts import Leaf, Part, ReadPage
    from app.desktop.theme import Look

_STEP = 40
"""Pixels at 100 % that an arrow key scrolls; a notch of the wheel is three of them."""
_NOTCH = 120
"""What Qt says of one notch of a wheel."""
_FAR_VIEWS = 2
"""Scrolling by more heights of the view than this goes there at once instead of laying out what lies between."""
_USUAL_WIDTH = 326


class MessageView(QAbstractScrollArea):
    """Shows pages as they come, and asks for those it needs. It reads nothing itself."""

    wanted = Signal(object)
    """Wanted: the pages to be read."""
    picture_wanted = Signal(object, object, object)
    """Message, which of its images, and the most pixels it is shown with (QSize)."""
    view_changed = Signal()
    """Other messages are in view, or they look otherwise."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.marks = Marks(is_active=False)
        self.typeset = Typeset(look)
        self.placed: list[Placed] = []
        """The parts in view, from top to bottom."""
        self.flow = Flow(self._make_sheet)
        self._library = Library()
        self._opened: dict[int, set[int]] = {}
        self._width = 0
        self._is_counted = False
        self._is_waiting = False
        self._is_syncing = False
        self._bar_value = 0
        self._pending: tuple[int, Match | None] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBar(ScrollBar(look, Qt.Orientation.Vertical))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(translate("Preview", "Messages"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().sliderReleased.connect(self.refresh)
        look.changed.connect(self._look_changed)

    # ---- what is shown ----------------------------------------------------------------------------------

    def clear(self) -> None:
        """No session."""
        self.flow.clear()
        self._library.clear()
        self._opened.clear()
        self._is_counted = False
        self._is_waiting = False
        self._pending = None
        shown = self.marks
        self.marks = Marks(is_active=shown.is_active)
        self._bar_value = 0
        self.refresh()

    def set_waiting(self, waiting: bool) -> None:
        """Show the shape of text as long as there is none."""
        self._is_waiting = waiting
        self.viewport().update()

    def show_page(self, page: ReadPage) -> None:
        """A page has come: new, or with more than before."""
        self._library.add(page)
        self._is_waiting = False
        if not self._is_counted:
            self.flow.set_count(max(self.flow.count, page.first + len(page.leaves)))
        factor = self._line_factor()
        for leaf in page.leaves:
            self.flow.add(leaf, leaf.lines * factor + self.look.px(16))
        if self._pending is not None and self._library.page_of(self._pending[0]) == page.number:
            (message, match), self._pending = self._pending, None
            self._bring(message, match)
        self.refresh()

    def set_total(self, total: int) -> None:
        """All messages were counted."""
        self._is_counted = True
        self.flow.set_count(total)
        self.refresh()

    def show_picture(self, message: int, ordinal: int, image: QImage | None) -> None:
        """A picture that was wanted has come, or cannot be shown."""
        sheet = self.flow.sheet(message)
        if sheet is None:
            return
        for part in sheet.parts:
            if part.kind == "image" and part.ordinal == ordinal:
                words = translate("Preview", "This image cannot be shown.")
                self.marks.pictures[message, part.block] = words if image is None else image
                self._parts_changed(message)

    # ---- going places -----------------------------------------------------------------------------------

    def scroll_by(self, pixels: float) -> None:
        """Down by so many pixels, or up."""
        self.flow.scroll(pixels)
        self.refresh()

    def go_to_beginning(self) -> None:
        """The first message."""
        self.flow.show_from(0)
        self.refresh()

    def go_to_end(self) -> None:
        """The last line, also if more comes."""
        self.flow.show_end()
        self.refresh()

    def go_to_message(self, message: int, match: Match | None = None) -> None:
        """A message, or a place in it, that may not be in memory yet. Folded lines open for it."""
        message = max(0, min(message, self.flow.count - 1))
        if self.flow.sheet(message) is None:
            self._pending = (message, match)
            self.flow.show_part(message, 0, y=0, above=0)
            self.refresh()
            return
        self._bring(message, match)
        self.refresh()

    def _bring(self, message: int, match: Match | None) -> None:
        sheet = self.flow.sheet(message)
        if sheet is None:
            return
        if match is None:
            self.flow.show_part(message, 0, y=0, above=self.look.px(12))
            return
        index = sheet.index_of(match.block, match.piece)
        if index is None:
            self._opened.setdefault(message, set()).add(match.block)
            self._parts_changed(message)
            index = sheet.index_of(match.block, match.piece) or 0
        y = 0.0
        if sheet.parts[index].kind == "text":
            rects = sheet.box(index).rects(match.start, match.end)
            y = rects[0].top() if rects else 0.0
        # Where it can be seen already, nothing moves.
        place = next((p for p in self.placed if p.number == message and p.part == index), None)
        if place is not None:
            seen = place.top + sheet.area(index).top() + y
            if self.look.px(8) <= seen <= self.flow.view_height - self.look.px(40):
                return
        self.flow.show_part(message, index, y=y, above=self.flow.view_height / 3)

    # ---- finding and opening ----------------------------------------------------------------------------

    def set_needle(self, needle: Needle | None) -> None:
        """What is looked for: marked wherever it stands."""
        self.marks.needle = needle
        self.marks.match = None
        self.viewport().update()

    def set_match(self, match: Match | None) -> None:
        """The place that was gone to."""
        self.marks.match = match
        self.viewport().update()

    def leaf(self, message: int) -> Leaf | None:
        """A message that is in memory."""
        sheet = self.flow.sheet(message)
        return sheet.leaf if sheet is not None else None

    def toggle(self, message: int, block: int) -> None:
        """Open a folded line or a picture, or close it."""
        sheet = self.flow.sheet(message)
        if sheet is None:
            return
        part = next(part for part in sheet.parts if part.block == block)
        self.flow.stay()
        if part.kind == "image":
            self._toggle_picture(message, part)
        else:
            opened = self._opened.setdefault(message, set())
            opened.symmetric_difference_update({block})
        self._parts_changed(message)
        self.refresh()

    def is_open(self, message: int, block: int) -> bool:
        """Whether a folded line or a picture is open."""
        return block in self._opened.get(message, ()) or (message, block) in self.marks.pictures

    def shift(self, key: tuple[int, int, int], pixels: float) -> bool:
        """Move a table that is wider than the list to the left; whether that is one."""
        band = next((band for band in bands_of(self.placed) if band.key == key and band.is_table), None)
        if band is None:
            return False
        widest = max(
            place.sheet.box(place.part).width
            for place in self.placed
            if place.sheet is band.sheet and place.sheet.parts[place.part].style == "table"
        )
        room = band.rect.width() - 2 * self.typeset.padding
        before = self.marks.shifts.get(key, 0.0)
        self.marks.shifts[key] = min(max(0.0, widest - room), max(0.0, before + pixels))
        self.viewport().update()
        return True

    def _toggle_picture(self, message: int, part: Part) -> None:
        key = (message, part.block)
        if key in self.marks.pictures:
            del self.marks.pictures[key]
            return
        self.marks.pictures[key] = translate("Preview", "Loading…")
        ratio = self.devicePixelRatioF()
        room = QSize(round(self._width * ratio), round(self.typeset.picture_height * ratio))
        self.picture_wanted.emit(message, part.ordinal, room)

    def _parts_changed(self, message: int) -> None:
        sheet = self.flow.sheet(message)
        if sheet is not None:
            sheet.set_opened(frozenset(self._opened.get(message, ())), self._picture_sizes(message))
            self.flow.changed(message)
        self.refresh()

    # ---- setting ----------------------------------------------------------------------------------------

    def _make_sheet(self, leaf: Leaf) -> Sheet:
        opened = frozenset(self._opened.get(leaf.number, ()))
        return Sheet(leaf, self.typeset, self._width, opened, self._picture_sizes(leaf.number))

    def _picture_sizes(self, message: int) -> dict[int, QSizeF]:
        sizes: dict[int, QSizeF] = {}
        room = QSizeF(
            max(16, self._width - self.typeset.left - self.typeset.right - 2 * self.typeset.padding),
            self.typeset.picture_height,
        )
        for (number, block), shown in self.marks.pictures.items():
            if number != message:
                continue
            if isinstance(shown, QImage):
                size = QSizeF(shown.size()) / self.devicePixelRatioF()
                if size.width() > room.width() or size.height() > room.height():
                    size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
                sizes[block] = size
            else:
                sizes[block] = QSizeF(room.width(), self.typeset.name_height)
        return sizes

    def _line_factor(self) -> float:
        return self.typeset.pitch("body") * _USUAL_WIDTH * self.look.factor / max(1, self._width)

    def _look_changed(self) -> None:
        before = self._line_factor()
        self.typeset = Typeset(self.look)
        self.flow.foot = self.look.px(16)
        self.flow.reset(self._line_factor() / before)
        self.refresh()

    def refresh(self) -> None:
        """Work out what is in view, and ask for what is missing."""
        self.placed = self.flow.arrange()
        self._sync_bar()
        if self.placed:
            first, last = self.placed[0].number, self.placed[-1].number
            for page in self._library.evict(first, last, self._pinned()):
                for message in self._library.messages_of(page):
                    self.flow.drop(message)
            asked: Wanted = self._library.wanted(first, last, self.flow.count, is_counted=self._is_counted)
            self.wanted.emit(asked)
        self.viewport().update()
        self.view_changed.emit()

    def _pinned(self) -> range:
        """Pages that a selection needs."""
        selection = self.marks.selection
        if selection is None:
            return range(0)
        page_of = self._library.page_of
        return range(page_of(selection.start.number), page_of(selection.end.number) + 1)

    # ---- scroll bar -------------------------------------------------------------------------------------

    def _sync_bar(self) -> None:
        bar = self.verticalScrollBar()
        if bar.isSliderDown():
            # Whoever drags the handle would lose it if its way became longer or shorter.
            return
        self._is_syncing = True
        bar.setRange(0, max(0, round(self.flow.total) - self.flow.view_height))
        bar.setPageStep(self.flow.view_height)
        bar.setSingleStep(self.look.px(_STEP))
        bar.setValue(round(self.flow.y))
        self._is_syncing = False
        self._bar_value = bar.value()

    def scrollContentsBy(self, _right: int, _down: int) -> None:
        """The scroll bar was moved."""
        if self._is_syncing:
            return
        bar = self.verticalScrollBar()
        value, before = bar.value(), self._bar_value
        self._bar_value = value
        moved = value - before
        if bar.isSliderDown():
            share = value / max(1, bar.maximum())
            self.flow.show_from(share * max(0.0, self.flow.total - self.flow.view_height))
        elif value == 0:
            self.flow.show_from(0)
        elif abs(moved) <= _FAR_VIEWS * self.flow.view_height:
            self.flow.scroll(moved)
        elif value == bar.maximum():
            self.flow.show_end()
        else:
            self.flow.show_from(value)
        self.refresh()

    # ---- events -----------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width sets every message anew; the view stays where it was."""
        super().resizeEvent(event)
        self.flow.foot = self.look.px(16)
        self.flow.view_height = self.viewport().height()
        width = self.viewport().width()
        if width != self._width:
            factor = self._width / width if self._width and width else 1.0
            self._width = width
            self.flow.reset(factor)
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """By pixels where the device tells them; sideways over a table moves the table."""
        exact, notches = event.pixelDelta(), event.angleDelta()
        step = 3 * self.look.px(_STEP) / _NOTCH
        right = exact.x() if not exact.isNull() else notches.x() * step
        down = exact.y() if not exact.isNull() else notches.y() * step
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not right:
            right, down = down, 0
        if abs(right) > abs(down):
            point = QPointF(self.viewport().mapFrom(self, event.position().toPoint()))
            band = next((band for band in bands_of(self.placed) if band.rect.contains(point)), None)
            if band is not None:
                self.shift(band.key, -right)
        elif down:
            self.scroll_by(-down)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Painting goes to the viewport."""
        if event.type() is QEvent.Type.Paint:
            assert isinstance(event, QPaintEvent)
            self._paint(event)
            return True
        return super().viewportEvent(event)

    def _paint(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        view = QRectF(self.viewport().rect())
        painter.fillRect(event.rect(), self.look.colors.base)
        if not self.placed:
            if self._is_waiting:
                paint_shape_of_text(painter, self.typeset, view, view.height())
            return
        MessagePainter(painter, self.typeset, self.marks, view).paint(self.placed)
        if self.marks.shows_ring and self.marks.focused is None:
            outline(painter, view.adjusted(2, 2, -2, -2), self.look.colors.accent, 8, 2)

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(self.look.px(_USUAL_WIDTH), self.look.px(400))
