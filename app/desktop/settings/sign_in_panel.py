"""Waiting for a person who signs in with the browser: what to do there, how to call it off, and why it did not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.i18n import language_in_use, translate
from app.desktop.opening import open_page
from app.desktop.settings.notes import Note
from app.desktop.settings.sign_in_work import Browser, sign_in_to_profile
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.dialogs import Dialog, line_of
from app.desktop.widgets.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bootstrap import Services
    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.tasks import Task
    from app.errors import ChatLogError


class SignInPanel(QWidget):
    """Hidden until `start`. One sign-in at a time; it ends with the panel."""

    succeeded = Signal(object)
    """What the work returned."""
    state_changed = Signal()
    """It waits now, or no longer."""
    action_wanted = Signal(str, object)
    """What the button of an error says, and the error; trying again it does by itself."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, cancels: bool = True) -> None:
        """`cancels`: it has a button of its own for that."""
        super().__init__(parent)
        self._context = context
        self._cancels = cancels
        self._task: Task[Any] | None = None
        self._work: Callable[[Services, Browser], object] | None = None
        self._page = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.note = Note(context.look)
        self.problem = Problem(context.look, context.messages, self._act)
        column.addWidget(self.note)
        column.addWidget(self.problem)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether the browser is waited for."""
        return self._task is not None

    def start(self, work: Callable[[Services, Browser], object]) -> None:
        """Have somebody sign in: `work` waits for that."""
        self.stop()
        self._work = work
        language = language_in_use()
        self.note.say(translate("Profiles", "Opening the sign-in page in the browser…"))
        self.show()
        self._task = self._context.workplace.run(
            lambda services, task: work(services, Browser(task.report, task.ended_early, language)),
            done=self._done,
            failed=self._failed,
            progress=self._open,
            owner=self,
            of_any_profile=True,
        )
        # Nobody is left to tell; the ports are for the next one.
        self.destroyed.connect(self._task.cancel)
        self.state_changed.emit()

    def stop(self) -> None:
        """Call it off; nothing is kept."""
        self.problem.tell(None)
        self.note.clear()
        self.hide()
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.state_changed.emit()

    def tell(self, error: ChatLogError) -> None:
        """Show an error that came later, from saving."""
        self.note.clear()
        self.problem.tell(error)
        self.show()

    def _open(self, page: str) -> None:
        self._page = page
        opened = open_page(page)
        title = translate("Profiles", "Waiting for the browser…")
        text = translate("Profiles", "Sign in on the page that has opened. Then come back here.")
        if not opened:
            title = translate("Profiles", "The browser did not open")
            text = translate("Profiles", "Copy the page's address and open it in a browser on this computer.")
        actions = [(translate("Profiles", "Copy the address"), self._copy)]
        if self._cancels:
            actions.append((translate("Profiles", "Cancel the sign-in"), self.stop))
        if opened:
            actions.insert(0, (translate("Profiles", "Open the page again"), self._open_again))
        self.note.say(title, text, actions)

    def _open_again(self) -> None:
        open_page(self._page)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._page)

    def _done(self, result: object) -> None:
        self._task = None
        self.note.clear()
        self.hide()
        self.state_changed.emit()
        self.succeeded.emit(result)

    def _failed(self, error: ChatLogError) -> None:
        self._task = None
        self.tell(error)
        self.state_changed.emit()

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action in {"retry", "sign-in"} and self._work is not None:
            self.start(self._work)
        else:
            self.action_wanted.emit(action, error)


class SignInDialog(Dialog):
    """Signs in to a profile that is there. It begins by itself and closes once somebody is signed in."""

    def __init__(self, context: Context, name: str, parent: QWidget | None = None) -> None:
        look = context.look
        heading = translate("Profiles", "Sign in to “{name}”").format(name=name)
        super().__init__(look, translate("Profiles", "Sign in"), heading, parent=parent)
        self._context = context
        self._name = name
        self.body.addWidget(
            line_of(
                look,
                translate(
                    "Profiles", "Your password is for the browser's page alone, never for this window."
                ),
            )
        )
        self.panel = SignInPanel(context, cancels=False)
        self.body.addWidget(self.panel)
        self.body.addStretch(1)
        self.again_button = Button(look, translate("Profiles", "Sign in"), "primary")
        self.cancel_button = Button(look, translate("Profiles", "Cancel"))
        self.set_buttons(self.again_button, [self.cancel_button])
        self.again_button.clicked.connect(self.begin)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(self._ended)
        self.panel.state_changed.connect(self._renew)
        self.panel.succeeded.connect(self._signed_in)
        self.panel.action_wanted.connect(context.run_action)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self.panel.installEventFilter(self)
        self.begin()

    def begin(self) -> None:
        """Open the page in the browser."""
        name = self._name
        self.panel.start(lambda services, browser: sign_in_to_profile(services, name, browser))

    def _renew(self) -> None:
        self.again_button.setEnabled(not self.panel.running)
        if self.panel.running:
            self.cancel_button.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """More to show than before, or less."""
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.ShowToParent}:
            self._fitting.start()
        return False

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        wanted = (
            layout.heightForWidth(self.width()) if layout.hasHeightForWidth() else self.sizeHint().height()
        )
        self.resize(self.width(), max(self.height(), wanted))

    def _signed_in(self, who: object) -> None:
        self._context.account.signed_in(self._name, who if isinstance(who, str) else None)
        self.accept()

    def _ended(self, _result: int) -> None:
        self.panel.stop()
