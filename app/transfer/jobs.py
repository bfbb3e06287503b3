"""Transfers and receipts on disk (state.db): what was promised, what is under way, what S3 has confirmed.

Several processes of one home may work at once. A transfer is worked on by whoever holds its lease; leases of dead
processes, and leases that ran out, are taken over.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from app.errors import ChatLogError
from app.transfer.commits import GroupCommitWriter
from app.transfer.owners import Owner
from app.transfer.schema import (
    UNFINISHED,
    Receipt,
    Transfer,
    TransferState,
    key_of,
    moment,
    receipt_of,
    to_sql,
    transfer_of,
)
from app.transfer.state_file import open_state, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from app.transfer.content import Content, ContentKey, Prepared

LEASE_SECONDS = 180.0
"""A lease is renewed every third of this while its process lives; a computer may sleep longer."""


_NO_LEASE = {"lease_owner": None, "lease_until": None}

_SELECT_RECEIPT = (
    "SELECT * FROM receipts WHERE destination = ? AND source = ? AND session_id = ? AND relative_path = ?"
)
_SELECT_TRANSFER = (
    "SELECT * FROM transfers WHERE destination = ? AND source = ? AND session_id = ? AND relative_path = ?"
)


class LeaseLost(Exception):
    """Another process has taken the transfer over (this one slept through its lease)."""


class JobStore:
    """state.db of one home. Threads may share it. Methods that write return once the change is on disk.

    Every method may raise StateDamaged, DiskFull, FolderNotWritable; the constructor also StateTooNew. A damaged
    file is set aside under another name, so that the next start begins with an empty one.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._path = path
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._read_lock = threading.Lock()
        with ExitStack() as opened:
            writing = opened.enter_context(closing(open_state(path)))
            self._reading = opened.enter_context(closing(open_state(path)))
            self._owner = Owner(path.parent / "owners")
            opened.pop_all()
        self._writer = GroupCommitWriter(
            writing, translate=self._translate, regularly=self._renew, interval=lease_seconds / 3
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending and give all leases back. May be called twice."""
        with suppress(RuntimeError, ChatLogError):
            self._writer.write(self._release_all)
        self._writer.close()
        with self._read_lock:
            self._reading.close()
        self._owner.close()

    @property
    def commits(self) -> int:
        """Transactions committed since this store was opened (what group commit saves shows here)."""
        return self._writer.commits

    # ---- receipts ---------------------------------------------------------------------------------------

    def receipts(self, destination: str) -> dict[ContentKey, Receipt]:
        """All receipts for a destination."""
        rows = self._read("SELECT * FROM receipts WHERE destination = ?", (destination,))
        return {key_of(row): receipt_of(row) for row in rows}

    def receipt(self, destination: str, key: ContentKey) -> Receipt | None:
        """The receipt for one file, if there is one."""
        rows = self._read(_SELECT_RECEIPT, _identity(destination, key))
        return receipt_of(rows[0]) if rows else None

    def last_archived(self, destination: str) -> datetime | None:
        """When S3 last confirmed something."""
        rows = self._read("SELECT max(archived_at) FROM receipts WHERE destination = ?", (destination,))
        return moment(rows[0][0]) if rows[0][0] is not None else None

    # ---- transfers --------------------------------------------------------------------------------------

    def claim(self, destination: str, content: Content) -> Transfer | None:
        """Take the lease on a content's transfer, which is made if there is none.

        None while somebody alive holds it. A transfer that had ended begins anew (`queued`, without what was
        prepared); an unfinished or failed one comes back as it was left. It always names a spool file: the name is
        on disk before the file is, so that no file is without an owner.
        """
        return self._writer.write(lambda connection: self._claim(connection, destination, content))

    def prepare_again(self, transfer: Transfer) -> Transfer:
        """What was prepared is of no use: a new spool file's name. Raises LeaseLost."""
        spool = _spool_name()
        self._update(transfer, state="queued", spool=spool, stored_sha256=None)
        return replace(transfer, state="queued", spool=spool, prepared=None)

    def prepared(self, transfer: Transfer, prepared: Prepared) -> None:
        """The spool file is complete. Raises LeaseLost."""
        self._update(
            transfer,
            state="prepared",
            content_type=prepared.content_type,
            metadata=json.dumps(dict(prepared.metadata)),
            original_size=prepared.original_size,
            original_sha256=prepared.original_sha256,
            stored_size=prepared.stored_size,
            stored_sha256=prepared.stored_sha256,
            mtime_ns=prepared.mtime_ns,
            file_size=prepared.file_size,
            error_code=None,
            error_parameters=None,
        )

    def sending(self, targets: Sequence[tuple[Transfer, str]]) -> None:
        """(transfer, s3Key): from now on bytes may arrive in S3. One commit for all. Raises LeaseLost."""

        def operation(connection: sqlite3.Connection) -> None:
            for transfer, s3_key in targets:
                self._change(connection, transfer, {"state": "sending", "s3_key": s3_key})
                connection.execute(
                    "UPDATE transfers SET attempts = attempts + 1 WHERE id = ?", (transfer.id,)
                )

        self._writer.write(operation)

    def finished(self, endings: Sequence[tuple[Transfer, Receipt, bool]]) -> set[str]:
        """(transfer, receipt, whether S3 had it already): receipts and transfers' ends, all in one transaction.

        The ids of those whose lease was lost: for them nothing was written.
        """

        def operation(connection: sqlite3.Connection) -> set[str]:
            lost = set()
            for transfer, receipt, unchanged in endings:
                changes = {
                    "state": "unchanged" if unchanged else "verified",
                    "s3_key": receipt.s3_key,
                    "version_id": receipt.version_id,
                    "spool": None,
                    "error_code": None,
                    "error_parameters": None,
                }
                try:
                    self._change(connection, transfer, changes | _NO_LEASE)
                except LeaseLost:
                    lost.add(transfer.id)
                else:
                    _put_receipt(connection, _identity(transfer.destination, transfer.key), receipt)
            return lost

        return self._writer.write(operation) if endings else set()

    def failed(self, transfer: Transfer, error: ChatLogError, *, keep_spool: bool) -> None:
        """It ended for now. With `keep_spool` a later attempt goes on with the prepared bytes. Raises LeaseLost."""
        changes: dict[str, Any] = {
            "state": "failed",
            "error_code": error.code,
            "error_parameters": json.dumps(error.parameters),
        }
        if not keep_spool:
            changes |= {"spool": None, "stored_sha256": None}
        self._update(transfer, **changes, **_NO_LEASE)

    def release(self, transfer: Transfer, state: TransferState | None = None) -> None:
        """Give the lease back and leave the transfer for a later run, as it is or in `state`. Raises LeaseLost."""
        changes = {} if state is None else {"state": state}
        self._update(transfer, **changes, **_NO_LEASE)

    def transfers(
        self, destination: str | None = None, states: Collection[TransferState] | None = None
    ) -> list[Transfer]:
        """Transfers, the one that changed last first; all, or those of a destination and in some states."""
        rows = self._read("SELECT * FROM transfers ORDER BY updated_at DESC", ())
        found = (transfer_of(row) for row in rows if destination in {None, row["destination"]})
        return [transfer for transfer in found if states is None or transfer.state in states]

    def forget(self, ids: Iterable[str]) -> None:
        """Remove ended or abandoned transfers from the list; those under way stay. Receipts are not touched."""
        values = [(identity,) for identity in ids]
        sql = "DELETE FROM transfers WHERE id = ? AND lease_owner IS NULL"
        self._writer.write(lambda connection: _done(connection.executemany(sql, values)))

    def spool_names(self) -> set[str]:
        """The spool files that are being written or are complete; any other in the spool folder is a leftover."""
        sql = "SELECT spool FROM transfers WHERE spool IS NOT NULL AND (state != 'queued' OR lease_until > ?)"
        return {row[0] for row in self._read(sql, (self._clock(),))}

    # ---- inside -----------------------------------------------------------------------------------------

    def _claim(self, connection: sqlite3.Connection, destination: str, content: Content) -> Transfer | None:
        now = self._clock()
        identity = _identity(destination, content.key)
        row = connection.execute(_SELECT_TRANSFER, identity).fetchone()
        if row is not None and self._is_held(row, now):
            return None
        session_date = content.session_date.isoformat() if content.session_date else None
        told = (to_sql(str(content.path)), content.file_name, session_date, content.kind, content.redaction)
        lease = (self._owner.name, now + self._lease_seconds, now)
        if row is None:
            connection.execute(
                "INSERT INTO transfers (path, file_name, session_date, kind, redaction, lease_owner, lease_until,"
                " updated_at, destination, source, session_id, relative_path, spool, id, state, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
                (*told, *lease, *identity, _spool_name(), secrets.token_hex(8), now),
            )
        elif self._may_go_on(row, content):
            connection.execute(
                "UPDATE transfers SET path = ?, lease_owner = ?, lease_until = ?, updated_at = ?,"
                " spool = coalesce(spool, ?) WHERE id = ?",
                (told[0], *lease, _spool_name(), row["id"]),
            )
        else:
            connection.execute(
                "UPDATE transfers SET path = ?, file_name = ?, session_date = ?, kind = ?, redaction = ?,"
                " lease_owner = ?, lease_until = ?, updated_at = ?,"
                " state = 'queued', spool = ?, stored_sha256 = NULL, attempts = 0,"
                " error_code = NULL, error_parameters = NULL WHERE id = ?",
                (*told, *lease, _spool_name(), row["id"]),
            )
        return transfer_of(connection.execute(_SELECT_TRANSFER, identity).fetchone())

    def _is_held(self, row: sqlite3.Row, now: float) -> bool:
        owner = row["lease_owner"]
        return owner is not None and row["lease_until"] > now and self._owner.is_alive(owner)

    @staticmethod
    def _may_go_on(row: sqlite3.Row, content: Content) -> bool:
        """Whether what was prepared is still what is wanted. Bytes that may be in S3 are always looked after."""
        if row["state"] == "sending":
            return True
        wanted = (content.file_name, content.redaction)
        return row["state"] in (*UNFINISHED, "failed") and (row["file_name"], row["redaction"]) == wanted

    def _update(self, transfer: Transfer, **changes: Any) -> None:  # noqa: ANN401 - values of several columns
        self._writer.write(lambda connection: self._change(connection, transfer, changes))

    def _change(self, connection: sqlite3.Connection, transfer: Transfer, changes: dict[str, Any]) -> None:
        changes = changes | {"updated_at": self._clock()}
        assignments = ", ".join(f"{name} = ?" for name in changes)
        cursor = connection.execute(
            f"UPDATE transfers SET {assignments} WHERE id = ? AND lease_owner = ?",  # noqa: S608 - names of ours
            (*changes.values(), transfer.id, self._owner.name),
        )
        if cursor.rowcount != 1:
            raise LeaseLost(transfer.id)

    def _renew(self, connection: sqlite3.Connection) -> None:
        until = self._clock() + self._lease_seconds
        connection.execute(
            "UPDATE transfers SET lease_until = ? WHERE lease_owner = ?", (until, self._owner.name)
        )

    def _release_all(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE transfers SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?",
            (self._owner.name,),
        )

    def _read(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        try:
            with self._read_lock:
                return self._reading.execute(sql, values).fetchall()
        except sqlite3.Error as problem:
            raise self._translate(problem) from problem

    def _translate(self, problem: sqlite3.Error) -> Exception:
        return translate(problem, self._path)


def _identity(destination: str, key: ContentKey) -> tuple[str | bytes, ...]:
    return (destination, *(to_sql(part) for part in key))


def _put_receipt(connection: sqlite3.Connection, identity: tuple[str | bytes, ...], receipt: Receipt) -> None:
    values = (
        *identity,
        to_sql(receipt.path),
        receipt.size,
        receipt.mtime_ns,
        receipt.sha256,
        receipt.original_size,
        receipt.stored_size,
        receipt.stored_sha256,
        receipt.s3_key,
        receipt.version_id,
        receipt.archived_at.timestamp(),
        receipt.redaction,
        receipt.compressed,
    )
    connection.execute(
        "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
    )


def _spool_name() -> str:
    return f"{secrets.token_hex(8)}.spool"


def _done(_: object) -> None:
    """For operations whose result nobody needs."""
