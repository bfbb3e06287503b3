"""What is deleted is listed as archived no longer, and is again once it is shown; what is asked back is followed."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.archiving.archived_sessions import by_session
from app.archiving.lifetimes import return_of
from app.errors import ObjectArchived
from app.transfer.content import ContentKey
from tests.backend.strict_desk import StrictDesk
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.archiving.archived_sessions import ArchivedSession
    from app.bootstrap import Services
    from app.sessions.model import Session


@pytest.fixture
def archive_home(tmp_path: Path) -> Iterator[ArchiveHome]:
    made = ArchiveHome(tmp_path / "home", tmp_path / "logs")
    yield made
    made.stop_sandbox()


def state_of(services: Services, session: Session) -> str:
    return services.plan().of(session).state


def archived(services: Services) -> dict[str, ArchivedSession]:
    return {session.title: session for session in by_session(services.history.latest())}


def never() -> bool:
    return False


def test_a_deleted_session_is_new_until_it_is_shown_again(archive_home: ArchiveHome) -> None:
    session = archive_home.session(FIRST, "Fix it", companions=1)
    other = archive_home.session(SECOND, "ログ")
    archive_home.archive(session, other)
    with archive_home.services() as services:
        assert state_of(services, session) == "archived"
        deleted = services.lifetimes.delete_sessions([archived(services)["Fix it"]], never)
        assert (len(deleted.done), deleted.failed) == (1, ())
        assert state_of(services, session) == "new"
        assert state_of(services, other) == "archived"
        found = archived(services)["Fix it"]
        assert [entry.deleted_at is not None for entry in found.files] == [True, True]

        # A script that archives everything does not bring it back behind the person's back.
        (outcome,) = services.archiver(lambda _: None, compress=True).archive([session])
        assert outcome.state == "unchanged"
        assert state_of(services, session) == "new"

        services.lifetimes.undelete_sessions([found], never)
        assert state_of(services, session) == "archived"
        found = archived(services)["Fix it"]
        assert [entry.deleted_at for entry in found.files] == [None, None]
        receipts = services.jobs.receipts(services.profile.destination)
        key = ContentKey(session.source, session.session_id, session.files[0].relative_path)
        assert receipts[key].version_id == found.main.version_id


def test_a_deletion_made_elsewhere_is_noticed_with_the_next_listing(archive_home: ArchiveHome) -> None:
    session = archive_home.session(FIRST, "Fix it")
    (s3_key,) = archive_home.archive(session)
    archive_home.delete(s3_key)
    with archive_home.services() as services:
        assert state_of(services, session) == "archived"  # nobody has looked
        before_it = datetime.now(UTC) - timedelta(days=1)
        entries = services.history.latest()
        # An answer that is older than the receipt knows nothing of it.
        assert services.lifetimes.follow(entries, before_it) is False
        assert services.lifetimes.follow(entries, datetime.now(UTC)) is True
        assert state_of(services, session) == "new"
        assert services.lifetimes.follow(entries, datetime.now(UTC)) is False


def test_who_archives_a_deleted_session_by_hand_has_it_archived(archive_home: ArchiveHome) -> None:
    session = archive_home.session(FIRST, "Fix it", companions=1)
    archive_home.archive(session)
    with archive_home.services() as services:
        services.lifetimes.delete_sessions([archived(services)["Fix it"]], never)
        queue = services.transfer_queue
        changed = threading.Event()
        queue.listen(changed.set)
        queue.start()
        queue.add_sessions([session])
        deadline = time.monotonic() + 60
        while state_of(services, session) != "archived":
            assert time.monotonic() < deadline
            changed.wait(0.1)
            changed.clear()
        assert archived(services)["Fix it"].deleted_at is None


def test_a_part_that_is_deleted_makes_a_session_changed(archive_home: ArchiveHome) -> None:
    session = archive_home.session(FIRST, "Fix it", companions=1)
    archive_home.archive(session)
    with archive_home.services() as services:
        services.lifetimes.delete(archived(services)["Fix it"].companions[0].s3_key)
        assert state_of(services, session) == "changed"


def test_what_is_asked_back_is_told_until_it_ends(archive_home: ArchiveHome) -> None:
    session = archive_home.session(FIRST, "Fix it", companions=1)
    archive_home.archive(session)
    archive_home.freeze("GLACIER")
    with archive_home.services() as services:
        cold = archived(services)["Fix it"]
        assert return_of(cold, services.lifetimes.returns()) is None
        begun = datetime.now(UTC).replace(microsecond=0)
        asked = services.lifetimes.ask_for_sessions([cold], never, days=3, tier="Bulk")
        assert asked.failed == ()
        coming = return_of(cold, services.lifetimes.look_at_returns())
        assert coming is not None
        assert coming.available_until is None
        assert coming.expected_by is not None
        assert coming.expected_by >= begun + timedelta(hours=12)

        StrictDesk(archive_home.sandbox()).finish_restores()
        there = return_of(cold, services.lifetimes.look_at_returns())
        assert there is not None
        assert there.available_until is not None
        assert there.available_until > begun + timedelta(days=2)


def test_what_lies_in_an_archive_class_is_not_shown_again_before_it_is_back(
    archive_home: ArchiveHome,
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix it"))
    archive_home.freeze("GLACIER")
    with archive_home.services() as services:
        cold = archived(services)["Fix it"]
        services.lifetimes.delete_sessions([cold], never)
        ended = services.lifetimes.undelete_sessions([archived(services)["Fix it"]], never)
        ((_, error),) = ended.failed
        assert isinstance(error, ObjectArchived)
        assert archived(services)["Fix it"].deleted_at is not None
