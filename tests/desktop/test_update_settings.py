"""Settings → Advanced, newer versions: the address set and taken away, a look at once, and what a hostile answer gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTextEdit

from app.account.settings import SettingsStore
from app.desktop.settings.updates_group import FOLDED_CHARACTERS, FOLDED_LINES, Updates, folded
from app.storage.paths import resolve_paths
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.updates.server import PATH, Answer, release, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

    from app.desktop.context import Context
    from tests.updates.server import Releases

    Wait = Callable[[Callable[[], object]], None]

HOSTILE = (
    "<h1>Urgent</h1><img src='{origin}/picture.png'><a href='{origin}/evil'>click</a>\n"
    "![picture]({origin}/picture.png) [link](javascript:alert(1))\n"
    "<script>alert(1)</script>\x1b[31mred\u202egnp.exe\x00 &amp; &x"
)


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def releases() -> Iterator[Releases]:
    with serving() as server:
        yield server


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that the browser was asked to open."""
    asked: list[str] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return asked


@pytest.fixture
def group(context: Context, qtbot: QtBot) -> Updates:
    """Without an address."""
    made = Updates(context)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    made.shown()
    return made


def enter(group: Updates, text: str) -> None:
    """As a person types it, with Return at the end."""
    field = group.address_row.field.field
    field.clear()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.fixture
def asking(group: Updates, releases: Releases, context: Context, wait: Wait) -> Updates:
    """With the server's address."""
    enter(group, releases.address)
    wait(lambda: context.updates.address == releases.address)
    return group


def look(group: Updates, context: Context, wait: Wait) -> None:
    group.look_button.click()
    assert not group.look_button.isEnabled()
    assert group.look_row.line.text() == "Looking…"
    wait(lambda: not context.updates.looking)


def test_it_is_off_until_an_address_is_set_and_says_what_that_means(
    group: Updates, releases: Releases, context: Context, home: Path, wait: Wait
) -> None:
    row = group.address_row
    assert row.line.text().startswith("Off. ")
    assert not group.look_button.isEnabled()
    assert row.stop_button.isHidden()
    assert not row.use_button.isEnabled()
    enter(group, f"  {releases.address}")
    wait(lambda: context.updates.address == releases.address)
    assert SettingsStore(resolve_paths(home).settings).read().releases_address == releases.address
    assert row.line.text().startswith(releases.address.split("/")[2] + " is asked once a day")
    assert "Nothing is downloaded" in row.line.text()
    assert group.look_row.line.text() == "Not looked yet"
    assert group.look_button.isEnabled()
    row.stop_button.click()
    wait(lambda: context.updates.address is None)
    assert "releases_address" not in resolve_paths(home).settings.read_text(encoding="utf-8")
    assert row.field.text() == ""
    assert not group.look_button.isEnabled()
    assert releases.asked == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://releases.example.com/", "https://"),
        ("https://aki:secret@releases.example.com/", "password"),
        ("https://releases.example.com/?page=1", "?"),
        ("https://releases.example.com/#top", "#"),
        ("releases", "no address"),
        ("file:///etc/passwd", "no address"),
    ],
)
def test_what_is_no_address_is_said_beside_the_field_and_not_written(
    group: Updates, context: Context, home: Path, text: str, said: str
) -> None:
    enter(group, text)
    assert said in group.address_row.field.problem()
    assert group.address_row.field.text() == text
    assert context.updates.address is None
    assert not resolve_paths(home).settings.exists()
    QTest.keyClicks(group.address_row.field.field, "x")
    assert group.address_row.field.problem() == ""


def test_another_setting_leaves_alone_what_is_being_entered(
    asking: Updates, context: Context, wait: Wait
) -> None:
    QTest.keyClicks(asking.address_row.field.field, "/more")
    context.account.change_settings(compression=False)
    wait(lambda: not context.account.settings.compression)
    assert asking.address_row.field.text().endswith("/more")


def test_a_newer_version_is_told_with_its_day_and_its_page_is_opened(
    asking: Updates, releases: Releases, context: Context, opened: list[str], wait: Wait
) -> None:
    releases.say(release("v99.1", html_url="https://127.0.0.1/v99.1"), release("v99.0"))
    look(asking, context, wait)
    assert asking.look_row.line.text() == "Version 99.1 is there; this is 0.1.0"
    row = asking.release_row
    assert row is not None
    assert row.title.text() == "Version 99.1 of 20 Nov 2026"
    assert row.notes.text() == "Faster.\n\n* and smaller"
    assert row.fold_button.isHidden()
    assert row.elsewhere.isHidden()
    row.page_button.click()
    assert opened == ["https://127.0.0.1/v99.1"]
    # Asked for, so it needs no telling above the pages.
    assert context.updates.news is None
    releases.say(release("v0.0.1"))
    look(asking, context, wait)
    assert asking.release_row is None
    assert asking.look_row.line.text().startswith("0.1.0 is up to date · looked: Today ")


