"""One profile in the settings: what it is, whether it answers, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.settings.account_work import ask_profile, credential_state, unlock_keyring
from app.desktop.settings.connection_words import host_of, reached
from app.desktop.settings.groups import INSET
from app.desktop.settings.notes import Below, Note
from app.desktop.settings.profile_words import credentials, is_editable, profile_icon, way_in
from app.desktop.settings.regions import region_name
from app.desktop.widgets.buttons import RING, Button, IconButton
from app.desktop.widgets.details import Details
from app.desktop.widgets.labels import Label, Picture
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.problem import Problem
from app.errors import KeyringMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.settings.account import ProfileView
    from app.desktop.settings.account_work import ConnectionReport, CredentialState
    from app.errors import ChatLogError


class ProfileCard(QWidget):
    """The one in use shows everything; the others a line, and what a test of them brought."""

    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    sign_in_wanted = Signal(str)
    accept_wanted = Signal(str, object)
    """The profile's name and the ConnectionReport with the storage to accept."""
    tested = Signal(str, object)
    """The profile's name and the ConnectionReport."""

    def __init__(self, context: Context, view: ProfileView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = context.look
        self.look = look
        self.view = view
        self._context = context
        self._credentials: CredentialState | None = None
        self._report: ConnectionReport | None = None
        self.setAccessibleName(view.title)
        row = QHBoxLayout(self)
        px = look.px
        edge = px(13 if view.in_use else 11)
        row.setContentsMargins(px(18), edge, px(INSET) - RING, edge)
        row.setSpacing(0)
        row.addWidget(self._icon(), 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(px(16))
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._column.addLayout(self._header())
        row.addLayout(self._column, 1)
        self.problem = Problem(look, context.messages, self._act)
        self.note = Note(look)
        self.details: Details | None = None
        self.test_button: Button | None = None
        self._result = QHBoxLayout()
        self._result.setSpacing(px(8))
        self.result_icon = Picture(look, "archived", "ok")
        self.result = Label(look, "", "meta", "text2", wrap=True)
        self.sign_out_button: Button | None = None
        self._ways_out = QHBoxLayout()
        if view.in_use and view.problem is None:
            self._add_body()
        self._result.addWidget(self.result_icon)
        self._result.addWidget(self.result, 1)
        self._result.addLayout(self._ways_out)
        self._column.addLayout(self._result)
        for below in (self.note, self.problem):
            self._column.addWidget(Below(below, top=px(8), right=RING))
        self._say_result("")
        if view.problem is not None:
            self._say_unusable(view.problem)
        self.setMinimumHeight(px(60))

    # ---- what it is -------------------------------------------------------------------------------------

    def _icon(self) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, self.look.px(12), 0, 0)
        ink = "warning" if self.view.problem is not None else "text2"
        layout.addWidget(Picture(self.look, profile_icon(self.view), ink))  # type: ignore[arg-type] # an Ink
        return holder

    def _header(self) -> QHBoxLayout:
        look, view = self.look, self.view
        header = QHBoxLayout()
        header.setSpacing(0)
        texts = QVBoxLayout()
        texts.setSpacing(look.px(3))
        title = QHBoxLayout()
        title.setSpacing(look.px(6))
        title.addWidget(Label(look, view.title, "bold" if view.in_use else "strong"))
        if view.in_use and view.problem is None:
            title.addSpacing(look.px(6))
            title.addWidget(Picture(look, "archived", "ok", side=14))
            title.addWidget(Label(look, translate("Profiles", "In use"), "meta-strong", "ok"))
        title.addStretch(1)
        texts.addStretch(1)
        texts.addLayout(title)
        if view.problem is None:
            texts.addWidget(Label(look, way_in(view), "meta", "text2", wrap=True))
        texts.addStretch(1)
        header.addLayout(texts, 1)
        if not view.in_use and view.problem is None:
            self.use_button = Button(look, translate("Profiles", "Use"), small=True)
            name = translate("Profiles", "Use {name}").format(name=view.title)
            self.use_button.setAccessibleName(name)
            self.use_button.clicked.connect(self.use)
            header.addWidget(self.use_button)
        if view.in_use and is_editable(view) and view.problem is None:
            edit = Button(look, translate("Profiles", "Edit…"), "quiet", small=True)
            edit.clicked.connect(self._edit)
            header.addWidget(edit)
        if not view.in_use or is_editable(view):
            self.more = IconButton(
                look, "more", translate("Profiles", "More for {name}").format(name=view.title)
            )
            self.more.clicked.connect(self._open_menu)
            header.addWidget(self.more)
        return header

    def _add_body(self) -> None:
        px = self.look.px
        self._column.addSpacing(px(17))
        self.details = Details(self.look, label_width=104)
        self._column.addWidget(self.details)
        self._column.addSpacing(px(12))
        self.test_button = Button(self.look, translate("Profiles", "Test connection"), small=True)
        self.test_button.clicked.connect(self.test)
        # The button's own room for its ring lies left of the words above.
        self._result.addSpacing(-RING)
        self._result.addWidget(self.test_button)
        if self.view.kind == "signin":
            self.sign_out_button = Button(self.look, translate("Profiles", "Sign out"), "quiet", small=True)
            self.sign_out_button.clicked.connect(self.sign_out)
            self.sign_out_button.hide()
            self._ways_out.addWidget(self.sign_out_button)
        self._fill_details()
        name = self.view.name
        self._context.workplace.run(
            lambda services, _task: credential_state(services, name),
            done=self._take_credentials,
            failed=self.problem.tell,
            owner=self,
        )

    def _fill_details(self) -> None:
        if self.details is None:
            return
        view, details = self.view, self.details
        details.clear()
        if view.endpoint is not None:
            details.add(translate("Profiles", "Address"), view.endpoint, mono=True)
        report = self._report
        encrypted = report is not None and report.algorithm is not None and not report.this_computer_only
        storage = view.storage or view.expected
        if storage is not None:
            told = storage.bucket
            if not view.this_computer_only:
                # A sandbox has a region by name only: what it holds is here.
                text = translate("Profiles", "{bucket} · {region}")
                told = text.format(bucket=storage.bucket, region=region_name(storage.region))
            if view.expected is not None:
                text = translate("Profiles", "{place}, account {account}")
                told = text.format(place=told, account=view.expected.account)
            icon = "lock" if encrypted else "archive"
            details.add(translate("Profiles", "Bucket"), told, icon=icon, icon_ink="text2")
        else:
            unknown = translate("Profiles", "Known after the first connection")
            details.add(translate("Profiles", "Bucket"), unknown, ink="text2")
        if view.second is not None:
            details.add(translate("Profiles", "Second"), view.second)
        label = translate("Profiles", "Credentials")
        if self._credentials is None:
            details.add(label, translate("Profiles", "Looking…"), ink="text2")
            return
        if view.kind == "signin" and self._credentials.place not in {"nowhere", "locked"}:
            who = view.signed_in_as or translate("Profiles", "You, with the browser")
            details.add(translate("Profiles", "Signed in as"), who)
        words, icon, heed = credentials(view, self._credentials.place)
        details.add(label, words, icon=icon, icon_ink="warning" if heed else "text2")

    def _say_unusable(self, error: ChatLogError) -> None:
        messages = self._context.messages
        explained = messages.explain(error)
        details = messages.details(error)
        actions = [(messages.label("copy-details"), lambda: QGuiApplication.clipboard().setText(details))]
        if is_editable(self.view):
            actions.insert(0, (translate("Profiles", "Remove…"), self._remove))
        text = explained.text
        self.note.say(explained.title, text, actions, kind="warning")

    # ---- credentials ------------------------------------------------------------------------------------

    def _take_credentials(self, state: CredentialState) -> None:
        self._credentials = state
        self._fill_details()
        if self.sign_out_button is not None:
            self.sign_out_button.setVisible(state.place != "nowhere")
        if state.place == "locked":
            self.note.say(
                translate("Profiles", "The keyring is locked"),
                translate(
                    "Profiles", "The credentials can be read once it is unlocked. The system asks you for it."
                ),
                [(translate("Profiles", "Unlock…"), self._unlock)],
                kind="warning",
            )
        elif state.keyring is not None and state.keyring.kind == "missing" and state.place != "file":
            explained = self._context.messages.explain(KeyringMissing(reason=state.keyring.reason))
            self.note.say(
                explained.title,
                explained.text,
                [self._mend_credentials()] if state.place == "nowhere" else [],
                kind="warning",
            )
        elif state.place == "nowhere" and self.view.kind == "signin":
            self.note.say(
                translate("Profiles", "Nobody is signed in to this profile"),
                translate("Profiles", "Sign in with the browser to go on with it."),
                [self._mend_credentials()],
                kind="warning",
            )
        elif state.place == "nowhere":
            self.note.say(
                translate("Profiles", "No credentials are kept for this profile"),
                translate("Profiles", "Enter them again to go on with it."),
                [(translate("Profiles", "Edit…"), self._edit)],
                kind="warning",
            )
        else:
            self.note.clear()

    def _mend_credentials(self) -> tuple[str, Callable[[], None]]:
        """What brings credentials that are not there."""
        if self.view.kind == "signin":
            return translate("Profiles", "Sign in…"), self.sign_in
        return translate("Profiles", "Edit…"), self._edit

    def sign_in(self) -> None:
        """Have somebody sign in with the browser."""
        self.problem.tell(None)
        self.sign_in_wanted.emit(self.view.name)

    def sign_out(self) -> None:
        """Be signed out here, and at the provider."""
        self.problem.tell(None)
        self._context.account.sign_out(self.view.name, failed=self.problem.tell, owner=self)

    def _unlock(self) -> None:
        name = self.view.name
        self.note.clear()
        self._context.workplace.run(
            lambda services, _task: unlock_keyring(services, name),
            done=self._take_credentials,
            failed=self._not_unlocked,
            owner=self,
        )

    def _not_unlocked(self, error: ChatLogError) -> None:
        self.problem.tell(error)

    # ---- what can be done -------------------------------------------------------------------------------

    def menu(self) -> Menu:
        """What is seldom done."""
        menu = Menu(self.look, self)
        view = self.view
        if view.problem is None and not view.in_use:
            menu.add(translate("Profiles", "Test connection"), self.test, icon="link")
        if view.kind == "signin" and view.problem is None:
            menu.add(translate("Profiles", "Sign in…"), self.sign_in, icon="person")
            if not view.in_use:
                menu.add(translate("Profiles", "Sign out"), self.sign_out, icon="close")
        if is_editable(view):
            if view.problem is None:
                menu.add(translate("Profiles", "Edit…"), self._edit, icon="edit")
            menu.add(translate("Profiles", "Remove…"), self._remove, icon="trash")
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        corner = self.more.mapToGlobal(QPoint(self.more.width() - RING, self.more.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _edit(self) -> None:
        self.edit_wanted.emit(self.view.name)

    def _remove(self) -> None:
        self.remove_wanted.emit(self.view.name)

    def use(self) -> None:
        """Have everything go there from now on."""
        self.problem.tell(None)
        self._context.account.use(self.view.name, failed=self.problem.tell, owner=self)

    def focus_first(self) -> None:
        """Put the keyboard's focus on the first thing to do."""
        button = self.test_button or self.use_button
        button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "sign-in" and self.view.kind == "signin":
            self.sign_in()
        elif action in {"sign-in", "open-profiles"} and is_editable(self.view) and self.view.problem is None:
            self._edit()
        elif action == "unlock-keyring":
            self.problem.tell(None)
            self._unlock()
        elif action == "retry" and self.view.problem is None:
            self.test()
        else:
            self._context.run_action(action, error)

    # ---- whether it answers -----------------------------------------------------------------------------

    def test(self) -> None:
        """Ask its endpoint."""
        view = self.view
        self.problem.tell(None)
        self.note.clear()
        if self.test_button is not None:
            self.test_button.setEnabled(False)
        if view.endpoint is None:
            self._say_result(translate("Profiles", "Starting the sandbox of this computer…"), "queued")
        else:
            text = translate("Profiles", "Asking {host}…").format(host=host_of(view.endpoint))
            self._say_result(text, "queued")
        name = view.name
        self._context.workplace.run(
            lambda services, _task: ask_profile(services, name),
            done=self._answered,
            failed=self._not_answered,
            owner=self,
        )

    def _answered(self, report: ConnectionReport) -> None:
        self.show_report(report)
        self.tested.emit(self.view.name, report)

    def show_report(self, report: ConnectionReport) -> None:
        """Show what its endpoint said."""
        self._report = report
        if self.test_button is not None:
            self.test_button.setEnabled(True)
        self._say_result(reached(report), "archived", good=True)
        self._fill_details()
        if report.leads_elsewhere and report.pinned is not None:
            text = translate(
                "Profiles",
                "{pinned} was accepted; the address leads to {found} now. Nothing is sent there before you accept it.",
            )
            self.note.say(
                translate("Profiles", "This address now leads to other storage"),
                text.format(pinned=report.pinned.bucket, found=report.storage.bucket),
                [(translate("Profiles", "Review…"), self._review)],
                kind="warning",
            )
        elif report.to_accept:
            self.note.say(
                translate("Profiles", "The storage has not been accepted yet"),
                translate("Profiles", "It leads to {bucket}.").format(bucket=report.storage.bucket),
                [(translate("Profiles", "Review…"), self._review)],
            )

    def _not_answered(self, error: ChatLogError) -> None:
        if self.test_button is not None:
            self.test_button.setEnabled(True)
        self._say_result("")
        self.problem.tell(error)

    def _review(self) -> None:
        assert self._report is not None
        self.accept_wanted.emit(self.view.name, self._report)

    def _say_result(self, text: str, icon: str = "archived", *, good: bool = False) -> None:
        self.result.setText(text)
        self.result.setAccessibleName(text)
        self.result_icon.set_icon(icon, "ok" if good else "text2")
        self.result.setVisible(bool(text) or self.test_button is not None)
        self.result_icon.setVisible(bool(text))
