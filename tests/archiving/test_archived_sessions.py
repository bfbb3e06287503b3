"""Objects by session: one log and its companions are one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.archiving.archived_sessions import by_session
from app.archiving.naming import discriminator
from app.remote.history import HistoryEntry

if TYPE_CHECKING:
    from app.archiving.archived_sessions import ArchivedSession

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ID = "0d9f1c52-7c1e-4d0e-9a55-3b7f0c2d9e11"


def entry(path: str, *, line: bool = True, minutes: int = 0, **fields: object) -> HistoryEntry:
    """An object of the session, with what an index line tells of it or without."""
    mark = discriminator("claude-code", ID, path)
    stem, _, extension = path.replace("/", "-").rpartition(".")
    name = f"{stem}-{mark}.{extension}.zst"
    made = HistoryEntry(
        s3_key=f"chat-logs/me/2026-11-20_{name}",
        file_name=name,
        size=100,
        last_modified=NOON + timedelta(minutes=minutes),
        storage_class="STANDARD",
        version_id="v1",
        is_latest=True,
        is_deleted=False,
        session_id=ID,
        source="claude-code",
    )
    if line:
        told = {"title": "Fix it", "project": "/srv/recipe-box", "host": "laptop", "relative_path": path}
        made = replace(made, is_main="/" not in path, original_size=400, **told)  # type: ignore[arg-type]
    return replace(made, **fields)  # type: ignore[arg-type]


def only(entries: list[HistoryEntry]) -> ArchivedSession:
    (session,) = by_session(entries)
    return session


def test_companions_count_with_their_session() -> None:
    main = entry(f"{ID}.jsonl")
    agents = [entry(f"{ID}/subagents/agent-{name}.jsonl", minutes=5) for name in "ab"]
    session = only([agents[1], main, agents[0]])
    assert session.identity == ("claude-code", ID)
    assert (session.main, session.companions) == (main, tuple(agents))
    assert (session.stored_size, session.original_size) == (300, 1200)
    assert session.archived_at == NOON + timedelta(minutes=5)
    assert (session.title, session.project, session.machine) == ("Fix it", "/srv/recipe-box", "laptop")


def test_an_original_size_is_told_only_when_it_is_known_of_every_file() -> None:
    files = [entry(f"{ID}.jsonl"), entry(f"{ID}/subagents/agent-a.jsonl", original_size=None)]
    assert only(files).original_size is None


def test_without_an_index_line_the_main_file_is_known_by_its_key() -> None:
    # The others' names are the shorter ones, and come first.
    others = [entry("agent-a.jsonl", line=False), entry("b.txt", line=False)]
    main = entry(f"{ID}.jsonl", line=False)
    session = only([*others, main])
    assert session.main is main
    assert not session.titled
    assert session.title == main.file_name


def test_a_title_of_any_of_its_files_is_the_sessions() -> None:
    session = only([entry(f"{ID}.jsonl", line=False), entry(f"{ID}/tool-results/b.txt", is_main=False)])
    assert session.main.relative_path is None
    assert (session.title, session.titled, session.machine) == ("Fix it", True, "laptop")


def test_what_belongs_to_no_session_stands_for_itself() -> None:
    foreign = [
        entry(name, line=False, session_id=None, source=None, minutes=minute)
        for minute, name in enumerate(("x.txt", "y.txt"))
    ]
    sessions = by_session(foreign)
    assert [session.main for session in sessions] == foreign[::-1]  # the one archived last first
    assert [session.identity for session in sessions] == [None, None]
    assert len({session.key for session in sessions}) == 2


def test_a_deleted_companion_is_no_part_of_a_session_that_is_there() -> None:
    main, agent = entry(f"{ID}.jsonl"), entry(f"{ID}/subagents/agent-a.jsonl", deleted_at=NOON)
    assert only([main, agent]).files == (main,)


def test_a_deleted_session_keeps_its_companions() -> None:
    files = [entry(f"{ID}.jsonl", deleted_at=NOON), entry(f"{ID}/subagents/agent-a.jsonl", deleted_at=NOON)]
    session = only(files)
    assert session.deleted_at == NOON
    assert session.files == tuple(files)


def test_words_from_other_computers_are_made_harmless() -> None:
    hostile = entry(f"{ID}.jsonl", title="a\x1b[31m\nb\u202ec", project="/srv/\x07x", host="lap\u202etop")
    session = only([hostile])
    assert (session.title, session.project, session.machine) == ("a bc", "/srv/x", "laptop")


def test_a_title_of_nothing_visible_gives_way_to_the_files_name() -> None:
    hostile = entry(f"{ID}.jsonl", title="\u202e \x1b[0m")
    assert only([hostile]).title == hostile.file_name
