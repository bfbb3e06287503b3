"""Titles come back when the session index is lost: they are read again from the objects."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from app.bootstrap import Services
from app.remote.protocol import UploadRequest
from app.transfer.downloader import Downloaded, Downloader, Wanted
from app.transfer.objects import SmallObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Home

AGENT = "subagents/agent-a9df09b50d5f3ad98.jsonl"
WORKFLOW = "subagents/workflows/wf-1/agent-7.meta.json"
RESULT = "tool-results/toolu_01AbCdEfGh.txt"
COMPANIONS = (AGENT, WORKFLOW, RESULT)
TOLD = ("title", "project", "sessionId", "source", "relativePath", "isMain")


class Bucket:
    """What an accident does to the sandbox's bucket, past the endpoint."""

    def __init__(self, home: Home) -> None:
        info = home.run("sandbox", "info", "--json").line
        identity = json.loads((home.paths.sandbox / "identity.json").read_text(encoding="utf-8"))
        self._name = info["bucket"]
        self.s3 = boto3.client(
            "s3",
            endpoint_url=info["s3Endpoint"],
            region_name=info["region"],
            aws_access_key_id=identity["access_key"],
            aws_secret_access_key=identity["secret_key"],
            config=Config(proxies={}, s3={"addressing_style": "path"}),
        )

    def keys(self, prefix: str) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self._name, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", ())]

    def hide(self, *keys: str) -> None:
        for key in keys:
            self.s3.delete_object(Bucket=self._name, Key=key)

    def versions(self, prefix: str) -> dict[str, str]:
        """The newest version of each object."""
        return {
            key: self.s3.head_object(Bucket=self._name, Key=key)["VersionId"] for key in self.keys(prefix)
        }

    def lose_index(self) -> None:
        keys = self.keys("session-index/")
        assert keys
        self.hide(*keys)


@pytest.fixture
def first(home: Home, tmp_path: Path) -> Home:
    """Two sessions, one with companions, one subagent's log without its parent, and a dropped file; archived."""
    main = home.write_session("0b5c4c1e-0000-4000-8000-000000000001", title="献立を決める")
    _append(main, {"type": "tool", "id": "toolu_01AbCdEfGh"})
    for name in COMPANIONS:
        path = main.with_suffix("") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".jsonl":
            home.append_line(path, "Look into the cupboard")
        else:
            path.write_text(f"{{}} {name}\n", encoding="utf-8")
    home.write_session("0b5c4c1e-0000-4000-8000-000000000002", project="-srv-recipes")
    home.write_session("agent-77")
    dropped = tmp_path / "Notes (1).MD"
    dropped.write_text("# What was agreed\n\nNothing.\n", encoding="utf-8")
    home.run("upload", "--all")
    home.run("upload", str(dropped))
    return home


@pytest.fixture
def bucket(first: Home) -> Iterator[Bucket]:
    opened = Bucket(first)
    with closing(opened.s3):
        yield opened


@pytest.fixture
def other(first: Home, make_home: Callable[..., Home]) -> Home:
    """Another computer, with nothing on it, that archives to the same place."""
    info = first.run("sandbox", "info", "--json").line
    joined = make_home("other")
    words = ("profile", "add", "joined", "--endpoint", info["endpoint"], "--token-stdin")
    joined.run(*words, stdin=info["token"])
    joined.run("profile", "use", "joined")
    return joined


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def told(home: Home, *options: str) -> dict[str, tuple[Any, ...]]:
    """What the history tells of each object."""
    lines = home.run("history", "--json", *options).lines
    return {line["s3Key"]: tuple(line[name] for name in TOLD) for line in lines}


def key_of(history: dict[str, tuple[Any, ...]], relative_path: str) -> str:
    (found,) = [key for key, values in history.items() if values[4] == relative_path]
    return found


def test_another_computer_gets_all_titles_back_and_only_once(
    first: Home, bucket: Bucket, other: Home
) -> None:
    before = told(first)
    assert {values[4].partition("/")[2] for values in before.values()} >= set(COMPANIONS)
    bucket.lose_index()
    lost = other.run("history", "--json")
    assert {line["title"] for line in lost.lines} == {None}
    assert "Objects without a title: 7" in lost.err
    assert "history --rebuild" in lost.err

    rebuilt = other.run("history", "--rebuild", "--json")

    assert "Sessions that have their titles back: 4" in rebuilt.err
    assert "Objects without a title" not in rebuilt.err
    assert {line["s3Key"]: tuple(line[name] for name in TOLD) for line in rebuilt.lines} == before
    assert {line["host"] for line in rebuilt.lines} == {None}
    assert not (other.paths.cache_folder / "rebuild").exists()
    versions = bucket.versions("session-index/")
    again = other.run("history", "--rebuild")
    assert "Sessions that have their titles back: 0" in again.err
    assert bucket.versions("session-index/") == versions
    # Both computers go on from here as if nothing had happened.
    assert told(first) == before
    assert "Objects without a title" not in first.run("history").err


