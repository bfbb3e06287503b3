"""An object of a sandbox in an archive class, and the hours that its return takes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ColdObject:
    """What time does to an object, done at once."""

    data_folder: Path
    s3_key: str

    def freeze(self, storage_class: str = "GLACIER") -> None:
        """As a lifecycle rule would."""
        self._run("UPDATE versions SET storage_class = ? WHERE key = ?", storage_class, self.s3_key)

    def bring_back(self) -> None:
        """The hours pass that its restore takes."""
        self._pass("ready_ms = 0")

    def expire(self) -> None:
        """The days pass for which it can be read."""
        self._pass("ready_ms = 0, expires_ms = 1")

    def asked(self) -> int:
        """How many versions of it S3 was asked to bring back."""
        sql = "SELECT count(*) FROM restores JOIN versions USING (sequence) WHERE key = ?"
        return int(self._run(sql, self.s3_key)[0][0])

    def _pass(self, changes: str) -> None:
        of_key = "sequence IN (SELECT sequence FROM versions WHERE key = ?)"
        self._run(f"UPDATE restores SET {changes} WHERE {of_key}", self.s3_key)  # noqa: S608 - words of ours

    def _run(self, sql: str, *values: str) -> list[Any]:
        (database,) = self.data_folder.rglob("objects.db")
        with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
            return connection.execute(sql, values).fetchall()
