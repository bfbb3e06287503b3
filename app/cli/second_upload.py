"""upload, when the archive in use is out: its second one keeps for now what could not be archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.progress import upload_progress
from app.cli.upload_fields import session_fields
from app.cli.words import words
from app.errors import Cancelled, ChatLogError, Unreachable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from app.archiving.second_archive import SecondArchive
    from app.cli.context import Context
    from app.sessions.model import Session
    from app.transfer.content import Events


def keep_in_second(
    context: Context,
    sessions: Sequence[Session],
    arguments: argparse.Namespace,
    *,
    told: ChatLogError | None = None,
) -> bool:
    """Archive them in the second archive of the profile in use, and say how that went.

    False where there is none, or where it cannot be reached either: most likely this computer has no network, and
    nothing is said. `told` is why the first could not be used; it is said before anything else is.
    """
    from app.transfer.content import ContentKey  # noqa: PLC0415 - for this command alone

    sizes = {
        ContentKey(*session.identity, file.relative_path): file.size
        for session in sessions
        for file in session.files
    }
    with upload_progress(context, sizes) as events:
        try:
            second = _connected(context, arguments, events)
        except Unreachable:
            return False
        except Cancelled:
            raise
        except ChatLogError as error:
            _say_first(context, told)
            _say_trouble(context, error)
            return True
        if second is None:
            return False
        _say_first(context, told)
        _keep(context, sessions, arguments, second)
    return True


def _connected(
    context: Context, arguments: argparse.Namespace, events: Events | None
) -> SecondArchive | None:
    second = context.services.open_second(events=events, compress=not arguments.no_compress)
    if second is not None:
        try:
            second.connect()
        except ChatLogError:
            second.close()
            raise
    return second


def _keep(
    context: Context, sessions: Sequence[Session], arguments: argparse.Namespace, second: SecondArchive
) -> None:
    text, first = words(context.language), context.services.profile.name
    context.output.message(text.say("second-keeps", first=first, second=second.name))
    kept, reasons = [], []
    try:
        for outcome in second.keep(sessions, lambda _: True):
            if outcome.state != "failed":
                kept.append(outcome.session)
            elif outcome.error is not None and second.trouble is None:
                reasons.append(outcome.error)
            if arguments.json:
                context.output.json_line(session_fields(outcome, context, second.name))
        # The sessions are safe; lines that cannot be written now are written when that profile is used next.
        second.update_index(kept)
    finally:
        second.close()
    for reason in dict.fromkeys(map(context.describe, reasons)):
        context.output.message(text.say("second-failed", second=second.name, reason=reason))
    if second.trouble is not None:
        _say_trouble(context, second.trouble)
    context.output.message(
        text.say("second-kept", first=first, second=second.name, n=len(kept), total=len(sessions))
    )


def _say_first(context: Context, told: ChatLogError | None) -> None:
    if told is not None:
        context.output.message(context.describe(told))


def _say_trouble(context: Context, error: ChatLogError) -> None:
    context.output.message(
        words(context.language).say(
            "second-trouble", first=context.services.profile.name, reason=context.describe(error)
        )
    )
