"""A deployment in words: what kinds of things it makes, what it costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale

from app.desktop.i18n import mark, translate
from app.desktop.settings.regions import region_in_full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.deployment.values import Change, Estimate
    from app.desktop.message_words import Marked


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one purpose."""

    icon: str
    title: Marked
    line: Marked
    kinds: tuple[str, ...]
    """What their types begin with, without "AWS::"."""


GROUPS = (
    Group(
        "archive",
        mark("SetUp", "Buckets"),
        mark("SetUp", "For what you archive, and for a log of who asked for it"),
        ("S3::",),
    ),
    Group(
        "key",
        mark("SetUp", "Encryption key"),
        mark("SetUp", "Encrypts all that is archived"),
        ("KMS::",),
    ),
    Group(
        "tool",
        mark("SetUp", "Function"),
        mark("SetUp", "Says who may send and fetch; what you archive does not pass through it"),
        ("Lambda::", "Logs::LogGroup"),
    ),
    Group(
        "shield",
        mark("SetUp", "Permissions"),
        mark("SetUp", "What the function may do, and who may ask it"),
        ("IAM::",),
    ),
    Group(
        "info",
        mark("SetUp", "Watching"),
        mark("SetUp", "Where AWS reports what goes wrong and who did what"),
        ("SNS::", "CloudWatch::", "Logs::", "Budgets::", "CloudTrail::"),
    ),
)
OTHER = Group(
    "settings",
    mark("SetUp", "Other parts"),
    mark("SetUp", "What the archive needs besides"),
    ("",),
)


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What a plan does to one group."""

    icon: str
    title: str
    line: str
    counts: str
    """ "4 to create", "1 to change · 1 to replace"."""
    risky: bool
    """Whether something that is there goes."""


def grouped(changes: Sequence[Change]) -> list[GroupChanges]:
    """The changes by purpose, groups without any left out."""
    by_group: dict[Group, list[Change]] = {}
    for change in changes:
        by_group.setdefault(_group_of(change), []).append(change)
    return [_told(group, by_group[group]) for group in (*GROUPS, OTHER) if group in by_group]


def _group_of(change: Change) -> Group:
    kind = change.kind.removeprefix("AWS::")
    return next((group for group in GROUPS if kind.startswith(group.kinds)), OTHER)


def _told(group: Group, changes: Sequence[Change]) -> GroupChanges:
    count = Counter(change.action for change in changes)
    parts = [
        (count["reuse"], translate("SetUp", "%n to use again", n=count["reuse"])),
        (count["add"], translate("SetUp", "%n to create", n=count["add"])),
        (count["modify"], translate("SetUp", "%n to change", n=count["modify"])),
        (count["replace"], translate("SetUp", "%n to replace", n=count["replace"])),
        (count["remove"], translate("SetUp", "%n to remove", n=count["remove"])),
    ]
    return GroupChanges(
        group.icon,
        translate(*group.title),
        translate(*group.line),
        " · ".join(words for number, words in parts if number),
        risky=is_risky(changes),
    )


def is_risky(changes: Sequence[Change]) -> bool:
    """Whether something that is there would go."""
    return any(change.action in {"replace", "remove"} for change in changes)


def idle_cost(estimate: Estimate) -> str:
    """What it costs while nobody uses it."""
    if not estimate.costs:
        return translate("SetUp", "While nobody uses it, this costs nothing")
    text = translate("SetUp", "While nobody uses it, this costs {dollars} US dollars a month")
    return text.format(dollars=QLocale().toString(estimate.dollars, "f", 2))


def cost_besides(estimate: Estimate) -> str:
    """What comes on top, and how good the numbers are."""
    text = translate(
        "SetUp",
        "What you archive comes on top: {storage} US dollars for each GB and month, less once it has moved to colder classes, and requests. AWS's list prices of {region}, dated {date}, without tax.",
    )
    dated = estimate.dated
    return text.format(
        storage=QLocale().toString(estimate.storage, "g", 3),
        region=region_in_full(estimate.region),
        date=QLocale().toString(
            QDate(dated.year, dated.month, dated.day), translate("Formats", "d MMM yyyy")
        ),
    )
