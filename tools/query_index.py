#!/usr/bin/env python3
"""Runs a saved query over a copy of the session index on this computer, with DuckDB: what Athena would answer.

    python tools/query_index.py FOLDER QUERY

FOLDER holds owner=…/month=…/MACHINE.jsonl.zst, QUERY is the name of a file in backend/queries without its ending. The
answer is CSV on the standard output.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import duckdb

QUERIES = Path(__file__).resolve().parents[1] / "backend" / "queries"

VIEWS = ("machine_sessions", "current_sessions", "archived_files")
"""In the order in which they need each other."""


def connect(index_folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that has the table over the index, and the views. Raises duckdb.Error."""
    connection = duckdb.connect()
    # Athena's day begins in UTC, too.
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET VARIABLE index_folder = $folder", {"folder": index_folder.as_posix()})
    for file in (QUERIES / "duckdb" / "sessions.sql", *(QUERIES / f"{view}.sql" for view in VIEWS)):
        connection.execute(file.read_text(encoding="utf-8"))
    return connection


def saved_queries() -> list[str]:
    """The names of the queries, without the views."""
    return sorted(file.stem for file in QUERIES.glob("*.sql") if file.stem not in VIEWS)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a saved query over a copy of the session index.")
    parser.add_argument("folder", type=Path, help="the copy: owner=…/month=…/MACHINE.jsonl.zst")
    parser.add_argument("query", choices=saved_queries())
    wanted = parser.parse_args()
    try:
        answer = connect(wanted.folder).execute((QUERIES / f"{wanted.query}.sql").read_text(encoding="utf-8"))
    except duckdb.Error as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    writer = csv.writer(sys.stdout)
    writer.writerow(column[0] for column in answer.description or ())
    writer.writerows(answer.fetchall())
    return 0


if __name__ == "__main__":
    sys.exit(main())
