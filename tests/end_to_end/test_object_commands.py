"""delete, undelete and restore as a person or a script calls them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.backend.strict_desk import StrictDesk

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Home

COLD = "chat-logs/sandbox/2026-01-02_cold.jsonl.zst"


@pytest.fixture
def s3_key(home: Home) -> str:
    """The main file of an archived session."""
    home.write_session("0b5c4c1e-0000-4000-8000-000000000001", title="献立を決める")
    (line,) = home.run("upload", "--all", "--json").lines
    return str(line["s3Key"])


def bucket(home: Home) -> StrictDesk:
    """The way to the sandbox's bucket past the endpoint."""
    told = home.run("sandbox", "info", "--json").line
    info = SimpleNamespace(data_folder=Path(told["dataDir"]), s3_endpoint=told["s3Endpoint"])
    return StrictDesk(cast("Any", info))


def test_what_is_deleted_leaves_the_history_and_comes_back_whole(
    home: Home, s3_key: str, tmp_path: Path
) -> None:
    (before,) = home.history()

    deleted = home.run("delete", s3_key, "--json").line

    assert deleted == {"s3Key": s3_key, "versionId": deleted["versionId"]}
    assert home.history() == []
    told = home.run("history", s3_key, "--versions", "--json").lines
    assert [(entry["versionId"], entry["isDeleted"]) for entry in told] == [
        (deleted["versionId"], True),
        (before["versionId"], False),
    ]
    assert "undelete" not in home.run("download", s3_key, "--to", str(tmp_path), code=1).err
    assert home.run("delete", s3_key, "--json").line == deleted
    # What was archived is still in S3: it is not sent again behind the person's back.
    assert home.run("upload", "--all", "--json").line["state"] == "unchanged"

    shown = home.run("undelete", s3_key, "--json").line

    (after,) = home.history()
    assert shown == {"s3Key": s3_key, "versionId": after["versionId"]}
    assert home.run("undelete", s3_key, "--json").line == shown
    changed = {"versionId", "lastModified"}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    brought = home.run("download", s3_key, "--to", str(tmp_path), "--json").line
    assert brought["verified"] is True
    assert Path(brought["path"]).read_bytes() == home.files()[0].read_bytes()


def test_a_session_that_grows_after_its_deletion_is_there_again(home: Home, s3_key: str) -> None:
    home.run("delete", s3_key)
    home.append_line(home.files()[0], "One more question")
    assert home.run("upload", "--changed", "--json").line["s3Key"] == s3_key
    (entry,) = home.history()
    assert (entry["s3Key"], entry["title"]) == (s3_key, "献立を決める")


def test_an_archived_object_is_asked_back_and_then_read(home: Home, tmp_path: Path) -> None:
    desk = bucket(home)
    first = desk.store(COLD, b"first", StorageClass="GLACIER")
    desk.store(COLD, b"second", StorageClass="DEEP_ARCHIVE")
    refused = home.run("download", COLD, "--to", str(tmp_path), code=1).err
    assert f"chatlog-uploader restore {COLD}`" in refused

    begun = datetime.now(UTC).replace(microsecond=0)
    asked = home.run("restore", COLD, "--days", "2", "--tier", "Bulk", "--json").line
    by_version = home.run("restore", COLD, "--version", first, "--json").line

    assert (asked["s3Key"], asked["versionId"], asked["state"]) == (COLD, None, "in-progress")
    assert begun + timedelta(hours=48) <= datetime.fromisoformat(asked["expectedBy"])
    assert (by_version["versionId"], by_version["state"]) == (first, "in-progress")
    assert f"download {COLD}`" in home.run("restore", COLD).out
    desk.finish_restores()
    assert "now" in home.run("restore", COLD, "--version", first).out
    brought = home.run("download", COLD, "--version", first, "--to", str(tmp_path), "--json").line
    assert Path(brought["path"]).read_bytes() == b"first"


def test_a_deleted_object_in_an_archive_class_says_what_to_do_first(home: Home) -> None:
    version = bucket(home).store(COLD, b"cold", StorageClass="GLACIER")
    home.run("delete", COLD)
    refused = home.run("undelete", COLD, code=1).err
    assert f"chatlog-uploader restore {COLD} --version {version}`" in refused


def test_what_cannot_be_done_is_said_in_a_line(home: Home, s3_key: str) -> None:
    missing = f"{s3_key}.other"
    for command in ("delete", "undelete", "restore"):
        ended = home.run(command, missing, "--json", code=1)
        assert (ended.out, missing in ended.err) == ("", True)
    assert home.run("delete", "chat-logs/somebody-else/2026-01-02_a.md", code=1).out == ""
    assert "STANDARD" in home.run("restore", s3_key, code=1).err
    japanese = home.run("delete", s3_key, environ={"CHATLOG_LANG": "ja"}).out
    assert f"chatlog-uploader undelete {s3_key}" in japanese
    assert "削除しました" in japanese
