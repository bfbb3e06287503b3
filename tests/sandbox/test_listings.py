"""Listings against a plain model of what S3 documents, on keys and pages of every kind."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sandbox.http_server import Body
from app.sandbox.listings import Listings
from app.sandbox.objects import Call
from app.sandbox.s3_errors import S3Error
from app.sandbox.s3_request import S3Request
from app.sandbox.store import Store, StoredBody
from app.sandbox.versions import Version, insert, new_etag, new_version_id, now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = st.text(st.sampled_from("abAB/-_.é漢😀 &<"), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("listings")


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = Store(folder)
    yield store
    store.close()


def fill(store: Store, keys: list[str]) -> None:
    """One version per mention; every third mention of a key is a delete marker."""

    async def change() -> None:
        def record(connection: Any) -> None:
            connection.execute("DELETE FROM versions")
            for number, key in enumerate(keys):
                marker = keys[:number].count(key) % 3 == 2
                version = Version(
                    key, new_version_id(), now_ms(), size=1, etag=new_etag(), is_delete_marker=marker
                )
                insert(connection, version, [] if marker else [StoredBody(1, None, b"x")])

        await store.change(record)

    asyncio.run(change())


def ask(store: Store, operation: str, **parameters: str) -> str:
    query = {name.replace("_", "-"): (value,) for name, value in parameters.items()}
    everything = {"list-type": ("2",), "encoding-type": ("url",), **query}
    request = S3Request("GET", "/b", "b", "", everything, {}, Body(cast("Any", None), 0))
    listings = Listings(store, "b")
    method = listings.objects if operation == "objects" else listings.versions
    reply = asyncio.run(method(Call(request, None, lambda: True)))
    assert isinstance(reply.body, bytes)
    return reply.body.decode()


def tag(text: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", text)
    return found.group(1) if found else ""


def all_objects(store: Store, prefix: str, delimiter: str, page: int) -> list[str]:
    found: list[str] = []
    token: dict[str, str] = {}
    for _ in range(1000):
        text = ask(store, "objects", prefix=prefix, delimiter=delimiter, max_keys=str(page), **token)
        entries = re.findall("<Contents><Key>(.*?)</Key>|<CommonPrefixes><Prefix>(.*?)</Prefix>", text)
        assert len(entries) == int(tag(text, "KeyCount")) <= page
        found += [unquote(key or common) for key, common in entries]
        if tag(text, "IsTruncated") == "false":
            return found
        token = {"continuation_token": tag(text, "NextContinuationToken")}
    raise AssertionError("the pages never end")


def all_versions(store: Store, prefix: str, page: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    markers: dict[str, str] = {}
    for _ in range(1000):
        text = ask(store, "versions", prefix=prefix, max_keys=str(page), **markers)
        found += [
            (unquote(key), version)
            for key, version in re.findall("<Key>(.*?)</Key><VersionId>(.*?)</VersionId>", text)
        ]
        if tag(text, "IsTruncated") == "false":
            return found
        markers = {
            "key_marker": unquote(tag(text, "NextKeyMarker")),
            "version_id_marker": tag(text, "NextVersionIdMarker"),
        }
    raise AssertionError("the pages never end")


def grouped(keys: list[str], prefix: str, delimiter: str) -> list[str]:
    result: list[str] = []
    for key in sorted(keys, key=lambda key: key.encode()):
        if not key.startswith(prefix):
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = prefix + head + delimiter if found else key
        if entry not in result:
            result.append(entry)
    return result


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(NAMES, max_size=12),
    prefix=st.text(st.sampled_from("abA/é"), max_size=2),
    delimiter=st.sampled_from(["", "/", "-", "é"]),
    page=st.integers(1, 5),
)
def test_pages_of_objects(store: Store, keys: list[str], prefix: str, delimiter: str, page: int) -> None:
    fill(store, keys)
    visible = [key for key in dict.fromkeys(keys) if keys.count(key) % 3 != 0]

    assert all_objects(store, prefix, delimiter, page) == grouped(visible, prefix, delimiter)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(NAMES, max_size=12),
    prefix=st.text(st.sampled_from("abA/é"), max_size=2),
    page=st.integers(1, 5),
)
def test_pages_of_versions(store: Store, keys: list[str], prefix: str, page: int) -> None:
    fill(store, keys)

    found = all_versions(store, prefix, page)

    rows = store.reader.execute("SELECT key, version_id, sequence FROM versions")
    expected = sorted(
        ((row["key"], row["version_id"], row["sequence"]) for row in rows if row["key"].startswith(prefix)),
        key=lambda row: (row[0].encode(), -row[2]),
    )
    assert found == [(key, version) for key, version, _ in expected]


def test_a_page_holds_a_thousand_at_most(store: Store) -> None:
    fill(store, [f"k{number:04}" for number in range(1500)])

    text = ask(store, "objects", max_keys="5000")

    assert (tag(text, "KeyCount"), tag(text, "MaxKeys"), tag(text, "IsTruncated")) == ("1000", "1000", "true")


def test_keys_are_xml_where_url_encoding_was_not_asked_for(store: Store) -> None:
    fill(store, ["a&<b"])

    assert "<Key>a&amp;&lt;b</Key>" in ask(store, "objects", encoding_type="")
    assert f"<Key>{quote('a&<b')}</Key>" in ask(store, "objects")


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_keys": "-1"},
        {"max_keys": "many"},
        {"max_keys": "9" * 5000},
        {"continuation_token": "not one"},
        {"encoding_type": "base64"},
        {"list_type": "1"},
    ],
)
def test_questions_that_make_no_sense(store: Store, wrong: dict[str, str]) -> None:
    with pytest.raises(S3Error):
        ask(store, "objects", **wrong)
