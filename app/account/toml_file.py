"""A TOML file that a person edits too.

What the person wrote (comments, order, unknown keys) survives every change, a change is made whole or not at
all, and two processes that change the file at the same moment both see their change kept.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from app.errors import FileUnreadable, FolderNotWritable, SettingsCorrupt
from app.storage.paths import private_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

LOCK_SECONDS = 10.0

_LINE_IN_MESSAGE = re.compile(r"\(at line (\d+), column \d+\)$")

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_Result = TypeVar("_Result")


class TomlFile:
    """One TOML file, 0600. A file that cannot be understood is reported and never written over."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Any]:
        """The whole file as plain values; empty when there is no file.

        Raises SettingsCorrupt, FileUnreadable.
        """
        return self._parse(self._text())

    def edit(self, change: Callable[[TOMLDocument], _Result]) -> _Result:
        """Let `change` alter the document, then replace the file, alone among all processes. Returns its result.

        Nothing is written when `change` raises or leaves the document as it was.
        Raises SettingsCorrupt, FileUnreadable, FolderNotWritable, DiskFull.
        """
        import tomlkit  # noqa: PLC0415 - tens of milliseconds, and most commands only read

        def on_text(text: str) -> tuple[str, _Result]:
            document = tomlkit.parse(text)
            result = change(document)
            return tomlkit.dumps(document), result

        return self.rewrite(on_text)

    def rewrite(self, change: Callable[[str], tuple[str, _Result]]) -> _Result:
        """As `edit`, on the file's text: `change` returns the new text and the result."""
        import filelock  # noqa: PLC0415 - as above

        private_folder(self.path.parent)
        lock = filelock.FileLock(
            self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS, mode=0o600
        )
        try:
            lock.acquire()
        except filelock.Timeout as problem:
            raise FolderNotWritable(
                path=str(self.path), reason="another process holds the file's lock"
            ) from problem
        except OSError as problem:
            raise FolderNotWritable(path=str(self.path), reason=problem.strerror or str(problem)) from problem
        try:
            before = self._text()
            self._parse(before)
            after, result = change(before)
            if after != before:
                tomllib.loads(after)  # what could not be read again must not replace what can
                # A link (a dotfiles folder) stays a link: its target is replaced.
                write_private(self.path.resolve(), after)
            return result
        finally:
            lock.release()

    def corrupt(self, reason: str) -> SettingsCorrupt:
        """The error that says this file's content is not what was expected."""
        return SettingsCorrupt(path=str(self.path), reason=reason, line=None)

    def _text(self) -> str:
        try:
            # Windows' Notepad puts a byte order mark in front, which TOML does not know.
            return self.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as problem:
            raise self.corrupt(f"not UTF-8 (byte {problem.start})") from problem
        except OSError as problem:
            raise FileUnreadable(path=str(self.path), reason=problem.strerror or str(problem)) from problem

    def _parse(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as problem:
            found = _LINE_IN_MESSAGE.search(str(problem))
            line = int(found[1]) if found else text.count("\n") + 1
            raise SettingsCorrupt(path=str(self.path), reason=str(problem), line=line) from problem
        except (ValueError, RecursionError) as problem:  # impossible dates, hundreds of nested brackets
            raise self.corrupt(str(problem)) from problem


def table_in(values: Mapping[str, Any], key: str, file: TomlFile) -> Mapping[str, Any]:
    """The table under `key`, empty when absent. Raises SettingsCorrupt when something else stands there."""
    found = values.get(key, {})
    if not isinstance(found, dict):
        raise file.corrupt(f"{key}: a table is expected")
    return found


def table_to_edit(parent: Any, key: str, file: TomlFile) -> Any:  # noqa: ANN401 - tomlkit's containers share no useful type
    """The table under `key` of a tomlkit container, made when absent. Raises SettingsCorrupt."""
    import tomlkit  # noqa: PLC0415 - only needed to write

    if key not in parent:
        parent[key] = tomlkit.table()
    elif not isinstance(parent[key], dict):
        raise file.corrupt(f"{key}: a table is expected")
    return parent[key]


def empty_table(parent: Any, key: str) -> None:  # noqa: ANN401 - as above
    """Take everything out of the table under `key`, if there is one.

    It stays itself: with it would go the comments up to the next table.
    """
    table = parent.get(key, {})
    for value in list(table):
        del table[value]


def renamed_table(text: str, parent: str, old: str, new: str) -> str:
    """The file's text with the table `[parent.old]` and those below it called `new`, comments and all in their place.

    Where the table is not written under headers of its own (an inline table, dotted keys), it is written anew and its
    comments are lost. `old` and `new` need no escaping in quotes.
    """
    spellings = "|".join(re.escape(spelling) for spelling in (old, f'"{old}"', f"'{old}'"))
    header = re.compile(
        rf"^([ \t]*\[[ \t]*{re.escape(parent)}[ \t]*\.[ \t]*)(?:{spellings})(?=[ \t]*[.\]])", re.MULTILINE
    )
    expected = tomllib.loads(text)
    expected[parent][new] = expected[parent].pop(old)
    key = new if _BARE_KEY.fullmatch(new) else f'"{new}"'
    renamed = header.sub(lambda found: found[1] + key, text)
    if tomllib.loads(renamed) == expected:
        return renamed
    import tomlkit  # noqa: PLC0415 - only needed to write

    document = tomlkit.parse(text)
    # The proxies that tomlkit has for tables in several places cannot do this.
    del document[parent]
    document[parent] = expected[parent]
    return tomlkit.dumps(document)


def text_in(values: Mapping[str, Any], key: str, file: TomlFile, *, where: str = "") -> str | None:
    """The text under `key`, None when absent. `where` names the table in the error. Raises SettingsCorrupt."""
    found = values.get(key)
    if found is not None and not isinstance(found, str):
        raise file.corrupt(f"{where}{key}: text in quotes is expected")
    return found
