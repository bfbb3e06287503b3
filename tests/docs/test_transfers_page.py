"""The guide to transfers is true: its table of failures is the program's, its states are those on disk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest

from app.archiving import queue_halt, returning
from app.remote import presign
from app.remote.protocol import EXPIRES_IN_SECONDS
from app.transfer import connections, objects, retry, send_queue
from app.transfer.downloads import DownloadState
from app.transfer.schema import TransferState
from tests.docs.conftest import PROJECT, read_page

if TYPE_CHECKING:
    from tests.docs.conftest import Section

PAGES = ("transfers.md", "transfers.ja.md")


def sections(name: str) -> list[Section]:
    return list(read_page(name).values())


def table(name: str, heading: int) -> list[list[str]]:
    [rows] = sections(name)[heading].tables.values()
    return rows


@pytest.mark.parametrize("name", PAGES)
def test_the_table_of_failures_is_the_programs(name: str) -> None:
    told = [(row[1].strip("`"), int(row[3])) for row in table(name, 4)]

    known = [(kind.code, rule.times) for kind, rule in (*retry.TABLE, *retry.DOWNLOAD_TABLE[:1])]
    assert told == known
    assert retry.DOWNLOAD_TABLE[1:] == retry.TABLE
    waiting = [kind.code for kind, rule in retry.TABLE if rule.remedy is retry.Remedy.LOOK_FIRST]
    assert [row[1].strip("`") for row in table(name, 4) if "`head`" in row[2]] == waiting


@pytest.mark.parametrize("name", PAGES)
def test_the_states_are_those_on_disk(name: str) -> None:
    assert [row[0].strip("`") for row in table(name, 1)] == [*_by_the_way_of_a_transfer()]
    assert [row[0].strip("`") for row in table(name, 3)] == list(get_args(DownloadState))


def _by_the_way_of_a_transfer() -> list[str]:
    told = [
        "queued",
        "prepared",
        "sending",
        "verified",
        "unchanged",
        "failed",
        "paused",
        "cancelled",
        "forgotten",
    ]
    assert set(told) == set(get_args(TransferState))
    return told


@pytest.mark.parametrize("name", PAGES)
def test_the_numbers_are_the_programs(name: str) -> None:
    text = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    numbers = [
        (retry.FIRST_CEILING_SECONDS, " s| 秒"),
        (retry.HIGHEST_CEILING_SECONDS, " s| 秒"),
        (retry.BUDGET_SECONDS, " s| 秒"),
        (retry.PRESIGN_ATTEMPTS, " times| 回"),
        (connections.CONNECT_TIMEOUT_SECONDS, " s| 秒"),
        (connections.STALL_SECONDS, " s| 秒"),
        (objects.REPLY_SECONDS, " s| 秒"),
        (objects.SLOWEST_STORAGE / 1024**2, " MiB"),
        (retry.BUDGET_BYTES / 1024**2, " MiB"),
        (presign.TIMEOUT_SECONDS, " s| 秒"),
        (queue_halt.FIRST_SECONDS, " s| 秒"),
        (queue_halt.LONGEST_SECONDS, " s| 秒"),
        (returning.FIRST_LOOK_SECONDS / 60, " minute| 分"),
        (returning.LONGEST_LOOK_SECONDS / 3600, " hour| 時間"),
        (send_queue.SIGNED_AHEAD_SECONDS / 60, " minutes| 分"),
        (send_queue.BATCH_ITEMS, ",| 件"),
        (send_queue.BATCH_BYTES / 1024**2, " MiB"),
        (EXPIRES_IN_SECONDS / 60, " minutes| 分"),
    ]
    missing = [it for it, unit in numbers if not re.search(rf"(?<![\d.]){it:g}({unit})", text)]
    assert missing == []


def test_the_drawing_is_the_same_in_both_languages() -> None:
    first, second = (
        re.findall(
            r"^```mermaid\n.*?^```", (PROJECT / "docs" / name).read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        for name in PAGES
    )
    assert first == second
    assert len(first) == 2
