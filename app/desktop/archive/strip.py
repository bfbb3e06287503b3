"""The one line above the table: S3 cannot be asked, a download has begun, titles are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.desktop.archive.elsewhere import with_second
from app.desktop.archive.news_words import words_of
from app.desktop.formats import date_and_time, percent
from app.desktop.i18n import translate
from app.desktop.messages import sentences
from app.desktop.widgets.strips import Strip

if TYPE_CHECKING:
    from app.desktop.archive.controller import ArchiveController, TitlesRead
    from app.desktop.archive.lifetimes import News
    from app.desktop.archive.loading import Listing
    from app.desktop.context import Context
    from app.errors import ChatLogError

DOWNLOADING_MILLISECONDS = 12_000
"""How long it is said where a download goes."""


class ArchiveStrip(Strip):
    """Says the most important of what there is to say."""

    action_wanted = Signal(object, object)
    """ActionKind and ChatLogError: what mends it."""
    undo_wanted = Signal(object)
    """The sessions (tuple[ArchivedSession, …]) that were deleted a moment ago."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._room: QWidget | None = None
        super().__init__(context.look, parent)
        self._context = context
        self._folder: str | None = None
        self._after_return = False
        self._news: News | None = None
        self._declined = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DOWNLOADING_MILLISECONDS)
        self._timer.timeout.connect(self._downloading_seen)
        self._has_list = False
        context.archive.titles_read.connect(self._renew)

    def with_room(self, beside: int, below: int) -> QWidget:
        """It with room around it, which comes and goes with it."""
        self._room = QWidget()
        row = QHBoxLayout(self._room)
        row.setContentsMargins(beside, 0, beside, below)
        row.addWidget(self)
        self._room.setVisible(not self.isHidden())
        return self._room

    def setVisible(self, visible: bool) -> None:
        """Qt's, for the room too."""
        super().setVisible(visible)
        if self._room is not None:
            self._room.setVisible(visible)

    def show_for(self, _archive: ArchiveController, *, is_list: bool) -> None:
        """With a list to stand above, or without: what keeps it from being loaded is said in its place then."""
        self._has_list = is_list
        self._renew()

    def say_downloading(self, folder: str, after_return: bool) -> None:
        """A download has begun, or is to begin by itself once S3 has brought back what it is of."""
        self._folder, self._after_return, self._news = folder, after_return, None
        self._timer.start()
        self._renew()

    def say_news(self, news: News) -> None:
        """How it stands with a deletion, its undoing, or a return."""
        self._news = news
        self._renew()

    def _news_seen(self) -> None:
        self._news = None
        self._renew()

    def _downloading_seen(self) -> None:
        self._folder = None
        self._renew()

    def _renew(self, _what: object = None) -> None:
        archive = self._context.archive
        listing = archive.listing
        if not self._has_list or listing is None:
            self.clear()
        elif archive.error is not None:
            self._say_trouble(archive.error, listing)
        elif self._news is not None:
            self._say_news(self._news)
        elif self._folder is not None:
            text = (
                translate("Archive", "S3 is asked for its return; then it is downloaded to {folder}")
                if self._after_return
                else translate("Archive", "Downloading to {folder}")
            )
            self.say(
                text.format(folder=self._folder),
                [(translate("Archive", "Show transfers"), lambda: self._context.navigate("transfers"))],
                icon="download",
            )
        elif archive.titles is not None:
            self._say_titles(archive.titles)
        else:
            self._offer_titles(listing)

    def _say_trouble(self, error: ChatLogError, listing: Listing) -> None:
        messages = self._context.messages
        explanation = messages.explain(error)
        text = translate("Archive", "{trouble}. This is the list as of {when}.").format(
            trouble=explanation.title, when=date_and_time(listing.as_of)
        )
        action = explanation.action if explanation.action not in {None, "copy-details"} else "retry"
        assert action is not None
        details = messages.details(error)
        self.say(
            with_second(text, self._context, error),
            [
                (messages.label("copy-details"), lambda: QGuiApplication.clipboard().setText(details)),
                (messages.label(action), lambda: self.action_wanted.emit(action, error)),
            ],
            kind="warning",
        )

    def _say_news(self, news: News) -> None:
        told = words_of(news, self._context.messages)
        if told.busy:
            self.say(told.text, icon="retry")
            return
        actions = [(translate("Archive", "Close"), self._news_seen)]
        done = news.changed.done if news.changed is not None else ()
        if told.details:
            copy = self._context.messages.label("copy-details")
            actions = [(copy, lambda: QGuiApplication.clipboard().setText(told.details)), *actions]
        if news.kind == "delete" and done:
            actions = [actions[0], (translate("Archive", "Undo"), self.undo)]
        if told.details:
            self.say(told.text, actions, kind="warning" if done else "bad")
        else:
            self.say(told.text, actions, icon="trash" if news.kind == "delete" else "check")

    def undo(self) -> None:
        """Bring back what the strip says was deleted; nothing where it says something else."""
        news = self._news
        if news is not None and news.kind == "delete" and news.changed is not None and news.changed.done:
            self.undo_wanted.emit(news.changed.done)

    def _say_titles(self, titles: TitlesRead) -> None:
        close = (translate("Archive", "Close"), self._close_titles)
        if titles.state == "running":
            text = translate("Archive", "Reading the titles again…")
            if titles.fraction is not None:
                text += f" {percent(titles.fraction)}"
            self.say(text, icon="retry")
        elif titles.error is not None:
            explanation = self._context.messages.explain(titles.error)
            details = self._context.messages.details(titles.error)
            copy = (
                self._context.messages.label("copy-details"),
                lambda: QGuiApplication.clipboard().setText(details),
            )
            self.say(explanation.title, [copy, close], kind="bad")
        elif titles.rebuilt is not None:
            self._say_rebuilt(titles.rebuilt.sessions, [error for _, error in titles.rebuilt.unread])

    def _say_rebuilt(self, back: int, unread: list[ChatLogError]) -> None:
        close = (translate("Archive", "Close"), self._close_titles)
        text = translate("Archive", "%Ln sessions have their titles again.", n=back)
        if not unread:
            self.say(text, [close], icon="check")
            return
        reason = self._context.messages.explain(unread[0]).title
        left = translate("Archive", "%Ln files could not be read: {reason}", n=len(unread))
        text = sentences(text, left.format(reason=reason))
        details = "\n\n".join(self._context.messages.details(error) for error in unread[:20])
        copy = (
            self._context.messages.label("copy-details"),
            lambda: QGuiApplication.clipboard().setText(details),
        )
        self.say(text, [copy, close], kind="warning")

    def _close_titles(self) -> None:
        listing = self._context.archive.listing
        # What could not be read now is not offered again, unless there is more of it.
        self._declined = _lacking(listing) if listing is not None else 0
        self._context.archive.forget_titles()

    def _offer_titles(self, listing: Listing) -> None:
        lacking = _lacking(listing)
        if lacking <= self._declined:
            self.clear()
            return
        self.say(
            translate("Archive", "%Ln sessions have no title here.", n=lacking),
            [(translate("Archive", "Read the titles again"), self._context.archive.read_titles)],
        )


def _lacking(listing: Listing) -> int:
    """Sessions that no computer's index line tells of."""
    return sum(
        row.session.identity is not None and not row.session.titled and row.session.deleted_at is None
        for row in listing.rows
    )
