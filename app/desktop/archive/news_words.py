"""What came of a deletion, its undoing, or of asking for a return, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.desktop.i18n import translate
from app.desktop.messages import sentences

if TYPE_CHECKING:
    from app.desktop.archive.lifetimes import Kind, News
    from app.desktop.messages import Messages
    from app.errors import ChatLogError


class NewsWords(NamedTuple):
    """A line; whether it is under way; what can be copied where something went wrong."""

    text: str
    busy: bool
    details: str


def words_of(news: News, messages: Messages) -> NewsWords:
    """The line for the strip."""
    if news.error is None and news.changed is None:
        return NewsWords(_under_way(news.kind, news.count), busy=True, details="")
    done = len(news.changed.done) if news.changed is not None else 0
    errors: list[ChatLogError] = (
        [error for _, error in news.changed.failed] if news.changed is not None else []
    )
    left = len(errors)
    if news.error is not None:
        errors, left = [news.error], news.count
    text = _done(news.kind, done) if done else ""
    if errors:
        explained = messages.explain(errors[0])
        reason = sentences(explained.title_sentence, explained.next_step)
        failed = _failed(news.kind, left).format(reason=reason)
        text = sentences(text, failed)
    details = "\n\n".join(messages.details(error) for error in errors[:20])
    return NewsWords(text, busy=False, details=details)


def _under_way(kind: Kind, count: int) -> str:
    if kind == "delete":
        return translate("Archive", "Deleting %Ln sessions…", n=count)
    if kind == "undelete":
        return translate("Archive", "Undeleting %Ln sessions…", n=count)
    return translate("Archive", "Asking for the return of %Ln sessions…", n=count)


def _done(kind: Kind, count: int) -> str:
    if kind == "delete":
        return translate("Archive", "%Ln sessions deleted; all versions are kept.", n=count)
    if kind == "undelete":
        return translate("Archive", "%Ln sessions are back in the archive.", n=count)
    return translate("Archive", "S3 is bringing %Ln sessions back.", n=count)


def _failed(kind: Kind, count: int) -> str:
    if kind == "delete":
        return translate("Archive", "%Ln sessions could not be deleted: {reason}", n=count)
    if kind == "undelete":
        return translate("Archive", "%Ln sessions could not be undeleted: {reason}", n=count)
    return translate("Archive", "%Ln sessions could not be asked for: {reason}", n=count)
