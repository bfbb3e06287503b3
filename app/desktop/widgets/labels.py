"""Text on a page in the look's type and colours, which follow the look; and lines between things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.desktop.painting import draw_text, hairline, vertical_hairline
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from app.desktop.theme import FontRole, Look

_MAY_BREAK = "\u200b"
_LONG_WORD = re.compile(r"[!-~]{25,}")
"""Japanese has no spaces, and rules of its own where lines may end."""

Ink = Literal["text", "text2", "text3", "accent", "ok", "warning", "bad", "on_accent"]


class Label(QLabel):
    """Plain text, never HTML. `wrap`: over several lines; `selectable`: can be marked and copied."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        role: FontRole = "body",
        ink: Ink = "text",
        *,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.look = look
        self.role: FontRole = role
        self.ink: Ink = ink
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._renew()
        look.changed.connect(self._renew)

    def set_ink(self, ink: Ink) -> None:
        """Another colour role."""
        self.ink = ink
        self._renew()

    def _renew(self) -> None:
        self.setFont(self.look.font(self.role))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, getattr(self.look.colors, self.ink))
        self.setPalette(palette)


class Paragraph(Label):
    """Words over several lines; a long one without a space, such as a path, is broken where the line ends."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        role: FontRole = "body",
        ink: Ink = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, "", role, ink, wrap=True, parent=parent)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Other words."""
        super().setText(_LONG_WORD.sub(lambda found: _MAY_BREAK.join(found.group()), text))

    def text(self) -> str:
        """The words as they were given."""
        return super().text().replace(_MAY_BREAK, "")


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis where there is no room; the whole text is its tooltip then."""

    def __init__(
        self,
        look: Look,
        text: str = "",
        role: FontRole = "body",
        ink: Ink = "text",
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.role: FontRole = role
        self.ink: Ink = ink
        self._elide = elide
        self._told = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)
        look.changed.connect(self._renew)

    def setToolTip(self, text: str) -> None:
        """More than the text; none brings the whole text back where it is cut."""
        self._told = bool(text)
        super().setToolTip(text)

    def setText(self, text: str) -> None:
        """Another text."""
        super().setText(text)
        self.setAccessibleName(text)
        self._renew()

    def set_ink(self, ink: Ink) -> None:
        """Another colour role."""
        self.ink = ink
        self.update()

    def _renew(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The whole text on one line."""
        metrics = self.look.metrics(self.role)
        return QSize(round(metrics.horizontalAdvance(self.text()) + 1), round(metrics.height() + 1))

    def minimumSizeHint(self) -> QSize:
        """It may be cut."""
        return QSize(self.look.px(24), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, cut if it must be."""
        painter = QPainter(self)
        color = getattr(self.look.colors, self.ink)
        text = self.text()
        draw_text(painter, QRectF(self.rect()), text, self.look, self.role, color, elide=self._elide)
        if not self._told:
            cut = self.look.metrics(self.role).horizontalAdvance(text) > self.width()
            super().setToolTip(plain_tooltip(text) if cut else "")


class ClampedLabel(QWidget):
    """Text over a few lines at most; the last of them is cut where there is more, and the whole is the tooltip then."""

    def __init__(
        self,
        look: Look,
        role: FontRole = "pane",
        ink: Ink = "text",
        *,
        lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.role: FontRole = role
        self.ink: Ink = ink
        self._most = lines
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look.changed.connect(self._renew)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Another text."""
        self._text = text
        self.setAccessibleName(text)
        self._renew()

    def _renew(self) -> None:
        self.updateGeometry()
        self.update()

    def _lines(self, width: int) -> list[str]:
        layout = QTextLayout(self._text, self.look.font(self.role))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        found: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            if len(found) == self._most - 1:
                rest = self._text[line.textStart() :]
                metrics = self.look.metrics(self.role)
                found.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
                break
            found.append(self._text[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
        return found

    def hasHeightForWidth(self) -> bool:
        """As many lines as it takes."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the lines that a width makes."""
        return round(max(1, len(self._lines(width))) * self.look.metrics(self.role).height())

    def sizeHint(self) -> QSize:
        """One line high at least."""
        return QSize(self.look.px(120), round(self.look.metrics(self.role).height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The lines."""
        painter = QPainter(self)
        height = self.look.metrics(self.role).height()
        lines = self._lines(self.width())
        for number, text in enumerate(lines):
            rect = QRectF(0, number * height, self.width(), height)
            ink = getattr(self.look.colors, self.ink)
            draw_text(painter, rect, text.rstrip(), self.look, self.role, ink)
        self.setToolTip("" if "".join(lines) == self._text else plain_tooltip(self._text))


class Picture(QWidget):
    """An icon that only shows; what it means stands beside it in words."""

    def __init__(
        self, look: Look, icon: str, ink: Ink = "text2", *, side: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.icon_name = icon
        self.ink: Ink = ink
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def set_icon(self, icon: str, ink: Ink | None = None) -> None:
        """Another icon, another colour."""
        self.icon_name = icon
        self.ink = ink or self.ink
        self.update()

    def sizeHint(self) -> QSize:
        """The icon's size."""
        side = self.look.px(self._side)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The icon."""
        color = getattr(self.look.colors, self.ink)
        self.look.icons.paint_centred(
            QPainter(self), self.icon_name, color, QRectF(self.rect()), self.look.px(self._side)
        )


class Line(QWidget):
    """A hairline."""

    def __init__(
        self,
        look: Look,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self._orientation = orientation
        if orientation is Qt.Orientation.Horizontal:
            self.setFixedHeight(1)
        else:
            self.setFixedWidth(1)
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One line."""
        painter = QPainter(self)
        if self._orientation is Qt.Orientation.Horizontal:
            hairline(painter, 0, self.width(), 0, self.look.colors.line)
        else:
            vertical_hairline(painter, 0, 0, self.height(), self.look.colors.line)
