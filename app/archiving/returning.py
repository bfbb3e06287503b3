"""Following what S3 was asked to bring out of an archive class: when to look again, and what to do once it is there."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from app.archiving.lifetimes import is_coming
from app.errors import Cancelled, NotArchived, ObjectArchived, RemoteError
from app.transfer.object_marks import ObjectVersion

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from app.archiving.lifetimes import Lifetimes
    from app.remote.protocol import ObjectRequest
    from app.transfer.downloads import ReturnRequest

T = TypeVar("T")

FIRST_LOOK_SECONDS = 60.0
LONGEST_LOOK_SECONDS = 3600.0
"""Between two looks at a return."""

_SHARE = 10
"""A look comes after a tenth of the time that the return has taken so far: what takes hours is asked about some forty
times, and noticed with little delay all the same."""


def seconds_to_next_look(taken: float) -> float:
    """How long to wait with the next look at a return that has taken `taken` seconds so far."""
    return min(max(taken / _SHARE, FIRST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)


def once_returned(
    fetch: Callable[[], T],
    lifetimes: Lifetimes,
    wanted: ObjectRequest,
    request: ReturnRequest,
    *,
    waits: Callable[[datetime | None], None],
    stopped: threading.Event,
) -> T:
    """What `fetch` gives; if the object lies in an archive class, once S3 has brought it back, which it is asked for.

    `waits` hears when the object is expected to be there, as far as that is known, before it is waited for. Raises what
    `fetch` does, ObjectArchived where the return has ended without a copy, RemoteError, Cancelled soon after `stopped`.
    """
    asked = False
    while True:
        try:
            return fetch()
        except ObjectArchived:
            [head] = lifetimes.look([wanted])
            if isinstance(head, RemoteError):
                raise head from None
            if not is_coming(head):
                if asked:
                    raise
                with suppress(NotArchived):  # it has come back meanwhile
                    lifetimes.ask_return(wanted.s3_key, head.version_id, days=request.days, tier=request.tier)
            asked = True
            known = lifetimes.returns().get(ObjectVersion(wanted.s3_key, head.version_id or ""))
            waits(known.expected_by if known is not None else None)
        _wait(lifetimes, wanted, stopped)


def _wait(lifetimes: Lifetimes, wanted: ObjectRequest, stopped: threading.Event) -> None:
    begun = time.time()
    while True:
        if stopped.wait(seconds_to_next_look(time.time() - begun)):
            raise Cancelled
        try:
            [head] = lifetimes.look([wanted])
        except RemoteError as error:
            if not error.retryable:
                raise
            continue  # hours are long enough for a network to go and come back
        if isinstance(head, RemoteError) or not is_coming(head):
            return
