"""The page's two sides: the list, and the preview beside it, as wide as it was left and hidden where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from app.desktop.painting import vertical_hairline

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.desktop.context import Context
    from app.desktop.preview.pane import PreviewPane
    from app.desktop.theme import Look
    from app.sessions.model import Session

QUIET_MILLISECONDS = 120
"""A session is opened when the selection has rested for so long: holding the down key stays smooth."""

_WIDTH = 336
_NARROWEST = 260
_LIST = 520
"""What the list needs beside the preview: with less room the preview gives way. All in pixels at 100 %."""

_SHOWN = "sessions.preview-shown"
_WIDTHS = "sessions.preview-width"


class _Handle(QSplitterHandle):
    """A hairline that can be dragged."""

    def __init__(self, look: Look, splitter: QSplitter) -> None:
        super().__init__(Qt.Orientation.Horizontal, splitter)
        self._look = look

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One line."""
        vertical_hairline(QPainter(self), self.width() // 2, 0, self.height(), self._look.colors.line)


class BesidePreview(QSplitter):
    """The list's widget and the preview."""

    shown_changed = Signal()
    """The preview has come or gone."""
    reveal_wanted = Signal(object)
    """The Session that is previewed is wanted in the file manager."""
    copy_id_wanted = Signal(object)
    """Its id is wanted in the clipboard."""

    def __init__(self, context: Context, content: QWidget, parent: QWidget | None = None) -> None:
        self._look = context.look
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._context = context
        self._wanted = context.window_state.value(_SHOWN, True)
        self._width = context.window_state.value(_WIDTHS, (_WIDTH,))[0]
        self._offered = False
        self._session: Session | None = None
        self._pane: PreviewPane | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MILLISECONDS)
        self._timer.timeout.connect(self._open)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(content)
        self.setStretchFactor(0, 1)
        self.splitterMoved.connect(self._moved)

    def createHandle(self) -> QSplitterHandle:
        """The line between them."""
        return _Handle(self._look, self)

    @property
    def preview_shown(self) -> bool:
        """Whether the preview can be seen."""
        return self._pane is not None and not self._pane.isHidden()

    def set_offered(self, offered: bool) -> None:
        """Whether there is anything to preview; where not, it is hidden without being forgotten."""
        self._offered = offered
        self._fit()

    def set_shown(self, shown: bool) -> None:
        """A person wants the preview, or wants it gone."""
        self._wanted = shown
        self._context.window_state.keep(_SHOWN, shown)
        self._fit(asked_for=shown)

    def toggle(self) -> None:
        """The other way round."""
        self.set_shown(not self.preview_shown)

    def look_at(self, session: Session | None) -> None:
        """Preview a session soon, unless another comes first; None: nothing."""
        self._session = session
        self._timer.start()

    def focus_preview(self) -> None:
        """Show the preview and go there."""
        self.set_shown(True)
        if self._pane is not None:
            self._pane.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        if not self.preview_shown or self._pane is None:
            return
        if self._session is None:
            self._pane.clear()
        else:
            self._pane.show_session(self._session)

    def _fit(self, *, asked_for: bool = False) -> None:
        px = self._look.px
        has_room = self.width() >= px(_LIST) + px(_NARROWEST) or asked_for
        shown = self._wanted and self._offered and has_room
        if shown == self.preview_shown:
            return
        if shown:
            pane = self._pane or self._make()
            pane.show()
            width = max(px(_NARROWEST), min(px(self._width), self.width() - px(_LIST)))
            self.setSizes([self.width() - width, width])
            self._timer.start(0)
        elif self._pane is not None:
            self._pane.hide()
        self.shown_changed.emit()

    def _make(self) -> PreviewPane:
        from app.desktop.preview.pane import PreviewPane  # noqa: PLC0415 - made when first shown

        self._pane = PreviewPane(self._context)
        self._pane.hidden_by_person.connect(self._hidden)
        self._pane.reveal_wanted.connect(self._reveal)
        self._pane.copy_id_wanted.connect(self._copy_id)
        self.addWidget(self._pane)
        self.setStretchFactor(1, 0)
        return self._pane

    def _hidden(self) -> None:
        self.set_shown(False)

    def _reveal(self) -> None:
        if self._session is not None:
            self.reveal_wanted.emit(self._session)

    def _copy_id(self) -> None:
        if self._session is not None:
            self.copy_id_wanted.emit(self._session)

    def _moved(self, _position: int, _number: int) -> None:
        self._width = round(self.sizes()[1] / self._look.factor)
        self._context.window_state.keep(_WIDTHS, (self._width,))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room has come or gone."""
        super().resizeEvent(event)
        self._fit()
