"""Everything there is, looked at as a whole: the GUI thread never waits, every control has a name, no text is fixed or cut."""

from __future__ import annotations

import platform
import re
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QWidget,
)

from tests.account.connection_texts import PERSONAL
from tests.desktop.gui_guard import Guard, install
from tests.desktop.made_deployments import made_changes
from tests.desktop.stage import Stage
from tests.desktop.staged_dialogs import each_dialog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtCore import QObject

MARKED = re.compile(r"⟦.*⟧", re.DOTALL)
LETTERS = re.compile(r"[A-Za-zぁ-んァ-ン一-龥]{2,}")


@pytest.fixture
def stage(qapp: QApplication, tmp_path: Path, user_folder: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "stage", sessions=6)
    yield made
    made.close()
    assert made.crashes == []


@pytest.fixture(scope="module")
def hooked() -> Guard:
    guard = Guard()
    sys.addaudithook(guard.hook)
    return guard


def test_the_gui_thread_touches_no_file_database_keyring_or_socket(
    stage: Stage, hooked: Guard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(hooked, monkeypatch)
    dropped = tmp_path / "notes.md"
    dropped.write_text("# Notes\n", encoding="utf-8")
    with hooked.on() as breaches:
        stage.start()
        for _ in stage.screens():
            pass
        stage.go("sessions")
        stage.application.taking.take([str(dropped)])
        stage.settle()
        stage.archive_all()
        table = stage.page.findChildren(QAbstractItemView)[0]
        table.selectAll()
        table.setCurrentIndex(table.model().index(0, 0))
        stage.settle()
        archive = stage.go("archive")
        listed = archive.findChildren(QAbstractItemView)[0]
        stage.wait_until(
            lambda: listed.model().rowCount() == 7, "the archive does not show what was archived"
        )
        listed.setCurrentIndex(listed.model().index(0, 0))
        stage.settle()
        context = stage.application.context
        context.account.change_settings(language="ja", appearance="dark", compression=False)
        stage.settle()
        for _ in stage.screens():
            pass
    assert len({breach.partition("\n")[0] for breach in breaches}) == 0, "\n".join(breaches[:5])


def interactive(root: QWidget) -> Iterator[QWidget]:
    """What a person acts on and can see."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root.window()) or isinstance(widget, QScrollBar):
            continue
        kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
        if isinstance(widget, kinds) or (
            widget.focusPolicy().value and widget.isEnabled() and not isinstance(widget, QLabel)
        ):
            yield widget


def name_of(widget: QObject) -> str:
    """What a screen reader says."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.text(QAccessible.Text.Name).strip() if told is not None else ""  # type: ignore[redundant-expr]


def nameless_in(root: QWidget) -> Iterator[str]:
    """Controls that a screen reader says nothing of, and icons that nothing explains."""
    for widget in interactive(root):
        inner = widget.parent()
        if isinstance(inner, QAbstractScrollArea) and widget is inner.viewport():
            continue
        if not name_of(widget):
            yield f"{type(widget).__name__} in {type(inner).__name__}"
        if (
            isinstance(widget, QAbstractButton)
            and not widget.text()
            and not (widget.toolTip() or widget.isCheckable())
        ):
            yield f"{type(widget).__name__} {name_of(widget)!r} has an icon and no tooltip"


def test_every_control_has_a_name(stage: Stage) -> None:
    stage.start()
    stage.archive_all()
    nameless = set()
    for name, page in stage.screens():
        if views := page.findChildren(QAbstractItemView):
            model = views[0].model()
            if model.rowCount():
                views[0].setCurrentIndex(model.index(model.rowCount() - 1, 0))
                stage.settle()
        nameless |= {f"{name}: {widget}" for widget in nameless_in(page.window())}

    def look(name: str, dialog: QWidget) -> None:
        assert dialog.windowTitle() or isinstance(dialog, QMenu), f"{name} has no title"
        if not isinstance(dialog, QMenu):
            nameless.update(f"{name}: {widget}" for widget in nameless_in(dialog))

    each_dialog(stage, look)
    assert sorted(nameless) == []


class Pseudo(QTranslator):
    """Every text in brackets, accented and longer by two fifths: what has none was never translated."""

    ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "áéíóúýÁÉÍÓÚÝçñšž")

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        """The same words as nobody writes them; placeholders stay."""
        parts = re.split(r"(\{\w*\}|%n|%L?\d|&)", text)
        marked = "".join(
            part if number % 2 else part.translate(self.ACCENTS) for number, part in enumerate(parts)
        )
        # Formats of dates are no words.
        return text if text.startswith("d MMM") else f"⟦{marked}{'~' * (len(text) * 2 // 5)}⟧"

    def isEmpty(self) -> bool:
        """It has everything."""
        return False


