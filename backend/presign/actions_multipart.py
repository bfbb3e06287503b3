"""multipart-create, -sign, -list, -complete, -abort: objects that are sent in parts.

The function keeps nothing between them: S3 knows the parts, and the upload's id carries the one thing that S3 asks
for only at the end. Completing and aborting may be asked for again after a lost reply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.presign.actions_common import Answer, expiry, key_to_write
from backend.presign.keys import own_key
from backend.presign.storage_problems import NotTheFirst, UploadGone, already_there, no_such_upload
from backend.presign.validation import parse_expires_in, parse_multipart_upload, parse_s3_key
from backend.presign.validation_multipart import (
    UploadId,
    parse_after,
    parse_parts,
    parse_upload_id,
    parse_whole,
    part_count,
    part_size,
)

if TYPE_CHECKING:
    from backend.presign.actions_common import Group, Moment, Reply
    from backend.presign.settings import Settings
    from backend.presign.signer import Signer
    from backend.presign.storage import Storage
    from backend.presign.storage_multipart import Completed, PartUploads
    from backend.presign.validation import Checksum
    from backend.presign.validation_fields import Fields
    from backend.presign.validation_multipart import PartRequest


class MultipartActions:
    """The actions on uploads in parts. Parts are signed without a word to S3."""

    def __init__(self, settings: Settings, storage: Storage, uploads: PartUploads, signer: Signer) -> None:
        self._settings = settings
        self._storage = storage
        self._uploads = uploads
        self._signer = signer

    @property
    def group(self) -> Group:
        """The actions by name."""
        return {
            "multipart-create": self._create,
            "multipart-sign": self._sign,
            "multipart-list": self._list,
            "multipart-complete": self._complete,
            "multipart-abort": self._abort,
        }

    def _create(self, fields: Fields, moment: Moment) -> Answer:
        request, size = parse_multipart_upload(fields, self._settings)
        key = key_to_write(request, moment, fields.where)
        moment.log.upload_size(size, self._settings.max_object_bytes)
        upload_id = self._uploads.create(key.s3_key, request, self._settings.kms_key_id)
        return Answer(
            {
                "s3Key": key.s3_key,
                "uploadId": str(UploadId(upload_id, request.if_absent)),
                "partSize": part_size(size),
                "partCount": part_count(size),
                "timestamp": key.timestamp,
            }
        )

    def _sign(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "uploadId", "parts", "expiresIn")
        s3_key, upload = _named(fields, moment)
        expires_in = parse_expires_in(fields)
        parts = parse_parts(fields)
        return Answer(
            {"parts": [self._grant(s3_key, upload, part, expires_in, moment) for part in parts]},
            items=len(parts),
        )

    def _grant(
        self, s3_key: str, upload: UploadId, part: PartRequest, expires_in: int, moment: Moment
    ) -> Reply:
        headers = {
            "content-length": str(part.size),
            f"x-amz-checksum-{part.checksum.algorithm.lower()}": part.checksum.value,
        }
        url = self._signer.put_part(s3_key, upload.value, part.number, headers, expires_in, moment.now)
        return {
            "partNumber": part.number,
            "presignedUrl": url,
            "headers": headers,
            "expiresAt": expiry(moment.now, expires_in),
        }

    def _list(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "uploadId", "after")
        s3_key, upload = _named(fields, moment)
        try:
            parts, following = self._uploads.parts(s3_key, upload.value, parse_after(fields))
        except UploadGone as gone:
            raise no_such_upload() from gone
        return Answer(
            {
                "parts": [
                    {
                        "partNumber": part.number,
                        "size": part.size,
                        "etag": part.etag,
                        "checksum": part.checksum,
                    }
                    for part in parts
                ],
                "next": following,
            },
            items=len(parts),
        )

    def _complete(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "uploadId", "size", "checksum")
        s3_key, upload = _named(fields, moment)
        size, checksum = parse_whole(fields, self._settings.max_object_bytes)
        try:
            done = self._completed(s3_key, upload, size, checksum, fields)
        except UploadGone:
            return Answer(self._completed_before(s3_key, size, checksum))
        return Answer(
            {
                "s3Key": s3_key,
                "versionId": done.version_id,
                "etag": done.etag,
                "size": size,
                "checksum": done.checksum,
            }
        )

    def _completed(
        self, s3_key: str, upload: UploadId, size: int, checksum: Checksum, fields: Fields
    ) -> Completed:
        parts = self._uploads.all_parts(s3_key, upload.value)
        held = sum(part.size for part in parts)
        if held != size or not parts:
            raise fields.refuse("size", f"S3 holds {len(parts)} parts of this upload, {held} bytes in all")
        try:
            return self._uploads.complete(
                s3_key, upload.value, parts, size, checksum, if_absent=upload.if_absent
            )
        except NotTheFirst as problem:
            # It may have been this very upload that came first, its reply lost: then S3 no longer knows it.
            self._uploads.parts(s3_key, upload.value, 0)
            raise already_there() from problem

    def _completed_before(self, s3_key: str, size: int, checksum: Checksum) -> Reply:
        """The object that an upload which is gone has become. Raises Problem 404 where there is another one, or none."""
        head = self._storage.head(s3_key, None)
        wanted = {"algorithm": checksum.algorithm, "type": "FULL_OBJECT", "value": checksum.value}
        if head.size != size or head.checksum != wanted:
            raise no_such_upload()
        return {
            "s3Key": s3_key,
            "versionId": head.version_id,
            "etag": head.etag,
            "size": head.size,
            "checksum": head.checksum,
        }

    def _abort(self, fields: Fields, moment: Moment) -> Answer:
        fields.only("s3Key", "uploadId")
        s3_key, upload = _named(fields, moment)
        try:
            self._uploads.abort(s3_key, upload.value)
        except UploadGone:
            # What was to end has ended.
            moment.log.debug("upload gone before it was aborted")
        return Answer({})


def _named(fields: Fields, moment: Moment) -> tuple[str, UploadId]:
    """The key and upload that a request names. Raises Problem 404 for what is not the owner's."""
    key = own_key(moment.owner, parse_s3_key(fields))
    return key.s3_key, parse_upload_id(fields)
