"""The strip above the table: of everything there is to say, the most important thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from app.desktop.formats import days
from app.desktop.i18n import translate
from app.desktop.sessions.filtering import SOON
from app.desktop.sessions.path_list import PathLine
from app.desktop.sessions.rows import folder_name
from app.desktop.sessions.words import problem_sentence, source_name
from app.desktop.widgets.strips import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.desktop.messages import ActionKind, Messages
    from app.desktop.sessions.rows import Row
    from app.desktop.theme import Look
    from app.errors import ChatLogError
    from app.sessions.index import InspectReport
    from app.sessions.notes import Problem

_GOOD_NEWS_MILLISECONDS = 15_000
"""How long it is said that what was dropped is being archived; what was left out is said until it was read."""


class SessionsStrip(Strip):
    """Trouble, then what became of dropped files, then what is about to be deleted, then where copies are, then what
    could not be read."""

    mend = Signal(object, object)
    """The ActionKind of an error's button, and the error."""
    copy = Signal(str)
    show_soon = Signal()
    archive_soon = Signal()
    show_transfers = Signal()
    set_up = Signal()
    show_paths = Signal(str, object)
    """A heading and the PathLines below it."""

    def __init__(self, look: Look, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._messages = messages
        self._error: ChatLogError | None = None
        self._failure: ChatLogError | None = None
        self._taken: tuple[InspectReport, Sequence[str]] | None = None
        self._soon: Sequence[Row] = ()
        self._this_computer_only = False
        self._problems: tuple[Problem, ...] = ()
        self._read: tuple[Problem, ...] = ()
        self._bare = False
        self._good_news = QTimer(self)
        self._good_news.setSingleShot(True)
        self._good_news.setInterval(_GOOD_NEWS_MILLISECONDS)
        self._good_news.timeout.connect(self._forget_taken)

    # ---- what there is to say ---------------------------------------------------------------------------

    def set_error(self, error: ChatLogError | None) -> None:
        """The sessions cannot be listed; None: they can."""
        if error is not self._error:
            self._error = error
            self._renew()

    def tell_failure(self, error: ChatLogError) -> None:
        """Something a person asked for could not be done; said until it is closed."""
        self._failure = error
        self._renew()

    def set_taken(self, report: InspectReport, paths: Sequence[str]) -> None:
        """What became of files and folders that were dropped."""
        self._taken = (report, paths)
        if report.sessions and not report.problems:
            self._good_news.start()
        else:
            self._good_news.stop()
        self._renew()

    def set_soon(self, rows: Sequence[Row]) -> None:
        """Sessions that are deleted soon and are not archived."""
        if list(rows) != list(self._soon):
            self._soon = rows
            self._renew()

    def set_this_computer_only(self, only: bool) -> None:
        """Whether what is archived has no copy elsewhere."""
        if only != self._this_computer_only:
            self._this_computer_only = only
            self._renew()

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """What the last scan left out."""
        if problems != self._problems:
            self._problems = problems
            self._renew()

    def set_bare(self, bare: bool) -> None:
        """There is no list: only what is wrong, and what became of dropped files, is said."""
        if bare != self._bare:
            self._bare = bare
            self._renew()

    # ---- what is said -----------------------------------------------------------------------------------

    def _renew(self) -> None:
        if self._error is not None:
            self._say_error(self._error)
        elif self._failure is not None:
            self._say_failure(self._failure)
        elif self._taken is not None:
            self._say_taken(*self._taken)
        elif self._soon and not self._bare:
            self._say_soon()
        elif self._this_computer_only and not self._bare:
            self.say(
                translate(
                    "Sessions", "Archived sessions are on this computer only. No copy exists elsewhere."
                ),
                [(translate("Sessions", "Set up an archive…"), self.set_up.emit)],
                icon="local",
            )
        elif self._problems and self._problems != self._read:
            self._say_problems(self._problems)
        else:
            self.clear()

    def _say_error(self, error: ChatLogError) -> None:
        action = self._messages.explain(error).action
        actions = [self._copier(error)]
        if action is not None and action != "copy-details":
            actions.append((self._messages.label(action), self._mender(action, error)))
        self.say(self._explained(error), actions, kind="bad")

    def _say_failure(self, error: ChatLogError) -> None:
        close = (translate("Sessions", "Close"), self._forget_failure)
        self.say(self._explained(error), [self._copier(error), close], kind="bad")

    def _explained(self, error: ChatLogError) -> str:
        return self._messages.explain(error).whole

    def _copier(self, error: ChatLogError) -> tuple[str, Callable[[], None]]:
        details = self._messages.details(error)
        return (self._messages.label("copy-details"), lambda: self.copy.emit(details))

    def _mender(self, action: ActionKind, error: ChatLogError) -> Callable[[], None]:
        return lambda: self.mend.emit(action, error)

    def _say_taken(self, report: InspectReport, paths: Sequence[str]) -> None:
        close = (translate("Sessions", "Close"), self._forget_taken)
        count, left_out = len(report.sessions), len(report.problems)
        if count and not left_out:
            text = translate("Sessions", "%n sessions were added and are being archived", n=count)
            self.say(text, [(translate("Sessions", "Show transfers"), self._open_transfers), close])
            return
        if count:
            text = translate("Sessions", "{added}, {left_out}").format(
                added=translate("Sessions", "%n sessions are being archived", n=count),
                left_out=translate("Sessions", "%n items were left out", n=left_out),
            )
        elif left_out == 1:
            text = problem_sentence(report.problems[0])
        elif left_out:
            text = translate("Sessions", "%n items were left out", n=left_out)
        elif len(paths) == 1:
            text = translate("Sessions", "There is nothing to archive in “{name}”").format(
                name=folder_name(paths[0])
            )
        else:
            text = translate("Sessions", "There is nothing to archive there")
        show = (translate("Sessions", "Show them", "what was left out"), self._show_left_out)
        self.say(text, [show, close] if left_out > 1 or (left_out and count) else [close], kind="warning")

    def _say_soon(self) -> None:
        count = len(self._soon)
        sources = {row.session.source for row in self._soon}
        if len(sources) == 1:
            text = translate("Sessions", "%n sessions will be deleted by {tool} within {days}", n=count)
            text = text.format(tool=source_name(sources.pop()), days=days(SOON.days))
        else:
            text = translate("Sessions", "%n sessions will be deleted by their tools within {days}", n=count)
            text = text.format(days=days(SOON.days))
        if count == 2:
            archive = translate("Sessions", "Archive both")
        else:
            archive = translate("Sessions", "Archive these %n", n=count)
        show = translate("Sessions", "Show these %n", n=count)
        self.say(text, [(show, self.show_soon.emit), (archive, self.archive_soon.emit)], kind="warning")

    def _say_problems(self, problems: tuple[Problem, ...]) -> None:
        if len(problems) == 1:
            text = problem_sentence(problems[0])
        else:
            text = translate("Sessions", "%n files or folders were left out of the list", n=len(problems))
        show = (translate("Sessions", "Show them", "what was left out"), self._show_problems)
        close = (translate("Sessions", "Close"), self._forget_problems)
        self.say(text, [show, close] if len(problems) > 1 else [close], kind="warning")

    # ---- buttons ----------------------------------------------------------------------------------------

    def _open_transfers(self) -> None:
        self._forget_taken()
        self.show_transfers.emit()

    def _show_left_out(self) -> None:
        if self._taken is not None:
            self.show_paths.emit(translate("Sessions", "Left out"), _lines(self._taken[0].problems))

    def _show_problems(self) -> None:
        self.show_paths.emit(translate("Sessions", "Left out of the list"), _lines(self._problems))

    def _forget_failure(self) -> None:
        self._failure = None
        self._renew()

    def _forget_taken(self) -> None:
        self._taken = None
        self._renew()

    def _forget_problems(self) -> None:
        self._read = self._problems
        self._renew()


def _lines(problems: Sequence[Problem]) -> list[PathLine]:
    return [PathLine("warning", problem.path, problem_sentence(problem)) for problem in problems]
