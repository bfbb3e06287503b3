"""Keeps resources/i18n true to the code: finds the texts, merges them into the .ts files, compiles the .qm files.

    translations.py update [CONTEXT…]   add new texts to <language>/<context>.ts, drop those that are gone
    translations.py release             compile everything into <language>.qm
    translations.py check               say what is missing or out of date; exit 1 if anything is

Texts are the literals given to `translate(context, text, comment, n=…)` and `mark(context, text)`. Qt's own lupdate
does not see which Python texts have a number, so this reads the syntax tree instead; files and compiler are Qt's.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

PROJECT = Path(__file__).parents[1]
SOURCES = PROJECT / "app" / "desktop"
FOLDER = PROJECT / "resources" / "i18n"
FORMS = {"en": 2, "ja": 1}
"""How many forms a text with a number has."""


@dataclass(frozen=True)
class Text:
    """A text in the code. English needs a translation only where a number is in it."""

    source: str
    comment: str
    plural: bool

    def key(self) -> tuple[str, str]:
        return (self.source, self.comment)


@dataclass
class Entry:
    """A text in a .ts file, with what it is in that language: one string, or one for each form."""

    text: Text
    forms: list[str] = field(default_factory=list)


def texts_in(path: Path) -> list[tuple[str, Text]]:
    """(context, text) for every text in a Python file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"translate", "mark"}:
            literals = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if len(literals) < 2 or not all(isinstance(literal, str) for literal in literals):
                continue
            context, source, *rest = map(str, literals)
            plural = any(keyword.arg == "n" for keyword in node.keywords)
            found.append((context, Text(source, rest[0] if rest else "", plural)))
    return found


def texts_by_context() -> dict[str, list[Text]]:
    """Every context's texts, in the order of the code, each once."""
    found: dict[str, dict[tuple[str, str], Text]] = defaultdict(dict)
    for path in sorted(SOURCES.rglob("*.py")):
        for context, text in texts_in(path):
            found[context].setdefault(text.key(), text)
    return {context: list(texts.values()) for context, texts in sorted(found.items())}


def read(path: Path) -> dict[tuple[str, str], list[str]]:
    """What a .ts file says: the forms of each text."""
    if not path.exists():
        return {}
    said = {}
    for message in ET.parse(path).iter("message"):  # noqa: S314 - our own files
        translation = message.find("translation")
        forms: list[str] = []
        if translation is not None:
            numbered = translation.findall("numerusform")
            forms = [form.text or "" for form in numbered] if numbered else [translation.text or ""]
        said[message.findtext("source") or "", message.findtext("comment") or ""] = forms
    return said


def merged(texts: list[Text], said: dict[tuple[str, str], list[str]], language: str) -> list[Entry]:
    """The entries of a file: the code's texts with what was said of them."""
    entries = []
    for text in texts:
        if language == "en" and not text.plural:
            continue
        count = FORMS[language] if text.plural else 1
        forms = (said.get(text.key(), []) + [""] * count)[:count]
        entries.append(Entry(text, forms))
    return entries


def written(context: str, entries: list[Entry], language: str) -> str:
    """The .ts file."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines += [f'<TS version="2.1" language="{language}" sourcelanguage="en">', "<context>"]
    lines.append(f"    <name>{escape(context)}</name>")
    for entry in entries:
        unfinished = "" if all(entry.forms) else ' type="unfinished"'
        lines.append('    <message numerus="yes">' if entry.text.plural else "    <message>")
        lines.append(f"        <source>{escape(entry.text.source)}</source>")
        if entry.text.comment:
            lines.append(f"        <comment>{escape(entry.text.comment)}</comment>")
        if entry.text.plural:
            lines.append(f"        <translation{unfinished}>")
            lines += [f"            <numerusform>{escape(form)}</numerusform>" for form in entry.forms]
            lines.append("        </translation>")
        else:
            lines.append(f"        <translation{unfinished}>{escape(entry.forms[0])}</translation>")
        lines.append("    </message>")
    return "\n".join([*lines, "</context>", "</TS>", ""])


def files(language: str) -> dict[str, str]:
    """What each .ts file of a language should hold now, by context."""
    return {
        context: written(context, entries, language)
        for context, texts in texts_by_context().items()
        if (entries := merged(texts, read(FOLDER / language / f"{context}.ts"), language))
    }


def update(contexts: list[str]) -> None:
    """Write the files of these contexts, or of all."""
    for language in FORMS:
        folder = FOLDER / language
        folder.mkdir(parents=True, exist_ok=True)
        wanted = files(language)
        for context, text in wanted.items():
            if not contexts or context in contexts:
                (folder / f"{context}.ts").write_text(text, encoding="utf-8")
        for path in folder.glob("*.ts"):
            if path.stem not in wanted and (not contexts or path.stem in contexts):
                path.unlink()


def compiled(language: str) -> bytes:
    """The language's .qm."""
    from PySide6 import __file__ as package  # noqa: PLC0415 - only compiling needs Qt

    tool = Path(package).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{language}.qm"
        sources = sorted(str(path) for path in (FOLDER / language).glob("*.ts"))
        subprocess.run(
            [str(tool), "-silent", "-nounfinished", *sources, "-qm", str(target)],
            check=True,
            capture_output=True,
        )
        return target.read_bytes()


def release() -> None:
    """Compile every language."""
    for language in FORMS:
        (FOLDER / f"{language}.qm").write_bytes(compiled(language))


def faults() -> list[str]:
    """What is missing, differs in its placeholders, or is out of date."""
    found = []
    for language in FORMS:
        wanted = files(language)
        found += [
            f"{language}/{path.name}: nothing in the code uses it"
            for path in (FOLDER / language).glob("*.ts")
            if path.stem not in wanted
        ]
        for context, text in wanted.items():
            path = FOLDER / language / f"{context}.ts"
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                found.append(f"{language}/{context}.ts: out of date, run `make translations`")
                continue
            for (source, _), forms in read(path).items():
                found += [f"{language}/{context}: {source!r} {fault}" for fault in form_faults(source, forms)]
        if not found and (FOLDER / f"{language}.qm").read_bytes() != compiled(language):
            found.append(f"{language}.qm: out of date, run `make translations`")
    return found


def form_faults(source: str, forms: list[str]) -> list[str]:
    """What is wrong with a translation."""
    if not all(forms):
        return ["has no translation"]
    wanted = placeholders(source)
    # "%n" may be left out where the form itself says the number ("Archive both").
    return [
        f"has other placeholders: {form!r}"
        for form in forms
        if placeholders(form) - {"%n"} != wanted - {"%n"}
    ]


def placeholders(text: str) -> set[str]:
    """The {names} and %n of a text."""
    return set(re.findall(r"\{\w*\}|%n", text))


def main(words: list[str]) -> int:
    """Run one of the three; the exit code."""
    match words:
        case ["update", *contexts]:
            update(contexts)
        case ["release"]:
            release()
        case ["check"]:
            found = faults()
            print("\n".join(found))
            return bool(found)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