def texts_of(widget: QWidget) -> Iterator[str]:
    """The words that a widget shows or says."""
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QAbstractItemView):
        model = widget.model()
        header = getattr(widget, "horizontalHeader", None) or getattr(widget, "header", None)
        if header is not None and header() is not None and not header().isHidden():
            for column in range(model.columnCount()):
                yield str(model.headerData(column, header().orientation()) or "")
    if isinstance(widget, QMenu):
        for action in widget.actions():
            yield action.text()
    yield widget.windowTitle() if widget.isWindow() else ""
    yield widget.toolTip()
    yield widget.accessibleName()


def data_of(stage: Stage) -> set[str]:
    """What is no word of the program: names, paths and numbers of what it shows."""
    context = stage.application.context
    known = {
        platform.node(),
        "Claude Code",
        "Chat Log Uploader",
        "English",
        "日本語",
        "KMS",
        "zstd",
        "SHA-256",
        "MIT",
        "sandbox",
        "default",
        "team",
        "away",
        "logs-tokyo",
        "tokyo",
        "osaka",
        PERSONAL["bucket"],
        PERSONAL["name"],
        "aws configure sso",
        "aws configure",
        *(change.resource for change in made_changes()),
    }
    for session, _ in context.sessions.sessions:
        known |= {session.title, session.session_id, session.project or "", str(session.path)}
        known |= {(session.project or "").rpartition("/")[2]}
    return known - {""}


def fixed_texts(stage: Stage, root: QWidget) -> Iterator[str]:
    data = sorted(data_of(stage), key=len, reverse=True)
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisibleTo(root.window()):
            continue
        for text in texts_of(widget):
            rest = MARKED.sub("", text)
            for known in data:
                rest = rest.replace(known, "")
            rest = re.sub(r"\S*[/\\.:]\S*|[\w…-]{16,}", "", rest)  # paths, addresses, ids
            rest = re.sub(r"\b(bytes|kB|MB|GB|MiB|GiB|Mbit)\b", "", rest)
            if LETTERS.search(rest):
                yield f"{type(widget).__name__}: {text!r}"


def cut_texts(root: QWidget) -> Iterator[str]:
    """Labels and buttons that are smaller than their words."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root.window()) or not widget.visibleRegion().boundingRect().isValid():
            continue
        kind = type(widget).__name__
        if kind in {"ElidedLabel", "MenuButton"} or getattr(widget, "may_be_cut", False):
            continue
        if isinstance(widget, QLabel) and widget.text():
            needed = (
                widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            )
            if needed > widget.height() + 1:
                yield f"{kind} {widget.text()!r}: {widget.height()} of {needed} high"
            elif not widget.wordWrap() and widget.sizeHint().width() > widget.width() + 1:
                yield f"{kind} {widget.text()!r}: {widget.width()} of {widget.sizeHint().width()} wide"
        elif (
            isinstance(widget, QAbstractButton)
            and widget.text()
            and widget.minimumSizeHint().width() > widget.width() + 1
        ):
            yield f"{kind} {widget.text()!r}: {widget.width()} of {widget.minimumSizeHint().width()} wide"


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[Pseudo]:
    made = Pseudo()
    yield made
    QCoreApplication.removeTranslator(made)


def test_no_text_is_fixed_or_cut(stage: Stage, pseudo: Pseudo) -> None:
    QCoreApplication.installTranslator(pseudo)
    stage.application.window.build()
    stage.window.resize(1280, 800)
    stage.start()
    stage.archive_all()
    fixed, cut = set(), set()
    for name, page in stage.screens():
        fixed |= {f"{name}: {text}" for text in fixed_texts(stage, page.window())}
        cut |= {f"{name}: {text}" for text in cut_texts(page.window())}

    def look(name: str, dialog: QWidget) -> None:
        if name != "dialog-licences":  # names, all of it
            fixed.update(f"{name}: {text}" for text in fixed_texts(stage, dialog))
        cut.update(f"{name}: {text}" for text in cut_texts(dialog))

    each_dialog(stage, look)
    assert "\n".join(sorted(fixed)) == ""
    assert "\n".join(sorted(cut)) == ""


def test_a_fixed_and_a_cut_text_are_found(stage: Stage) -> None:
    stage.start()
    label = QLabel("A fixed text that is long", stage.page)
    label.resize(10, 10)
    label.show()
    assert any("A fixed text" in text for text in fixed_texts(stage, stage.window))
    assert any("A fixed text" in text for text in cut_texts(stage.window))
