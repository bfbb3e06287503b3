"""Which profile may be another one's second: keep what waits for it while it is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.account.profiles import ENVIRONMENT, SANDBOX
from app.errors import ProfileInvalid

if TYPE_CHECKING:
    from app.account.profiles import Profile


def expect_usable(first: Profile, second: Profile) -> None:
    """Whether `second` may keep what waits for `first`, as far as the settings tell.

    Raises ProfileInvalid: `second-itself`, `second-reserved`, `second-same-place`, and `second-not-accepted` where
    nobody has accepted its storage yet: nothing is pinned behind a person's back.
    """
    if second.name == first.name:
        raise ProfileInvalid(name=first.name, reason="second-itself")
    if second.name in (SANDBOX, ENVIRONMENT):
        raise ProfileInvalid(name=first.name, reason="second-reserved", second=second.name)
    if second.storage is None:
        raise ProfileInvalid(name=second.name, reason="second-not-accepted")
    if second.destination == first.destination:
        raise ProfileInvalid(name=first.name, reason="second-same-place", second=second.name)
