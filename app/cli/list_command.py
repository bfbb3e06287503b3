"""list: the sessions on this computer, and which of them are archived."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.output import Json, decimal_size, rfc3339
from app.cli.parser import add_command, add_json_option
from app.cli.words import words
from app.sessions.notes import PROBLEM_MISSING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from app.archiving.plan import PlannedSession
    from app.cli.context import Context
    from app.cli.parser import Subparsers
    from app.sessions.model import Session, Usage
    from app.sessions.notes import Problem


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(commands, "list", common, "list the sessions on this computer", run)
    add_json_option(parser)
    parser.add_argument("--source", metavar="TOOL", help="only this tool's sessions, e.g. claude-code")
    parser.add_argument(
        "--changed", action="store_true", help="only sessions that are not archived as they are now"
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="files or folders to list instead"
    )


def run(arguments: argparse.Namespace, context: Context) -> int:
    """List; a broken log does not change the exit code."""
    sessions, problems = find_sessions(context, arguments.paths, source=arguments.source)
    plan = context.services.plan()
    planned = [plan.of(session) for session in sessions]
    if arguments.changed:
        planned = [entry for entry in planned if entry.state != "archived"]
    planned.sort(key=lambda entry: entry.session.updated_at, reverse=True)
    if arguments.json:
        for entry in planned:
            context.output.json_line(session_fields(entry))
    else:
        _print_table(planned, context)
    # A broken log is listed and is no failure; a path that was asked for and is not there is one.
    return 1 if arguments.paths and any(problem.code == PROBLEM_MISSING for problem in problems) else 0


def find_sessions(
    context: Context, paths: Sequence[Path], *, source: str | None = None
) -> tuple[list[Session], tuple[Problem, ...]]:
    """What the paths stand for, or, with none, everything that a scan finds; and what had to be left out, once told."""
    from app.cli.progress import scan_progress  # noqa: PLC0415 - only commands that look at sessions need it

    index = context.services.sessions
    if paths:
        report = index.inspect(paths)
        sessions, problems = list(report.sessions), report.problems
    else:
        with scan_progress(context) as progress:
            problems = index.scan(progress=progress).problems
        sessions = index.sessions()
    text = words(context.language)
    for problem in problems:
        context.output.message(text.left_out(problem.path, problem.code))
    return [session for session in sessions if source in {None, session.source}], problems


def usage_fields(usage: Usage) -> Json:
    """Tokens as the contract names them."""
    return {
        "input": usage.input,
        "output": usage.output,
        "cacheRead": usage.cache_read,
        "cacheWrite": usage.cache_write,
    }


def session_fields(entry: PlannedSession) -> Mapping[str, Any]:
    """A session's line of `list --json`."""
    session = entry.session
    return {
        "source": session.source,
        "sessionId": session.session_id,
        "title": session.title,
        "project": session.project,
        "path": str(session.path),
        "files": [
            {"path": str(file.path), "relativePath": file.relative_path, "size": file.size}
            for file in session.files
        ],
        "size": session.size,
        "messages": session.messages,
        "model": session.model,
        "tokens": usage_fields(session.tokens),
        "startedAt": rfc3339(session.started_at),
        "updatedAt": rfc3339(session.updated_at),
        "deletedAt": rfc3339(session.deleted_at),
        "state": entry.state,
        "notes": list(session.notes),
    }


def _print_table(planned: Sequence[PlannedSession], context: Context) -> None:
    text = words(context.language)
    if not planned:
        context.output.message(text.no_sessions)
        return
    now = datetime.now(UTC)
    columns, right = text.list_columns, (3, 4, 5, 6)
    rows = [
        (
            text.state(entry.state, this_computer_only=context.services.this_computer_only),
            entry.session.title,
            Path(entry.session.project).name if entry.session.project else "",
            str(entry.session.messages),
            decimal_size(entry.session.size),
            text.age(now - entry.session.updated_at),
            text.deleted_in(None if entry.session.deleted_at is None else entry.session.deleted_at - now),
        )
        for entry in planned
    ]
    context.output.table(columns, rows, right=right, flexible=1)
    context.output.message(
        text.listed(len(planned), decimal_size(sum(entry.session.size for entry in planned)))
    )
