"""The errors of S3: code, status and the XML they travel in.

Source of codes, statuses and messages: "Error responses" of the Amazon S3 API Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from app.sandbox.http_server import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_KNOWN: Mapping[str, tuple[int, str]] = {
    "AccessDenied": (403, "Access Denied"),
    "AuthorizationHeaderMalformed": (400, "The authorization header that you provided is not valid."),
    "AuthorizationQueryParametersError": (
        400,
        "The authorization query parameters that you provided are not valid.",
    ),
    "BadDigest": (
        400,
        "The Content-MD5 or checksum value that you specified did not match what the server received.",
    ),
    "EntityTooLarge": (400, "Your proposed upload exceeds the maximum allowed object size."),
    "EntityTooSmall": (400, "Your proposed upload is smaller than the minimum allowed object size."),
    "IncompleteBody": (
        400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    ),
    "InternalError": (500, "An internal error occurred. Try again."),
    "InvalidAccessKeyId": (403, "The AWS access key ID that you provided does not exist in our records."),
    "InvalidArgument": (400, "Invalid Argument"),
    "InvalidDigest": (400, "The Content-MD5 or checksum value that you specified is not valid."),
    "InvalidObjectState": (403, "The operation is not valid for the object's storage class"),
    "InvalidPart": (400, "One or more of the specified parts could not be found."),
    "InvalidPartOrder": (400, "The list of parts was not in ascending order."),
    "InvalidRange": (416, "The requested range is not satisfiable"),
    "InvalidRequest": (400, "Invalid Request"),
    "InvalidStorageClass": (400, "The storage class that you specified is not valid."),
    "InvalidToken": (400, "The provided token is malformed or otherwise not valid."),
    "InvalidURI": (400, "The specified URI couldn't be parsed."),
    "KMS.NotFoundException": (400, "Invalid keyId"),
    "KeyTooLongError": (400, "Your key is too long."),
    "MalformedXML": (
        400,
        "The XML that you provided was not well formed or did not validate against our schema.",
    ),
    "MetadataTooLarge": (400, "Your metadata headers exceed the maximum allowed metadata size."),
    "MethodNotAllowed": (405, "The specified method is not allowed against this resource."),
    "MissingContentLength": (411, "You must provide the Content-Length HTTP header."),
    "MissingSecurityHeader": (400, "Your request is missing a required header."),
    "NoSuchBucket": (404, "The specified bucket does not exist."),
    "NoSuchKey": (404, "The specified key does not exist."),
    "NoSuchUpload": (404, "The specified multipart upload does not exist."),
    "NoSuchVersion": (404, "The specified version does not exist."),
    "NotImplemented": (
        501,
        "A header or query that you provided implies functionality that is not implemented.",
    ),
    "ObjectNotInActiveTierError": (
        403,
        "The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.",
    ),
    "PreconditionFailed": (412, "At least one of the preconditions that you specified did not hold."),
    "RequestTimeTooSkewed": (
        403,
        "The difference between the request time and the server's time is too large.",
    ),
    "RestoreAlreadyInProgress": (409, "Object restore is already in progress."),
    "ServiceUnavailable": (503, "Service is unable to handle request."),
    "SignatureDoesNotMatch": (
        403,
        "The request signature that the server calculated does not match the signature that you provided.",
    ),
    "XAmzContentSHA256Mismatch": (
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    ),
}


class S3Error(Exception):
    """A refusal as S3 words it. `fields` become further elements of the XML; `headers` may be added
    to the reply.
    """

    def __init__(self, code: str, message: str | None = None, **fields: str) -> None:
        status, standard_message = _KNOWN[code]
        self.code = code
        self.status = status
        self.message = message or standard_message
        self.headers: Mapping[str, str] = {}
        self.fields = fields
        super().__init__(f"{code}: {self.message}")

    def reply(self, resource: str, request_id: str) -> Reply:
        """The error as the reply to a request for `resource` (the path as sent)."""
        elements = {"Code": self.code, "Message": self.message, **self.fields, "Resource": resource}
        elements["RequestId"] = request_id
        inner = "".join(f"<{name}>{escape(_printable(value))}</{name}>" for name, value in elements.items())
        body = f"{XML_DECLARATION}<Error>{inner}</Error>".encode()
        return Reply(self.status, {"content-type": "application/xml", **self.headers}, body)


def _printable(value: str) -> str:
    """XML 1.0 knows no control characters, not even escaped ones."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value)
