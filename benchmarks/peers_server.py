"""The server that all tools of `peers.py` send to: an S3 bucket that forgets bodies, and the presign function before it.

    python benchmarks/peers_server.py [--port PORT] [--signed-for PORT]

It is no emulator: it believes every signature, so that it costs next to nothing beside the tools. What it does as S3
does: it checks bodies against their SHA-256, CRC64NVME or signed payload hash, keeps sizes, times, versions and
metadata, lists, joins parts, and says what it stored. The session index's bodies are kept, since they are read again.
Tools talk to it over plain HTTP. It prints its two ports as JSON; `GET /?traffic` tells what has passed,
`GET /?forget` empties this app's part of the bucket.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from awscrt.checksums import combine_crc64nvme, crc64nvme

from backend.handler import Door
from backend.presign.storage import make_client
from benchmarks.peers_http import Answer, Connection, Head, Traffic
from benchmarks.presign import ENVIRONMENT, event

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from backend.presign.settings import Settings
    from benchmarks.peers_http import Sink

BUCKET = "chatlog-benchmark"
KEPT = "session-index/"
FORGOTTEN = ("chat-logs/", KEPT)
"""This app's objects, whose names do not differ from round to round as the other tools' do."""
XML = {"content-type": "application/xml"}
SHA256, CRC64NVME, KMS = (
    "x-amz-checksum-sha256",
    "x-amz-checksum-crc64nvme",
    "x-amz-server-side-encryption",
)
_ECHOED = (SHA256, CRC64NVME, "x-amz-checksum-type", KMS, f"{KMS}-aws-kms-key-id", "x-amz-version-id", "etag")


class BodyCheck:
    """A body on its way: counted, and hashed with what its headers name. Kept only where it is read again."""

    def __init__(self, head: Head, *, keep: bool) -> None:
        headers = head.headers
        signed = headers.get("x-amz-content-sha256", "")
        self._signed = signed if len(signed) == 64 and head.method == "PUT" else None
        self._wanted_sha256 = headers.get(SHA256)
        self._wanted_crc64 = headers.get(CRC64NVME) if head.method == "PUT" else None
        self._sha256 = hashlib.sha256() if self._signed or self._wanted_sha256 else None
        self.crc64 = 0
        self.size = 0
        self.kept = bytearray() if keep else None

    def write(self, data: bytes, /) -> None:
        """See Sink."""
        self.size += len(data)
        if self._sha256 is not None:
            self._sha256.update(data)
        if self._wanted_crc64 is not None:
            self.crc64 = crc64nvme(data, self.crc64)
        if self.kept is not None:
            self.kept += data

    @property
    def is_whole(self) -> bool:
        """Whether the bytes are those that were promised."""
        if self._sha256 is not None:
            found = self._sha256.digest()
            if self._signed is not None and found.hex() != self._signed:
                return False
            if (
                self._wanted_sha256 is not None
                and base64.b64encode(found).decode("ascii") != self._wanted_sha256
            ):
                return False
        return self._wanted_crc64 is None or crc64_text(self.crc64) == self._wanted_crc64


def crc64_text(value: int) -> str:
    """A checksum as S3 writes it."""
    return base64.b64encode(value.to_bytes(8, "big")).decode("ascii")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's newest version, or a part."""

    size: int
    headers: dict[str, str]
    when: datetime
    crc64: int | None = None
    body: bytes = b""


@dataclass(slots=True)
class Upload:
    """An upload in parts."""

    key: str
    headers: dict[str, str]
    parts: dict[int, Stored] = field(default_factory=dict)


