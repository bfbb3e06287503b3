"""A session as messages to show, page by page: a log of 70 MB opens as fast as a small one.

A file is looked at only as far as a page needs; what was looked at is remembered as a small index, and a message is
read and taken apart when it is shown. Everything shown is inert: see `app.sessions.preview_model`. Nothing here
needs Qt or the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from app.errors import Cancelled
from app.sessions.facts import moment
from app.sessions.notes import MAIN_MISSING, PARENT_MISSING
from app.sessions.preview_file import OpenedFile
from app.sessions.preview_images import PICTURE_LIMIT
from app.sessions.preview_markdown import MarkdownReader
from app.sessions.preview_model import (
    Block,
    Image,
    Message,
    Page,
    Role,
    Span,
    ToolCall,
)
from app.sessions.preview_opening import transcript_of
from app.sessions.preview_search import Wanted
from app.sessions.text import portable_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sessions.model import Session

__all__ = [
    "PAGE_SIZE",
    "Block",
    "Image",
    "Message",
    "Page",
    "Preview",
    "Role",
    "Span",
    "ToolCall",
    "never",
    "open_preview",
    "open_preview_file",
]

PAGE_SIZE = 50
"""Messages on a page."""
_LOOKAHEAD = 8 << 20
"""Bytes behind a page in which the results of its calls are looked for."""
_FOUND_AT_ONCE = 500
"""Messages that a search makes sure of before it looks at the first of them."""


def never() -> bool:
    """Nobody cancels."""
    return False


class Preview:
    """One session's main file opened for showing. Use from one worker thread at a time; close it.

    What is appended to the file later is not seen: see `changed`.
    """

    def __init__(
        self,
        source: str | None,
        path: Path,
        *,
        root: Path | None = None,
        page_size: int = PAGE_SIZE,
        name: str | None = None,
        with_sidechains: bool = False,
    ) -> None:
        """Opens the file and reads its first bytes, or all of a JSON document.

        `source` is a session's source or None; `root` is the folder that a link must not lead out of (default:
        the file's own); `name` is what the file is called (default: as on disk); `with_sidechains` shows the
        subagents' lines of a Claude Code log. Raises FileVanished, FileUnreadable, NotARegularFile.
        """
        self._page_size = page_size
        self._markdown: MarkdownReader | None = None
        self._file = OpenedFile(path, path.parent if root is None else root)
        try:
            self._transcript = transcript_of(
                self._file, source, name or portable_name(path.name), with_sidechains=with_sidechains
            )
        except BaseException:
            self._file.close()
            raise

    @property
    def is_conversation(self) -> bool:
        """False: the file is a text in parts, or no text at all, and its messages are nobody's."""
        return self._transcript.is_conversation

    @property
    def size(self) -> int:
        """Bytes of the file when it was opened."""
        return self._file.size

    def page(self, number: int, *, cancelled: Callable[[], bool] = never) -> Page:
        """The page with that number, from 0; without messages where there is none.

        Raises Cancelled, FileUnreadable.
        """
        first = number * self._page_size
        end = first + self._page_size
        self._look_at(first, end, cancelled)
        index = self._transcript.index
        messages = []
        for position in range(first, min(end, len(index))):
            _check(cancelled)
            messages.append(self._message(position))
        is_finished = self._transcript.is_finished
        return Page(
            messages=tuple(messages),
            first=first,
            total=len(index) if is_finished else None,
            complete=is_finished or not self._transcript.waits(first, end),
        )

    def pages(self, cancelled: Callable[[], bool] = never) -> int:
        """How many pages there are. Looks at the whole file. Raises Cancelled, FileUnreadable."""
        while not self._transcript.is_finished:
            _check(cancelled)
            self._transcript.advance()
        return -(-len(self._transcript.index) // self._page_size)

    def find(self, text: str, start: int = 0, *, cancelled: Callable[[], bool] = never) -> int | None:
        """The number of the first message from `start` on that shows the text, whatever the case; None if none does.

        Folded texts count as shown, what was cut off does not. Raises Cancelled, FileUnreadable.
        """
        wanted = Wanted(text)
        index = self._transcript.index
        number = max(0, start)
        while wanted.text:
            self._look_at(number, number + _FOUND_AT_ONCE, cancelled)
            end = min(number + _FOUND_AT_ONCE, len(index))
            for position in range(number, end):
                _check(cancelled)
                if wanted.may_be_in(self._transcript.raw(position)) and wanted.is_in(self._message(position)):
                    return position
            if end <= number or (end == len(index) and self._transcript.is_finished):
                break
            number = end
        return None

    def picture(self, number: int, ordinal: int) -> bytes | None:
        """The bytes of a picture that a message of a page holds, as the log has them: not decoded, not looked into.

        `ordinal` counts the message's image blocks from 0. None where the log holds only an address, where its text
        is damaged, and above 64 MiB. A file that is itself a picture is given out whole. Raises FileUnreadable.
        """
        if self._transcript.is_conversation:
            return self._transcript.picture(number, ordinal)
        is_small = self._file.size <= PICTURE_LIMIT
        return self._file.read(0, self._file.size) if is_small else None

    def changed(self) -> bool:
        """Whether the file is another one now than when it was opened: grown, rewritten, gone."""
        return self._file.changed()

    def close(self) -> None:
        """Let go of the file. May be called again."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _look_at(self, first: int, end: int, cancelled: Callable[[], bool]) -> None:
        """Find these messages, and the results of their calls if they are not too far on."""
        transcript = self._transcript
        # One message more: the last of the page may go on until the next one begins.
        while len(transcript.index) <= end and not transcript.is_finished:
            _check(cancelled)
            transcript.advance()
        behind = 0
        while behind < _LOOKAHEAD and not transcript.is_finished and transcript.waits(first, end):
            _check(cancelled)
            behind += transcript.advance()

    def _message(self, number: int) -> Message:
        if self._markdown is None:
            self._markdown = MarkdownReader()
        composed = self._transcript.compose(number, self._markdown)
        index = self._transcript.index
        return Message(
            number=number,
            role=index.role(number),
            name=composed.speaker,
            at=None if composed.at is None else moment(composed.at),
            blocks=composed.blocks,
            begins_turn=self._transcript.is_conversation and index.begins_turn(number),
            notes=composed.notes,
        )


def open_preview(session: Session, *, page_size: int = PAGE_SIZE) -> Preview:
    """A session of this computer, opened. Raises FileVanished, FileUnreadable, NotARegularFile."""
    main = next(file for file in session.files if file.is_main)
    return Preview(
        session.source,
        main.path,
        root=main.root,
        page_size=page_size,
        # What has lost its main file is listed with a subagent's log in its place.
        with_sidechains=not {MAIN_MISSING, PARENT_MISSING}.isdisjoint(session.notes),
    )


def open_preview_file(path: Path, *, source: str | None, name: str, page_size: int = PAGE_SIZE) -> Preview:
    """A file that was brought back from the archive, opened; its form is told from `name` and its first bytes.

    Raises FileVanished, FileUnreadable, NotARegularFile.
    """
    return Preview(source, path, page_size=page_size, name=name)


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled
