"""The dated list of prices: what AWS publishes for a region, each with where it stands and when it was so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Price:
    """One published list price, without tax and before any free allowance."""

    dollars: float
    """US dollars for one unit."""
    unit: str
    source: str
    """Where AWS publishes it."""
    dated: date
    """When it was published or, where AWS gives no date, when it was read."""


@dataclass(frozen=True)
class Prices:
    """A region's prices by name, such as `kms.key`."""

    region: str
    by_name: Mapping[str, Price]

    def of(self, name: str) -> float:
        """US dollars for one unit. Raises KeyError for a name that is not in the list."""
        return self.by_name[name].dollars


def read_prices(path: Path) -> Prices:
    """The list in a file of the form of resources/prices.json. Raises OSError, ValueError, KeyError."""
    read = json.loads(path.read_text(encoding="utf-8"))
    return Prices(
        read["region"],
        {
            name: Price(float(one["usd"]), one["unit"], one["source"], date.fromisoformat(one["dated"]))
            for name, one in read["prices"].items()
        },
    )
