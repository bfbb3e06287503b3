"""Real session files of many tools: all open, all inert, and their messages are as many as the scan counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.sessions.model import CLAUDE_CODE, FILES
from app.sessions.preview import Message, Preview
from app.sessions.preview_model import OTHER_CONTENT, UNREADABLE_CONTENT, UNREADABLE_LINE
from app.sessions.reading import Job, read_main
from tests.sessions.test_preview_hostile import assert_inert

if TYPE_CHECKING:
    from app.sessions.found import Reader

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of real session files is not here")

SUBAGENTS = "subagents"


def sample_files() -> list[Path]:
    found = sorted(path for path in SAMPLES.rglob("*") if path.is_file()) if SAMPLES.is_dir() else []
    return [path for path in found if "LICENSES" not in path.parts]


def read(path: Path) -> tuple[list[Message], bool, int]:
    """The messages, whether they are a conversation, and what the scan counted."""
    is_claudes = CLAUDE_CODE in path.parts
    is_aside = SUBAGENTS in path.parts
    with Preview(CLAUDE_CODE if is_claudes else FILES, path, with_sidechains=is_aside) as preview:
        messages = [message for number in range(preview.pages()) for message in preview.page(number).messages]
        is_conversation = preview.is_conversation
    reader: Reader = ("claude-agent" if is_aside else "claude") if is_claudes else "document"
    reading = read_main(Job(reader, str(path), str(path.parent)))
    assert reading is not None
    return messages, is_conversation, reading.facts.messages


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: str(path.relative_to(SAMPLES))[-60:])
def test_a_real_file_is_shown(path: Path) -> None:
    """Not counted by the scan, and marked so: what the user wrote while the assistant was at work."""
    messages, is_conversation, counted = read(path)
    assert messages
    assert_inert(messages)
    spoken = [message for message in messages if message.role in ("user", "assistant")]
    if is_conversation:
        assert sum("queued" not in message.notes for message in spoken) == counted
    else:
        # Text in parts, and formats that are not known yet.
        assert counted == 0


def test_nothing_of_a_real_claude_code_log_is_beyond_reading() -> None:
    logs = [path for path in sample_files() if "entire" in path.parts and CLAUDE_CODE in path.parts]
    assert logs
    for path in logs:
        messages, _, _ = read(path)
        codes = {block.code for message in messages for block in message.blocks}
        assert not codes & {UNREADABLE_LINE, UNREADABLE_CONTENT, OTHER_CONTENT}
        # A result without its call, or a message without anything, would be a join that failed.
        assert all(message.role != "tool" and message.blocks for message in messages)
