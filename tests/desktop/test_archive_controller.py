"""What S3 holds, loaded behind the window: grouped, kept, renewed when something was archived, and told when it is old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.account.profiles import make_profile
from app.desktop.archive import controller as module
from app.errors import Unreachable
from tests.desktop.archive_home import FIRST, SECOND, ArchiveHome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.desktop.archive.controller import ArchiveController
    from app.desktop.archive.loading import Facts, Listing
    from app.desktop.context import Context
    from app.errors import ChatLogError

PATIENCE = 30_000


@pytest.fixture
def archive_home(home: Path, tmp_path: Path) -> ArchiveHome:
    return ArchiveHome(home, tmp_path / "logs")


def loaded(qtbot: QtBot, archive: ArchiveController) -> Listing:
    """The listing once loading has ended."""
    archive.refresh()
    qtbot.waitUntil(lambda: not archive.loading, timeout=PATIENCE)
    assert archive.listing is not None
    return archive.listing


def test_an_archive_nobody_has_used_is_empty_and_starts_nothing(
    context: Context, home: Path, qtbot: QtBot
) -> None:
    counts: list[int | None] = []
    context.archive.count_changed.connect(counts.append)
    assert context.archive.count() is None
    assert loaded(qtbot, context.archive).rows == ()
    assert counts == [0]
    assert not (home / "sandbox").exists()


def test_a_session_is_one_row_with_its_companions(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    archive_home.archive(
        archive_home.session(FIRST, "Fix the S3 policy", companions=2),
        archive_home.session(SECOND, "ログ同期の修正"),
    )
    listing = loaded(qtbot, context.archive)
    rows = {row.session.title: row for row in listing.rows}
    assert set(rows) == {"Fix the S3 policy", "ログ同期の修正"}
    assert listing.this_computer_only
    assert (listing.sessions, context.archive.count()) == (2, 2)
    session = rows["Fix the S3 policy"].session
    assert (len(session.companions), rows["Fix the S3 policy"].folder) == (2, "recipe-box")
    assert session.stored_size == sum(file.size for file in session.files) > 0
    assert session.original_size is not None
    assert session.original_size > session.stored_size


def test_what_a_transfer_has_archived_appears_by_itself(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    loaded(qtbot, context.archive)
    context.transfers.start()
    context.transfers.add_sessions([archive_home.session(FIRST, "Fix the S3 policy")])
    qtbot.waitUntil(lambda: context.archive.count() == 1, timeout=PATIENCE)
    assert context.archive.listing is not None
    # The index is written before: the title is there, and not the file's name.
    assert [row.session.title for row in context.archive.listing.rows] == ["Fix the S3 policy"]


def test_what_was_known_stays_when_nobody_answers(
    make_context: Callable[..., Context], archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    with archive_home.services() as services:
        info = services.sandbox.ensure_running()
        profile = make_profile("lab", "token", endpoint=info.endpoint, region=info.region)
        services.profiles.add(profile)
        services.vault.set(profile, "token", info.token)
        services.profiles.use("lab")
    first = make_context(archive_home.home).archive
    before = loaded(qtbot, first)
    archive_home.stop_sandbox()
    told: list[ChatLogError | None] = []
    first.trouble.connect(told.append)
    assert loaded(qtbot, first) == before
    assert [type(error) for error in told] == [Unreachable]
    assert not first.is_current

    # And at the next start.
    second = make_context(archive_home.home).archive
    after = loaded(qtbot, second)
    assert (after.entries, after.as_of) == (before.entries, before.as_of)
    assert second.count() == 1
    assert isinstance(second.error, Unreachable)
    assert not second.is_current

    # It answers again.
    archive_home.sandbox()
    assert loaded(qtbot, second).as_of >= before.as_of


def test_another_profile_has_another_archive(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    loaded(qtbot, context.archive)
    told: list[object] = []
    context.archive.listed.connect(told.append)
    context.workplace.reopen()
    assert told == [None]
    assert context.archive.count() is None
    qtbot.waitUntil(lambda: context.archive.count() == 1, timeout=PATIENCE)


def test_a_second_wish_while_it_loads_is_heard(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    loaded(qtbot, context.archive)
    loads: list[object] = []
    context.archive.listed.connect(loads.append)
    context.archive.refresh()
    context.archive.refresh()
    context.archive.refresh()
    qtbot.waitUntil(lambda: not context.archive.loading, timeout=PATIENCE)
    assert len(loads) == 2


def test_only_what_is_old_is_loaded_again_for_a_page_that_is_shown(
    context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(qtbot, context.archive)
    context.archive.refresh_if_old()
    assert not context.archive.loading
    monkeypatch.setattr(module, "OLD_SECONDS", 0.0)
    context.archive.refresh_if_old()
    assert context.archive.loading


def test_a_session_that_is_looked_at_is_asked_about(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    (s3_key,) = archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy"))
    archive_home.archive(archive_home.session(FIRST, "Fix the S3 policy", text="and more"))
    archive_home.delete(s3_key)
    (row,) = loaded(qtbot, context.archive).rows
    assert row.session.deleted_at is not None
    assert context.archive.count() == 0  # deleted ones are listed, not counted

    facts: list[Facts] = []
    failures: list[ChatLogError] = []
    context.archive.ask_facts(row.session, done=facts.append, failed=failures.append, owner=context.archive)
    qtbot.waitUntil(lambda: bool(facts), timeout=PATIENCE)
    (found,) = facts
    assert [version.is_deleted for version in found.versions] == [True, False, False]
    assert found.versions[1].version_id == row.session.main.version_id
    assert found.head.encryption is not None
    assert found.head.encryption.algorithm == "aws:kms"
    assert found.sha256 is not None
    assert found.original_size == row.session.original_size


def test_titles_that_no_index_has_are_read_again(
    context: Context, archive_home: ArchiveHome, qtbot: QtBot
) -> None:
    session = archive_home.session(FIRST, "Fix the S3 policy", text="献立を直す")
    archive_home.archive(session, index=False)
    (row,) = loaded(qtbot, context.archive).rows
    assert not row.session.titled
    states: list[str | None] = []
    context.archive.titles_read.connect(lambda titles: states.append(titles and titles.state))
    context.archive.read_titles()
    qtbot.waitUntil(lambda: "ended" in states and not context.archive.loading, timeout=PATIENCE)
    assert context.archive.titles is not None
    assert context.archive.titles.rebuilt is not None
    assert context.archive.titles.rebuilt.sessions == 1
    assert context.archive.listing is not None
    (row,) = context.archive.listing.rows
    assert row.session.titled
    assert row.session.title.startswith("献立を直す")
    context.archive.forget_titles()
    assert context.archive.titles is None
