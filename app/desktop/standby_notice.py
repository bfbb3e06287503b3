"""What the second archive does while the one in use is out, told above the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.i18n import translate
from app.desktop.messages import sentences
from app.desktop.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from app.archiving.standby_watch import StandbyNews
    from app.desktop.context import Context
    from app.desktop.main_window import MainWindow
    from app.errors import ChatLogError

KEY = "standby"


class StandbyNotice(QObject):
    """One that a person closed is not shown again before the archive in use was back."""

    def __init__(self, window: MainWindow, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._context = context
        self._told: Hashable = None
        self._closed = False
        context.transfers.standby_changed.connect(self._tell)
        window.notice_closed.connect(self._note_closed)

    def _tell(self, news: StandbyNews | None) -> None:
        if news is None:
            self._told, self._closed = None, False
            self._window.withdraw(KEY)
            return
        # While sessions are on their way there, their number is no news.
        done = news.kept if news.kept == news.waiting else None
        said = news.first, news.second, done, news.trouble
        if said == self._told or self._closed:
            return
        self._told = said
        self._window.tell(KEY, lambda: self._notice(news))

    def _note_closed(self, key: str) -> None:
        if key == KEY:
            self._closed = True

    def _notice(self, news: StandbyNews) -> Notice:
        if news.trouble is not None:
            return self._of_trouble(news, news.trouble)
        if news.kept < news.waiting:
            return Notice(
                KEY,
                "plain",
                translate(
                    "Shell", "“{first}” is out of reach, so “{second}” keeps what waits for now"
                ).format(first=news.first, second=news.second),
                _goes_on(news),
            )
        return Notice(
            KEY,
            "plain",
            translate("Shell", "%n waiting sessions are safe in “{second}” for now", n=news.kept).format(
                second=news.second
            ),
            _goes_on(news),
        )

    def _of_trouble(self, news: StandbyNews, trouble: ChatLogError) -> Notice:
        messages = self._context.messages
        explained = messages.explain(trouble)
        actions: list[tuple[str, Callable[[], None]]] = [
            (translate("Shell", "Try now"), self._context.transfers.retry_now)
        ]
        if explained.action is not None and explained.action not in {"retry", "copy-details"}:
            actions.append(
                (messages.label("open-profiles"), lambda: self._context.run_action("open-profiles", trouble))
            )
        title = translate(
            "Shell", "“{first}” is out of reach, and its second profile cannot keep what waits"
        ).format(first=news.first)
        return Notice(KEY, "warning", title, sentences(explained.text, _tried(news)), actions)


def _goes_on(news: StandbyNews) -> str:
    return translate(
        "Shell", "“{first}” is still tried, and gets these sessions too when it is back."
    ).format(first=news.first)


def _tried(news: StandbyNews) -> str:
    return translate("Shell", "“{first}” is still tried.").format(first=news.first)
