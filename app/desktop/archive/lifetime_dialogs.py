"""The questions before sessions are deleted, and before S3 is asked to bring them out of an archive class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.archive.words import storage_class
from app.desktop.formats import days as days_in_words
from app.desktop.i18n import translate
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.choices import Check, Radio
from app.desktop.widgets.dialogs import Dialog, line_of
from app.desktop.widgets.fields import MenuButton
from app.desktop.widgets.labels import Label
from app.transfer.downloads import ReturnRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.archiving.archived_sessions import ArchivedSession
    from app.desktop.theme import Look

DAYS = range(1, 15)
DAYS_AT_FIRST = 7
"""PROTOCOL.md, `restore`."""


class DeleteDialog(Dialog):
    """Says that nothing is destroyed, and what becomes of the sessions on this computer. Accepted: delete them."""

    def __init__(self, look: Look, sessions: Sequence[ArchivedSession], *, parent: QWidget) -> None:
        count = len(sessions)
        if count == 1:
            heading = translate("Archive", "Delete “{title}” from the archive?").format(
                title=sessions[0].title
            )
        else:
            heading = translate("Archive", "Delete %Ln sessions from the archive?", n=count)
        super().__init__(look, translate("Archive", "Delete from the archive"), heading, parent=parent)
        for text in (
            translate(
                "Archive",
                "S3 puts a marker over every file of it and destroys nothing: all versions are kept, and Undelete brings"
                " it back.",
                n=count,
            ),
            translate(
                "Archive",
                "What is on this computer stays. There the session then counts as new, so that archiving it again stores"
                " it again.",
                n=count,
            ),
        ):
            self.body.addWidget(line_of(look, text))
        self.body.addStretch(1)
        self.cancel = Button(look, translate("Archive", "Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.delete = Button(look, translate("Archive", "Delete %Ln sessions", n=count), "danger")
        self.delete.clicked.connect(self.accept)
        self.set_buttons(self.delete, [self.cancel])
        # Return does not destroy.
        self.cancel.setFocus()


class ReturnDialog(Dialog):
    """For how long, and how fast. Accepted: ask S3 with `request`, and download what comes if `download` is checked."""

    def __init__(
        self, look: Look, count: int, classes: Collection[str | None], *, download: bool, parent: QWidget
    ) -> None:
        """`classes`: the storage classes in which the `count` sessions lie."""
        heading = translate("Archive", "Ask for the return of %Ln sessions?", n=count)
        super().__init__(look, translate("Archive", "Ask for its return"), heading, parent=parent)
        slow = set(classes) != {"GLACIER"}
        lies_in = storage_class("DEEP_ARCHIVE" if slow else "GLACIER").words
        text = translate(
            "Archive",
            "It lies in {storage} and cannot be read at once. S3 makes a readable copy; what is archived stays as it"
            " is. AWS charges for the return.",
            n=count,
        )
        self.body.addWidget(line_of(look, text.format(storage=lies_in)))
        tiers = QWidget()
        tiers.setAccessibleName(translate("Archive", "How fast"))
        column = QVBoxLayout(tiers)
        column.setContentsMargins(0, look.px(8), 0, 0)
        column.setSpacing(0)
        self.standard = Radio(
            look,
            translate("Archive", "Standard", "speed"),
            translate("Archive", "Usually within 12 hours")
            if slow
            else translate("Archive", "Usually within 3 to 5 hours"),
        )
        self.bulk = Radio(
            look,
            translate("Archive", "Bulk, at the lowest price"),
            translate("Archive", "Usually within 48 hours")
            if slow
            else translate("Archive", "Usually within 5 to 12 hours"),
        )
        self.standard.setChecked(True)
        column.addWidget(self.standard)
        column.addWidget(self.bulk)
        self.body.addWidget(tiers)
        self.body.addLayout(self._make_days())
        text = translate("Archive", "Download it as soon as it is there", n=count)
        self.download = Check(look, text, checked=download)
        self.body.addWidget(self.download)
        self.body.addStretch(1)
        self.cancel = Button(look, translate("Archive", "Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.go_on = Button(look, translate("Archive", "Ask for its return", "button"), "primary")
        self.go_on.clicked.connect(self.accept)
        self.set_buttons(self.go_on, [self.cancel])
        self.standard.setFocus()

    def _make_days(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, 0, 0)
        row.setSpacing(self.look.px(8))
        row.addWidget(Label(self.look, translate("Archive", "Readable for"), "body"))
        self._days = MenuButton(self.look, translate("Archive", "Readable for"))
        self._days.set_choices([(str(day), days_in_words(day)) for day in DAYS], str(DAYS_AT_FIRST))
        row.addWidget(self._days)
        row.addStretch(1)
        return row

    @property
    def request(self) -> ReturnRequest:
        """What is agreed to."""
        return ReturnRequest(self.days, self.tier)

    @property
    def days(self) -> int:
        """How long it can be read once it is there."""
        return int(self._days.current())

    @property
    def tier(self) -> str:
        """Standard or Bulk."""
        return "Bulk" if self.bulk.isChecked() else "Standard"

    def choose_days(self, days: int) -> None:
        """1 to 14."""
        self._days.choose(str(days))
