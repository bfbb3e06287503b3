"""What is wrong with the whole program, told once above the pages, for as long as it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.desktop.bug_reports import report_text
from app.desktop.i18n import APPLICATION_NAME, translate
from app.desktop.notices import Notice
from app.errors import ChatLogError, ConfigurationError, LocalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow


class Troubles(QObject):
    """Joins what the parts say; the same error from two of them is one notice."""

    def __init__(self, window: MainWindow, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._by_part: dict[str, ChatLogError] = {}
        self._read = ""
        """The key of the notice that a person closed last."""
        context.account.trouble.connect(self._account)
        context.transfers.totals_changed.connect(self._transfers)
        window.page_changed.connect(self._transfers)
        window.notice_closed.connect(self._closed)
        context.tasks.crashed.connect(self.crashed)

    def tell(self, part: str, error: ChatLogError | None) -> None:
        """What is wrong with a part now; None: nothing."""
        before = self._by_part.pop(part, None)
        known = {_key(other) for other in self._by_part.values()}
        if error is not None:
            self._by_part[part] = error
        if (
            before is not None
            and (error is None or _key(before) != _key(error))
            and _key(before) not in known
        ):
            self._window.withdraw(_key(before))
        is_new = before is None or error is None or _key(before) != _key(error)
        if error is not None and is_new and _key(error) not in known:
            self._window.tell(_key(error), lambda: self._notice(error))

    def crashed(self, bug: BaseException) -> None:
        """A bug; or an expected error that nobody listened to, which is explained as such."""
        if isinstance(bug, ChatLogError):
            self._window.tell(_key(bug), lambda: self._notice(bug))
        else:
            self._window.tell("bug", lambda: self._bug_notice(bug))

    # ---- what the parts say -----------------------------------------------------------------------------

    def _account(self, error: ChatLogError | None) -> None:
        self.tell("account", error)

    def _transfers(self, _what: object = None) -> None:
        halted = self._context.transfers.totals().halted
        if halted is None:
            self._read = ""
        elif _key(halted) == self._read:
            return
        # The page of transfers says by itself why nothing goes on; what concerns the network or the other side stands
        # there alone.
        is_told_there = self._window.current_page == "transfers" and not self._window.in_first_run
        ours = isinstance(halted, ConfigurationError | LocalError) and not is_told_there
        self.tell("transfers", halted if ours else None)

    def _closed(self, key: str) -> None:
        self._read = key

    # ---- notices ----------------------------------------------------------------------------------------

    def _notice(self, error: ChatLogError) -> Notice:
        messages = self._context.messages
        said = messages.explain(error)
        actions: list[tuple[str, Callable[[], None]]] = [
            (messages.label("copy-details"), lambda: self._context.run_action("copy-details", error))
        ]
        if said.action is not None and said.action != "copy-details":
            action = said.action
            actions.append((messages.label(action), lambda: self._context.run_action(action, error)))
        return Notice(_key(error), "bad", said.title, said.text, actions)

    def _bug_notice(self, bug: BaseException) -> Notice:
        def copy() -> None:
            # The trace quotes source files.
            self._context.tasks.run(lambda _task: report_text(bug), done=QGuiApplication.clipboard().setText)

        return Notice(
            "bug",
            "bad",
            translate("Shell", "The program met a fault of its own"),
            translate(
                "Shell",
                "This is a bug in {name}, nothing you did. What is archived is safe; if something looks wrong, start the program again.",
            ).format(name=APPLICATION_NAME),
            [(translate("Shell", "Copy details"), copy)],
        )


def _key(error: ChatLogError) -> str:
    return f"error:{type(error).code}"