@pytest.mark.parametrize("page", ["https://evil.example/v99", "http://127.0.0.1/v99", None])
def test_no_page_of_another_host_is_offered(
    asking: Updates, releases: Releases, context: Context, page: str | None, wait: Wait
) -> None:
    releases.say(release("v99", html_url=page))
    look(asking, context, wait)
    assert asking.release_row is not None
    assert asking.release_row.page_button.isHidden()
    told = asking.release_row.elsewhere
    assert told.isHidden() == (page != "https://evil.example/v99")
    assert told.isHidden() or "https://evil.example/v99" in told.text()


def test_hostile_notes_are_shown_as_they_are_and_act_on_nothing(
    asking: Updates, releases: Releases, context: Context, opened: list[str], wait: Wait
) -> None:
    notes = HOSTILE.replace("{origin}", releases.origin)
    releases.say(release("v99", name="<b>name</b>\u202e\nx", body=notes))
    look(asking, context, wait)
    row = asking.release_row
    assert row is not None
    assert row.notes.text().startswith("<h1>Urgent</h1><img src='http://127.0.0.1")
    assert row.notes.text().endswith("redgnp.exe &amp; &x")
    assert row.name.text() == "<b>name</b> x"
    for label in asking.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert not label.openExternalLinks()
    assert asking.findChildren(QTextEdit) == []
    asking.grab()
    QTest.mouseClick(row.notes, Qt.MouseButton.LeftButton)
    assert opened == []
    assert [path for path, _ in releases.asked] == [PATH]


def test_long_notes_are_folded_and_never_make_the_page_wider(
    asking: Updates, releases: Releases, context: Context, wait: Wait
) -> None:
    least = asking.minimumSizeHint().width()
    notes = "\n".join(f"* point {number}" for number in range(100)) + "\n" + "x" * 3000 + "ж" * 3000
    releases.say(release("v99", body=notes))
    look(asking, context, wait)
    row = asking.release_row
    assert row is not None
    assert row.notes.text() == "\n".join(f"* point {number}" for number in range(FOLDED_LINES)) + "…"
    assert row.fold_button.text() == "Show all notes"
    row.fold_button.click()
    assert row.notes.text() == notes
    assert row.fold_button.text() == "Show fewer notes"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert asking.minimumSizeHint().width() <= max(least, 500)
    row.fold_button.click()
    assert row.notes.text().endswith("* point 7…")


def test_notes_without_lines_are_folded_too() -> None:
    assert folded("short") == "short"
    assert folded("x" * 5000) == "x" * FOLDED_CHARACTERS + "…"
    assert folded("\n".join("abcdefghi")) == "a\nb\nc\nd\ne\nf\ng\nh…"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=503), "status 503"),
        (Answer(b"<html>"), "JSON"),
        (Answer(b'{"a": 1}'), "no list of releases"),
        (Answer(status=302, headers={"location": "https://evil.example/"}), "evil.example"),
    ],
)
def test_a_look_that_fails_says_why_and_what_helps_and_may_be_tried_again(
    asking: Updates, releases: Releases, context: Context, answer: Answer, said: str, wait: Wait
) -> None:
    releases.answer(answer)
    look(asking, context, wait)
    error = asking.look_row.error
    assert error is not None
    told = context.messages.explain(error)
    assert said in told.cause
    assert told.next_step.startswith("Check the releases address")
    assert asking.look_row.line.isHidden()
    releases.say()
    assert asking.look_row._problem is not None
    asking.look_row._act("retry", error)
    wait(lambda: asking.look_row.error is None and not context.updates.looking)
    assert asking.look_row.line.text().startswith("0.1.0 is up to date")


def test_what_was_found_out_is_known_in_the_next_run_without_asking(
    asking: Updates,
    releases: Releases,
    context: Context,
    home: Path,
    make_context: Callable[[Path], Context],
    qtbot: QtBot,
    wait: Wait,
) -> None:
    releases.say(release("v99"))
    look(asking, context, wait)
    later = make_context(home)
    later.account.load()
    wait(lambda: later.updates.address == releases.address)
    again = Updates(later)
    qtbot.addWidget(again)
    again.shown()
    wait(lambda: again.release_row is not None)
    assert len(releases.asked) == 1


def test_an_answer_of_an_address_that_is_asked_no_more_is_dropped(
    asking: Updates, releases: Releases, context: Context, wait: Wait
) -> None:
    releases.answer(Answer(b'[{"tag_name":"v99"}]', drip=True))
    asking.look_button.click()
    wait(lambda: releases.asked)
    asking.address_row.stop()
    wait(lambda: context.updates.address is None)
    assert not context.updates.looking
    wait(lambda: not context.tasks.busy())
    # Behind what the worker has posted.
    told: list[bool] = []
    context.tasks.bridge.post(lambda: told.append(True))
    wait(lambda: told)
    assert context.updates.look is None
    assert asking.release_row is None
    assert asking.look_row.line.text() == "No address is set, so nobody is asked"


def test_another_profile_ends_a_look_and_another_can_be_begun(
    asking: Updates, releases: Releases, context: Context, wait: Wait
) -> None:
    releases.answer(Answer(b"[" + b" " * 5000 + b"]", drip=True))
    asking.look_button.click()
    wait(lambda: releases.asked)
    context.workplace.reopen()
    assert asking.look_button.isEnabled()
    releases.say()
    look(asking, context, wait)
    assert asking.look_row.line.text().startswith("0.1.0 is up to date")
