"""The table that Glue shall describe has the fields that the app writes, and Glue's own API takes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import botocore.session
import msgspec
import pytest
import yaml
from botocore.validate import ParamValidator

from app.remote.index_lines import encode_line
from tests.queries.conftest import QUERIES, Generated, file_of, line_of
from tools.query_index import connect


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, taken as their text."""


_Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    text = (QUERIES / "table.yml").read_text(encoding="utf-8")
    described: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return described


def glue_type(value: Any) -> str:
    """Glue's type of a value of JSON; None is of text."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "bigint"
        case list():
            return f"array<{glue_type(value[0])}>"
        case dict():
            return (
                f"struct<{','.join(f'{name.lower()}:{glue_type(inner)}' for name, inner in value.items())}>"
            )
        case _:
            return "string"


def test_the_columns_are_the_encoders_fields(table: dict[str, Any]) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    used = {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4}
    line = line_of("s", "a1", moment, moment, tokens={"opus": used}, files=(file_of("k", 1),))
    written = msgspec.json.decode(encode_line(line))
    wanted = {name.lower(): glue_type(value) for name, value in written.items()}
    wanted["tokens"] = f"map<string,{glue_type(used)}>"

    columns = {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}

    assert columns == wanted


def test_duckdb_has_the_same_columns(table: dict[str, Any], index: Generated) -> None:
    with connect(index.folder) as connection:
        described = connection.execute("DESCRIBE sessions").fetchall()
    found = {name.lower(): _as_glue(kind) for name, kind, *_ in described if name != "$path"}
    columns = [*table["StorageDescriptor"]["Columns"], *table["PartitionKeys"]]
    assert found == {column["Name"]: column["Type"] for column in columns}


def _as_glue(kind: str) -> str:
    kind = kind.lower().replace('"', "").replace("varchar", "string").replace(", ", ",")
    kind = re.sub(r"struct\(([^()]*)\)", lambda found: f"struct<{found[1].replace(' ', ':')}>", kind)
    kind = re.sub(r"map\((.*)\)", r"map<\1>", kind)
    return re.sub(r"(.*)\[\]", r"array<\1>", kind)


def test_the_months_are_those_the_view_asks_for(table: dict[str, Any]) -> None:
    first = table["Parameters"]["projection.month.range"].split(",")[0]
    assert f"month BETWEEN '{first}' AND" in (QUERIES / "machine_sessions.sql").read_text(encoding="utf-8")


def test_each_partition_column_is_projected(table: dict[str, Any]) -> None:
    projected = {name.split(".")[1] for name in table["Parameters"] if name.count(".") >= 2}
    assert projected == {key["Name"] for key in table["PartitionKeys"]} == {"owner", "month"}


def test_glue_takes_the_table(table: dict[str, Any]) -> None:
    shape = (
        botocore.session.get_session().get_service_model("glue").operation_model("CreateTable").input_shape
    )
    assert shape is not None
    request = {"DatabaseName": "chat_logs", "TableInput": table}
    assert not ParamValidator().validate(request, shape).has_errors()
    assert (
        ParamValidator()
        .validate(request | {"TableInput": table | {"Serde": {}, "Retention": "1"}}, shape)
        .has_errors()
    )
