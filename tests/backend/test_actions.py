"""The actions on a bucket: what is asked, what comes back. On moto, which judges no signature."""

from __future__ import annotations

import base64
import hashlib
import urllib.parse
from datetime import UTC, datetime
from typing import Any

import pytest

MIB = 1024**2
PREFIX = "chat-logs/hana/"
KEY = PREFIX + "2026-11-20_a-0a1b2c3d.jsonl.zst"
KMS: dict[str, Any] = {
    "ServerSideEncryption": "aws:kms",
    "SSEKMSKeyId": "arn:aws:kms:ap-northeast-1:123456789012:key/k",
}


def put(bucket: Any, key: str = KEY, body: bytes = b"hello", **more: Any) -> str:
    name = "media-viewer-v209-chat-logs-test-123456789012"
    version: str = bucket.put_object(Bucket=name, Key=key, Body=body, **more)["VersionId"]
    return version


def delete(bucket: Any, key: str = KEY) -> str:
    name = "media-viewer-v209-chat-logs-test-123456789012"
    version: str = bucket.delete_object(Bucket=name, Key=key)["VersionId"]
    return version


# ---- upload: no S3 is asked ------------------------------------------------------------------------------------


def test_a_log_gets_a_key_of_its_session(desk: Any, upload: dict[str, Any]) -> None:
    body = desk.ask("upload", **upload).body
    assert body.keys() == {"presignedUrl", "s3Key", "timestamp", "method", "headers", "expiresAt"}
    assert body["s3Key"] == PREFIX + "2026-11-20_conversation-0a1b2c3d.jsonl.zst"
    assert (body["timestamp"], body["method"]) == ("2026-11-20", "PUT")
    assert "if-none-match" not in body["headers"]


def test_a_file_without_a_session_gets_the_time_of_the_request(desk: Any, upload: dict[str, Any]) -> None:
    del upload["sessionDate"]
    body = desk.ask("upload", **upload).body
    assert body["timestamp"] == "2026-11-23T19-15-07Z"
    assert body["s3Key"] == PREFIX + "2026-11-23T19-15-07Z_conversation-0a1b2c3d.jsonl.zst"


@pytest.mark.parametrize("date", ["2026-11", "2026-11-20"])
def test_an_index_gets_the_key_of_its_month_and_machine(desk: Any, upload: dict[str, Any], date: str) -> None:
    body = desk.ask("upload", **upload | {"kind": "index", "fileName": "m1", "sessionDate": date}).body
    assert body["s3Key"] == "session-index/owner=hana/month=2026-11/m1.jsonl.zst"
    assert "month%3D2026-11" in body["presignedUrl"]
    assert body["timestamp"] == "2026-11"


@pytest.mark.parametrize("with_name", [True, False])
def test_a_version_is_added_to_the_key_that_is_named(
    desk: Any, upload: dict[str, Any], with_name: bool
) -> None:
    if not with_name:
        del upload["fileName"]
    body = desk.ask("upload", **upload | {"s3Key": KEY, "sessionDate": "2020-01-01"}).body
    assert (body["s3Key"], body["timestamp"]) == (KEY, "2026-11-20")


def test_an_index_is_rewritten_under_its_key(desk: Any, upload: dict[str, Any]) -> None:
    key = "session-index/owner=hana/month=2026-11/m1.jsonl.zst"
    del upload["sessionDate"]
    assert desk.ask("upload", **upload | {"kind": "index", "s3Key": key}).body["s3Key"] == key


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        ("application/json", "application/json"),
        ("Application/X-NDJSON", "application/x-ndjson"),
        ("application/jsonl", "application/jsonl"),
        ("text/markdown;charset=UTF-8", "text/markdown; charset=utf-8"),
        ('text/plain ; charset="utf-8"', "text/plain; charset=utf-8"),
        ("application/zip", "application/zip"),
        ("application/octet-stream", "application/octet-stream"),
    ],
)
def test_the_types_that_are_allowed(desk: Any, upload: dict[str, Any], given: str, signed: str) -> None:
    assert desk.ask("upload", **upload | {"contentType": given}).body["headers"]["content-type"] == signed


def test_an_empty_file_is_a_file(desk: Any, upload: dict[str, Any]) -> None:
    assert desk.ask("upload", **upload | {"size": 0}).body["headers"]["content-length"] == "0"


def test_without_a_size_only_where_the_stage_says_so(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any]
) -> None:
    del upload["size"]
    desk = make_desk(environment | {"ALLOW_UNSIZED_UPLOADS": "true"})
    assert "content-length" not in desk.ask("upload", **upload).body["headers"]
    assert desk.ask("health").body["policy"]["sizeRequired"] is False


def test_a_batch_is_answered_in_its_order(desk: Any, upload: dict[str, Any]) -> None:
    items = [upload | {"fileName": f"f{number}.md"} for number in range(100)]
    answered = desk.ask("upload", items=items).body["items"]
    assert [item["s3Key"] for item in answered] == [
        f"{PREFIX}2026-11-20_f{number}.md" for number in range(100)
    ]


