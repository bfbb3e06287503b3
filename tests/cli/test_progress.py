"""The bar of a scan: it says no amount before there is one."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any, cast

from app.cli.progress import scan_progress
from app.sessions.index import ScanProgress


class Terminal(io.StringIO):
    """Takes a bar."""

    def isatty(self) -> bool:
        return True


def test_a_scan_tells_amounts_once_it_knows_them() -> None:
    terminal = Terminal()
    context = SimpleNamespace(output=SimpleNamespace(error_stream=terminal), language="en")
    with scan_progress(cast("Any", context)) as show:
        assert show is not None
        before = terminal.getvalue()
        show(ScanProgress(found=2, to_read=2, read=1, bytes_to_read=4_000_000, bytes_read=1_000_000))
    assert "Looking for sessions" in before
    assert "bytes" not in before
    assert "1.0/4.0 MB" in terminal.getvalue()
