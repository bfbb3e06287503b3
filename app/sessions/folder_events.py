"""The system's events for folders that may come and go.

A folder's whole tree is watched, and the folder above it, which tells when it is deleted, moved or made again. Of a
folder that is not there, the nearest one above it that is there is watched. Links inside the trees are not followed:
a scan does not follow them either.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.sessions.mounts import may_change_unheard
from app.sessions.walk import is_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers.api import BaseObserver, ObservedWatch

_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
_ATTEMPTS = 20
"""Folders that come and go faster than they can be watched are left to polling in the end."""

_WATCHES_ABOVE = sys.platform != "darwin"
"""macOS cannot tell of one folder alone: its events for the home folder would be those of everything below it.

There a folder that comes is seen when `arrange` is next called, and one that goes tells of it itself.
"""


class _Wanted(NamedTuple):
    """A folder to be watched. Another folder of the same path is another one to watch."""

    path: str
    recursive: bool
    device: int
    inode: int


class FolderEvents:
    """Tells of changes below folders. `arrange` and `close` belong to one thread.

    `changed` and `shifted` are called from other threads: `shifted` when a folder, or one above it, came or went, so
    that `arrange` is to be called. Changes below `ignored` folders are not told.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        ignored: Sequence[Path],
        *,
        changed: Callable[[], None],
        shifted: Callable[[], None],
    ) -> None:
        self._folders = [_absolute(folder) for folder in folders]
        self._ignored = [os.path.realpath(folder) for folder in ignored]
        self._changed = changed
        self._shifted = shifted
        self._lock = threading.Lock()
        self._void: set[str] = set()
        self._targets: frozenset[str] = frozenset(self._folders)
        self._trees: tuple[str, ...] = ()
        self._standing: dict[_Wanted, ObservedWatch] = {}
        self._weights: dict[_Wanted, int] = {}
        self._observer: BaseObserver | None = None
        self._given_up = False

    def arrange(self) -> bool:
        """Watch what is there now. Returns whether every change will be told: where not, somebody has to look.

        Once the system has refused more watches all are given back, so that other programs can have them, and False
        is returned from then on.
        """
        if self._given_up:
            return False
        try:
            if self._observer is None:
                self._observer = _started_observer()
            complete = self._settle(self._observer)
            if not sys.platform.startswith("linux") or _can_watch_one_more():
                return complete
        except OSError:  # no more watches, or no more of what they need
            pass
        self._given_up = True
        self.close()
        return False

    def watched(self) -> frozenset[tuple[str, int, int]]:
        """The trees that are watched, each with what tells it from another one at its place."""
        return frozenset((one.path, one.device, one.inode) for one in self._standing if one.recursive)

    def close(self) -> None:
        """Watch nothing any more. May be called twice."""
        observer, self._observer = self._observer, None
        self._standing.clear()
        if observer is not None:
            observer.stop()
            observer.join()

    def _settle(self, observer: BaseObserver) -> bool:
        """Bring what is watched in line with what is there until nothing changes meanwhile."""
        for _ in range(_ATTEMPTS):
            complete, wanted = self._look()
            self._drop_void(observer)
            if wanted == self._standing.keys():
                return complete
            for one in self._standing.keys() - wanted:
                observer.unschedule(self._standing.pop(one))
            handler, kinds = _handler(self._hear), _kinds()
            for one in sorted(wanted - self._standing.keys()):
                try:
                    watch = observer.schedule(handler, one.path, recursive=one.recursive, event_filter=kinds)
                except (FileNotFoundError, NotADirectoryError):
                    continue  # gone since we looked: the next look will see
                self._standing[one] = watch
        return False

    def _look(self) -> tuple[bool, set[_Wanted]]:
        """Whether everything can be watched, and what is to be watched for that."""
        complete = True
        trees: set[_Wanted] = set()
        ways: set[_Wanted] = set()
        targets: set[str] = set()
        for folder in self._folders:
            real = os.path.realpath(folder)
            targets |= {folder, real}
            tree = _wanted(real, recursive=True)
            if tree is not None:
                complete = complete and os.access(real, os.R_OK | os.X_OK) and not may_change_unheard(real)
                trees.add(tree)
            way = _nearest(os.path.dirname(real))  # noqa: PTH120 - strings all the way, as in walk
            if way is not None and _WATCHES_ABOVE:
                complete = complete and not may_change_unheard(way.path)
                ways.add(way)
        trees = _outermost(trees)
        affordable = self._affordable(trees)
        self._targets = frozenset(targets)
        self._trees = tuple(tree.path for tree in affordable)
        ways = {way for way in ways if not any(is_inside(way.path, tree) for tree in self._trees)}
        return complete and affordable == trees, affordable | ways

    def _affordable(self, trees: set[_Wanted]) -> set[_Wanted]:
        """The trees that can be watched with half of what the user's programs have together, the small ones first."""
        limit = _user_watches() // 2
        for tree in trees - self._weights.keys():
            self._weights[tree] = _folders_below(tree.path, limit)
        self._weights = {tree: weight for tree, weight in self._weights.items() if tree in trees}
        taken: set[_Wanted] = set()
        spent = 0
        for tree in sorted(trees, key=lambda tree: (self._weights[tree], tree)):
            spent += self._weights[tree]
            if spent <= limit:
                taken.add(tree)
        return taken

    def _drop_void(self, observer: BaseObserver) -> None:
        """Forget watches of folders that were deleted; a new one can have the old one's very inode."""
        with self._lock:
            void, self._void = self._void, set()
        for one in [one for one in self._standing if one.path in void]:
            observer.unschedule(self._standing.pop(one))

    def _hear(self, event: FileSystemEvent) -> None:
        """Sort an event in; called on the library's thread."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if any(path == target or is_inside(target, path) for path in paths for target in self._targets):
            with self._lock:
                self._void.update(paths)
            self._shifted()
        elif any(self._counts(path) for path in paths):
            self._changed()

    def _counts(self, path: str) -> bool:
        return any(is_inside(path, tree) for tree in self._trees) and not any(
            is_inside(path, ignored) for ignored in self._ignored
        )


def _absolute(folder: Path) -> str:
    return os.path.abspath(folder)  # noqa: PTH100 - links in the user's own path stay as given


def _wanted(path: str, *, recursive: bool) -> _Wanted | None:
    """The folder at a path, None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a string all the way
    except (OSError, ValueError):
        return None
    if not os.path.isdir(path):  # noqa: PTH112 - likewise
        return None
    return _Wanted(path, recursive, status.st_dev, status.st_ino)


