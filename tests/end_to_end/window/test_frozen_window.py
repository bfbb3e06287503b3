"""The frozen program opens the same window, and archives a file that is dropped onto it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.test_frozen import PROGRAM
from tests.end_to_end.window.accessibility import until
from tests.end_to_end.window.conftest import App

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home
    from tests.end_to_end.window.conftest import Screen


@pytest.mark.long
def test_the_frozen_program_archives_a_dropped_file(screen: Screen, home: Home, tmp_path: Path) -> None:
    assert PROGRAM.is_file(), "`make package` builds it"
    home.settle_first_run()
    home.write_session("kept", title="Listed by the frozen program")
    app = App(screen, home, program=(str(PROGRAM),))
    app.see("Listed by the frozen program.*", "cell")
    notes = tmp_path / "meeting notes.md"
    notes.write_text("# Meeting\n\nWe will keep the logs.\n", encoding="utf-8")

    app.drop(notes)

    until(
        lambda: [entry["title"] for entry in home.history()] == ["Meeting"],
        "it was not archived",
        tree=screen.tree,
    )
    app.see("Meeting.*This computer only.*", "cell")
    key = home.history()[0]["s3Key"]
    brought = home.run(
        "download", key, "--to", str(tmp_path / "back"), "--json", program=(str(PROGRAM),)
    ).line
    assert (tmp_path / "back" / notes.name).read_bytes() == notes.read_bytes()
    assert brought["verified"] is True
    assert "Traceback" not in screen.said("chatlog-uploader")
