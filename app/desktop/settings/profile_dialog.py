"""Adding and changing a profile, in a window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.account.connections import CONNECTION_PREFIX
from app.desktop.i18n import translate
from app.desktop.settings.profile_entry import ProfileEntry
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.dialogs import Dialog
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from app.account.profile_editing import Draft
    from app.account.profiles import Profile
    from app.desktop.context import Context
    from app.desktop.theme import Look

WIDTH = 560


class ProfileDialog(Dialog):
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
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self.entry = ProfileEntry(context, editing=editing, before=before)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, look.px(4), 0, look.px(2))
        column.addWidget(self.entry)
        column.addStretch(1)
        self._scroll = _Scroll(look, content, self)
        content.installEventFilter(self)
        # The fields' own room for their rings lies beyond the edges of the text.
        outside = QHBoxLayout()
        outside.addSpacing(-RING)
        outside.addWidget(self._scroll)
        outside.addSpacing(-RING)
        self.body.addLayout(outside)
        self.test_button = Button(look, translate("Profiles", "Test connection"))
        self.cancel_button = Button(look, translate("Profiles", "Cancel"))
        self.save_button = Button(look, "", "primary")
        self.untested_button = Button(look, "", "quiet")
        self.untested_button.hide()
        self.set_buttons(
            self.save_button, [self.untested_button, self.cancel_button], left=[self.test_button]
        )
        self.entry.state_changed.connect(self._renew)
        self.entry.tested.connect(self._tested)
        self.entry.saved.connect(self.accept)
        self.test_button.clicked.connect(self.entry.try_it)
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self.entry.go_on)
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

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """More to show than before, or less."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        """As high as what is shown; smaller only by hand."""
        self._scroll.updateGeometry()
        layout = self.layout()
        assert layout is not None
        # Else the layouts within it still know the old sizes.
        layout.activate()
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))
        for told in (self.entry.test, self.entry.sign_in):
            if not told.isHidden():
                self._scroll.ensureWidgetVisible(told)


class _Scroll(ScrollPage):
    """As high as its content, where the screen has room for that."""

    def __init__(self, look: Look, content: QWidget, parent: QWidget) -> None:
        super().__init__(look, content, parent)
        self._content = content

    def sizeHint(self) -> QSize:
        """The content's, up to two thirds of the screen."""
        wanted = self._content.sizeHint()
        layout = self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            width = self.width() if self.isVisible() else wanted.width()
            wanted.setHeight(layout.heightForWidth(width))
        screen = self.screen().availableGeometry().height()
        return QSize(wanted.width(), min(wanted.height() + 2, screen * 2 // 3))

    def minimumSizeHint(self) -> QSize:
        """It scrolls where there is no room."""
        return QSize(self._content.minimumSizeHint().width(), min(120, self.sizeHint().height()))
