"""transfers: what is queued, under way, paused and past; paused, gone on with and cancelled, also while the window runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from app.cli.output import decimal_size, rfc3339
from app.cli.parser import add_command, add_json_option
from app.cli.words import words
from app.errors import WrongUse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from app.archiving.queue_rows import TransferRow
    from app.cli.context import Context
    from app.cli.parser import Subparsers

SUMMARIES = {
    "pause": "leave transfers until they are gone on with",
    "resume": "go on with paused transfers",
    "cancel": "do not do transfers; what is archived already stays",
}


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the commands."""
    group = add_command(
        commands, "transfers", common, "uploads and downloads that are queued, paused or past"
    )
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)
    add_json_option(add_command(actions, "list", common, "list the transfers, unfinished ones first", _list))
    for action, summary in SUMMARIES.items():
        parser = add_command(actions, action, common, summary, _ask)
        parser.add_argument("ids", metavar="ID", nargs="*", help="a transfer, as `transfers list` names it")
        parser.add_argument("--all", action="store_true", help="every transfer that this can be done to")
        add_json_option(parser)


def _list(arguments: argparse.Namespace, context: Context) -> int:
    rows = context.services.outside_queue().rows()
    text = words(context.language)
    if arguments.json:
        for row in rows:
            context.output.json_line(_fields(row, context))
    elif not rows:
        context.output.message(text.say("no-transfers"))
    else:
        _print_table(rows, context)
    return 0


def _ask(arguments: argparse.Namespace, context: Context) -> int:
    """Do it; 1 where another program holds a transfer, or did not do it in time."""
    if bool(arguments.ids) == arguments.all:
        raise WrongUse(reason=f"transfers {arguments.action} takes IDs or --all")
    queue = context.services.outside_queue()
    rows = {row.id: row for row in queue.rows()}
    if unknown := [row_id for row_id in arguments.ids if row_id not in rows]:
        raise WrongUse(reason=f"no transfer is called {unknown[0]}")
    wanted = arguments.ids or [row.id for row in rows.values() if _can(row, arguments.action)]
    after = queue.ask(wanted, arguments.action)
    text = words(context.language)
    left = 0
    for row in after:
        done = _has_come(row, arguments.action)
        left += not done
        if arguments.json:
            context.output.json_line(_fields(row, context))
        else:
            state = text.say(f"row.{row.state}")
            context.output.line(text.say("transfer-is", id=row.id, title=row.title, state=state))
        if not done:
            context.output.message(text.say("transfer-held", id=row.id))
    if arguments.action == "resume" and after and not queue.is_run():
        context.output.message(text.say("transfers-wait"))
    if not after:
        context.output.message(text.say("no-such-transfers"))
    return 1 if left else 0


def _can(row: TransferRow, action: str) -> bool:
    """Whether --all means it."""
    if row.state in {"done", "unchanged", "failed", "cancelled"}:
        return False
    return {"pause": row.state != "paused", "resume": row.state == "paused", "cancel": True}[action]


def _has_come(row: TransferRow, action: str) -> bool:
    from app.archiving.queue_outside import has_come  # noqa: PLC0415 - slow

    return has_come(row, action)  # type: ignore[arg-type]  # one of SUMMARIES


def _fields(row: TransferRow, context: Context) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "title": row.title,
        "path": row.path,
        "s3Key": row.s3_key,
        "size": row.size,
        "storedSize": row.stored_size,
        "elsewhere": row.elsewhere,
        "error": row.error.code if row.error is not None else None,
        "reason": context.describe(row.error) if row.error is not None else None,
        "updatedAt": rfc3339(row.updated_at),
    }


def _print_table(rows: Sequence[TransferRow], context: Context) -> None:
    text = words(context.language)
    now = datetime.now(UTC)
    context.output.table(
        text.transfer_columns,
        [
            (
                text.say(f"row.{row.state}"),
                text.say(f"kind.{row.kind}"),
                row.title,
                decimal_size(row.size),
                text.age(now - row.updated_at),
                row.id,
            )
            for row in rows
        ],
        right=(3, 4),
        flexible=2,
    )
