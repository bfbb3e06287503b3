"""Presigned URLs: what is signed is exactly what the reply lists, and the signature is SigV4's.

The signature is computed again here from AWS's description, without botocore, and held against AWS's own example.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.presign.settings import read_settings
from backend.presign.signer import Signer

NOW = datetime(2026, 11, 23, 19, 15, 7, tzinfo=UTC)


def expected_signature(method: str, url: str, headers: dict[str, str], secret: str) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.pop("X-Amz-Signature")
    signed = {name: " ".join(value.split()) for name, value in headers.items()} | {"host": parts.netloc}
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        [
            method,
            # S3's canonical path is the decoded key, encoded once: what S3 itself computes from the request.
            quote(unquote(parts.path), safe="/-_.~"),
            "&".join(
                sorted(
                    f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query.items()
                )
            ),
            "".join(f"{name}:{signed[name]}\n" for name in sorted(signed)),
            names,
            "UNSIGNED-PAYLOAD",
        ]
    )
    _, day, region, service, end = query["X-Amz-Credential"].split("/")
    scope = f"{day}/{region}/{service}/{end}"
    to_sign = (
        f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    )
    key = f"AWS4{secret}".encode()
    for step in (day, region, service, end):
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def check(method: str, url: str, headers: dict[str, str], secret: str) -> None:
    query = query_of(url)
    assert query["X-Amz-SignedHeaders"].split(";") == sorted({*headers, "host"})
    assert query["X-Amz-Signature"] == expected_signature(method, url, headers, secret)


def test_the_recomputation_itself_agrees_with_the_example_that_aws_publishes(
    environment: dict[str, str],
) -> None:
    del environment["AWS_SESSION_TOKEN"]
    settings = read_settings(
        environment
        | {
            "S3_BUCKET_NAME": "examplebucket",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
            "S3_ADDRESSING_STYLE": "virtual",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        }
    )
    url = Signer(settings).get("test.txt", None, 86400, datetime(2013, 5, 24, tzinfo=UTC))
    assert (
        query_of(url)["X-Amz-Signature"] == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    check("GET", url, {}, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


FULL = {
    "kind": "log",
    "size": 5,
    "ifAbsent": True,
    "metadata": {"tool": "claude-code", "session-id": "a  b, c;d=é".replace("é", "e"), "original-size": "10"},
}


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize(
    "extra",
    [
        {},
        FULL,
        {"contentType": 'Text/Markdown; Charset="UTF-8"'},
        {"kind": "index", "fileName": "machine1"},
        {"checksum": {"algorithm": "CRC64NVME", "value": base64.b64encode(b"12345678").decode()}},
    ],
)
def test_the_headers_of_the_reply_are_the_ones_that_are_signed(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any], extra: dict[str, Any], token: bool
) -> None:
    if not token:
        environment.pop("AWS_SESSION_TOKEN")
    body = make_desk(environment).ask("upload", **upload | extra).body
    assert all(name == name.lower() for name in body["headers"])
    check("PUT", body["presignedUrl"], body["headers"], environment["AWS_SECRET_ACCESS_KEY"])
    assert query_of(body["presignedUrl"]).get("X-Amz-Security-Token") == environment.get("AWS_SESSION_TOKEN")


def test_everything_that_s3_shall_enforce_is_among_them(desk: Any, upload: dict[str, Any]) -> None:
    headers = desk.ask("upload", **upload | FULL).body["headers"]
    assert headers == {
        "content-type": "application/zstd",
        "content-length": "5",
        "x-amz-checksum-sha256": upload["checksum"]["value"],
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": desk.environment["KMS_KEY_ID"],
        "if-none-match": "*",
        "x-amz-meta-tool": "claude-code",
        "x-amz-meta-session-id": "a  b, c;d=e",
        "x-amz-meta-original-size": "10",
    }


def test_the_life_of_a_url_counts_from_the_requests_own_time(desk: Any, upload: dict[str, Any]) -> None:
    body = desk.ask("upload", **upload | {"expiresIn": 60}).body
    query = query_of(body["presignedUrl"])
    assert (query["X-Amz-Date"], query["X-Amz-Expires"]) == ("20261123T191507Z", "60")
    assert body["expiresAt"] == "2026-11-23T19:16:07Z"
    del upload["expiresIn"]
    assert query_of(desk.ask("upload", **upload).body["presignedUrl"])["X-Amz-Expires"] == "3600"


@pytest.mark.parametrize(
    ("changes", "start", "host"),
    [
        (
            {},
            "https://media-viewer-v209-chat-logs-test-123456789012.s3.ap-northeast-1.amazonaws.com/chat-logs/",
            "media-viewer-v209-chat-logs-test-123456789012.s3.ap-northeast-1.amazonaws.com",
        ),
        (
            {"S3_ADDRESSING_STYLE": "path"},
            "https://s3.ap-northeast-1.amazonaws.com/media-viewer-v209-chat-logs-test-123456789012/chat-logs/",
            "s3.ap-northeast-1.amazonaws.com",
        ),
        (
            {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4566"},
            "http://127.0.0.1:4566/media-viewer-v209-chat-logs-test-123456789012/chat-logs/",
            "127.0.0.1",
        ),
        (
            {"AWS_ENDPOINT_URL_S3": "https://s3.example.org:9000/", "S3_ADDRESSING_STYLE": "virtual"},
            "https://media-viewer-v209-chat-logs-test-123456789012.s3.example.org:9000/chat-logs/",
            "media-viewer-v209-chat-logs-test-123456789012.s3.example.org:9000",
        ),
        (
            {"AWS_REGION": "cn-north-1"},
            "https://media-viewer-v209-chat-logs-test-123456789012.s3.cn-north-1.amazonaws.com.cn/chat-logs/",
            "media-viewer-v209-chat-logs-test-123456789012.s3.cn-north-1.amazonaws.com.cn",
        ),
    ],
)
def test_where_a_url_leads_is_what_health_says(
    make_desk: Any,
    environment: dict[str, str],
    upload: dict[str, Any],
    changes: dict[str, str],
    start: str,
    host: str,
) -> None:
    desk = make_desk(environment | changes)
    body = desk.ask("upload", **upload).body
    assert body["presignedUrl"].startswith(start)
    check("PUT", body["presignedUrl"], body["headers"], environment["AWS_SECRET_ACCESS_KEY"])
    assert desk.ask("health").body["storage"]["host"] == host


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
)
def test_any_key_and_version_is_signed_as_s3_reads_it(key: str, version_id: str) -> None:
    settings = read_settings(
        {
            "S3_BUCKET_NAME": "bucket",
            "KMS_KEY_ID": "key",
            "OWNER_ID": "hana",
            "AWS_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }
    )
    url = Signer(settings).get("chat-logs/hana/" + key, version_id, 900, NOW)
    assert unquote(urlsplit(url).path) == "/chat-logs/hana/" + key
    assert query_of(url)["versionId"] == version_id
    check("GET", url, {}, "secret")