# ---- head, download ----------------------------------------------------------------------------------------------


def test_head_tells_what_s3_knows(desk: Any, bucket: Any) -> None:
    checksum = base64.b64encode(hashlib.sha256(b"hello").digest()).decode()
    version = put(
        bucket, Metadata={"tool": "claude-code"}, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum, **KMS
    )
    answer = desk.ask("head", s3Key=KEY)
    assert answer.status == 200
    assert answer.body == {
        "size": 5,
        "checksum": {"algorithm": "SHA256", "type": "FULL_OBJECT", "value": checksum},
        "etag": answer.body["etag"],
        "versionId": version,
        "storageClass": "STANDARD",
        "encryption": {"algorithm": "aws:kms", "keyId": KMS["SSEKMSKeyId"]},
        "metadata": {"tool": "claude-code"},
        "restore": None,
    }
    assert '"' not in answer.body["etag"]


def test_head_and_download_speak_of_the_version_that_is_asked_for(desk: Any, bucket: Any) -> None:
    first, second = put(bucket, body=b"one"), put(bucket, body=b"three")
    assert desk.ask("head", s3Key=KEY, versionId=first).body["size"] == 3
    assert desk.ask("head", s3Key=KEY).body["versionId"] == second
    answer = desk.ask("download", s3Key=KEY, versionId=first).body
    assert (answer["versionId"], answer["size"]) == (first, 3)
    assert f"versionId={urllib.parse.quote(first)}&" in answer["presignedUrl"]


def test_a_download_is_signed_for_the_version_it_tells_the_size_of(desk: Any, bucket: Any) -> None:
    put(bucket)
    version = put(bucket, body=b"newest")
    answer = desk.ask("download", s3Key=KEY, expiresIn=900)
    assert answer.body.keys() == {"presignedUrl", "s3Key", "versionId", "size", "headers", "expiresAt"}
    assert (answer.body["versionId"], answer.body["size"], answer.body["headers"]) == (version, 6, {})
    assert f"versionId={urllib.parse.quote(version)}&" in answer.body["presignedUrl"]
    assert answer.body["expiresAt"] == "2026-11-23T19:30:07Z"


@pytest.mark.parametrize("action", ["head", "download"])
def test_what_is_absent_deleted_or_no_version_is_not_found(desk: Any, bucket: Any, action: str) -> None:
    assert desk.ask(action, s3Key=KEY).status == 404
    version = put(bucket)
    assert desk.ask(action, s3Key=KEY, versionId="no-such-version").status == 404
    marker = delete(bucket)
    assert desk.ask(action, s3Key=KEY).status == 404
    assert desk.ask(action, s3Key=KEY, versionId=marker).status == 404
    assert desk.ask(action, s3Key=KEY, versionId=version).status == 200


@pytest.mark.parametrize("action", ["head", "download"])
def test_a_batch_mixes_replies_and_problems_in_order(desk: Any, bucket: Any, action: str) -> None:
    keys = [f"{PREFIX}2026-11-20_f{number}.md" for number in range(30)]
    for number, key in enumerate(keys):
        put(bucket, key, b"x" * number)
    asked = [{"s3Key": key} for key in keys]
    asked[7] = {"s3Key": PREFIX + "2026-11-20_missing.md"}
    asked[9] = {"s3Key": "chat-logs/taro/2026-11-20_f9.md"}
    asked[11] = {"s3Key": keys[11], "colour": "red"}
    answered = desk.ask(action, items=asked).body["items"]
    assert [item.get("status", item.get("size")) for item in answered] == [
        {7: 404, 9: 404, 11: 400}.get(number, number) for number in range(30)
    ]


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_is_not_signed_for(desk: Any, bucket: Any, storage_class: str) -> None:
    put(bucket, StorageClass=storage_class)
    assert desk.ask("head", s3Key=KEY).body["storageClass"] == storage_class
    answer = desk.ask("download", s3Key=KEY)
    assert (answer.status, answer.body["code"], answer.body["storageClass"], answer.body["restore"]) == (
        409,
        "object-archived",
        storage_class,
        None,
    )
    (item,) = desk.ask("download", items=[{"s3Key": KEY}]).body["items"]
    assert (item["status"], item["code"]) == (409, "object-archived")


def test_an_index_may_be_read(desk: Any, bucket: Any) -> None:
    key = "session-index/owner=hana/month=2026-11/m1.jsonl.zst"
    put(bucket, key)
    assert desk.ask("download", s3Key=key).status == 200
    assert desk.ask("versions", s3Key=key).body["versions"][0]["fileName"] == "m1.jsonl.zst"


# ---- list, versions -----------------------------------------------------------------------------------------------


def read_all(desk: Any, action: str, name: str, **fields: object) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        answer = desk.ask(action, **fields, **cursor)
        assert answer.status == 200
        lines += answer.body[name]
        if answer.body["next"] is None:
            return lines
        cursor = {"cursor": answer.body["next"]}


