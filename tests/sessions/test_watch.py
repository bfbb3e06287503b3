"""Watching folders: real files, the system's real events, and what is done where there are none."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.sessions import folder_events, watch
from app.sessions.folder_events import FolderEvents
from app.sessions.mounts import may_change_unheard
from app.sessions.watch import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watchdog.events import FileSystemEvent

CHILD = Path(__file__).with_name("watch_child.py")
PROJECT = Path(__file__).parents[2]
PATIENCE = 30.0
NEVER = 3600.0

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify is Linux's")


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


class Watching:
    """A watcher and how often it called."""

    def __init__(self, *folders: Path, **options: Any) -> None:
        self.calls = 0
        options = {"settle_seconds": 0.05, "poll_seconds": NEVER} | options
        self.watcher = Watcher(folders, self._changed, **options)

    def _changed(self) -> None:
        self.calls += 1

    def begin(self) -> None:
        """Start, and wait for the call that says so."""
        self.watcher.start()
        self.told("the watching has begun", after=0)

    def told(self, what: str, *, after: int) -> None:
        wait_until(lambda: self.calls > after, what)

    def tells_of(self, change: Callable[[], object]) -> None:
        """Assert that a change leads to a call."""
        before = self.calls
        change()
        self.told(repr(change), after=before)


@pytest.fixture
def watching() -> Iterator[Callable[..., Watching]]:
    """Makes watchers that have begun; all are stopped after the test."""
    made: list[Watching] = []

    def make(*folders: Path, **options: Any) -> Watching:
        made.append(Watching(*folders, **options))
        made[-1].begin()
        return made[-1]

    yield make
    for one in made:
        one.watcher.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tools" / "projects"
    made.mkdir(parents=True)
    return made


class TestChanges:
    def test_what_happens_to_files_and_folders_is_told(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        log = folder / "one.jsonl"
        deep = folder / "a" / "b" / "c"
        it = watching(folder)
        assert it.watcher.watching == "events"
        it.tells_of(log.touch)
        it.tells_of(lambda: log.write_bytes(b"{}\n"))
        it.tells_of(lambda: log.rename(folder / "two.jsonl"))
        it.tells_of(lambda: deep.mkdir(parents=True))
        it.tells_of((deep / "new.txt").touch)
        it.tells_of((folder / "two.jsonl").unlink)
        it.tells_of(lambda: shutil.rmtree(folder / "a"))

    def test_one_folder_of_several_is_enough(self, watching: Callable[..., Watching], tmp_path: Path) -> None:
        folders = [tmp_path / name for name in ("a", "b", "b/inside", "c")]
        for one in folders:
            one.mkdir()
        it = watching(*folders)
        for one in folders:
            it.tells_of((one / "file").touch)

    def test_many_changes_at_once_are_few_calls(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        it = watching(folder, settle_seconds=1.0)
        before = it.calls
        for number in range(300):
            (folder / f"{number}.txt").touch()
        it.told("300 files", after=before)
        assert it.calls - before < 100

    def test_writing_that_never_ends_is_told_of_all_the_same(
        self, watching: Callable[..., Watching], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watch, "NOISE_SECONDS", 0.2)
        it = watching(folder, settle_seconds=NEVER)
        enough = threading.Event()

        def write() -> None:
            with (folder / "log").open("ab", buffering=0) as file:
                while not enough.wait(0.01):
                    file.write(b"x")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(3):
                it.told("the log grows", after=it.calls)
        finally:
            enough.set()
            writer.join()

    def test_reading_as_a_scan_does_is_no_change(self, folder: Path) -> None:
        log = folder / "one.jsonl"
        log.write_bytes(b"{}\n")
        with closing(Hearing(folder)) as events:
            log.read_bytes()
            list(os.scandir(folder))
            marker = events.hear_marker(folder)
            assert events.paths == [marker]

    def test_a_change_below_an_ignored_folder_does_not_count(self, folder: Path) -> None:
        own = folder / "home"
        own.mkdir()
        with closing(Hearing(folder, ignored=own)) as events:
            (own / "index.db").write_bytes(b"x")
            marker = events.hear_marker(folder)
            assert len(events.paths) > 1
            assert events.counted == [marker]


class Hearing(FolderEvents):
    """Folders that are watched, all paths of events, and those that counted as changes."""

    def __init__(self, folder: Path, ignored: Path | None = None) -> None:
        self.paths: list[str] = []
        self.counted: list[str] = []
        self._path = ""
        super().__init__(
            [folder],
            [ignored] if ignored else [],
            changed=lambda: self.counted.append(self._path),
            shifted=lambda: None,
        )
        assert self.arrange()

    def _hear(self, event: FileSystemEvent) -> None:
        self._path = os.fsdecode(event.src_path)
        super()._hear(event)
        self.paths.append(self._path)

    def hear_marker(self, folder: Path) -> str:
        """Make a change, and wait until it is heard of: by then all earlier ones were. Returns its path."""
        marker = folder / "marker"
        marker.mkdir()
        wait_until(lambda: str(marker) in self.paths, "the marker")
        return str(marker)


class TestFoldersThatComeAndGo:
    def test_a_missing_folder_appears_and_is_watched(
        self, watching: Callable[..., Watching], tmp_path: Path
    ) -> None:
        folder = tmp_path / "not" / "there" / "yet"
        it = watching(folder)
        assert it.watcher.watching == "events"
        it.tells_of(lambda: folder.mkdir(parents=True))
        _until_watched(it, folder)

    def test_a_folder_deleted_and_made_again_goes_on_being_watched(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        it = watching(folder)
        for _ in range(3):
            it.tells_of(lambda: shutil.rmtree(folder.parent))
            it.tells_of(lambda: folder.mkdir(parents=True))
            _until_watched(it, folder)

    def test_a_folder_made_again_at_once_goes_on_being_watched(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        """The new folder can have the old one's inode: that it is another one is only told by events."""
        it = watching(folder)
        for _ in range(5):

            def make_again() -> None:
                shutil.rmtree(folder)
                folder.mkdir()

            it.tells_of(make_again)
            _until_watched(it, folder)

    def test_a_folder_moved_away_and_replaced_goes_on_being_watched(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        it = watching(folder)
        it.tells_of(lambda: folder.rename(folder.with_name("kept")))
        it.tells_of(folder.mkdir)
        _until_watched(it, folder)

    def test_a_folder_above_moved_away_is_noticed_at_the_next_look(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        it = watching(folder, poll_seconds=0.1)
        above = folder.parent

        def replace() -> None:
            above.rename(above.with_name("kept"))
            folder.mkdir(parents=True)

        it.tells_of(replace)
        _until_watched(it, folder)
        assert it.watcher.watching == "events"

    def test_looking_alone_is_no_change(self, watching: Callable[..., Watching], folder: Path) -> None:
        it = watching(folder, poll_seconds=0.01)
        looks = itertools.count()
        really = it.watcher._events.arrange
        seen = 0

        def arrange() -> bool:
            nonlocal seen
            seen = next(looks)
            return really()

        it.watcher._events.arrange = arrange  # type: ignore[method-assign]
        wait_until(lambda: seen > 5, "five looks")
        assert it.calls == 1


def _until_watched(it: Watching, folder: Path) -> None:
    """That the folder came is told too, perhaps after the first change inside: so several are made."""
    wait_until(
        lambda: os.path.realpath(folder) in {path for path, _, _ in it.watcher._events.watched()}, "watched"
    )
    for number in range(3):
        it.tells_of((folder / f"file-{number}").touch)


class TestLinks:
    def test_links_in_a_circle_are_not_followed(
        self, watching: Callable[..., Watching], folder: Path
    ) -> None:
        (folder / "again").symlink_to(folder, target_is_directory=True)
        (folder / "up").symlink_to("..", target_is_directory=True)
        it = watching(folder)
        it.tells_of((folder / "file").touch)

    def test_a_folder_that_is_a_link_is_watched_where_it_leads(
        self, watching: Callable[..., Watching], folder: Path, tmp_path: Path
    ) -> None:
        link = tmp_path / "link"
        link.symlink_to(folder, target_is_directory=True)
        it = watching(link)
        it.tells_of((folder / "file").touch)


class TestWithoutEvents:
    def test_a_file_server_s_folder_is_looked_at_besides(
        self, watching: Callable[..., Watching], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            folder_events, "may_change_unheard", lambda path: path == os.path.realpath(folder)
        )
        it = watching(folder, poll_seconds=0.05)
        assert it.watcher.watching == "polling"
        for _ in range(3):
            it.told("a look", after=it.calls)

    def test_a_tree_that_would_take_more_than_half_of_the_watches_is_left_to_looking(
        self, watching: Callable[..., Watching], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(12):
            (tmp_path / "large" / str(number)).mkdir(parents=True)
        small = tmp_path / "small"
        small.mkdir()
        monkeypatch.setattr(folder_events, "_user_watches", lambda: 20)
        it = watching(tmp_path / "large", small)
        assert it.watcher.watching == "polling"
        assert {path for path, _, _ in it.watcher._events.watched()} == {os.path.realpath(small)}
        it.tells_of((small / "file").touch)

    @linux_only
    @pytest.mark.parametrize(
        ("scenario", "answer"),
        [
            ("no_descriptors", "polling polling"),
            ("no_watches", "polling polling"),
            ("watches_run_out", "events polling"),
        ],
    )
    def test_a_system_that_refuses_is_polled(self, scenario: str, answer: str, tmp_path: Path) -> None:
        command = [sys.executable, str(CHILD), scenario, str(tmp_path)]
        if scenario != "no_descriptors":
            # A user namespace has a count of watches of its own, which can be set without touching anybody else's.
            command = ["unshare", "--user", "--map-root-user", *command]
            if not _namespaces_work():
                pytest.skip("this system lets nobody make a user namespace")
        ended = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=2 * PATIENCE, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout == f"{answer}\n"


def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    write = "echo 1000 > /proc/sys/user/max_inotify_watches"
    tried = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", write], capture_output=True, check=False
    )
    return tried.returncode == 0


class TestStopping:
    def test_no_call_comes_after_the_end(self, watching: Callable[..., Watching], folder: Path) -> None:
        it = watching(folder, settle_seconds=0.3)
        (folder / "file").touch()
        it.watcher.stop()
        it.watcher.stop()
        assert not it.watcher._thread.is_alive()
        assert it.calls == 1

    def test_what_takes_long_is_not_waited_for(self, folder: Path) -> None:
        inside, go_on = threading.Event(), threading.Event()

        def changed() -> None:
            inside.set()
            go_on.wait(PATIENCE)

        watcher = Watcher([folder], changed, settle_seconds=0.0)
        watcher.start()
        assert inside.wait(PATIENCE)
        watcher.stop()
        assert watcher._thread.is_alive()
        go_on.set()
        watcher._thread.join(PATIENCE)
        assert not watcher._thread.is_alive()

    def test_it_may_be_ended_before_it_began_and_by_its_own_call(self, folder: Path) -> None:
        Watcher([folder], lambda: None).stop()
        watcher = Watcher([folder], lambda: watcher.stop(), settle_seconds=0.0)  # noqa: PLW0108 - not there yet
        watcher.start()
        wait_until(lambda: not watcher._thread.is_alive(), "its end")

    def test_nothing_is_left_running(self, watching: Callable[..., Watching], folder: Path) -> None:
        before = set(threading.enumerate())
        it = watching(folder)
        assert set(threading.enumerate()) > before
        it.watcher.stop()
        wait_until(lambda: set(threading.enumerate()) <= before, "the library's threads")


MOUNTS = """\
24 30 0:22 / /proc rw,relatime - proc proc rw
30 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 30 0:40 / /mnt/team\\040share rw,relatime - cifs //server/share rw
32 31 8:2 / /mnt/team\\040share/local rw - xfs /dev/sdb1 rw
33 30 0:41 / /home rw,relatime - autofs auto.home rw
34 33 0:42 / /home rw,relatime shared:2 - nfs4 server:/home rw
35 30 0:43 / /srv rw - fuse.sshfs alice@host: rw
36 30 0:44 / /disk rw - fuseblk /dev/sdc1 rw
broken
"""


@pytest.mark.parametrize(
    ("folder", "unheard"),
    [
        ("/", False),
        ("/var/logs", False),
        ("/mnt/team share", True),
        ("/mnt/team share/logs", True),
        ("/mnt/team share/local/logs", False),
        ("/mnt/team", False),
        ("/home/alice/.claude", True),
        ("/homes", False),
        ("/srv/logs", True),
        ("/disk/logs", False),
    ],
)
@linux_only
def test_where_another_computer_can_write(folder: str, unheard: bool) -> None:
    assert may_change_unheard(folder, MOUNTS) is unheard


@linux_only
def test_this_computer_s_own_mounts_can_be_read(tmp_path: Path) -> None:
    assert may_change_unheard("/proc") is False
    assert may_change_unheard(str(tmp_path), "") is False
