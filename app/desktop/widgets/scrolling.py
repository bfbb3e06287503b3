"""A thin scroll bar that stands on the page, and a page that scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QProxyStyle,
    QScrollArea,
    QScrollBar,
    QStyle,
    QStyleOption,
    QStyleOptionSlider,
    QWidget,
)

from app.desktop.painting import fill

if TYPE_CHECKING:
    from app.desktop.theme import Look


class _NoArrows(QProxyStyle):
    """Keeps no room for arrows at the ends: the handle goes from one to the other."""

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """Arrows are as long as the bar is thick."""
        if metric is QStyle.PixelMetric.PM_ScrollBarExtent:
            return 0
        return super().pixelMetric(metric, option, widget)


class ScrollBar(QScrollBar):
    """Six pixels wide in a lane of ten, without arrows."""

    def __init__(self, look: Look, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.look = look
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._no_arrows = _NoArrows("Fusion")
        self.setStyle(self._no_arrows)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The lane."""
        lane = self.look.px(10)
        return (
            QSize(lane, lane * 4) if self.orientation() is Qt.Orientation.Vertical else QSize(lane * 4, lane)
        )

    def enterEvent(self, event: QEnterEvent) -> None:
        """Darker under the mouse."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """As it was."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Only the handle, where the style thinks it is."""
        if self.maximum() <= self.minimum():
            return
        painter = QPainter(self)
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = QRectF(
            self.style().subControlRect(
                QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
            )
        )
        thick = self.look.px(8 if self.underMouse() or self.isSliderDown() else 6)
        if self.orientation() is Qt.Orientation.Vertical:
            bar = QRectF(self.width() - thick - 1, handle.top(), thick, handle.height())
        else:
            bar = QRectF(handle.left(), self.height() - thick - 1, handle.width(), thick)
        colors = self.look.colors
        fill(painter, bar, colors.control_edge if self.isSliderDown() else colors.button_edge, thick / 2)


class ScrollPage(QScrollArea):
    """A page's content, as high as it needs to be."""

    def __init__(self, look: Look, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(ScrollBar(look, Qt.Orientation.Vertical))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
