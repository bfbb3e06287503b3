"""Requests that are refused: each with a 4xx that says what is wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

KEY = "chat-logs/hana/2026-11-20_a.md"
SHA256 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="


def set_in(fields: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    *way, last = path.split(".")
    place = fields
    for step in way:
        place = place.setdefault(step, {})
    place[last] = value
    return fields


REFUSED_UPLOADS = [
    ("fileName", 7),
    ("fileName", ""),
    ("fileName", None),
    ("fileName", "x" * 1025),
    ("contentType", None),
    ("contentType", 1),
    ("contentType", ""),
    ("contentType", "text/html"),
    ("contentType", "application/zstd; charset=utf-8"),
    ("contentType", "text/plain; charset=utf-16"),
    ("contentType", "text/plain; boundary=x"),
    ("contentType", "text/plain\r\nx-amz-acl: public-read"),
    ("contentType", "text/plain\x00"),
    ("contentType", "x" * 129),
    ("expiresIn", 59),
    ("expiresIn", 3601),
    ("expiresIn", "900"),
    ("expiresIn", 900.0),
    ("expiresIn", True),
    ("expiresIn", None),
    ("kind", "logs"),
    ("kind", None),
    ("kind", ["log"]),
    ("size", -1),
    ("size", "5"),
    ("size", 5.0),
    ("size", True),
    ("size", None),
    ("checksum", "abc"),
    ("checksum", None),
    ("checksum.algorithm", "MD5"),
    ("checksum.algorithm", None),
    ("checksum.algorithm", {}),
    ("checksum.type", "COMPOSITE"),
    ("checksum.type", "HALF"),
    ("checksum.value", None),
    ("checksum.value", ""),
    ("checksum.value", "AAAA"),
    ("checksum.value", "not base64!"),
    ("checksum.value", SHA256[:-1]),
    ("checksum.value", SHA256[:-2] + "R="),
    ("checksum.value", SHA256 + "\n"),
    ("checksum.value", "é" * 44),
    ("checksum.more", 1),
    ("sessionDate", 20261120),
    ("sessionDate", "2026-11-31"),
    ("sessionDate", "2026-11"),
    ("sessionDate", "20261120"),
    ("sessionDate", "0000-01-01"),
    ("sessionDate", "2026-W01-1"),
    ("sessionDate", "２０２６-11-20"),
    ("sessionDate", "../../../x"),
    ("s3Key", 7),
    ("s3Key", ""),
    ("s3Key", KEY + "\x00"),
    ("s3Key", "\ud800"),
    ("s3Key", "x" * 1025),
    ("ifAbsent", 1),
    ("ifAbsent", "true"),
    ("ifAbsent", None),
    ("metadata", []),
    ("metadata", None),
    ("metadata.Tool", "x"),
    ("metadata.to_ol", "x"),
    ("metadata." + "x" * 41, "x"),
    ("metadata.tool", ""),
    ("metadata.tool", 7),
    ("metadata.tool", " x"),
    ("metadata.tool", "x "),
    ("metadata.tool", "a\nb"),
    ("metadata.tool", "ログ"),
    ("metadata.tool", "x" * 257),
    ("owner", "taro"),
    ("bucket", "other"),
    ("Action", "upload"),
]


@pytest.mark.parametrize(("path", "value"), REFUSED_UPLOADS)
def test_a_wrong_field_is_refused_by_its_name(
    desk: Any, upload: dict[str, Any], path: str, value: object
) -> None:
    answer = desk.ask("upload", **set_in(upload, path, value))
    assert (answer.status, answer.body["code"]) == (400, "invalid-request")
    assert answer.body["field"].split(".")[0] == path.split(".", maxsplit=1)[0]
    assert path.split(".", maxsplit=1)[0] in answer.body["detail"]
    assert answer.body["retryable"] is False


@pytest.mark.parametrize(("path", "value"), REFUSED_UPLOADS)
def test_in_a_batch_only_the_wrong_entry_is_refused(
    desk: Any, upload: dict[str, Any], path: str, value: object
) -> None:
    wrong = set_in(json.loads(json.dumps(upload)), path, value)
    answer = desk.ask("upload", items=[upload, wrong])
    assert answer.status == 200
    good, problem = answer.body["items"]
    assert good["method"] == "PUT"
    assert (problem["status"], problem["code"]) == (400, "invalid-request")
    assert problem["field"].startswith(f"items[1].{path.split('.', maxsplit=1)[0]}")
    assert problem["requestId"] == "request-1"


@pytest.mark.parametrize("name", ["fileName", "contentType", "size"])
def test_a_missing_field_is_named(desk: Any, upload: dict[str, Any], name: str) -> None:
    del upload[name]
    answer = desk.ask("upload", **upload)
    assert (answer.status, answer.body["field"]) == (400, name)


def test_all_unknown_fields_are_named(desk: Any, upload: dict[str, Any]) -> None:
    answer = desk.ask("upload", **upload, colour="red", acl="public-read")
    assert (answer.status, answer.body["fields"]) == (400, ["acl", "colour"])


def test_an_unknown_fields_name_is_said_back_harmlessly(desk: Any, upload: dict[str, Any]) -> None:
    answer = desk.ask("upload", **upload, **{"\x1b[2J\u202e" + "x" * 500: 1})
    (name,) = answer.body["fields"]
    assert answer.status == 400
    assert name.rstrip("…").isascii()
    assert name.isprintable()
    assert len(name) < 100


def test_metadata_has_two_kilobytes_in_all(desk: Any, upload: dict[str, Any]) -> None:
    full = {f"name-{number}": "v" * 250 for number in range(7)}
    assert desk.ask("upload", **upload, metadata=full).status == 200
    answer = desk.ask("upload", **upload, metadata=full | {"one-more": "v" * 250})
    assert (answer.status, answer.body["field"]) == (400, "metadata")


def test_too_large_says_the_limit(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any]
) -> None:
    desk = make_desk(environment | {"MAX_OBJECT_BYTES": "1000"})
    assert desk.ask("upload", **upload | {"size": 1000}).status == 200
    answer = desk.ask("upload", **upload | {"size": 1001})
    assert (answer.status, answer.body["code"], answer.body["limit"]) == (413, "too-large", 1000)
    assert desk.ask("upload", **upload | {"size": 10**400}).status == 413


def test_by_default_an_object_may_have_what_one_put_carries(desk: Any, upload: dict[str, Any]) -> None:
    assert desk.ask("upload", **upload | {"size": 5 * 1024**3}).status == 200
    assert desk.ask("upload", **upload | {"size": 5 * 1024**3 + 1}).status == 413


@pytest.mark.parametrize(
    "action",
    [
        "multipart",
        "multipart-Create",
        "purge",
        "delete-version",
        "Upload",
        "",
        "__class__",
        None,
        7,
        [],
        {},
    ],
)
def test_unknown_actions_are_refused(desk: Any, action: object) -> None:
    answer = desk.raw(json.dumps({"action": action}))
    assert (answer.status, answer.body["field"]) == (400, "action")


def test_an_action_is_required(desk: Any) -> None:
    assert desk.raw("{}").body["field"] == "action"


@pytest.mark.parametrize("items", [[], [{}] * 101, {}, "x", None, 7])
@pytest.mark.parametrize("action", ["upload", "download", "head"])
def test_a_batch_has_one_to_a_hundred_entries(desk: Any, action: str, items: object) -> None:
    answer = desk.ask(action, items=items)
    assert (answer.status, answer.body["field"]) == (400, "items")


@pytest.mark.parametrize("action", ["upload", "download", "head"])
def test_beside_a_batch_nothing_else_stands(desk: Any, action: str) -> None:
    answer = desk.ask(action, items=[{}], expiresIn=900)
    assert (answer.status, answer.body["fields"]) == (400, ["expiresIn"])


@pytest.mark.parametrize("entry", [None, 7, "x", [], [{}]])
def test_an_entry_is_an_object(desk: Any, upload: dict[str, Any], entry: object) -> None:
    answer = desk.ask("upload", items=[entry, upload])
    assert [item.get("status", 200) for item in answer.body["items"]] == [400, 200]


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("download", {}, "s3Key"),
        ("head", {}, "s3Key"),
        ("download", {"s3Key": None}, "s3Key"),
        ("download", {"s3Key": KEY, "expiresIn": 10}, "expiresIn"),
        ("head", {"s3Key": KEY, "expiresIn": 900}, "expiresIn"),
        ("head", {"s3Key": KEY, "versionId": 7}, "versionId"),
        ("head", {"s3Key": KEY, "versionId": ""}, "versionId"),
        ("head", {"s3Key": KEY, "versionId": "a b"}, "versionId"),
        ("head", {"s3Key": KEY, "versionId": "ログ"}, "versionId"),
        ("head", {"s3Key": KEY, "versionId": "x" * 1025}, "versionId"),
        ("list", {"limit": 0}, "limit"),
        ("list", {"limit": 1001}, "limit"),
        ("list", {"limit": "10"}, "limit"),
        ("list", {"kind": "all"}, "kind"),
        ("list", {"prefix": "chat-logs/taro/"}, "prefix"),
        ("list", {"cursor": ""}, "cursor"),
        ("list", {"cursor": "!"}, "cursor"),
        ("list", {"cursor": "AAAA"}, "cursor"),
        ("list", {"cursor": 7}, "cursor"),
        ("list", {"cursor": "é"}, "cursor"),
        ("list", {"cursor": "W10"}, "cursor"),
        ("list", {"cursor": base64.urlsafe_b64encode(b'["chat-logs/hana/a"  ]').decode()}, "cursor"),
        ("list", {"cursor": base64.urlsafe_b64encode(b"[" * 2000).decode()}, "cursor"),
        (
            "list",
            {"cursor": base64.urlsafe_b64encode(b'["chat-logs/taro/x"]').decode().rstrip("=")},
            "cursor",
        ),
        (
            "list",
            {"cursor": base64.urlsafe_b64encode(b'["chat-logs/hana/\\ud800"]').decode().rstrip("=")},
            "cursor",
        ),
        ("versions", {"kind": "log"}, "kind"),
        ("versions", {"limit": 10}, "limit"),
        ("versions", {"s3Key": ""}, "s3Key"),
        ("versions", {"cursor": "W10"}, "cursor"),
        ("health", {"verbose": True}, "verbose"),
    ],
)
def test_a_wrong_question_is_refused_by_its_field(
    desk: Any, action: str, fields: dict[str, Any], field: str
) -> None:
    answer = desk.ask(action, **fields)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "invalid-request", field)


@pytest.mark.parametrize("action", ["download", "head", "versions"])
def test_another_owners_key_is_not_there(desk: Any, action: str) -> None:
    answer = desk.ask(action, s3Key="chat-logs/taro/2026-11-20_a.md")
    assert (answer.status, answer.body["code"]) == (404, "not-found")
    assert "taro" not in json.dumps(answer.body)


@pytest.mark.parametrize(
    ("kind", "s3_key"),
    [
        ("log", "chat-logs/taro/2026-11-20_a.md"),
        ("log", "session-index/owner=hana/month=2026-11/m.jsonl.zst"),
        ("index", KEY),
        ("index", "session-index/owner=taro/month=2026-11/m.jsonl.zst"),
    ],
)
def test_no_version_is_added_to_a_key_of_another_owner_or_kind(
    desk: Any, upload: dict[str, Any], kind: str, s3_key: str
) -> None:
    answer = desk.ask("upload", **upload, kind=kind, s3Key=s3_key)
    assert (answer.status, answer.body["code"]) == (404, "not-found")


@pytest.mark.parametrize("name", ["..", "a.b", "x" * 65])
def test_an_index_is_named_by_a_machine(desk: Any, upload: dict[str, Any], name: str) -> None:
    answer = desk.ask("upload", **upload | {"kind": "index", "fileName": name})
    assert (answer.status, answer.body["field"]) == (400, "fileName")


def test_an_index_needs_a_month(desk: Any, upload: dict[str, Any]) -> None:
    del upload["sessionDate"]
    answer = desk.ask("upload", **upload | {"kind": "index", "fileName": "machine1"})
    assert (answer.status, answer.body["field"]) == (400, "sessionDate")


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        7,
        "{",
        "[]",
        "null",
        '"upload"',
        "NaN",
        '{"action": "health", "x": NaN}',
        '{"action": "health", "x": Infinity}',
        '{"action": "health", "action": "list"}',
        '{"action": "health"} x',
        "\ufeff{}",
        "\ud800",
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"action": "list", "limit": ' + "9" * 5000 + "}",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(desk: Any, body: object) -> None:
    answer = desk.raw(body)
    assert (answer.status, answer.body["code"]) == (400, "invalid-request")


def test_a_base64_body_is_read(desk: Any) -> None:
    assert desk.raw(base64.b64encode(b'{"action": "health"}').decode(), base64=True).status == 200


@pytest.mark.parametrize("body", ["{}", "é", "AAA", base64.b64encode(b"\xff\xfe{}").decode()])
def test_a_body_that_is_not_what_its_encoding_says_is_refused(desk: Any, body: str) -> None:
    assert desk.raw(body, base64=True).status == 400


def padded(size: int) -> str:
    start = '{"action": "health"'
    return start + " " * (size - len(start) - 1) + "}"


@pytest.mark.parametrize("encoded", [False, True])
def test_a_request_has_at_most_256_kib(desk: Any, encoded: bool) -> None:
    def send(text: str) -> Any:
        return desk.raw(base64.b64encode(text.encode()).decode() if encoded else text, base64=encoded)

    assert send(padded(262_144)).status == 200
    answer = send(padded(262_145))
    assert (answer.status, answer.body["code"], answer.body["limit"]) == (413, "too-large", 262_144)
    assert send("あ" * 90_000).status == 413
    assert send("x" * 5_000_000).status == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "post", "", None])
def test_only_post_is_answered(desk: Any, event: dict[str, Any], method: object) -> None:
    event["requestContext"]["http"]["method"] = method
    answer = desk.send(event)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/presigned-url-request", "/x", "//", "/..", None, 7])
def test_only_the_root_is_answered(desk: Any, event: dict[str, Any], path: object) -> None:
    event["rawPath"] = path
    assert desk.send(event).status == 404


def test_a_problem_is_one_of_rfc_9457_and_is_never_cached(desk: Any) -> None:
    answer = desk.ask("delete")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert {"type", "title", "status", "detail", "code", "requestId", "retryable"} <= answer.body.keys()
    assert answer.body["status"] == answer.status
