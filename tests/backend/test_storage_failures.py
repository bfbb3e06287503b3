"""What S3's failures become. They are injected through a client of our own, since no emulator makes them."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from backend.presign.actions import Actions
from backend.presign.observability import RequestLog
from backend.presign.settings import read_settings
from backend.presign.storage import Storage

KEY = "chat-logs/hana/2026-11-20_a.md"
THEN = datetime(2026, 11, 20, tzinfo=UTC)
HEAD: dict[str, Any] = {"ContentLength": 5, "ETag": '"e"', "VersionId": "v1"}


def failure(status: int, code: str, operation: str = "HeadObject") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "secret"}, "ResponseMetadata": {"HTTPStatusCode": status}},
        operation,
    )


class FakeS3:
    """Answers each operation with what the test gives: an exception is raised, anything else returned."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def _answer(self, operation: str, parameters: dict[str, Any]) -> Any:
        self.asked.append((operation, parameters))
        answer = self.answers[operation]
        if callable(answer) and not isinstance(answer, type):
            answer = answer(parameters)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def head_object(self, **parameters: Any) -> Any:
        return self._answer("head", parameters)

    def list_objects_v2(self, **parameters: Any) -> Any:
        return self._answer("list", parameters)

    def list_object_versions(self, **parameters: Any) -> Any:
        return self._answer("versions", parameters)


@pytest.fixture
def desk_with(make_desk: Any, environment: dict[str, str]) -> Any:
    def make(**answers: Any) -> Any:
        fake = FakeS3(**answers)
        desk = make_desk(environment, lambda _: fake)
        desk.fake = fake
        return desk

    return make


def listed(*keys: str) -> dict[str, Any]:
    return {"Contents": [{"Key": key, "Size": 5, "LastModified": THEN, "ETag": '"e"'} for key in keys]}


def version(key: str, version_id: str, *, latest: bool = False) -> dict[str, Any]:
    return {
        "Key": key,
        "VersionId": version_id,
        "IsLatest": latest,
        "LastModified": THEN,
        "Size": 5,
        "StorageClass": "STANDARD",
    }


@pytest.mark.parametrize("contents", [{}, listed(KEY + ".more")])
@pytest.mark.parametrize("action", ["head", "download"])
def test_a_403_for_a_key_that_no_list_shows_is_not_found(desk_with: Any, action: str, contents: Any) -> None:
    desk = desk_with(head=failure(403, "403"), list=contents)
    answer = desk.ask(action, s3Key=KEY)
    assert (answer.status, answer.body["code"]) == (404, "not-found")
    assert [operation for operation, _ in desk.fake.asked] == ["head", "list"]
    assert not desk.log("ERROR")


def test_a_403_for_a_key_that_is_there_is_the_operators_to_mend(desk_with: Any) -> None:
    desk = desk_with(head=failure(403, "AccessDenied"), list=listed(KEY))
    answer = desk.ask("head", s3Key=KEY)
    assert (answer.status, answer.body["code"], answer.body["retryable"]) == (500, "internal", False)
    assert desk.log("ERROR")[0]["s3Code"] == "AccessDenied"
    assert "secret" not in json.dumps(answer.body)


def test_a_403_for_a_version_is_explained_by_the_list_of_versions(desk_with: Any) -> None:
    pages = {
        None: {
            "Versions": [version(KEY, "v2", latest=True)],
            "IsTruncated": True,
            "NextKeyMarker": KEY,
            "NextVersionIdMarker": "v2",
        },
        "v2": {
            "Versions": [version(KEY, "v1"), version(KEY + ".more", "v9", latest=True)],
            "IsTruncated": True,
        },
    }
    answers = {"head": failure(403, "403"), "versions": lambda asked: pages[asked.get("VersionIdMarker")]}
    assert desk_with(**answers).ask("head", s3Key=KEY, versionId="v1").status == 500
    assert desk_with(**answers).ask("head", s3Key=KEY, versionId="v9").status == 404


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_a_version_that_cannot_be_is_not_found(desk_with: Any, status: int) -> None:
    marker = {"Key": KEY, "VersionId": "m1", "IsLatest": True, "LastModified": THEN}
    desk = desk_with(head=failure(status, str(status)), versions={"DeleteMarkers": [marker]})
    assert desk.ask("head", s3Key=KEY, versionId="null").status == 404
    assert desk.ask("head", s3Key=KEY, versionId="m1").status == 404


