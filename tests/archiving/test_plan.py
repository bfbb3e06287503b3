"""What is new, changed or archived: receipts and transfers beside what lies on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving.plan import NEEDS_ARCHIVING, Plan
from app.transfer.content import ContentKey
from app.transfer.schema import Receipt, Transfer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sessions.model import Session

MAIN, COMPANION = "s.jsonl", "s/subagents/agent-1.jsonl"


@pytest.fixture
def session(session_of: Callable[..., Session], tmp_path: Path) -> Session:
    return session_of(tmp_path / "logs", MAIN, COMPANION)


def receipts_of(session: Session, **changes: Any) -> dict[ContentKey, Receipt]:
    return {
        ContentKey(session.source, session.session_id, file.relative_path): Receipt(
            path=str(file.path),
            size=file.size,
            mtime_ns=file.mtime_ns,
            sha256="0" * 64,
            original_size=file.size,
            stored_size=file.size,
            stored_sha256=b"0" * 32,
            s3_key=f"chat-logs/me/{file.relative_path}",
            version_id="v1",
            archived_at=datetime(2026, 11, 2, tzinfo=UTC),
            redaction="none",
            compressed=True,
        )
        for file in session.files
    }


def transfer_of(session: Session, relative_path: str, state: Any, *, held: bool = False) -> Transfer:
    return Transfer(
        id="t",
        destination="d",
        key=ContentKey(session.source, session.session_id, relative_path),
        path="p",
        state=state,
        held=held,
        spool=None,
        file_name="n",
        session_date=None,
        kind="log",
        redaction="none",
        prepared=None,
        s3_key=None,
        version_id=None,
        attempts=0,
        error_code=None,
        error_parameters={},
        created_at=datetime(2026, 11, 2, tzinfo=UTC),
        updated_at=datetime(2026, 11, 2, tzinfo=UTC),
    )


def without(receipts: dict[ContentKey, Receipt], relative_path: str) -> dict[ContentKey, Receipt]:
    return {key: receipt for key, receipt in receipts.items() if key.relative_path != relative_path}


def test_a_session_without_receipts_is_new(session: Session) -> None:
    planned = Plan({}, []).of(session)
    assert (planned.state, planned.settled) == ("new", False)


def test_a_session_is_archived_when_every_file_is(session: Session) -> None:
    planned = Plan(receipts_of(session), []).of(session)
    assert (planned.state, planned.settled) == ("archived", True)
    assert planned.state not in NEEDS_ARCHIVING


def test_one_companion_too_many_makes_it_changed(session: Session) -> None:
    planned = Plan(without(receipts_of(session), COMPANION), []).of(session)
    assert planned.state == "changed"
    assert [file.settled for file in planned.files] == [True, False]


@pytest.mark.parametrize("change", ["size", "time"])
def test_another_size_or_time_makes_it_changed(session: Session, change: str) -> None:
    main = session.files[0]
    changed = (
        replace(main, size=main.size + 1) if change == "size" else replace(main, mtime_ns=main.mtime_ns + 1)
    )
    planned = Plan(receipts_of(session), []).of(replace(session, files=(changed, *session.files[1:])))
    assert planned.state == "changed"


def test_nothing_is_read_to_tell(session: Session) -> None:
    for file in session.files:
        file.path.unlink()
    assert Plan(receipts_of(session), []).of(session).state == "archived"


@pytest.mark.parametrize(
    ("transfers", "state"),
    [
        ([("queued", False)], "queued"),
        ([("prepared", False)], "queued"),
        ([("sending", False)], "queued"),
        ([("sending", True)], "uploading"),
        ([("failed", False)], "failed"),
        ([("paused", False)], "queued"),
        ([("cancelled", False)], "new"),
        ([("forgotten", False)], "new"),
        ([("failed", False), ("sending", True)], "uploading"),
        ([("queued", False), ("failed", False)], "failed"),
    ],
)
def test_transfers_under_way_are_told(
    session: Session, transfers: list[tuple[str, bool]], state: str
) -> None:
    rows = [
        transfer_of(session, path, kind, held=held)
        for path, (kind, held) in zip((MAIN, COMPANION), transfers, strict=False)
    ]
    assert Plan({}, rows).of(session).state == state


def test_a_transfer_of_a_file_that_is_settled_says_nothing(session: Session) -> None:
    ended = [transfer_of(session, MAIN, "failed")]
    assert Plan(receipts_of(session), ended).of(session).state == "archived"


def test_another_session_of_the_same_id_from_another_tool_is_another_session(session: Session) -> None:
    planned = Plan(receipts_of(session), []).of(replace(session, source="files"))
    assert planned.state == "new"
    assert planned.receipts == {}


def test_receipts_of_files_gone_from_disk_are_still_known(session: Session) -> None:
    planned = Plan(receipts_of(session), []).of(replace(session, files=session.files[:1]))
    assert planned.state == "archived"
    assert planned.receipts.keys() == {MAIN, COMPANION}
