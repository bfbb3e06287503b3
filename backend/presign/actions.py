"""The protocol's actions: a checked request in, a reply's JSON out, Problems raised."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend.presign import validation, validation_multipart
from backend.presign.actions_common import Answer, Batches, Group, Moment, Reply
from backend.presign.actions_lifetime import DAYS_DEFAULT, DAYS_LIMIT, TIERS, LifetimeActions
from backend.presign.actions_listings import ListingActions
from backend.presign.actions_multipart import MultipartActions
from backend.presign.actions_objects import ObjectActions
from backend.presign.keys import NAME_LIMIT
from backend.presign.problems import invalid_request
from backend.presign.settings import SINGLE_PUT_LIMIT
from backend.presign.signer import Signer
from backend.presign.storage_lifetime import COPY_LIMIT, Lifetimes
from backend.presign.storage_multipart import PAGE_PARTS, PartUploads
from backend.presign.storage_readings import utc_text
from backend.presign.validation_fields import BATCH_LIMIT, Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.presign.observability import RequestLog
    from backend.presign.settings import Settings
    from backend.presign.storage import Storage

PROTOCOL_VERSION = 1
REQUEST_LIMIT = 256 * 1024


class Actions:
    """Every action this endpoint knows. `page_limit` bounds a page of a listing, `monotonic` is in seconds."""

    def __init__(
        self,
        settings: Settings,
        storage: Storage,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        page_limit: int = validation.LIST_LIMIT,
    ) -> None:
        self._settings = settings
        self._clock = clock
        signer = Signer(settings)
        self._actions: Group = {
            **ObjectActions(settings, storage, signer, Batches(monotonic)).group,
            **MultipartActions(settings, storage, PartUploads(storage), signer).group,
            **ListingActions(storage, page_limit).group,
            **LifetimeActions(settings, storage, Lifetimes(storage)).group,
            "health": self._health,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The actions there are."""
        return tuple(self._actions)

    def answer(self, request: Mapping[str, object], owner: str, log: RequestLog) -> Answer:
        """The reply to a request's JSON object; `owner` is the verified caller's. Raises Problem."""
        action = request.get("action")
        if "action" not in request:
            raise invalid_request("action", "is required")
        if not isinstance(action, str) or action not in self._actions:
            raise invalid_request("action", f"must be one of {', '.join(self._actions)}")
        fields = Fields({name: value for name, value in request.items() if name != "action"})
        return self._actions[action](fields, Moment(self._clock().astimezone(UTC), log, owner))

    def _health(self, fields: Fields, moment: Moment) -> Answer:
        fields.only()
        settings = self._settings
        return Answer(
            {
                "status": "ok",
                "protocolVersion": PROTOCOL_VERSION,
                "serverTime": utc_text(moment.now),
                "actions": list(self.names),
                "limits": _limits(settings),
                "policy": {
                    "contentTypes": list(validation.CONTENT_TYPES),
                    "checksumAlgorithms": list(validation.CHECKSUM_BYTES),
                    "partChecksumAlgorithms": list(validation.PART_ALGORITHMS),
                    "restoreTiers": list(TIERS),
                    "sizeRequired": not settings.allow_unsized_uploads,
                    "encryption": {"algorithm": "aws:kms", "keyId": settings.kms_key_id},
                },
                "storage": {
                    "bucket": settings.bucket,
                    "region": settings.region,
                    "host": settings.storage_host,
                },
                "owner": moment.owner,
            }
        )


def _limits(settings: Settings) -> Reply:
    return {
        "requestBytes": REQUEST_LIMIT,
        "batchItems": BATCH_LIMIT,
        "objectBytes": settings.max_object_bytes,
        "singlePutBytes": min(settings.max_object_bytes, SINGLE_PUT_LIMIT),
        "copyBytes": COPY_LIMIT,
        "partBytes": {
            "minimum": validation_multipart.PART_MINIMUM,
            "maximum": validation_multipart.PART_MAXIMUM,
            "default": validation_multipart.PART_DEFAULT,
        },
        "parts": validation_multipart.PARTS_LIMIT,
        "signedParts": BATCH_LIMIT,
        "listedParts": PAGE_PARTS,
        "listItems": validation.LIST_LIMIT,
        "nameLength": NAME_LIMIT,
        "fileNameLength": validation.FILE_NAME_LIMIT,
        "metadataBytes": validation.METADATA_LIMIT,
        "expiresIn": {
            "minimum": validation.EXPIRES_MINIMUM,
            "maximum": validation.EXPIRES_MAXIMUM,
            "default": validation.EXPIRES_MAXIMUM,
        },
        "restoreDays": {"minimum": 1, "maximum": DAYS_LIMIT, "default": DAYS_DEFAULT},
    }
