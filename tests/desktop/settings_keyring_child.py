"""The profiles' page beside a real keyring, in a process with a session bus of its own.

Run as `dbus-run-session -- python settings_keyring_child.py HELPERS HOME`; HELPERS is the file with the keyring's
helpers. Prints one JSON object with what the page said at each stage.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.account.profile_editing import Draft
from app.account.vault import open_vault
from app.bootstrap import Services
from app.desktop.context import make_context
from app.desktop.icons import Icons
from app.desktop.resources import read_icons, resource_folder
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.settings.profiles_tab import ProfilesTab
from app.desktop.tasks import Tasks
from app.desktop.theme import Look
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace
from app.storage.paths import resolve_paths
from app.storage.window_state import WindowState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.context import Context

TEAM = Draft("team", "token", "https://archive.example/", token="kept-by-the-keyring")
PROMPT_SECONDS = 1.0


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.005)


def texts(widget: QWidget) -> list[str]:
    return [
        label.accessibleName() or label.text()
        for label in widget.findChildren(QLabel)
        if label.isVisibleTo(widget)
    ]


def open_context(home: Path) -> Context:
    vault = open_vault(resolve_paths(home), home, prompt_seconds=PROMPT_SECONDS)
    look = Look(Icons(read_icons(resource_folder())))
    workplace = Workplace(Tasks(), lambda: Services(resolve_paths(home), os.environ, home=home, vault=vault))
    return make_context(
        look,
        workplace,
        WindowMemory(WindowState()),
        navigate=lambda _page: None,
        settings_tab=lambda _tab: None,
        run_action=lambda _action, _error: None,
    )


def main() -> dict[str, object]:
    helpers = runpy.run_path(sys.argv[1])
    home = Path(sys.argv[2])
    application = QApplication([])
    context = open_context(home)
    results: dict[str, object] = {}
    with helpers["keyring_daemon"]():
        dialog = ProfileDialog(context)
        dialog.show()
        wait_for(lambda: dialog.entry.form._keyring is not None, "the keyring's state")
        results["note when open"] = dialog.entry.form.note.isVisible()
        dialog.entry._save(TEAM, None)
        wait_for(lambda: context.account.profile is not None and context.account.profile.name == "team", "it")
        tab = ProfilesTab(context)
        tab.show()
        wait_for(
            lambda: "Credentials: In the keyring of this computer" in texts(tab.card("team")), "the place"
        )
        results["files with the token"] = [
            str(path)
            for path in home.rglob("*")
            if path.is_file() and TEAM.token.encode() in path.read_bytes()
        ]
        helpers["lock_keyring"]()
        locked = ProfilesTab(context)
        locked.show()
        card = locked.card("team")
        place = "Credentials: In the keyring, which is locked"
        wait_for(lambda: card.note.isVisible() and place in texts(card), "the note")
        results["locked"] = texts(card)
        with helpers["prompter_that_nobody_answers"]():
            card._unlock()
            wait_for(lambda: card.problem.error is not None, "nobody answers")
        results["unanswered"] = None if card.problem.error is None else card.problem.error.code
        again = ProfileDialog(context)
        again.entry.kinds.chosen.emit("token")
        again.show()
        wait_for(again.entry.form.note.isVisible, "the dialog's note")
        results["note when locked"] = again.entry.form.note.title.text()
    # The daemon has gone: nothing answers for the Secret Service any more.
    gone = ProfilesTab(context)
    gone.show()
    place = "Credentials: None kept on this computer"
    wait_for(lambda: place in texts(gone.card("team")), "the keyring's end")
    results["gone"] = texts(gone.card("team"))
    context.tasks.close()
    context.workplace.close()
    application.quit()
    return results


if __name__ == "__main__":
    print(json.dumps(main()))  # noqa: T201 - its answer to the test
    sys.stdout.flush()
    # A thread may still wait for the prompt that nobody answered.
    os._exit(0)
