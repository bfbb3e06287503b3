"""A session index on disk, written by the app's own encoder from sessions whose last state is known beforehand."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.remote.index_lines import IndexFile, IndexLine, encode_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(__file__).parents[2]

QUERIES = PROJECT / "backend" / "queries"

OWNERS = {"aki": ("a1", "a2", "a3"), "alice": ("b1", "b2"), "bob": ("c1",)}
"""Each owner's machines."""

MODELS = ("claude-opus-4-1", "claude-sonnet-4-5", "GPT-5")

KEPT = (
    b'{"schemaVersion":9,"tool":"claude-code","sessionId":"without-a-time","machine":"a1"}',
    b'{"tool":"claude-code","sessionId":"s","machine":"a1","updatedAt":"soon","messages":900}',
    b'{"tool":["claude-code"],"tokens":[1,2],"files":"none"}',
)
"""Lines of other versions, that the app keeps and does not read."""


@dataclass
class Generated:
    """The index, and what is true of it: each session's last line on each machine that archived it."""

    folder: Path
    last: dict[tuple[str, str, str], dict[str, IndexLine]] = field(default_factory=dict)
    objects: dict[tuple[str, str, str], list[IndexLine]] = field(default_factory=dict)

    def archived(
        self, owner: str, line: IndexLine, *, earlier: Iterable[IndexLine] = (), recent: bool = False
    ) -> None:
        """This is the machine's last word on the session; the earlier ones lie in their months' first objects."""
        self.last.setdefault((owner, *line.identity), {})[line.machine] = line
        for old in earlier:
            self.objects.setdefault((owner, old.month, old.machine), []).append(old)
        name = f"{line.machine}_recent" if recent else line.machine
        self.objects.setdefault((owner, line.month, name), []).append(line)

    def write(self) -> None:
        for (owner, month, name), lines in self.objects.items():
            file = self.folder / f"owner={owner}" / f"month={month}" / f"{name}.jsonl.zst"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encode_object(lines, KEPT if name == "a1" else ()))


def line_of(
    session_id: str,
    machine: str,
    started_at: datetime | None,
    updated_at: datetime,
    *,
    tokens: Mapping[str, Mapping[str, int]] | None = None,
    files: tuple[IndexFile, ...] = (),
    tool: str = "claude-code",
    project: str | None = "recipe-box",
    host: str | None = "desk",
    messages: int = 2,
) -> IndexLine:
    return IndexLine(
        tool=tool,
        machine=machine,
        session_id=session_id,
        title=f"About “{session_id}”",
        project=project,
        cwd=project,
        started_at=started_at,
        updated_at=updated_at,
        messages=messages,
        tokens=tokens or {},
        files=files,
        host=host,
    )


def file_of(s3_key: str, stored: int) -> IndexFile:
    return IndexFile(f"{s3_key}.jsonl", s3_key, "v1", stored * 7, stored, "0" * 64, redactions=1)


def _by_chance(index: Generated, chance: random.Random) -> None:
    """Many sessions: on one machine or two, of which some have grown since their month was written."""
    for number in range(100):
        owner = chance.choice(sorted(OWNERS))
        machines = OWNERS[owner]
        started = datetime(2025, 9, 20, tzinfo=UTC) + timedelta(minutes=chance.randrange(150 * 24 * 60))
        tool = chance.choice(("claude-code", "codex"))
        project = chance.choice(("recipe-box", "garden", "庭", None))
        for machine in chance.sample(machines, chance.randint(1, min(2, len(machines)))):
            first = line_of(
                f"chance-{number}",
                machine,
                started,
                started + timedelta(seconds=chance.randrange(400_000)),
                tool=tool,
                project=project,
                host=chance.choice((f"host-of-{machine}", None)),
                messages=chance.randrange(1, 300),
                tokens={
                    model: {
                        kind: chance.randrange(10**9)
                        for kind in ("input", "output", "cacheRead", "cacheWrite")
                    }
                    for model in chance.sample(MODELS, chance.randrange(3))
                },
                files=tuple(
                    file_of(f"chat-logs/{owner}/{number}-{machine}-{part}", chance.randrange(1, 10**7))
                    for part in range(chance.randrange(4))
                ),
            )
            if chance.random() < 0.3:
                grown = replace(
                    first,
                    # Now and then a session's log was put back to an earlier state.
                    updated_at=first.updated_at + timedelta(hours=chance.choice((-1, 30, 700))),
                    messages=first.messages + 5,
                    files=(*first.files, file_of(f"chat-logs/{owner}/{number}-{machine}-late", 12_345)),
                )
                index.archived(owner, grown, earlier=[first], recent=True)
            else:
                index.archived(owner, first)


def _by_hand(index: Generated, today: date) -> None:
    """What seldom happens."""
    monday = datetime(2025, 12, 29, tzinfo=UTC)
    # The last moment of a week, the first of the next one; in two years.
    index.archived("aki", line_of("sunday", "a1", monday - timedelta(microseconds=1), monday))
    index.archived("aki", line_of("monday", "a1", monday, monday + timedelta(days=3)))
    # One id, two owners, two tools.
    for owner, machine, tool in (
        ("aki", "a1", "claude-code"),
        ("bob", "c1", "claude-code"),
        ("bob", "c1", "codex"),
    ):
        index.archived(
            owner, line_of("same", machine, monday, monday, tool=tool, tokens={"m": {"input": 10}})
        )
    # Both machines wrote the same object; the one that saw it last knows its size.
    for machine, hours, stored in (("b1", 1, 1000), ("b2", 2, 1500)):
        file = file_of("chat-logs/alice/shared", stored)
        index.archived(
            "alice", line_of("shared", machine, monday, monday + timedelta(hours=hours), files=(file,))
        )
    # At one and the same moment.
    for machine in ("b2", "b1"):
        index.archived("alice", line_of("at-once", machine, monday, monday, tokens={"m": {"output": 3}}))
    # Without a beginning: the month changes while the session grows, and the earlier line stays.
    earlier = line_of("moved", "c1", None, monday, messages=1, files=(file_of("gone", 5),))
    later = replace(earlier, updated_at=monday + timedelta(days=40), messages=7, files=(file_of("kept", 6),))
    index.archived("bob", later, earlier=[earlier])
    # Of another version, with a field nobody knows.
    index.archived(
        "bob", replace(line_of("newer", "c1", monday, monday), schema_version=2, others={"mood": {"a": 1}})
    )
    # Around half a year ago.
    for days in (179, 180, 181, 182):
        moment = datetime.combine(today - timedelta(days=days), datetime.min.time(), UTC)
        index.archived(
            "bob", line_of(f"{days}-days", "c1", moment, moment, files=(file_of(f"k{days}", days),))
        )
    # Old on one machine, and seen on another.
    for machine, days in (("a1", 300), ("a2", 3)):
        moment = datetime.combine(today - timedelta(days=days), datetime.min.time(), UTC)
        index.archived("aki", line_of("seen-elsewhere", machine, monday, moment))
    # An object whose lines were all put together with the others.
    august = datetime(2025, 8, 3, tzinfo=UTC)
    index.archived("alice", line_of("together", "b2", august, august))
    index.objects["alice", "2025-08", "b2_recent"] = []


def generate(folder: Path, today: date) -> Generated:
    index = Generated(folder)
    _by_chance(index, random.Random(6))  # noqa: S311 - the same index each time
    _by_hand(index, today)
    index.write()
    return index


def blocks(name: str, language: str) -> list[str]:
    """The code blocks in one language on a page of the docs."""
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """The index as it would be today."""
    return generate(tmp_path_factory.mktemp("index") / "session-index", datetime.now(UTC).date())
