"""The window's memory: what is kept comes back, what is damaged costs nothing, and a change is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.window_memory import WindowMemory
from app.storage.window_state import TableState, WindowState, read_window_state, write_window_state

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_comes_back_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "window-state.json"
    memory = WindowMemory(WindowState())
    memory.keep("sessions.show", "not-archived")
    memory.keep("preview", False)
    memory.keep("count", 12)
    memory.keep("sessions.split", (700, 336))
    memory.keep_table("sessions", TableState(widths={"title": 220}, sort_column="size"))
    memory.keep_folder("archive", "/home/aki/logs")
    memory.keep_window("AAAA", "archive", maximized=True)
    write_window_state(path, memory.state)

    again = WindowMemory(read_window_state(path))
    assert again.state == memory.state
    assert again.value("sessions.show", "all") == "not-archived"
    assert again.value("preview", True) is False
    assert again.value("count", 0) == 12
    assert again.value("sessions.split", ()) == (700, 336)
    assert again.table("sessions") == TableState(widths={"title": 220}, sort_column="size")
    assert again.folder("archive") == "/home/aki/logs"
    assert (again.state.geometry, again.state.page, again.state.maximized) == ("AAAA", "archive", True)


def test_nothing_kept_is_the_default() -> None:
    memory = WindowMemory(WindowState())
    assert memory.value("a", "x") == "x"
    assert memory.value("a", True) is True
    assert memory.value("a", 3) == 3
    assert memory.value("a", (1, 2)) == (1, 2)
    assert memory.table("a") is None
    assert memory.folder("a") == ""


def test_what_is_of_another_kind_is_the_default() -> None:
    memory = WindowMemory(WindowState(filters={"a": "something"}))
    assert memory.value("a", True) is True
    assert memory.value("a", 3) == 3


def test_a_change_is_told_and_none_is_not() -> None:
    told: list[bool] = []
    memory = WindowMemory(WindowState(), lambda: told.append(True))
    for _ in range(2):
        memory.keep("a", "x")
        memory.keep("b", (1,))
        memory.keep_table("c", TableState())
        memory.keep_folder("d", "/e")
        memory.keep_window("AAAA", "archive", maximized=False)
    assert len(told) == 5
