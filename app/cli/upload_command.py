"""upload: archive sessions, files and folders, verified."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.standby import Outage, is_out
from app.cli.list_command import find_sessions
from app.cli.output import decimal_size
from app.cli.parser import add_command, add_json_option, add_limit_option
from app.cli.progress import upload_progress
from app.cli.second_upload import keep_in_second
from app.cli.upload_fields import rescued_fields, session_fields
from app.cli.words import words
from app.errors import ChatLogError, WrongUse
from app.sessions.notes import PROBLEM_MISSING, PROBLEM_UNREADABLE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from app.archiving.archive import SessionOutcome
    from app.archiving.plan import Plan
    from app.cli.context import Context
    from app.cli.parser import Subparsers
    from app.sessions.model import Session
    from app.transfer.content import Outcome, OutcomeState


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(commands, "upload", common, "archive sessions, files and folders", run)
    add_json_option(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every session on this computer")
    which.add_argument(
        "--changed", action="store_true", help="every session that is not archived as it is now"
    )
    parser.add_argument("--source", metavar="TOOL", help="with --all or --changed: only this tool's sessions")
    parser.add_argument("--no-compress", action="store_true", help="store the bytes as they are")
    parser.add_argument("--dry-run", action="store_true", help="say what would be archived, and send nothing")
    add_limit_option(parser, "--limit-upload", "send")
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="files or folders")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Archive; 1 if a session failed or the session index could not be written."""
    if bool(arguments.paths) == bool(arguments.all or arguments.changed):
        raise WrongUse(reason="upload takes --all, --changed, or files and folders")
    if "limit_upload" in arguments:
        context.services.bandwidths.uploads.limit = arguments.limit_upload
    found, problems = find_sessions(context, arguments.paths, source=arguments.source)
    plan = context.services.plan()
    sessions = found
    if not found and not problems:
        context.output.message(words(context.language).no_sessions)
    if arguments.changed:
        sessions = [session for session in found if not plan.of(session).settled]
    if arguments.dry_run:
        return _dry_run(arguments, context, sessions, plan)
    failed = _archive(arguments, context, sessions, found)
    # What could not be looked into may hold sessions that are now not archived.
    unseen = any(problem.code in {PROBLEM_UNREADABLE, PROBLEM_MISSING} for problem in problems)
    return 1 if failed or unseen else 0


def _archive(
    arguments: argparse.Namespace, context: Context, sessions: Sequence[Session], found: Sequence[Session]
) -> bool:
    """Archive `sessions`; whether something failed. What fails because the archive is out is kept in its second one.

    `found` are all that were looked at: an interrupted run may have archived some and not written their index lines.
    """
    started = time.monotonic()
    plan = context.services.plan()
    waiting = [session for session in sessions if not plan.of(session).settled]
    if waiting:
        if not _answers(arguments, context, waiting):
            return True
        plan = context.services.plan()  # the first answer may have made this another destination
    sizes = {
        entry.key: entry.file.size
        for session in sessions
        for entry in plan.of(session).files
        if not entry.settled
    }
    tally, failures, left = _Tally(), _Failures(context), _Left()
    with upload_progress(context, sizes) as events:
        archiver = context.services.archiver(events, compress=not arguments.no_compress)
        for outcome in archiver.archive(sessions):
            tally.add(outcome.state, [entry.outcome for entry in outcome.files])
            failures.tell_all([(entry.file.path, entry.outcome.error) for entry in outcome.files])
            left.add(outcome)
            if arguments.json:
                context.output.json_line(session_fields(outcome, context, context.services.profile.name))
        if not arguments.paths and arguments.source is None:
            for path, rescued in archiver.rescue(found):
                tally.add(rescued.state, [rescued])
                failures.tell_all([(path, rescued.error)])
                if arguments.json:
                    context.output.json_line(rescued_fields(path, rescued, context))
        failures.tell_rest()
        update = archiver.update_index(found)
    _tell_summary(context, tally, time.monotonic() - started)
    if update.error is not None:
        context.output.message(
            words(context.language).say("index-not-written", reason=context.describe(update.error))
        )
    if left.outage.seen:
        keep_in_second(context, left.sessions, arguments)
    return bool(tally.counts["failed"]) or update.error is not None


def _answers(arguments: argparse.Namespace, context: Context, waiting: Sequence[Session]) -> bool:
    """Whether the archive answers; False where its second one was asked to keep what waits. Raises what stands in the
    way of both."""
    try:
        context.services.expect_answer()
    except ChatLogError as error:
        if is_out(error) and keep_in_second(context, waiting, arguments, told=error):
            return False
        raise
    return True


class _Left:
    """Which sessions could not be archived because the archive was out, and whether it still was at the end."""

    def __init__(self) -> None:
        self.outage = Outage()
        self.sessions: list[Session] = []

    def add(self, outcome: SessionOutcome) -> None:
        if outcome.state == "unchanged":
            return
        self.outage.saw(outcome.error)
        if is_out(outcome.error):
            self.sessions.append(outcome.session)


class _Tally:
    """How many sessions ended how, and the original bytes that were archived."""

    def __init__(self) -> None:
        self.counts = {"archived": 0, "unchanged": 0, "failed": 0}
        self.size = 0

    def add(self, state: OutcomeState, files: Sequence[Outcome]) -> None:
        self.counts[state] += 1
        self.size += sum(outcome.size or 0 for outcome in files if outcome.state == "archived")


class _Failures:
    """Says why files failed: each reason when it is met first, and how many more met it at the end.

    A full disk or an endpoint that is gone fails every file alike, and may do so for ten thousand of them.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._met: Counter[str] = Counter()

    def tell_all(self, files: Sequence[tuple[Path, ChatLogError | None]]) -> None:
        for path, error in files:
            if error is not None:
                self._tell(str(path), error)

    def _tell(self, path: str, error: ChatLogError) -> None:
        reason = self._context.describe(error)
        self._met[reason] += 1
        if self._met[reason] == 1:
            # Most errors of files name theirs; once is enough.
            name = "failed-itself" if error.parameters.get("path") == path else "failed-file"
            self._say(name, path=path, reason=reason)

    def tell_rest(self) -> None:
        for reason, met in self._met.items():
            if met > 1:
                name = "failed-one-more" if met == 2 else "failed-more"  # noqa: PLR2004 - the first was told of
                self._say(name, n=met - 1, reason=reason)

    def _say(self, name: str, /, **values: str | int) -> None:
        self._context.output.message(words(self._context.language).say(name, **values))


def _dry_run(arguments: argparse.Namespace, context: Context, sessions: Sequence[Session], plan: Plan) -> int:
    pending = [planned for planned in map(plan.of, sessions) if not planned.settled]
    if arguments.json:
        for planned in map(plan.of, sessions):
            context.output.json_line(
                {
                    "path": str(planned.session.path),
                    "sessionId": planned.session.session_id,
                    "size": planned.session.size,
                    "state": planned.state,
                    "dryRun": True,
                }
            )
    size = sum(entry.file.size for planned in pending for entry in planned.files if not entry.settled)
    context.output.message(words(context.language).say("dry-run", n=len(pending), size=decimal_size(size)))
    return 0


def _tell_summary(context: Context, tally: _Tally, seconds: float) -> None:
    text = words(context.language)
    context.output.message(
        text.say("summary", **tally.counts, size=decimal_size(tally.size), seconds=f"{seconds:.1f}")
    )
    if context.services.this_computer_only and tally.counts["archived"]:
        context.output.message(text.say("summary-sandbox"))
