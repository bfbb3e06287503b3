"""The presign client against an endpoint that answers well, badly, or is not one at all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.account.profiles import Storage
from app.errors import (
    AccessDenied,
    Conflict,
    HostNotPinned,
    InvalidRequest,
    NotFound,
    NotOurProtocol,
    ObjectArchived,
    RedirectRefused,
    RemoteError,
    ServerFailed,
    Throttled,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from app.remote.presign import REQUEST_BYTES
from app.remote.protocol import DownloadGrant, HeadReply, ObjectRequest, UploadGrant, UploadRequest
from app.remote.replies import LONGEST_WAIT_ASKED, check_presigned_host, retry_after
from app.remote.transport import HttpReply
from tests.remote.conftest import json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "https://bucket.s3.ap-northeast-1.amazonaws.com"


def upload_request(name: str = "a.zst", **fields: Any) -> UploadRequest:
    return UploadRequest(file_name=name, content_type="application/zstd", size=3, sha256=b"\1" * 32, **fields)


def grant_all(request: dict[str, Any], url: str = f"{HOST}/key?X-Amz-Signature=x") -> dict[str, Any]:
    """A reply to `upload` or `download`."""
    return {
        "items": [
            {
                "presignedUrl": url,
                "s3Key": item.get("s3Key", f"chat-logs/me/2026-11-03_{item.get('fileName')}"),
                "timestamp": "2026-11-03",
                "method": "PUT",
                "headers": {"content-type": "application/zstd"},
                "expiresAt": "2026-11-03T00:15:00Z",
                "aFieldOfTheFuture": 1,
            }
            for item in request["items"]
        ]
    }


def problem(code: str, status: int, **members: Any) -> dict[str, Any]:
    return {
        "type": f"urn:chat-log-uploader:problem:{code}",
        "title": "t",
        "status": status,
        "detail": "why",
        "code": code,
        "requestId": "r",
        "retryable": status >= 500,
        **members,
    }


def test_an_upload_asks_with_the_fields_of_the_protocol(make_client: Callable[..., Any]) -> None:
    from datetime import date  # noqa: PLC0415

    client, http = make_client(grant_all)

    [grant] = client.upload(
        [upload_request(session_date=date(2026, 11, 3), if_absent=True, metadata={"tool": "t"})]
    )

    assert isinstance(grant, UploadGrant)
    assert http.requests == [
        {
            "action": "upload",
            "items": [
                {
                    "fileName": "a.zst",
                    "contentType": "application/zstd",
                    "expiresIn": 900,
                    "kind": "log",
                    "size": 3,
                    "checksum": {
                        "algorithm": "SHA256",
                        "type": "FULL_OBJECT",
                        "value": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
                    },
                    "sessionDate": "2026-11-03",
                    "ifAbsent": True,
                    "metadata": {"tool": "t"},
                }
            ],
        }
    ]
    assert http.headers[0]["Authorization"] == "Bearer secret"


def test_items_go_in_batches_of_at_most_a_hundred_in_order(make_client: Callable[..., Any]) -> None:
    client, http = make_client(grant_all)

    grants = client.upload([upload_request(f"{number}.zst") for number in range(250)])

    assert [len(request["items"]) for request in http.requests] == [100, 100, 50]
    assert [grant.s3_key.rpartition("_")[2] for grant in grants] == [f"{number}.zst" for number in range(250)]
    assert client.requests_sent == 3


@given(st.lists(st.integers(1, 60_000), max_size=40))
def test_no_request_is_larger_than_the_limit(lengths: list[int]) -> None:
    from app.remote.presign import PresignClient  # noqa: PLC0415
    from app.transfer.retry import Retrier  # noqa: PLC0415
    from tests.remote.conftest import ENDPOINT, ScriptedHttp  # noqa: PLC0415

    http = ScriptedHttp(grant_all)
    client = PresignClient(ENDPOINT, None, http, retry=Retrier())

    replies = client.upload([upload_request("n" * length) for length in lengths])

    assert len(replies) == len(lengths)
    assert all(size <= REQUEST_BYTES for size in http.sizes)


def test_nothing_asked_is_nothing_sent(make_client: Callable[..., Any]) -> None:
    client, http = make_client(grant_all)
    assert client.upload([]) == []
    assert http.requests == []


def test_each_item_has_its_own_error(make_client: Callable[..., Any]) -> None:
    replies = {
        "items": [
            problem("not-found", 404),
            problem("object-archived", 409, storageClass="GLACIER", restore=None),
            problem("unavailable", 503, retryAfter=2),
            {"size": 1, "etag": "e", "versionId": "v", "metadata": {"tool": "t"}, "checksum": None},
        ]
    }
    client, _ = make_client(lambda _: replies)

    missing, archived, failed, head = client.head([ObjectRequest(f"k{number}") for number in range(4)])

    assert isinstance(missing, NotFound)
    assert missing.parameters == {"s3Key": "k0"}
    assert isinstance(archived, ObjectArchived)
    assert archived.parameters["storageClass"] == "GLACIER"
    assert isinstance(failed, ServerFailed)
    assert failed.parameters["retryAfter"] == 2
    assert isinstance(head, HeadReply)
    assert head.metadata == {"tool": "t"}


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("invalid-request", 400, InvalidRequest),
        ("unauthorized", 401, Unauthorized),
        ("forbidden", 403, AccessDenied),
        ("not-found", 404, NotFound),
        ("conflict", 409, Conflict),
        ("too-large", 413, TooLarge),
        ("throttled", 429, Throttled),
        ("internal", 500, ServerFailed),
        ("unavailable", 503, ServerFailed),
        ("a-code-of-the-future", 422, InvalidRequest),
        ("a-code-of-the-future", 507, ServerFailed),
    ],
)
def test_problems_are_told_by_their_code(
    make_client: Callable[..., Any], code: str, status: int, error: type[RemoteError]
) -> None:
    client, _ = make_client(json_reply(problem(code, status, field="items[0].size"), status))

    with pytest.raises(error) as caught:
        client.health()
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, b'{"Message":"Forbidden"}', AccessDenied),
        (403, b'{"message":"Missing Authentication Token"}', AccessDenied),
        (401, b'{"message":"Unauthorized"}', Unauthorized),
        (413, b'{"message":"Request Too Long"}', TooLarge),
        (408, b"<html><h1>408 Request Timeout</h1></html>", Unreachable),
        (429, b'{"message":"Too Many Requests"}', Throttled),
        (429, b"<html><h1>429 Too Many Requests</h1></html>", Throttled),
        (502, b'{"message":"Internal server error"}', ServerFailed),
        (504, b'{"message":"Endpoint request timed out"}', ServerFailed),
        (502, b"<html><h1>502 Bad Gateway</h1></html>", ServerFailed),
        (200, b"<html>Please sign in to this network</html>", NotOurProtocol),
        (403, b"<html>Blocked by policy</html>", NotOurProtocol),
        (404, b"<html>Not Found</html>", NotOurProtocol),
        (407, b"<html>Proxy</html>", NotOurProtocol),
        (200, b"", NotOurProtocol),
        (200, b"[]", NotOurProtocol),
        (200, b'{"status": 5}', NotOurProtocol),
        (200, b'{"status": "ok"', NotOurProtocol),
        (200, b"\xff\xfe", NotOurProtocol),
        (200, b"[" * 100_000, NotOurProtocol),
        (204, b"", NotOurProtocol),
        (301, b"", RedirectRefused),
        (307, b'{"status": "ok"}', RedirectRefused),
    ],
)
def test_replies_of_others_are_told_by_their_status(
    make_client: Callable[..., Any], status: int, body: bytes, error: type[RemoteError]
) -> None:
    client, _ = make_client(HttpReply(status, {"content-type": "text/html"}, body))

    with pytest.raises(error) as caught:
        client.health()
    assert type(caught.value) is error


def test_what_passes_is_tried_three_times_and_signed_each_time(make_client: Callable[..., Any]) -> None:
    client, http = make_client(
        Unreachable(host="h", reason="r"),
        json_reply(problem("throttled", 429), 429),
        json_reply({"status": "ok"}),
    )

    assert client.health().status == "ok"
    assert client.requests_sent == 3
    assert len(http.headers) == 3


def test_the_third_failure_is_final(make_client: Callable[..., Any]) -> None:
    client, http = make_client(json_reply(problem("unavailable", 503), 503))

    with pytest.raises(ServerFailed):
        client.health()
    assert len(http.requests) == 3


def test_what_does_not_pass_is_asked_once(make_client: Callable[..., Any]) -> None:
    client, http = make_client(json_reply(problem("forbidden", 403), 403))

    with pytest.raises(AccessDenied):
        client.health()
    assert len(http.requests) == 1


def test_a_retry_after_header_counts(make_client: Callable[..., Any]) -> None:
    client, _ = make_client(json_reply(problem("throttled", 429), 429, retry_after="0"))

    with pytest.raises(Throttled) as caught:
        client.health()
    assert caught.value.parameters["retryAfter"] == 0


@pytest.mark.parametrize(
    ("asked", "date", "seconds"),
    [
        ("Tue, 24 Nov 2026 10:00:30 GMT", "Tue, 24 Nov 2026 10:00:00 GMT", 30.0),
        ("Tue, 24 Nov 2026 09:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 23:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT", LONGEST_WAIT_ASKED),
        ("Tue, 24 Nov 2020 10:00:00 GMT", "", 0.0),
        ("Sun, 24 Nov 2999 10:00:00 GMT", "yesterday", LONGEST_WAIT_ASKED),
        ("Tue, 24 Nov 2026 10:00:30", "Tue, 24 Nov 2026 10:00:00 GMT", 30.0),
        ("12", "", 12.0),
        ("inf", "", LONGEST_WAIT_ASKED),
        ("nan", "", None),
        ("-1", "", None),
        ("soon", "Tue, 24 Nov 2026 10:00:00 GMT", None),
        ("Tue, 99 Nov 2026 10:00:30 GMT", "", None),
        ("Tue, 24 Nov 2026 10:00:30 +99999999999999999", "", None),
        ("", "", None),
    ],
)
def test_a_retry_after_may_be_seconds_or_a_date_of_the_servers_clock(
    asked: str, date: str, seconds: float | None
) -> None:
    assert retry_after({"retry-after": asked, "date": date}) == seconds


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/key",
        "http://bucket.s3.ap-northeast-1.amazonaws.com/key",
        "https://bucket.s3.ap-northeast-1.amazonaws.com.evil.example/key",
        "https://bucket.s3.ap-northeast-1.amazonaws.com@evil.example/key",
        "https://evil.example\\@bucket.s3.ap-northeast-1.amazonaws.com/key",
        "https://evil.example#@bucket.s3.ap-northeast-1.amazonaws.com/key",
        "https://other.s3.ap-northeast-1.amazonaws.com/key",
        "https://user:word@bucket.s3.ap-northeast-1.amazonaws.com/key",
        "https://[::1/key",
        "ftp://bucket.s3.ap-northeast-1.amazonaws.com/key",
        "http://127.0.0.1/bucket/key",
        "",
    ],
)
@pytest.mark.parametrize("action", ["upload", "download"])
def test_urls_that_lead_elsewhere_are_refused(make_client: Callable[..., Any], url: str, action: str) -> None:
    client, _ = make_client(lambda request: grant_all(request, url))

    with pytest.raises(HostNotPinned):
        getattr(client, action)([upload_request()] if action == "upload" else [ObjectRequest("k")])


def test_the_sandboxs_urls_may_have_any_port_but_not_another_bucket() -> None:
    pinned = Storage("bucket", "ap-northeast-1", "me", "127.0.0.1")
    check_presigned_host("http://127.0.0.1:4711/bucket/chat-logs/k", pinned)
    for url in (
        "http://127.0.0.1:4711/other/k",
        "http://127.0.0.2:4711/bucket/k",
        "http://localhost/bucket/k",
    ):
        with pytest.raises(HostNotPinned):
            check_presigned_host(url, pinned)


def test_without_a_pin_only_plain_http_elsewhere_is_refused() -> None:
    check_presigned_host("https://any.example/k", None)
    check_presigned_host("http://127.0.0.1:1/k", None)
    with pytest.raises(HostNotPinned):
        check_presigned_host("http://any.example/k", None)


@pytest.mark.parametrize(
    "headers", [{"x-amz-meta-a": "b\r\nx-evil: 1"}, {"bad name": "x"}, {"Host": "evil"}, {"x": "ü"}]
)
def test_headers_that_http_cannot_carry_are_refused(
    make_client: Callable[..., Any], headers: dict[str, str]
) -> None:
    def answer(request: dict[str, Any]) -> Any:
        reply = grant_all(request)
        reply["items"][0]["headers"] = headers
        return reply

    client, _ = make_client(answer)
    with pytest.raises(NotOurProtocol):
        client.upload([upload_request()])


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_of_replies_is_not_our_protocol(make_client: Callable[..., Any], count: int) -> None:
    client, _ = make_client(lambda request: {"items": [grant_all(request)["items"][0]] * count})

    with pytest.raises(NotOurProtocol):
        client.upload([upload_request()])


def test_a_grant_for_another_object_is_refused(make_client: Callable[..., Any]) -> None:
    def swap(request: dict[str, Any]) -> Any:
        reply = grant_all(request)
        reply["items"][0]["s3Key"] = "chat-logs/me/other"
        return reply

    client, _ = make_client(swap)
    with pytest.raises(NotOurProtocol):
        client.download([ObjectRequest("chat-logs/me/mine")])
    with pytest.raises(NotOurProtocol):
        client.upload([upload_request(s3_key="chat-logs/me/mine")])


def test_lists_are_read_page_by_page(make_client: Callable[..., Any]) -> None:
    def page(request: dict[str, Any]) -> Any:
        number = int(request.get("cursor", "0"))
        return {
            "objects": [
                {
                    "s3Key": f"k{number}",
                    "fileName": "n",
                    "size": 1,
                    "lastModified": "2026-11-03T00:00:00Z",
                    "storageClass": "STANDARD",
                    "etag": "e",
                }
            ],
            "next": str(number + 1) if number < 2 else None,
        }

    client, http = make_client(page)

    assert [found.s3_key for found in client.list_objects()] == ["k0", "k1", "k2"]
    assert [request.get("cursor") for request in http.requests] == [None, "1", "2"]


def test_a_cursor_that_leads_nowhere_ends_the_list(make_client: Callable[..., Any]) -> None:
    client, http = make_client(lambda _: {"versions": [], "next": "same"})

    with pytest.raises(NotOurProtocol):
        list(client.versions())
    assert len(http.requests) == 2


def test_threads_may_share_a_client(make_client: Callable[..., Any]) -> None:
    client, _ = make_client(json_reply({"status": "ok"}))
    threads = [threading.Thread(target=client.health) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert client.requests_sent == 50


def test_a_grant_shows_its_version(make_client: Callable[..., Any]) -> None:
    client, http = make_client(grant_all)

    [grant] = client.download([ObjectRequest("k", "v1")])

    assert isinstance(grant, DownloadGrant)
    assert http.requests[0]["items"] == [{"s3Key": "k", "versionId": "v1"}]
