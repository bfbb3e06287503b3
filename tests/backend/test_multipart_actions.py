"""Uploads in parts, from the first request to the object, on a server that refuses what S3 refuses."""

from __future__ import annotations

import itertools
import os
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from backend.presign.validation_multipart import MIB, PARTS_LIMIT, part_count, part_size
from tests.backend.strict_desk import PREFIX, StrictDesk, crc64nvme, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sandbox.lifecycle import SandboxInfo

FIRST, LAST = os.urandom(5 * MIB), os.urandom(1000)
WHOLE = FIRST + LAST
NUMBERS = itertools.count()


@pytest.fixture
def desk(shared_sandbox: SandboxInfo) -> Iterator[StrictDesk]:
    desk = StrictDesk(shared_sandbox)
    yield desk
    desk.check_log()


@pytest.fixture
def fields() -> dict[str, Any]:
    """An upload in parts under a name that nobody else has."""
    return {
        "fileName": f"multipart-{next(NUMBERS)}.jsonl.zst",
        "contentType": "application/zstd",
        "size": len(WHOLE),
        "sessionDate": "2026-11-20",
    }


class Upload:
    """An upload as a client does it."""

    def __init__(self, desk: StrictDesk, fields: dict[str, Any], **more: Any) -> None:
        self.desk = desk
        self.created = desk.got("multipart-create", **fields | more)
        self.named = {name: self.created[name] for name in ("s3Key", "uploadId")}

    def sign(self, number: int, body: bytes, **more: Any) -> dict[str, Any]:
        part = {"partNumber": number, "size": len(body), "checksum": crc64nvme(body)}
        (grant,) = self.desk.got("multipart-sign", **self.named, parts=[part], **more)["parts"]
        return dict(grant)

    def send(self, number: int, body: bytes) -> None:
        grant = self.sign(number, body)
        assert send("PUT", grant["presignedUrl"], grant["headers"], body).status_code == 200

    def send_all(self) -> None:
        self.send(1, FIRST)
        self.send(2, LAST)

    def complete(self, body: bytes = WHOLE, **changes: Any) -> Any:
        told = {"size": len(body), "checksum": crc64nvme(body)}
        return self.desk.ask("multipart-complete", **self.named | told | changes)


def code_of(reply: Any) -> str:
    return "".join(re.findall("<Code>(.*)</Code>", reply.text))


def test_parts_become_an_object(desk: StrictDesk, fields: dict[str, Any]) -> None:
    upload = Upload(desk, fields, metadata={"tool": "claude-code"}, ifAbsent=True)
    assert upload.created == {
        "s3Key": f"{PREFIX}2026-11-20_{fields['fileName']}",
        "uploadId": upload.created["uploadId"],
        "partSize": 16 * MIB,
        "partCount": 1,
        "timestamp": "2026-11-20",
    }
    upload.send_all()

    listed = desk.got("multipart-list", **upload.named)
    assert [(part["partNumber"], part["size"], part["checksum"]) for part in listed["parts"]] == [
        (1, len(FIRST), crc64nvme(FIRST)),
        (2, len(LAST), crc64nvme(LAST)),
    ]
    assert listed["next"] is None
    done = upload.complete()

    assert done.status == 200, done.body
    head = desk.got("head", s3Key=upload.created["s3Key"])
    assert done.body == {
        "s3Key": upload.created["s3Key"],
        "versionId": head["versionId"],
        "etag": head["etag"],
        "size": len(WHOLE),
        "checksum": crc64nvme(WHOLE),
    }
    assert head["checksum"] == crc64nvme(WHOLE)
    assert head["metadata"] == {"tool": "claude-code"}
    assert head["encryption"] == {"algorithm": "aws:kms", "keyId": desk.identity.key_arn}
    grant = desk.got("download", s3Key=upload.created["s3Key"])
    got = send("GET", grant["presignedUrl"], grant["headers"])
    assert (got.content, got.headers["content-type"]) == (WHOLE, "application/zstd")


@pytest.mark.parametrize(
    "size", [0, 1, 16 * MIB, 16 * MIB + 1, 10_000 * 16 * MIB, 10_000 * 16 * MIB + 1, 5 * MIB**2]
)
def test_ten_thousand_parts_always_suffice(size: int) -> None:
    assert part_size(size) % MIB == 0
    assert 16 * MIB <= part_size(size) <= 5 * 1024 * MIB
    assert part_count(size) <= PARTS_LIMIT
    assert (part_count(size) - 1) * part_size(size) <= size <= part_count(size) * part_size(size)


