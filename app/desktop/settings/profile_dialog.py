"""Adding and changing a profile, in a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.account.connections import CONNECTION_PREFIX
from app.desktop.i18n import translate
from app.desktop.settings.fitting_dialog import FittingDialog
from app.desktop.settings.profile_entry import ProfileEntry
from app.desktop.settings.setup_dialog import SetUpDialog
from app.desktop.widgets.buttons import Button

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.account.profile_editing import Draft
    from app.account.profiles import Profile
    from app.desktop.context import Context

WIDTH = 560


class ProfileDialog(FittingDialog):
    """`editing` is the profile that is changed; None adds one."""

    def __init__(
        self,
        context: Context,
        parent: QWidget | None = None,
        *,
        editing: Draft | None = None,
        before: Profile | None = None,
        connection: str = "",
    ) -> None:
        """`before`: the profile that `editing` stands for. `connection`: a file or string that a new one is made from."""
        look = context.look
        self._adding = editing is None
        title = (
            translate("Profiles", "Add a profile")
            if self._adding
            else translate("Profiles", "Edit the profile")
        )
        super().__init__(look, title, title, width=WIDTH, parent=parent)
        self._context = context
        self.entry = ProfileEntry(context, editing=editing, before=before)
        self.column.addWidget(self.entry)
        self.column.addStretch(1)
        self.test_button = Button(look, translate("Profiles", "Test connection"))
        self.set_up_button = Button(look, translate("SetUp", "Set up in my AWS account…"), icon="plus")
        self.cancel_button = Button(look, translate("Profiles", "Cancel"))
        self.save_button = Button(look, "", "primary")
        self.untested_button = Button(look, "", "quiet")
        self.untested_button.hide()
        self.set_buttons(
            self.save_button,
            [self.untested_button, self.cancel_button],
            left=[self.test_button, self.set_up_button],
        )
        self.entry.state_changed.connect(self._renew)
        self.entry.tested.connect(self._tested)
        self.entry.saved.connect(self.accept)
        self.test_button.clicked.connect(self.entry.try_it)
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self.entry.go_on)
        self.set_up_button.clicked.connect(self._set_up)
        self.untested_button.clicked.connect(self.entry.save_untested)
        self._renew()
        self.entry.form.focus_first()
        if connection.startswith(CONNECTION_PREFIX):
            self.entry.form.connection.take_text(connection)
        elif connection:
            self.entry.form.connection.take_file(connection)

    def _renew(self) -> None:
        """What the buttons say and whether they can be pressed."""
        entry = self.entry
        self.save_button.setText(self._save_words())
        self.untested_button.setText(
            translate("Profiles", "Add without testing")
            if self._adding
            else translate("Profiles", "Save without testing")
        )
        self.untested_button.setVisible(entry.may_skip_test)
        # Whom a team's archive answers is known once one is signed in.
        self.test_button.setVisible(entry.form.kind != "signin" and not entry.form.lacks_connection)
        # Whoever has a connection has an archive.
        self.set_up_button.setVisible(self._adding and entry.form.lacks_connection)
        for button in (self.test_button, self.save_button):
            button.setEnabled(not entry.busy)

    def _save_words(self) -> str:
        if self.entry.to_sign_in:
            return translate("Profiles", "Accept and sign in…")
        if self._adding and self.entry.for_this_run:
            return translate("Profiles", "Add for this run")
        if self.entry.to_accept:
            return (
                translate("Profiles", "Accept and add")
                if self._adding
                else translate("Profiles", "Accept and save")
            )
        if self._adding:
            return translate("Profiles", "Add profile")
        return translate("Profiles", "Save", "a profile")

    def _tested(self) -> None:
        if self.entry.test.report is not None:
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def told(self) -> list[QWidget]:
        """What an endpoint said, or the browser."""
        return [self.entry.test, self.entry.sign_in]

    def _set_up(self) -> None:
        """Go on to the page that makes an archive, in this one's place."""
        page = SetUpDialog(self._context, self.parentWidget())
        page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.reject()
        page.open()
