"""Destroys every version of one object, and what the session index tells of it: a leaked secret, somebody's right to erasure.

    python -m tools.operate.purge --bucket BUCKET KEY                 what would be destroyed; changes nothing
    python -m tools.operate.purge --bucket BUCKET KEY --destroy \\
        --mfa-serial arn:aws:iam::ACCOUNT:mfa/NAME --mfa-code 123456  asks for the key again, then destroys

The bucket lets nobody destroy a version without a second factor, not even the account's root: its policy says so. What
was destroyed is written to a log, one line of JSON for each version, without anything of its content.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tools.operate.aws import Refused, add_mfa_options, add_options, code_of, open_account, run
from tools.operate.index_objects import Mention, mentions, without_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.operate.aws import Client

LOGS = "chat-logs/"


@dataclass(frozen=True)
class Version:
    """A version of the object, or a marker that hides it."""

    version_id: str
    is_marker: bool
    size: int
    last_modified: datetime
    storage_class: str


@dataclass(frozen=True)
class Survey:
    """All that there is of one key: versions, uploads in parts that have not ended, versions of the session index."""

    versions: tuple[Version, ...]
    uploads: tuple[str, ...]
    mentions: tuple[Mention, ...]

    def __bool__(self) -> bool:
        return bool(self.versions or self.uploads or self.mentions)


class Log:
    """The record of what was destroyed, a line as each is; readable by its owner alone."""

    def __init__(self, path: Path, common: Mapping[str, str]) -> None:
        self._path = path
        self._common = common

    def note(self, what: str, **told: object) -> None:
        """Write a line and have it on disk."""
        moment = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        line = json.dumps({"at": moment, "what": what, **self._common, **told})
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def survey(s3: Client, bucket: str, key: str) -> Survey:
    """Look for all of it. Raises ClientError."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    found = tuple(one for page in pages for one in _versions(page) if one[0] == key)
    uploads = tuple(
        one["UploadId"]
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key)
        for one in page.get("Uploads", ())
        if one["Key"] == key
    )
    owner = key.split("/")[1]
    return Survey(tuple(version for _, version in found), uploads, tuple(mentions(s3, bucket, owner, key)))


def _versions(page: Mapping[str, Any]) -> Iterator[tuple[str, Version]]:
    for kind in ("Versions", "DeleteMarkers"):
        for one in page.get(kind, ()):
            yield (
                one["Key"],
                Version(
                    one["VersionId"],
                    kind == "DeleteMarkers",
                    one.get("Size", 0),
                    one["LastModified"],
                    one.get("StorageClass", ""),
                ),
            )


def destroy(s3: Client, bucket: str, key: str, found: Survey, log: Log) -> None:
    """Destroy all of it: first the bytes, then the index's words about them. Raises Refused, ClientError."""
    for version in found.versions:
        _destroy_version(s3, bucket, key, version.version_id)
        log.note(
            "marker" if version.is_marker else "version",
            key=key,
            versionId=version.version_id,
            size=version.size,
            lastModified=version.last_modified.isoformat(),
        )
    for upload_id in found.uploads:
        s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
        log.note("upload", key=key, uploadId=upload_id)
    for mention in found.mentions:
        if mention.is_latest:
            new = without_key(s3, bucket, mention, key)
            log.note("index-rewritten", key=mention.key, versionId=new, lines=mention.lines)
    for mention in found.mentions:
        _destroy_version(s3, bucket, mention.key, mention.version_id)
        log.note("index-version", key=mention.key, versionId=mention.version_id, lines=mention.lines)


def _destroy_version(s3: Client, bucket: str, key: str, version_id: str) -> None:
    try:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version_id)
    except ClientError as error:
        if code_of(error) == "AccessDenied":
            raise Refused(
                "S3 refuses to destroy a version. The bucket asks for a second factor: give --mfa-serial and "
                "--mfa-code of an IAM user, or use a role that was assumed with one. Object Lock, where the stack has "
                "it, keeps versions until their time has come."
            ) from error
        raise


def replicas(s3: Client, bucket: str) -> tuple[str, ...]:
    """The buckets that versions are copied to, where they stay: each has to be purged too. Raises ClientError."""
    try:
        rules = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    except ClientError as error:
        if code_of(error) == "ReplicationConfigurationNotFoundError":
            return ()
        raise
    return tuple(sorted({rule["Destination"]["Bucket"].rpartition(":")[2] for rule in rules}))


def describe(found: Survey, key: str) -> Iterator[str]:
    """What would be destroyed, a line each, without anything of its content."""
    for one in sorted(found.versions, key=lambda version: version.last_modified):
        what = "delete marker" if one.is_marker else f"{one.size:,} bytes, {one.storage_class or 'STANDARD'}"
        yield f"  {one.last_modified:%Y-%m-%d %H:%M:%S}  {what}  version {one.version_id}"
    for upload_id in found.uploads:
        yield f"  an upload in parts that has not ended: {upload_id}"
    for mention in found.mentions:
        kept = "is written anew without it, and" if mention.is_latest else "is an old version:"
        yield f"  {mention.key} names it ({mention.lines} lines), {kept} version {mention.version_id} is destroyed"
    if not found.versions:
        yield f"  (no version of {key} is left)"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.operate.purge",
        description="Destroy every version of one object and its lines in the session index. A dry run unless --destroy is given.",
    )
    parser.add_argument("key", metavar="KEY", help="the object: chat-logs/OWNER/NAME")
    parser.add_argument("--bucket", required=True, help="the stack's bucket (its output Bucket)")
    parser.add_argument("--destroy", action="store_true", help="really do it, after asking for the key again")
    parser.add_argument(
        "--log",
        metavar="FILE",
        type=Path,
        default=Path("purge-log.jsonl"),
        help="where to write what was destroyed (default: %(default)s)",
    )
    add_mfa_options(parser)
    add_options(parser)
    arguments = parser.parse_args()
    return run(lambda: _purge(arguments))


def _purge(arguments: argparse.Namespace) -> int:
    key, bucket = arguments.key, arguments.bucket
    if not key.startswith(LOGS) or len(key.split("/")) != 3 or not all(key.split("/")):
        raise Refused(f"{key} is not the key of an archived file: these are {LOGS}OWNER/NAME.")
    began = time.monotonic()
    account = open_account(arguments)
    s3 = account.client("s3")
    found = survey(s3, bucket, key)
    if not found:
        raise Refused(f"There is nothing under {key} in {bucket}, and its session index does not name it.")
    print(f"Of {key} in {bucket} there is:")
    for line in describe(found, key):
        print(line)
    for replica in replicas(s3, bucket):
        print(f"Versions are copied to {replica} and stay there: purge it there too (--bucket {replica}).")
    if not arguments.destroy:
        print("Nothing was changed. With --destroy all of it is destroyed, for good.")
        return 0
    sys.stdout.write("This cannot be undone. Type the key again to destroy all of it: ")
    sys.stdout.flush()
    if sys.stdin.readline().rstrip("\n") != key:
        raise Refused("That is another key. Nothing was changed.")
    print()
    destroy(s3, bucket, key, found, Log(arguments.log, {"by": account.who(), "bucket": bucket}))
    left = survey(s3, bucket, key)
    if left:
        raise Refused(f"Something came back while it was destroyed; run it again. Log: {arguments.log}")
    seconds = time.monotonic() - began
    print(
        f"Destroyed: {len(found.versions)} versions and markers, {len(found.uploads)} unfinished uploads, "
        f"{len(found.mentions)} versions of the session index. Nothing is left of it here. {seconds:.1f} s. "
        f"Log: {arguments.log}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
