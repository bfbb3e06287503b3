"""Paints a session's cells: the state with its icon, the title with its warning, what is deleted soon in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from app.desktop.painting import draw_text
from app.desktop.sessions.columns import DELETED, KEYS, STATE, TITLE
from app.desktop.sessions.filtering import SOON
from app.desktop.sessions.words import state_icon
from app.desktop.widgets.table import Cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QPainter
    from PySide6.QtWidgets import QWidget

    from app.desktop.sessions.model import SessionsModel
    from app.desktop.sessions.rows import Row
    from app.desktop.theme import FontRole, Look
    from app.desktop.widgets.table import Column, Index

_SIDE = 16
_GAP = 6
_MARK = 14


class SessionCells(Cells):
    """Knows the model, and asks it for rows: a question through Qt per cell would cost more than the painting."""

    def __init__(
        self, look: Look, columns: Sequence[Column], model: SessionsModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, columns, parent)
        self._model = model

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, column: Column) -> None:
        """One cell, inside its padding."""
        row = self._model.shown[index.row()]
        number = KEYS.index(column.key)
        text = self._model.cells(row)[number]
        if number == STATE:
            self._paint_state(painter, rect, row, text)
        elif number == TITLE:
            self._paint_title(painter, rect, row, text)
        elif number == DELETED:
            self._paint_deleted(painter, rect, row, text)
        else:
            draw_text(painter, rect, text, self.look, "body", self.look.colors.text2, column.side)

    def _paint_state(self, painter: QPainter, rect: QRectF, row: Row, text: str) -> None:
        colors = self.look.colors
        only = self._model.this_computer_only
        icon = state_icon(row.state, this_computer_only=only)
        inks: dict[str, QColor] = {
            "archived": colors.ok,
            "changed": colors.accent,
            "uploading": colors.accent,
            "failed": colors.bad,
        }
        side = self.look.px(_SIDE)
        place = QPointF(round(rect.left()), round(rect.center().y() - side / 2))
        self.look.icons.paint(painter, icon, inks.get(icon, colors.text2), place, side)
        words = rect.adjusted(side + self.look.px(_GAP), 0, 0, 0)
        ink = colors.bad if row.state == "failed" else colors.text2
        draw_text(painter, words, text, self.look, "body", ink)

    def _paint_title(self, painter: QPainter, rect: QRectF, row: Row, text: str) -> None:
        colors = self.look.colors
        if row.session.notes:
            side = self.look.px(_MARK)
            room = side + self.look.px(_GAP)
            words = rect.adjusted(0, 0, -room, 0)
            width = draw_text(painter, words, text, self.look, "strong", colors.text)
            place = QPointF(
                round(rect.left() + width + self.look.px(_GAP)), round(rect.center().y() - side / 2)
            )
            self.look.icons.paint(painter, "warning", colors.warning, place, side)
        else:
            draw_text(painter, rect, text, self.look, "strong", colors.text)

    def _paint_deleted(self, painter: QPainter, rect: QRectF, row: Row, text: str) -> None:
        look, colors = self.look, self.look.colors
        deleted = row.session.deleted_at
        soon = deleted is not None and deleted - self._model.now <= SOON
        role: FontRole = "bold" if soon else "body"
        ink = colors.text3 if deleted is None else colors.warning if soon else colors.text2
        width = draw_text(painter, rect, text, look, role, ink, "right")
        if soon:
            side = look.px(_SIDE)
            left = rect.right() - width - look.px(_GAP) - side
            place = QPointF(round(left), round(rect.center().y() - side / 2))
            look.icons.paint(painter, "warning", colors.warning, place, side)
