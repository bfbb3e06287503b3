"""The page about the queries is true: its command runs as it stands, its table is the one in table.yml."""

from __future__ import annotations

import csv
import io
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.queries.conftest import PROJECT, QUERIES, Generated, blocks
from tools.query_index import VIEWS, saved_queries

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("queries.md", "queries.ja.md")


def first_cells(name: str) -> list[str]:
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_names_every_query_and_the_views_in_their_order(name: str) -> None:
    named = first_cells(name)
    assert sorted(named[: -len(VIEWS)]) == saved_queries()
    assert named[-len(VIEWS) :] == list(VIEWS)


@pytest.mark.parametrize("name", PAGES)
def test_the_command_runs_over_a_copy_of_the_index(name: str, index: Generated, tmp_path: Path) -> None:
    [block] = blocks(name, "sh")
    [copied, command] = [shlex.split(line) for line in block.splitlines()]
    assert copied[:3] == ["aws", "s3", "sync"]
    # As the first command would have left it.
    (tmp_path / copied[-1]).symlink_to(index.folder, target_is_directory=True)
    assert command[0] == ".venv/bin/python"

    ran = subprocess.run(
        [sys.executable, PROJECT / command[1], *command[2:]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    head, *rows = csv.reader(io.StringIO(ran.stdout))
    assert head[:3] == ["day", "model", "sessions"]
    assert len(rows) > 4


def test_a_folder_without_an_index_is_said_to_be_none(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, PROJECT / "tools" / "query_index.py", tmp_path, "sessions_per_week"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 1
    assert "No files found" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_table_on_the_page_is_the_one_for_the_template() -> None:
    text = (QUERIES / "table.yml").read_text(encoding="utf-8").replace("!Sub s3://${Bucket}", "s3://BUCKET")
    table: dict[str, Any] = yaml.safe_load(text.replace("${param:analyticsOwners}", "OWNER,OWNER"))
    storage, serde = table["StorageDescriptor"], table["StorageDescriptor"]["SerdeInfo"]
    columns = ",\n".join(f"    {column['Name']} {column['Type']}" for column in storage["Columns"])
    partitions = ", ".join(f"{key['Name']} {key['Type']}" for key in table["PartitionKeys"])
    # Glue's own mark of an external table; in SQL the statement says it.
    del table["Parameters"]["EXTERNAL"]

    def properties(of: dict[str, str], between: str) -> str:
        return between.join(f"'{name}' = '{value}'" for name, value in of.items())

    wanted = (
        f"CREATE EXTERNAL TABLE {table['Name']} (\n{columns}\n)\n"
        f"PARTITIONED BY ({partitions})\n"
        f"ROW FORMAT SERDE '{serde['SerializationLibrary']}'\n"
        f"WITH SERDEPROPERTIES ({properties(serde['Parameters'], ', ')})\n"
        f"LOCATION '{storage['Location']}'\n"
        f"TBLPROPERTIES (\n    {properties(table['Parameters'], chr(44) + chr(10) + '    ')}\n)\n"
    )
    for name in PAGES:
        assert blocks(name, "sql") == [wanted]