class Bucket:
    """Every bucket is this one; objects are told apart by their whole path."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._objects: dict[str, Stored] = {}
        self._uploads: dict[str, Upload] = {}
        self._numbers = count(1)

    def begin(self, head: Head) -> BodyCheck:
        """Where a request's body goes."""
        keep = head.method == "POST" or KEPT in head.path or "delete" in head.query
        return BodyCheck(head, keep=keep)

    def finish(self, head: Head, sink: Sink) -> Answer:
        """The answer to a request whose body has come."""
        assert isinstance(sink, BodyCheck)
        bucket, _, key = head.path.strip("/").partition("/")
        if not bucket:
            return self._of_benchmark(head)
        if not key:
            return self._of_bucket(head, bucket)
        if "uploads" in head.query or "uploadId" in head.query:
            return self._in_parts(head, key, sink)
        if head.method == "PUT":
            return self._put(head, key, sink)
        return self._of_object(head, key)

    def _of_benchmark(self, head: Head) -> Answer:
        if "forget" in head.query:
            self._objects = {
                key: stored for key, stored in self._objects.items() if not key.startswith(FORGOTTEN)
            }
        passed = {name: getattr(self._traffic, name) for name in ("received", "sent", "requests")}
        return Answer(200, {}, json.dumps(passed).encode())

    def _of_object(self, head: Head, key: str) -> Answer:
        found = self._objects.get(key)
        if found is None:
            return Answer(404) if head.method == "HEAD" else failure(404, "NoSuchKey")
        headers = {**found.headers, "last-modified": format_datetime(found.when, usegmt=True)}
        if head.method == "HEAD":
            return Answer(200, headers, length=found.size)
        return Answer(200, headers, found.body)

    def _of_bucket(self, head: Head, bucket: str) -> Answer:
        if head.method == "GET" and "location" in head.query:
            return Answer(
                200,
                XML,
                b"<LocationConstraint>ap-northeast-1</LocationConstraint>",
            )
        if head.method == "GET" and "versioning" in head.query:
            return Answer(
                200,
                XML,
                b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            )
        if head.method == "GET":
            return self._listing(head.query, bucket)
        return Answer(200, {"x-amz-bucket-region": "ap-northeast-1"})

    def _put(self, head: Head, key: str, sink: BodyCheck) -> Answer:
        if not sink.is_whole:
            return failure(400, "BadDigest")
        if head.headers.get("if-none-match") == "*" and key in self._objects:
            return failure(412, "PreconditionFailed")
        size = int(head.headers.get("x-amz-decoded-content-length", sink.size))
        stored = self._stored(size, head.headers, sink)
        self._objects[key] = stored
        return Answer(200, echoed(stored))

    def _stored(self, size: int, headers: dict[str, str], sink: BodyCheck | None = None) -> Stored:
        number = next(self._numbers)
        kept = {name: value for name, value in headers.items() if name.startswith("x-amz-meta-")}
        kept |= {name: headers[name] for name in _ECHOED if name in headers}
        # As of objects under KMS, an ETag that is nobody's MD5.
        kept |= {"etag": f'"{number:032x}-1"', "x-amz-version-id": f"version{number:012d}"}
        if SHA256 in kept or CRC64NVME in kept:
            kept["x-amz-checksum-type"] = "FULL_OBJECT"
        body = bytes(sink.kept) if sink is not None and sink.kept is not None else b""
        now = datetime.now(UTC)
        return Stored(size, kept, now, sink.crc64 if sink is not None else None, body)

    def _in_parts(self, head: Head, key: str, sink: BodyCheck) -> Answer:
        if head.method == "POST" and "uploads" in head.query:
            identity = f"upload{next(self._numbers):012d}"
            self._uploads[identity] = Upload(key, dict(head.headers))
            return Answer(
                200,
                XML,
                element("InitiateMultipartUploadResult", {"Key": key, "UploadId": identity}).encode(),
            )
        identity = head.query["uploadId"]
        upload = self._uploads.get(identity)
        if upload is None:
            return failure(404, "NoSuchUpload")
        if head.method == "PUT":
            if not sink.is_whole:
                return failure(400, "BadDigest")
            part = self._stored(sink.size, head.headers, sink)
            upload.parts[int(head.query["partNumber"])] = part
            return Answer(200, {name: value for name, value in echoed(part).items() if "version" not in name})
        if head.method == "GET":
            return self._parts(upload)
        del self._uploads[identity]
        return Answer(204) if head.method == "DELETE" else self._complete(head, upload)

    def _parts(self, upload: Upload) -> Answer:
        listed = "".join(
            element(
                "Part",
                {
                    "PartNumber": str(number),
                    "Size": str(part.size),
                    "ETag": part.headers["etag"],
                    **({"ChecksumCRC64NVME": part.headers[CRC64NVME]} if CRC64NVME in part.headers else {}),
                    **({"ChecksumSHA256": part.headers[SHA256]} if SHA256 in part.headers else {}),
                },
            )
            for number, part in sorted(upload.parts.items())
        )
        body = f"<ListPartsResult><IsTruncated>false</IsTruncated>{listed}</ListPartsResult>"
        return Answer(200, XML, body.encode())

    def _complete(self, head: Head, upload: Upload) -> Answer:
        parts = [part for _, part in sorted(upload.parts.items())]
        whole, size = 0, 0
        for part in parts:
            whole = combine_crc64nvme(whole, part.crc64 or 0, part.size)
            size += part.size
        wanted = head.headers.get(CRC64NVME)
        known = all(CRC64NVME in part.headers for part in parts)
        if wanted is not None and known and crc64_text(whole) != wanted:
            return failure(400, "BadDigest")
        if head.headers.get("if-none-match") == "*" and upload.key in self._objects:
            return failure(412, "PreconditionFailed")
        headers = upload.headers | ({CRC64NVME: wanted} if wanted is not None else {})
        stored = self._stored(size, headers)
        self._objects[upload.key] = stored
        told = {"Key": upload.key, "ETag": stored.headers["etag"]}
        if wanted is not None:
            told |= {"ChecksumCRC64NVME": wanted, "ChecksumType": "FULL_OBJECT"}
        return Answer(200, XML | echoed(stored), element("CompleteMultipartUploadResult", told).encode())

    def _listing(self, query: dict[str, str], bucket: str) -> Answer:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("continuation-token") or query.get("start-after") or query.get("marker") or ""
        limit = int(query.get("max-keys", "1000"))
        lines: list[str] = []
        groups: set[str] = set()
        last, truncated = "", False
        encode = quote if query.get("encoding-type") == "url" else escape
        for key in sorted(self._objects):
            if not key.startswith(prefix) or key <= after or (last in groups and key.startswith(last)):
                continue
            if len(lines) == limit:
                truncated = True
                break
            rest = key[len(prefix) :]
            if delimiter and delimiter in rest:
                last = prefix + rest[: rest.index(delimiter) + len(delimiter)]
                if last not in groups and not after.startswith(last):
                    groups.add(last)
                    lines.append(f"<CommonPrefixes><Prefix>{encode(last)}</Prefix></CommonPrefixes>")
                continue
            last = key
            lines.append(listed(encode(key), self._objects[key]))
        told = {
            "Name": bucket,
            "Prefix": prefix,
            "KeyCount": str(len(lines)),
            "MaxKeys": str(limit),
            "IsTruncated": str(truncated).lower(),
        }
        if truncated:
            told |= {"NextContinuationToken": last, "NextMarker": last}
        if "encoding-type" in query:
            told["EncodingType"] = "url"
        return Answer(200, XML, element("ListBucketResult", told, "".join(lines)).encode())


