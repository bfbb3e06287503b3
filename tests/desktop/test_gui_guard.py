"""The watch over the GUI thread finds what it is for, and lets everything else be."""

from __future__ import annotations

import sqlite3
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.desktop.gui_guard import Guard, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def hooked() -> Guard:
    guard = Guard()
    sys.addaudithook(guard.hook)
    return guard


@pytest.fixture
def guard(hooked: Guard, monkeypatch: pytest.MonkeyPatch) -> Guard:
    install(hooked, monkeypatch)
    return hooked


def run_in_the_app(code: str, **names: object) -> None:
    """Run code as if it stood in a module of the app."""
    exec(compile(code, "/somewhere/app/desktop/page.py", "exec"), {**names})  # noqa: S102 - that is the point


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("open(path).close()", "open"),
        ("path.read_text()", "open"),
        ("path.exists()", "os.stat"),
        ("import os; os.path.isdir(path)", "os.stat"),
        ("list(path.parent.iterdir())", "os.listdir"),
        ("path.with_name('new').mkdir()", "os.mkdir"),
        ("import sqlite3; sqlite3.connect(path.with_name('new.db')).close()", "sqlite3.connect"),
        ("database.execute('SELECT 1')", "sqlite3 execute"),
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "socket."),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
    ],
)
def test_what_would_make_the_window_stand_still_is_found(
    guard: Guard, tmp_path: Path, code: str, told: str
) -> None:
    path = tmp_path / "file"
    path.write_text("x", encoding="utf-8")
    database = sqlite3.connect(tmp_path / "known.db")
    with guard.on() as breaches:
        try:
            run_in_the_app(code, path=path, database=database)
        except OSError:
            assert "socket" in code
    database.close()
    assert breaches
    assert any(told in breach for breach in breaches), breaches


def test_other_threads_imports_and_tests_may(guard: Guard, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x", encoding="utf-8")
    sys.modules.pop("colorsys", None)
    with guard.on() as breaches:
        path.read_text(encoding="utf-8")  # a test's own
        run_in_the_app("import colorsys")
        thread = threading.Thread(target=run_in_the_app, args=("path.read_text()",), kwargs={"path": path})
        thread.start()
        thread.join()
    assert breaches == []


def test_after_the_block_nothing_is_watched(guard: Guard, tmp_path: Path) -> None:
    with guard.on() as breaches:
        pass
    run_in_the_app("path.exists()", path=tmp_path)
    assert breaches == []
