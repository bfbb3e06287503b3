"""The words for sources, states and what could not be read, where other pages need them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.i18n import translate
from app.desktop.sessions.rows import folder_name
from app.sessions import notes
from app.sessions.model import CLAUDE_CODE, FILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.archiving.plan import SessionState
    from app.sessions.notes import Problem

# Names of products are the same in every language.
_TOOLS = {CLAUDE_CODE: "Claude Code"}


def source_name(source: str) -> str:
    """What a source is called: the tool's own name, "Files" for what a person dropped."""
    if source == FILES:
        return translate("Sessions", "Files", "source")
    return _TOOLS.get(source) or source.replace("-", " ").title()


def state_name(state: SessionState, *, this_computer_only: bool) -> str:
    """A session's state. Where nothing leaves this computer, "archived" says so."""
    if state == "archived" and this_computer_only:
        return translate("Sessions", "This computer only")
    return {
        "new": translate("Sessions", "New", "state"),
        "changed": translate("Sessions", "Changed", "state"),
        "queued": translate("Sessions", "Queued", "state"),
        "uploading": translate("Sessions", "Uploading", "state"),
        "archived": translate("Sessions", "Archived", "state"),
        "failed": translate("Sessions", "Failed", "state"),
    }[state]


def state_icon(state: SessionState, *, this_computer_only: bool) -> str:
    """The icon beside the state's word; never a tick for what has no copy elsewhere."""
    return "local" if state == "archived" and this_computer_only else state


def state_meaning(state: SessionState, *, this_computer_only: bool) -> str:
    """What the state says, in a sentence."""
    if state == "archived" and this_computer_only:
        return translate("Sessions", "Archived on this computer. No copy exists elsewhere.")
    return {
        "new": translate("Sessions", "Not archived yet."),
        "changed": translate("Sessions", "Archived before, and changed since."),
        "queued": translate("Sessions", "Waiting to be archived."),
        "uploading": translate("Sessions", "Being archived now."),
        "archived": translate("Sessions", "Archived as it is on this computer, and verified."),
        "failed": translate("Sessions", "Archiving failed. Transfers says why."),
    }[state]


def note_text(note: str) -> str:
    """What could not be read of a session, in a sentence. `note` is one of `Session.notes`."""
    code, _, number = note.partition(":")
    count = int(number) if number.isdecimal() else 1
    texts = {
        notes.TRUNCATED_LINE: translate("Sessions", "The last line is not finished."),
        notes.GLUED_LINES: translate("Sessions", "Several entries stand on one line. All of them were read."),
        notes.BAD_LINES: translate("Sessions", "%n lines cannot be read.", n=count),
        notes.OTHER_LINES: translate("Sessions", "%n lines hold no entry.", n=count),
        notes.LONG_LINES: translate("Sessions", "%n lines are too long to be read.", n=count),
        notes.INVALID_UTF8: translate("Sessions", "Some characters are damaged."),
        notes.NUL_BYTES: translate("Sessions", "Parts are empty, as after a crash of the computer."),
        notes.EMPTY: translate("Sessions", "The file is empty."),
        notes.UNREADABLE: translate("Sessions", "The file cannot be read."),
        notes.MAIN_MISSING: translate(
            "Sessions", "The main log is gone. Other files of the session are here."
        ),
        notes.PARENT_MISSING: translate("Sessions", "The session that this agent worked for is gone."),
        notes.NOT_PARSED: translate("Sessions", "The file is too large to be looked into."),
        notes.DAMAGED_DOCUMENT: translate("Sessions", "The file is damaged."),
        notes.SAME_ID: translate("Sessions", "Another project has a session with the same ID."),
    }
    return texts.get(code, code)


def archived_all_the_same(codes: Sequence[str]) -> str:
    """The notes of a session as lines, and that nothing of it is lost."""
    lines = [note_text(code) for code in codes]
    return "\n".join([*lines, translate("Sessions", "Archiving keeps the file as it is.")])


def problem_sentence(problem: Problem) -> str:
    """Which path was left out, by its name, and why."""
    texts = {
        notes.PROBLEM_UNREADABLE: translate("Sessions", "“{name}” cannot be read"),
        notes.PROBLEM_MISSING: translate("Sessions", "“{name}” is not there"),
        notes.PROBLEM_LINK_OUTSIDE: translate("Sessions", "“{name}” is a link that leads out of its folder"),
        notes.PROBLEM_LINK_BROKEN: translate("Sessions", "“{name}” is a link that leads nowhere"),
        notes.PROBLEM_NOT_REGULAR: translate("Sessions", "“{name}” is not a regular file"),
    }
    other = translate("Sessions", "“{name}” was left out")
    return texts.get(problem.code, other).format(name=folder_name(problem.path))
