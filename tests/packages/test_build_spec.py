"""build.spec on each of the three systems: which programs it makes, with which icons, versions and settings.

PyInstaller builds only for the system it runs on. Here its parts are replaced, and what they are asked for is looked at.
"""

from __future__ import annotations

import ast
import plistlib
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

# Before the system is said to be another one: it looks at that when it is imported.
import PyInstaller.utils.hooks  # type: ignore[import-untyped]  # noqa: F401

from app import __version__

if TYPE_CHECKING:
    import pytest

PROJECT = Path(__file__).parents[2]
BOM, TEXT = "sbom.cdx.json", "THIRD-PARTY-NOTICES.txt"


class Made:
    """What a part of PyInstaller was asked for."""

    def __init__(self, kind: str, *parts: Any, **words: Any) -> None:
        self.kind, self.parts, self.words = kind, parts, words
        self.name = f"dist/{words.get('name')}"


def build(system: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Made]:
    """What build.spec makes on a system."""
    made: list[Made] = []

    def part(kind: str) -> Any:
        def make(*parts: Any, **words: Any) -> Made:
            made.append(Made(kind, *parts, **words))
            return made[-1]

        return make

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(PROJECT)
    # Importing every module to list them takes long, and is the same on every system.
    monkeypatch.setattr("PyInstaller.utils.hooks.collect_submodules", lambda *_words, **_more: [])
    found = SimpleNamespace(datas=[], binaries=[], pure=[], scripts=[])
    names = {kind: part(kind) for kind in ("EXE", "COLLECT", "BUNDLE", "PYZ")}
    names |= {"Analysis": lambda *_parts, **_words: found, "workpath": str(folder)}
    run = subprocess.run

    def run_or_note(command: list[str], **words: Any) -> Any:
        """The list of what is inside is of a folder that is not there."""
        if Path(command[1]).parent.name != "notices":
            return run(command, **words)
        assert Path(command[1]).is_file()
        made.append(Made("NOTICES", *command[2:]))
        return None

    monkeypatch.setattr(subprocess, "run", run_or_note)
    runpy.run_path(str(PROJECT / "build.spec"), init_globals=names)
    return made


def test_linux_has_one_program_for_window_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = build("linux", tmp_path, monkeypatch)
    assert [part.kind for part in made] == ["PYZ", "EXE", "COLLECT", "NOTICES"]
    assert made[1].words["name"] == made[2].words["name"] == "chatlog-uploader"
    assert made[1].words["console"] is True


def test_windows_has_a_program_for_the_window_and_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = build("win32", tmp_path, monkeypatch)
    assert [part.kind for part in made] == ["PYZ", "EXE", "EXE", "COLLECT", "NOTICES"]
    window, command, collected, _ = made[1:]
    assert [(program.words["name"], program.words["console"]) for program in (window, command)] == [
        ("Chat Log Uploader", False),
        ("chatlog-uploader", True),
    ]
    assert collected.parts[:2] == (window, command), "both share one folder of libraries"
    for program in (window, command):
        assert Path(program.words["icon"]).read_bytes()[:4] == b"\0\0\1\0"
        resource = Path(program.words["version"]).read_text(encoding="utf-8")
        calls = [node for node in ast.walk(ast.parse(resource, mode="eval")) if isinstance(node, ast.Call)]
        strings = {
            name.value: text.value
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id == "StringStruct"
            for name, text in [call.args]
            if isinstance(name, ast.Constant) and isinstance(text, ast.Constant)
        }
        assert strings["OriginalFilename"] == f"{program.words['name']}.exe"
        assert strings["ProductVersion"] == __version__


def test_macos_has_a_bundle_around_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MACOS_SIGNING_IDENTITY", raising=False)
    made = build("darwin", tmp_path, monkeypatch)
    assert [part.kind for part in made] == ["PYZ", "EXE", "EXE", "COLLECT", "NOTICES", "BUNDLE"]
    window, command, collected, notices, bundle = made[1:]
    assert (window.words["name"], window.words["console"]) == ("Chat Log Uploader", False)
    assert (command.words["name"], command.words["console"]) == ("chatlog-uploader", True)
    assert window.words["codesign_identity"] is None
    assert collected.parts[:2] == (window, command)
    assert notices.parts == (collected.name, str(tmp_path), str(tmp_path.parent))
    assert bundle.parts == (
        collected,
        [(f"notices/{name}", str(tmp_path.parent / name), "DATA") for name in (BOM, TEXT)],
    )
    assert bundle.words["name"] == "Chat Log Uploader.app"
    assert bundle.words["version"] == __version__
    assert Path(bundle.words["icon"]).read_bytes()[:4] == b"icns"
    said = plistlib.loads(plistlib.dumps(bundle.words["info_plist"]))
    assert said["CFBundleExecutable"] == window.words["name"]
    sessions = said["CFBundleDocumentTypes"][0]
    assert {kind["LSHandlerRank"] for kind in said["CFBundleDocumentTypes"]} == {"Alternate"}
    declared = {kind["UTTypeIdentifier"]: kind for kind in said["UTImportedTypeDeclarations"]}
    assert set(sessions["LSItemContentTypes"]) == {"public.json", *declared}
    extensions = {
        extension
        for kind in declared.values()
        for extension in kind["UTTypeTagSpecification"]["public.filename-extension"]
    }
    assert extensions == {"jsonl", "ndjson", "md", "markdown"}


def test_with_an_identity_macos_programs_are_signed_under_the_hardened_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACOS_SIGNING_IDENTITY", "Developer ID Application: aki (A1B2C3)")
    programs = [part for part in build("darwin", tmp_path, monkeypatch) if part.kind == "EXE"]
    for program in programs:
        assert program.words["codesign_identity"] == "Developer ID Application: aki (A1B2C3)"
        exceptions = plistlib.loads((PROJECT / program.words["entitlements_file"]).read_bytes())
        assert exceptions == {"com.apple.security.cs.allow-unsigned-executable-memory": True}
