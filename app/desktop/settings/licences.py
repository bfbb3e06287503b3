"""What the program is made of: the libraries that came with it, their versions and licences."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QGridLayout, QWidget

from app.desktop.i18n import translate
from app.desktop.opening import open_folder
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.dialogs import Dialog, line_of
from app.desktop.widgets.labels import Label
from app.desktop.widgets.scrolling import ScrollPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.desktop.theme import Look

OWN_NAME = "chatlog-uploader"

_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Library:
    """A library as its own metadata tells of it."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What the program is made of."""

    libraries: Sequence[Library]
    notices: Path | None = None
    """A file with the whole text of every licence; None where the libraries are installed and have theirs."""


def read_contents(folder: Path | None) -> Contents:
    """From the bill of materials in a frozen program's `folder`, else of what is installed. Reads files."""
    bill = None if folder is None else folder / "sbom.cdx.json"
    if folder is None or bill is None or not bill.is_file():
        return Contents(read_libraries())
    told = json.loads(bill.read_text(encoding="utf-8"))
    libraries = [
        Library(one["name"], one["version"], _licence_in(one["licenses"][0]))
        for one in told["components"]
        if one["name"] != OWN_NAME
    ]
    return Contents(libraries, folder / "THIRD-PARTY-NOTICES.txt")


def _licence_in(told: Mapping[str, Any]) -> str:
    """As CycloneDX names it."""
    return str(told["expression"] if "expression" in told else told["license"]["name"])


def read_libraries() -> list[Library]:
    """The libraries that the program asks for, and those that they ask for, where they are installed. Reads files."""
    found: dict[str, Library] = {}
    waiting = [OWN_NAME]
    while waiting:
        name = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        key = _key(name)
        if key in found:
            continue
        about = distribution.metadata
        found[key] = Library(about["Name"] or name, distribution.version, licence_of(about))
        for requirement in distribution.requires or ():
            named = _NAME.match(requirement)
            if named is not None and "extra ==" not in requirement:
                waiting.append(named[0])
    found.pop(_key(OWN_NAME), None)
    return sorted(found.values(), key=lambda library: library.name.casefold())


def licence_of(about: metadata.PackageMetadata) -> str:
    """The licence in a word: the SPDX expression, else the classifier's, else the first line of the text."""
    expression = about.get_all("License-Expression")
    if expression:
        return str(expression[0])
    told = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    if told:
        return ", ".join(told)
    text = str((about.get_all("License") or [""])[0]).strip()
    return text.splitlines()[0][:80] if text else ""


def _key(name: str) -> str:
    """Names that mean the same (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).casefold()


class LicencesDialog(Dialog):
    """A list to scroll."""

    def __init__(self, look: Look, contents: Contents, parent: QWidget | None = None) -> None:
        title = translate("Settings", "Licences")
        super().__init__(look, title, title, width=560, parent=parent)
        own = translate(
            "Settings", "This program is free software under the MIT licence. It stands on these libraries:"
        )
        self.body.addWidget(line_of(look, own))
        if contents.notices is not None:
            texts = translate(
                "Settings", "Qt and PySide6 are used under the LGPL, version 3, and may be replaced."
            )
            self.body.addWidget(line_of(look, texts))
        libraries = contents.libraries
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, look.px(12), 0)
        grid.setHorizontalSpacing(look.px(16))
        grid.setVerticalSpacing(look.px(6))
        grid.setColumnStretch(2, 1)
        for row, library in enumerate(libraries):
            grid.addWidget(Label(look, library.name, "meta-strong", selectable=True), row, 0)
            grid.addWidget(Label(look, library.version, "meta", "text2"), row, 1)
            grid.addWidget(Label(look, library.licence, "meta", "text2", wrap=True), row, 2)
        grid.setRowStretch(len(libraries), 1)
        page = ScrollPage(look, content)
        page.setMinimumHeight(look.px(280))
        page.setAccessibleName(title)
        self.body.addWidget(page, 1)
        close = Button(look, translate("Settings", "Close"), "primary")
        close.clicked.connect(self.accept)
        self.notices_button: Button | None = None
        if contents.notices is not None:
            notices = contents.notices
            self.notices_button = Button(look, translate("Settings", "Texts of all licences…"))
            self.notices_button.clicked.connect(lambda: open_folder(notices))
        self.set_buttons(close, left=[] if self.notices_button is None else [self.notices_button])
