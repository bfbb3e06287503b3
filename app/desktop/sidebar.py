"""The sidebar: four pages with their counts, and at its foot the profile in use with its menu."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from app.desktop.formats import age, number
from app.desktop.i18n import translate
from app.desktop.painting import draw_text, fill, focus_ring, hairline, vertical_hairline
from app.desktop.widgets.buttons import PaintedButton
from app.desktop.widgets.menus import Menu
from app.desktop.widgets.tooltips import plain_tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.settings.account import ProfileView
    from app.desktop.theme import Look
    from app.errors import ChatLogError

WIDTH = 192
"""Pixels at 100 % (LOOK.md, Measures)."""
_WIDEST = 224
"""To which a long profile's name may widen it; beyond, the name is cut."""

_EDGE = 12
_RENEW_MILLISECONDS = 30_000
"""How often "2 min ago" is looked at."""


class PageEntry(PaintedButton):
    """One page: icon, name, count; a red "!" when something failed there, a sign of warning when all of it waits."""

    def __init__(self, look: Look, key: str, icon: str, name: str, parent: QWidget) -> None:
        super().__init__(look, parent)
        self.key = key
        self._icon = icon
        self._count: int | None = None
        self._failed = 0
        self._halted = False
        self.setText(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_it()

    def set_count(self, count: int | None, failed: int = 0, *, halted: bool = False) -> None:
        """What stands at its right; None: nothing."""
        if (count, failed, halted) == (self._count, self._failed, self._halted):
            return
        self._count, self._failed, self._halted = count, failed, halted
        self._name_it()
        self.updateGeometry()
        self.update()

    def _name_it(self) -> None:
        name = self.text()
        if self._count is not None:
            name = translate("Shell", "{page}, {count}").format(page=name, count=number(self._count))
        if self._failed:
            name = translate("Shell", "{page}, %n failed", n=self._failed).format(page=name)
        elif self._halted:
            name = translate("Shell", "{page}, nothing goes on").format(page=name)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Icon, name and count beside each other."""
        px = self.look.px
        width = px(36) + self.look.metrics("strong").horizontalAdvance(self.text()) + px(10)
        if self._count is not None:
            width += px(12) + self.look.metrics("body").horizontalAdvance(number(self._count))
        if self._failed or self._halted:
            width += px(22)
        return QSize(round(width + 1), px(32))

    def minimumSizeHint(self) -> QSize:
        """Never clipped."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The entry; a ground when it is the current one or under the mouse."""
        painter = QPainter(self)
        colors, px = self.look.colors, self.look.px
        rect = QRectF(self.rect())
        current = self.isChecked()
        if current:
            fill(painter, rect, colors.nav_selected)
        elif self.hovered:
            fill(painter, rect, colors.hover)
        side = px(16)
        top = round(rect.center().y() - side / 2)
        ink = colors.accent if current else colors.text2
        self.look.icons.paint(painter, self._icon, ink, QPointF(rect.left() + px(10), top), side)
        right = rect.right() - px(10)
        if self._count is not None:
            place = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
            right -= draw_text(
                painter, place, number(self._count), self.look, "body", colors.text3, "right"
            ) + px(6)
        if self._failed or self._halted:
            right -= side
            sign, sign_ink = ("failed", colors.bad) if self._failed else ("warning", colors.warning)
            self.look.icons.paint(painter, sign, sign_ink, QPointF(round(right), top), side)
            right -= px(6)
        left = rect.left() + px(36)
        draw_text(
            painter,
            QRectF(left, rect.top(), right - left, rect.height()),
            self.text(),
            self.look,
            "strong" if current else "body",
            colors.text if current else colors.text2,
        )
        if self.ring and self.hasFocus():
            focus_ring(painter, rect.adjusted(4, 4, -4, -4), self.look)


class ProfileButton(PaintedButton):
    """The profile in use: where it leads to, its name, and how fresh the archive is."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._icon = "cloud"
        self._title = ""
        self._line = ""
        self._warns = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, icon: str, title: str, line: str, *, warns: bool) -> None:
        """Show a profile. `warns`: the second line is one to heed."""
        self._icon, self._title, self._line, self._warns = icon, title, line, warns
        self.setAccessibleName(translate("Shell", "Profile: {name}. {state}").format(name=title, state=line))
        self.setToolTip(plain_tooltip(f"{title}\n{line}" if line else title))
        self.update()

    def line(self) -> str:
        """The second line."""
        return self._line

    def wanted_width(self) -> int:
        """With which nothing is cut."""
        title = self.look.metrics("strong").horizontalAdvance(self._title)
        line = self.look.metrics("small").horizontalAdvance(self._line)
        return round(max(title, line) + 1) + self.look.px(36 + 2 + 16 + 8)

    def sizeHint(self) -> QSize:
        """Two lines; the sidebar gives the width."""
        return QSize(self.look.px(120), self.look.px(51))

    def minimumSizeHint(self) -> QSize:
        """As high as its lines."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Icon, two lines, the sign that there is a menu."""
        painter = QPainter(self)
        look, px = self.look, self.look.px
        colors = look.colors
        rect = QRectF(self.rect())
        if self.hovered or self.isDown():
            fill(painter, rect, colors.nav_selected if self.isDown() else colors.hover)
        side = px(16)
        first = QRectF(rect.left(), rect.top() + px(8), rect.width(), px(20))
        icon_ink = colors.warning if self._icon == "warning" else colors.text2
        icon_top = round(first.center().y() - side / 2 + px(1))
        look.icons.paint(painter, self._icon, icon_ink, QPointF(rect.left() + px(10), icon_top), side)
        sign = QPointF(round(rect.right() - px(8) - side), round(rect.center().y() - side / 2 + px(2)))
        look.icons.paint(painter, "chev-ud", colors.text2, sign, side)
        left = rect.left() + px(36)
        width = sign.x() - px(2) - left
        draw_text(
            painter,
            QRectF(left, first.top(), width, first.height()),
            self._title,
            look,
            "strong",
            colors.text,
        )
        draw_text(
            painter,
            QRectF(left, first.bottom(), width, px(16)),
            self._line,
            look,
            "small",
            colors.warning if self._warns else colors.text3,
        )
        if self.ring and self.hasFocus():
            focus_ring(painter, rect.adjusted(4, 4, -4, -4), look)


class Sidebar(QWidget):
    """At the window's left."""

    chosen = Signal(str)
    """A page's key."""
    profile_chosen = Signal(str)
    """A profile's name, out of the menu at the foot."""
    profiles_wanted = Signal()
    """ "Profiles…" was chosen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._profile: ProfileView | None = None
        self._profiles: Sequence[ProfileView] = ()
        self._trouble = False
        self.setAccessibleName(translate("Shell", "Pages"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.px(_EDGE), look.px(12), look.px(_EDGE) + 1, look.px(8))
        layout.setSpacing(look.px(2))
        self.entries: dict[str, PageEntry] = {}
        group = QButtonGroup(self)
        for key, icon, name in (
            ("sessions", "sessions", translate("Shell", "Sessions")),
            ("transfers", "transfers", translate("Shell", "Transfers")),
            ("archive", "archive", translate("Shell", "Archive")),
            ("settings", "settings", translate("Shell", "Settings")),
        ):
            entry = PageEntry(look, key, icon, name, self)
            group.addButton(entry)
            layout.addWidget(entry)
            self.entries[key] = entry
        group.buttonToggled.connect(self._toggled)
        layout.addStretch(1)
        layout.addSpacing(look.px(7))
        self.profile_button = ProfileButton(look, self)
        self.profile_button.clicked.connect(self.open_menu)
        layout.addWidget(self.profile_button)
        self._renew()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._renew)
        self._clock.start(_RENEW_MILLISECONDS)
        look.changed.connect(self._fit)

    # ---- what it shows ----------------------------------------------------------------------------------

    def set_current(self, key: str) -> None:
        """Mark the page that is at the front."""
        self.entries[key].setChecked(True)

    def set_count(self, key: str, count: int | None, failed: int = 0, *, halted: bool = False) -> None:
        """A page's count, how many failed there, and whether nothing there goes on."""
        self.entries[key].set_count(count, failed, halted=halted)
        self._fit()

    def set_profile(self, profile: ProfileView | None) -> None:
        """The profile in use."""
        self._profile = profile
        self._renew()

    def set_profiles(self, profiles: Sequence[ProfileView]) -> None:
        """Those that the menu offers."""
        self._profiles = profiles

    def set_trouble(self, trouble: ChatLogError | None) -> None:
        """Why settings or profile cannot be used, if they cannot; the notice says more."""
        self._trouble = trouble is not None
        self._renew()

    def _renew(self) -> None:
        profile = self._profile
        if self._trouble:
            title = profile.title if profile is not None else translate("Shell", "No profile")
            self.profile_button.say("warning", title, translate("Shell", "Cannot be used"), warns=True)
        elif profile is None:
            self.profile_button.say("cloud", translate("Shell", "No profile"), "", warns=False)
        elif profile.this_computer_only:
            line = translate("Shell", "No copy elsewhere")
            self.profile_button.say("local", profile.title, line, warns=True)
        else:
            self.profile_button.say("cloud", profile.title, _freshness(profile.last_archived), warns=False)
        self._fit()

    def _fit(self) -> None:
        px, edges = self.look.px, 2 * self.look.px(_EDGE) + 1
        entries = max(entry.minimumSizeHint().width() for entry in self.entries.values()) + edges
        profile = min(self.profile_button.wanted_width() + edges, px(_WIDEST))
        self.setFixedWidth(max(px(WIDTH), entries, profile))
        self.update()

    # ---- what it does -----------------------------------------------------------------------------------

    def _toggled(self, entry: PageEntry, checked: bool) -> None:
        if checked:
            self.chosen.emit(entry.key)

    def menu(self) -> Menu:
        """The profiles, the one in use marked, and the way to their settings."""
        menu = Menu(self.look, self)
        for profile in self._profiles:
            action = menu.add(profile.title, lambda name=profile.name: self.profile_chosen.emit(name))  # type: ignore[misc]
            action.setCheckable(True)
            action.setChecked(profile.in_use)
        if self._profiles:
            menu.addSeparator()
        menu.add(translate("Shell", "Profiles…"), self.profiles_wanted.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def open_menu(self) -> None:
        """Show the menu above the profile."""
        menu = self.menu()
        menu.setMinimumWidth(self.profile_button.width())
        corner = self.profile_button.mapToGlobal(QPoint(0, 0))
        menu.popup(corner - QPoint(0, menu.sizeHint().height() + self.look.px(4)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, the edge to the page, the line above the profile."""
        painter = QPainter(self)
        colors = self.look.colors
        painter.fillRect(self.rect(), colors.side)
        vertical_hairline(painter, self.width() - 1, 0, self.height(), colors.line)
        edge = self.look.px(_EDGE)
        y = self.profile_button.y() - self.look.px(8)
        hairline(painter, edge, self.width() - edge, y, colors.line)


def _freshness(last_archived: datetime | None) -> str:
    if last_archived is None:
        return translate("Shell", "Nothing archived yet")
    now = datetime.now(UTC)
    if (now - last_archived).total_seconds() < 60:
        return translate("Shell", "Archived just now")
    return translate("Shell", "Archived {age} ago").format(age=age(last_archived, now))
