"""Which profile keeps what waits while the one that is edited is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.account.profiles import ENVIRONMENT, SANDBOX
from app.desktop.i18n import translate
from app.desktop.widgets.buttons import RING
from app.desktop.widgets.fields import MenuButton
from app.desktop.widgets.labels import Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.desktop.settings.account import ProfileView
    from app.desktop.theme import Look

WIDEST = 360
NONE = ""


class SecondChoice(QWidget):
    """Hidden where there is nothing to choose from."""

    changed = Signal()
    """A person chose another."""

    def __init__(
        self, look: Look, profiles: Iterable[ProfileView], *, itself: str, second: str | None
    ) -> None:
        """`itself` is the name of the profile that is edited, `second` that of its second one; empty or None: none.

        One that is gone stays chosen until another is.
        """
        super().__init__()
        self._before = second
        names = [view.name for view in profiles if view.name not in {itself, SANDBOX, ENVIRONMENT}]
        choices = [(NONE, translate("Profiles", "None")), *((name, name) for name in names)]
        if second and second not in names:
            gone = translate("Profiles", "{name} (no longer there)").format(name=second)
            choices.append((second, gone))
        label = translate("Profiles", "Second, while this one is out")
        line = translate(
            "Profiles",
            "After two minutes what waits is kept there too. This one stays the home of everything and gets it when it is back.",
        )
        self.button = MenuButton(look, label, widest=WIDEST)
        self.button.set_choices(choices, second or NONE)
        self.button.setAccessibleDescription(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        title = Label(look, label, "meta-strong", "text2")
        below = Label(look, line, "meta", "text2", wrap=True)
        for words in (title, below):
            words.setContentsMargins(RING, 0, RING, 0)
        column.addWidget(title)
        column.addLayout(row)
        column.addWidget(below)
        self._has_choice = len(choices) > 1
        self.setVisible(self._has_choice)
        self.button.chosen.connect(lambda _name: self.changed.emit())

    def current(self) -> str | None:
        """The name of the second profile; empty: none. What it was before where there is nothing to choose."""
        return self.button.current() if self._has_choice else self._before
