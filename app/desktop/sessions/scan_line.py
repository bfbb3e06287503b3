"""How far a scan is: a quiet line beside the page's title and a thin bar below the table's header. Nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.widgets.bars import ProgressBar
from app.desktop.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView

    from app.desktop.theme import Look
    from app.sessions.index import ScanProgress

DELAY_MILLISECONDS = 500
"""A scan that ends sooner is not spoken of."""

MANY = 20
"""Sessions to read, from which on a scan that nobody asked for is spoken of."""

_THICKNESS = 2


class ScanLine(ElidedLabel):
    """The line; with `bar_over` the bar too."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "", "meta", "text3")
        self._bar: ProgressBar | None = None
        self._text = ""
        self._fraction: float | None = None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MILLISECONDS)
        self._delay.timeout.connect(self._show)

    def bar_over(self, table: QTableView) -> None:
        """Lay a bar over the lower edge of a table's header."""
        self._bar = ProgressBar(self.look, translate("Sessions", "Scan"), thickness=_THICKNESS, parent=table)
        self._bar.hide()
        table.installEventFilter(self)

    def tell(self, progress: ScanProgress | None, *, wanted: bool, taking: bool) -> None:
        """How far the scan is, None for no scan. `wanted`: a person waits for it. `taking`: files are looked at."""
        spoken_of = progress is not None and (wanted or progress.to_read >= MANY)
        if not spoken_of and not taking:
            self._delay.stop()
            self.setText("")
            if self._bar is not None:
                self._bar.hide()
            return
        if progress is not None and spoken_of and progress.to_read:
            self._text = translate("Sessions", "Reading {read} of %n sessions…", n=progress.to_read).format(
                read=number(progress.read)
            )
            self._fraction = progress.bytes_read / max(1, progress.bytes_to_read)
        else:
            self._text = (
                translate("Sessions", "Looking at what was added…")
                if taking
                else translate("Sessions", "Looking for sessions…")
            )
            self._fraction = None
        if self.text():
            self._show()
        elif not self._delay.isActive():
            self._delay.start()

    def _show(self) -> None:
        self.setText(self._text)
        if self._bar is not None:
            self._bar.set_fraction(self._fraction)
            self._place()
            self._bar.show()

    def eventFilter(self, table: QObject, event: QEvent) -> bool:
        """The bar is as wide as the table."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(table, event)

    def _place(self) -> None:
        assert self._bar is not None
        table: QTableView = self._bar.parentWidget()  # type: ignore[assignment] # as `bar_over` made it
        thickness = self.look.px(_THICKNESS)
        bottom = table.horizontalHeader().height()
        self._bar.setGeometry(0, bottom - thickness, table.viewport().width(), thickness)
        self._bar.raise_()
