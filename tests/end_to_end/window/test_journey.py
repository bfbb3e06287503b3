"""A person's way through the real window: a file dropped from another program, a session archived, found and brought back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.end_to_end.window.accessibility import until
from tests.end_to_end.window.conftest import App

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home
    from tests.end_to_end.window.conftest import Screen


def test_from_a_drop_to_the_same_bytes_again(screen: Screen, home: Home, app: App, tmp_path: Path) -> None:
    log = home.write_session("kept", title="Why is the sky blue?", size=300_000)
    home.write_session("other", title="Another one")
    notes = tmp_path / "meeting notes.md"
    notes.write_text("# Meeting\n\nWe will keep the logs.\n", encoding="utf-8")
    app.window()
    app.press("Skip for now")

    app.drop(notes)
    until(lambda: len(home.history()) == 1, "the dropped file was not archived", tree=screen.tree)

    screen.click(app.see(".*Why is the sky blue.*", "cell"))
    app.press("Archive 1 session")
    screen.key("ctrl+2")
    app.see(".*Why is the sky blue.*(verified).*")

    screen.key("ctrl+3")
    row = app.see(".*Why is the sky blue.*", "cell")
    screen.click(row)
    app.press("Download")
    folder = tmp_path / "brought back"
    folder.mkdir()
    screen.click(app.see("Directory:", "text"))
    screen.key("ctrl+a")
    screen.type(str(folder))
    screen.key("Return")
    brought = folder / log.name
    until(
        lambda: brought.exists() and brought.stat().st_size == log.stat().st_size,
        "nothing was brought back",
        tree=screen.tree,
    )
    assert brought.read_bytes() == log.read_bytes()
    assert {entry["title"] for entry in home.history()} == {"Why is the sky blue?", "Meeting"}
    states = {session["title"]: session["state"] for session in home.run("list", "--json").lines}
    assert states == {"Why is the sky blue?": "archived", "Another one": "new"}


def test_killed_in_the_middle_it_goes_on_at_the_next_start(
    screen: Screen, home: Home, tmp_path: Path
) -> None:
    for number in range(40):
        home.write_session(f"session-{number}", size=2_000_000)
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    app.see(".*Question session-7.*", "cell")
    screen.click(app.see(".*Question session-7.*", "cell"))
    screen.key("ctrl+a")
    app.press("Archive 40 sessions")
    until(
        lambda: any(row["state"] == "verified" for row in home.transfers()),
        "nothing is on its way",
        tree=screen.tree,
    )
    app.kill()
    assert any(row["state"] != "verified" for row in home.transfers()), "it was too quick to be killed"

    again = App(screen, home)
    again.window()
    until(
        lambda: len(home.transfers()) == 40 and {row["state"] for row in home.transfers()} == {"verified"},
        "it did not go on",
        seconds=120,
        tree=screen.tree,
    )
    screen.key("ctrl+2")
    again.see(re.escape("Everything is archived") + ".*|.*verified.*")
    home.prove_archived(tmp_path / "back")
