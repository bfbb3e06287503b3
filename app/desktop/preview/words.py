"""The preview's words for what the engine tells in codes, and for a session's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from app.desktop.formats import number, size
from app.desktop.i18n import translate
from app.sessions import preview_model as model

if TYPE_CHECKING:
    from app.sessions.model import Session, Usage
    from app.sessions.preview_model import Block, Image, Message, ToolCall

_TEN_THOUSAND = 10_000

_ICONS = {
    "terminal": ("bash", "shell", "exec", "command", "terminal"),
    "check": ("todo", "plan"),
    "edit": ("edit", "write", "patch", "replace", "insert"),
    "search": ("grep", "glob", "search", "find"),
    "link": ("fetch", "web", "browser", "http"),
    "file": ("read", "view", "open", "notebook"),
    "folder": ("list", "directory"),
    "person": ("task", "agent"),
}
"""What in a tool's name tells its icon; the first that is met."""


def speaker(message: Message) -> str:
    """Who speaks; empty for the program's own notices."""
    if message.role == "user":
        return translate("Preview", "You")
    if message.role == "assistant":
        return message.name or translate("Preview", "Assistant")
    if message.role == "tool":
        return message.name or translate("Preview", "Tool")
    return ""


def tool_name(tool: ToolCall) -> str:
    """What stands first on a folded line."""
    if tool.kind == "thinking":
        return translate("Preview", "Thinking")
    if tool.kind == "context":
        known = {
            "Summary": translate("Preview", "Summary"),
            "System": translate("Preview", "System prompt"),
        }
        return known.get(tool.name, tool.name)
    if tool.name:
        return tool.name
    return translate("Preview", "Command") if tool.kind == "command" else translate("Preview", "Tool")


def tool_icon(tool: ToolCall) -> str:
    """What kind of thing it does."""
    if tool.kind == "thinking":
        return "thought"
    if tool.kind == "command":
        return "terminal"
    if tool.kind == "context":
        return "info"
    name = tool.name.lower()
    for icon, marks in _ICONS.items():
        if any(mark in name for mark in marks):
            return icon
    return "tool"


def failure(tool: ToolCall) -> str:
    """How it failed, in a word or two; empty if it did not."""
    if not tool.failed:
        return ""
    if tool.failure_code == model.FAILED_EXIT and tool.exit_code is not None:
        return translate("Preview", "exit {code}").format(code=tool.exit_code)
    if tool.failure_code == model.FAILED_REJECTED:
        return translate("Preview", "declined")
    if tool.failure_code == model.FAILED_INTERRUPTED:
        return translate("Preview", "interrupted")
    return translate("Preview", "failed")


def image_words(image: Image) -> str:
    """What is known of a picture before it is decoded."""
    facts = [translate("Preview", "Image")]
    if image.width and image.height:
        facts.append(
            translate("Preview", "{width} × {height}").format(
                width=number(image.width), height=number(image.height)
            )
        )
    elif image.media_type:
        facts.append(image.media_type)
    if image.size:
        facts.append(size(image.size))
    return translate("Preview", ", ").join(facts)


def notice(block: Block) -> str:
    """The program's words for a notice."""
    amount = "" if block.size is None else size(block.size)
    said = block.text
    words = {
        model.UNREADABLE_LINE: translate(
            "Preview", "{count} lines of the log cannot be read.", n=block.count
        ).format(count=number(block.count)),
        model.TRUNCATED_LINE: translate("Preview", "The log ends in the middle of an entry."),
        model.LONG_LINE: translate("Preview", "An entry of {size} is too long to be shown.").format(
            size=amount
        ),
        model.UNREADABLE_CONTENT: translate("Preview", "A part that cannot be read."),
        model.DAMAGED_DOCUMENT: translate("Preview", "This is no valid JSON. Its text is shown as it is."),
        model.LARGE_DOCUMENT: translate(
            "Preview",
            "This document of {size} is too large to be read as a conversation. Its text is shown as it is.",
        ).format(size=amount),
        model.BINARY: _binary(said, amount),
        model.EMPTY: translate("Preview", "The file is empty."),
        model.COMPACTED: translate("Preview", "The conversation so far was replaced by a summary."),
        model.INTERRUPTED: translate("Preview", "You stopped the answer."),
        model.CONVERSATION: _conversation(said),
        model.ATTACHMENT: _attachment(said, amount),
        model.OTHER_CONTENT: translate("Preview", "Content that cannot be shown: {kind}").format(kind=said),
    }
    return words.get(block.code, said)


def clipped_tool() -> str:
    """Under a tool's input and output that are not whole."""
    return translate("Preview", "Only the beginning is shown.")


def message_notes(message: Message) -> list[str]:
    """What is to be said of the message itself."""
    words = {
        model.QUEUED: translate("Preview", "Written while the assistant was at work."),
        model.CLIPPED: translate("Preview", "The rest of this message is not shown."),
    }
    return [words[note] for note in message.notes if note in words]


def figures(session: Session) -> str:
    """How much there is: "214 messages · 2.1 MB · 48,200 tokens"."""
    facts = [_messages(session.messages), size(session.size)]
    count = tokens(session.tokens)
    if count:
        facts.append(translate("Preview", "{count} tokens").format(count=short_number(count)))
    return " · ".join(facts)


def tokens(usage: Usage) -> int:
    """What was processed anew: without what a cache gave back, which is the same text over and over."""
    return usage.input + usage.output + usage.cache_write


def tokens_in_full(usage: Usage) -> str:
    """All four figures."""
    return translate(
        "Preview", "Input {input}, output {output}, written to cache {written}, read from cache {read} tokens"
    ).format(
        input=number(usage.input),
        output=number(usage.output),
        written=number(usage.cache_write),
        read=number(usage.cache_read),
    )


def short_number(value: int) -> str:
    """A large number as the language says it before a word: "48,200", "48.2 万"."""
    locale = QLocale()
    if locale.language() != QLocale.Language.Japanese:
        return number(value)
    if value >= _TEN_THOUSAND:
        return f"{locale.toString(value / _TEN_THOUSAND, 'f', 1)} 万"
    # Between a digit and kana stands a space, between two words none.
    return f"{number(value)} "


def _messages(count: int) -> str:
    return translate("Preview", "{count} messages", n=count).format(count=number(count))


def _binary(media_type: str, amount: str) -> str:
    if media_type:
        return translate("Preview", "This file is no text: {type}, {size}.").format(
            type=media_type, size=amount
        )
    return translate("Preview", "This file of {size} is no text.").format(size=amount)


def _conversation(title: str) -> str:
    if not title:
        return translate("Preview", "Another conversation")
    return translate("Preview", "Another conversation: {title}").format(title=title)


def _attachment(name: str, amount: str) -> str:
    told = translate("Preview", ", ").join(fact for fact in (name, amount) if fact)
    if not told:
        return translate("Preview", "Attachment")
    return translate("Preview", "Attachment: {file}").format(file=told)