# ---- what S3 refuses of a part -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ("length", 403, "SignatureDoesNotMatch"),
        ("checksum", 403, "SignatureDoesNotMatch"),
        ("bytes", 400, "BadDigest"),
        ("unsigned header", 403, "AccessDenied"),
        ("part number", 403, "SignatureDoesNotMatch"),
        ("upload", 403, "SignatureDoesNotMatch"),
        ("key", 403, "SignatureDoesNotMatch"),
        ("time", 403, "AccessDenied"),
    ],
)
def test_a_part_is_what_was_signed_or_refused(
    desk: StrictDesk, fields: dict[str, Any], change: str, status: int, code: str
) -> None:
    upload = Upload(desk, fields)
    grant = upload.sign(1, LAST)
    url, headers, body = grant["presignedUrl"], grant["headers"], LAST
    if change == "length":
        headers, body = headers | {"content-length": "1001"}, LAST + b"x"
    elif change == "checksum":
        body = LAST[::-1]
        headers = headers | {"x-amz-checksum-crc64nvme": crc64nvme(body)["value"]}
    elif change == "bytes":
        body = LAST[::-1]
    elif change == "unsigned header":
        headers = headers | {"x-amz-meta-more": "1"}
    elif change == "part number":
        url = url.replace("partNumber=1&", "partNumber=2&")
    elif change == "upload":
        url = url.replace("uploadId=", "uploadId=x")
    elif change == "key":
        url = url.replace("2026-11-20_", "2026-11-21_")
    else:
        past = StrictDesk(desk.info, clock=lambda: datetime.now(UTC) - timedelta(seconds=90))
        part = {"partNumber": 1, "size": len(LAST), "checksum": crc64nvme(LAST)}
        (grant,) = past.got("multipart-sign", **upload.named, parts=[part], expiresIn=60)["parts"]
        url, headers = grant["presignedUrl"], grant["headers"]

    refused = send("PUT", url, headers, body)

    assert (refused.status_code, code_of(refused)) == (status, code), refused.text
    assert desk.got("multipart-list", **upload.named)["parts"] == []


def test_a_hundred_parts_are_signed_at_once_and_no_more(desk: StrictDesk, fields: dict[str, Any]) -> None:
    named = Upload(desk, fields).named
    parts = [
        {"partNumber": number, "size": 5, "checksum": crc64nvme(b"%5d" % number)} for number in range(1, 102)
    ]
    grants = desk.got("multipart-sign", **named, parts=parts[:100], expiresIn=900)["parts"]
    assert [grant["partNumber"] for grant in grants] == list(range(1, 101))
    assert grants[6].keys() == {"partNumber", "presignedUrl", "headers", "expiresAt"}
    assert grants[6]["headers"] == {
        "content-length": "5",
        "x-amz-checksum-crc64nvme": parts[6]["checksum"]["value"],  # type: ignore[index]
    }
    refused = desk.ask("multipart-sign", **named, parts=parts)
    assert (refused.status, refused.body["field"]) == (400, "parts")


# ---- completion ----------------------------------------------------------------------------------------------


