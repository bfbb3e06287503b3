"""Brings archived files back, as after a loss, and proves them: a rehearsal that changes nothing in the bucket.

    python -m tools.operate.restore_drill --bucket BUCKET --to FOLDER             12 files, chosen at random
    python -m tools.operate.restore_drill --bucket BUCKET --to FOLDER --objects 50 --ask-return

Among them are, where there are any, newest versions, older ones, and such as somebody deleted. Each is fetched as S3 holds it, its
checksum compared with S3's, and unpacked; then its SHA-256 is compared with that of the original. What lies in an
archive class has to be asked back first, which costs: that is only told, unless --ask-return is given.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from awscrt import checksums

from app.remote.zstd_frames import NotZstdError, decompressed
from tools.operate.aws import Refused, add_options, open_account, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.operate.aws import Client

Kind = Literal["newest", "older", "deleted"]
LOGS = "chat-logs/"
BLOCK = 1 << 20
RETURN_DAYS = 3
HOURS = {"GLACIER": {"Standard": 5, "Bulk": 12}, "DEEP_ARCHIVE": {"Standard": 12, "Bulk": 48}}
"""How long S3 may take: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html"""


@dataclass(frozen=True)
class Archived:
    """A version of an archived file. `kind` says whether it is seen: the newest, an older one, one of a deleted object."""

    key: str
    version_id: str
    size: int
    storage_class: str
    last_modified: datetime
    kind: Kind


@dataclass(frozen=True)
class Stock:
    """What the bucket holds of archived files."""

    versions: tuple[Archived, ...]

    @property
    def current_bytes(self) -> int:
        """Bytes of everything that a person sees: what a whole restore brings back."""
        return sum(one.size for one in self.versions if one.kind == "newest")

    @property
    def newest(self) -> datetime | None:
        """When something was archived last."""
        return max((one.last_modified for one in self.versions), default=None)


@dataclass(frozen=True)
class Brought:
    """How it went with one version. `state`: verified (the original's hash too), stored (S3 keeps none of the original), failed, cold."""

    archived: Archived
    state: Literal["verified", "stored", "failed", "cold"]
    seconds: float = 0.0
    told: str = ""


def take_stock(s3: Client, bucket: str) -> Stock:
    """Every version. Raises ClientError."""
    versions: list[dict[str, Any]] = []
    hidden: set[str] = set()
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=LOGS):
        versions += page.get("Versions", ())
        hidden |= {one["Key"] for one in page.get("DeleteMarkers", ()) if one["IsLatest"]}
    return Stock(
        tuple(
            Archived(
                one["Key"],
                one["VersionId"],
                one["Size"],
                one.get("StorageClass", "STANDARD"),
                one["LastModified"],
                "deleted" if one["Key"] in hidden else "newest" if one["IsLatest"] else "older",
            )
            for one in versions
        )
    )


def choose(stock: Stock, count: int, chance: random.Random) -> list[Archived]:
    """So many at random, the three kinds taking turns while they last."""
    heaps: list[list[Archived]] = []
    for kind in ("newest", "older", "deleted"):
        heap = [one for one in stock.versions if one.kind == kind]
        chance.shuffle(heap)
        heaps.append(heap)
    chosen: list[Archived] = []
    while len(chosen) < count and any(heaps):
        chosen += [heap.pop() for heap in heaps if heap]
    return chosen[:count]


def bring(s3: Client, bucket: str, archived: Archived, folder: Path) -> Brought:
    """Fetch a version into the folder and prove it. Raises ClientError, OSError."""
    began = time.monotonic()
    named = {"Bucket": bucket, "Key": archived.key, "VersionId": archived.version_id}
    head = s3.head_object(**named, ChecksumMode="ENABLED")
    if archived.storage_class in HOURS and 'ongoing-request="false"' not in head.get("Restore", ""):
        state = "is on its way already" if "true" in head.get("Restore", "") else "has to be asked back"
        return Brought(archived, "cold", told=state)
    target = folder / f"{archived.version_id}-{archived.key.rpartition('/')[2]}"
    sha256, crc = hashlib.sha256(), 0
    with target.open("wb") as file:
        for block in s3.get_object(**named)["Body"].iter_chunks(BLOCK):
            file.write(block)
            sha256.update(block)
            crc = checksums.crc64nvme(block, crc)
    problem = _unlike_s3(head, target.stat().st_size, sha256.digest(), crc.to_bytes(8, "big"))
    original = head.get("Metadata", {}).get("original-sha256")
    if not problem and original:
        problem = _unlike_original(target, original, packed=archived.key.endswith(".zst"))
    state_now = "failed" if problem else "verified" if original else "stored"
    return Brought(archived, state_now, time.monotonic() - began, problem)  # type: ignore[arg-type]  # one of the literals


