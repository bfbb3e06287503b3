"""The checksums S3 verifies, computed while the bytes arrive.

Source: "Checking object integrity" of the Amazon S3 User Guide. CRCs come from awscrt (CRC64NVME at 17 GB/s),
not from Python loops.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from awscrt import checksums as crt

from app.sandbox.s3_errors import S3Error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ChecksumType = Literal["FULL_OBJECT", "COMPOSITE"]
DEFAULT_ALGORITHM = "CRC64NVME"  # what S3 adds to an object that came without a checksum


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc:
    """A CRC with the face of hashlib."""

    def __init__(self, function: Callable[[bytes, int], int], size: int) -> None:
        self._function = function
        self._size = size
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = self._function(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._size, "big")


_MAKERS: Mapping[str, Callable[[], _Hash]] = {
    "CRC32": lambda: _Crc(crt.crc32, 4),
    "CRC32C": lambda: _Crc(crt.crc32c, 4),
    "CRC64NVME": lambda: _Crc(crt.crc64nvme, 8),
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
}
ALGORITHMS = tuple(_MAKERS)
_HEADERS = {f"x-amz-checksum-{name.lower()}": name for name in ALGORITHMS}
CHECKSUM_HEADERS = frozenset(_HEADERS)
_COMBINERS: Mapping[str, tuple[Callable[[int, int, int], int], int]] = {
    "CRC32": (crt.combine_crc32, 4),
    "CRC32C": (crt.combine_crc32c, 4),
    "CRC64NVME": (crt.combine_crc64nvme, 8),
}


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum as S3 keeps it: `value` is base64, for COMPOSITE with "-<number of parts>" at its end."""

    algorithm: str
    value: str
    type: ChecksumType = "FULL_OBJECT"

    @property
    def header(self) -> str:
        """The name of the header that carries it."""
        return f"x-amz-checksum-{self.algorithm.lower()}"

    def reply_headers(self) -> dict[str, str]:
        """As the replies to PUT, GET and HEAD carry it."""
        return {self.header: self.value, "x-amz-checksum-type": self.type}


def claimed_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The checksum the client says the body has, None without one.

    Raises S3Error InvalidRequest for several checksums or one that is no base64 of the right length.
    """
    claimed = [name for name in headers if name in _HEADERS]
    if not claimed:
        return None
    if len(claimed) > 1:
        raise S3Error(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        )
    name = claimed[0]
    algorithm = _HEADERS[name]
    digest = _decoded(headers[name])
    if digest is None or len(digest) != len(_MAKERS[algorithm]().digest()):
        raise S3Error("InvalidRequest", f"Value for {name} header is invalid.")
    return Checksum(algorithm, headers[name])


class Hasher:
    """Reads a body past and compares it with everything its request claims about it.

    `headers` are the request's; without a checksum among them `default` is computed, as S3 does.
    """

    def __init__(
        self, headers: Mapping[str, str], payload_hash: str | None, default: str = DEFAULT_ALGORITHM
    ) -> None:
        self._claimed = claimed_checksum(headers)
        self._algorithm = self._claimed.algorithm if self._claimed else default
        self._main = _MAKERS[self._algorithm]()
        self._md5_claimed = _claimed_md5(headers)
        self._payload_hash = payload_hash
        self._others: dict[str, _Hash] = {}
        if self._md5_claimed is not None:
            self._others["md5"] = hashlib.md5(usedforsecurity=False)
        if payload_hash is not None:
            self._others["sha256"] = hashlib.sha256()

    def update(self, data: bytes) -> None:
        """Take the next bytes in."""
        self._main.update(data)
        for other in self._others.values():
            other.update(data)

    def finish(self) -> Checksum:
        """The body's checksum. Raises S3Error BadDigest or XAmzContentSHA256Mismatch when the client claimed another."""
        computed = Checksum(self._algorithm, base64.b64encode(self._main.digest()).decode("ascii"))
        check_digest(self._claimed, computed)
        if self._md5_claimed is not None:
            check_md5(self._md5_claimed, self._others["md5"].digest())
        if self._payload_hash is not None:
            check_payload_hash(self._payload_hash, self._others["sha256"].digest().hex())
        return computed


def check_digest(claimed: Checksum | None, computed: Checksum) -> None:
    """Raise BadDigest when the body is not what its header says."""
    if claimed is not None and claimed.value != computed.value:
        raise S3Error(
            "BadDigest", f"The {claimed.algorithm} you specified did not match the calculated checksum."
        )


def check_md5(claimed: bytes, computed: bytes) -> None:
    """Raise BadDigest when the body is not what Content-MD5 says."""
    if claimed != computed:
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")


def check_payload_hash(claimed: str, computed: str) -> None:
    """Raise when the body is not the one whose hash was signed."""
    if claimed != computed:
        raise S3Error("XAmzContentSHA256Mismatch")


def combine(algorithm: str, parts: Sequence[tuple[Checksum, int]]) -> Checksum:
    """The full-object CRC of parts laid end to end; `parts` are (checksum, size in bytes)."""
    function, width = _COMBINERS[algorithm]
    value = 0
    for number, (checksum, size) in enumerate(parts):
        part = int.from_bytes(base64.b64decode(checksum.value), "big")
        value = part if number == 0 else function(value, part, size)
    return Checksum(algorithm, base64.b64encode(value.to_bytes(width, "big")).decode("ascii"))


def compose(algorithm: str, parts: Sequence[Checksum]) -> Checksum:
    """The checksum of the parts' checksums."""
    hasher = _MAKERS[algorithm]()
    for part in parts:
        hasher.update(base64.b64decode(part.value))
    value = base64.b64encode(hasher.digest()).decode("ascii")
    return Checksum(algorithm, f"{value}-{len(parts)}", "COMPOSITE")


def _claimed_md5(headers: Mapping[str, str]) -> bytes | None:
    value = headers.get("content-md5")
    if value is None:
        return None
    digest = _decoded(value)
    if digest is None or len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.")
    return digest


def _decoded(value: str) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