def test_completing_again_gives_the_same_object(desk: StrictDesk, fields: dict[str, Any]) -> None:
    upload = Upload(desk, fields, ifAbsent=True)
    upload.send_all()
    first = upload.complete()
    assert first.status == 200
    assert upload.complete().body == first.body
    assert len(desk.got("versions", s3Key=upload.created["s3Key"])["versions"]) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"size": len(WHOLE) - 1}, "size"),
        ({"checksum": crc64nvme(WHOLE[::-1])}, "checksum"),
    ],
)
def test_an_object_of_another_size_or_checksum_is_not_made(
    desk: StrictDesk, fields: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    upload = Upload(desk, fields)
    upload.send_all()

    refused = upload.complete(**changes)

    assert (refused.status, refused.body["code"], refused.body["field"]) == (400, "invalid-request", field)
    assert desk.ask("head", s3Key=upload.created["s3Key"]).status == 404
    assert upload.complete().status == 200


def test_a_part_that_is_missing_or_too_small_is_told(desk: StrictDesk, fields: dict[str, Any]) -> None:
    upload = Upload(desk, fields)
    assert upload.complete(b"").body["field"] == "size"
    upload.send(1, LAST)
    assert upload.complete().body["field"] == "size"
    upload.send(2, LAST[::-1])
    refused = upload.complete(LAST + LAST[::-1])
    assert (refused.status, refused.body["field"], "5 MiB" in refused.body["detail"]) == (400, "size", True)


def test_parts_are_taken_from_every_page_of_the_list(
    desk: StrictDesk, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.presign.storage_multipart.PAGE_PARTS", 1)
    upload = Upload(desk, fields)
    upload.send_all()
    first = desk.got("multipart-list", **upload.named)
    second = desk.got("multipart-list", **upload.named, after=first["next"])
    assert [part["partNumber"] for part in first["parts"] + second["parts"]] == [1, 2]
    assert (first["next"], second["next"]) == (1, None)
    assert upload.complete().status == 200


def test_an_upload_that_must_be_the_first_does_not_cover_another(
    desk: StrictDesk, fields: dict[str, Any]
) -> None:
    upload = Upload(desk, fields, ifAbsent=True)
    upload.send_all()
    other = desk.store(upload.created["s3Key"], b"another computer")

    refused = upload.complete()

    assert (refused.status, refused.body["code"], refused.body["retryable"]) == (412, "already-there", False)
    assert desk.got("head", s3Key=upload.created["s3Key"])["versionId"] == other


def test_without_that_wish_it_becomes_a_version(desk: StrictDesk, fields: dict[str, Any]) -> None:
    upload = Upload(desk, fields)
    upload.send_all()
    desk.store(upload.created["s3Key"], b"another computer")
    assert upload.complete().status == 200
    assert len(desk.got("versions", s3Key=upload.created["s3Key"])["versions"]) == 2


def test_a_completion_whose_reply_was_lost_is_no_refusal(
    desk: StrictDesk, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first attempt came through, botocore tried again, and S3 found the object that the first had made."""
    upload = Upload(desk, fields, ifAbsent=True)
    upload.send_all()
    storage = "backend.presign.storage.Storage"
    from backend.presign.storage import Storage  # noqa: PLC0415 - the class that is changed here

    real = Storage.call

    def twice(self: Storage, operation: str, meanings: Any = None, /, **parameters: Any) -> Any:
        reply = real(self, operation, meanings, **parameters)
        if operation == "complete_multipart_upload":
            raise meanings["PreconditionFailed"]
        return reply

    monkeypatch.setattr(f"{storage}.call", twice)
    done = upload.complete()
    assert (done.status, done.body["checksum"]) == (200, crc64nvme(WHOLE))


def test_an_upload_that_is_gone_and_made_nothing_like_it_is_not_found(
    desk: StrictDesk, fields: dict[str, Any]
) -> None:
    upload = Upload(desk, fields)
    upload.send_all()
    assert desk.got("multipart-abort", **upload.named) == {}
    assert desk.got("multipart-abort", **upload.named) == {}
    assert upload.complete().status == 404
    desk.store(upload.created["s3Key"], b"other bytes")
    gone = upload.complete()
    assert (gone.status, gone.body["code"]) == (404, "not-found")
    assert desk.ask("multipart-list", **upload.named).status == 404


def test_an_id_of_another_key_opens_nothing(desk: StrictDesk, fields: dict[str, Any]) -> None:
    upload = Upload(desk, fields)
    other = {**upload.named, "s3Key": upload.named["s3Key"] + "x"}
    assert desk.ask("multipart-list", **other).status == 404
    assert desk.ask("multipart-complete", **other, size=5, checksum=crc64nvme(b"hello")).status == 404


# ---- what the handler refuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("multipart-create", {"size": None}, "size"),
        ("multipart-create", {"size": -1}, "size"),
        ("multipart-create", {"contentType": "text/html"}, "contentType"),
        ("multipart-create", {"items": []}, "items"),
        (
            "multipart-create",
            {"checksum": {"algorithm": "SHA256", "value": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}},
            "checksum.algorithm",
        ),
        ("multipart-create", {"checksum": crc64nvme(b"") | {"type": "COMPOSITE"}}, "checksum.type"),
        ("multipart-sign", {"uploadId": None}, "uploadId"),
        ("multipart-sign", {"uploadId": "if-absent:"}, "uploadId"),
        ("multipart-sign", {"uploadId": "a b"}, "uploadId"),
        ("multipart-sign", {"parts": []}, "parts"),
        ("multipart-sign", {"parts": [7]}, "parts[0]"),
        ("multipart-sign", {"parts": [{"partNumber": 0, "size": 1}]}, "parts[0].partNumber"),
        ("multipart-sign", {"parts": [{"partNumber": 10_001, "size": 1}]}, "parts[0].partNumber"),
        ("multipart-sign", {"parts": [{"size": 1}]}, "parts[0].partNumber"),
        ("multipart-sign", {"parts": [{"partNumber": 1}]}, "parts[0].size"),
        ("multipart-sign", {"parts": [{"partNumber": 1, "size": 1}]}, "parts[0].checksum"),
        ("multipart-sign", {"parts": [{"partNumber": 1, "etag": "x"}]}, "parts[0].etag"),
        ("multipart-sign", {"expiresIn": 59}, "expiresIn"),
        ("multipart-list", {"after": -1}, "after"),
        ("multipart-list", {"after": "1"}, "after"),
        ("multipart-complete", {"size": None}, "size"),
        ("multipart-complete", {"checksum": None}, "checksum"),
        ("multipart-complete", {"parts": []}, "parts"),
        ("multipart-abort", {"force": True}, "force"),
    ],
)
def test_a_field_at_fault_is_named(
    desk: StrictDesk, fields: dict[str, Any], action: str, changes: dict[str, Any], field: str
) -> None:
    named = {"s3Key": f"{PREFIX}2026-11-20_a.md", "uploadId": "u"}
    valid: dict[str, dict[str, Any]] = {
        "multipart-create": fields,
        "multipart-sign": named | {"parts": [{"partNumber": 1, "size": 5, "checksum": crc64nvme(b"hello")}]},
        "multipart-list": named,
        "multipart-complete": named | {"size": 5, "checksum": crc64nvme(b"hello")},
        "multipart-abort": named,
    }
    given = {name: value for name, value in (valid[action] | changes).items() if value is not None}
    refused = desk.ask(action, **given)
    assert (refused.status, refused.body["code"], refused.body["field"]) == (400, "invalid-request", field)


def test_sizes_over_a_limit_are_refused(desk: StrictDesk, fields: dict[str, Any]) -> None:
    assert desk.ask("multipart-create", **fields | {"size": 5 * 1024**4 + 1}).status == 413
    part = {"partNumber": 1, "size": 5 * 1024**3 + 1, "checksum": crc64nvme(b"")}
    refused = desk.ask("multipart-sign", s3Key=f"{PREFIX}2026-11-20_a.md", uploadId="u", parts=[part])
    assert (refused.status, refused.body["field"]) == (413, "parts[0].size")
    largest = Upload(desk, fields | {"size": 5 * 1024**4})
    assert (largest.created["partSize"], largest.created["partCount"]) == (525 * MIB, 9987)
    assert desk.got("multipart-abort", **largest.named) == {}


@pytest.mark.parametrize(
    ("operation", "code", "status", "answered"),
    [
        ("complete_multipart_upload", "ConditionalRequestConflict", 409, (409, "conflict", True)),
        ("complete_multipart_upload", "InvalidPart", 400, (409, "conflict", True)),
        ("complete_multipart_upload", "InternalError", 500, (503, "unavailable", True)),
        ("complete_multipart_upload", "AccessDenied", 403, (500, "internal", False)),
        ("list_parts", "SlowDown", 503, (429, "throttled", True)),
    ],
)
def test_what_s3s_failures_become(
    make_desk: Any, operation: str, code: str, status: int, answered: tuple[int, str, bool]
) -> None:
    class Failing:
        def __getattr__(self, name: str) -> Any:
            def answer(**_: object) -> Any:
                if name == operation:
                    told = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
                    raise ClientError(told, name)
                return {"Parts": [{"PartNumber": 1, "Size": 5, "ETag": '"e"'}]}

            return answer

    refused = make_desk(client_factory=lambda _: Failing()).ask(
        "multipart-complete",
        s3Key="chat-logs/hana/2026-11-20_a.md",
        uploadId="u",
        size=5,
        checksum=crc64nvme(b"hello"),
    )
    assert (refused.status, refused.body["code"], refused.body["retryable"]) == answered
