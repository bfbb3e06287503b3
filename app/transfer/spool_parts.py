"""A spool file as the parts of an object: where each begins, its checksum, its bytes as a request's body."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from awscrt import checksums

from app.errors import Cancelled, FileShrank, FileVanished, VerificationFailed

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

CRC_BYTES = 8

BLOCK = 1 << 20


class SpoolParts:
    """The parts of one spool file, by number from 1. Sizes in bytes.

    The file is read for its checksums once, from its beginning and as far as they are asked for; `checksum` and `whole`
    are for one thread, the rest for any; so is the checksum of a part that was asked for before.
    """

    def __init__(self, path: Path, size: int, part_size: int, stopped: threading.Event) -> None:
        self._path = path
        self._size = size
        self._part_size = part_size
        self._stopped = stopped
        self._checksums: list[bytes] = []
        self._sha256 = hashlib.sha256()

    @property
    def count(self) -> int:
        """How many there are."""
        return max(1, -(-self._size // self._part_size))

    def size(self, number: int) -> int:
        """Bytes of a part."""
        return min(self._part_size, self._size - self._offset(number))

    def checksum(self, number: int) -> bytes:
        """A part's CRC64NVME, big-endian. Raises FileVanished, FileShrank, Cancelled."""
        if len(self._checksums) < number:
            try:
                with self._path.open("rb", buffering=0) as file:
                    file.seek(self._offset(len(self._checksums) + 1))
                    while len(self._checksums) < number:
                        self._checksums.append(self._read_next(file))
            except FileNotFoundError as problem:
                raise FileVanished(path=str(self._path)) from problem
        return self._checksums[number - 1]

    def whole(self, sha256: bytes) -> bytes:
        """The whole file's CRC64NVME, once what was read of it is shown to have this SHA-256.

        So what S3 confirms by one checksum is what was prepared under the other. Raises VerificationFailed, and as
        `checksum` does.
        """
        self.checksum(self.count)
        if self._sha256.digest() != sha256:
            raise VerificationFailed(
                s3Key=None, what="spool", expected=sha256.hex(), found=self._sha256.hexdigest()
            )
        crc = 0
        for number, checksum in enumerate(self._checksums, start=1):
            crc = checksums.combine_crc64nvme(crc, int.from_bytes(checksum, "big"), self.size(number))
        return crc.to_bytes(CRC_BYTES, "big")

    def body(self, number: int, tell: Callable[[int], None]) -> PartBody:
        """A part's bytes; `tell` hears how many of them were taken. Close it. Raises FileVanished."""
        try:
            file = self._path.open("rb", buffering=0)
        except FileNotFoundError as problem:
            raise FileVanished(path=str(self._path)) from problem
        file.seek(self._offset(number))
        return PartBody(file, self._path, self.size(number), tell, self._stopped)

    def _offset(self, number: int) -> int:
        return (number - 1) * self._part_size

    def _read_next(self, file: BinaryIO) -> bytes:
        crc, left = 0, self.size(len(self._checksums) + 1)
        while left:
            if self._stopped.is_set():
                raise Cancelled
            block = file.read(min(BLOCK, left))
            if not block:
                raise FileShrank(path=str(self._path))
            crc = checksums.crc64nvme(block, crc)
            self._sha256.update(block)
            left -= len(block)
        return crc.to_bytes(CRC_BYTES, "big")


class PartBody:
    """Exactly the bytes of a part, read in blocks."""

    def __init__(
        self, file: BinaryIO, path: Path, size: int, tell: Callable[[int], None], stopped: threading.Event
    ) -> None:
        self._file = file
        self._path = path
        self._size = size
        self._left = size
        self._tell = tell
        self._stopped = stopped

    def __len__(self) -> int:
        return self._size

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, count: int = -1, /) -> bytes:
        """The next block; what was handed out before counts as sent. Raises FileShrank, Cancelled."""
        if self._stopped.is_set():
            raise Cancelled
        self._tell(self._size - self._left)
        wanted = self._left if count < 0 else min(count, self._left)
        block = self._file.read(wanted)
        if wanted and not block:
            raise FileShrank(path=str(self._path))
        self._left -= len(block)
        return block
