"""Keeps Python's garbage collector out of the way of long lists: each of its passes stops every thread."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No garbage is looked for meanwhile.

    Tens of thousands of sessions are made and, most of them, let go at once. None of that is cyclic, but so many new
    objects set off Python's collector again and again, and each of its passes stops the window for a tenth of a second.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_from_collector() -> None:
    """What there is now stays for good: Python's collector need not look at it again and again.

    A pass over 10,000 sessions and everything else that was loaded stops the window for a fifth of a second.
    """
    gc.freeze()
