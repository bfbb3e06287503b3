"""Multipart uploads through boto3 and by hand, with S3's rules."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from awscrt import checksums

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MIB = 1024 * 1024
LARGE, SMALL = os.urandom(5 * MIB), os.urandom(1000)
KEY = "chat-logs/sandbox/2026-01-02_large"


def crc64nvme(body: bytes) -> str:
    return base64.b64encode(checksums.crc64nvme(body).to_bytes(8, "big")).decode()


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


class Upload:
    """One upload in parts, with presigned requests only."""

    def __init__(
        self, signer: Any, algorithm: str = "CRC64NVME", more: Mapping[str, str] | None = None
    ) -> None:
        self.signer = signer
        self.tag = f"Checksum{algorithm}"
        headers = {**signer.encryption, "x-amz-checksum-algorithm": algorithm, **(more or {})}
        self.created = signer.presign("POST", KEY, headers, query="uploads=").go()
        self.id = (re.findall("<UploadId>(.*)</UploadId>", self.created.text) or [""])[0]
        self.parts: list[tuple[int, str, str]] = []

    def part(self, number: int, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
        sent = self.signer.presign(
            "PUT", KEY, headers or {}, query=f"partNumber={number}&uploadId={self.id}", body=body
        )
        reply = sent.go()
        if reply.status_code == 200:
            name = f"x-amz-checksum-{self.tag.removeprefix('Checksum').lower()}"
            self.parts.append((number, reply.headers["etag"], reply.headers[name]))
        return reply

    def complete(
        self, parts: list[tuple[int, str, str]] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><{self.tag}>{value}</{self.tag}></Part>"
            for number, etag, value in (parts if parts is not None else self.parts)
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        return self.signer.presign("POST", KEY, headers or {}, query=f"uploadId={self.id}", body=body).go()

    def list(self, query: str = "") -> Any:
        return self.signer.presign("GET", KEY, query=f"uploadId={self.id}{query}").go()

    def abort(self) -> Any:
        return self.signer.presign("DELETE", KEY, query=f"uploadId={self.id}").go()


def code(reply: Any) -> str:
    found: list[str] = re.findall("<Code>(.*)</Code>", reply.text)
    return found[0] if found else str(reply.status_code)


def test_the_checksum_of_the_whole_is_made_of_the_parts(local_server: Any) -> None:
    upload = Upload(local_server.signer)
    upload.part(1, LARGE)
    upload.part(2, LARGE[::-1])
    upload.part(3, SMALL)
    whole = LARGE + LARGE[::-1] + SMALL

    done = upload.complete(
        headers={"x-amz-checksum-crc64nvme": crc64nvme(whole), "x-amz-checksum-type": "FULL_OBJECT"}
    )
    head = local_server.signer.presign("HEAD", KEY, {"x-amz-checksum-mode": "ENABLED"}).go()

    assert (done.status_code, f"<ChecksumCRC64NVME>{crc64nvme(whole)}<" in done.text) == (200, True), (
        done.text
    )
    assert head.headers["x-amz-checksum-crc64nvme"] == crc64nvme(whole)
    assert head.headers["x-amz-checksum-type"] == "FULL_OBJECT"
    assert head.headers["x-amz-server-side-encryption-aws-kms-key-id"] == local_server.identity.key_arn
    assert head.headers["etag"].endswith('-3"')
    assert local_server.signer.presign("GET", KEY).go().content == whole
    across = {"range": f"bytes={5 * MIB - 3}-{10 * MIB + 2}"}
    assert local_server.signer.presign("GET", KEY, across).go().content == whole[5 * MIB - 3 : 10 * MIB + 3]


def test_completing_again_gives_the_same_version(local_server: Any) -> None:
    upload = Upload(local_server.signer)
    upload.part(1, SMALL)

    first, second = upload.complete(), upload.complete()

    assert first.headers["x-amz-version-id"] == second.headers["x-amz-version-id"]
    assert local_server.store.reader.execute("SELECT count(*) FROM versions").fetchone()[0] == 1


def test_sha256_is_composite(local_server: Any) -> None:
    upload = Upload(local_server.signer, "SHA256")
    upload.part(1, LARGE)
    upload.part(2, SMALL)

    done = upload.complete()

    both = hashlib.sha256(hashlib.sha256(LARGE).digest() + hashlib.sha256(SMALL).digest()).digest()
    assert f"<ChecksumSHA256>{base64.b64encode(both).decode()}-2<" in done.text
    assert "<ChecksumType>COMPOSITE<" in done.text


def test_a_small_part_that_is_not_the_last_is_refused(
    local_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(local_server.signer)
    upload.part(1, SMALL)
    upload.part(2, SMALL)

    assert code(upload.complete()) == "EntityTooSmall"

    monkeypatch.setattr("app.sandbox.multipart.check_part_sizes", lambda _: None)
    assert code(upload.complete()) == "200"


def test_parts_and_completions_that_make_no_sense(local_server: Any) -> None:
    signer = local_server.signer
    upload = Upload(signer)
    upload.part(1, LARGE)
    upload.part(2, SMALL)
    first, second = upload.parts

    assert code(upload.part(0, SMALL)) == "InvalidArgument"
    assert code(upload.part(10_001, SMALL)) == "InvalidArgument"
    assert code(upload.part(3, SMALL, {"x-amz-checksum-crc64nvme": crc64nvme(LARGE)})) == "BadDigest"
    assert code(upload.part(3, SMALL, {"x-amz-checksum-sha256": sha256(SMALL)})) == "InvalidRequest"
    assert code(upload.complete([second, first])) == "InvalidPartOrder"
    assert code(upload.complete([first, first])) == "InvalidPartOrder"
    assert code(upload.complete([first, (9, second[1], second[2])])) == "InvalidPart"
    assert code(upload.complete([first, (2, '"other"', second[2])])) == "InvalidPart"
    assert code(upload.complete([first, (2, second[1], crc64nvme(LARGE))])) == "InvalidPart"
    assert code(upload.complete([])) == "MalformedXML"
    assert code(upload.complete(headers={"x-amz-checksum-crc64nvme": crc64nvme(LARGE)})) == "BadDigest"
    assert code(upload.complete(headers={"x-amz-checksum-type": "COMPOSITE"})) == "InvalidRequest"
    assert code(upload.complete(headers={"x-amz-mp-object-size": "7"})) == "InvalidRequest"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><CompleteMultipartUpload>&a;</CompleteMultipartUpload>'
    assert code(signer.presign("POST", KEY, query=f"uploadId={upload.id}", body=bomb).go()) == "MalformedXML"
    assert (
        code(signer.presign("POST", KEY, query="uploadId=none", body=b"<CompleteMultipartUpload/>").go())
        != "200"
    )
    assert code(upload.complete([first, second])) == "200"
    assert code(upload.part(1, LARGE)) == "NoSuchUpload"


@pytest.mark.parametrize(
    ("algorithm", "more"),
    [
        ("CRC64NVME", {"x-amz-checksum-type": "COMPOSITE"}),
        ("SHA256", {"x-amz-checksum-type": "FULL_OBJECT"}),
        ("MD5", {}),
    ],
)
def test_checksums_that_s3_does_not_make(local_server: Any, algorithm: str, more: dict[str, str]) -> None:
    assert code(Upload(local_server.signer, algorithm, more).created) == "InvalidRequest"


def test_an_upload_in_parts_must_be_encrypted_too(local_server: Any) -> None:
    signer = local_server.signer

    assert code(signer.presign("POST", KEY, query="uploads=").go()) == "AccessDenied"


def test_parts_are_listed_replaced_and_given_up(local_server: Any, tmp_path: Path) -> None:
    upload = Upload(local_server.signer)
    for number in (3, 1, 2):
        upload.part(number, LARGE)
    upload.part(2, LARGE[:200_000])
    bodies = tmp_path / "local" / "bodies"

    listed, page = upload.list(), upload.list("&max-parts=2")

    assert re.findall("<PartNumber>(.*?)</PartNumber>.*?<Size>(.*?)</Size>", listed.text) == [
        ("1", str(len(LARGE))),
        ("2", "200000"),
        ("3", str(len(LARGE))),
    ]
    assert "<IsTruncated>true" in page.text
    assert "<NextPartNumberMarker>2<" in page.text
    assert len(list(bodies.glob("??/*"))) == 3
    assert upload.abort().status_code == 204
    assert list(bodies.glob("??/*")) == []
    assert code(upload.list()) == "NoSuchUpload"


def test_one_in_progress_survives_a_kill(tmp_path: Path, make_sandbox: Any, signer_of: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    info = sandbox.ensure_running()
    upload = Upload(signer_of(info))
    upload.part(1, LARGE)
    upload.part(2, SMALL)
    psutil.Process(info.pid).kill()

    upload.signer = signer_of(sandbox.ensure_running())

    assert upload.list().text.count("<Part>") == 2
    assert code(upload.complete()) == "200"
    assert upload.signer.presign("GET", KEY).go().content == LARGE + SMALL
