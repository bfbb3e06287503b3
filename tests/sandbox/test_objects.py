"""What the sandbox's S3 answers when it agrees: as S3 does, byte for byte and header for header."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from awscrt import checksums
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "chat-logs/sandbox/"
BODY = bytes(range(256)) * 4


@pytest.fixture
def client(local_server: Any) -> Iterator[Any]:
    """boto3, which knows nothing of this server."""
    identity = local_server.identity
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{local_server.port}",
        region_name=identity.region,
        aws_access_key_id=identity.access_key,
        aws_secret_access_key=identity.secret_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={}),
    )
    yield client
    client.close()


@pytest.fixture
def encryption(local_server: Any) -> dict[str, str]:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": local_server.identity.key_arn}


def test_a_puts_reply_tells_all_that_verifying_needs(local_server: Any) -> None:
    signer = local_server.signer

    reply = signer.put(BODY).go()

    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    told = reply.headers
    assert told["x-amz-checksum-sha256"] == digest
    assert told["x-amz-checksum-type"] == "FULL_OBJECT"
    assert told["x-amz-server-side-encryption"] == "aws:kms"
    assert told["x-amz-server-side-encryption-aws-kms-key-id"] == signer.identity.key_arn
    assert told["x-amz-server-side-encryption-bucket-key-enabled"] == "true"
    assert len(told["x-amz-version-id"]) == 32
    assert told["etag"].strip('"') != hashlib.md5(BODY).hexdigest()  # noqa: S324 - with SSE-KMS it is none


def test_without_a_checksum_s3_adds_its_own(local_server: Any) -> None:
    signer = local_server.signer

    put = signer.put(BODY, without=("x-amz-checksum-sha256",)).go()
    head = signer.presign("HEAD", headers={"x-amz-checksum-mode": "ENABLED"}).go()

    expected = base64.b64encode(checksums.crc64nvme(BODY).to_bytes(8, "big")).decode()
    assert put.headers["x-amz-checksum-crc64nvme"] == expected
    assert head.headers["x-amz-checksum-crc64nvme"] == expected
    assert "x-amz-checksum-crc64nvme" not in signer.presign("HEAD").go().headers


@pytest.mark.parametrize(
    "body", [b"", b"x", BODY * 200, BODY * 3000], ids=["empty", "one byte", "a file", "blocks"]
)
def test_what_goes_in_comes_out(local_server: Any, body: bytes) -> None:
    signer = local_server.signer
    put = signer.put(body, extra={"x-amz-meta-note": "a b", "x-amz-storage-class": "STANDARD_IA"}).go()

    got = signer.presign("GET").go()
    head = signer.presign("HEAD").go()

    assert (put.status_code, got.status_code, head.status_code) == (200, 200, 200)
    assert got.content == body
    assert head.content == b""
    for reply in (got, head):
        assert reply.headers["content-length"] == str(len(body))
        assert reply.headers["content-type"] == "application/zstd"
        assert reply.headers["x-amz-meta-note"] == "a b"
        assert reply.headers["x-amz-storage-class"] == "STANDARD_IA"
        assert reply.headers["x-amz-version-id"] == put.headers["x-amz-version-id"]


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("bytes=0-9", 206, BODY[:10]),
        ("bytes=1000-", 206, BODY[1000:]),
        ("bytes=-5", 206, BODY[-5:]),
        ("bytes=1020-99999", 206, BODY[1020:]),
        ("bytes=-99999", 206, BODY),
        ("bytes=0-0", 206, BODY[:1]),
        ("bytes=5-2", 200, BODY),
        ("bytes=0-1,5-6", 200, BODY),
        ("lines=1-2", 200, BODY),
        ("bytes=1024-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_ranges(local_server: Any, header: str, status: int, expected: bytes | None) -> None:
    signer = local_server.signer
    signer.put(BODY).go()

    reply = signer.presign("GET", headers={"range": header}).go()

    assert reply.status_code == status
    if expected is not None:
        assert reply.content == expected


def test_a_range_across_blocks_of_a_file(local_server: Any) -> None:
    signer = local_server.signer
    body = BODY * 3000
    signer.put(body).go()

    assert (
        signer.presign("GET", headers={"range": "bytes=1048570-2097160"}).go().content
        == body[1048570:2097161]
    )


def test_conditional_reads(local_server: Any) -> None:
    signer = local_server.signer
    etag = signer.put(BODY).go().headers["etag"]

    def status(**headers: str) -> int:
        return int(
            signer.presign("GET", headers={k.replace("_", "-"): v for k, v in headers.items()})
            .go()
            .status_code
        )

    assert status(if_none_match=etag) == 304
    assert status(if_none_match='"other"') == 200
    assert status(if_match=etag) == 200
    assert status(if_match='"other"') == 412
    assert status(if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT") == 304
    assert status(if_unmodified_since="Sat, 01 Jan 2000 00:00:00 GMT") == 412


def test_conditional_writes(local_server: Any) -> None:
    signer = local_server.signer
    etag = signer.put(BODY, extra={"if-none-match": "*"}).go().headers["etag"]

    assert signer.put(BODY, extra={"if-none-match": "*"}).go().status_code == 412
    assert signer.put(BODY, extra={"if-match": '"other"'}).go().status_code == 412
    assert signer.put(BODY, extra={"if-match": etag}).go().status_code == 200
    assert signer.put(BODY, FOLDER + "absent", extra={"if-match": etag}).go().status_code == 404
    signer.presign("DELETE").go()
    assert signer.put(BODY, extra={"if-none-match": "*"}).go().status_code == 200  # a marker is no object


def test_deleting_only_puts_a_marker_on_top(local_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = local_server.signer
    version = signer.put(BODY).go().headers["x-amz-version-id"]

    deleted = signer.presign("DELETE").go()

    marker = deleted.headers["x-amz-version-id"]
    assert (deleted.status_code, deleted.headers["x-amz-delete-marker"]) == (204, "true")
    assert signer.presign("GET").go().status_code == 403
    assert signer.presign("GET", query=f"versionId={version}").go().content == BODY
    of_marker = signer.presign("GET", query=f"versionId={marker}").go()
    assert (of_marker.status_code, of_marker.headers["x-amz-delete-marker"]) == (405, "true")
    monkeypatch.setattr("app.sandbox.policies.Authorizer.allows", lambda *_: True)
    known = signer.presign("GET").go()
    assert (known.status_code, known.headers["x-amz-delete-marker"]) == (404, "true")


def test_an_archived_object_is_not_read_before_it_is_restored(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(BODY, extra={"x-amz-storage-class": "GLACIER"}).go()

    got = signer.presign("GET").go()
    head = signer.presign("HEAD").go()

    assert (got.status_code, "InvalidObjectState" in got.text) == (403, True)
    assert (head.status_code, head.headers["x-amz-storage-class"]) == (200, "GLACIER")


def test_a_signed_url_may_choose_the_replys_name_for_the_file(local_server: Any) -> None:
    signer = local_server.signer
    signer.put(BODY).go()
    query = "response-content-disposition=attachment%3B%20filename%3D%22a.zst%22&response-content-type=text%2Fplain"

    reply = signer.presign("GET", query=query).go()
    split = signer.presign("GET", query="response-content-type=a%0d%0aset-cookie%3ax").go()

    assert reply.headers["content-disposition"] == 'attachment; filename="a.zst"'
    assert reply.headers["content-type"] == "text/plain"
    assert (split.status_code, "set-cookie" in split.headers) == (400, False)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"x-amz-checksum-sha256": "no base64!"}, "InvalidRequest"),
        ({"x-amz-checksum-sha256": "AAAA"}, "InvalidRequest"),
        ({"x-amz-checksum-crc32": "AAAAAA=="}, "InvalidRequest"),  # beside the SHA-256: one too many
        ({"content-md5": "AAAA"}, "InvalidDigest"),
        ({"x-amz-storage-class": "FLOPPY"}, "InvalidStorageClass"),
        ({"if-none-match": '"etag"'}, "NotImplemented"),
        ({"x-amz-server-side-encryption-context": "nonsense"}, "InvalidArgument"),
        ({"x-amz-tagging": "a=b"}, "NotImplemented"),
        ({"x-amz-copy-source-if-match": "etag"}, "NotImplemented"),
        ({"x-amz-server-side-encryption-customer-algorithm": "AES256"}, "NotImplemented"),
    ],
)
def test_uploads_that_make_no_sense(local_server: Any, extra: dict[str, str], code: str) -> None:
    reply = local_server.signer.put(BODY, extra=extra).go()

    assert reply.status_code in {400, 501}
    assert f"<Code>{code}</Code>" in reply.text


def test_an_independent_client_reads_it_as_s3(
    client: Any, local_server: Any, encryption: dict[str, str]
) -> None:
    bucket = local_server.identity.bucket
    key = FOLDER + "2026-01-02_セッション 1+2&3.jsonl"

    put = client.put_object(Bucket=bucket, Key=key, Body=BODY, Metadata={"tool": "claude-code"}, **encryption)
    client.put_object(Bucket=bucket, Key=key, Body=BODY + BODY, **encryption)
    got = client.get_object(Bucket=bucket, Key=key, VersionId=put["VersionId"], ChecksumMode="ENABLED")
    head = client.head_object(Bucket=bucket, Key=key)
    listed = client.list_objects_v2(Bucket=bucket, Prefix=FOLDER)["Contents"]
    versions = client.list_object_versions(Bucket=bucket, Prefix=FOLDER)["Versions"]

    assert got["Body"].read() == BODY
    assert got["Metadata"] == {"tool": "claude-code"}
    assert got["SSEKMSKeyId"] == local_server.identity.key_arn
    assert head["ContentLength"] == 2 * len(BODY)
    assert [(entry["Key"], entry["Size"]) for entry in listed] == [(key, 2 * len(BODY))]
    assert [(entry["IsLatest"], entry["Size"]) for entry in versions] == [
        (True, 2 * len(BODY)),
        (False, len(BODY)),
    ]
    with pytest.raises(ClientError) as failure:
        client.head_object(Bucket=bucket, Key=FOLDER + "missing")
    assert failure.value.response["Error"]["Code"] == "403"
    with pytest.raises(ClientError) as failure:
        client.list_buckets()
    assert failure.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(client.exceptions.NoSuchBucket):
        client.list_objects_v2(Bucket="another-bucket", Prefix=FOLDER)


def test_a_full_disk_is_said_and_leaves_nothing(
    local_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.sandbox.store.os.fsync", full)

    reply = local_server.signer.put(BODY * 3000).go()

    assert (reply.status_code, "No space left" in reply.text) == (503, True)
    assert list((tmp_path / "local" / "bodies").glob("??/*")) == []
    monkeypatch.undo()
    assert local_server.signer.put(BODY * 3000).go().status_code == 200
