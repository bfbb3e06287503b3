"""A tool's call and result as one folded line: what was done to what, and how it ended."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from app.sessions.preview_model import (
    FAILED_ERROR,
    FAILED_EXIT,
    FAILED_INTERRUPTED,
    FAILED_REJECTED,
    TOOL_LIMIT,
    ToolCall,
)
from app.sessions.preview_parts import Call, Picture, Remark, Result, Thought, Words, parts_of, value_of
from app.sessions.text import inert, inert_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUMMARY_LENGTH = 200
_NAME_LENGTH = 80
_COMMANDS = ("command", "cmd", "script")
_SUBJECTS = (
    *_COMMANDS,
    *("file_path", "absolute_path", "notebook_path", "filePath", "pattern", "query", "url", "path"),
    *("description", "subject", "skill", "title", "name", "prompt", "message"),
)
"""Arguments that say best what a call is about, the most telling first."""
_OUTPUTS = (
    "output",
    "stdout",
    "resultDisplay",
    "responseParts",
    "functionResponse",
    "response",
    "result",
    "text",
)
"""Where objects keep what a tool said."""
_EXIT_CODES = (
    re.compile(r"(?:Error: )?Exit code:? (-?\d{1,10})"),
    # Codex begins its outputs with a few lines on the process.
    re.compile(r"[^\x00]{0,300}?\bProcess exited with code (-?\d{1,10})"),
)
_ERROR_TAGS = re.compile(r"</?tool_use_error>")
_REJECTED = (
    "The user doesn't want to proceed",
    "The user doesn't want to take this action",
    "rejected by user",
)
_INTERRUPTED = ("[Request interrupted by user", "Interrupted by user")
_SHELLS = frozenset({"sh", "bash", "zsh", "/bin/sh", "/bin/bash", "/bin/zsh", "cmd", "powershell", "pwsh"})
_DEEPEST = 12
_ONE_LINE_VALUE = 2_000


class Clipped(NamedTuple):
    """Inert text, and whether some was left out."""

    text: str
    is_clipped: bool


def clipped(text: str, limit: int) -> Clipped:
    """At most `limit` characters of a text, made inert. Costs the limit, not the text's length."""
    # What is taken out may be most of a text; four characters of source for one that is shown are enough.
    shown = inert(text[: 4 * limit])
    is_clipped = len(shown) > limit or len(text) > 4 * limit
    return Clipped(shown[:limit], is_clipped)


def called(call: Call, *, project: str = "", limit: int = TOOL_LIMIT) -> ToolCall:
    """A call that has no result yet. Paths below `project` are shortened; `limit` is characters of its input."""
    given = clipped(_shown_arguments(call.arguments), limit)
    return ToolCall(
        name=inert_line(call.name, _NAME_LENGTH),
        summary=_summary(call.arguments, project),
        input=given.text,
        output="",
        failed=False,
        failure="",
        clipped=given.is_clipped,
        answered=False,
    )


def answered(tool: ToolCall, result: Result, *, limit: int = TOOL_LIMIT) -> ToolCall:
    """The call with its result, of which at most `limit` characters are kept."""
    output = clipped("\n".join(_said(result.output)), limit)
    end = _ending(result, output.text)
    return replace(
        tool,
        output=_ERROR_TAGS.sub("", output.text) if end.failed else output.text,
        failed=end.failed,
        failure=f"exit {end.exit_code}" if end.code == FAILED_EXIT else "",
        clipped=tool.clipped or output.is_clipped,
        failure_code=end.code,
        exit_code=end.exit_code,
        answered=True,
    )


Folded = Literal["thinking", "command", "context"]


def folded(kind: Folded, name: str, text: str, *, given: str = "", limit: int = TOOL_LIMIT) -> ToolCall:
    """A text that is shown folded though no tool wrote it; `given` are a command's arguments."""
    output = clipped(text, limit)
    arguments = clipped(given, limit)
    return ToolCall(
        name=inert_line(name, _NAME_LENGTH),
        summary=inert_line(given if kind == "command" else text, _SUMMARY_LENGTH),
        input=arguments.text,
        output=output.text.strip("\n"),
        failed=False,
        failure="",
        clipped=output.is_clipped or arguments.is_clipped,
        kind=kind,
    )


def pictures_of(output: object) -> Iterator[Picture]:
    """The pictures of a tool's result."""
    return (part for part in parts_of(output) if isinstance(part, Picture))


class _End(NamedTuple):
    failed: bool
    code: str
    exit_code: int | None


def _ending(result: Result, output: str) -> _End:
    exit_code = result.exit_code
    if exit_code is None:
        exit_code = next((int(found[1]) for pattern in _EXIT_CODES if (found := pattern.match(output))), None)
    failed = bool(exit_code) if result.failed is None else result.failed
    if not failed:
        return _End(failed=False, code="", exit_code=exit_code)
    if exit_code:
        return _End(failed=True, code=FAILED_EXIT, exit_code=exit_code)
    if output.startswith(_REJECTED):
        return _End(failed=True, code=FAILED_REJECTED, exit_code=None)
    if output.startswith(_INTERRUPTED):
        return _End(failed=True, code=FAILED_INTERRUPTED, exit_code=None)
    return _End(failed=True, code=FAILED_ERROR, exit_code=None)


