"""Both packages on a bare Debian, from installing to removing. Run by `make test-packages`, as root; pytest does not find
it by itself."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.transfer.connections import CA_BUNDLE_VARIABLES
from tests.end_to_end.conftest import Home
from tests.end_to_end.window.accessibility import until
from tests.end_to_end.window.conftest import App
from tests.packages.bare_debian import AKI, AkisScreen, BareDebian

if TYPE_CHECKING:
    from collections.abc import Iterator

DIST = Path(__file__).parents[2] / "dist"

PATH = "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareDebian]:
    # pytest's own folders are root's alone.
    folder = Path(os.environ["PACKAGES_FOLDER"]) / tmp_path_factory.mktemp("machine").name
    folder.mkdir()
    machine = BareDebian(Path(os.environ["BARE_DEBIAN"]), folder)
    yield machine
    machine.close()


@pytest.fixture
def home(machine: BareDebian) -> Home:
    """Aki's, with the system's own folders: what she has there must outlive the program."""
    home = Home(machine.shared)
    del home.environ["CHATLOG_HOME"]
    for name in CA_BUNDLE_VARIABLES:
        # Of this computer, not of the bare one.
        home.environ[name] = ""
    home.environ["PATH"] = f"{home.user}/.local/bin:{PATH}"
    subprocess.run(["chown", "-R", f"{AKI}:{AKI}", str(machine.shared)], check=True)
    return home


@pytest.fixture
def screen(machine: BareDebian, home: Home) -> Iterator[AkisScreen]:
    opened = AkisScreen(machine.shared / "x", home.user)
    yield opened
    opened.close()


def package(pattern: str) -> Path:
    """The newest one that was made."""
    made = sorted(DIST.glob(pattern), key=lambda path: path.stat().st_mtime)
    assert made, "`make package` makes them"
    return made[-1]


def note(machine: BareDebian, name: str, title: str) -> Path:
    """A file of aki's."""
    path = machine.shared / name
    path.write_text(f"# {title}\n\nWe will keep the logs.\n", encoding="utf-8")
    shutil.chown(path, AKI, AKI)
    return path


def use(machine: BareDebian, screen: AkisScreen, home: Home, command: str, entry: Path) -> None:
    """Archive a dropped file, find it in the history, also after a restart; open another by the desktop entry."""
    program = machine.for_aki(command)

    def titles() -> list[str]:
        return sorted(str(line["title"]) for line in home.run("history", "--json", program=program).lines)

    meeting = note(machine, "meeting notes.md", "Meeting")
    app = App(screen, home, program=program)
    app.window()
    app.press("Skip for now")
    app.drop(meeting)
    until(lambda: titles() == ["Meeting"], "it was not archived", tree=screen.tree)
    screen.key("ctrl+3")
    app.see(".*Meeting.*", "cell")
    app.process.terminate()
    assert app.process.wait(60) in {0, -15}

    again = App(screen, home, program=program)
    again.window()
    screen.key("ctrl+3")
    again.see(".*Meeting.*", "cell")
    line = re.search(r"^Exec=(.*)$", entry.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    travel = note(machine, "travel plans.md", "Travel")
    opened = [word for word in shlex.split(line[1]) if word != "%F"]
    handed = machine.run(*opened, str(travel), environ=again.environ)
    assert (handed.returncode, again.process.poll()) == (0, None), handed.stderr
    until(lambda: titles() == ["Meeting", "Travel"], "it was not handed on", tree=screen.tree)
    again.process.terminate()
    again.process.wait(60)

    keys = {entry["title"]: entry["s3Key"] for entry in home.run("history", "--json", program=program).lines}
    back = home.user / "back"
    brought = home.run("download", keys["Meeting"], "--to", str(back), "--json", program=program).line
    assert brought["verified"] is True
    assert (back / meeting.name).read_bytes() == meeting.read_bytes()
    assert "Traceback" not in screen.said("chroot")
    home.run("--profile", "sandbox", "sandbox", "stop", program=program)


def of_the_user(home: Home) -> list[Path]:
    """Every file and folder of her home that is not the program's data."""
    own = ("back", ".local/share/chatlog-uploader", ".config", ".cache")
    paths = (path for path in home.user.rglob("*"))
    return sorted(
        path
        for path in paths
        if not any(path.is_relative_to(home.user / name) for name in own)
        and path not in {home.user / ".local", home.user / ".local" / "share"}
    )


def test_the_deb(machine: BareDebian, screen: AkisScreen, home: Home) -> None:
    before = machine.named_after_us()
    shutil.copy(package("*.deb"), machine.root / "tmp" / "program.deb")
    machine.install("/tmp/program.deb")
    assert "chatlog-uploader " in machine.as_root("chatlog-uploader", "--version")
    machine.as_root("dpkg", "--verify", "chatlog-uploader")

    entry = machine.root / "usr" / "share" / "applications" / "chatlog-uploader.desktop"
    use(machine, screen, home, "/usr/bin/chatlog-uploader", entry)

    machine.as_root("apt-get", "purge", "-y", "-qq", "chatlog-uploader")
    assert machine.named_after_us() == before
    assert of_the_user(home) == []
    assert (home.user / ".local" / "share" / "chatlog-uploader" / "state.db").is_file()


def test_the_run(machine: BareDebian, screen: AkisScreen, home: Home) -> None:
    installer = machine.shared / "program.run"
    shutil.copy(package("*.run"), installer)
    words = ("sh", str(installer))
    refused = machine.run(*words, environ=home.environ)
    assert refused.returncode == 1
    assert "xz-utils" in refused.stderr
    machine.install("xz-utils")
    damaged = machine.shared / "damaged.run"
    content = bytearray(installer.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    refused = machine.run("sh", str(damaged), environ=home.environ)
    assert refused.returncode != 0
    assert "checksum" in refused.stderr.lower()
    assert of_the_user(home) == []

    first = machine.run(*words, environ=home.environ)
    assert first.returncode == 0, first.stderr
    told = re.search(r"apt-get install --no-install-recommends (.*)", first.stdout)
    assert told is not None, first.stdout
    machine.install(*told[1].split())
    second = machine.run(*words, environ=home.environ)
    assert second.returncode == 0, second.stderr
    assert "apt-get" not in second.stdout
    versions = home.user / ".local" / "lib" / "chatlog-uploader" / "versions"
    assert len(list(versions.iterdir())) == 1

    entry = home.user / ".local" / "share" / "applications" / "chatlog-uploader.desktop"
    use(machine, screen, home, f"{home.user}/.local/bin/chatlog-uploader", entry)

    removed = machine.run(*words, "--remove", environ=home.environ)
    assert removed.returncode == 0, removed.stderr
    assert of_the_user(home) == []
    assert (home.user / ".local" / "share" / "chatlog-uploader" / "state.db").is_file()
