"""Adding and changing a profile: its fields, a look at where it leads, and only then it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.settings.draft_test import DraftTest
from app.desktop.settings.profile_form import ProfileForm
from app.desktop.widgets.buttons import RING, Button
from app.desktop.widgets.choices import Check
from app.desktop.widgets.dialogs import Dialog
from app.desktop.widgets.scrolling import ScrollPage
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from app.account.profile_editing import Draft
    from app.account.profiles import Storage
    from app.desktop.context import Context
    from app.desktop.theme import Look
    from app.errors import ChatLogError

WIDTH = 560


class ProfileDialog(Dialog):
    """`editing` is the profile that is changed; None adds one."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, *, editing: Draft | None = None
    ) -> None:
        look = context.look
        adding = editing is None
        title = (
            translate("Profiles", "Add a profile") if adding else translate("Profiles", "Edit the profile")
        )
        super().__init__(look, title, title, width=WIDTH, parent=parent)
        self._context = context
        self._editing = editing
        self._saving = False
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, look.px(4), 0, look.px(2))
        column.setSpacing(look.px(12))
        self.kinds = Segments(
            look,
            translate("Profiles", "Way to sign in"),
            [
                ("token", translate("Profiles", "Address and access token")),
                ("iam", translate("Profiles", "AWS credentials")),
            ],
        )
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, 0, 0)
        row.addWidget(self.kinds)
        row.addStretch(1)
        column.addLayout(row)
        self.form = ProfileForm(context, editing=editing)
        self.kinds.choose(self.form.kind)
        column.addWidget(self.form)
        self.use = Check(look, translate("Profiles", "Use it from now on"), checked=True)
        column.addWidget(self.use)
        if not adding:
            self.use.hide()
        self.test = DraftTest(context)
        holder = QHBoxLayout()
        holder.setContentsMargins(RING, 0, RING, 0)
        holder.addWidget(self.test)
        column.addLayout(holder)
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
        self._connect()
        self._name_buttons()
        self.form.focus_first()

    def _connect(self) -> None:
        self.kinds.chosen.connect(self._choose_kind)
        self.form.changed.connect(self._changed)
        self.form.entered.connect(self.go_on)
        self.form.keyring_told.connect(self._name_buttons)
        self.test.ended.connect(self._tested)
        self.test.action_wanted.connect(self._act)
        self.test_button.clicked.connect(self.try_it)
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self.go_on)
        self.untested_button.clicked.connect(self._save_untested)

    # ---- what stands in it ------------------------------------------------------------------------------

    def _choose_kind(self, kind: str) -> None:
        self.form.set_kind("iam" if kind == "iam" else "token")
        self._changed()

    def _changed(self) -> None:
        self.test.forget()
        self.untested_button.hide()
        self._set_busy(False)
        self._name_buttons()

    def _name_buttons(self) -> None:
        adding = self._editing is None
        for_run = self.form.for_this_run
        if self.test.is_of(self.form.draft()) and self.test.report is not None and self.test.report.to_accept:
            words = (
                translate("Profiles", "Accept and add")
                if adding
                else translate("Profiles", "Accept and save")
            )
        elif adding:
            words = translate("Profiles", "Add profile")
        else:
            words = translate("Profiles", "Save", "a profile")
        if for_run and adding:
            words = translate("Profiles", "Add for this run")
        self.save_button.setText(words)
        self.untested_button.setText(
            translate("Profiles", "Add without testing")
            if adding
            else translate("Profiles", "Save without testing")
        )

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """More to show than before, or less."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        """As high as what is shown; smaller only by hand."""
        self._scroll.updateGeometry()
        self.resize(self.width(), max(self.height(), self.sizeHint().height()))
        if not self.test.isHidden():
            self._scroll.ensureWidgetVisible(self.test)

    def _set_busy(self, busy: bool) -> None:
        for button in (self.test_button, self.save_button, self.untested_button):
            button.setEnabled(not busy)

    # ---- trying it --------------------------------------------------------------------------------------

    def try_it(self) -> None:
        """Check the fields, then ask the endpoint."""
        self._set_busy(True)
        self.form.check(self._ask)

    def _ask(self, valid: bool) -> None:
        if not valid:
            self._set_busy(False)
            return
        self.test.start(self.form.draft(), self._editing.name if self._editing is not None else None)

    def _tested(self) -> None:
        self._set_busy(False)
        self.untested_button.setVisible(self.test.error is not None)
        self._name_buttons()
        if self.test.report is not None:
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _act(self, action: str, error: ChatLogError) -> None:
        if action in {"sign-in", "open-profiles"}:
            self.form.focus_first()
        elif action == "retry":
            self.go_on()
        else:
            self._context.run_action(action, error)  # type: ignore[arg-type] # an ActionKind through a signal

    # ---- writing it -------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Test what was not tested yet; write what was."""
        draft = self.form.draft()
        if self.test.is_of(draft) and self.test.report is not None:
            self._save(draft, self.test.report.storage if self.test.report.to_accept else None)
        elif self._editing is not None and self._leads_where_it_did(draft):
            self._set_busy(True)
            self.form.check(self._save_checked)
        elif not self.test.running:
            self.try_it()

    def _leads_where_it_did(self, draft: Draft) -> bool:
        """Whether only the name differs: nothing that a test could tell anything new of."""
        before = self._editing
        return before is not None and not draft.secrets() and before == _renamed(draft, before.name)

    def _save_checked(self, valid: bool) -> None:
        if valid:
            self._save(self.form.draft(), None)
        else:
            self._set_busy(False)

    def _save_untested(self) -> None:
        self._set_busy(True)
        self.form.check(self._save_checked)

    def _save(self, draft: Draft, accepted: Storage | None) -> None:
        if self._saving:
            return
        self._saving = True
        self._set_busy(True)
        self._context.account.save_profile(
            draft,
            editing=self._editing.name if self._editing is not None else None,
            accepted=accepted,
            use=self._editing is None and self.use.isChecked(),
            done=self._saved,
            failed=self._not_saved,
            owner=self,
        )

    def _saved(self, _name: str) -> None:
        self.accept()

    def _not_saved(self, error: ChatLogError) -> None:
        self._saving = False
        self._set_busy(False)
        self.test.tell(error)


def _renamed(draft: Draft, name: str) -> Draft:
    return replace(draft.trimmed(), name=name)


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
