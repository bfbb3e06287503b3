"""Progress on standard error: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from app.cli.output import decimal_size
from app.cli.words import words
from app.transfer.rates import RateMeter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, TaskID

    from app.cli.context import Context
    from app.sessions.index import ScanProgress
    from app.transfer.content import ContentKey, TransferEvent


class _Pace(NamedTuple):
    """Speed and time left as they are shown; empty until enough has been seen to tell."""

    speed: str = ""
    left: str = ""


@contextmanager
def scan_progress(context: Context) -> Iterator[Callable[[ScanProgress], None] | None]:
    """What a scan reports to; None where nobody watches."""
    if not context.output.error_stream.isatty():
        yield None
        return
    with _bar(context) as bar:
        task = bar.add_task(words(context.language).say("scanning"), total=None, speed="", left="")

        def show(progress: ScanProgress) -> None:
            bar.update(task, total=progress.bytes_to_read or None, completed=progress.bytes_read)

        yield show


class UploadProgress:
    """The overall bar of an upload, in original bytes, with speed and time left.

    A file counts fully only once S3 has confirmed it. Called from any thread.
    """

    def __init__(self, bar: Progress, task: TaskID, sizes: dict[ContentKey, int]) -> None:
        self._bar = bar
        self._task = task
        self._sizes = sizes
        self._shares: dict[ContentKey, int] = {}
        self._lock = threading.Lock()
        self._rate = RateMeter()
        self._total = sum(sizes.values())
        self._done = 0

    def event(self, event: TransferEvent) -> None:
        """Take a transfer's step into account; a retry may take some back."""
        size = self._sizes.get(event.key, 0)
        if event.state in {"archived", "unchanged", "failed"}:
            share = size
        elif event.total:
            # The last hundredth is S3's confirmation.
            share = size * 99 * event.sent // (100 * event.total)
        else:
            share = 0
        with self._lock:
            step = share - self._shares.get(event.key, 0)
            self._shares[event.key] = share
            self._done += step
            self._rate.add(step)
            pace = _pace(self._rate, self._total - self._done)
            self._bar.update(self._task, completed=self._done, speed=pace.speed, left=pace.left)


@contextmanager
def upload_progress(
    context: Context, sizes: dict[ContentKey, int]
) -> Iterator[Callable[[TransferEvent], None]]:
    """What transfers report to. `sizes`: the original bytes of every file that will be sent."""
    if not context.output.error_stream.isatty():
        yield _ignore
        return
    with _bar(context) as bar:
        task = bar.add_task(
            words(context.language).say("uploading"), total=sum(sizes.values()) or 1, speed="", left=""
        )
        yield UploadProgress(bar, task, sizes).event


@contextmanager
def download_progress(context: Context) -> Iterator[Callable[[int, int | None], None]]:
    """What a download reports to: stored bytes received, and in all where that is known."""
    if not context.output.error_stream.isatty():
        yield _ignore_bytes
        return
    with _bar(context) as bar:
        task = bar.add_task(words(context.language).say("downloading"), total=None, speed="", left="")
        rate = RateMeter()
        before = 0

        def show(received: int, total: int | None) -> None:
            nonlocal before
            rate.add(received - before)
            before = received
            pace = _pace(rate, (total or received) - received)
            bar.update(task, completed=received, total=total, speed=pace.speed, left=pace.left)

        yield show


def _ignore(event: TransferEvent) -> None:
    """Nobody watches."""


def _ignore_bytes(received: int, total: int | None) -> None:
    """Nobody watches."""


def _pace(rate: RateMeter, remaining: int) -> _Pace:
    speed, seconds = rate.speed(), rate.seconds_left(remaining)
    if speed is None or seconds is None:
        return _Pace()
    minutes, rest = divmod(round(seconds), 60)
    return _Pace(f"{decimal_size(speed)}/s", f"{minutes}:{rest:02d}")


def _bar(context: Context) -> Progress:
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import, and a script needs no bar
    from rich.progress import BarColumn, DownloadColumn, Progress, Task, TextColumn  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    class Amount(DownloadColumn):
        """How much of how much; nothing while neither is known."""

        def render(self, task: Task) -> Text:
            return super().render(task) if task.total or task.completed else Text("")

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        Amount(),
        TextColumn("{task.fields[speed]}"),
        TextColumn("{task.fields[left]}"),
        console=Console(file=context.output.error_stream),
        transient=True,
        refresh_per_second=10,
    )
