"""A dialog whose content comes and goes: as high as what is shown, and it scrolls where the screen is too low for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.widgets.buttons import RING
from app.desktop.widgets.dialogs import Dialog
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from app.desktop.theme import Look


class FittingDialog(Dialog):
    """`column` is what its content stands in, the fields' room for their rings outside of the text's edges."""

    def __init__(
        self, look: Look, title: str, heading: str, *, width: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, title, heading, width=width, parent=parent)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self._anew = False
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, look.px(4), 0, look.px(2))
        self._scroll = _Scroll(look, content, self)
        content.installEventFilter(self)
        # The fields' own room for their rings lies beyond the edges of the text.
        outside = QHBoxLayout()
        outside.addSpacing(-RING)
        outside.addWidget(self._scroll)
        outside.addSpacing(-RING)
        self.body.addLayout(outside)

    def told(self) -> list[QWidget]:
        """What is brought into sight when it comes."""
        return []

    def fit_anew(self) -> None:
        """Something else is shown now: lower than before, too."""
        self._anew = True
        self._fitting.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """More to show than before, or less."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        """As high as what is shown; smaller only by hand."""
        self._scroll.updateGeometry()
        layout = self.layout()
        assert layout is not None
        # Else the layouts within it still know the old sizes.
        layout.activate()
        least = 0 if self._anew else self.height()
        self.resize(self.width(), max(least, self.sizeHint().height()))
        if self._anew:
            # Losing the focus, or what was shown before, has moved it.
            self._scroll.verticalScrollBar().setValue(0)
            self._anew = False
        for widget in self.told():
            if not widget.isHidden():
                self._scroll.ensureWidgetVisible(widget)


class _Scroll(ScrollPage):
    """As high as its content, where the screen has room for that."""

    def __init__(self, look: Look, content: QWidget, parent: QWidget) -> None:
        super().__init__(look, content, parent)
        self._content = content

    def sizeHint(self) -> QSize:
        """The content's, up to two thirds of the screen."""
        wanted = self._content.sizeHint()
        layout = self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            width = self.width() if self.isVisible() else wanted.width()
            wanted.setHeight(layout.heightForWidth(width))
        screen = self.screen().availableGeometry().height()
        return QSize(wanted.width(), min(wanted.height() + 2, screen * 2 // 3))

    def minimumSizeHint(self) -> QSize:
        """It scrolls where there is no room."""
        return QSize(self._content.minimumSizeHint().width(), min(120, self.sizeHint().height()))
