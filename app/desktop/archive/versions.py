"""The versions of a session's log, newest first: a line of dots, each with what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.formats import event, number, size
from app.desktop.i18n import translate
from app.desktop.painting import draw_text
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.theme import Look
    from app.remote.protocol import StoredVersion

SHOWN_AT_FIRST = 30
"""Versions of a session that was archived every day for a year are asked for, not poured out."""

# Pixels at 100 %: a row, where its first line's middle is, the dot, where the text begins.
_ROW = 48
_MIDDLE = 18
_DOT = 9
_TEXT = 28


class VersionRow(QWidget):
    """One version, or the marker of a deletion."""

    def __init__(
        self, look: Look, version: StoredVersion, name: str, *, first: bool, last: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.version = version
        self._name = name
        self._when = event(version.last_modified, datetime.now(UTC))
        self._size = "" if version.is_deleted else size(version.size or 0)
        self._first = first
        self._last = last
        self.setFixedHeight(look.px(_ROW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(part for part in (name, self._when, self._size) if part))
        self.buttons = QHBoxLayout(self)
        self.buttons.setContentsMargins(0, 0, 0, look.px(_ROW - 2 * _MIDDLE))
        self.buttons.setSpacing(0)
        self.buttons.addStretch(1)
        look.changed.connect(self.update)

    def add_button(self, button: IconButton) -> None:
        """At the right."""
        self.buttons.addWidget(button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The dot with its line, the name and the size, and when it was."""
        painter = QPainter(self)
        look, colors = self.look, self.look.colors
        middle = look.px(_MIDDLE)
        self._paint_line(painter, middle)
        buttons = (look.px(28) + 2 * RING) * (self.buttons.count() - 1)
        right = self.width() - max(buttons, RING)
        above = QRectF(look.px(_TEXT), 0, right - look.px(_TEXT), 2 * middle)
        taken = draw_text(painter, above, self._size, look, "meta", colors.text2, "right")
        newest = self.version.is_latest and not self.version.is_deleted
        ink = colors.text2 if self.version.is_deleted else colors.text
        room = above.adjusted(0, 0, -taken - look.px(8), 0)
        draw_text(painter, room, self._name, look, "strong" if newest else "body", ink)
        below = above.translated(0, look.px(17))
        draw_text(painter, below, self._when, look, "meta", colors.text2)

    def _paint_line(self, painter: QPainter, middle: float) -> None:
        look, colors = self.look, self.look.colors
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = look.px(_DOT)
        centre = look.px(7)
        painter.setPen(QPen(colors.button_edge, 1))
        gap = dot / 2 + 3
        if not self._first:
            painter.drawLine(centre, 0, centre, round(middle - gap))
        if not self._last:
            painter.drawLine(centre, round(middle + gap), centre, self.height())
        if self.version.is_deleted:
            side = look.px(14)
            place = QRectF(centre - side / 2, middle - side / 2, side, side)
            look.icons.paint_centred(painter, "trash", colors.text2, place, side)
            return
        place = QRectF(centre - dot / 2, middle - dot / 2, dot, dot)
        newest = self.version.is_latest
        painter.setPen(Qt.PenStyle.NoPen if newest else QPen(colors.control_edge, 1.5))
        painter.setBrush(colors.accent if newest else colors.base)
        painter.drawEllipse(place if newest else place.adjusted(0.75, 0.75, -0.75, -0.75))


class VersionList(QWidget):
    """A heading with the count, then the rows. At its right it is RING wider than what is seen of it."""

    download_wanted = Signal(object)
    """StoredVersion."""
    preview_wanted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._versions: tuple[StoredVersion, ...] = ()
        self._readable = True
        self._all = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        heading = QHBoxLayout()
        heading.addWidget(Label(look, translate("Archive", "Versions"), "meta-strong", "text2"))
        heading.addStretch(1)
        self._count = Label(look, "", "meta", "text2")
        heading.addWidget(self._count)
        heading.addSpacing(RING)
        heading.setSpacing(0)
        column.addLayout(heading)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)

    def rows(self) -> list[VersionRow]:
        """The rows that are shown."""
        items = (self._rows.itemAt(place) for place in range(self._rows.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, VersionRow)]

    def show_versions(self, versions: Sequence[StoredVersion] | None, *, readable: bool = True) -> None:
        """These, newest first; None while they are asked for. Without `readable` S3 would refuse to give them."""
        same = versions is not None and tuple(versions) == self._versions
        if same and readable == self._readable and self._rows.count():
            return
        self._versions = tuple(versions or ())
        self._readable = readable
        self._all = False
        self._count.setText(
            number(sum(not version.is_deleted for version in self._versions)) if versions else ""
        )
        if versions is None:
            self._clear()
            self._rows.addWidget(Label(self.look, translate("Archive", "Asking S3…"), "meta", "text3"))
        else:
            self._fill()

    def _clear(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _fill(self) -> None:
        self._clear()
        left = sum(not version.is_deleted for version in self._versions)
        shown = self._versions if self._all else self._versions[:SHOWN_AT_FIRST]
        for place, version in enumerate(shown):
            name = translate("Archive", "Deleted")
            if not version.is_deleted:
                newest = version.is_latest
                name = (
                    translate("Archive", "Newest", "version")
                    if newest
                    else translate("Archive", "Version {number}").format(number=number(left))
                )
                left -= 1
            row = VersionRow(
                self.look,
                version,
                name,
                first=place == 0,
                last=place == len(self._versions) - 1,
                parent=self,
            )
            if not version.is_deleted:
                self._add_buttons(row, name)
            self._rows.addWidget(row)
        if len(shown) < len(self._versions):
            rest = len(self._versions) - len(shown)
            more = Button(self.look, translate("Archive", "Show %Ln more", n=rest), "link", parent=self)
            more.clicked.connect(self._show_all)
            self._rows.addWidget(more)

    def _add_buttons(self, row: VersionRow, name: str) -> None:
        for icon, words, wanted in (
            ("eye", translate("Archive", "Preview this version"), self.preview_wanted),
            ("download", translate("Archive", "Download this version"), self.download_wanted),
        ):
            button = IconButton(self.look, icon, words, parent=row)
            button.setAccessibleName(f"{words}: {name}")
            button.setEnabled(self._readable)
            button.clicked.connect(
                lambda _checked=False, wanted=wanted, version=row.version: wanted.emit(version)
            )
            row.add_button(button)

    def _show_all(self) -> None:
        self._all = True
        self._fill()
