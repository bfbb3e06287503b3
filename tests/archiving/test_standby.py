"""When an archive counts as out."""

from __future__ import annotations

import pytest

from app.archiving.standby import OUT_SECONDS, Outage, is_out
from app.errors import (
    AccessDenied,
    ChatLogError,
    CredentialsMissing,
    DiskFull,
    ReplyLost,
    ServerFailed,
    StorageChanged,
    Throttled,
    TlsFailed,
    Unauthorized,
    Unreachable,
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("kind", [Unreachable, ReplyLost, ServerFailed, Throttled])
def test_what_trying_again_can_mend_means_out(kind: type[ChatLogError]) -> None:
    assert is_out(kind())


@pytest.mark.parametrize(
    "kind", [AccessDenied, Unauthorized, TlsFailed, StorageChanged, CredentialsMissing, DiskFull]
)
def test_a_refusal_or_a_full_disk_does_not(kind: type[ChatLogError]) -> None:
    assert not is_out(kind())
    outage = Outage()
    outage.saw(Unreachable())
    outage.saw(kind())
    assert not outage.seen


def test_an_outage_counts_from_its_beginning_and_ends_with_the_first_success() -> None:
    clock = Clock()
    outage = Outage(clock)
    assert outage.seconds_to(OUT_SECONDS) is None
    outage.saw(Unreachable())
    clock.now += 80
    outage.saw(ServerFailed(status=503))  # another face of the same
    assert outage.seconds_to(OUT_SECONDS) == OUT_SECONDS - 80
    clock.now += 80
    assert outage.seconds_to(OUT_SECONDS) == 0
    outage.saw(None)
    assert outage.seconds_to(OUT_SECONDS) is None
    outage.saw(Unreachable())
    assert outage.seconds_to(OUT_SECONDS) == OUT_SECONDS
