"""A queue whose connections keep to a low limit: everything asked of it is done all the same."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from app.account.settings import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archiving.queue_bench import QueueBench

SIZE = 1024**2
LIMIT = 16 * 1024
"""Bytes per second: what is begun takes a minute."""


def test_pause_cancel_and_another_limit_act_at_once_under_a_low_limit(
    home: Path, tmp_path: Path, open_queue: Callable[[Path], QueueBench]
) -> None:
    settings = SettingsStore(home / "settings.toml")
    settings.change(upload_limit=LIMIT, download_limit=LIMIT)
    bench = open_queue(home)
    paused, cancelled = (
        bench.write(tmp_path / "notes", f"{name}.md", secrets.token_bytes(SIZE))
        for name in ("paused", "cancelled")
    )
    bench.queue.add_sessions([paused, cancelled])
    bench.until(lambda: all(bench.row(session).sent > 0 for session in (paused, cancelled)))
    started = time.monotonic()
    bench.queue.pause(bench.ids(paused))
    bench.queue.cancel(bench.ids(cancelled))
    bench.until_state(paused, "paused")
    bench.until_state(cancelled, "cancelled")
    assert time.monotonic() - started < SIZE / LIMIT / 4

    bench.queue.resume(bench.ids(paused))
    bench.until(lambda: bench.state(paused) == "sending" and bench.row(paused).sent > 0)
    bench.services.keep_to(settings.change(upload_limit=None))
    key = bench.until_state(paused, "done").s3_key
    assert key is not None

    brought = bench.queue.add_download(key, tmp_path / "back", title="paused", size=SIZE)
    bench.until(lambda: bench.state(brought) == "receiving" and bench.row(brought).sent > 0)
    started = time.monotonic()
    bench.queue.pause([brought])
    bench.until_state(brought, "paused")
    assert time.monotonic() - started < SIZE / LIMIT / 4
    bench.services.keep_to(settings.change(download_limit=None))
    bench.queue.resume([brought])
    bench.until_state(brought, "done")
