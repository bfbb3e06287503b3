"""Presigned URLs by botocore's signer classes, without a client: no service model is loaded, which would cost more
at a cold start than all the rest of the function."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.auth import SIGV4_TIMESTAMP, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from backend.presign.settings import Settings, SigningCredentials


class _PresignAuth(S3SigV4QueryAuth):  # type: ignore[misc]  # botocore has no types
    """The query signer at a given time, and without the base class's debug lines, which hold the signature.

    S3SigV4QueryAuth signs every header of the request beside a few of the connection's own, takes the path as it
    stands and says UNSIGNED-PAYLOAD.
    """

    def __init__(self, credentials: SigningCredentials, region: str, expires: int, now: datetime) -> None:
        super().__init__(credentials, "s3", region, expires=expires)
        self._now = now

    def add_auth(self, request: AWSRequest) -> None:
        """Add the signature to the request's URL."""
        request.context["timestamp"] = self._now.strftime(SIGV4_TIMESTAMP)
        self._modify_request_before_signing(request)
        to_sign = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(to_sign, request))


class Signer:
    """Signs for one bucket. `now` must be UTC; `expires_in` is in seconds."""

    def __init__(self, settings: Settings) -> None:
        self._credentials = settings.credentials
        self._region = settings.region
        self._base_url = settings.base_url

    def put(self, s3_key: str, headers: Mapping[str, str], expires_in: int, now: datetime) -> str:
        """A URL for PUT. Every one of `headers` is signed: the request must carry exactly these."""
        return self._sign("PUT", self._url(s3_key), headers, expires_in, now)

    def put_part(
        self,
        s3_key: str,
        upload_id: str,
        number: int,
        headers: Mapping[str, str],
        expires_in: int,
        now: datetime,
    ) -> str:
        """A URL for PUT of one part of an upload. Every one of `headers` is signed."""
        query = f"?partNumber={number}&uploadId={quote(upload_id, safe='')}"
        return self._sign("PUT", self._url(s3_key) + query, headers, expires_in, now)

    def get(self, s3_key: str, version_id: str | None, expires_in: int, now: datetime) -> str:
        """A URL for GET, of one version where it is known. Nothing but the host is signed as a header."""
        query = f"?versionId={quote(version_id, safe='')}" if version_id is not None else ""
        return self._sign("GET", self._url(s3_key) + query, {}, expires_in, now)

    def _url(self, s3_key: str) -> str:
        # S3's canonical form: everything but unreserved characters and the slash is escaped, once.
        return self._base_url + quote(s3_key, safe="/-_.~")

    def _sign(self, method: str, url: str, headers: Mapping[str, str], expires_in: int, now: datetime) -> str:
        request = AWSRequest(method=method, url=url, headers=dict(headers))
        _PresignAuth(self._credentials, self._region, expires_in, now).add_auth(request)
        signed: str = request.url
        return signed
