"""upload, download and head: leave to write or read an object, and what S3 knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.presign.actions_common import expiry, find, key_to_write
from backend.presign.problems import object_archived
from backend.presign.storage import CONNECTIONS
from backend.presign.validation import parse_expires_in, parse_upload

if TYPE_CHECKING:
    from backend.presign.actions_common import Answer, Batches, Group, Moment, Reply
    from backend.presign.settings import Settings
    from backend.presign.signer import Signer
    from backend.presign.storage import Storage
    from backend.presign.validation import UploadRequest
    from backend.presign.validation_fields import Fields


class ObjectActions:
    """The actions on single objects, or on up to 100 at once. Uploads are granted without a word to S3."""

    def __init__(self, settings: Settings, storage: Storage, signer: Signer, batches: Batches) -> None:
        self._settings = settings
        self._storage = storage
        self._signer = signer
        self._batches = batches

    @property
    def group(self) -> Group:
        """The actions by name."""
        return {"upload": self._upload, "download": self._download, "head": self._head}

    def _upload(self, fields: Fields, moment: Moment) -> Answer:
        return self._batches.one_or_batch(fields, moment, self._grant_upload, threads=1)

    def _grant_upload(self, fields: Fields, moment: Moment) -> Reply:
        request = parse_upload(fields, self._settings)
        key = key_to_write(request, moment, fields.where)
        headers = _signed_headers(request, self._settings.kms_key_id)
        if request.size is not None:
            moment.log.upload_size(request.size, self._settings.max_object_bytes)
        return {
            "presignedUrl": self._signer.put(key.s3_key, headers, request.expires_in, moment.now),
            "s3Key": key.s3_key,
            "timestamp": key.timestamp,
            "method": "PUT",
            "headers": headers,
            "expiresAt": expiry(moment.now, request.expires_in),
        }

    def _download(self, fields: Fields, moment: Moment) -> Answer:
        return self._batches.one_or_batch(fields, moment, self._grant_download, threads=CONNECTIONS)

    def _grant_download(self, fields: Fields, moment: Moment) -> Reply:
        fields.only("s3Key", "versionId", "expiresIn")
        expires_in = parse_expires_in(fields)
        s3_key, head = find(self._storage, fields, moment.owner)
        if head.archived:
            raise object_archived(head.storage_class, head.restore)
        return {
            # The version that was looked at is the one that is signed for, whatever is written meanwhile.
            "presignedUrl": self._signer.get(s3_key, head.version_id, expires_in, moment.now),
            "s3Key": s3_key,
            "versionId": head.version_id,
            "size": head.size,
            "headers": {},
            "expiresAt": expiry(moment.now, expires_in),
        }

    def _head(self, fields: Fields, moment: Moment) -> Answer:
        return self._batches.one_or_batch(fields, moment, self._describe, threads=CONNECTIONS)

    def _describe(self, fields: Fields, moment: Moment) -> Reply:
        fields.only("s3Key", "versionId")
        _, head = find(self._storage, fields, moment.owner)
        return {
            "size": head.size,
            "checksum": head.checksum,
            "etag": head.etag,
            "versionId": head.version_id,
            "storageClass": head.storage_class,
            "encryption": head.encryption,
            "metadata": head.metadata,
            "restore": head.restore,
        }


def _signed_headers(request: UploadRequest, kms_key_id: str) -> dict[str, str]:
    headers = {
        "content-type": request.content_type,
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kms_key_id,
    }
    if request.size is not None:
        headers["content-length"] = str(request.size)
    if request.checksum is not None:
        headers[f"x-amz-checksum-{request.checksum.algorithm.lower()}"] = request.checksum.value
    if request.if_absent:
        headers["if-none-match"] = "*"
    return headers | {f"x-amz-meta-{name}": value for name, value in request.metadata.items()}
