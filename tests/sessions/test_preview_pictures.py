"""The bytes of pictures are given out as the log holds them, and only those."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions.model import CLAUDE_CODE
from app.sessions.preview import Preview

if TYPE_CHECKING:
    from pathlib import Path

# One pixel each: a red and a blue one.
RED = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
BLUE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC"


def block(data: str) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def write_log(path: Path, *records: tuple[str, list[dict[str, Any]]]) -> Path:
    lines = [
        {"type": role, "message": {"role": role, "id": f"msg_{number}", "content": content}}
        for number, (role, content) in enumerate(records)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_each_picture_of_a_message_is_found_by_its_number(tmp_path: Path) -> None:
    words = {"type": "text", "text": "These two, please."}
    path = write_log(tmp_path / "log.jsonl", ("user", [words, block(RED), block(BLUE)]))
    with Preview(CLAUDE_CODE, path) as preview:
        (message,) = preview.page(0).messages
        assert [part.kind for part in message.blocks] == ["paragraph", "image", "image"]
        assert preview.picture(0, 0) == base64.b64decode(RED)
        assert preview.picture(0, 1) == base64.b64decode(BLUE)
        assert preview.picture(0, 2) is None


def test_a_picture_that_a_tool_brought_is_found_after_its_call(tmp_path: Path) -> None:
    call = {"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": "a.png"}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [block(BLUE)]}
    path = write_log(tmp_path / "log.jsonl", ("assistant", [block(RED), call]), ("user", [result]))
    with Preview(CLAUDE_CODE, path) as preview:
        (message,) = preview.page(0).messages
        assert [part.kind for part in message.blocks] == ["image", "tool", "image"]
        assert preview.picture(0, 1) == base64.b64decode(BLUE)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "url", "url": "https://example.com/a.png"},
        {"type": "base64", "media_type": "image/png", "data": "not base64 at all, but x"},
    ],
)
def test_what_the_log_does_not_hold_is_not_given(tmp_path: Path, source: dict[str, str]) -> None:
    path = write_log(tmp_path / "log.jsonl", ("user", [{"type": "image", "source": source}]))
    with Preview(CLAUDE_CODE, path) as preview:
        preview.page(0)
        got = preview.picture(0, 0)
        assert got is None or not got.startswith(b"\x89PNG")


def test_a_picture_inside_an_address_is_one_of_the_log_s_own(tmp_path: Path) -> None:
    content = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{RED}"}}]
    path = tmp_path / "chat.json"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": content}]}), encoding="utf-8")
    with Preview(None, path) as preview:
        preview.page(0)
        assert preview.picture(0, 0) == base64.b64decode(RED)


def test_a_file_that_is_a_picture_is_given_whole(tmp_path: Path) -> None:
    path = tmp_path / "screen.png"
    path.write_bytes(base64.b64decode(RED))
    with Preview(None, path) as preview:
        (message,) = preview.page(0).messages
        assert message.blocks[0].kind == "image"
        assert preview.picture(0, 0) == path.read_bytes()