def _nearest(path: str) -> _Wanted | None:
    """The folder at a path, or the nearest one above it that is there."""
    while True:
        found = _wanted(path, recursive=False)
        above = os.path.dirname(path)  # noqa: PTH120 - likewise
        if found is not None or above == path:
            return found
        path = above


def _outermost(trees: set[_Wanted]) -> set[_Wanted]:
    """The trees that lie in no other one."""
    return {
        tree
        for tree in trees
        if not any(tree.path != other.path and is_inside(tree.path, other.path) for other in trees)
    }


def _folders_below(path: str, enough: int) -> int:
    """The number of folders of a tree, itself among them; counting ends above `enough`."""
    count = 1
    for _, folders, _ in os.walk(path):
        count += len(folders)
        if count > enough:
            break
    return count


def _user_watches() -> int:
    """How many folders all programs of a user can watch together: a limit that only Linux has."""
    try:
        return int(_LIMIT.read_bytes())
    except (OSError, ValueError):
        return sys.maxsize


# ---- the library ------------------------------------------------------------------------------------------


def _started_observer() -> BaseObserver:
    """Raises OSError where the system has nothing left for it."""
    from watchdog.observers import Observer  # noqa: PLC0415 - most runs of the program watch nothing

    # The library says it when a new folder is met twice, by its event and by its listing: which is as it should be.
    warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
    observer = Observer()
    observer.start()
    return observer


def _kinds() -> list[type[FileSystemEvent]]:
    """The events that mean a change. Reading and listing, as a scan does, are none.

    One list for all watches: where two are of one folder, Linux keeps the mask of the last.
    """
    from watchdog import events  # noqa: PLC0415 - as above

    return [
        events.FileCreatedEvent,
        events.FileModifiedEvent,
        events.FileDeletedEvent,
        events.FileMovedEvent,
        events.DirCreatedEvent,
        events.DirDeletedEvent,
        events.DirMovedEvent,
    ]


def _handler(hear: Callable[[FileSystemEvent], None]) -> FileSystemEventHandler:
    from watchdog.events import FileSystemEventHandler  # noqa: PLC0415 - as above

    class Handler(FileSystemEventHandler):
        def dispatch(self, event: FileSystemEvent) -> None:
            hear(event)

    return Handler()


def _can_watch_one_more() -> bool:
    """Whether Linux has a watch left for this user.

    The library passes over folders below the first that it may not watch, so the end of the watches is only seen by
    asking for one more.
    """
    try:
        probe = _started_observer()
    except OSError:
        return True  # no second observer can be had, which says nothing about the first
    try:
        probe.schedule(_handler(lambda _: None), "/")
    except OSError as problem:
        return problem.errno != errno.ENOSPC
    else:
        return True
    finally:
        probe.stop()
        probe.join()
