"""doctor: checks the set-up and says how to mend it."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from app.cli.output import decimal_size
from app.cli.parser import add_command, add_json_option
from app.cli.words import words
from app.errors import ChatLogError, DiskFull, FolderNotWritable, KeyringLocked, KeyringMissing, StateDamaged
from app.storage.paths import private_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from app.cli.context import Context
    from app.cli.parser import Subparsers

Verdict = Literal["ok", "note", "problem"]

ENOUGH_SPACE = 500_000_000
"""Bytes: below this the next large session may not fit into the spool."""

CLOCK_TOLERANCE = 60
"""Seconds. AWS refuses signatures that are 15 minutes off; a minute already hints at a clock that is not set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result."""

    check: str
    verdict: Verdict
    text: str


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(commands, "doctor", common, "check the set-up and say how to mend it", run)
    add_json_option(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Check everything, one thing after the other; 1 if there is a problem."""
    verdicts: set[Verdict] = set()
    for check in (_settings, _folders, _disk_space, _state, _sources, _keyring, _endpoint):
        for finding in _guarded(check, context):
            verdicts.add(finding.verdict)
            if arguments.json:
                context.output.json_line(
                    {"check": finding.check, "verdict": finding.verdict, "text": finding.text}
                )
            else:
                context.output.line(
                    f"{words(context.language).say('doctor.' + finding.verdict)}  {finding.text}"
                )
    return 1 if "problem" in verdicts else 0


def _guarded(check: Callable[[Context], Iterator[Finding]], context: Context) -> Iterator[Finding]:
    """A check's findings; an expected error is one of them, and the checks go on."""
    try:
        yield from check(context)
    except ChatLogError as error:
        yield Finding(check.__name__.strip("_"), "problem", context.describe(error))


def _say(context: Context, name: str, /, **values: str | int) -> str:
    return words(context.language).say(f"doctor.{name}", **values)


def _settings(context: Context) -> Iterator[Finding]:
    path = context.services.paths.settings
    _ = context.services.settings
    text = _say(context, "settings" if path.exists() else "settings-none", path=str(path))
    yield Finding("settings", "ok", text)
    yield Finding("profile", "ok", _say(context, "profile", name=context.services.profile.name))


def _folders(context: Context) -> Iterator[Finding]:
    paths = context.services.paths
    for folder in sorted({paths.config_folder, paths.data_folder, paths.cache_folder}):
        private_folder(folder)
        probe = folder / f".probe-{time.time_ns()}"
        try:
            probe.touch()
            probe.unlink()
        except OSError as problem:
            raise FolderNotWritable(path=str(folder), reason=problem.strerror or "") from problem
        yield Finding("folders", "ok", _say(context, "folder", path=str(folder)))


def _disk_space(context: Context) -> Iterator[Finding]:
    folder = context.services.paths.data_folder
    free = shutil.disk_usage(folder).free
    if free < ENOUGH_SPACE:
        yield Finding("disk", "problem", context.describe(DiskFull(path=str(folder))))
    else:
        yield Finding("disk", "ok", _say(context, "disk", size=decimal_size(free)))


def _state(context: Context) -> Iterator[Finding]:
    path = context.services.paths.state
    _ = context.services.jobs
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        answer = connection.execute("PRAGMA quick_check").fetchone()[0]
    if answer != "ok":
        raise StateDamaged(path=str(path), keptAs=str(path))
    waiting = len(context.services.jobs.transfers(states=("queued", "prepared", "sending", "failed")))
    if waiting:
        yield Finding("state", "note", _say(context, "waiting", n=waiting))
    else:
        yield Finding("state", "ok", _say(context, "state"))


def _sources(context: Context) -> Iterator[Finding]:
    text = words(context.language)
    index = context.services.sessions
    report = index.scan()
    for problem in report.problems:
        yield Finding("sources", "problem", text.left_out(problem.path, problem.code))
    sessions = index.sessions()
    now = datetime.now(UTC)
    plan = context.services.plan()
    at_risk = [
        session
        for session in sessions
        if session.deleted_at is not None
        and (session.deleted_at - now).days < 7  # noqa: PLR2004 - a week is time enough to act
        and not plan.of(session).settled
    ]
    if at_risk:
        yield Finding("sources", "note", _say(context, "at-risk", n=len(at_risk)))
    yield Finding("sources", "ok", _say(context, "sources", n=len(sessions)))


def _keyring(context: Context) -> Iterator[Finding]:
    needed = context.services.profile.kind == "iam" and context.services.profile.aws_profile is None
    try:
        context.services.vault.check()
    except (KeyringMissing, KeyringLocked) as error:
        # The sandbox and AWS profiles need no keyring, so its absence is worth a note and no more.
        yield Finding("keyring", "problem" if needed else "note", context.describe(error))
    else:
        yield Finding("keyring", "ok", _say(context, "keyring"))


def _endpoint(context: Context) -> Iterator[Finding]:
    services = context.services
    connection = services.connection
    health = connection.presign.health()
    yield Finding(
        "endpoint",
        "ok",
        _say(context, "endpoint", name=connection.profile.name, bucket=connection.storage.bucket),
    )
    if health.server_time is not None:
        skew = round(abs((datetime.now(UTC) - health.server_time).total_seconds()))
        verdict: Verdict = "ok" if skew <= CLOCK_TOLERANCE else "problem"
        yield Finding("clock", verdict, _say(context, "clock" if verdict == "ok" else "clock-off", n=skew))
    if services.this_computer_only:
        yield Finding("endpoint", "note", _say(context, "this-computer-only"))
