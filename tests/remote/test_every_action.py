"""Parts, restore, delete and undelete through the presign client: on a real sandbox, and with replies gone wrong."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from awscrt import checksums

from app.errors import (
    AlreadyThere,
    Conflict,
    HostNotPinned,
    InvalidRequest,
    NotArchived,
    NotFound,
    NotOurProtocol,
    ObjectArchived,
    TooLarge,
    Unreachable,
)
from app.remote.multipart import MultipartRequest, MultipartUpload, PartRequest
from app.remote.protocol import DownloadGrant, ObjectRequest
from tests.backend.strict_desk import StrictDesk, send
from tests.remote.conftest import json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.sandbox.lifecycle import SandboxInfo
    from tests.remote.conftest import Remote

MIB = 1024**2
PREFIX = "chat-logs/sandbox/"
KEY = "chat-logs/me/2026-11-20_a.zst"
FIRST, LAST = os.urandom(5 * MIB), os.urandom(100)
HOST = "https://bucket.s3.ap-northeast-1.amazonaws.com"


def crc64nvme(body: bytes) -> bytes:
    return int(checksums.crc64nvme(body)).to_bytes(8, "big")


def part(number: int, body: bytes) -> PartRequest:
    return PartRequest(number, len(body), crc64nvme(body))


def begin(remote: Remote, *, if_absent: bool = False) -> MultipartUpload:
    return remote.presign.create_multipart(
        MultipartRequest(
            file_name="large.zst",
            content_type="application/zstd",
            size=len(FIRST) + len(LAST),
            session_date=date(2026, 11, 20),
            if_absent=if_absent,
            metadata={"tool": "codex"},
        )
    )


def send_parts(remote: Remote, upload: MultipartUpload) -> None:
    bodies = {1: FIRST, 2: LAST}
    grants = remote.presign.sign_parts(
        upload.s3_key, upload.upload_id, [part(number, body) for number, body in bodies.items()]
    )
    for grant in grants:
        assert grant.expires_at > datetime.now(UTC) + timedelta(minutes=10)
        reply = send("PUT", grant.presigned_url, grant.headers, bodies[grant.part_number])
        assert reply.status_code == 200


def complete(remote: Remote, upload: MultipartUpload, whole: bytes = FIRST + LAST) -> Any:
    return remote.presign.complete_multipart(
        upload.s3_key, upload.upload_id, size=len(whole), crc64nvme=crc64nvme(whole)
    )


def read(remote: Remote, s3_key: str) -> bytes:
    (grant,) = remote.presign.download([ObjectRequest(s3_key)])
    assert isinstance(grant, DownloadGrant)
    return send("GET", grant.presigned_url, dict(grant.headers)).content


# ---- on a sandbox ----------------------------------------------------------------------------------------------


def test_an_object_goes_in_parts(remote: Remote) -> None:
    upload = begin(remote, if_absent=True)
    assert (upload.part_size, upload.part_count) == (16 * MIB, 1)
    assert list(remote.presign.list_parts(upload.s3_key, upload.upload_id)) == []
    send_parts(remote, upload)
    held = list(remote.presign.list_parts(upload.s3_key, upload.upload_id))
    assert [(one.part_number, one.size) for one in held] == [(1, len(FIRST)), (2, len(LAST))]

    done = complete(remote, upload)

    assert (done.s3_key, done.size) == (upload.s3_key, len(FIRST) + len(LAST))
    assert complete(remote, upload) == done
    assert read(remote, upload.s3_key) == FIRST + LAST
    with pytest.raises(NotFound) as gone:
        list(remote.presign.list_parts(upload.s3_key, upload.upload_id))
    assert gone.value.parameters["s3Key"] == upload.s3_key


def test_what_stands_in_the_way_of_completion_is_told(remote: Remote) -> None:
    first, late = begin(remote, if_absent=True), begin(remote, if_absent=True)
    send_parts(remote, first)
    with pytest.raises(InvalidRequest) as refused:
        complete(remote, first, FIRST + LAST[::-1])
    assert refused.value.parameters["field"] == "checksum"
    complete(remote, first)
    with pytest.raises(InvalidRequest) as empty:
        complete(remote, late)
    assert empty.value.parameters["field"] == "size"
    send_parts(remote, late)
    with pytest.raises(AlreadyThere):
        complete(remote, late)
    remote.presign.abort_multipart(late.s3_key, late.upload_id)
    remote.presign.abort_multipart(late.s3_key, late.upload_id)


def test_hidden_shown_and_asked_back(remote: Remote, sandbox: SandboxInfo) -> None:
    desk, warm, cold = StrictDesk(sandbox), f"{PREFIX}2026-11-20_warm", f"{PREFIX}2026-11-20_cold"
    desk.store(warm, b"warm")
    version_id = desk.store(cold, b"cold", StorageClass="GLACIER")

    marker = remote.presign.delete(warm)
    assert remote.presign.delete(warm) == marker
    shown = remote.presign.undelete(warm)
    assert shown not in {marker, remote.presign.delete(warm)}
    with pytest.raises(NotArchived) as readable:
        remote.presign.restore(warm, shown)
    assert readable.value.parameters == {"s3Key": warm, "storageClass": "STANDARD"}

    remote.presign.delete(cold)
    with pytest.raises(ObjectArchived) as hidden:
        remote.presign.undelete(cold)
    assert hidden.value.parameters["versionId"] == version_id
    asked = remote.presign.restore(cold, version_id, days=3, tier="Bulk")
    assert (asked.state, asked.expected_by > datetime.now(UTC) + timedelta(hours=11)) == ("in-progress", True)
    desk.finish_restores()
    assert remote.presign.restore(cold, version_id).state == "restored"
    remote.presign.undelete(cold)
    assert read(remote, cold) == b"cold"
    for act in (remote.presign.delete, remote.presign.undelete, remote.presign.restore):
        with pytest.raises(NotFound) as missing:
            act(f"{PREFIX}2026-11-20_none")
        assert missing.value.parameters["s3Key"] == f"{PREFIX}2026-11-20_none"


# ---- with replies of our making --------------------------------------------------------------------------------


def grants(request: dict[str, Any], url: str = f"{HOST}/key?X-Amz-Signature=x") -> dict[str, Any]:
    return {
        "parts": [
            {
                "partNumber": one["partNumber"],
                "presignedUrl": url,
                "headers": {"content-length": str(one["size"])},
                "expiresAt": "2026-11-20T00:15:00Z",
            }
            for one in request["parts"]
        ]
    }


def test_parts_are_signed_a_hundred_at_a_time_in_order(make_client: Callable[..., Any]) -> None:
    client, http = make_client(grants)
    signed = client.sign_parts(KEY, "u", [part(number, b"") for number in range(1, 251)])
    assert [len(request["parts"]) for request in http.requests] == [100, 100, 50]
    assert [grant.part_number for grant in signed] == list(range(1, 251))
    assert http.requests[0]["parts"][0] == {
        "partNumber": 1,
        "size": 0,
        "checksum": {"algorithm": "CRC64NVME", "type": "FULL_OBJECT", "value": "AAAAAAAAAAA="},
    }
    assert client.sign_parts(KEY, "u", []) == []


def test_a_part_goes_nowhere_but_to_the_accepted_bucket(make_client: Callable[..., Any]) -> None:
    client, _ = make_client(lambda request: grants(request, "https://elsewhere.example/key"))
    with pytest.raises(HostNotPinned):
        client.sign_parts(KEY, "u", [part(1, b"")])


@pytest.mark.parametrize(
    "reply",
    [
        {"parts": []},
        {
            "parts": [
                {"partNumber": 2, "presignedUrl": HOST, "headers": {}, "expiresAt": "2026-11-20T00:15:00Z"}
            ]
        },
        {"parts": [{"partNumber": 1}]},
        {
            "parts": [
                {
                    "partNumber": 1,
                    "presignedUrl": HOST,
                    "headers": {"host": "elsewhere"},
                    "expiresAt": "2026-11-20T00:15:00Z",
                }
            ]
        },
    ],
)
def test_urls_for_other_parts_are_not_taken(make_client: Callable[..., Any], reply: dict[str, Any]) -> None:
    client, _ = make_client(json_reply(reply))
    with pytest.raises(NotOurProtocol):
        client.sign_parts(KEY, "u", [part(1, b"")])


@pytest.mark.parametrize(
    "changes", [{"partSize": 0}, {"partSize": 4}, {"partCount": 3}, {"s3Key": "another"}, {"uploadId": 7}]
)
def test_an_upload_of_another_size_or_key_is_not_begun(
    make_client: Callable[..., Any], changes: dict[str, Any]
) -> None:
    right = {"s3Key": KEY, "uploadId": "u", "partSize": 5, "partCount": 2, "timestamp": "2026-11-20"}
    request = MultipartRequest("a.zst", "application/zstd", 10, s3_key=KEY)
    assert make_client(json_reply(right))[0].create_multipart(request).part_count == 2
    with pytest.raises(NotOurProtocol):
        make_client(json_reply(right | changes))[0].create_multipart(request)


def test_pages_of_parts_lead_on_or_are_refused(make_client: Callable[..., Any]) -> None:
    def page(number: int, following: int | None) -> Any:
        one = {"partNumber": number, "size": 5, "etag": "e", "checksum": None}
        return json_reply({"parts": [one], "next": following})

    client, http = make_client(page(1, 1), page(2, None))
    assert [one.part_number for one in client.list_parts(KEY, "u")] == [1, 2]
    assert http.requests[1]["after"] == 1
    with pytest.raises(NotOurProtocol):
        list(make_client(page(1, 1), page(1, 1))[0].list_parts(KEY, "u"))


@pytest.mark.parametrize(
    ("status", "problem", "kind", "parameters"),
    [
        (412, {"code": "already-there"}, AlreadyThere, {"s3Key": KEY}),
        (409, {"code": "conflict", "retryable": True}, Conflict, {"s3Key": KEY}),
        (
            413,
            {"code": "too-large", "size": 9, "limit": 5, "versionId": "v"},
            TooLarge,
            {"size": 9, "limit": 5, "reason": "copy", "s3Key": KEY, "versionId": "v"},
        ),
        (413, {"code": "too-large", "limit": 5}, TooLarge, {"size": None, "limit": 5}),
    ],
)
def test_refusals_are_errors_of_our_own(
    make_client: Callable[..., Any],
    status: int,
    problem: dict[str, Any],
    kind: type[Exception],
    parameters: dict[str, Any],
) -> None:
    client, _ = make_client(json_reply(problem | {"status": status}, status))
    with pytest.raises(kind) as refused:
        client.undelete(KEY)
    assert refused.value.parameters == parameters  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("action", "reply"),
    [
        (lambda client: client.delete(KEY), {"versionId": "v"}),
        (lambda client: client.undelete(KEY), {"versionId": "v"}),
        (lambda client: client.restore(KEY), {"state": "in-progress", "expectedBy": "2026-11-20T00:15:00Z"}),
        (lambda client: client.abort_multipart(KEY, "u"), {}),
        (
            lambda client: client.complete_multipart(KEY, "u", size=5, crc64nvme=bytes(8)),
            {"s3Key": KEY, "etag": "e", "size": 5},
        ),
    ],
)
def test_a_reply_that_is_lost_is_asked_for_again(
    make_client: Callable[..., Any], action: Any, reply: dict[str, Any]
) -> None:
    client, http = make_client(Unreachable(host="h", reason="gone"), json_reply(reply))
    action(client)
    assert http.requests[0] == http.requests[1]
