"""Who calls, once AWS has verified it: the value that the two ways in have in common.

`caller_iam` reads it off a Function URL's event, `caller_cognito` off a REST API's. Each refuses the other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified identity. `owner` is whose objects the request is about; account and kind are for the log."""

    owner: str
    account: str
    kind: str


def mapping(value: object) -> Mapping[str, object]:
    """The object that stands there; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """The string that stands there; an empty one where there is none."""
    return value if isinstance(value, str) else ""
