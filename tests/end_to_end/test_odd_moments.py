"""Sessions that claim moments which no clock of this computer's can show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from app.sessions.local_time import local_time
from tests.system import renew_time_zone, set_time_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.end_to_end.conftest import Home

ODD = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1969-07-20T20:17:40Z", "3999-01-01T00:00:00Z")


@pytest.fixture
def _own_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    renew_time_zone()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("claimed", ODD)
def test_they_are_listed(home: Home, zone: str, claimed: str) -> None:
    path = home.write_session("one", title="A claim")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text(
        "".join(json.dumps({**line, "timestamp": claimed}) + "\n" for line in lines), encoding="utf-8"
    )
    assert "A claim" in home.run("list", environ={"TZ": zone}).out
    home.run("upload", "--all", environ={"TZ": zone})
    assert "A claim" in home.run("history", environ={"TZ": zone}).out


@pytest.mark.usefixtures("_own_zone")
def test_what_the_zone_cannot_hold_is_told_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    latest = datetime.max.replace(tzinfo=UTC)
    set_time_zone(monkeypatch, "Asia/Tokyo")
    assert local_time(latest).utcoffset() == latest.utcoffset()
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert local_time(noon).hour == 21
