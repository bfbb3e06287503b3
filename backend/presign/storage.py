"""The way to S3, and what every group of actions asks there: heads, lists, versions. URLs are signed elsewhere,
without a request.

S3's failures are translated here, once: what the caller can do something about becomes a Problem; what only the
operator can mend (a missing permission, a missing bucket) becomes StorageMisconfigured, which is logged.
"""

from __future__ import annotations

import os
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004

from backend.presign.problems import not_found, throttled, unavailable
from backend.presign.storage_readings import Entry, Head, VersionPage, read_head, read_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from backend.presign.settings import Settings

CONNECTIONS = 16
CONNECT_TIMEOUT, READ_TIMEOUT = 2, 5
"""Seconds. With one retry the slowest answer stays well below the function's own 30 s."""

_THROTTLED = frozenset(
    {
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "RequestLimitExceeded",
        "KMS.ThrottlingException",
        "429",
    }
)
_NO_ANSWER = (ConnectionError, HTTPClientError)
_MAY_BE_ABSENT = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
)

Client = Any
"""A boto3 S3 client: boto3 has no types."""


class StorageMisconfigured(Exception):
    """S3 refuses the function itself. Carries the operation and S3's error code, for the log only."""

    def __init__(self, operation: str, code: str) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation = operation
        self.code = code


def make_client(settings: Settings) -> Client:
    """A boto3 client for the bucket's server. boto3 is imported here, on first use: it is slow to load."""
    import boto3  # noqa: PLC0415
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    # Where the handler runs on a person's computer, her AWS files and profile must not bend the client.
    nothing: dict[str, object] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    session = boto3.session.Session(botocore_session=botocore.session.Session(session_vars=nothing))
    return session.client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint,
        aws_access_key_id=settings.credentials.access_key,
        aws_secret_access_key=settings.credentials.secret_key,
        aws_session_token=settings.credentials.token,
        config=Config(
            signature_version="s3v4",
            s3={
                "addressing_style": "path" if settings.path_style else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
            retries={"mode": "standard", "total_max_attempts": 2},
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_pool_connections=CONNECTIONS,
            # The environment decides nothing more: no other endpoint, no proxy that would see what is asked.
            ignore_configured_endpoint_urls=True,
            use_fips_endpoint=False,
            use_dualstack_endpoint=False,
            proxies={},
        ),
    )


class Storage:
    """The bucket. The client is made on first use and then shared by all threads."""

    def __init__(
        self, settings: Settings, client_factory: Callable[[Settings], Client] = make_client
    ) -> None:
        self._settings = settings
        self._factory = client_factory
        self._client: Client | None = None
        self._lock = threading.Lock()

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._settings.bucket

    def head(self, s3_key: str, version_id: str | None) -> Head:
        """Size, checksum, encryption and the like of a version, or of the newest one.

        Raises Problem 404 where it is absent or a delete marker, 429, 503, and StorageMisconfigured.
        """
        chosen = {"VersionId": version_id} if version_id is not None else {}
        try:
            reply = self._connected().head_object(
                Bucket=self._settings.bucket, Key=s3_key, ChecksumMode="ENABLED", **chosen
            )
        except ClientError as error:
            raise self._meaning_of_head(error, s3_key, version_id) from error
        except _NO_ANSWER as error:
            raise unavailable() from error
        return read_head(reply)

    def objects(self, prefix: str, after: str | None, limit: int) -> tuple[list[Entry], bool]:
        """Up to `limit` current objects after a key, in the order of keys, and whether there are more."""
        start = {"StartAfter": after} if after is not None else {}
        reply = self.call("list_objects_v2", Prefix=prefix, MaxKeys=limit, **start)
        entries = [
            Entry(
                s3_key=line["Key"],
                size=line["Size"],
                last_modified=line["LastModified"],
                storage_class=line.get("StorageClass", "STANDARD"),
                etag=line["ETag"].strip('"'),
            )
            for line in reply.get("Contents", [])
        ]
        return entries, bool(reply.get("IsTruncated"))

    def versions(self, prefix: str, marker: tuple[str, str] | None, limit: int) -> VersionPage:
        """Up to `limit` versions and delete markers, by key and the newest first."""
        start = {"KeyMarker": marker[0], "VersionIdMarker": marker[1]} if marker is not None else {}
        reply = self.call("list_object_versions", Prefix=prefix, MaxKeys=limit, **start)
        entries = [read_version(line, deleted=False) for line in reply.get("Versions", [])]
        entries += [read_version(line, deleted=True) for line in reply.get("DeleteMarkers", [])]
        # S3 gives the two lists apart; times are of one second, so what is latest goes first whatever they say.
        entries.sort(key=lambda entry: (entry.s3_key, not entry.is_latest, -entry.last_modified.timestamp()))
        more = reply.get("IsTruncated") and "NextKeyMarker" in reply
        following = (reply["NextKeyMarker"], reply.get("NextVersionIdMarker", "null")) if more else None
        return VersionPage(entries, following)

    def all_versions(self, s3_key: str) -> Iterator[Entry]:
        """The versions and delete markers of one key, the newest first. Raises as `versions` does."""
        marker: tuple[str, str] | None = None
        while True:
            page = self.versions(s3_key, marker, 1000)
            # The key itself sorts before all that it is a prefix of.
            own = [entry for entry in page.entries if entry.s3_key == s3_key]
            yield from own
            if page.next_marker is None or len(own) < len(page.entries):
                return
            marker = page.next_marker

    def call(
        self,
        operation: str,
        meanings: Mapping[str, Callable[[], Exception]] | None = None,
        /,
        **parameters: object,
    ) -> Mapping[str, Any]:
        """S3's reply to an operation on the bucket.

        `meanings` says what to raise for some of S3's error codes. Others become Problem 429 or 503, or
        StorageMisconfigured.
        """
        try:
            reply: Mapping[str, Any] = getattr(self._connected(), operation)(
                Bucket=self._settings.bucket, **parameters
            )
        except ClientError as error:
            special = (meanings or {}).get(_code(error))
            raise (special() if special is not None else _meaning(error)) from error
        except _NO_ANSWER as error:
            raise unavailable() from error
        return reply

    def _meaning_of_head(self, error: ClientError, s3_key: str, version_id: str | None) -> Exception:
        """What a failed HEAD means.

        Only a list tells that a key is missing: S3 answers 403 for it where ListBucket has a condition on the prefix,
        404 for a missing bucket too, and 400 both for an impossible version id and for an expired token.
        """
        status = _status(error)
        if status in _MAY_BE_ABSENT and not self._exists(s3_key, version_id):
            return not_found()
        # Listed and yet not found: it was written or deleted in between.
        return unavailable() if status == HTTPStatus.NOT_FOUND else _meaning(error)

    def _exists(self, s3_key: str, version_id: str | None) -> bool:
        if version_id is None:
            entries, _ = self.objects(s3_key, None, 1)
            return any(entry.s3_key == s3_key for entry in entries)
        versions = self.all_versions(s3_key)
        return any(entry.version_id == version_id and not entry.is_deleted for entry in versions)

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._factory(self._settings)
            return self._client


def _meaning(error: ClientError) -> Exception:
    """What a failure of S3 means: Problem 429 or 503, else StorageMisconfigured."""
    code = _code(error)
    status = _status(error)
    if code in _THROTTLED or status == HTTPStatus.TOO_MANY_REQUESTS:
        return throttled()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code == "RequestTimeout":
        return unavailable()
    return StorageMisconfigured(error.operation_name, code)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
