"""Where a connection comes in: pasted as a string, chosen or dropped as a file; below it, what it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.account.connections import CONNECTION_SUFFIX, parse_connection, read_connection
from app.desktop.drop_target import local_paths
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.painting import WIDE_RADIUS, fill
from app.desktop.settings.connection_words import (
    add_account,
    add_sign_in,
    changed_rows,
)
from app.desktop.settings.form_fields import FormField
from app.desktop.settings.notes import Below
from app.desktop.settings.regions import region_in_full
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.details import Details
from app.desktop.widgets.labels import Label, Picture
from app.errors import ChatLogError

if TYPE_CHECKING:
    from app.account.connections import Connection
    from app.account.profiles import Profile
    from app.desktop.context import Context
    from app.desktop.tasks import Task

_PURPOSE = "connection"


class ConnectionField(QWidget):
    """`connection` is what stands in it, checked; None for nothing, or for what is no connection."""

    changed = Signal()
    """Another connection stands in it, or none any more."""
    entered = Signal()
    """Return was pressed."""

    def __init__(self, context: Context, before: Profile | None = None) -> None:
        """`before`: the profile that is to be changed; what would be another for it is told."""
        super().__init__()
        look = context.look
        self._context = context
        self._before = before
        self._reading: Task[Connection] | None = None
        self.connection: Connection | None = None
        self.text = FormField(
            look,
            translate("Profiles", "Connection"),
            placeholder=translate("Profiles", "Paste the string that begins with chatlog-connection:"),
        )
        self.choose_button = Button(look, translate("Profiles", "Choose a file…"))
        self.summary = ConnectionSummary(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.text, 1)
        beside = QVBoxLayout()
        # On the line of the field, below the height of its label.
        beside.addSpacing(self.text.label.sizeHint().height())
        beside.addWidget(self.choose_button)
        beside.addStretch(1)
        row.addLayout(beside)
        column.addLayout(row)
        column.addWidget(Below(self.summary, left=RING, right=RING))
        self.setAcceptDrops(True)
        self.text.field.setAcceptDrops(False)
        self.text.edited.connect(self._edited)
        self.text.entered.connect(self.entered)
        self.choose_button.clicked.connect(self._choose)

    def take_file(self, path: str) -> None:
        """Read a connection's file in the background."""
        self._stop_reading()
        self._reading = self._context.tasks.run(
            lambda _task: read_connection(Path(path)),
            done=lambda connection: self._take(connection, os.path.basename(path)),  # noqa: PTH119 - only the text is cut
            failed=self._refuse,
            owner=self,
        )

    def take_text(self, text: str) -> None:
        """As if it had been pasted."""
        self.text.set_text(text)
        self._edited()

    def say_needed(self) -> None:
        """Nothing stands in it, and without it one cannot go on."""
        if not self.text.problem():
            self.text.say(translate("Profiles", "This is needed."))
        self.text.field.setFocus()

    def _edited(self) -> None:
        self._stop_reading()
        text = self.text.text()
        if not text:
            self._show(None)
            return
        try:
            connection = parse_connection(text)
        except ChatLogError as error:
            self._refuse(error)
        else:
            self._show(connection)

    def _take(self, connection: Connection, name: str) -> None:
        self._reading = None
        self.text.set_text(name)
        self._show(connection)

    def _refuse(self, error: ChatLogError) -> None:
        self._reading = None
        self._show(None)
        self.text.say(self._context.messages.explain(error).text)

    def _show(self, connection: Connection | None) -> None:
        self.connection = connection
        if connection is not None:
            # The start says what it is; the end of base64 says nothing.
            self.text.field.setCursorPosition(0)
        self.text.say("")
        self.summary.show_connection(connection, self._before)
        self.changed.emit()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _choose(self) -> None:
        title = f"{translate('Profiles', 'Choose a connection file')} — {APPLICATION_NAME}"
        memory = self._context.window_state
        kinds = translate("Profiles", "Connections ({pattern})").format(pattern=f"*{CONNECTION_SUFFIX}")
        anything = translate("Profiles", "All files ({pattern})").format(pattern="*")
        path, _ = QFileDialog.getOpenFileName(self, title, memory.folder(_PURPOSE), f"{kinds};;{anything}")
        if path:
            memory.keep_folder(_PURPOSE, os.path.dirname(path))  # noqa: PTH120 - only the text is cut
            self.take_file(path)

    # ---- dropped ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file is welcome."""
        if len(local_paths(event.mimeData())) == 1:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read it; the file stays where it is."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.take_file(local_paths(event.mimeData())[0])


class ConnectionSummary(QWidget):
    """What a connection says, as a person reads it before she accepts it. Hidden while there is none."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        look = context.look
        self.look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(8))
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        row.addWidget(Picture(look, "link", "text2"))
        self.heading = Label(look, "", "strong", wrap=True)
        row.addWidget(self.heading, 1)
        column.addLayout(row)
        self.line = Label(look, "", "meta", "text2", wrap=True)
        column.addWidget(self.line)
        self.details = Details(look, label_width=104)
        column.addWidget(self.details)
        self.hide()
        look.changed.connect(self.update)

    def show_connection(self, connection: Connection | None, before: Profile | None) -> None:
        """Show it, and how it differs from the profile that it is to change."""
        self.setVisible(connection is not None)
        self.details.clear()
        if connection is None:
            return
        self.heading.setText(translate("Profiles", "Where this connection leads"))
        line = translate("Profiles", "Accept it only if it comes from whoever runs the archive.")
        details = self.details
        add_account(details, connection.account)
        details.add(translate("Profiles", "Region"), region_in_full(connection.region))
        details.add(translate("Profiles", "Bucket"), connection.bucket)
        details.add(translate("Profiles", "Storage"), connection.s3_host, mono=True)
        details.add(translate("Profiles", "Address"), connection.endpoint, mono=True)
        if connection.sign_in is not None:
            add_sign_in(details, connection.sign_in)
        if before is not None:
            rows = changed_rows(before, connection)
            line = translate("Profiles", "It says what the profile has already.")
            if rows:
                line = translate("Profiles", "It differs from what was accepted before:")
            for label, value in rows:
                text = translate("Profiles", "{label}, before").format(label=label)
                details.add(text, value, ink="warning")
        self.line.setText(line)
        self.setAccessibleName(f"{self.heading.text()} {line}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        fill(QPainter(self), QRectF(self.rect()), self.look.colors.raised, WIDE_RADIUS)
