"""What every step of the first run is: words, a choice, and what going on means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.i18n import translate

if TYPE_CHECKING:
    from app.desktop.context import Context
    from app.desktop.first_run.cards import ChoiceCard


class Step(QWidget):
    """Fills the room between the heading and the buttons."""

    heading = ""
    number = 1

    renewed = Signal()
    """Its words have changed."""
    finished = Signal()
    """What it asks is settled: the next step comes."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.look = context.look
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def lines(self) -> str:
        """The two lines below the heading."""
        return ""

    def note(self) -> str:
        """What skipping means."""
        return ""

    def go_on_words(self) -> str:
        """What the button says that goes on."""
        return translate("FirstRun", "Continue")

    def can_go_on(self) -> bool:
        """Whether that button can be pressed."""
        return True

    def go_on(self) -> None:
        """Do what was chosen; `finished` when that is settled."""
        self.finished.emit()

    def take_focus(self, reason: Qt.FocusReason) -> None:
        """Put the keyboard where the choice is made; who got here by it sees where that is."""


class CardStep(Step):
    """A step whose choice is a few cards."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.cards: list[ChoiceCard] = []
        self.column.setSpacing(self.look.px(12) - 8)

    def set_cards(self, cards: list[ChoiceCard], chosen: str, *, anew: bool = False) -> None:
        """Show these; the one that was chosen stays so, else, or with `anew`, `chosen` is."""
        before = chosen if anew else self.chosen() or chosen
        had_focus = any(card.hasFocus() for card in self.cards)
        old, self.cards = self.cards, cards
        known = {card.key for card in cards}
        for card in cards:
            # With a parent before it is chosen: cards of one parent exclude each other.
            card.setParent(self)
            self.column.addWidget(card)
            card.setChecked(card.key == (before if before in known else chosen))
            card.toggled.connect(self._toggled)
            card.entered.connect(self.go_on)
            card.show()
        if had_focus:
            # Before the old ones go: else it wanders off, and the page scrolls after it.
            self.take_focus(Qt.FocusReason.OtherFocusReason)
        for card in old:
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.renewed.emit()

    def chosen(self) -> str:
        """The key of the chosen card."""
        return next((card.key for card in self.cards if card.isChecked()), "")

    def set_chosen(self, key: str) -> None:
        """Choose a card that is there."""
        for card in self.cards:
            card.setChecked(card.key == key)

    def take_focus(self, reason: Qt.FocusReason) -> None:
        """On the chosen card: this is where arrows choose."""
        for card in self.cards:
            if card.isChecked():
                card.setFocus(reason)

    def _toggled(self, checked: bool) -> None:
        if checked:
            self.renewed.emit()