def test_tokens_messages_and_times_are_as_before(first: Home, bucket: Bucket, other: Home) -> None:
    before = _lines(first)
    bucket.lose_index()
    other.run("history", "--rebuild")
    assert _lines(other) == before


def _lines(home: Home) -> list[tuple[Any, ...]]:
    """What the lines say. A file without times in it has its own, which only its computer knows."""
    services = Services(home.paths, home.environ, home=home.path)
    try:
        lines = [line for (line,) in services.session_index.read().sessions.values()]
    finally:
        services.close()
    return sorted(
        (line.identity, line.messages, line.tokens, line.started_at, line.started_at and line.updated_at, set(line.files), line.files[0])
        for line in lines
    )  # fmt: skip


def test_the_computer_that_archived_writes_its_lines_again_without_downloading(
    first: Home, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(first)
    bucket.lose_index()
    assert first.run("upload", "--all").code == 0
    assert {values[0] for values in told(first).values()} == {None}, "it takes it for written"
    services = Services(first.paths, first.environ, home=first.path)
    fetched: list[str] = []
    really = services.rebuild()._downloader.download

    def seen(_: Downloader, wanted: Wanted, **more: Any) -> Downloaded:
        fetched.append(wanted.s3_key)
        return really(wanted, **more)

    monkeypatch.setattr(Downloader, "download", seen)
    try:
        rebuilt = services.rebuild().run()
    finally:
        services.close()
    assert (rebuilt.sessions, rebuilt.unread) == (4, ())
    assert [before[key][3] for key in fetched] == ["files"], "a scan does not find what was dropped"
    assert told(first) == before
    assert {line["host"] for line in first.history() if line["source"] == "claude-code"} != {None}


def test_sessions_that_their_tool_has_deleted_come_back_with_the_paths_of_the_receipts(
    first: Home, bucket: Bucket
) -> None:
    before = told(first)
    bucket.lose_index()
    shutil.rmtree(first.projects)
    assert told(first, "--rebuild") == before


def test_a_damaged_index_object_is_as_good_as_none_and_is_left_to_its_owner(
    first: Home, bucket: Bucket, other: Home
) -> None:
    before = told(first)
    _write_garbage(first)
    (damaged,) = {key.rpartition("/")[2] for key in bucket.keys("session-index/")}
    assert {values[0] for values in told(other).values()} == {None}
    assert told(other, "--rebuild") == before
    names = {key.rpartition("/")[2] for key in bucket.keys("session-index/")}
    assert damaged in names
    assert len(names) == 2
    bucket.hide(*(key for key in bucket.keys("session-index/") if not key.endswith(damaged)))
    assert told(first, "--rebuild") == before


def _write_garbage(home: Home) -> None:
    services = Services(home.paths, home.environ, home=home.path)
    try:
        presign = services.connection.presign
        store = SmallObjectStore(presign, services.connections)
        for stored in list(presign.list_objects("index")):
            month = stored.s3_key.partition("month=")[2][:7]
            machine = stored.s3_key.rpartition("/")[2].partition(".")[0]
            body = b"\x00garbage\xff" * 20
            request = UploadRequest(
                machine,
                "application/zstd",
                len(body),
                sha256(body).digest(),
                kind="index",
                session_date=date.fromisoformat(f"{month}-01"),
            )
            store.write(request, body)
    finally:
        services.close()


def test_a_session_without_its_main_file_is_told_by_its_subagent(
    first: Home, bucket: Bucket, other: Home
) -> None:
    before = told(first)
    main = next(key for key, values in before.items() if values[0] == "献立を決める" and values[5])
    bucket.lose_index()
    bucket.hide(main)
    after = told(other, "--rebuild")
    companions = {key: values for key, values in before.items() if values[0] == "献立を決める"}.keys() - {
        main
    }
    assert len(companions) == 3
    assert {after[key][0] for key in companions} == {"Look into the cupboard"}
    assert {after[key][2] for key in companions} == {before[main][2]}
    agent = key_of(before, f"{before[main][2]}/{AGENT}")
    assert after[agent] == ("Look into the cupboard", *before[agent][1:5], True)
    # The main file comes back (a version over its marker): then it is what tells.
    _put(first, main, (first.projects / "-home-user-work" / before[main][4]).read_bytes())
    again = told(other, "--rebuild")
    assert {again[key][0] for key in (main, *companions)} == {"献立を決める"}
    assert [key for key in (main, *companions) if again[key][5]] == [main]


def test_what_cannot_be_read_is_told_of_and_the_others_get_their_titles(
    first: Home, bucket: Bucket, other: Home
) -> None:
    before = told(first)
    main = key_of(before, "0b5c4c1e-0000-4000-8000-000000000002.jsonl")
    bucket.lose_index()
    _put(first, main, b"something else", original_sha256="0" * 64)
    ran = other.run("history", "--rebuild", "--json", code=1)
    assert f"No title could be read from {main}" in ran.err
    assert "Sessions that have their titles back: 3" in ran.err
    after = {line["s3Key"]: tuple(line[name] for name in TOLD) for line in ran.lines}
    assert after.pop(main)[0] is None
    assert after == {key: values for key, values in before.items() if key != main}


def _put(home: Home, s3_key: str, body: bytes, original_sha256: str | None = None) -> None:
    """A version of an object of Claude Code's, not compressed."""
    services = Services(home.paths, home.environ, home=home.path)
    try:
        presign = services.connection.presign
        request = UploadRequest(
            s3_key.partition("_")[2],
            "application/x-ndjson",
            len(body),
            sha256(body).digest(),
            s3_key=s3_key,
            metadata={
                "tool": "claude-code",
                "session-id": s3_key.partition("_")[2][:36],
                "original-sha256": original_sha256 or sha256(body).hexdigest(),
            },
        )
        SmallObjectStore(presign, services.connections).write(request, body)
    finally:
        services.close()


def test_a_companion_that_no_line_has_joins_its_session_and_no_line_changes(
    first: Home, bucket: Bucket, other: Home
) -> None:
    late = (
        first.projects
        / "-home-user-work"
        / "0b5c4c1e-0000-4000-8000-000000000001"
        / "subagents"
        / "agent-8.jsonl"
    )
    first.append_line(late, "Too late for the index")
    services = Services(first.paths, first.environ, home=first.path)
    try:
        services.sessions.scan()
        archiver = services.archiver(lambda _: None, compress=True)
        assert {"archived"} < {outcome.state for outcome in archiver.archive(services.sessions.sessions())}
    finally:
        services.close()  # killed before its index was written
    before = told(first)
    lost = [key for key, values in before.items() if values[0] is None]
    assert len(lost) == 1
    versions = bucket.versions("session-index/")
    after = told(other, "--rebuild")
    session = "0b5c4c1e-0000-4000-8000-000000000001"
    assert after[lost[0]][:5] == ("献立を決める", before[key_of(before, f"{session}.jsonl")][1], session, "claude-code",
                                  f"{session}/subagents/agent-8.jsonl")  # fmt: skip
    assert {key: after[key] for key in before if key not in lost} == {
        key: before[key] for key in before if key not in lost
    }
    assert versions.items() < bucket.versions("session-index/").items()


def test_what_is_interrupted_keeps_the_batches_that_were_written(
    first: Home, bucket: Bucket, other: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(first)
    bucket.lose_index()
    monkeypatch.setattr("app.archiving.rebuild.BATCH", 2)

    def stop_after_three(settled: int, total: int) -> None:
        heard.append((settled, total))
        if len(heard) == 3:
            raise KeyboardInterrupt

    heard: list[tuple[int, int]] = []
    services = Services(other.paths, other.environ, home=other.path)
    try:
        with pytest.raises(KeyboardInterrupt):
            services.rebuild().run(stop_after_three)
    finally:
        services.close()
    assert not (other.paths.cache_folder / "rebuild").exists()
    half = told(other)
    assert len({values[2] for values in half.values() if values[0] is not None}) == 2
    ran = other.run("history", "--rebuild", "--json")
    assert "Sessions that have their titles back: 2" in ran.err
    assert told(other) == before


def test_two_at_once_do_not_get_in_each_others_way(first: Home, bucket: Bucket, other: Home) -> None:
    bucket.lose_index()
    services = Services(other.paths, other.environ, home=other.path)
    refused: list[str] = []

    def meanwhile(_settled: int, _total: int) -> None:
        if not refused:
            refused.append(other.run("history", "--rebuild", code=1).err)

    try:
        assert services.rebuild().run(meanwhile).sessions == 4
    finally:
        services.close()
    assert "Run the command again" in refused[0]
