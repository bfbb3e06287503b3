"""Entering a profile: its fields, a look at where it leads, and only then it is written. Without buttons of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.settings.draft_test import DraftTest
from app.desktop.settings.profile_form import ProfileForm
from app.desktop.settings.sign_in_panel import SignInPanel
from app.desktop.settings.sign_in_work import sign_in_to_draft
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.choices import Check
from app.desktop.widgets.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent

    from app.account.oidc_tokens import Tokens
    from app.account.profile_editing import Draft
    from app.account.profiles import Profile, Storage
    from app.desktop.context import Context
    from app.desktop.settings.profile_form import Way
    from app.desktop.settings.sign_in_work import SignedIn
    from app.errors import ChatLogError


class ProfileEntry(QWidget):
    """A form that whoever shows it drives by `try_it`, `go_on` and `save_untested`."""

    state_changed = Signal()
    """What can be done now is something else than before, or is called otherwise."""
    tested = Signal()
    """An answer has come, or none."""
    saved = Signal(str)
    """It is written, under this name."""

    def __init__(
        self,
        context: Context,
        *,
        editing: Draft | None = None,
        before: Profile | None = None,
        ways: Sequence[Way] = ("connection", "token", "iam"),
        name: str = "",
        asks_use: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`editing` and `before` are the profile that is changed; None adds one. `ways`: of entering it, to choose from.

        A profile that is added is used from then on where a person is not asked (`asks_use`).
        """
        super().__init__(parent)
        look = context.look
        self._context = context
        self._editing = editing
        self._saving = False
        self._checking = False
        if editing is not None and editing.kind == "signin":
            ways = ("connection",)
        self.form = ProfileForm(context, editing=editing, before=before, way=ways[0], name=name)
        words: dict[Way, str] = {
            "connection": translate("Profiles", "Connection"),
            "token": translate("Profiles", "Address and access token"),
            "iam": translate("Profiles", "AWS credentials"),
        }
        self.kinds = Segments(
            look,
            translate("Profiles", "Way to sign in"),
            [(way, words[way]) for way in ways],
        )
        self.kinds.choose(self.form.way)
        self.use = Check(look, translate("Profiles", "Use it from now on"), checked=True)
        self.test = DraftTest(context)
        self.sign_in = SignInPanel(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(12))
        row = QHBoxLayout()
        row.addSpacing(RING)
        row.addWidget(self.kinds)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.form)
        column.addWidget(self.use)
        holder = QHBoxLayout()
        holder.addSpacing(RING)
        below = QVBoxLayout()
        below.addWidget(self.test)
        below.addWidget(self.sign_in)
        holder.addLayout(below, 1)
        holder.addSpacing(RING)
        column.addLayout(holder)
        self.kinds.setVisible(len(ways) > 1)
        self.use.setVisible(asks_use and editing is None)
        self.kinds.chosen.connect(self._choose_kind)
        self.form.changed.connect(self._changed)
        self.form.entered.connect(self.go_on)
        self.form.keyring_told.connect(self.state_changed)
        self.test.ended.connect(self._tested)
        self.test.action_wanted.connect(self._act)
        self.sign_in.state_changed.connect(self.state_changed)
        self.sign_in.succeeded.connect(self._signed_in)
        self.sign_in.action_wanted.connect(self._act)

    # ---- how far it is ----------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether it is being checked, tested or written."""
        return self._checking or self._saving or self.test.running or self.sign_in.running

    @property
    def may_skip_test(self) -> bool:
        """Whether a test has failed: it can be written all the same, and tried later."""
        return self.test.error is not None and not self.busy

    @property
    def to_accept(self) -> bool:
        """Whether the next step accepts the storage that is shown."""
        report = self.test.report
        return report is not None and report.to_accept and self.test.is_of(self.form.draft())

    @property
    def for_this_run(self) -> bool:
        """Whether credentials that are entered would be forgotten when the program ends."""
        return self.form.for_this_run

    @property
    def to_sign_in(self) -> bool:
        """Whether the next step accepts a team's connection, and has somebody sign in there."""
        return self.form.kind == "signin" and self.form.connection.connection is not None

    def _choose_kind(self, kind: str) -> None:
        ways: dict[str, Way] = {"connection": "connection", "iam": "iam"}
        self.form.set_way(ways.get(kind, "token"))
        self._changed()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever shows it has gone: the browser is waited for no more."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.sign_in.stop()

    def _changed(self) -> None:
        self.test.forget()
        self.sign_in.stop()
        self.state_changed.emit()

    # ---- trying it --------------------------------------------------------------------------------------

    def try_it(self) -> None:
        """Check the fields, then ask the endpoint."""
        self._check(self._ask)

    def _check(self, then: Callable[[], None]) -> None:
        if self.busy:
            return
        self._checking = True
        self.state_changed.emit()

        def checked(valid: bool) -> None:
            self._checking = False
            if valid:
                then()
            self.state_changed.emit()

        self.form.check(checked)

    def _ask(self) -> None:
        self.test.start(self.form.draft(), self._editing.name if self._editing is not None else None)

    def _tested(self) -> None:
        self.state_changed.emit()
        self.tested.emit()

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
        if self.to_sign_in:
            self._check(self._have_signed_in)
        elif self.test.is_of(draft) and self.test.report is not None:
            report = self.test.report
            self._save(draft, report.storage if report.to_accept else None)
        elif self._leads_where_it_did(draft):
            self._check(self._save_unaccepted)
        else:
            self.try_it()

    def save_untested(self) -> None:
        """Write it although nobody answered."""
        self._check(self._save_unaccepted)

    def _leads_where_it_did(self, draft: Draft) -> bool:
        """Whether at most the name and the second differ: nothing that a test could tell anything new of."""
        before = self._editing
        if before is None or draft.secrets():
            return False
        return before == replace(draft.trimmed(), name=before.name, second=before.second)

    def _have_signed_in(self) -> None:
        draft = self.form.draft()
        self.sign_in.start(lambda services, browser: sign_in_to_draft(services, draft, browser))

    def _signed_in(self, result: SignedIn) -> None:
        accepted = result.report.storage if result.report is not None else None
        self._save(self.form.draft(), accepted, result.tokens)

    def _save_unaccepted(self) -> None:
        self._save(self.form.draft(), None)

    def _save(self, draft: Draft, accepted: Storage | None, tokens: Tokens | None = None) -> None:
        if self._saving:
            return
        self._saving = True
        self.state_changed.emit()
        self._context.account.save_profile(
            draft,
            editing=self._editing.name if self._editing is not None else None,
            accepted=accepted,
            use=self._editing is None and self.use.isChecked(),
            tokens=tokens,
            done=self._saved,
            failed=self._not_saved,
            owner=self,
        )

    def _saved(self, name: str) -> None:
        self._saving = False
        self.saved.emit(name)

    def _not_saved(self, error: ChatLogError) -> None:
        self._saving = False
        self.test.tell(error)
        self.state_changed.emit()
