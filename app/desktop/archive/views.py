"""What stands in the table's place: nothing archived yet, loading, not to be reached, nothing that matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.desktop.archive.elsewhere import with_second
from app.desktop.i18n import translate
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.empty import EmptyState

if TYPE_CHECKING:
    from app.desktop.archive.controller import ArchiveController
    from app.desktop.context import Context
    from app.errors import ChatLogError


class EmptyViews(QWidget):
    """One of them at a time; each is made when it is first needed."""

    action_wanted = Signal(object, object)
    """ActionKind and ChatLogError: what mends it."""
    clear_wanted = Signal()
    """Search and filters are to be cleared."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._stack = QStackedLayout(self)
        self._views: dict[str, EmptyState] = {}
        self._told: ChatLogError | None = None
        self.shown = ""
        """Which of them: "loading", "nothing", "filtered", "trouble"."""

    def show_for(self, archive: ArchiveController, *, filtered_out: bool) -> None:
        """The one that fits."""
        if filtered_out:
            self._show("filtered")
        elif archive.error is not None:
            self._show_trouble(archive.error)
        elif archive.listing is None or archive.loading:
            self._show("loading")
        else:
            self._show("nothing")

    def say_progress(self, count: int) -> None:
        """How many versions were listed so far."""
        if self.shown == "loading" and count > 0:
            self._views["loading"].set_text(
                translate("Archive", "Looking into the archive…"),
                translate("Archive", "%Ln versions so far", n=count),
            )

    def view(self) -> EmptyState:
        """The one that is shown."""
        return self._views[self.shown]

    def _show(self, kind: str) -> None:
        if kind not in self._views:
            make = {"loading": self._loading, "nothing": self._nothing, "filtered": self._filtered}[kind]
            self._add(kind, make())
        self.shown = kind
        self._stack.setCurrentWidget(self._views[kind])

    def _show_trouble(self, error: ChatLogError) -> None:
        if "trouble" not in self._views or error is not self._told:
            old = self._views.pop("trouble", None)
            if old is not None:
                self._stack.removeWidget(old)
                old.deleteLater()
            self._told = error
            self._add("trouble", self._trouble(error))
        self.shown = "trouble"
        self._stack.setCurrentWidget(self._views["trouble"])

    def _add(self, kind: str, view: EmptyState) -> None:
        self._views[kind] = view
        self._stack.addWidget(view)

    def _loading(self) -> EmptyState:
        return EmptyState(
            self._context.look,
            "archive",
            translate("Archive", "Looking into the archive…"),
            translate("Archive", "What S3 holds is listed in a moment."),
        )

    def _nothing(self) -> EmptyState:
        look = self._context.look
        button = Button(look, translate("Archive", "Show sessions"), "primary", icon="sessions")
        button.clicked.connect(self._to_sessions)
        return EmptyState(
            look,
            "archive",
            translate("Archive", "Nothing archived yet"),
            translate(
                "Archive",
                "Sessions that you archive are listed here with all their versions."
                "\nYou can look into them and download them at any time.",
            ),
            [button],
        )

    def _filtered(self) -> EmptyState:
        look = self._context.look
        button = Button(look, translate("Archive", "Clear search and filters"))
        button.clicked.connect(self.clear_wanted)
        return EmptyState(
            look,
            "search",
            translate("Archive", "No session matches"),
            translate("Archive", "Search looks at titles, projects, computers and keys."),
            [button],
        )

    def _trouble(self, error: ChatLogError) -> EmptyState:
        look, messages = self._context.look, self._context.messages
        explanation = messages.explain(error)
        details = messages.details(error)
        copy = Button(look, messages.label("copy-details"), "quiet")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        action = explanation.action if explanation.action not in {None, "copy-details"} else "retry"
        assert action is not None
        button = Button(look, messages.label(action), "primary")
        button.clicked.connect(lambda: self.action_wanted.emit(action, error))
        text = with_second(explanation.text, self._context, error)
        return EmptyState(look, "warning", explanation.title, text, [copy, button])

    def _to_sessions(self) -> None:
        self._context.navigate("sessions")
