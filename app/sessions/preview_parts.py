"""What a message consists of, whichever tool wrote it: words, thoughts, tool calls, their results, pictures.

The tools' logs differ in names more than in substance. Content is a text, a block or a list of either; blocks carry a
`type`. The names gathered here are Anthropic's, OpenAI's (Chat Completions and Responses, as Codex writes them),
Gemini's, MCP's and VS Code's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.sessions.json_documents import LOOSE_LIMIT, PROBLEMS
from app.sessions.preview_images import base64_of_address, image_of_address, image_of_base64
from app.sessions.preview_model import ATTACHMENT, OTHER_CONTENT, UNREADABLE_CONTENT, Image
from app.sessions.text import inert_line

_DEEPEST = 8
_MOST_DIGITS = 4_000
"""Python refuses to make a number of more; such numbers stay text."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was said."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """What the assistant thought."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool is called. Without an identity no result finds it."""

    name: str
    arguments: object
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answered. `failed` is None where the log does not say."""

    output: object
    identity: str = ""
    failed: bool | None = None
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, or the address of one."""

    image: Image
    address: str = ""
    data: str = field(default="", repr=False)
    """Its base64 text, as the log holds it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is told by a code: see the notices' codes in `app.sessions.preview_model`."""

    code: str
    text: str = ""
    size: int | None = None


Part = Words | Thought | Call | Result | Picture | Remark


def value_of(data: bytes | msgspec.Raw) -> object:
    """JSON as objects, leniently; a `Remark` where it is beyond reading. Never raises."""
    try:
        return msgspec.json.decode(data)
    except PROBLEMS:
        pass
    data = bytes(data)
    if len(data) <= LOOSE_LIMIT:
        try:
            return json.loads(data.decode("utf-8", "replace"), strict=False, parse_int=_whole_number)
        except PROBLEMS:
            pass
    return Remark(UNREADABLE_CONTENT)


def parts_of(content: object, depth: int = 0) -> Iterator[Part]:
    """The parts of a content, in order."""
    if isinstance(content, str):
        yield Words(content)
    elif isinstance(content, Remark):
        yield content
    elif depth > _DEEPEST:
        yield Remark(UNREADABLE_CONTENT)
    elif isinstance(content, list):
        for item in content:
            yield from parts_of(item, depth + 1)
    elif isinstance(content, Mapping):
        yield from _parts_of_block(content, depth)


def _parts_of_block(block: Mapping[str, Any], depth: int) -> Iterator[Part]:
    kind = text_of(block, "type", "kind")
    if kind in _THOUGHTS:
        yield Thought(thought_of(block))
    elif kind in _CALLS or "functionCall" in block:
        yield call_of(block)
    elif kind in _RESULTS or "functionResponse" in block:
        yield result_of(block)
    elif kind in _PICTURES or "inlineData" in block:
        yield _picture_of(block)
    elif kind in _DOCUMENTS:
        yield _attachment_of(block)
    else:
        for name in ("text", "parts", "value", "content", "data"):
            if isinstance(block.get(name), str | list | Mapping):
                yield from parts_of(block[name], depth + 1)
                return
        # Editors keep much of their own between the words, and say "kind" of it.
        if "kind" not in block:
            yield Remark(OTHER_CONTENT, inert_line(kind or ", ".join(map(str, list(block)[:3])), 100))


_THOUGHTS = frozenset({"thinking", "redacted_thinking", "reasoning", "thought"})
_CALLS = frozenset(
    {"tool_use", "server_tool_use", "mcp_tool_use", "function_call", "custom_tool_call", "local_shell_call"}
    | {"web_search_call", "tool_search_call", "toolCall", "tool_call", "toolUse"}
)
_RESULTS = frozenset(
    {"tool_result", "mcp_tool_result", "web_search_tool_result", "function_call_output", "toolResult"}
    | {
        "custom_tool_call_output",
        "local_shell_call_output",
        "tool_search_output",
        "code_execution_tool_result",
    }
)
_PICTURES = frozenset({"image", "input_image", "image_url", "image_generation_call"})
_DOCUMENTS = frozenset({"document", "input_file", "file"})


def thought_of(block: Mapping[str, Any]) -> str:
    """The text of a thought; empty where it is encrypted."""
    for name in ("thinking", "text", "reasoning", "summary", "content", "description"):
        value = block.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, list) and value:
            return "\n\n".join(part.text for part in parts_of(value) if isinstance(part, Words | Thought))
    return ""


def call_of(block: Mapping[str, Any]) -> Call:
    """A call in any of the forms: arguments may be objects or JSON in a text."""
    function = block.get("function", block.get("functionCall"))
    inner = {**block, **function} if isinstance(function, Mapping) else block
    arguments = next(
        (inner[name] for name in ("input", "arguments", "args", "parameters", "action") if name in inner),
        None,
    )
    if isinstance(arguments, str) and arguments[:1] in ("{", "["):
        decoded = value_of(arguments.encode("utf-8", "replace"))
        arguments = arguments if isinstance(decoded, Remark) else decoded
    name = text_of(inner, "name", "tool", "toolName") or text_of(block, "type").removesuffix("_call")
    return Call(
        name, arguments, text_of(block, "call_id", "id", "callId", "toolCallId") or text_of(inner, "id")
    )


def result_of(block: Mapping[str, Any]) -> Result:
    """A result in any of the forms."""
    function = block.get("functionResponse")
    inner = {**block, **function} if isinstance(function, Mapping) else block
    output = next(
        (inner[name] for name in ("content", "output", "response", "result", "tools") if name in inner), ""
    )
    failed = inner.get("is_error", inner.get("isError"))
    identity = text_of(inner, "tool_use_id", "call_id", "toolCallId", "tool_call_id", "callId", "id")
    return Result(output, identity, failed if isinstance(failed, bool) else None)


def text_of(block: Mapping[str, Any], *names: str) -> str:
    """The first of the fields that is a text with something in it."""
    for name in names:
        value = block.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _picture_of(block: Mapping[str, Any]) -> Picture:
    source = block.get("source", block.get("inlineData", block.get("image_url", block)))
    if isinstance(source, str):
        return _picture_at(source)
    if not isinstance(source, Mapping):
        source = block
    media_type = text_of(source, "media_type", "mimeType", "mime_type")
    data = text_of(source, "data", "result")
    if data:
        return Picture(image_of_base64(media_type, data), data=data)
    return _picture_at(text_of(source, "url", "image_url", "file_id", "path"), media_type)


def _picture_at(address: str, media_type: str = "") -> Picture:
    image = image_of_address(address)
    if image is not None:
        return Picture(image, data=base64_of_address(address))
    return Picture(Image(inert_line(media_type, 100), None, None, 0), inert_line(address, 2_000))


def _attachment_of(block: Mapping[str, Any]) -> Remark:
    source = block.get("source")
    inner = {**block, **source} if isinstance(source, Mapping) else block
    name = text_of(inner, "title", "filename", "file_name", "name", "media_type")
    data = text_of(inner, "data", "file_data")
    return Remark(ATTACHMENT, inert_line(name), len(data) * 3 // 4 if data else None)


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits
