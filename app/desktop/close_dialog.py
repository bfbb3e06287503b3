"""What closing the window means while transfers are not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt

from app.desktop.i18n import translate
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.choices import Check, Radio
from app.desktop.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.desktop.theme import Look

CloseChoice = Literal["background", "wait", "quit"]


class CloseDialog(Dialog):
    """Three ways, and "Always do this" for those that can be kept as a setting. Escape closes nothing."""

    def __init__(self, look: Look, left: int, *, has_tray: bool, parent: QWidget | None = None) -> None:
        heading = translate("Shell", "%n transfers are not finished", n=left)
        super().__init__(look, translate("Shell", "Close"), heading, width=440, parent=parent)
        self.options: dict[CloseChoice, Radio] = {}
        self.always = Check(look, translate("Shell", "Always do this"))
        self.go = Button(look, "", "primary")
        self.body.setSpacing(0)
        self.body.setContentsMargins(0, 0, 0, 0)
        if has_tray:
            self._offer(
                "background",
                translate("Shell", "Go on in the background"),
                translate("Shell", "The icon in the system's bar shows how far it is."),
            )
        self._offer(
            "wait",
            translate("Shell", "Close when they are finished"),
            translate("Shell", "The window stays open until then."),
        )
        self._offer(
            "quit",
            translate("Shell", "Stop and quit"),
            translate("Shell", "Nothing is lost: they go on at the next start."),
        )
        self.body.addSpacing(look.px(4))
        self.body.addWidget(self.always)
        self.go.clicked.connect(self.accept)
        cancel = Button(look, translate("Shell", "Cancel"))
        cancel.clicked.connect(self.reject)
        self.set_buttons(self.go, [cancel])
        first = next(iter(self.options.values()))
        first.setChecked(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer(self, choice: CloseChoice, title: str, line: str) -> None:
        option = Radio(self.look, title, line, self)
        option.toggled.connect(self._follow)
        self.body.addWidget(option)
        self.options[choice] = option

    @property
    def choice(self) -> CloseChoice:
        """What is chosen."""
        return next(choice for choice, option in self.options.items() if option.isChecked())

    def _follow(self, checked: bool) -> None:
        if not checked:
            return
        self.go.setText(
            {
                "background": translate("Shell", "Close window"),
                "wait": translate("Shell", "Wait"),
                "quit": translate("Shell", "Stop and quit"),
            }[self.choice]
        )
        # Waiting each time is no setting: nobody could tell whether the program is being closed.
        self.always.setEnabled(self.choice != "wait")
