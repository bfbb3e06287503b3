"""The session index as the operator's tools see it: which versions of it name an object, and one written anew without it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import zstandard

from app.remote.zstd_frames import NotZstdError, decompressed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.operate.aws import Client


@dataclass(frozen=True)
class Mention:
    """A version of an index object that names a key in so many `lines`."""

    key: str
    version_id: str
    is_latest: bool
    lines: int


def mentions(s3: Client, bucket: str, owner: str, key: str) -> Iterator[Mention]:
    """Every version of the owner's index that names the key; of one that cannot be read its bytes are searched.

    Raises ClientError.
    """
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=f"session-index/owner={owner}/"
    )
    for page in pages:
        for version in page.get("Versions", ()):
            named = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
            lines = sum(names(line, key) for line in _lines(s3.get_object(**named)["Body"].read()))
            if lines:
                yield Mention(version["Key"], version["VersionId"], version["IsLatest"], lines)


def without_key(s3: Client, bucket: str, mention: Mention, key: str) -> str | None:
    """Write the newest version of an index object anew without the key; the new version's id, None where nothing is left of it.

    What another computer writes meanwhile is not overwritten: S3 refuses then. Raises ClientError.
    """
    found = s3.get_object(Bucket=bucket, Key=mention.key, VersionId=mention.version_id)
    kept = [line for line in (cleaned(line, key) for line in _lines(found["Body"].read())) if line]
    if not kept:
        return None
    body = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(b"\n".join(kept) + b"\n")
    written = s3.put_object(
        Bucket=bucket,
        Key=mention.key,
        Body=body,
        ContentType=found["ContentType"],
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=found["SSEKMSKeyId"],
        IfMatch=found["ETag"],
    )
    return str(written["VersionId"])


def names(line: bytes, key: str) -> bool:
    """Whether a line names the key."""
    return key.encode() in line or json.dumps(key).encode() in line


def cleaned(line: bytes, key: str) -> bytes:
    """A line without the key: without that file, or nothing where it is the session's main file or the line is damaged.

    A session's title and times are those of its main file.
    """
    if not names(line, key):
        return line
    try:
        value = json.loads(line)
        files = value["files"]
        left = [file for file in files if file["s3Key"] != key]
        is_main = bool(files) and files[0]["s3Key"] == key
    except (ValueError, KeyError, TypeError):
        return b""
    value["files"] = left
    shortened = json.dumps(value, ensure_ascii=False).encode()
    return b"" if is_main or not left or names(shortened, key) else shortened


def _lines(stored: bytes) -> list[bytes]:
    try:
        text = b"".join(decompressed([stored]))
    except NotZstdError:
        text = stored
    return [line for line in text.split(b"\n") if line]
