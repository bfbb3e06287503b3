"""An archive with something of everything in it, and what generated requests may name of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.backend.own_s3 import Way

BODY = b"what was said"
BODY_CRC64NVME = "0ZZWQXrPxbk="
UPLOADS = 6

Thing = dict[str, str]
"""What belongs together, by the names of the fields that say it."""


@dataclass(frozen=True)
class Stock:
    """The owner's own things, absent ones, and somebody else's."""

    things: Sequence[Thing]

    def plant(self, draw: Callable[[Any], Any], request: Any) -> Any:
        """The request with what it names exchanged, most times, for something of the stock."""
        if isinstance(request, list):
            return [self.plant(draw, part) for part in request]
        if not isinstance(request, dict):
            return request
        thing: Mapping[str, str] = draw(st.sampled_from(self.things))
        if not draw(st.integers(0, 3)):
            # Now and then what does not belong together.
            thing = {**thing, **draw(st.sampled_from(self.things))}
        kept = draw(st.integers(0, 9)) == 0
        return {
            name: thing[name]
            if name in thing and isinstance(value, str) and not kept
            else self.plant(draw, value)
            for name, value in request.items()
        }


def fill(way: Way, other: Way) -> Stock:
    """Fill the archives of two owners; what requests of the first may name."""
    mine, theirs = _fill(way), _fill(other)
    absent = [
        {"s3Key": f"chat-logs/{way.owner}/2026-11-20_absent.md", "uploadId": "absent", "versionId": "absent"},
        {"s3Key": f"chat-logs/{way.owner}/../{other.owner}/x", "versionId": "null", "cursor": "W10"},
    ]
    # The owner's own twice, so that they are drawn more often.
    return Stock([*mine, *mine, *theirs, *absent])


def _fill(way: Way) -> list[Thing]:
    def upload(**fields: object) -> str:
        request = {"action": "upload", "contentType": "application/zstd", "size": len(BODY)}
        return str(way.put(request | fields, BODY)["s3Key"])

    day = "2026-11-20"
    grown = upload(fileName="grown.jsonl.zst", sessionDate=day)
    upload(s3Key=grown)
    hidden = upload(fileName="hidden.jsonl.zst", sessionDate=day)
    way.done({"action": "delete", "s3Key": hidden})
    index = upload(kind="index", fileName="m1", sessionDate=day)
    archived = f"chat-logs/{way.owner}/2025-01-15_archived.jsonl.zst"
    way.put_archived(archived, BODY)
    things: list[Thing] = [{"s3Key": index}]
    for key in (grown, hidden, archived):
        versions = way.done({"action": "versions", "s3Key": key})["versions"]
        things += [{"s3Key": key, "versionId": version["versionId"]} for version in versions]
    for limit, thing in enumerate(list(things[:2]), start=1):
        thing["cursor"] = way.done({"action": "list", "limit": limit})["next"]
    return things + [_begin(way, number) for number in range(UPLOADS)]


def _begin(way: Way, number: int) -> Thing:
    """An upload in parts of which S3 holds one."""
    common = {"contentType": "application/zstd", "size": len(BODY), "fileName": f"parts{number}"}
    begun = way.done({"action": "multipart-create", **common, "ifAbsent": number % 2 == 0})
    named = {"s3Key": begun["s3Key"], "uploadId": begun["uploadId"]}
    part = {
        "partNumber": 1,
        "size": len(BODY),
        "checksum": {"algorithm": "CRC64NVME", "value": BODY_CRC64NVME},
    }
    (signed,) = way.done({"action": "multipart-sign", **named, "parts": [part]})["parts"]
    requests.put(signed["presignedUrl"], data=BODY, headers=signed["headers"], timeout=30).raise_for_status()
    return named
