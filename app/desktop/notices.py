"""The line at the window's top about what concerns the whole program; the pages below stay usable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.labels import Label, Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.desktop.theme import Look
    from app.desktop.widgets.labels import Ink

NoticeKind = Literal["bad", "warning", "plain"]

_ORDER: tuple[NoticeKind, ...] = ("bad", "warning", "plain")
_ICONS: dict[NoticeKind, str] = {"bad": "failed", "warning": "warning", "plain": "info"}
_INKS: dict[NoticeKind, Ink] = {"bad": "bad", "warning": "warning", "plain": "text2"}
_GROUNDS = {"bad": "bad_ground", "warning": "warning_ground", "plain": "raised"}


@dataclass(frozen=True)
class Notice:
    """Something to tell. A later one with the same key takes its place."""

    key: str
    kind: NoticeKind
    title: str
    text: str = ""
    actions: Sequence[tuple[str, Callable[[], None]]] = ()
    """Up to two; the last one is the more important."""


class Notices(QWidget):
    """One notice at a time, the gravest and newest first; closing it shows the next one."""

    closed = Signal(str)
    """The key of a notice that a person closed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._notices: dict[str, Notice] = {}
        self._bar: _Bar | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(look.px(16), look.px(8), look.px(16), 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        look.changed.connect(self.update)

    def tell(self, notice: Notice) -> None:
        """Show a notice, or have it wait behind graver ones."""
        self._notices.pop(notice.key, None)
        self._notices[notice.key] = notice
        self._renew()

    def withdraw(self, key: str) -> None:
        """What it said is no longer so."""
        if self._notices.pop(key, None) is not None:
            self._renew()

    def current(self) -> Notice | None:
        """The one that shows."""
        newest_first = reversed(self._notices.values())
        return min(newest_first, key=lambda notice: _ORDER.index(notice.kind), default=None)

    def all(self) -> tuple[Notice, ...]:
        """Those that show or wait, the oldest first."""
        return tuple(self._notices.values())

    def _close(self, notice: Notice) -> None:
        self.withdraw(notice.key)
        self.closed.emit(notice.key)

    def _renew(self) -> None:
        notice = self.current()
        if self._bar is not None:
            if self._bar.notice is notice:
                return
            self._layout.removeWidget(self._bar)
            self._bar.hide()
            self._bar.deleteLater()
            self._bar = None
        if notice is not None:
            self._bar = _Bar(self.look, notice, lambda: self._close(notice), self)
            self._layout.addWidget(self._bar)
            self._bar.show()
        self.setVisible(notice is not None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The page's ground."""
        QPainter(self).fillRect(self.rect(), self.look.colors.base)


class _Bar(QWidget):
    """One notice: its sign, its words, what can be done, and a way to close it."""

    def __init__(self, look: Look, notice: Notice, close: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.notice = notice
        ground = _GROUNDS[notice.kind]
        self.setAccessibleName(f"{notice.title}. {notice.text}" if notice.text else notice.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(15), look.px(4), look.px(6), look.px(4))
        row.setSpacing(0)
        row.addWidget(Picture(look, _ICONS[notice.kind], _INKS[notice.kind]))
        row.addSpacing(look.px(10))
        words = QVBoxLayout()
        words.setContentsMargins(0, look.px(6), 0, look.px(6))
        words.setSpacing(look.px(2))
        words.addWidget(Label(look, notice.title, "strong", wrap=True, selectable=True))
        if notice.text:
            words.addWidget(Label(look, notice.text, "body", "text2", wrap=True, selectable=True))
        row.addLayout(words, 1)
        row.addSpacing(look.px(8))
        for position, (text, done) in enumerate(notice.actions):
            kind: Literal["secondary", "quiet"] = (
                "secondary" if position == len(notice.actions) - 1 else "quiet"
            )
            button = Button(look, text, kind, small=True, ground=ground, parent=self)
            button.clicked.connect(lambda _checked=False, done=done: done())
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        closer = IconButton(look, "close", translate("Shell", "Close"), ground=ground, parent=self)
        closer.clicked.connect(lambda _checked=False: close())
        row.addWidget(closer, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(look.px(28) + 2 * RING + look.px(8))
        look.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        ground = getattr(self.look.colors, _GROUNDS[self.notice.kind])
        fill(QPainter(self), QRectF(self.rect()), ground, WIDE_RADIUS)
