"""What using a stack costs in a month: storage, requests, calls, logs, transfer; what is paid for being there is in `idle`.

List prices without free allowances, as there. Two uses stand here as examples: a person's, and a team's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.pricing.prices import Prices

CALL_SECONDS = 0.1
"""How long a call of the presign function is paid for: some milliseconds when warm, a whole start now and then."""
CALL_GIGABYTES = 0.25
LOG_BYTES = 1_500
"""What a call writes: its own line, and Lambda's report of it."""
GIGABYTE = 1e9


@dataclass(frozen=True)
class Use:
    """A month's use. `gigabytes` are stored as S3 Standard at the month's end, after packing; `out_gigabytes` leave AWS.

    `watched`: the firewall looks at every call, and the trail writes down every request to S3.
    """

    gigabytes: float
    puts: int
    gets: int
    calls: int
    out_gigabytes: float
    users: int = 0
    watched: bool = False


@dataclass(frozen=True)
class UseCost:
    """What one price comes to, in US dollars."""

    price: str
    units: float
    dollars: float


ONE_PERSON = Use(gigabytes=10, puts=1_500, gets=500, calls=2_000, out_gigabytes=1)
"""Some 40 sessions a day with their versions and the session index; now and then one is looked at."""

TEAM_OF_TEN = Use(
    gigabytes=200, puts=20_000, gets=10_000, calls=30_000, out_gigabytes=20, users=10, watched=True
)


def use_costs(use: Use, prices: Prices) -> tuple[UseCost, ...]:
    """Each cost of a month's use. Every request to S3 is counted as one to the key, of which the bucket's key saves most."""
    requests = use.puts + use.gets
    units = {
        "s3.standard": use.gigabytes,
        "s3.put": use.puts,
        "s3.get": use.gets,
        "kms.request": requests,
        "lambda.request": use.calls,
        "lambda.arm_gb_second": use.calls * CALL_SECONDS * CALL_GIGABYTES,
        "cloudwatch.logs_ingested": use.calls * LOG_BYTES / GIGABYTE,
        "transfer.out": use.out_gigabytes,
        "cognito.user": use.users,
        "waf.request": use.calls if use.watched else 0,
        "cloudtrail.data_event": requests if use.watched else 0,
    }
    return tuple(UseCost(name, count, count * prices.of(name)) for name, count in units.items())
