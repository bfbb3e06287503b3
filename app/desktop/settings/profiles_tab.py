"""Settings → Profiles: where sessions are kept. One profile is in use at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.account.profiles import SANDBOX
from app.desktop.i18n import translate
from app.desktop.settings.groups import ICON_INSET, SettingsTab
from app.desktop.settings.profile_card import ProfileCard
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.settings.questions import AcceptDialog, removal_dialog
from app.desktop.settings.sign_in_panel import SignInDialog
from app.desktop.widgets.buttons import Button
from app.desktop.widgets.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.account.profile_editing import Draft
    from app.account.profiles import Profile
    from app.desktop.context import Context
    from app.desktop.settings.account import ProfileView
    from app.desktop.settings.account_work import ConnectionReport
    from app.errors import ChatLogError


class ProfilesTab(SettingsTab):
    """A card for every profile."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, translate("Settings", "Profiles"))
        look = context.look
        self.add_button = Button(look, translate("Profiles", "Add a profile…"), icon="plus")
        heading = translate("Profiles", "Where sessions are kept")
        self.add_section(
            heading,
            translate("Profiles", "One profile is in use at a time. Changing it deletes nothing."),
            self.add_button,
        )
        self.trouble = Problem(look, context.messages, context.run_action)
        self.column.addWidget(self.trouble)
        self._gap = look.px(12)
        self.group = self.add_group(heading)
        self.end()
        self._shown: tuple[ProfileView, ...] = ()
        self._reports: dict[str, ConnectionReport] = {}
        self.cards: list[ProfileCard] = []
        self.add_button.clicked.connect(self.add_profile)
        account = context.account
        account.profiles_changed.connect(self._show)
        account.trouble.connect(self._show_trouble)
        self._show(account.profiles)
        self._show_trouble(account.current_trouble)

    def shown(self) -> None:
        """The command line may have changed them, and the sandbox may have been started since."""
        self.context.account.load()

    def card(self, name: str) -> ProfileCard:
        """The card of a profile."""
        return next(card for card in self.cards if card.view.name == name)

    def _show_trouble(self, error: ChatLogError | None) -> None:
        """Settings that cannot be read are told here; a profile that cannot be used on its card."""
        on_a_card = any(view.problem is not None for view in self._shown)
        self.trouble.tell(None if on_a_card else error)

    def _show(self, views: Sequence[ProfileView]) -> None:
        ordered = tuple(replace(view, last_archived=None) for view in sorted(views, key=_order))
        if ordered == self._shown:
            return
        before = {view.name: view for view in self._shown}
        self._reports = {
            view.name: self._reports[view.name]
            for view in ordered
            if view.name in self._reports and _same_place(before.get(view.name), view)
        }
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.group.isAncestorOf(focus)
        self._shown = ordered
        self.group.clear()
        self.cards = []
        for number, view in enumerate(ordered):
            card = ProfileCard(self.context, view)
            card.edit_wanted.connect(self.edit_profile)
            card.remove_wanted.connect(self.remove_profile)
            card.accept_wanted.connect(self.review)
            card.sign_in_wanted.connect(self.sign_in)
            card.tested.connect(self._tested)
            # Below the large card the line goes from edge to edge.
            self.group.add(card, line_from=0 if number == 1 and ordered[0].in_use else ICON_INSET)
            self.cards.append(card)
            if view.name in self._reports:
                card.show_report(self._reports[view.name])
        if had_focus and self.cards:
            self.cards[0].focus_first()

    def _tested(self, name: str, report: ConnectionReport) -> None:
        self._reports[name] = report
        if report.own_sandbox and self.card(name).view.storage is None:
            # It has been started for the first time: now its bucket is known.
            self.context.account.load()

    # ---- dialogs ----------------------------------------------------------------------------------------

    def add_profile(self) -> None:
        """Ask for a new profile."""
        self.open_dialog(ProfileDialog(self.context, self.window()))

    def edit_profile(self, name: str) -> None:
        """Change a profile; what it is now is read first."""
        card = self.card(name)
        self.context.workplace.run(
            lambda services, _task: (
                services.profile_editor.draft_of(name),
                services.profiles.get(name),
            ),
            done=self._edit,
            failed=card.problem.tell,
            owner=card,
        )

    def _edit(self, found: tuple[Draft, Profile]) -> None:
        draft, before = found
        self.open_dialog(ProfileDialog(self.context, self.window(), editing=draft, before=before))

    def sign_in(self, name: str) -> None:
        """Have somebody sign in to a profile with the browser."""
        self.open_dialog(SignInDialog(self.context, name, self.window()))

    def remove_profile(self, name: str) -> None:
        """Ask, then remove a profile."""
        card = self.card(name)
        dialog = removal_dialog(self.context, card.view, self.window())

        def remove() -> None:
            self.context.account.remove(name, failed=card.problem.tell, owner=card)

        dialog.accepted.connect(remove)
        self.open_dialog(dialog)

    def review(self, name: str, report: ConnectionReport) -> None:
        """Show where a profile leads to, and pin that if it is accepted."""
        card = self.card(name)
        dialog = AcceptDialog(self.context, card.view, report, self.window())

        def accept() -> None:
            self._reports.pop(name, None)
            self.context.account.accept_storage(name, report.storage, failed=card.problem.tell, owner=card)

        dialog.accepted.connect(accept)
        self.open_dialog(dialog)


def _order(view: ProfileView) -> tuple[bool, bool]:
    """The one in use first, this computer last."""
    return (not view.in_use, view.name == SANDBOX)


def _same_place(before: ProfileView | None, after: ProfileView) -> bool:
    """Whether what was told of a profile still holds: it differs at most in being known better."""
    if before is None or after.problem is not None:
        return False
    return (before.endpoint, before.kind, before.aws_profile, before.expected) == (
        after.endpoint,
        after.kind,
        after.aws_profile,
        after.expected,
    ) and before.storage in {None, after.storage}
