"""S3 as strict as S3: who signed, may they, is the body what was signed; only then the operation.

The layer that the sandbox and the tests share. Signatures and policies are judged by ministack's engines
(`core.sigv4`, `core.iam_evaluator`); the emulator's application (admin routes, other services, storage in memory,
built-in keys) is not mounted at all, so there is nothing of it to reach.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.sandbox.copies import COPY_HEADERS, COPY_SOURCE, Copies, copy_source
from app.sandbox.http_server import Reply, Request
from app.sandbox.listings import Listings
from app.sandbox.multipart import Multipart
from app.sandbox.object_headers import ENCRYPTION, ENCRYPTION_KEY, check_owner, check_understood
from app.sandbox.objects import Call, Objects
from app.sandbox.policies import Authorizer
from app.sandbox.restores import Restores
from app.sandbox.s3_errors import S3Error
from app.sandbox.s3_request import S3Request, parse_request
from app.sandbox.signatures import Credential, SignatureCheck, Signed

if TYPE_CHECKING:
    from app.sandbox.store import Store

logger = logging.getLogger(__name__)

Operation = Callable[[Call], Awaitable[Reply]]

# Sub-resources of S3 (a parameter's name says the operation). Those without an entry in the tables below need
# permissions that nobody has here.
_SUBRESOURCES = (
    *(
        "accelerate",
        "acl",
        "analytics",
        "annotation",
        "attributes",
        "cors",
        "delete",
        "encryption",
        "intelligent-tiering",
    ),
    *(
        "inventory",
        "legal-hold",
        "lifecycle",
        "list-type",
        "location",
        "logging",
        "metadataConfiguration",
        "metrics",
    ),
    *(
        "notification",
        "object-lock",
        "ownershipControls",
        "partNumber",
        "policy",
        "policyStatus",
        "publicAccessBlock",
    ),
    *(
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "session",
        "tagging",
        "torrent",
    ),
    *("uploadId", "uploads", "versionId", "versioning", "versions", "website"),
)


@dataclass(frozen=True, slots=True)
class _Route:
    action: str
    operation: Operation
    key_actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """What the one bucket is. `key_arn` is its encryption key's, `account` the twelve digits of its owner."""

    bucket: str
    region: str
    account: str
    user_arn: str
    key_arn: str
    credential: Credential


