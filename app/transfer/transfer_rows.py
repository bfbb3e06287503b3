"""The rows of state.db's `transfers`: which is whose, and how one becomes unfinished again."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from app.transfer.schema import CONFIRMED, UNFINISHED, to_sql
from app.transfer.state_database import assign

if TYPE_CHECKING:
    import sqlite3

    from app.transfer.content import Content, ContentKey

IDENTITY = ("destination", "source", "session_id", "relative_path")

OF_FILE = "destination = ? AND source = ? AND session_id = ? AND relative_path = ?"

OF_SESSION = "destination = ? AND source = ? AND session_id = ?"


def identity(destination: str, *parts: str) -> tuple[str | bytes, ...]:
    """The values for OF_FILE (with the parts of a ContentKey) or OF_SESSION (with a session's identity)."""
    return (destination, *(to_sql(part) for part in parts))


def find(connection: sqlite3.Connection, destination: str, key: ContentKey) -> sqlite3.Row | None:
    """The row of one file, if there is one."""
    cursor = connection.execute(
        f"SELECT * FROM transfers WHERE {OF_FILE}",  # noqa: S608 - words of ours
        identity(destination, *key),
    )
    row: sqlite3.Row | None = cursor.fetchone()
    return row


def put_in_queue(
    connection: sqlite3.Connection, destination: str, content: Content, row: sqlite3.Row | None, now: float
) -> None:
    """Make a file's transfer unfinished, if it is not; `row` is how it stands, held by nobody.

    A failed or paused one goes on with what was prepared, every other one that has ended begins anew. Whether bytes
    of it may be in S3 is kept in mind (`attempts`) until S3 has confirmed.
    """
    told = {
        "path": to_sql(str(content.path)),
        "file_name": content.file_name,
        "session_date": content.session_date.isoformat() if content.session_date else None,
        "kind": content.kind,
        "redaction": content.redaction,
        "updated_at": now,
    }
    if row is None:
        values = told | dict(zip(IDENTITY, identity(destination, *content.key), strict=True))
        values |= {"id": secrets.token_hex(8), "state": "queued", "created_at": now}
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO transfers ({names}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - words of ours
        return
    changes: dict[str, Any] = {"error_code": None, "error_parameters": None, "updated_at": now}
    if not _may_go_on(row, content):
        changes |= told | {"state": "queued", "spool": None, "stored_sha256": None}
        if row["state"] in CONFIRMED:
            changes["attempts"] = 0
    elif row["state"] in UNFINISHED:
        return
    else:
        changes["state"] = "queued" if row["stored_sha256"] is None else "prepared"
    change(connection, row["id"], changes)


def change(connection: sqlite3.Connection, transfer_id: str, changes: dict[str, Any]) -> None:
    """Write columns of one row."""
    connection.execute(
        f"UPDATE transfers SET {assign(changes)} WHERE id = ?",  # noqa: S608 - words of ours
        (*changes.values(), transfer_id),
    )


def spool_name() -> str:
    """A name for a new spool file."""
    return f"{secrets.token_hex(8)}.spool"


def _may_go_on(row: sqlite3.Row, content: Content) -> bool:
    """Whether what was prepared is still what is wanted. Bytes that may be in S3 are always looked after."""
    if row["state"] == "sending":
        return True
    going_on = (*UNFINISHED, "failed", "paused")
    wanted = (content.file_name, content.redaction)
    return row["state"] in going_on and (row["file_name"], row["redaction"]) == wanted
