"""Which file of a session an object holds, told from its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.archiving.naming import object_name
from app.archiving.recognition import main_path, reader_of, relative_path, tool_calls
from app.sessions.model import CLAUDE_CODE, FILES, SessionFile

SESSION = "0b5c4c1e-0000-4000-8000-000000000001"


def key(tool: str, session_id: str, path: str, *, is_main: bool = False, compressed: bool = True) -> str:
    file = SessionFile(Path("x"), path, Path(), 1, 1, is_main, is_log=True)
    return f"chat-logs/me/2026-11-02_{object_name(tool, session_id, file, compressed=compressed)}"


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize(
    "path",
    [
        f"{SESSION}/subagents/agent-a9df09b50d5f3ad98.jsonl",
        f"{SESSION}/subagents/agent-a9df09b50d5f3ad98.meta.json",
        f"{SESSION}/subagents/workflows/two-words/journal.jsonl",
        f"{SESSION}/tool-results/1a2b3c4d.txt",
        f"{SESSION}/tool-results/mcp-some_server-list-1700000000000.txt",
        f"{SESSION}/notes",
        f"{SESSION}/packed.zst",
        "agent-a9df09b5.jsonl",
    ],
)
def test_companions_are_recognised(path: str, compressed: bool) -> None:
    s3_key = key(CLAUDE_CODE, SESSION, path, compressed=compressed)
    assert relative_path(CLAUDE_CODE, SESSION, s3_key) == path
    assert main_path(CLAUDE_CODE, SESSION, s3_key) is None


def test_a_tool_result_is_spelled_as_the_main_log_spells_its_call() -> None:
    path = f"{SESSION}/tool-results/toolu_01AbC.txt"
    s3_key = key(CLAUDE_CODE, SESSION, path)
    assert relative_path(CLAUDE_CODE, SESSION, s3_key) is None
    spellings = tool_calls('{"id": "toolu_01AbC"}, {"id": "toolu_02x"}')
    assert relative_path(CLAUDE_CODE, SESSION, s3_key, spellings) == path


@pytest.mark.parametrize("session_id", [SESSION, "My Session", "agent-77", "x" * 200, "献立"])
def test_main_files_are_recognised_whatever_they_are_called(session_id: str) -> None:
    path = f"{session_id}.jsonl"
    assert main_path(CLAUDE_CODE, session_id, key(CLAUDE_CODE, session_id, path, is_main=True)) == path


def test_a_second_session_of_one_name_is_recognised() -> None:
    session_id = f"{SESSION}-0a1b2c3d"
    main = key(CLAUDE_CODE, session_id, f"{SESSION}.jsonl", is_main=True)
    assert main_path(CLAUDE_CODE, session_id, main) == f"{SESSION}.jsonl"
    path = f"{SESSION}/subagents/agent-1.jsonl"
    assert relative_path(CLAUDE_CODE, session_id, key(CLAUDE_CODE, session_id, path)) == path


@pytest.mark.parametrize("name", ["Notes (1).MD", "献立.json", "own.jsonl.zst", "plain", "a-b-c.txt"])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_dropped_file_gets_its_name_back(name: str, compressed: bool) -> None:
    session_id = f"{Path(name).stem}-0a1b2c3d"
    s3_key = key(FILES, session_id, name, is_main=True, compressed=compressed)
    assert main_path(FILES, session_id, s3_key) == name


def test_a_path_with_another_discriminator_is_not_believed() -> None:
    s3_key = key(CLAUDE_CODE, SESSION, f"{SESSION}.jsonl", is_main=True)
    other = SESSION.replace("1", "2")
    assert main_path(CLAUDE_CODE, other, s3_key) is None
    assert relative_path(CLAUDE_CODE, other, s3_key) is None


@pytest.mark.parametrize(
    "s3_key", ["chat-logs/me/2026-11-02_notes.md", "chat-logs/me/x", "chat-logs/me/2026_a-0123456g.md", ""]
)
def test_a_key_of_another_making_is_no_problem(s3_key: str) -> None:
    assert relative_path(CLAUDE_CODE, SESSION, s3_key) is None
    assert main_path(CLAUDE_CODE, SESSION, s3_key) is None
    assert main_path(FILES, "notes-0a1b2c3d", s3_key) == s3_key.rpartition("/")[2].rpartition("_")[2]


def test_name_with_very_many_hyphens_is_given_up_soon() -> None:
    path = f"{SESSION}/" + "-".join("a" * 80) + "/x.txt"
    assert relative_path(CLAUDE_CODE, SESSION, key(CLAUDE_CODE, SESSION, path)) is None


def test_readers_are_those_of_a_scan() -> None:
    assert reader_of(CLAUDE_CODE, SESSION, is_main=True) == "claude"
    assert reader_of(CLAUDE_CODE, SESSION, is_main=False) == "claude-agent"
    assert reader_of(CLAUDE_CODE, "agent-77", is_main=True) == "claude-agent"
    assert reader_of(FILES, "notes-0a1b2c3d", is_main=True) == "document"
