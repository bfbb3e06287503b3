"""Label and value in two columns: what is known of one thing. Long ids are cut in the middle and can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.desktop.widgets.labels import ElidedLabel, Label, Picture

if TYPE_CHECKING:
    from app.desktop.theme import FontRole, Look
    from app.desktop.widgets.labels import Ink


class Details(QWidget):
    """Rows of a label and its value."""

    def __init__(self, look: Look, *, label_width: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.px(8))
        self._grid.setVerticalSpacing(look.px(9))
        self._grid.setColumnMinimumWidth(0, look.px(label_width) - look.px(8))
        self._grid.setColumnStretch(1, 1)

    def clear(self) -> None:
        """No rows."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(
        self,
        label: str,
        value: str,
        *,
        icon: str | None = None,
        ink: Ink = "text",
        icon_ink: Ink | None = None,
        mono: bool = False,
        tooltip: str | None = None,
    ) -> None:
        """One row. `mono`: an id, cut in the middle; `tooltip` defaults to the whole value where it is cut."""
        row = self._grid.rowCount()
        name = Label(self.look, label, "meta", "text3")
        role: FontRole = "mono-small" if mono else "meta"
        elide = Qt.TextElideMode.ElideMiddle if mono else Qt.TextElideMode.ElideRight
        shown = ElidedLabel(self.look, value, role, ink, elide=elide)
        shown.setAccessibleName(f"{label}: {value}")
        if tooltip:
            shown.setToolTip(tooltip)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(self.look.px(6))
        if icon is not None:
            line.addWidget(Picture(self.look, icon, icon_ink or ink, side=14))
        line.addWidget(shown, 1)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(holder, row, 1)