class StrictS3:
    """The application behind the S3 port."""

    def __init__(
        self, settings: BucketSettings, store: Store, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._signatures = SignatureCheck(settings.credential, settings.region, now)
        self._authorizer = Authorizer(
            account=settings.account,
            user_arn=settings.user_arn,
            bucket=settings.bucket,
            region=settings.region,
            key_arn=settings.key_arn,
        )
        # The same answer for every request: nothing of a request is a condition of the key's policy.
        self._usable_key_actions = frozenset(
            action for action in ("kms:GenerateDataKey", "kms:Decrypt") if self._authorizer.allows_key(action)
        )
        self._multipart = Multipart(store, settings.key_arn, settings.bucket)
        restores = Restores(store, now)
        objects, listings, multipart = (
            Objects(store, settings.key_arn, restores),
            Listings(store, settings.bucket),
            self._multipart,
        )
        encrypt, decrypt = ("kms:GenerateDataKey",), ("kms:Decrypt",)
        both = (*encrypt, *decrypt)
        self._object_routes: Mapping[tuple[str, frozenset[str]], _Route] = {
            ("PUT", frozenset()): _Route("s3:PutObject", objects.put, encrypt),
            ("GET", frozenset()): _Route("s3:GetObject", objects.get, decrypt),
            ("HEAD", frozenset()): _Route("s3:GetObject", objects.head, decrypt),
            ("GET", frozenset({"versionId"})): _Route("s3:GetObjectVersion", objects.get, decrypt),
            ("HEAD", frozenset({"versionId"})): _Route("s3:GetObjectVersion", objects.head, decrypt),
            ("DELETE", frozenset()): _Route("s3:DeleteObject", objects.delete),
            ("POST", frozenset({"restore"})): _Route("s3:RestoreObject", objects.restore),
            ("POST", frozenset({"restore", "versionId"})): _Route("s3:RestoreObject", objects.restore),
            ("POST", frozenset({"uploads"})): _Route("s3:PutObject", multipart.create, both),
            ("PUT", frozenset({"uploadId", "partNumber"})): _Route("s3:PutObject", multipart.put_part, both),
            ("POST", frozenset({"uploadId"})): _Route("s3:PutObject", multipart.complete, both),
            ("GET", frozenset({"uploadId"})): _Route("s3:ListMultipartUploadParts", multipart.list_parts),
            ("DELETE", frozenset({"uploadId"})): _Route("s3:AbortMultipartUpload", multipart.abort),
        }
        copies = Copies(store, settings.key_arn, restores)
        self._copy_route = _Route("s3:PutObject", copies.copy, both)
        self._bucket_routes: Mapping[tuple[str, frozenset[str]], _Route] = {
            ("GET", frozenset({"list-type"})): _Route("s3:ListBucket", listings.objects),
            ("GET", frozenset()): _Route("s3:ListBucket", listings.objects),
            ("GET", frozenset({"versions"})): _Route("s3:ListBucketVersions", listings.versions),
        }

    async def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        request_id = secrets.token_hex(8).upper()
        path = request.target.partition("?")[0]
        try:
            reply = await self._answer(request)
        except S3Error as refusal:
            logger.info("%s %s: %s", request.method, path, refusal)
            reply = refusal.reply(path, request_id)
        except sqlite3.OperationalError as problem:
            logger.exception("The store could not be written")
            reply = S3Error("ServiceUnavailable", str(problem)).reply(path, request_id)
        return Reply(reply.status, {**reply.headers, "x-amz-request-id": request_id}, reply.body)

    async def _answer(self, raw: Request) -> Reply:
        request = parse_request(raw)
        signed = self._signatures.verify(request)
        route = self._route(request)
        check_owner(request.headers, self._settings.account)
        self._check_allowed(request, signed, route)
        copying = route is self._copy_route
        if copying:
            self._check_source_allowed(request, signed)
        check_understood(request.headers, COPY_HEADERS if copying else frozenset())
        return await route.operation(Call(request, signed.payload_hash, lambda: self._may_list(signed)))

    def _route(self, request: S3Request) -> _Route:
        if not request.bucket:  # ListBuckets, and every other AWS service's requests, which go to "/"
            raise S3Error("AccessDenied")
        if request.bucket != self._settings.bucket:
            raise S3Error("NoSuchBucket", BucketName=request.bucket)
        routes = self._object_routes if request.key else self._bucket_routes
        wanted = frozenset(name for name in request.query if name in _SUBRESOURCES)
        if request.key and request.method == "PUT" and not wanted and COPY_SOURCE in request.headers:
            return self._copy_route
        route = routes.get((request.method, wanted))
        if route is None:
            raise S3Error("AccessDenied")
        return route

    def _check_allowed(self, request: S3Request, signed: Signed, route: _Route) -> None:
        if not self._authorizer.allows(route.action, self._resource(request), self._context(request, signed)):
            raise S3Error("AccessDenied", f"User is not authorized to perform: {route.action}")
        if not self._usable_key_actions.issuperset(route.key_actions):
            raise S3Error("AccessDenied", "User is not authorized to use the key")

    def _check_source_allowed(self, request: S3Request, signed: Signed) -> None:
        """A copy also reads: whoever may not get the source may not copy it."""
        source = copy_source(request.headers)
        action = "s3:GetObject" if source.version_id is None else "s3:GetObjectVersion"
        resource = f"arn:aws:s3:::{source.bucket}/{source.key}"
        if source.bucket != self._settings.bucket or not self._authorizer.allows(
            action, resource, self._signature_context(signed)
        ):
            raise S3Error("AccessDenied", f"User is not authorized to perform: {action}")

    def _may_list(self, signed: Signed) -> bool:
        """S3 tells of a missing key only those who may list the whole bucket."""
        bucket = f"arn:aws:s3:::{self._settings.bucket}"
        return self._authorizer.allows("s3:ListBucket", bucket, self._signature_context(signed))

    def _resource(self, request: S3Request) -> str:
        bucket = f"arn:aws:s3:::{self._settings.bucket}"
        return f"{bucket}/{request.key}" if request.key else bucket

    def _context(self, request: S3Request, signed: Signed) -> dict[str, str]:
        context = self._signature_context(signed)
        if not request.key:
            for name in ("prefix", "delimiter", "max-keys"):
                value = request.parameter(name)
                if value is not None:
                    context[f"s3:{name}"] = value
            return context
        headers: Mapping[str, str] = request.headers
        upload_id = request.parameter("uploadId")
        if upload_id is not None:  # a part is encrypted as its upload said
            headers = self._multipart.headers_of(upload_id)
        for name in (ENCRYPTION, ENCRYPTION_KEY):
            if name in headers:
                context[f"s3:{name}"] = headers[name]
        return context

    def _signature_context(self, signed: Signed) -> dict[str, str]:
        age = self._now() - signed.signed_at
        return {
            "s3:signatureage": str(int(age.total_seconds() * 1000)),
            "s3:authtype": "REST-QUERY-STRING" if signed.presigned else "REST-HEADER",
            "s3:signatureversion": "AWS4-HMAC-SHA256",
        }
