"""A bare Debian to install packages on: a copy of a fresh one, entered by chroot, with an ordinary user, aki."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.end_to_end.window.conftest import Screen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AKI = 1000
SERVERS = {"Xvfb", "dbus-daemon", "openbox", "at-spi-bus-launcher"}
INSTALL_SECONDS = 600


class BareDebian:
    """Needs root, and a mount namespace of one's own: what is mounted here goes with the process."""

    def __init__(self, fresh: Path, folder: Path) -> None:
        self.root = folder / "root"
        # Seen at the same place from inside and outside.
        self.shared = folder / "shared"
        subprocess.run(["cp", "-a", str(fresh), str(self.root)], check=True)
        shutil.copyfile("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        self.shared.mkdir()
        shutil.chown(self.shared, AKI, AKI)
        inside = self.inside(self.shared)
        inside.mkdir(parents=True)
        subprocess.run(["mount", "--bind", str(self.shared), str(inside)], check=True)
        subprocess.run(["mount", "-t", "proc", "proc", str(self.root / "proc")], check=True)
        self.as_root("useradd", "--uid", str(AKI), "--create-home", "aki")
        self.as_root("apt-get", "update", "-qq")

    def close(self) -> None:
        """Unmount; the folder is the caller's to remove."""
        for place in (self.inside(self.shared), self.root / "proc"):
            subprocess.run(["umount", "--lazy", str(place)], check=True)

    def inside(self, path: Path) -> Path:
        """Where a path of the bare system lies, seen from outside."""
        return self.root / path.relative_to("/")

    def as_root(self, *words: str) -> str:
        """Run a command to its end, which must be a good one; what it printed."""
        done = subprocess.run(
            ["/usr/sbin/chroot", str(self.root), *words],
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-4000:]}"
        return done.stdout

    def install(self, *packages: str) -> None:
        """From Debian, or a file inside; with what they need and nothing more."""
        self.as_root("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)

    def for_aki(self, *words: str) -> tuple[str, ...]:
        """The words that run a command inside as aki."""
        return ("/usr/sbin/chroot", f"--userspec={AKI}:{AKI}", str(self.root), *words)

    def run(self, *words: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command as aki to its end."""
        return subprocess.run(
            self.for_aki(*words),
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )

    def named_after_us(self) -> list[str]:
        """Every file and folder inside that bears the program's name; archives of what was installed are the test's."""
        found = subprocess.run(
            ["find", str(self.root), "-xdev", "-name", "*chatlog*", "-not", "-path", "*/tmp/*"],
            capture_output=True,
            text=True,
            check=True,
        )
        return sorted(found.stdout.splitlines())


class AkisScreen(Screen):
    """A display and a bus that belong to aki."""

    def __init__(self, folder: Path, user: Path) -> None:
        folder.mkdir()
        shutil.chown(folder, AKI, AKI)
        self._user = user
        super().__init__(folder)

    def start(
        self,
        words: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """The servers are aki's; the program enters the bare system by itself."""
        if Path(words[0]).name in SERVERS:
            user = f"--reuid={AKI}", f"--regid={AKI}", "--clear-groups"
            words = ["setpriv", *user, "env", f"HOME={self._user}", *words]
        return super().start(words, environ=environ, cwd=cwd, pass_fds=pass_fds)
