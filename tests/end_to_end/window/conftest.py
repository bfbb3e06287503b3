"""A display of one's own with a window manager, a session bus, a screen reader's view, a mouse and a keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.window.accessibility import Thing, Tree, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.end_to_end.conftest import Home

SCREEN = "1400x1000x24"
NEEDED = ("Xvfb", "openbox", "xdotool", "dbus-daemon")
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
    <allow user="root"/>
  </policy>
</busconfig>
"""
"""A bus that starts no service by itself: no keyring of this machine comes up in the middle of a test. Root may look at
another user's, as at the accessibility bus: packages are tested as an ordinary user."""
DRAG_SOURCE = Path(__file__).with_name("drag_source.py")


class Screen:
    """An X server, a window manager and a session bus that nobody else uses."""

    def __init__(self, folder: Path) -> None:
        self._opened = ExitStack()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # The accessibility bus keeps its socket below the cache folder.
        self.environ = {
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
            "NO_AT_BRIDGE": "0",
        }
        folder.chmod(0o700)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        read, write = os.pipe()
        # It picks a free number itself and says which.
        self.start(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
            pass_fds=(write,),
        )
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as told:
            self.environ["DISPLAY"] = f":{told.readline().strip()}"
        bus = self._folder / "bus"
        settings = self._folder / "bus.conf"
        settings.write_text(BUS.format(path=bus), encoding="utf-8")
        self.start(["dbus-daemon", f"--config-file={settings}", "--nofork", "--nopidfile", "--nosyslog"])
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
        until(bus.exists, "the session bus did not start")
        self.start(["openbox"])
        launcher = next(path for path in LAUNCHERS if Path(path).exists())
        self.start([launcher, "--launch-immediately"])
        self.tree: Tree = until(self._tree, "the accessibility bus did not start")
        self._opened.callback(self.tree.close)
        # The first key from xdotool's keyboard makes the X server tell a new key map; openbox then takes its own keys
        # anew, and one that is pressed meanwhile is lost. A key that does nothing goes first.
        self.key("shift")

    def _tree(self) -> Tree | None:
        try:
            return Tree(self.environ["DBUS_SESSION_BUS_ADDRESS"])
        except (OSError, IndexError, TypeError, ValueError):
            return None

    def close(self) -> None:
        """End everything that was started here, the last first."""
        self._opened.close()

    def start(
        self,
        words: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a program on this display; it is ended with the display."""
        with (self._folder / f"{Path(words[0]).name}.out").open("ab") as out:
            process = subprocess.Popen(
                list(words),
                env={**os.environ, **self.environ, **(environ or {})},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
            )
        self._opened.callback(_end, process)
        return process

    def said(self, program: str) -> str:
        """What a program printed."""
        path = self._folder / f"{Path(program).name}.out"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    # ---- mouse and keyboard -----------------------------------------------------------------------------

    def xdotool(self, *words: str | int) -> str:
        """One command of the program that moves the mouse and types."""
        done = subprocess.run(
            ["xdotool", *map(str, words)],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    def click(self, thing: Thing, button: int = 1, *, hold: str | None = None) -> None:
        """Click in the middle of a thing, with a key held down perhaps."""
        left, top = thing.middle
        self.xdotool("mousemove", "--sync", left, top)
        if hold:
            self.xdotool("keydown", hold)
        self.xdotool("click", button)
        if hold:
            self.xdotool("keyup", hold)

    def type(self, text: str) -> None:
        """Type a text."""
        self.xdotool("type", "--delay", 5, text)

    def key(self, *names: str) -> None:
        """Press keys, such as "ctrl+1"."""
        self.xdotool("key", "--delay", 20, *names)

    def drag(self, begin: tuple[int, int], end: tuple[int, int], *, drop: bool = True) -> None:
        """Drag with the left button in several steps: drag and drop begins only after some movement."""
        self.xdotool("mousemove", "--sync", *begin)
        self.xdotool("mousedown", 1)
        steps = 12
        for step in range(1, steps + 1):
            left = begin[0] + (end[0] - begin[0]) * step // steps
            top = begin[1] + (end[1] - begin[1]) * step // steps
            self.xdotool("mousemove", "--sync", left, top, "sleep", "0.03")
        if drop:
            self.xdotool("mouseup", 1)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


class App:
    """The program in a real window of a screen."""

    def __init__(
        self, screen: Screen, home: Home, *words: str, program: Sequence[str] = (), before: Sequence[str] = ()
    ) -> None:
        """`words` are its arguments; `before` is another program and its arguments that is to start this one."""
        self.screen = screen
        self.home = home
        # What the home keeps away from the developer's own shell, and what the screen needs.
        environ = {name: value for name, value in os.environ.items() if name not in home.environ}
        environ = {name: "" for name in environ if name.startswith(("AWS_", "CHATLOG_", "CLAUDE", "LAMBDA_"))}
        self.environ = {**environ, **home.environ, **screen.environ}
        self.process = screen.start(
            [*before, *(program or (sys.executable, "-m", "app")), *words],
            environ=self.environ,
            cwd=home.user,
        )

    @property
    def tree(self) -> Tree:
        """What a screen reader sees."""
        return self.screen.tree

    def window(self, *, seconds: float = 60) -> Thing:
        """The main window, once it is there."""
        return self.tree.wait_for(".*Chat Log Uploader", "frame", seconds=seconds)

    def see(self, name: str, role: str | None = None, *, seconds: float = 60) -> Thing:
        """A thing by its name (a regular expression for the whole of it), once it shows."""
        return self.tree.wait_for(name, role, seconds=seconds)

    def press(self, name: str, role: str = "push button") -> None:
        """Click a button with the mouse."""
        self.screen.click(self.see(name, role))

    def drop(self, *paths: Path) -> None:
        """Drag files from another program's window into the middle of this one."""
        window = self.window()
        self.screen.start([sys.executable, str(DRAG_SOURCE), *map(str, paths)])
        other = self.tree.wait_for("Files to drag", "label")
        self.screen.drag(other.middle, window.middle, drop=False)
        self.see("Drop to archive .*")
        self.screen.xdotool("mouseup", 1)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A display of one's own."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    assert not missing, f"`make setup` installs what is missing: {', '.join(missing)}"
    # A socket's path may not be long.
    opened = Screen(tmp_path / "x")
    yield opened
    opened.close()


@pytest.fixture
def app(screen: Screen, home: Home) -> App:
    """The program, started on an empty home."""
    return App(screen, home)
