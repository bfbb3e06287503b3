"""Work of the transfers leaves the processors to the window's thread."""

from __future__ import annotations

import sys
import threading

import pytest

from app.desktop.transfers.standing_back import NICENESS, call_standing_back
from app.errors import StateDamaged
from tests.system import niceness


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own there")
def test_what_is_started_stands_back_and_nobody_else() -> None:
    found: list[int] = []

    def look() -> None:
        found.append(niceness())

    def start() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    before = niceness()
    call_standing_back(start)
    assert found == [min(19, before + NICENESS)]
    assert niceness() == before


def test_what_it_raises_is_raised() -> None:
    def fail() -> None:
        raise StateDamaged(path="state.db")

    with pytest.raises(StateDamaged):
        call_standing_back(fail)
