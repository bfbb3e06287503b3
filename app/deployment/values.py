"""What a deployment is told in: what would change and cost, what happened, what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Action = Literal["add", "modify", "replace", "remove", "reuse"]
"""`reuse`: it has stayed from a stack that was removed, and becomes part of the new one as it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack is, and by whose credentials."""

    account: str
    """The AWS account's 12 digits."""
    region: str
    stack: str
    aws_profile: str


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that a deployment would change."""

    action: Action
    resource: str
    """Its name in the template."""
    kind: str
    """Its type, such as AWS::S3::Bucket."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing costs in a month in which nobody uses it, in US dollars at list prices."""

    resource: str
    price: str
    dollars: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a stack costs in a month in which nobody uses it."""

    costs: tuple[Cost, ...]
    region: str
    """The region that the prices are of."""
    dated: date
    """The oldest of the prices' dates."""
    storage: float
    """What a GB stored costs a month on top, in S3 Standard, in US dollars."""

    @property
    def dollars(self) -> float:
        """All together."""
        return round(sum(cost.dollars for cost in self.costs), 2)


@dataclass(frozen=True, slots=True)
class Reused:
    """An archive that has stayed from a stack that was removed, and that a new stack takes over."""

    bucket: str
    key: str
    """The id of the key that it is encrypted with."""
    owner: str
    """Whose folder of it the new stack shows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deployment would do, as CloudFormation says. Nothing of it exists yet."""

    place: Place
    change_set: str
    """Its ARN; empty where nothing would change."""
    new: bool
    """Whether there is no stack yet."""
    changes: tuple[Change, ...]
    estimate: Estimate
    reused: Reused | None = None
    """The archive that is there already; None where there is none, or where it is the stack's."""


@dataclass(frozen=True, slots=True)
class Step:
    """One resource of a stack is done: `done` of `total` of them."""

    resource: str
    kind: str
    status: str
    """CloudFormation's word, such as CREATE_COMPLETE."""
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource that stays when its stack is removed."""

    resource: str
    kind: str
    identity: str
    """Its name or ARN in AWS."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack as it is."""

    place: Place
    identity: str
    """Its ARN."""
    status: str
    """CloudFormation's word, such as UPDATE_COMPLETE."""
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    is_current: bool
    """Whether its template and its function are those that ship with this program."""
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal would take away, and what it leaves in the account."""

    deployed: Deployed
    goes: tuple[Change, ...]
    stays: tuple[Kept, ...]
    estimate: Estimate
    """What stays costs this, and its storage."""