@pytest.mark.parametrize(
    ("head", "listing", "s3_code"),
    [
        (failure(404, "404"), failure(404, "NoSuchBucket"), "NoSuchBucket"),
        (failure(400, "400"), failure(400, "ExpiredToken"), "ExpiredToken"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"versionId": "v1"}])
def test_a_missing_bucket_and_an_expired_token_do_not_look_like_absence(
    desk_with: Any, head: Exception, listing: Exception, s3_code: str, more: dict[str, str]
) -> None:
    desk = desk_with(head=head, list=listing, versions=listing)
    assert desk.ask("head", s3Key=KEY, **more).status == 500
    assert desk.log("ERROR")[0]["s3Code"] == s3_code


def test_what_is_listed_and_yet_not_found_is_asked_for_again(desk_with: Any) -> None:
    answer = desk_with(head=failure(404, "404"), list=listed(KEY)).ask("head", s3Key=KEY)
    assert (answer.status, answer.body["retryable"]) == (503, True)


FAILURES = [
    (failure(503, "SlowDown"), 429, "throttled", True),
    (failure(429, "TooManyRequests"), 429, "throttled", True),
    (failure(400, "KMS.ThrottlingException"), 429, "throttled", True),
    (failure(503, "ServiceUnavailable"), 503, "unavailable", True),
    (failure(503, "503"), 503, "unavailable", True),
    (failure(500, "InternalError"), 503, "unavailable", True),
    (failure(400, "RequestTimeout"), 503, "unavailable", True),
    (EndpointConnectionError(endpoint_url="https://secret"), 503, "unavailable", True),
    (ConnectTimeoutError(endpoint_url="https://secret"), 503, "unavailable", True),
    (ReadTimeoutError(endpoint_url="https://secret"), 503, "unavailable", True),
    (failure(404, "NoSuchBucket", "ListObjectsV2"), 500, "internal", False),
    (failure(403, "ExpiredToken"), 500, "internal", False),
    (ParamValidationError(report="secret"), 500, "internal", False),
    (KeyError("secret"), 500, "internal", False),
]


@pytest.mark.parametrize(("error", "status", "code", "retryable"), FAILURES)
@pytest.mark.parametrize("action", ["list", "versions"])
def test_a_failure_says_whether_trying_again_helps_and_nothing_internal(
    desk_with: Any, action: str, error: Exception, status: int, code: str, retryable: bool
) -> None:
    desk = desk_with(list=error, versions=error)
    answer = desk.ask(action)
    assert (answer.status, answer.body["code"], answer.body["retryable"]) == (status, code, retryable)
    assert (answer.headers.get("retry-after") is not None) is retryable
    assert ("retryAfter" in answer.body) is retryable
    assert "secret" not in json.dumps(answer.body) + "".join(desk.lines)
    assert bool(desk.log("ERROR")) is (status == 500)


@pytest.mark.parametrize("action", ["head", "download"])
def test_one_entrys_failure_leaves_the_others_alone(desk_with: Any, action: str) -> None:
    troubles = {"1": failure(503, "SlowDown"), "2": failure(500, "InternalError"), "3": failure(412, "Odd")}
    desk = desk_with(head=lambda asked: troubles.get(asked["Key"][-1], HEAD))
    answer = desk.ask(action, items=[{"s3Key": f"{KEY}{number}"} for number in range(5)])
    assert answer.status == 200
    assert [item.get("status", 200) for item in answer.body["items"]] == [200, 429, 503, 500, 200]
    assert desk.log("INFO")[-1]["Problems"] == 3


def test_a_batch_that_s3_holds_up_is_answered_before_the_function_ends(environment: dict[str, str]) -> None:
    settings = read_settings(environment)
    fake = FakeS3(head=HEAD)
    seconds = itertools.count(0, 10)
    actions = Actions(settings, Storage(settings, lambda _: fake), monotonic=lambda: next(seconds))
    items = [{"s3Key": KEY}] * 40
    answer = actions.answer({"action": "head", "items": items}, "hana", RequestLog("r", write=lambda _: None))
    answered = answer.body["items"]
    assert isinstance(answered, list)
    assert len(answered) == 40
    assert sum(item.get("code") == "unavailable" for item in answered) == 39
    assert len(fake.asked) == 1


