"""Installing for one person: in one step, over an older one, never half; and removing leaves nothing but her data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

RECIPES = Path(__file__).parents[2] / "packaging" / "linux"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it installs on Linux")


@dataclass(frozen=True)
class Person:
    """A home, and what the installer unpacked beside it."""

    home: Path
    payload: Path
    tools: Path
    """Stands first on the PATH."""

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A program as she starts it."""
        around = {"HOME": str(self.home), "PATH": f"{self.tools}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
        return subprocess.run(
            words, env={**around, **environ}, capture_output=True, text=True, check=False, cwd=self.home
        )

    def unpack(self, version: str, says: str = 'echo "chatlog-uploader $0"') -> None:
        """What the installer holds: a stand-in for the program, the rest as it is."""
        shutil.rmtree(self.payload, ignore_errors=True)
        (self.payload / "program" / "_internal").mkdir(parents=True)
        program = self.payload / "program" / "chatlog-uploader"
        program.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
        program.chmod(0o755)
        (self.payload / "program" / "_internal" / "library").write_text(version, encoding="utf-8")
        for name in ("install.sh", "remove.sh", "common.sh"):
            shutil.copy(RECIPES / name, self.payload / name)
        applications = self.payload / "share" / "applications"
        applications.mkdir(parents=True)
        shutil.copy(RECIPES / "chatlog-uploader.desktop", applications)
        types = self.payload / "share" / "mime" / "packages"
        types.mkdir(parents=True)
        shutil.copy(RECIPES / "chatlog-uploader.xml", types)
        (self.payload / "version").write_text(version + "\n", encoding="utf-8")
        (self.payload / "needs").write_text("libc.so.6 libc6\n", encoding="utf-8")

    def install(self, **environ: str) -> subprocess.CompletedProcess[str]:
        return self.run("sh", str(self.payload / "install.sh"), **environ)

    def remove(self) -> subprocess.CompletedProcess[str]:
        return self.run("sh", str(self.program / "remove.sh"))

    def stand_in(self, name: str, text: str) -> None:
        """A program of the system that answers otherwise."""
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    @property
    def program(self) -> Path:
        return self.home / ".local" / "lib" / "chatlog-uploader"

    @property
    def command(self) -> Path:
        return self.home / ".local" / "bin" / "chatlog-uploader"

    @property
    def installed(self) -> str:
        """The version that the command leads to."""
        return (self.command.resolve().parent / "_internal" / "library").read_text(encoding="utf-8")

    def files(self) -> list[str]:
        """Everything in the home."""
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*"))


@pytest.fixture
def aki(tmp_path: Path) -> Person:
    person = Person(tmp_path / "home of aki", tmp_path / "unpacked", tmp_path / "tools")
    person.home.mkdir()
    person.tools.mkdir()
    person.unpack("1.0")
    return person


def test_it_installs_and_leaves_nothing_but_data(aki: Person) -> None:
    data = aki.home / ".local" / "share" / "chatlog-uploader" / "state.db"
    data.parent.mkdir(parents=True)
    data.write_bytes(b"hers")
    before = aki.files()

    done = aki.install()

    assert (done.returncode, done.stderr) == (0, "")
    assert str(aki.command) in done.stdout
    assert aki.run(str(aki.command), "--version").stdout.startswith("chatlog-uploader ")
    entry = aki.home / ".local" / "share" / "applications" / "chatlog-uploader.desktop"
    assert f'Exec="{aki.command}" %F\nTryExec={aki.command}\n' in entry.read_text(encoding="utf-8")
    removed = aki.remove()
    assert (removed.returncode, removed.stderr) == (0, "")
    assert aki.files() == before
    assert data.read_bytes() == b"hers"


def test_a_newer_one_takes_the_place_of_an_older_one(aki: Person) -> None:
    aki.install()
    aki.unpack("2.0")
    (aki.payload / "share" / "applications" / "another.desktop").write_text(
        "[Desktop Entry]\n", encoding="utf-8"
    )
    aki.install()
    assert aki.installed == "2.0"
    aki.unpack("3.0")

    assert aki.install().returncode == 0

    assert aki.installed == "3.0"
    assert len(list((aki.program / "versions").iterdir())) == 1
    assert not (aki.home / ".local" / "share" / "applications" / "another.desktop").exists()
    aki.remove()
    assert aki.files() == []


def test_one_that_does_not_start_here_replaces_nothing(aki: Person) -> None:
    aki.install()
    before = aki.files()
    aki.unpack("2.0", says="echo 'version GLIBC_9.99 not found' >&2; exit 1")

    done = aki.install()

    assert done.returncode == 1
    assert "GLIBC_9.99" in done.stderr
    assert "does not start on this system" in done.stderr
    assert aki.installed == "1.0"
    assert aki.files() == before


def test_a_copy_that_fails_replaces_nothing(aki: Person) -> None:
    aki.install()
    before = aki.files()
    aki.unpack("2.0")
    aki.stand_in("cp", 'case $1 in -R) echo "No space left on device" >&2; exit 1 ;; esac; exec /bin/cp "$@"')

    done = aki.install()

    assert done.returncode == 1
    assert "could not be copied" in done.stderr
    assert aki.installed == "1.0"
    assert aki.files() == before


def test_a_full_disk_is_refused_before_anything_is_written(aki: Person) -> None:
    aki.stand_in("df", 'echo Head; echo "/dev/disk 1000 900 100 90% /"')

    done = aki.install(LANG="ja_JP.UTF-8")

    assert done.returncode == 1
    assert "空きが足りません" in done.stderr
    assert aki.files() == []


def test_another_programs_command_is_not_overwritten(aki: Person) -> None:
    aki.command.parent.mkdir(parents=True)
    aki.command.write_text("#!/bin/sh\necho from pip\n", encoding="utf-8")

    done = aki.install()

    assert done.returncode == 1
    assert "is not ours" in done.stderr
    assert "from pip" in aki.command.read_text(encoding="utf-8")
    assert not aki.program.exists()


def test_a_running_program_keeps_its_files_and_is_not_removed(aki: Person) -> None:
    # The stand-in must be a program of its own, not a script: what runs is known by its file.
    aki.install()
    running_file = aki.command.resolve().parent / "sleep"
    shutil.copy(Path("/bin/sleep").resolve(), running_file)
    with subprocess.Popen([str(running_file), "600"]) as running:
        try:
            removed = aki.remove()
            aki.unpack("2.0")
            updated = aki.install()
            kept = running_file.exists()
        finally:
            running.kill()
    assert removed.returncode == 1
    assert "Quit it" in removed.stderr
    assert (updated.returncode, aki.installed, kept) == (0, "2.0", True)
    aki.unpack("3.0")
    aki.install()
    assert not running_file.exists()


def test_another_computer_is_refused_before_unpacking(aki: Person) -> None:
    text = (RECIPES / "before-makeself.sh").read_text(encoding="utf-8").replace("@MACHINE@", "x86_64")
    script = aki.payload / "before.sh"
    script.write_text(text, encoding="utf-8")
    aki.stand_in("uname", "case $1 in -m) echo aarch64 ;; *) echo Linux ;; esac")

    done = aki.run("sh", str(script))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This program is for Linux on x86_64; this computer is Linux on aarch64.\n"