def test_list_pages_through_the_callers_own_objects(desk: Any, bucket: Any) -> None:
    keys = sorted(f"{PREFIX}2026-11-{day:02}_ name%+{day}.md".replace(" ", "") for day in range(1, 8))
    for key in [*keys, "chat-logs/taro/2026-11-20_x.md", "chat-logs/hana2/2026-11-20_x.md"]:
        put(bucket, key)
    put(bucket, "session-index/owner=hana/month=2026-11/m1.jsonl.zst")
    deleted = keys.pop()
    delete(bucket, deleted)
    for limit in (1, 2, 3, 1000):
        objects = read_all(desk, "list", "objects", limit=limit)
        assert [line["s3Key"] for line in objects] == keys
    assert objects[0].keys() == {"s3Key", "fileName", "size", "lastModified", "storageClass", "etag"}
    assert objects[0]["fileName"] == "name%+1.md"
    assert objects[0]["storageClass"] == "STANDARD"
    assert datetime.fromisoformat(objects[0]["lastModified"]).tzinfo is not None
    (index,) = read_all(desk, "list", "objects", kind="index")
    assert index["fileName"] == "m1.jsonl.zst"


def test_an_empty_list_is_a_list(desk: Any, bucket: Any) -> None:
    assert desk.ask("list").body == {"objects": [], "next": None}
    assert desk.ask("versions").body == {"versions": [], "next": None}


def test_a_cursor_serves_its_own_listing_only(desk: Any, bucket: Any) -> None:
    for name in ("a.md", "b.md"):
        put(bucket, f"{PREFIX}2026-11-20_{name}")
    cursor = desk.ask("list", limit=1).body["next"]
    assert desk.ask("list", kind="index", cursor=cursor).status == 400
    assert desk.ask("versions", cursor=cursor).status == 400
    assert desk.ask("list", cursor=cursor + "A").status == 400
    assert [line["fileName"] for line in desk.ask("list", cursor=cursor).body["objects"]] == ["b.md"]


def test_versions_tell_every_version_and_marker_newest_first(desk: Any, bucket: Any) -> None:
    first, second = put(bucket, body=b"1"), put(bucket, body=b"22")
    marker = delete(bucket)
    put(bucket, KEY + ".more")
    versions = desk.ask("versions", s3Key=KEY).body["versions"]
    assert versions[0]["versionId"] == marker
    assert {line["versionId"] for line in versions} == {first, second, marker}
    assert [line["isLatest"] for line in versions] == [True, False, False]
    assert [line["isDeleted"] for line in versions] == [True, False, False]
    assert (versions[0]["size"], versions[0]["storageClass"]) == (None, None)
    assert versions[0].keys() == {
        "s3Key",
        "fileName",
        "versionId",
        "isLatest",
        "isDeleted",
        "size",
        "lastModified",
        "storageClass",
    }
    assert {line["fileName"] for line in versions} == {"a-0a1b2c3d.jsonl.zst"}
    assert len(read_all(desk, "versions", "versions")) == 4


def test_versions_of_nothing_are_not_found(desk: Any, bucket: Any) -> None:
    put(bucket, KEY + ".more")
    assert desk.ask("versions", s3Key=KEY).status == 404


# ---- health -------------------------------------------------------------------------------------------------------


def test_health_says_what_there_is_and_asks_nobody(make_desk: Any, environment: dict[str, str]) -> None:
    def no_client(_: object) -> object:
        raise AssertionError

    answer = make_desk(environment | {"MAX_OBJECT_BYTES": "1000"}, no_client).ask("health")
    assert answer.status == 200
    assert answer.body["status"] == "ok"
    assert answer.body["protocolVersion"] == 1
    assert datetime.fromisoformat(answer.body["serverTime"]) == datetime(2026, 11, 23, 19, 15, 7, tzinfo=UTC)
    assert set(answer.body["actions"]) == {
        *("upload", "download", "head", "list", "versions", "restore", "delete", "undelete", "health"),
        *(f"multipart-{step}" for step in ("create", "sign", "list", "complete", "abort")),
    }
    limits = answer.body["limits"]
    assert (limits["objectBytes"], limits["singlePutBytes"]) == (1000, 1000)
    assert limits["partBytes"] == {"minimum": 5 * MIB, "default": 16 * MIB, "maximum": 5 * 1024 * MIB}
    assert (limits["parts"], limits["signedParts"]) == (10_000, 100)
    assert limits["restoreDays"]["maximum"] == 14
    assert answer.body["limits"]["batchItems"] == 100
    assert answer.body["policy"]["sizeRequired"] is True
    assert answer.body["owner"] == "hana"
    assert answer.body["storage"] == {
        "bucket": environment["S3_BUCKET_NAME"],
        "region": "ap-northeast-1",
        "host": environment["S3_BUCKET_NAME"] + ".s3.ap-northeast-1.amazonaws.com",
    }
