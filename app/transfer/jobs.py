"""Transfers and receipts on disk (state.db): what was promised, what is under way, what S3 has confirmed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from app.errors import ChatLogError
from app.transfer.schema import (
    Receipt,
    Transfer,
    TransferState,
    key_of,
    moment,
    receipt_of,
    to_sql,
    transfer_of,
)
from app.transfer.state_database import LEASE_SECONDS, NO_LEASE, LeaseLost, StateDatabase, assign
from app.transfer.transfer_rows import OF_FILE, find, identity, put_in_queue, spool_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from app.transfer.content import Content, ContentKey, Prepared


_REMEMBER_UNSEEN = (
    "UPDATE transfers SET state = 'forgotten', spool = NULL, stored_sha256 = NULL, error_code = NULL,"
    " error_parameters = NULL"
    " WHERE id = ? AND lease_owner IS NULL AND attempts > 0 AND state NOT IN ('verified', 'unchanged')"
)
_DELETE_ENDED = "DELETE FROM transfers WHERE id = ? AND lease_owner IS NULL AND state != 'forgotten'"


class JobStore:
    """Transfers and receipts in state.db of one home. Threads may share it.

    Methods that write return once the change is on disk. Every method may raise what StateDatabase's do.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self.database = StateDatabase(path, clock=clock, lease_seconds=lease_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending and give all leases back. May be called twice."""
        self.database.close()

    @property
    def commits(self) -> int:
        """Transactions committed since this store was opened."""
        return self.database.commits

    # ---- receipts ---------------------------------------------------------------------------------------

    def receipts(self, destination: str) -> dict[ContentKey, Receipt]:
        """All receipts for a destination."""
        rows = self.database.read("SELECT * FROM receipts WHERE destination = ?", (destination,))
        return {key_of(row): receipt_of(row) for row in rows}

    def receipt(self, destination: str, key: ContentKey) -> Receipt | None:
        """The receipt for one file, if there is one."""
        rows = self.database.read(f"SELECT * FROM receipts WHERE {OF_FILE}", identity(destination, *key))  # noqa: S608
        return receipt_of(rows[0]) if rows else None

    def last_archived(self, destination: str) -> datetime | None:
        """When S3 last confirmed something."""
        rows = self.database.read(
            "SELECT max(archived_at) FROM receipts WHERE destination = ?", (destination,)
        )
        return moment(rows[0][0]) if rows[0][0] is not None else None

    # ---- transfers --------------------------------------------------------------------------------------

    def claim(self, destination: str, content: Content) -> Transfer | None:
        """Take the lease on a content's transfer, which is made if there is none.

        None while somebody alive holds it. A transfer that had ended begins anew (`queued`, without what was
        prepared); an unfinished or failed one comes back as it was left. It always names a spool file: the name is
        on disk before the file is, so that no file is without an owner.
        """
        abandoned: list[str] = []

        def operation(connection: sqlite3.Connection) -> Transfer | None:
            claimed = self._claim(connection, destination, content)
            if claimed is not None and self.database.take_on(claimed.id):
                abandoned.append(claimed.id)
            return claimed

        try:
            return self.database.write(operation)
        except ChatLogError:
            for transfer_id in abandoned:
                self.database.abandon(transfer_id)
            raise

    def prepare_again(self, transfer: Transfer) -> Transfer:
        """What was prepared is of no use: a new spool file's name. Raises LeaseLost."""
        spool = spool_name()
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

        self.database.write(operation)

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
                    self._change(connection, transfer, changes | NO_LEASE)
                except LeaseLost:
                    lost.add(transfer.id)
                else:
                    _put_receipt(connection, identity(transfer.destination, *transfer.key), receipt)
            return lost

        return self.database.write(operation) if endings else set()

    def failed(self, transfer: Transfer, error: ChatLogError, *, keep_spool: bool) -> None:
        """It ended for now. With `keep_spool` a later attempt goes on with the prepared bytes. Raises LeaseLost."""
        changes: dict[str, Any] = {
            "state": "failed",
            "error_code": error.code,
            "error_parameters": json.dumps(error.parameters),
        }
        if not keep_spool:
            changes |= {"spool": None, "stored_sha256": None}
        self._let_go(transfer, changes)

    def release(self, transfer: Transfer, state: TransferState | None = None) -> None:
        """Give the lease back and leave the transfer for a later run, as it is or in `state`. Raises LeaseLost."""
        self._let_go(transfer, {} if state is None else {"state": state})

    def transfers(
        self, destination: str | None = None, states: Collection[TransferState] | None = None
    ) -> list[Transfer]:
        """Transfers, the one that changed last first; all, or those of a destination and in some states."""
        rows = self.database.read(
            "SELECT * FROM transfers WHERE state != 'forgotten' ORDER BY updated_at DESC"
        )
        # Most rows have ended long ago: only those asked for are made into values.
        return [
            transfer_of(row)
            for row in rows
            if destination in {None, row["destination"]} and (states is None or row["state"] in states)
        ]

    def forget(self, ids: Iterable[str]) -> None:
        """Remove ended or abandoned transfers from the list; those under way stay. Receipts are not touched.

        One whose bytes may have come to S3 unseen is told of no more, but remembered: the next upload of its file
        looks first.
        """
        values = [(transfer_id,) for transfer_id in ids]

        def operation(connection: sqlite3.Connection) -> None:
            connection.executemany(_REMEMBER_UNSEEN, values)
            connection.executemany(_DELETE_ENDED, values)

        self.database.write(operation)

    def spool_names(self) -> set[str]:
        """The spool files that are being written or are complete; any other in the spool folder is a leftover."""
        sql = "SELECT spool FROM transfers WHERE spool IS NOT NULL AND (state != 'queued' OR lease_until > ?)"
        return {row[0] for row in self.database.read(sql, (self.database.now(),))}

    # ---- inside -----------------------------------------------------------------------------------------

    def _claim(self, connection: sqlite3.Connection, destination: str, content: Content) -> Transfer | None:
        row = find(connection, destination, content.key)
        if row is not None and self.database.is_held(row):
            return None
        now = self.database.now()
        put_in_queue(connection, destination, content, row, now)
        changes = self.database.lease() | {"path": to_sql(str(content.path)), "updated_at": now}
        connection.execute(
            f"UPDATE transfers SET {assign(changes)}, spool = coalesce(spool, ?) WHERE {OF_FILE}",  # noqa: S608
            (*changes.values(), spool_name(), *identity(destination, *content.key)),
        )
        claimed = find(connection, destination, content.key)
        assert claimed is not None
        return transfer_of(claimed)

    def _update(self, transfer: Transfer, **changes: Any) -> None:  # noqa: ANN401 - values of several columns
        self.database.write(lambda connection: self._change(connection, transfer, changes))

    def _let_go(self, transfer: Transfer, changes: dict[str, Any]) -> None:
        try:
            self._update(transfer, **changes, **NO_LEASE)
        except ChatLogError:
            self.database.abandon(transfer.id)
            raise

    def _change(self, connection: sqlite3.Connection, transfer: Transfer, changes: dict[str, Any]) -> None:
        changes = changes | {"updated_at": self.database.now()}
        cursor = connection.execute(
            f"UPDATE transfers SET {assign(changes)} WHERE id = ? AND lease_owner = ?",  # noqa: S608 - names of ours
            (*changes.values(), transfer.id, self.database.owner),
        )
        if cursor.rowcount != 1:
            raise LeaseLost(transfer.id)


def _put_receipt(connection: sqlite3.Connection, whose: tuple[str | bytes, ...], receipt: Receipt) -> None:
    values = (
        *whose,
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
