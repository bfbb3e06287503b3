"""What is asked before something is accepted, forgotten or erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.i18n import translate
from app.desktop.settings.connection_words import add_storage, encryption
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.choices import Check
from app.desktop.widgets.details import Details
from app.desktop.widgets.dialogs import Dialog, line_of
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.desktop.context import Context
    from app.desktop.settings.account import ProfileView
    from app.desktop.settings.account_work import ConnectionReport
    from app.desktop.theme import Look


class AcceptDialog(Dialog):
    """Shows where a profile leads to. Accepted, that is the only place its sessions may go to."""

    def __init__(
        self, context: Context, view: ProfileView, report: ConnectionReport, parent: QWidget | None = None
    ) -> None:
        look = context.look
        heading = translate("Profiles", "Keep the sessions of “{name}” here?").format(name=view.title)
        super().__init__(look, translate("Profiles", "Review the storage"), heading, width=520, parent=parent)
        if report.leads_elsewhere and report.pinned is not None:
            self.body.addWidget(
                line_of(
                    look,
                    translate(
                        "Profiles",
                        "The address leads to other storage than was accepted. If whoever runs it has not told you of a change, cancel and ask.",
                    ),
                )
            )
            self._add(look, translate("Profiles", "Accepted before"))
            before = Details(look, label_width=104)
            add_storage(before, report.pinned, None)
            self.body.addWidget(before)
            self._add(look, translate("Profiles", "Now"))
        else:
            text = translate("Profiles", "Once accepted, sessions of this profile go nowhere else.")
            self.body.addWidget(line_of(look, text))
            self.body.addSpacing(look.px(6))
        now = Details(look, label_width=104)
        add_storage(now, report.storage, view.endpoint)
        now.add(translate("Profiles", "Encryption"), encryption(report))
        self.body.addWidget(now)
        self.accept_button = Button(look, translate("Profiles", "Accept"), "primary")
        cancel = Button(look, translate("Profiles", "Cancel"))
        self.set_buttons(self.accept_button, [cancel])
        self.accept_button.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        cancel.setFocus()

    def _add(self, look: Look, text: str) -> None:
        self.body.addSpacing(look.px(6))
        self.body.addWidget(Label(look, text, "meta-strong", "text2"))


class ErasingDialog(Dialog):
    """Says what is lost. What cannot be undone wants a second, deliberate click: its box has to be ticked first."""

    def __init__(
        self,
        look: Look,
        title: str,
        heading: str,
        lines: Sequence[str],
        action: str,
        *,
        tick: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`action` is on the button that does it; `tick` beside the box, where there is one."""
        super().__init__(look, title, heading, parent=parent)
        for text in lines:
            self.body.addWidget(line_of(look, text))
        self.erase_button = Button(look, action, "danger")
        self.cancel_button = Button(look, translate("Profiles", "Cancel"))
        self.tick: Check | None = None
        if tick:
            self.tick = Check(look, tick)
            self.tick.toggled.connect(self.erase_button.setEnabled)
            self.body.addWidget(self.tick)
            self.erase_button.setEnabled(False)
        self.body.addStretch(1)
        self.set_buttons(self.erase_button, [self.cancel_button])
        self.erase_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        # Return is Cancel's.
        self.cancel_button.setFocus()


def removal_dialog(context: Context, view: ProfileView, parent: QWidget | None = None) -> ErasingDialog:
    """Asks before a profile is removed."""
    lines = []
    if view.storage is not None:
        text = translate("Profiles", "What is in the bucket {bucket} stays there: nothing is deleted.")
        lines.append(text.format(bucket=view.storage.bucket))
    else:
        lines.append(translate("Profiles", "What it has archived stays where it is: nothing is deleted."))
    if view.kind == "iam" and view.aws_profile is not None:
        lines.append(translate("Profiles", "Your AWS profile is left as it is."))
    else:
        lines.append(translate("Profiles", "Its credentials are forgotten on this computer."))
    if view.in_use:
        lines.append(
            translate("Profiles", "It is in use: from then on sessions are kept on this computer only.")
        )
    return ErasingDialog(
        context.look,
        translate("Profiles", "Remove a profile"),
        translate("Profiles", "Remove “{name}”?").format(name=view.title),
        lines,
        translate("Profiles", "Remove the profile"),
        parent=parent,
    )
