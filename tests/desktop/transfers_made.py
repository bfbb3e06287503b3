"""Rows and sums of transfers made by hand, for tests of what shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.archiving.queue_rows import QueueTotals, TransferRow
from app.errors import CredentialsMissing, FileVanished, Unreachable

NOON = datetime(2026, 11, 23, 12, 0).astimezone()
"""The moment of tests that need one, in local time."""


def made_row(row_id: str = "u1", **known: Any) -> TransferRow:
    """A session that waits for its turn, but for what is told otherwise."""
    fields: dict[str, Any] = {
        "id": row_id,
        "kind": "upload",
        "state": "queued",
        "title": f"Title of {row_id}",
        "source": "claude-code",
        "project": "/srv/recipe-box",
        "path": f"/home/aki/.claude/projects/recipe-box/{row_id}.jsonl",
        "session": ("claude-code", row_id),
        "s3_key": None,
        "files": 1,
        "files_done": 0,
        "size": 4_700_000,
        "stored_size": None,
        "sent": 0,
        "total": None,
        "speed": None,
        "seconds_left": None,
        "attempt": 1,
        "wait_seconds": 0.0,
        "error": None,
        "verified": False,
        "version_id": None,
        "updated_at": NOON.astimezone(UTC),
    }
    return TransferRow(**{**fields, **known})


def made_totals(**known: Any) -> QueueTotals:
    """Nothing is going on, but for what is told otherwise."""
    fields: dict[str, Any] = {
        "left": 0,
        "failed": 0,
        "done": 0,
        "paused": 0,
        "sent": 0,
        "total": 0,
        "speed": None,
        "seconds_left": None,
        "fraction": None,
        "halted": None,
        "retry_in": None,
    }
    return QueueTotals(**{**fields, **known})


def every_kind_of_row() -> list[TransferRow]:
    """One of each, in every state there is."""
    moving = {"sent": 3_600_000, "total": 5_800_000, "speed": 6_200_000.0, "seconds_left": 1.0}
    return [
        made_row(
            "failed", state="failed", error=CredentialsMissing(profile="team"), sent=312_000, total=780_000
        ),
        made_row("vanished", state="failed", error=FileVanished(path="/home/aki/gone.jsonl")),
        made_row("sending", state="sending", **moving),
        made_row("several", state="sending", files=5, files_done=3, **moving),
        made_row("verifying", state="verifying", sent=9_600_000, total=9_600_000),
        made_row("preparing", state="preparing"),
        made_row("waiting", state="waiting", wait_seconds=12.0, error=Unreachable(host="s3"), attempt=3),
        made_row("receiving", kind="download", state="receiving", **moving),
        made_row("returning", kind="download", state="returning", expected_by=NOON.astimezone(UTC)),
        made_row("paused", state="paused", sent=84_000_000, total=200_000_000),
        made_row("stopping", state="sending", stopping=True, **moving),
        made_row("elsewhere", state="sending", elsewhere=True),
        made_row("queued", state="queued"),
        made_row("cancelled", state="cancelled"),
        made_row("unchanged", state="unchanged", verified=True),
        made_row("done", state="done", stored_size=610_000, verified=True),
        made_row("downloaded", kind="download", state="done", verified=True),
        made_row("unverified", kind="download", state="done"),
    ]
