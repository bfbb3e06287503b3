"""The words for each error code.

A key is a code of app/errors.py, or `code.reason` where a reason deserves its own next step. Values in {braces} are
the error's parameters; a part in [brackets] is left out when one of its values is not known; `{details}` is all of
them. A title is one short line without a full stop; cause and next step are sentences for a person at a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.desktop.messages import ActionKind

    Marked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one kind of error."""

    title: Marked
    cause: Marked
    next_step: Marked
    action: ActionKind | None = None


WORDS: Mapping[str, Words] = {
    # kinds, for codes that have no words of their own yet
    "error": Words(
        mark("Errors", "Something went wrong"),
        mark("Errors", "The program could not do it: {details}."),
        mark("Errors", "Try again; if it stays, copy the details for a report."),
        "retry",
    ),
}
