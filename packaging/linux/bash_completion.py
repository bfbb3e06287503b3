"""Prints the completion for bash, made from the parser of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import command_line

if TYPE_CHECKING:
    from command_line import Command, Word

HEAD = """\
# Completion for bash. Made from the program's own command line.
_chatlog_uploader() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= word value=
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        # What stands behind an option is its value, never a command.
        if [[ $value ]]; then value=; continue; fi
        case "$command $word" in
"""

MIDDLE = """\
        esac
    done
    case "$command $before" in
"""

END = """\
    esac
    if [[ $current == -* ]]; then
        case "$command" in
"""

TAIL = """\
        esac
        return
    fi
    case "$command" in
"""

LAST = """\
    esac
}
complete -F _chatlog_uploader chatlog-uploader
"""


def _name(path: tuple[str, ...]) -> str:
    return " ".join(path)


def _words(words: tuple[str, ...]) -> str:
    return " ".join(words)


def _reply(words: tuple[str, ...]) -> str:
    return f'COMPREPLY=($(compgen -W "{_words(words)}" -- "$current"))'


def _walk(command: Command) -> list[str]:
    """How a word on the line leads on: to a command below this one, or to a value."""
    lines = []
    for below in command.commands:
        here = _name(command.path)
        lines.append(f'            "{here} {below.path[-1]}") command="{_name(below.path)}" ;;')
    lines += [
        f'            "{_name(command.path)} {name}") value=1 ;;'
        for word in command.words
        if word.values
        for name in word.names
    ]
    return lines


def _value(word: Word) -> str:
    if word.choices:
        return f"{_reply(word.choices)}; return"
    return "compopt -o default; return" if word.is_path else "return"


def _values(command: Command) -> list[str]:
    return [
        f'        "{_name(command.path)} {name}") {_value(word)} ;;'
        for word in command.words
        if word.values
        for name in word.names
    ]


def _options(command: Command) -> str:
    names = tuple(name for word in command.words for name in word.names)
    return f'            "{_name(command.path)}") {_reply(names)} ;;'


def _arguments(command: Command) -> str | None:
    here = _name(command.path)
    arguments = [word for word in command.words if not word.names]
    choices = tuple(choice for word in arguments for choice in word.choices)
    if command.commands:
        # The program itself also takes files: it opens its window with them.
        files = "" if command.path else "; compopt -o default"
        return f'        "{here}") {_reply(tuple(below.path[-1] for below in command.commands))}{files} ;;'
    if choices:
        return f'        "{here}") {_reply(choices)} ;;'
    if any(word.is_path for word in arguments):
        return f'        "{here}") compopt -o default ;;'
    return None


def bash_completion(program: Command) -> str:
    """The whole script."""
    commands = list(program.everything())
    lines = [line for command in commands for line in _walk(command)]
    text = HEAD + "\n".join(lines) + "\n" + MIDDLE
    text += "\n".join(line for command in commands for line in _values(command)) + "\n" + END
    text += "\n".join(_options(command) for command in commands) + "\n" + TAIL
    text += "\n".join(line for command in commands if (line := _arguments(command))) + "\n" + LAST
    return text


if __name__ == "__main__":
    print(bash_completion(command_line()), end="")  # noqa: T201 - its output is the file
