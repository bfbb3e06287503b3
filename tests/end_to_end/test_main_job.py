"""The main job on real session files: found, archived, listed, brought back byte for byte; again costs nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Home

SAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "samples" / "claude-code"

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the sample sessions are not beside the project"
)


def lay_out_samples(projects: Path) -> None:
    """The samples as Claude Code would have them: a project folder per collection, a stem per session."""
    for collection in sorted(path for path in SAMPLES.iterdir() if path.is_dir()):
        folder = projects / f"-work-{collection.name}"
        folder.mkdir(parents=True)
        for entry in sorted(collection.iterdir()):
            if entry.is_file():
                shutil.copyfile(entry, folder / entry.name)
            elif (entry / "session.jsonl").is_file():
                shutil.copyfile(entry / "session.jsonl", folder / f"{entry.name}.jsonl")
                shutil.copytree(
                    entry / "subagents", folder / entry.name / "subagents", copy_function=shutil.copyfile
                )


@pytest.fixture
def home_with_samples(home: Home) -> Home:
    lay_out_samples(home.projects)
    return home


# ---- what is true of a log, counted without the product's parser ------------------------------------------


def records(path: Path) -> list[dict[str, Any]]:
    """Every JSON object of the file, glued ones apart, what is no JSON left out."""
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        rest = line.strip()
        while rest:
            try:
                value, end = decoder.raw_decode(rest)
            except ValueError:
                break
            if isinstance(value, dict):
                found.append(value)
            rest = rest[end:].lstrip()
    return found


def tokens_of(path: Path) -> dict[str, int]:
    """Each field's largest value per assistant message, summed."""
    names = {
        "input": "input_tokens",
        "output": "output_tokens",
        "cacheRead": "cache_read_input_tokens",
        "cacheWrite": "cache_creation_input_tokens",
    }
    largest: dict[tuple[Any, Any, int], Counter[str]] = {}
    for number, record in enumerate(records(path)):
        message = record.get("message")
        if not isinstance(message, dict):
            continue
        usage = message.get("usage")
        if record.get("type") != "assistant" or record.get("isSidechain") or not isinstance(usage, dict):
            continue
        alone = number if message.get("id") is None else -1
        seen = largest.setdefault((message.get("id"), record.get("requestId"), alone), Counter())
        for name, field in names.items():
            seen[name] = max(seen[name], usage.get(field) or 0)
    return {name: sum(seen[name] for seen in largest.values()) for name in names}


def versions(home: Home) -> Counter[str]:
    """How many versions each object has."""
    return Counter(line["s3Key"] for line in home.run("history", "--versions", "--json").lines)


# ---- the story -------------------------------------------------------------------------------------------


@needs_samples
def test_the_samples_are_listed_archived_and_brought_back(home_with_samples: Home, tmp_path: Path) -> None:
    home = home_with_samples
    listed = home.run("list", "--json").lines
    mains = {path for path in home.files() if path.parent.parent == home.projects}
    assert {Path(line["path"]) for line in listed} == mains
    assert {line["state"] for line in listed} == {"new"}
    for line in listed:
        path = Path(line["path"])
        cwds = [record["cwd"] for record in records(path) if record.get("cwd")]
        assert line["sessionId"] == path.stem
        assert line["project"] == (cwds[0] if cwds else None)
        assert line["tokens"] == tokens_of(path), path
        assert line["title"].strip()
        assert line["source"] == "claude-code"
        assert line["size"] == sum(file["size"] for file in line["files"])
    companions = [file for line in listed for file in line["files"] if Path(file["path"]) not in mains]
    assert {Path(file["path"]) for file in companions} == set(home.files()) - mains

    uploaded = home.run("upload", "--all", "--json").lines
    assert [line["state"] for line in uploaded] == ["archived"] * len(listed)
    for line in uploaded:
        assert line["sha256"] == hashlib.sha256(Path(line["path"]).read_bytes()).hexdigest()
    home.prove_archived(tmp_path)

    one = uploaded[0]
    brought = home.run("download", one["s3Key"], "--to", str(tmp_path / "made/on/the/way"), "--json").line
    assert brought["verified"] is True
    assert brought["sha256"] == one["sha256"]
    assert Path(brought["path"]).read_bytes() == Path(one["path"]).read_bytes()


def test_unchanged_sessions_cost_no_request(home_with_logs: Home) -> None:
    home = home_with_logs
    home.run("upload", "--all")
    home.run("sandbox", "stop")
    # With the backend gone, any request would fail or start it again.
    again = home.run("upload", "--all", "--json").lines
    assert {line["state"] for line in again} == {"unchanged"}
    assert not (home.paths.sandbox / "running.json").exists()


def test_a_line_more_makes_one_second_version(home_with_logs: Home) -> None:
    home = home_with_logs
    first = {line["path"]: line for line in home.run("upload", "--all", "--json").lines}
    grown = Path(min(first))
    with grown.open("ab") as file:
        file.write(b'{"type": "user", "message": {"role": "user", "content": "one more"}}\n')
    assert [line["path"] for line in home.run("list", "--changed", "--json").lines] == [str(grown)]
    second = home.run("upload", "--all", "--json").lines
    assert {line["path"]: line["state"] for line in second} == {
        path: "archived" if path == str(grown) else "unchanged" for path in first
    }
    (line,) = [line for line in second if line["state"] == "archived"]
    assert line["s3Key"] == first[str(grown)]["s3Key"]
    assert line["versionId"] != first[str(grown)]["versionId"]
    counted = versions(home)
    assert counted.pop(line["s3Key"]) == 2
    assert set(counted.values()) == {1}