def echoed(stored: Stored) -> dict[str, str]:
    """What a reply says of what was stored."""
    return {name: stored.headers[name] for name in _ECHOED if name in stored.headers}


def listed(key: str, stored: Stored) -> str:
    """An object's line in a listing."""
    when = stored.when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    fields = {"LastModified": when, "ETag": stored.headers["etag"], "Size": str(stored.size)}
    return element("Contents", fields, f"<Key>{key}</Key><StorageClass>STANDARD</StorageClass>")


def element(name: str, fields: dict[str, str], inside: str = "") -> str:
    """An element with one child per field."""
    children = "".join(f"<{field}>{escape(value)}</{field}>" for field, value in fields.items())
    return f"<{name}>{children}{inside}</{name}>"


def failure(status: int, code: str) -> Answer:
    """S3's words for a refusal."""
    return Answer(status, XML, element("Error", {"Code": code, "Message": code}).encode())


class _Request:
    """The body of a request to the presign function."""

    def __init__(self, _: Head) -> None:
        self.body = bytearray()

    def write(self, data: bytes, /) -> None:
        self.body += data


class Presign:
    """`backend/handler.py` as behind a Function URL; its URLs lead to one port, its own requests to the server itself."""

    def __init__(self, signed_for: int, storage: int) -> None:
        def client(settings: Settings) -> Any:  # noqa: ANN401 - boto3 has no types
            return make_client(replace(settings, endpoint=f"http://127.0.0.1:{storage}"))

        environ = ENVIRONMENT | {
            "S3_BUCKET_NAME": BUCKET,
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{signed_for}",
            "S3_ADDRESSING_STYLE": "path",
        }
        self._door = Door(environ, write_log=lambda _: None, client_factory=client)
        self._threads = ThreadPoolExecutor(8)

    def begin(self, head: Head) -> Sink:
        """Where a request's body goes."""
        return _Request(head)

    def finish(self, _: Head, sink: Sink) -> Awaitable[Answer]:
        """The handler's answer, from a thread."""
        assert isinstance(sink, _Request)
        return asyncio.get_running_loop().run_in_executor(self._threads, self._ask, bytes(sink.body))

    def _ask(self, body: bytes) -> Answer:
        asked = event({}) | {"body": body.decode()}
        reply = self._door(asked, None)
        headers, text = reply["headers"], str(reply["body"])
        assert isinstance(headers, dict)
        return Answer(
            int(str(reply["statusCode"])), {str(k).lower(): str(v) for k, v in headers.items()}, text.encode()
        )


async def serve(wanted_port: int, signed_for: int) -> None:
    """Serve until standard input ends. `signed_for` 0: URLs lead to the storage port itself."""
    loop = asyncio.get_running_loop()
    traffic = Traffic()
    bucket = Bucket(traffic)
    storage = await loop.create_server(
        lambda: Connection(bucket.begin, bucket.finish, traffic), "127.0.0.1", wanted_port, backlog=1024
    )
    port = storage.sockets[0].getsockname()[1]
    presign = Presign(signed_for or port, port)
    endpoint = await loop.create_server(
        lambda: Connection(presign.begin, presign.finish, traffic), "127.0.0.1", 0, backlog=1024
    )
    ports = {"storage": port, "presign": endpoint.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    # Whoever started it holds the other end of standard input: with its end this process ends, however that came.
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="The server of the comparison with other tools.")
    parser.add_argument("--port", type=int, default=0, help="the storage's; default: a free one")
    parser.add_argument("--signed-for", type=int, default=0, metavar="PORT", help="where signed URLs lead")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.signed_for))


if __name__ == "__main__":
    main()
