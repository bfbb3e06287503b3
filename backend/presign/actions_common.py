"""What all groups of actions share: the moment of a request, its answer, and batches.

A batch is answered entry by entry, in order: each a reply, or the Problem that it would have been alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from backend.presign.keys import new_index_key, new_log_key, own_key, own_key_to_write
from backend.presign.problems import Problem, internal, unavailable
from backend.presign.storage import StorageMisconfigured
from backend.presign.storage_readings import utc_text
from backend.presign.validation import parse_s3_key, parse_version_id
from backend.presign.validation_fields import Fields, entry_fields

if TYPE_CHECKING:
    from backend.presign.keys import ObjectKey
    from backend.presign.observability import RequestLog
    from backend.presign.storage import Storage
    from backend.presign.storage_readings import Head
    from backend.presign.validation import UploadRequest

BATCH_SECONDS = 18
"""Entries of a batch that S3 has kept from starting by then are answered 503: the reply must leave before the
function's 30 s are over."""

Reply = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, with what its log line counts."""

    body: Reply
    items: int = 1
    problems: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """What is the same for all of a request: one time, one log, one owner."""

    now: datetime
    log: RequestLog
    owner: str


Action = Callable[[Fields, Moment], Answer]
Group = Mapping[str, Action]
"""Actions by name."""


class Batches:
    """Answers a request's one entry, or its `items`. `monotonic` is in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic

    def one_or_batch(
        self, fields: Fields, moment: Moment, one: Callable[[Fields, Moment], Reply], *, threads: int
    ) -> Answer:
        """`one`'s reply to the request itself, or to each of its items, `threads` of them at a time."""
        if "items" not in fields:
            return Answer(one(fields, moment))
        entries = fields.only("items").entries("items")
        deadline = self._monotonic() + BATCH_SECONDS

        def answer(index: int) -> tuple[Reply, bool]:
            try:
                if self._monotonic() > deadline:
                    raise unavailable()
                return one(entry_fields("items", index, entries[index]), moment), False
            except Problem as problem:
                return problem.body(moment.log.request_id), True
            except StorageMisconfigured as error:
                moment.log.failure("storage refuses", operation=error.operation, s3Code=error.code)
                return internal().body(moment.log.request_id), True

        moment.log.debug("batch", entries=len(entries))
        answers = _in_order(answer, len(entries), threads)
        return Answer(
            {"items": [body for body, _ in answers]},
            items=len(answers),
            problems=sum(refused for _, refused in answers),
        )


def expiry(now: datetime, expires_in: int) -> str:
    """When a URL signed now ends; `expires_in` in seconds."""
    return utc_text(now + timedelta(seconds=expires_in))


def key_to_write(request: UploadRequest, moment: Moment, where: str) -> ObjectKey:
    """The key that an upload asks for or is given. `where` is the path before its fields' names.

    Raises Problem 404 for a key that is not the owner's, 400 for an index's name that is no machine's id.
    """
    if request.s3_key is not None:
        return own_key_to_write(moment.owner, request.kind, request.s3_key)
    file_name = request.file_name or ""
    if request.kind == "index":
        return new_index_key(moment.owner, file_name, request.session_date or "", where)
    return new_log_key(moment.owner, file_name, request.session_date, moment.now)


def find(storage: Storage, fields: Fields, owner: str) -> tuple[str, Head]:
    """The key and version that a request names, and what S3 says of it.

    Raises Problem 404 for what is not the owner's or not there.
    """
    s3_key, version_id = parse_s3_key(fields), parse_version_id(fields)
    key = own_key(owner, s3_key)
    return key.s3_key, storage.head(key.s3_key, version_id)


def _in_order(
    answer: Callable[[int], tuple[Reply, bool]], count: int, threads: int
) -> list[tuple[Reply, bool]]:
    if threads == 1 or count == 1:
        return [answer(index) for index in range(count)]
    with ThreadPoolExecutor(max_workers=min(threads, count), thread_name_prefix="presign") as pool:
        return list(pool.map(answer, range(count)))