def test_an_old_version_can_be_had_back(home: Home, tmp_path: Path) -> None:
    path = home.write_session("one")
    before = path.read_bytes()
    old = home.run("upload", "--all", "--json").line
    with path.open("ab") as file:
        file.write(b'{"type": "user", "message": {"role": "user", "content": "later"}}\n')
    new = home.run("upload", "--all", "--json").line
    for line, content in ((old, before), (new, path.read_bytes())):
        words = ("download", line["s3Key"], "--version", line["versionId"], "--to", str(tmp_path), "--json")
        brought = home.run(*words).line
        assert Path(brought["path"]).read_bytes() == content
        assert brought["versionId"] == line["versionId"]


def test_another_computer_sees_titles_and_sends_nothing_again(
    home_with_logs: Home, make_home: Callable[..., Home]
) -> None:
    first = home_with_logs
    first.run("upload", "--all")
    sandbox = first.run("sandbox", "info", "--json").line
    other = make_home("other")
    shutil.copytree(first.projects, other.projects, dirs_exist_ok=True)
    other.run(
        "profile", "add", "joined", "--endpoint", sandbox["endpoint"], "--token-stdin", stdin=sandbox["token"]
    )
    other.run("profile", "use", "joined")
    seen = {line["s3Key"]: (line["title"], line["project"], line["sessionId"]) for line in other.history()}
    assert seen == {
        line["s3Key"]: (line["title"], line["project"], line["sessionId"]) for line in first.history()
    }
    assert all(title and project for title, project, _ in seen.values())
    uploaded = other.run("upload", "--all", "--json").lines
    assert {line["state"] for line in uploaded} == {"unchanged"}
    assert set(versions(first).values()) == {1}
    assert sandbox["bucket"] in other.run("profile", "list", "--json").out


def test_two_files_of_one_name_are_two_objects(home: Home, tmp_path: Path) -> None:
    paths = [tmp_path / project / "conversation.json" for project in ("alpha", "beta")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(
            json.dumps({"messages": [{"role": "user", "content": path.parent.name}]}), encoding="utf-8"
        )
    uploaded = home.run("upload", *map(str, paths), "--json").lines
    assert len({line["s3Key"] for line in uploaded}) == 2
    folder = tmp_path / "back"
    for line in uploaded:
        brought = home.run("download", line["s3Key"], "--to", str(folder), "--json").line
        assert Path(brought["path"]).read_bytes() == Path(line["path"]).read_bytes()
    # Neither took the other's name.
    assert len(list(folder.iterdir())) == 2


def test_a_media_viewer_file_is_understood(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    messages = [
        {"role": "user", "content": "削除ポリシーを教えてください", "timestamp": "2026-05-01T10:00:00Z"},
        {"role": "assistant", "content": "30 日です。", "timestamp": "2026-05-01T10:00:05Z"},
    ]
    document = {
        "sessionId": "mv-1",
        "timestamp": "2026-05-01T10:00:00Z",
        "messages": messages,
        "metadata": {},
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    line = home.run("list", str(path), "--json").line
    assert (line["title"], line["messages"], line["source"]) == ("削除ポリシーを教えてください", 2, "files")
    assert line["startedAt"] == "2026-05-01T10:00:00.000Z"
    uploaded = home.run("upload", str(path), "--json").line
    assert uploaded["s3Key"].rpartition("/")[2].startswith("2026-05-01_session-")


def test_without_compression_the_bytes_lie_in_s3_as_they_are(home: Home, tmp_path: Path) -> None:
    path = home.write_session("plain")
    line = home.run("upload", "--all", "--no-compress", "--json").line
    assert line["s3Key"].endswith(".jsonl")
    assert line["storedSize"] == line["size"] == path.stat().st_size
    brought = home.run("download", line["s3Key"], "--to", str(tmp_path), "--json").line
    assert Path(brought["path"]).read_bytes() == path.read_bytes()


def test_a_dry_run_sends_nothing(home: Home) -> None:
    home.write_session("one")
    ran = home.run("upload", "--all", "--dry-run", "--json")
    assert [(line["sessionId"], line["state"]) for line in ran.lines] == [("one", "new")]
    assert not home.paths.sandbox.exists()


def test_status_tells_where_things_stand(home: Home) -> None:
    home.write_session("one")
    home.run("upload", "--all")
    home.write_session("two")
    status = home.run("status", "--json").line
    assert status["reachable"] is True
    assert status["thisComputerOnly"] is True
    assert status["counts"] == {"archived": 1, "new": 1}
    assert status["lastArchivedAt"].endswith("Z")
    assert home.run("doctor", "--json").code == 0


def test_resetting_the_sandbox_makes_sessions_new_again(home: Home) -> None:
    home.write_session("one")
    home.run("upload", "--all")
    home.run("sandbox", "reset", code=2)  # asks first
    assert home.run("list", "--json").line["state"] == "archived"
    home.run("sandbox", "reset", "--yes")
    assert home.run("list", "--json").line["state"] == "new"
    assert home.run("upload", "--all", "--json").line["state"] == "archived"


def test_the_sandbox_speaks_only_to_those_who_know_its_token(home: Home) -> None:
    info = home.run("sandbox", "info", "--json").line
    asked = {"action": "health"}
    good = requests.post(
        info["endpoint"], json=asked, headers={"Authorization": f"Bearer {info['token']}"}, timeout=30
    )
    bad = requests.post(info["endpoint"], json=asked, headers={"Authorization": "Bearer no"}, timeout=30)
    assert (good.status_code, bad.status_code) == (200, 401)
    assert good.json()["storage"]["bucket"] == info["bucket"]
