"""The one question before everything is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.i18n import translate
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.dialogs import Dialog, line_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.desktop.theme import Look


class CancelAll(Dialog):
    """Says what is lost: nothing that is archived. Accepted: cancel them."""

    def __init__(self, look: Look, count: int, *, this_computer_only: bool, parent: QWidget) -> None:
        heading = translate("Transfers", "Cancel all %n transfers?", n=count)
        super().__init__(look, translate("Transfers", "Cancel all"), heading, parent=parent)
        kept = (
            translate(
                "Transfers", "What is kept on this computer already stays, and so do the tools' own logs."
            )
            if this_computer_only
            else translate(
                "Transfers", "What is archived already stays, and so do the logs on this computer."
            )
        )
        again = translate("Transfers", "What was under way begins anew if you archive or download it again.")
        self.body.addWidget(line_of(look, kept))
        self.body.addWidget(line_of(look, again))
        self.body.addStretch(1)
        self.go_on = Button(look, translate("Transfers", "Go on"))
        self.go_on.clicked.connect(self.reject)
        self.cancel = Button(look, translate("Transfers", "Cancel %n transfers", n=count), "danger")
        self.cancel.clicked.connect(self.accept)
        self.set_buttons(self.cancel, [self.go_on])
        # Return does not destroy.
        self.go_on.setFocus()
