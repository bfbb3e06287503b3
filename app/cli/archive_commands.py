"""history and download: what S3 holds, and how it comes back."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.object_commands import add_return_options
from app.cli.output import decimal_size, minute, rfc3339
from app.cli.parser import add_command, add_json_option, add_limit_option
from app.cli.progress import download_progress
from app.cli.words import words
from app.errors import NotFound
from app.sessions.local_time import local_time
from app.transfer.downloads import ReturnRequest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from app.cli.context import Context
    from app.cli.parser import Subparsers
    from app.remote.history import HistoryEntry
    from app.transfer.downloader import Downloaded


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add both commands."""
    history = add_command(commands, "history", common, "what S3 holds, newest first", _history)
    add_json_option(history)
    history.add_argument("--versions", action="store_true", help="every version, deleted objects' too")
    history.add_argument(
        "--rebuild", action="store_true", help="first read titles again where the session index lacks them"
    )
    history.add_argument("key", metavar="KEY", nargs="?", help="only this object")

    download = add_command(
        commands,
        "download",
        common,
        "bring an object back, verified against the hash of the original",
        _download,
    )
    download.add_argument("key", metavar="KEY")
    download.add_argument("--version", metavar="ID", help="this version instead of the newest")
    download.add_argument(
        "--to", metavar="DIR", type=Path, default=Path(), help="the folder to put it into (default: here)"
    )
    download.add_argument(
        "--restore",
        action="store_true",
        help="if it lies in an archive class, ask for its return and wait for that, which takes hours",
    )
    add_return_options(download)
    add_limit_option(download, "--limit-download", "receive")
    add_json_option(download)


def _history(arguments: argparse.Namespace, context: Context) -> int:
    rebuilt = _rebuild(context) if arguments.rebuild else True
    history = context.services.history
    if arguments.versions:
        entries = history.versions(arguments.key)
    else:
        entries = history.objects()
        if arguments.key is not None:
            entries = [entry for entry in entries if entry.s3_key == arguments.key]
    if arguments.key is not None and not entries:
        raise NotFound(s3Key=arguments.key)
    if arguments.json:
        for entry in entries:
            context.output.json_line(_fields(entry))
    else:
        _print(entries, context, versions=arguments.versions)
    lacking = sum(entry.lacks_line for entry in entries)
    if lacking and not arguments.rebuild:
        context.output.message(words(context.language).say("titles-lacking", n=lacking))
    return 0 if rebuilt else 1


def _rebuild(context: Context) -> bool:
    """Read the titles again that no index line has; whether all could be read."""
    with download_progress(context) as progress:
        rebuilt = context.services.rebuild().run(progress)
    text = words(context.language)
    reasons = Counter(error.code for _, error in rebuilt.unread)
    for s3_key, error in rebuilt.unread:
        # Thousands of objects may lie in an archive class, or be refused, for one and the same reason.
        others = reasons.pop(error.code, 0) - 1
        if others >= 0:
            context.output.message(text.say("title-unread", key=s3_key, reason=context.describe(error)))
        if others > 0:
            context.output.message(text.say("titles-unread", n=others))
    context.output.message(text.say("titles-back", n=rebuilt.sessions))
    return not rebuilt.unread


def _fields(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "s3Key": entry.s3_key,
        "fileName": entry.file_name,
        "size": entry.size,
        "lastModified": rfc3339(entry.last_modified),
        "storageClass": entry.storage_class,
        "versionId": entry.version_id,
        "isLatest": entry.is_latest,
        "isDeleted": entry.is_deleted,
        "sessionId": entry.session_id,
        "source": entry.source,
        "title": entry.title,
        "project": entry.project,
        "machine": entry.machine,
        "host": entry.host,
        "relativePath": entry.relative_path,
        "isMain": entry.is_main,
    }


def _print(entries: Sequence[HistoryEntry], context: Context, *, versions: bool) -> None:
    text = words(context.language)
    if not entries:
        context.output.message(text.say("history-empty"))
        return
    if versions:
        context.output.table(
            text.version_columns,
            [
                (
                    local_time(entry.last_modified).strftime("%Y-%m-%d %H:%M:%S"),
                    text.say("deleted-marker") if entry.is_deleted else decimal_size(entry.size),
                    entry.storage_class or "",
                    entry.version_id,
                    entry.s3_key,
                )
                for entry in entries
            ],
            right=(1,),
        )
        return
    context.output.table(
        text.history_columns,
        [
            (
                minute(entry.last_modified),
                _title(entry),
                Path(entry.project).name if entry.project else "",
                decimal_size(entry.size),
                entry.s3_key,
            )
            for entry in entries
        ],
        right=(3,),
        flexible=1,
    )
    total = sum(entry.size for entry in entries)
    context.output.message(text.say("history-count", n=len(entries), size=decimal_size(total)))
    if context.services.this_computer_only:
        context.output.message(text.say("summary-sandbox"))


def _title(entry: HistoryEntry) -> str:
    """A companion is told from its session's main file by its path."""
    if entry.title is None or entry.is_main or entry.relative_path is None:
        return entry.title or entry.file_name
    return f"{entry.title} · {entry.relative_path.rpartition('/')[2]}"


def _once_returned(
    arguments: argparse.Namespace, context: Context, fetch: Callable[[], Downloaded]
) -> Downloaded:
    from app.archiving.returning import once_returned  # noqa: PLC0415 - seldom needed
    from app.remote.protocol import ObjectRequest  # noqa: PLC0415 - slow

    def waits(expected_by: datetime | None) -> None:
        text = words(context.language)
        if expected_by is None:
            context.output.message(text.say("return-waits", key=arguments.key))
        else:
            when = minute(expected_by)
            context.output.message(text.say("return-waits-until", key=arguments.key, when=when))

    services = context.services
    return once_returned(
        fetch,
        services.lifetimes,
        ObjectRequest(arguments.key, arguments.version),
        ReturnRequest(arguments.days, arguments.tier),
        waits=waits,
        stopped=services.stopped,
    )


def _download(arguments: argparse.Namespace, context: Context) -> int:
    folder = Path(os.path.abspath(arguments.to))  # noqa: PTH100 - links in the user's own path stay as given
    if "limit_download" in arguments:
        context.services.bandwidths.downloads.limit = arguments.limit_download

    def fetch() -> Downloaded:
        with download_progress(context) as progress:
            return context.services.bring_back.download(
                arguments.key, folder, version_id=arguments.version, progress=progress
            )

    brought = _once_returned(arguments, context, fetch) if arguments.restore else fetch()
    if arguments.json:
        context.output.json_line(
            {
                "s3Key": brought.s3_key,
                "versionId": brought.version_id,
                "path": str(brought.path),
                "size": brought.size,
                "sha256": brought.sha256,
                "verified": brought.verified,
            }
        )
    else:
        name = "downloaded" if brought.verified else "downloaded-unverified"
        context.output.line(
            words(context.language).say(name, path=str(brought.path), size=decimal_size(brought.size))
        )
    return 0
