"""What the packages for Linux say of the program is true: manual page, completion, desktop entry, types, dependencies."""

from __future__ import annotations

import argparse
import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from app import __version__
from app.cli.main import register
from app.cli.parser import build_parser
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
RECIPES = PROJECT / "packaging" / "linux"
ENTRY = RECIPES / "chatlog-uploader.desktop"
TYPES = RECIPES / "chatlog-uploader.xml"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="packages for Linux are made on Linux")


def made_by(script: str, *words: str, environ: dict[str, str] | None = None) -> str:
    """What one of the recipes' scripts prints."""
    done = subprocess.run(
        [sys.executable, str(RECIPES / script), *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT), **(environ or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def commands_of(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command with the words that call it, the program first."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from commands_of(below, (*path, name))


COMMANDS = list(commands_of(build_parser(register)))


# ---- the manual page ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def man_page() -> str:
    return made_by("man_page.py", environ={"SOURCE_DATE_EPOCH": "1767225600"})


def test_the_manual_page_has_every_command_with_its_options(man_page: str) -> None:
    plain = re.sub(r"\\f.", "", man_page.replace("\\-", "-").replace("\\e", "\\").replace("\\&", ""))
    general, _, commands = plain.partition(".SH COMMANDS\n")
    sections = dict(
        section.split("\n", 1) for section in commands.partition("\n.SH ")[0].split(".SS ") if section
    )
    leaves = {" ".join(path): parser for path, parser in COMMANDS if path and not parser._subparsers}
    assert sections.keys() == leaves.keys()
    for name, parser in leaves.items():
        assert parser.description is not None
        assert parser.description in sections[name]
        for action in parser._actions:
            for option in action.option_strings:
                assert option in sections[name] or option in general, (name, option)


def test_the_manual_page_is_dated_and_versioned(man_page: str) -> None:
    head = man_page.splitlines()[0].replace("\\-", "-")
    assert head == f'.TH CHATLOG-UPLOADER 1 "2026-01-01" "chatlog-uploader {__version__}" "User Commands"'


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed here")
def test_the_manual_page_is_set_without_a_warning(man_page: str, tmp_path: Path) -> None:
    page = tmp_path / "chatlog-uploader.1"
    page.write_text(man_page, encoding="utf-8")
    words = ["man", "-l", "--warnings", "-E", "UTF-8", "-P", "cat", str(page)]
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env={**os.environ, "MANWIDTH": "90"}
    )
    assert done.stderr == ""
    assert "EXIT STATUS" in done.stdout


# ---- completion -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def completion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "chatlog-uploader"
    path.write_text(made_by("bash_completion.py"), encoding="utf-8")
    return path


def completed(script: Path, lines: list[str]) -> list[list[str]]:
    """What bash offers at the end of each line; a line that ends with a space begins a new word."""
    tries = []
    for line in lines:
        words = line.split(" ")
        tries.append(f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}")
        tries.append('_chatlog_uploader; echo "${COMPREPLY[*]}"')
    # Outside of a completion there is nothing to set options of.
    text = "\n".join([f". '{script}'", "compopt() { :; }", *tries])
    done = subprocess.run(["bash", "-eu", "-c", text], capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]


def test_completion_offers_every_command_and_option(completion: Path) -> None:
    lines = [" ".join(("chatlog-uploader", *path, "-")) for path, _ in COMMANDS]
    for (path, parser), offered in zip(COMMANDS, completed(completion, lines), strict=True):
        options = {option for action in parser._actions for option in action.option_strings}
        assert set(offered) == options, path
    above = [(path, parser) for path, parser in COMMANDS if parser._subparsers]
    lines = [" ".join(("chatlog-uploader", *path, "")) for path, _ in above]
    for (path, _), offered in zip(above, completed(completion, lines), strict=True):
        below = {other[-1] for other, _ in COMMANDS if other and other[:-1] == path}
        assert set(offered) == below, path


def test_completion_takes_what_follows_an_option_for_its_value(completion: Path) -> None:
    offered = completed(
        completion,
        [
            "chatlog-uploader --profile upload do",
            "chatlog-uploader --profile sandbox profile re",
            "chatlog-uploader profile add --connection ",
        ],
    )
    assert offered[:2] == [["download", "doctor"], ["remove"]]
    add = dict(COMMANDS)["profile", "add"]
    connection = next(action for action in add._actions if "--connection" in action.option_strings)
    assert offered[2] == list(connection.choices or ())


# ---- desktop entry and types ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def entry() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep case
    parser.read(ENTRY, encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_desktop_entry_speaks_both_languages_and_takes_files(entry: configparser.SectionProxy) -> None:
    for key in ("GenericName", "Comment", "Keywords"):
        assert entry[key] != entry[f"{key}[ja]"]
    assert entry["Exec"] == "chatlog-uploader %F"
    # Qt names the window after the application; a panel finds the entry by it.
    assert entry["StartupWMClass"] == entry["Icon"] == ENTRY.stem


def test_json_json_lines_and_markdown_open_with_it(entry: configparser.SectionProxy) -> None:
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    defined = ET.parse(TYPES).getroot().findall(f"{space}mime-type")  # noqa: S314 - our own file
    names = {mime.attrib["type"] for mime in defined}
    aliases = {alias.attrib["type"] for mime in defined for alias in mime.findall(f"{space}alias")}
    patterns = {glob.attrib["pattern"] for mime in defined for glob in mime.findall(f"{space}glob")}
    assert {"*.jsonl", "*.ndjson"} <= patterns
    opened = set(entry["MimeType"].strip(";").split(";"))
    assert {"application/json", "text/markdown"} | names <= opened
    # What is not the system's is defined here.
    assert opened - {"application/json", "text/markdown"} <= names | aliases


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed"
)
def test_the_desktop_entry_is_valid() -> None:
    done = subprocess.run(["desktop-file-validate", str(ENTRY)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_icon_is_drawn_in_every_size(tmp_path: Path) -> None:
    made_by("../icons.py", "hicolor", str(tmp_path))
    drawn = {path.relative_to(tmp_path).parts[0]: path for path in tmp_path.rglob("chatlog-uploader.*")}
    assert {"16x16", "48x48", "256x256", "512x512", "scalable"} <= drawn.keys()
    for size, path in drawn.items():
        if size != "scalable":
            head = path.read_bytes()[:24]
            assert head[:8] == b"\x89PNG\r\n\x1a\n"
            assert int.from_bytes(head[16:20], "big") == int(size.partition("x")[0])


# ---- the control file -----------------------------------------------------------------------------------


def test_every_blank_of_the_control_file_is_filled() -> None:
    control = (RECIPES / "control.in").read_text(encoding="utf-8")
    filled = (PROJECT / "tools" / "package-linux.sh").read_text(encoding="utf-8")
    blanks = set(re.findall(r"@[A-Z_]+@", control))
    assert blanks == {"@VERSION@", "@ARCHITECTURE@", "@INSTALLED_SIZE@", "@DEPENDS@"}
    assert all(f"s/{blank}/" in filled for blank in blanks)
    assert all(len(line) <= 80 for line in control.splitlines() if line.startswith(" "))


@pytest.mark.skipif(
    shutil.which("objdump") is None or shutil.which("dpkg-shlibdeps") is None,
    reason="binutils and dpkg-dev are not installed here",
)
def test_dependencies_are_the_libraries_that_the_folder_lacks(tmp_path: Path) -> None:
    shell = Path("/bin/sh").resolve()
    shutil.copy(shell, tmp_path / "program")
    needs = dict(line.split() for line in made_by("libraries.py", "needs", str(tmp_path)).splitlines())
    assert needs["libc.so.6"] == "libc6"
    depends = made_by("libraries.py", "depends", str(tmp_path)).strip().split(", ")
    assert any(re.fullmatch(r"libc6 \(>= [0-9.]+\)", relation) for relation in depends)

    (tmp_path / "libc.so.6").write_bytes(b"carried")

    assert "libc.so.6" not in made_by("libraries.py", "needs", str(tmp_path))


# ---- the guide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["installing.md", "installing.ja.md"])
def test_the_guide_names_the_packages_and_places_as_they_are(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    assert set(re.findall(r"chatlog-uploader[-_]([0-9.]+)[-_]", text)) == {__version__}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        assert name in text
        monkeypatch.delenv(name, raising=False)
    paths = resolve_paths(None)
    for folder in (paths.config_folder, paths.data_folder, paths.cache_folder):
        assert f"| `~/{folder.relative_to(Path.home())}` |" in text
    common = (RECIPES / "common.sh").read_text(encoding="utf-8")
    assert "program=$HOME/.local/lib/chatlog-uploader\n" in common
    assert "sh ~/.local/lib/chatlog-uploader/remove.sh" in text
