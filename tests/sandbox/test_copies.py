"""A version copied over another, or over the marker that hides it: the bytes, what is stored with them, who may."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from typing import Any

import pytest

from tests.sandbox.test_multipart import KEY as MULTIPART_KEY
from tests.sandbox.test_multipart import LARGE, SMALL, Upload

KEY = "chat-logs/sandbox/2026-01-02_session-0a1b2c3d.jsonl.zst"
COPY = "chat-logs/sandbox/2026-01-02_copy"


def copy(signer: Any, source: str, target: str = COPY, **headers: str) -> Any:
    given = {"x-amz-copy-source": f"/{signer.identity.bucket}/{source}", **signer.encryption}
    return signer.presign("PUT", target, given | {f"x-amz-{k}": v for k, v in headers.items()}).go()


def head(signer: Any, key: str) -> dict[str, str]:
    reply = signer.presign("HEAD", key, {"x-amz-checksum-mode": "ENABLED"}).go()
    assert reply.status_code == 200
    return dict(reply.headers)


def code(reply: Any) -> str:
    found: list[str] = re.findall("<Code>(.*)</Code>", reply.text)
    return found[0] if found else str(reply.status_code)


@pytest.mark.parametrize("size", [0, 1000, 300_000])
def test_the_copy_has_the_bytes_and_all_that_is_stored_with_them(local_server: Any, size: int) -> None:
    signer, body = local_server.signer, os.urandom(size)
    signer.put(body).go()

    reply = copy(signer, KEY)

    assert reply.status_code == 200, reply.text
    before, after = head(signer, KEY), head(signer, COPY)
    assert signer.presign("GET", COPY).go().content == body
    same = ("content-type", "content-length", "x-amz-meta-tool", "x-amz-checksum-sha256")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["x-amz-server-side-encryption"] == "aws:kms"
    assert (reply.headers["x-amz-version-id"], reply.headers["x-amz-copy-source-version-id"]) == (
        after["x-amz-version-id"],
        before["x-amz-version-id"],
    )
    assert after["etag"] != before["etag"]


def test_a_version_comes_back_over_the_marker_that_hides_it(local_server: Any) -> None:
    signer = local_server.signer
    first = signer.put(b"first").go().headers["x-amz-version-id"]
    second = signer.put(b"second").go().headers["x-amz-version-id"]
    signer.presign("DELETE", KEY).go()

    shown = copy(signer, f"{KEY}?versionId={second}", KEY)

    assert shown.status_code == 200
    assert signer.presign("GET", KEY).go().content == b"second"
    assert signer.presign("GET", KEY, query=f"versionId={first}").go().content == b"first"
    listing = signer.presign("GET", "", query=f"versions=&prefix={KEY}").go().text
    assert (listing.count("<Version>"), listing.count("<DeleteMarker>")) == (3, 1)


def test_a_copy_that_must_be_the_first_is_none_over_what_is_there(local_server: Any) -> None:
    signer = local_server.signer
    first = signer.put(b"first").go().headers["x-amz-version-id"]
    given = {"x-amz-copy-source": f"{signer.identity.bucket}/{KEY}?versionId={first}", "if-none-match": "*"}

    def ask() -> Any:
        return signer.presign("PUT", KEY, {**given, **signer.encryption}).go()

    assert code(ask()) == "PreconditionFailed"
    signer.presign("DELETE", KEY).go()
    assert ask().status_code == 200


def test_the_copy_of_parts_has_a_checksum_of_the_whole(local_server: Any) -> None:
    signer = local_server.signer
    upload = Upload(signer, "SHA256")
    upload.part(1, LARGE)
    upload.part(2, SMALL)
    assert upload.complete().status_code == 200

    assert copy(signer, MULTIPART_KEY).status_code == 200

    told = head(signer, COPY)
    assert told["x-amz-checksum-type"] == "FULL_OBJECT"
    whole = hashlib.sha256(LARGE + SMALL).digest()
    assert told["x-amz-checksum-sha256"] == base64.b64encode(whole).decode()
    assert signer.presign("GET", COPY).go().content == LARGE + SMALL


def test_metadata_may_be_replaced(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(b"body").go()
    reply = copy(signer, KEY, **{"metadata-directive": "REPLACE", "meta-other": "1"})
    told = head(signer, COPY)
    assert reply.status_code == 200
    assert (told.get("x-amz-meta-tool"), told["x-amz-meta-other"]) == (None, "1")


def test_an_archived_version_is_not_copied(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(b"cold", extra={"x-amz-storage-class": "DEEP_ARCHIVE"}).go()
    assert code(copy(signer, KEY)) == "ObjectNotInActiveTierError"


def test_a_version_over_the_limit_is_not_copied(local_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = local_server.signer
    signer.put(b"12345678901").go()
    assert copy(signer, KEY).status_code == 200
    monkeypatch.setattr("app.sandbox.copies.MAX_SINGLE_PUT", 10)
    assert code(copy(signer, KEY)) == "InvalidRequest"


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("{bucket}/chat-logs/sandbox/none", "AccessDenied"),
        ("{bucket}/chat-logs/sandbox/none?versionId=x", "AccessDenied"),
        ("{bucket}/elsewhere/key", "AccessDenied"),
        ("another-bucket/" + KEY, "AccessDenied"),
        ("{bucket}", "InvalidArgument"),
        ("{bucket}/" + KEY + "?other=1", "InvalidArgument"),
        ("{bucket}/%FF", "InvalidArgument"),
    ],
)
def test_what_may_not_be_read_is_not_copied(local_server: Any, source: str, refusal: str) -> None:
    signer = local_server.signer
    signer.put(b"body").go()
    given = {"x-amz-copy-source": source.format(bucket=signer.identity.bucket), **signer.encryption}
    assert code(signer.presign("PUT", COPY, given).go()) == refusal


def test_a_copy_is_encrypted_or_refused(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(b"body").go()
    given = {"x-amz-copy-source": f"{signer.identity.bucket}/{KEY}"}
    assert code(signer.presign("PUT", COPY, given).go()) == "AccessDenied"


def test_a_source_slipped_into_a_granted_upload_is_refused(local_server: Any) -> None:
    signer = local_server.signer
    sent = signer.put(b"", COPY)
    sent.headers["x-amz-copy-source"] = f"{signer.identity.bucket}/{KEY}"
    assert sent.go().status_code == 403


def test_no_part_is_copied(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(b"body").go()
    upload = Upload(signer)
    part = upload.part(1, b"", {"x-amz-copy-source": f"{signer.identity.bucket}/{KEY}"})
    assert code(part) == "NotImplemented"