# ---- what was asked ---------------------------------------------------------------------------------------


def _summary(arguments: object, project: str) -> str:
    if isinstance(arguments, Mapping):
        values = [arguments[name] for name in _SUBJECTS if name in arguments] or list(arguments.values())
        arguments = next((value for value in values if isinstance(value, str | list) and value), "")
    text = (
        _command_line(arguments[:50], _ONE_LINE_VALUE)
        if isinstance(arguments, list)
        else str(arguments or "")[:_ONE_LINE_VALUE]
    )
    text = inert_line(text, _SUMMARY_LENGTH + len(project))
    for separator in ("/", "\\"):
        if project and text.startswith(project.rstrip(separator) + separator):
            text = text[len(project.rstrip(separator)) + 1 :]
    return text if len(text) <= _SUMMARY_LENGTH else text[: _SUMMARY_LENGTH - 1] + "…"


def _command_line(words: list[object], longest: int) -> str:
    """A command that was given word by word, without the shell that only carries it.

    Of each word at most `longest` characters; what is left out is far beyond what is shown.
    """
    texts = [word[:longest] for word in words[:longest] if isinstance(word, str)]
    if len(texts) == 3 and texts[0] in _SHELLS and texts[1].startswith(("-", "/")):  # noqa: PLR2004 - bash -lc …
        return texts[2]
    return shlex.join(texts)


def _shown_arguments(arguments: object) -> str:
    """The command alone; several arguments under their names where one has lines of its own; else JSON."""
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    if isinstance(arguments, Mapping):
        command = next((arguments[name] for name in _COMMANDS if arguments.get(name)), None)
        if isinstance(command, str):
            return command
        if isinstance(command, list):
            return _command_line(command, 4 * TOOL_LIMIT)
        if any(isinstance(value, str) and "\n" in value for value in arguments.values()):
            return "\n".join(_named(name, value) for name, value in list(arguments.items())[:100])
    return _as_json(arguments)


def _named(name: object, value: object) -> str:
    text = value[: 4 * TOOL_LIMIT] if isinstance(value, str) else _as_json(value)
    return f"{name}:\n{text}\n" if "\n" in text else f"{name}: {text}"


def _as_json(value: object) -> str:
    text = json.dumps(_bounded(value, [TOOL_LIMIT * 2]), ensure_ascii=False, indent=2)
    return "" if text in ("{}", "[]", "null") else text


def _bounded(value: object, left: list[int], depth: int = 0) -> object:
    """A copy with about as many characters as are left, and not too deep to be written."""
    left[0] -= 4
    if isinstance(value, str):
        left[0] -= len(value)
        # Before JSON escapes what is to go.
        return inert(value if left[0] >= 0 else value[: max(0, len(value) + left[0])] + "…")
    if not isinstance(value, Mapping | list):
        return value if isinstance(value, bool | int | float | None) else str(value)
    if depth > _DEEPEST or left[0] <= 0:
        return "…"
    if isinstance(value, list):
        return [_bounded(item, left, depth + 1) for item in value if left[0] > 0]
    return {
        inert(str(name)[:_ONE_LINE_VALUE]): _bounded(item, left, depth + 1)
        for name, item in value.items()
        if left[0] > 0
    }


# ---- what was answered ------------------------------------------------------------------------------------


def _said(output: object, depth: int = 0) -> Iterator[str]:
    """The texts of a result, whatever its form."""
    if isinstance(output, str):
        yield _unwrapped(output)
    elif isinstance(output, list) and all(isinstance(item, str | Mapping) for item in output):
        for part in parts_of(output):
            yield from _said_by(part, depth)
    elif isinstance(output, Mapping):
        inner = next((output[name] for name in _OUTPUTS if output.get(name)), None)
        if inner is None or depth > _DEEPEST:
            yield _as_json(output)
        else:
            yield from _said(inner, depth + 1)
            yield from _said(output["stderr"], depth + 1) if output.get("stderr") else ()
    elif output is not None:
        yield _as_json(output)


def _said_by(part: object, depth: int) -> Iterator[str]:
    if isinstance(part, Words | Thought):
        yield part.text
    elif isinstance(part, Result) and depth <= _DEEPEST:
        yield from _said(part.output, depth + 1)
    elif isinstance(part, Call):
        yield part.name
    elif isinstance(part, Remark):
        yield part.text


def _unwrapped(text: str) -> str:
    """Codex once wrote outputs as JSON in a text: {"output": …, "metadata": {"exit_code": …}}."""
    if text.startswith('{"output":') and isinstance(
        value := value_of(text.encode("utf-8", "replace")), Mapping
    ):
        output, metadata = value.get("output"), value.get("metadata")
        if isinstance(output, str) and isinstance(metadata, Mapping):
            code = metadata.get("exit_code")
            return f"Exit code {code}\n{output}" if isinstance(code, int) and code else output
    return text
