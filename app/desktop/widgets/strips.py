"""The strip above a table: one line about what matters now, with at most two things to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.labels import ElidedLabel, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.desktop.theme import Look

StripKind = Literal["plain", "warning", "bad"]

_ICONS = {"plain": "info", "warning": "warning", "bad": "failed"}
_GROUNDS = {"plain": "raised", "warning": "warning_ground", "bad": "bad_ground"}


class Strip(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.kind: StripKind = "plain"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(look.px(15), 0, look.px(4), 0)
        self._layout.setSpacing(0)
        self._icon = Picture(look, "info")
        self._text = ElidedLabel(look, "", "strong")
        self._layout.addWidget(self._icon)
        self._layout.addSpacing(look.px(10))
        self._layout.addWidget(self._text, 1)
        # They are there from the beginning: what is made later comes last on the page for the Tab key.
        self._less = Button(look, "", "quiet", small=True, parent=self)
        self._more = Button(look, "", "secondary", small=True, parent=self)
        self._actions: list[Callable[[], None]] = []
        for button, act in ((self._less, self._act_less), (self._more, self._act_more)):
            button.hide()
            button.clicked.connect(act)
            self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(look.px(40))
        self.hide()
        look.changed.connect(self.update)

    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.text()

    def say(
        self,
        text: str,
        actions: Sequence[tuple[str, Callable[[], None]]] = (),
        *,
        kind: StripKind = "plain",
        icon: str | None = None,
    ) -> None:
        """Show a line and up to two buttons; the last one is the more important."""
        self.kind = kind
        self._icon.set_icon(
            icon or _ICONS[kind], "warning" if kind == "warning" else "bad" if kind == "bad" else "text2"
        )
        self._text.setText(text)
        self._actions = [done for _, done in actions]
        for button in (self._less, self._more):
            button.setVisible(False)
        for button, (words, _) in zip(self._buttons, actions, strict=True):
            button.setText(words)
            button.set_ground(_GROUNDS[kind])
            button.setVisible(True)
        self.setAccessibleName(text)
        self.show()
        self.update()

    @property
    def _buttons(self) -> list[Button]:
        """Those that are shown, the more important one last."""
        return [self._less, self._more][2 - len(self._actions) :]

    def _act_less(self) -> None:
        self._actions[0]()

    def _act_more(self) -> None:
        self._actions[-1]()

    def clear(self) -> None:
        """Nothing to say."""
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), getattr(self.look.colors, _GROUNDS[self.kind]), WIDE_RADIUS)
