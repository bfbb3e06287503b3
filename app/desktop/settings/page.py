"""The Settings page: tabs, each made when it is first looked at. Every choice is written at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)

from app.desktop.i18n import translate
from app.desktop.page import Page
from app.desktop.widgets.segments import Segments, TabLine

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.desktop.context import Context
    from app.desktop.settings.groups import SettingsTab

_MEMORY = "settings-tab"


class SettingsPage(Page):
    """Profiles, sources, transfers, language and appearance, and what is seldom needed."""

    key = "settings"

    def __init__(self, context: Context) -> None:
        look = context.look
        super().__init__(look, translate("Settings", "Settings"))
        self._context = context
        self._tabs: dict[str, SettingsTab] = {}
        self._choices = Segments(
            look,
            translate("Settings", "Settings"),
            [
                ("profiles", translate("Settings", "Profiles")),
                ("sources", translate("Settings", "Sources")),
                ("transfers", translate("Settings", "Transfers")),
                ("appearance", translate("Settings", "Language and appearance")),
                ("advanced", translate("Settings", "Advanced")),
            ],
            tabs=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addSpacing(look.px(12))
        title = self.title_row()
        title.addStretch(1)
        self.title.setMinimumHeight(look.px(40))
        layout.addLayout(title)
        self._lane = _Lane(self._choices)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(24) - look.px(1), look.px(3), look.px(12), 0)
        row.addWidget(self._lane)
        layout.addLayout(row)
        layout.addWidget(TabLine(look))
        self._stack = QStackedWidget()
        layout.addWidget(self._stack, 1)
        self._choices.chosen.connect(self.show_tab)
        self._front: SettingsTab | None = None

    def shown(self) -> None:
        """The tab that was looked at last."""
        self.show_tab(self._context.window_state.value(_MEMORY, "profiles"))

    def show_tab(self, key: str) -> None:
        """Bring a tab to the front: "profiles", "sources", "transfers", "appearance" or "advanced"."""
        self._choices.choose(key)
        key = self._choices.current()
        self._context.window_state.keep(_MEMORY, key)
        self._lane.show_chosen()
        self._front = self.tab(key)
        self._stack.setCurrentWidget(self._front)
        self._front.shown()

    def tab(self, key: str) -> SettingsTab:
        """A tab by its key, made now if it was not yet."""
        if key not in self._tabs:
            made = _make_tab(key, self._context)
            self._tabs[key] = made
            self._stack.addWidget(made)
        return self._tabs[key]


class _Lane(QScrollArea):
    """The tabs; where there is no room for all of them, the chosen one is among those that show."""

    def __init__(self, tabs: Segments) -> None:
        super().__init__()
        self._tabs = tabs
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(tabs)
        tabs.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """All of the tabs."""
        return self._tabs.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some of them."""
        return QSize(120, self._tabs.sizeHint().height())

    def show_chosen(self) -> None:
        """Bring the chosen tab into sight."""
        for button in self._tabs.findChildren(QAbstractButton):
            if button.isChecked():
                self.ensureWidgetVisible(button, 24, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self.show_chosen()


def _make_tab(key: str, context: Context) -> SettingsTab:
    """Each is imported by who looks at it first."""
    if key == "profiles":
        from app.desktop.settings.profiles_tab import ProfilesTab  # noqa: PLC0415

        return ProfilesTab(context)
    if key == "sources":
        from app.desktop.settings.sources_tab import SourcesTab  # noqa: PLC0415

        return SourcesTab(context)
    if key == "transfers":
        from app.desktop.settings.transfers_tab import TransfersTab  # noqa: PLC0415

        return TransfersTab(context)
    if key == "appearance":
        from app.desktop.settings.appearance_tab import AppearanceTab  # noqa: PLC0415

        return AppearanceTab(context)
    from app.desktop.settings.advanced_tab import AdvancedTab  # noqa: PLC0415

    return AdvancedTab(context)
