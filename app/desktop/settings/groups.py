"""What the settings' tabs are made of: sections with a heading, groups with a rounded edge, rows with a control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.painting import WIDE_RADIUS, hairline, outline
from app.desktop.settings.notes import Below
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.labels import ElidedLabel, Label, Picture
from app.desktop.widgets.problem import Problem
from app.desktop.widgets.scrolling import ScrollPage
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from PySide6.QtGui import QResizeEvent

    from app.account.settings import Settings, SettingsChange
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.theme import Look
    from app.desktop.widgets.dialogs import Dialog
    from app.desktop.widgets.labels import Ink
    from app.errors import ChatLogError

CONTENT_WIDTH = 760
"""Pixels at 100 % (LOOK.md's picture of the settings)."""

EDGE = 24
INSET = 16
LEAST_WORDS = 240
"""What a row's words need beside its controls, their insets included."""

ICON_INSET = 50
"""From a group's edge to what stands beside an icon."""


class Group(QWidget):
    """Rows in a rounded edge, with hairlines between them."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setAccessibleName(name)
        self._rows: list[tuple[QWidget, int]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.setSpacing(1)
        look.changed.connect(self.update)

    def add(self, row: QWidget, *, line_from: int = INSET) -> None:
        """A row at the end; `line_from`: where the hairline above it begins, pixels at 100 %."""
        self._rows.append((row, line_from))
        self._layout.addWidget(row)

    def remove(self, row: QWidget) -> None:
        """One row less."""
        self._rows = [(other, inset) for other, inset in self._rows if other is not row]
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()

    def clear(self) -> None:
        """No rows."""
        for row in self.rows():
            self.remove(row)

    def rows(self) -> list[QWidget]:
        """From top to bottom."""
        return [row for row, _ in self._rows]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The edge and the lines."""
        painter = QPainter(self)
        colors = self.look.colors
        shown = [(row, inset) for row, inset in self._rows if not row.isHidden()]
        for row, inset in shown[1:]:
            hairline(painter, self.look.px(inset) if inset else 0, self.width() - 1, row.y() - 1, colors.line)
        outline(painter, QRectF(self.rect()), colors.line, WIDE_RADIUS)


class SettingRow(QWidget):
    """A title, a line that explains it, a control at the right; and below it why it could not be done."""

    def __init__(
        self,
        context: Context,
        title: str,
        line: str = "",
        controls: Sequence[QWidget] = (),
        *,
        icon: str | None = None,
        path: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`path`: in place of the line, cut in its middle."""
        super().__init__(parent)
        look = context.look
        self.look = look
        self._context = context
        self._again: Callable[[], None] | None = None
        self._problem: Problem | None = None
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(INSET), look.px(8), look.px(INSET) - RING, look.px(8))
        row.setSpacing(look.px(8))
        self.picture: Picture | None = None
        if icon is not None:
            self.picture = Picture(look, icon)
            row.addSpacing(look.px(2))
            row.addWidget(self.picture)
            row.addSpacing(look.px(8))
        texts = QVBoxLayout()
        texts.setSpacing(look.px(2))
        texts.addStretch(1)
        self.title = Label(look, title, "strong", wrap=True)
        texts.addWidget(self.title)
        # With a parent from the start: what is made visible without one is a window.
        middle = Qt.TextElideMode.ElideMiddle
        self.path = ElidedLabel(look, path, "mono-small", "text2", elide=middle, parent=self)
        self.path.setVisible(bool(path))
        texts.addWidget(self.path)
        self.line = Label(look, line, "meta", "text2", wrap=True, parent=self)
        self.line.setVisible(bool(line))
        texts.addWidget(self.line)
        texts.addStretch(1)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(look.px(8))
        self._pair.addLayout(texts, 1)
        row.addLayout(self._pair, 1)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(0)
        for control in controls:
            self.controls.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            if not control.accessibleDescription():
                control.setAccessibleDescription(line)
        if controls and isinstance(controls[-1], Segments):
            # They have no room for a focus ring around them.
            self.controls.addSpacing(RING)
        self.controls.addStretch(0)
        self._pair.addLayout(self.controls)
        self._outer.addLayout(row)
        self.setMinimumHeight(look.px(56))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the controls leave no room for words they go below them."""
        super().resizeEvent(event)
        narrow = self.width() - self.controls.sizeHint().width() < self.look.px(LEAST_WORDS)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if direction is not self._pair.direction():
            self._pair.setDirection(direction)

    def set_path(self, path: str) -> None:
        """A path below the title, cut in its middle; none hides it."""
        self.path.setText(path)
        self.path.setVisible(bool(path))

    def say(self, line: str, ink: Ink = "text2") -> None:
        """Another line below the title; none hides it."""
        self.line.setText(line)
        self.line.set_ink(ink)
        self.line.setVisible(bool(line))

    def tell(self, error: ChatLogError | None, again: Callable[[], None] | None = None) -> None:
        """Why it could not be done, below the row; `again` tries once more. None: it went well."""
        self._again = again
        if error is None:
            if self._problem is not None:
                self._problem.tell(None)
            return
        if self._problem is None:
            self._problem = Problem(self.look, self._context.messages, self._act, self)
            edge = self.look.px(INSET)
            holder = Below(self._problem, left=edge, right=edge, bottom=self.look.px(12))
            self._outer.addWidget(holder)
        self._problem.tell(error)

    @property
    def error(self) -> ChatLogError | None:
        """What it tells of."""
        return None if self._problem is None else self._problem.error

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        again = self._again
        if action == "retry" and again is not None:
            self.tell(None)
            again()
        else:
            self._context.run_action(action, error)


class SettingsTab(ScrollPage):
    """One tab: sections below each other, no wider than is easy to read; scrolls where there is no room."""

    def __init__(self, context: Context, name: str) -> None:
        content = QWidget()
        super().__init__(context.look, content)
        self.context = context
        self.look = look = context.look
        self.setAccessibleName(name)
        outer = QHBoxLayout(content)
        outer.setContentsMargins(look.px(EDGE), look.px(20), look.px(EDGE), look.px(EDGE))
        outer.setSpacing(0)
        column = QWidget()
        column.setMaximumWidth(look.px(CONTENT_WIDTH))
        column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        outer.addWidget(column, 1)
        # What is left of the room goes to the right of the column.
        outer.addStretch(0)
        self.column = QVBoxLayout(column)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self._sections = 0
        self.dialog: Dialog | None = None
        """The dialog that is open."""

    def add_section(self, heading: str, line: str = "", button: QWidget | None = None) -> tuple[Label, Label]:
        """A heading, a line below it, a button at its right; both labels."""
        px = self.look.px
        if self._sections:
            self.column.addSpacing(px(28))
        self._sections += 1
        row = QHBoxLayout()
        row.setSpacing(px(12))
        texts = QVBoxLayout()
        texts.setSpacing(px(3))
        title = Label(self.look, heading, "pane", wrap=True)
        below = Label(self.look, line, "body", "text2", wrap=True)
        if not line:
            below.hide()
        texts.addWidget(title)
        texts.addWidget(below)
        row.addLayout(texts, 1)
        if button is not None:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            # Layouts take no negative margins; the button's own room for its ring lies beyond the edge.
            row.addSpacing(-RING)
        self.column.addLayout(row)
        self.column.addSpacing(px(11))
        return title, below

    def add_group(self, name: str) -> Group:
        """A group at the end."""
        group = Group(self.look, name)
        self.column.addWidget(group)
        return group

    def open_dialog(self, dialog: Dialog) -> None:
        """Show a dialog before the window; one at a time."""
        if self.dialog is not None:
            dialog.deleteLater()
            return
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def end(self) -> None:
        """Nothing more is added."""
        self.column.addStretch(1)

    def save(self, row: SettingRow, **values: Unpack[SettingsChange]) -> None:
        """Write settings at once; the row says it where that fails, and the controls show what holds."""
        row.tell(None)

        def failed(error: ChatLogError) -> None:
            row.tell(error, lambda: self.save(row, **values))
            self.show_settings(self.context.account.settings)

        self.context.account.save_settings(values, failed=failed, owner=row)

    def show_settings(self, settings: Settings) -> None:
        """Show the choices as they hold."""

    def shown(self) -> None:
        """It has come to the front."""
