"""The installer for Windows, run by Wine: what it leaves in folders and registry, over an older one, and after removing.

Run by `make test-installer`, which installs Wine. The program inside is a stand-in that notes its calls.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
AMD64 = "-XTarget amd64-unicode"
"""Wine without its 32-bit half runs this; otherwise the installer is the same."""
NAME = "Chat Log Uploader"
CLASSES = r"HKCU\Software\Classes"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\ChatLogUploader"
EXTENSIONS = (".json", ".jsonl", ".ndjson", ".md", ".markdown")
RUNNING, SOMEBODY_ELSES = 3, 4
PATIENCE = 120


@dataclass(frozen=True)
class Computer:
    """Wine's Windows with one person, and installers for her."""

    folder: Path

    @property
    def local(self) -> Path:
        """%LOCALAPPDATA%."""
        return next(self.folder.glob("prefix/drive_c/users/*/AppData/Local"))

    @property
    def program(self) -> Path:
        return self.local / "Programs" / NAME

    @property
    def data(self) -> Path:
        return self.local / "chatlog-uploader"

    @property
    def start_menu(self) -> Path:
        return self.local.parent / "Roaming/Microsoft/Windows/Start Menu/Programs" / f"{NAME}.lnk"

    @property
    def desktop(self) -> Path:
        return self.folder / "home" / f"{NAME}.lnk"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),  # Wine's desktop leads there
            "WINEPREFIX": str(self.folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "LANG": "C.UTF-8",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(["wine", *words], env=self.environ, stdout=pipe, stderr=pipe, text=True)

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        out, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, out

    def install(self, installer: Path, *options: str) -> int:
        return self.run(str(installer), "/S", *options)[0]

    def remove(self, *options: str) -> int:
        # Otherwise it copies itself elsewhere, starts that, and ends before the work is done.
        self.run(str(self.program / "uninstall.exe"), "/S", *options, f"_?={self.windows(self.program)}")
        return int(
            self.program.exists() and any(path.name != "uninstall.exe" for path in self.program.iterdir())
        )

    def windows(self, path: Path) -> str:
        """A path of the C: drive as Windows has it."""
        return "C:\\" + str(path.relative_to(self.folder / "prefix" / "drive_c")).replace("/", "\\")

    def registry(self, key: str) -> dict[str, str]:
        """The values of a key and of all below it, as "key value" and what is said; empty where there is no key."""
        code, out = self.run("reg", "query", key, "/s")
        found, at = {}, ""
        for line in out.splitlines() if code == 0 else ():
            if line.startswith("HKEY_"):
                at = line.strip().replace("HKEY_CURRENT_USER", "HKCU")
            elif match := re.match(r"    (.+?)    (REG_\w+)    ?(.*)$", line.rstrip("\r")):
                found[f"{at} {match[1]}"] = match[3]
        return found

    def calls(self) -> list[str]:
        """How the stand-in was called since the last look."""
        path = self.local / "calls.txt"
        said = path.read_bytes().decode("utf-16-le").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return said


def stand_in(folder: Path, version: str) -> Path:
    """A folder like the frozen program's."""
    frozen = folder / f"frozen-{version}"
    (frozen / "_internal").mkdir(parents=True)
    (frozen / "_internal" / f"library-{version}.dll").write_text(version, encoding="ascii")
    command = frozen / "chatlog-uploader.exe"
    script = PROJECT / "tests" / "packages" / "stand_in.nsi"
    subprocess.run(["makensis", "-V2", AMD64, f"-DOUTPUT={command}", str(script)], check=True)
    (frozen / f"{NAME}.exe").write_bytes(command.read_bytes())
    return frozen


def installer_of(folder: Path, version: str) -> Path:
    """The installer with the stand-in of a version in it."""
    output = folder / f"out-{version}"
    words = ["bash", "tools/package-windows.sh", str(stand_in(folder, version)), AMD64]
    environ = {
        **os.environ,
        "OUTPUT_FOLDER": str(output),
        "PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT),
    }
    environ.pop("WINDOWS_CERTIFICATE", None)
    subprocess.run(words, cwd=PROJECT, env=environ, check=True)
    return output / f"chatlog-uploader-{__version__}-setup.exe"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wine")


@pytest.fixture(scope="module")
def first(folder: Path) -> Path:
    return installer_of(folder, "first")


@pytest.fixture(scope="module")
def second(folder: Path) -> Path:
    return installer_of(folder, "second")


@pytest.fixture(scope="module")
def booted(folder: Path) -> Iterator[Computer]:
    (folder / "home").mkdir()
    computer = Computer(folder)
    assert computer.run("wineboot", "-i")[0] == 0
    assert computer.run("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")[0] == 0
    # What others have put there before.
    markdown = rf"{CLASSES}\.md"
    assert computer.run("reg", "add", markdown, "/ve", "/d", "Other.Editor", "/f")[0] == 0
    assert computer.run("reg", "add", rf"{markdown}\OpenWithProgids", "/v", "Other.Editor", "/f")[0] == 0
    path = ["/v", "Path", "/t", "REG_EXPAND_SZ", "/d", r"%USERPROFILE%\bin;C:\tools"]
    assert computer.run("reg", "add", r"HKCU\Environment", *path, "/f")[0] == 0
    yield computer
    subprocess.run(["wineserver", "-k"], env=computer.environ, check=False)


@pytest.fixture
def computer(booted: Computer) -> Iterator[Computer]:
    yield booted
    (booted.local / "broken.txt").unlink(missing_ok=True)
    if booted.program.exists():
        booted.remove("/DeleteData")
    booted.calls()


def user_path(computer: Computer) -> str:
    return computer.registry(r"HKCU\Environment")[r"HKCU\Environment Path"]


def test_installing_and_removing_leaves_the_computer_as_it_was(computer: Computer, first: Path) -> None:
    before = {key: computer.registry(key) for key in (CLASSES, r"HKCU\Environment")}
    assert computer.install(first) == 0
    assert computer.calls() == ["chatlog-uploader.exe --version"], "it has been seen to start"
    assert {path.name for path in computer.program.iterdir()} == {
        f"{NAME}.exe",
        "chatlog-uploader.exe",
        "_internal",
        "uninstall.exe",
    }
    assert computer.start_menu.is_file()
    assert computer.desktop.is_file()
    said = computer.registry(UNINSTALL)
    assert said[f"{UNINSTALL} DisplayVersion"] == __version__
    assert said[f"{UNINSTALL} QuietUninstallString"].endswith('uninstall.exe" /S')
    computer.data.mkdir()
    (computer.data / "settings.toml").write_text("[window]\n", encoding="utf-8")
    assert computer.remove() == 0
    assert computer.calls() == ["chatlog-uploader.exe --profile sandbox sandbox stop"]
    assert {key: computer.registry(key) for key in before} == before
    assert computer.registry(UNINSTALL) == {}
    assert not computer.start_menu.exists()
    assert not computer.desktop.exists()
    assert (computer.data / "settings.toml").is_file(), "without a question data is kept"


def test_files_are_offered_to_the_program_and_nobody_loses_a_default(computer: Computer, first: Path) -> None:
    assert computer.install(first) == 0
    classes = computer.registry(CLASSES)
    call = f'"{computer.windows(computer.program)}\\{NAME}.exe" "%1"'
    assert classes[rf"{CLASSES}\ChatLogUploader.Session\shell\open\command (Default)"] == call
    assert classes[rf"{CLASSES}\Applications\{NAME}.exe\shell\open\command (Default)"] == call
    for extension in EXTENSIONS:
        assert rf"{CLASSES}\{extension}\OpenWithProgids ChatLogUploader.Session" in classes
        assert rf"{CLASSES}\Applications\{NAME}.exe\SupportedTypes {extension}" in classes
        default = classes.get(rf"{CLASSES}\{extension} (Default)", "")
        assert default == ("Other.Editor" if extension == ".md" else "")


def test_a_file_dropped_onto_the_icon_comes_as_an_argument(computer: Computer, first: Path) -> None:
    assert computer.install(first) == 0
    computer.calls()
    log = computer.local / "a session.jsonl"
    log.write_text("{}\n", encoding="utf-8")
    # What a drop does: the shortcut, with the files behind it.
    shortcut = computer.windows(computer.start_menu)
    assert computer.run("start", "/wait", shortcut, computer.windows(log))[0] == 0
    deadline = time.monotonic() + PATIENCE
    while not (calls := computer.calls()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [call.replace('"', "") for call in calls] == [f"{NAME}.exe {computer.windows(log)}"]


def test_the_command_is_put_on_the_path_once_and_taken_off_again(
    computer: Computer, first: Path, second: Path
) -> None:
    before = user_path(computer)
    assert computer.install(first) == 0
    assert user_path(computer) == f"{before};{computer.windows(computer.program)}"
    assert computer.install(second) == 0
    assert user_path(computer) == f"{before};{computer.windows(computer.program)}"
    assert computer.remove() == 0
    assert user_path(computer) == before


def test_a_long_path_is_left_alone(computer: Computer, first: Path) -> None:
    before = user_path(computer)
    long = ";".join([before, *(f"C:\\tools\\of a long name {number:04}" for number in range(60))])
    words = ["reg", "add", r"HKCU\Environment", "/v", "Path", "/t", "REG_EXPAND_SZ", "/f", "/d"]
    assert computer.run(*words, long)[0] == 0
    try:
        assert computer.install(first) == 0
        assert user_path(computer) == long
        assert computer.remove() == 0
        assert user_path(computer) == long
    finally:
        computer.run(*words, before)


def test_icon_and_path_can_be_declined(computer: Computer, first: Path) -> None:
    before = user_path(computer)
    assert computer.install(first, "/NoDesktop", "/NoPath") == 0
    assert not computer.desktop.exists()
    assert user_path(computer) == before
    assert computer.start_menu.is_file()


def test_a_newer_version_takes_the_place_of_the_older_one(
    computer: Computer, first: Path, second: Path
) -> None:
    assert computer.install(first) == 0
    assert computer.install(second) == 0
    assert [path.name for path in (computer.program / "_internal").iterdir()] == ["library-second.dll"]
    assert sorted(path.name for path in computer.program.parent.iterdir()) == [NAME]


def test_a_version_that_does_not_start_changes_nothing(computer: Computer, first: Path, second: Path) -> None:
    assert computer.install(first) == 0
    (computer.local / "broken.txt").touch()
    assert computer.install(second) == 2
    assert [path.name for path in (computer.program / "_internal").iterdir()] == ["library-first.dll"]
    assert sorted(path.name for path in computer.program.parent.iterdir()) == [NAME]


def test_a_running_program_is_neither_replaced_nor_removed(
    computer: Computer, first: Path, second: Path
) -> None:
    assert computer.install(first) == 0
    computer.calls()
    running = computer.start(str(computer.program / f"{NAME}.exe"), "go", "on")
    deadline = time.monotonic() + PATIENCE
    while not computer.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        assert computer.install(second) == RUNNING
        assert [path.name for path in (computer.program / "_internal").iterdir()] == ["library-first.dll"]
        assert computer.remove() == 1
        assert (computer.program / f"{NAME}.exe").is_file()
    finally:
        (computer.local / "enough.txt").touch()
        running.communicate(timeout=PATIENCE)
        (computer.local / "enough.txt").unlink()
    assert computer.install(second) == 0


def test_a_folder_of_somebody_else_s_is_not_replaced(computer: Computer, first: Path) -> None:
    other = computer.local / "Other"
    other.mkdir()
    (other / "letter.txt").write_text("dear bob", encoding="utf-8")
    assert computer.install(first, f"/D={computer.windows(other)}") == SOMEBODY_ELSES
    assert [path.name for path in other.iterdir()] == ["letter.txt"]
    (other / "letter.txt").unlink()
    assert computer.install(first, f"/D={computer.windows(other)}") == 0
    assert (other / "chatlog-uploader.exe").is_file()
    computer.run(str(other / "uninstall.exe"), "/S", f"_?={computer.windows(other)}")
    assert not (other / "chatlog-uploader.exe").exists()
    assert computer.registry(UNINSTALL) == {}


def test_data_goes_where_that_is_asked_for_in_words(computer: Computer, first: Path) -> None:
    assert computer.install(first) == 0
    computer.data.mkdir(exist_ok=True)
    (computer.data / "state.db").touch()
    assert computer.remove("/DeleteData") == 0
    assert not computer.data.exists()
