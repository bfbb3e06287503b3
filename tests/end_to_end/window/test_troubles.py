"""What can go wrong around the window: it says what, and what to do, and goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from app.account.profiles import make_profile
from app.bootstrap import Services
from tests.end_to_end.window.accessibility import until
from tests.end_to_end.window.conftest import App

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home
    from tests.end_to_end.window.conftest import Screen


def use_profile(home: Home, endpoint: str) -> None:
    """A profile that asks for AWS credentials from the keyring or the environment, at some endpoint."""
    services = Services(home.paths, home.environ, home=home.path)
    try:
        services.profiles.add(make_profile("team", "token", endpoint=endpoint, region="ap-northeast-1"))
        services.profiles.use("team")
    finally:
        services.close()


def archive_one(screen: Screen, app: App, title: str) -> None:
    """Select a session and archive it."""
    screen.click(app.see(f"{title}.*", "cell"))
    app.press("Archive 1 session")


def test_without_a_network_nothing_fails_and_the_rest_works(screen: Screen, home: Home) -> None:
    home.write_session("one", title="Kept for later")
    use_profile(home, "http://127.0.0.1:9/")  # nobody listens there
    services = Services(home.paths, home.environ, home=home.path)
    services.vault.set(services.profiles.get("team"), "token", "a-token-of-no-use")
    services.close()
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    archive_one(screen, app, "Kept for later")
    screen.key("ctrl+2")
    app.see(".*(cannot be reached|No connection|not answer).*")
    app.see("Try now|Try again", "push button")
    assert [row["state"] for row in home.transfers() if row["state"] == "failed"] == []
    screen.key("ctrl+3")
    app.see(".*(cannot be reached|No connection|not answer).*")
    screen.key("ctrl+1")
    app.see("Kept for later.*", "cell")


def test_without_a_keyring_it_says_so(screen: Screen, home: Home) -> None:
    home.write_session("one", title="Needs a token")
    use_profile(home, "https://keyring.invalid/")  # never asked: there is no token for it
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    screen.key("ctrl+4")
    app.see(".*keyring.*")
    screen.key("ctrl+1")
    app.see("Needs a token.*", "cell")


def test_without_a_tray_closing_the_window_ends_the_program(screen: Screen, home: Home) -> None:
    home.write_session("one")
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    app.see("Question one.*", "cell")
    screen.key("alt+F4")
    assert app.process.wait(60) == 0


def test_a_data_folder_that_cannot_be_written_is_told(
    screen: Screen, home: Home, as_anybody: tuple[str, ...], tmp_path: Path
) -> None:
    home.write_session("one", title="Readable all the same")
    home.settle_first_run()
    home.run("list")
    for path in [home.path, *home.path.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for folder in (tmp_path, *home.projects.rglob("*"), home.projects, home.claude, home.user):
        folder.chmod(folder.stat().st_mode | 0o055)
    app = App(screen, home, before=as_anybody)
    app.window()
    app.see(".*(cannot be written|not be written|read-only|permission).*")
    assert app.process.poll() is None
    app.kill()
    for path in [home.path, *home.path.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_clock_that_was_set_back_breaks_nothing(screen: Screen, home: Home) -> None:
    path = home.write_session("one", title="From the future")
    home.run("upload", "--all")
    with closing(sqlite3.connect(home.paths.state)) as state, state:
        state.execute("UPDATE receipts SET archived_at = archived_at + 86400")
        state.execute("UPDATE transfers SET created_at = created_at + 86400, updated_at = updated_at + 86400")
    ahead = time.time() + 3 * 86400
    home.append_line(path, "One more", 2)
    os.utime(path, (ahead, ahead))
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    # What was known before is listed first, what has changed since a moment later.
    row = app.see("From the future.*Changed.*", "cell")
    assert "-" not in row.name.partition("Last active")[2].partition("Project")[0]
    archive_one(screen, app, "From the future")
    until(
        lambda: len(home.run("history", "--versions", "--json").lines) == 2,
        "it was not archived",
        tree=screen.tree,
    )


def test_a_second_start_hands_its_files_over(screen: Screen, home: Home, tmp_path: Path) -> None:
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    notes = tmp_path / "notes for later.md"
    notes.write_text("# Notes for later\n", encoding="utf-8")
    second = App(screen, home, str(notes))
    assert second.process.wait(60) == 0
    app.see("Notes for later.*", "cell")
    until(lambda: len(home.history()) == 1, "the file was not archived", tree=screen.tree)
    assert app.process.poll() is None


def test_a_file_that_vanished_is_told_and_the_others_go_on(screen: Screen, home: Home) -> None:
    gone = home.write_session("gone", title="Deleted by its tool")
    home.write_session("here", title="Still there")
    home.settle_first_run()
    app = App(screen, home)
    app.window()
    app.see("Deleted by its tool.*", "cell")
    # Nobody may see the deletion before the click: the list would be right at once.
    screen.click(app.see("Still there.*", "cell"))
    screen.key("ctrl+a")
    button = app.see("Archive 2 sessions", "push button")
    shutil.move(gone, home.user / "elsewhere.jsonl")
    screen.click(button)
    until(
        lambda: {entry["title"] for entry in home.history()} == {"Still there"},
        "the other was not archived",
        tree=screen.tree,
    )
    screen.key("ctrl+2")
    app.see(".*(no longer|vanished|gone|not there).*")
    screen.key("ctrl+1")
    until(
        lambda: screen.tree.find("Deleted by its tool.*", "cell") is None,
        "it is still listed",
        tree=screen.tree,
    )