def _unlike_s3(head: dict[str, Any], size: int, sha256: bytes, crc64nvme: bytes) -> str:
    """How the bytes differ from what S3 says of them; nothing where they do not."""
    if size != head["ContentLength"]:
        return f"{size} bytes came of {head['ContentLength']}"
    known = {"ChecksumSHA256": sha256, "ChecksumCRC64NVME": crc64nvme}
    compared = False
    for name, found in known.items():
        if name in head and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
            compared = True
            if head[name] != base64.b64encode(found).decode():
                return f"another {name} than S3 keeps"
    return "" if compared else "S3 keeps no checksum of the whole"


def _unlike_original(path: Path, sha256: str, *, packed: bool) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        blocks = iter(lambda: file.read(BLOCK), b"")
        try:
            for block in decompressed(blocks) if packed else blocks:
                digest.update(block)
        except NotZstdError as problem:
            return f"cannot be unpacked: {problem}"
    return "" if digest.hexdigest() == sha256 else "another SHA-256 than the original had"


def ask_return(s3: Client, bucket: str, archived: Archived, tier: str) -> None:
    """Have S3 make a readable copy for some days. Raises ClientError."""
    s3.restore_object(
        Bucket=bucket,
        Key=archived.key,
        VersionId=archived.version_id,
        RestoreRequest={"Days": RETURN_DAYS, "GlacierJobParameters": {"Tier": tier}},
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.operate.restore_drill",
        description="Bring archived files back into a scratch folder and prove them. Changes nothing in the bucket.",
    )
    parser.add_argument(
        "--bucket", required=True, help="the stack's bucket (its output Bucket), or its replica"
    )
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path, required=True, help="an empty folder; made if missing"
    )
    parser.add_argument(
        "--objects", metavar="N", type=int, default=12, help="how many (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, help="choose the same ones again")
    parser.add_argument(
        "--ask-return", action="store_true", help="really ask for what lies in an archive class; costs money"
    )
    parser.add_argument(
        "--tier", choices=("Standard", "Bulk"), default="Bulk", help="of that return (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="the summary as JSON on standard output")
    add_options(parser)
    arguments = parser.parse_args()
    return run(lambda: _drill(arguments))


def _drill(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.to
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Name another folder: nothing is overwritten.")
    s3 = open_account(arguments).client("s3")
    began = time.monotonic()
    stock = take_stock(s3, arguments.bucket)
    chance = random.Random(arguments.seed)  # noqa: S311 - to choose files, no secret
    chosen = choose(stock, arguments.objects, chance)
    if not chosen:
        raise Refused(f"{arguments.bucket} holds no archived files under {LOGS}.")
    results = []
    for archived in chosen:
        result = bring(s3, arguments.bucket, archived, folder)
        if result.state == "cold" and arguments.ask_return and "asked" in result.told:
            ask_return(s3, arguments.bucket, archived, arguments.tier)
        results.append(result)
        for line in _described(result, arguments):
            print(line, file=sys.stderr)
    summary = summarised(stock, results, time.monotonic() - began, arguments.tier)
    if arguments.json:
        print(json.dumps(summary))
    else:
        for name, value in summary.items():
            print(f"{name}: {value}")
    return 1 if summary["failed"] else 0


def _described(result: Brought, arguments: argparse.Namespace) -> Iterator[str]:
    archived = result.archived
    yield f"{result.state:9} {archived.kind:8} {archived.size:>12,} bytes  {archived.key}  {result.told}".rstrip()
    if result.state == "cold":
        hours = HOURS[archived.storage_class][arguments.tier]
        asked = "was asked for now" if arguments.ask_return else "would be asked for with --ask-return"
        yield f"          {archived.storage_class}: its return {asked} ({arguments.tier}, within {hours} h)"


def summarised(stock: Stock, results: Sequence[Brought], seconds: float, tier: str) -> dict[str, Any]:
    """The drill in numbers. Bytes and seconds; `wholeArchiveSeconds` at the speed seen, one file at a time, cold ones apart."""
    brought = [one for one in results if one.state != "cold"]
    size = sum(one.archived.size for one in brought)
    spent = sum(one.seconds for one in brought)
    speed = size / spent if spent else 0.0
    states = Counter(one.state for one in results)
    cold = {one.storage_class for one in stock.versions if one.kind == "newest"} & HOURS.keys()
    newest = stock.newest
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "chosen": len(results),
        "kinds": dict(Counter(one.archived.kind for one in results)),
        "verified": states["verified"],
        "storedOnly": states["stored"],
        "failed": states["failed"],
        "cold": states["cold"],
        "bytes": size,
        "seconds": round(seconds, 2),
        "bytesPerSecond": round(speed),
        "wholeArchiveBytes": stock.current_bytes,
        "wholeArchiveSeconds": round(stock.current_bytes / speed, 1) if speed else None,
        "hoursForArchiveClasses": max((HOURS[one][tier] for one in cold), default=0),
        "lastArchivedAt": newest.astimezone(UTC).isoformat(timespec="seconds") if newest else None,
    }


if __name__ == "__main__":
    sys.exit(main())
