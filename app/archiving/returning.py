"""Following what S3 was asked to bring out of an archive class: when to look again, and what is due when it is there."""

from __future__ import annotations

FIRST_LOOK_SECONDS = 60.0
LONGEST_LOOK_SECONDS = 3600.0
"""Between two looks at a return."""

_SHARE = 10
"""A look comes after a tenth of the time that the return has taken so far: what takes hours is asked about some forty
times, and noticed with little delay all the same."""


def seconds_to_next_look(taken: float) -> float:
    """How long to wait with the next look at a return that has taken `taken` seconds so far."""
    return min(max(taken / _SHARE, FIRST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)