RESTORES = [
    (None, True, None),
    ('ongoing-request="true"', True, {"state": "in-progress", "expiresAt": None}),
    (
        'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"',
        False,
        {"state": "restored", "expiresAt": "2029-12-21T00:00:00Z"},
    ),
    ('ongoing-request="false"', False, {"state": "restored", "expiresAt": None}),
]


@pytest.mark.parametrize(("restore", "refused", "told"), RESTORES)
def test_a_restored_object_may_be_read(desk_with: Any, restore: str | None, refused: bool, told: Any) -> None:
    reply = HEAD | {"StorageClass": "DEEP_ARCHIVE"} | ({"Restore": restore} if restore else {})
    desk = desk_with(head=reply)
    assert desk.ask("head", s3Key=KEY).body["restore"] == told
    answer = desk.ask("download", s3Key=KEY)
    assert answer.status == (409 if refused else 200)
    if refused:
        assert answer.body["restore"] == told


def test_the_archive_tiers_of_intelligent_tiering_are_archives_too(desk_with: Any) -> None:
    reply = HEAD | {"StorageClass": "INTELLIGENT_TIERING"}
    assert desk_with(head=reply).ask("download", s3Key=KEY).status == 200
    assert (
        desk_with(head=reply | {"ArchiveStatus": "ARCHIVE_ACCESS"}).ask("download", s3Key=KEY).status == 409
    )


def test_glaciers_instant_class_is_readable(desk_with: Any) -> None:
    assert desk_with(head=HEAD | {"StorageClass": "GLACIER_IR"}).ask("download", s3Key=KEY).status == 200


@pytest.mark.parametrize(
    ("reply", "checksum"),
    [
        ({}, None),
        ({"ChecksumCRC32": "AAAAAA=="}, None),
        ({"ChecksumCRC64NVME": "AAAA"}, {"algorithm": "CRC64NVME", "type": "FULL_OBJECT", "value": "AAAA"}),
        ({"ChecksumSHA256": "AAAA-3"}, {"algorithm": "SHA256", "type": "COMPOSITE", "value": "AAAA-3"}),
        (
            {"ChecksumSHA256": "AAAA", "ChecksumType": "COMPOSITE"},
            {"algorithm": "SHA256", "type": "COMPOSITE", "value": "AAAA"},
        ),
    ],
)
def test_head_tells_the_checksum_and_its_type(desk_with: Any, reply: dict[str, str], checksum: Any) -> None:
    body = desk_with(head=HEAD | reply).ask("head", s3Key=KEY).body
    assert (body["checksum"], body["encryption"]) == (checksum, None)


def test_versions_of_one_key_follow_its_cursor_and_end_with_it(desk_with: Any) -> None:
    pages = {
        None: {
            "Versions": [version(KEY, "v2", latest=True)],
            "IsTruncated": True,
            "NextKeyMarker": KEY,
            "NextVersionIdMarker": "v2",
        },
        "v2": {
            "Versions": [version(KEY, "v1"), version(KEY + ".more", "v9", latest=True)],
            "IsTruncated": True,
            "NextKeyMarker": KEY + ".more",
            "NextVersionIdMarker": "v9",
        },
    }
    desk = desk_with(versions=lambda asked: pages[asked.get("VersionIdMarker")])
    first = desk.ask("versions", s3Key=KEY).body
    assert [line["versionId"] for line in first["versions"]] == ["v2"]
    second = desk.ask("versions", s3Key=KEY, cursor=first["next"]).body
    assert [line["versionId"] for line in second["versions"]] == ["v1"]
    assert second["next"] is None
    assert desk.ask("versions", cursor=first["next"]).status == 400
    assert desk.ask("versions", s3Key=KEY + ".more", cursor=first["next"]).status == 400


def test_the_client_is_made_once(make_desk: Any, environment: dict[str, str]) -> None:
    made = []

    def factory(_: object) -> FakeS3:
        made.append(FakeS3(head=HEAD, list={}))
        return made[-1]

    desk = make_desk(environment, factory)
    assert not made
    desk.ask("head", items=[{"s3Key": KEY}] * 50)
    desk.ask("list")
    assert len(made) == 1
