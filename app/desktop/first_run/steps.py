"""The three steps: where sessions are kept, which of them, and what is archived first."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.account.profiles import SANDBOX
from app.desktop.first_run.cards import ChoiceCard
from app.desktop.first_run.step import CardStep, Step
from app.desktop.first_run.words import deleted_soon, first_deletion, found_line, unarchived
from app.desktop.formats import size
from app.desktop.i18n import translate
from app.desktop.sessions.words import source_name
from app.desktop.settings.groups import ICON_INSET, Group, SettingRow
from app.desktop.settings.notes import Below
from app.desktop.settings.place_words import place_line
from app.desktop.settings.profile_entry import ProfileEntry
from app.desktop.settings.profile_words import profile_icon
from app.desktop.settings.setup_dialog import SetUpDialog
from app.desktop.widgets.bars import ProgressBar
from app.desktop.widgets.buttons import RING, Button, Switch
from app.desktop.widgets.labels import Label
from app.desktop.widgets.problem import Problem
from app.sessions.model import FILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.desktop.context import Context
    from app.desktop.messages import ActionKind
    from app.desktop.settings.account import ProfileView
    from app.errors import ChatLogError
    from app.sessions.index import ScanProgress
    from app.sessions.model import Session
    from app.sessions.places import Place

CURRENT = "current"


class ChooseProfile(CardStep):
    """Where sessions are kept."""

    number = 1

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.heading = translate("FirstRun", "Where should your sessions be kept?")
        self._using = False
        self._set_up_done = False
        """An archive was set up, and its profile is about to be in use."""
        self._other: ProfileView | None = None
        """The profile in use, where that is not this computer's."""
        self.problem = Problem(self.look, context.messages, self._act)
        self.set_up_button = Button(
            self.look, translate("SetUp", "Set up in my AWS account…"), "link", small=True
        )
        self._below = self._lay_out_set_up()
        self.set_up_button.clicked.connect(self._set_up)
        self._show_cards()
        context.account.profile_changed.connect(self._show_cards)
        context.sessions.listed.connect(self._renew)
        context.sessions.scan_changed.connect(self._renew)

    def _show_cards(self, _profile: object = None) -> None:
        if self._using:
            # The choice that is being taken up.
            self._using = False
            self.finished.emit()
            return
        current = self.context.account.profile
        other = current if current is not None and current.name != SANDBOX else None
        if self.cards and other == self._other:
            self.renewed.emit()
            return
        self._other = other
        look = self.look
        cards = [
            ChoiceCard(
                look,
                SANDBOX,
                "local",
                translate("FirstRun", "This computer"),
                translate("FirstRun", "Try everything with no account."),
                translate("FirstRun", "This computer only: no copy elsewhere if the disk is lost."),
            ),
            ChoiceCard(
                look,
                "token",
                "person",
                translate("FirstRun", "Team archive"),
                translate("FirstRun", "Use the archive that your team has set up."),
                translate("FirstRun", "You need its connection file or string from your team lead."),
            ),
            ChoiceCard(
                look,
                "iam",
                "key",
                translate("FirstRun", "AWS credentials"),
                translate("FirstRun", "Use a bucket in your own AWS account."),
                translate("FirstRun", "Kept in the keyring of this computer, never in a file."),
            ),
        ]
        if other is not None:
            # Set up by the command line, by the environment, or a moment ago.
            title = translate("FirstRun", "Go on with {name}").format(name=other.title)
            line = translate("FirstRun", "This profile is in use already.")
            cards.insert(0, ChoiceCard(look, CURRENT, profile_icon(other), title, line, other.endpoint or ""))
        for widget in (self._below, self.problem):
            self.column.removeWidget(widget)
        self.set_cards(cards, cards[0].key, anew=other is not None)
        for widget in (self._below, self.problem):
            self.column.addWidget(widget)
        if self._set_up_done and other is not None:
            self._settle()

    def _lay_out_set_up(self) -> QWidget:
        """Below the card for a bucket: for whoever has none yet."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(RING, 0, RING, 0)
        row.setSpacing(self.look.px(2))
        row.addWidget(Label(self.look, translate("FirstRun", "No bucket of your own yet?"), "meta", "text2"))
        row.addWidget(self.set_up_button)
        row.addStretch(1)
        return holder

    def _set_up(self) -> None:
        page = SetUpDialog(self.context, self.window())
        page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page.accepted.connect(self._settle)
        page.open()

    def _settle(self) -> None:
        """The archive that was set up is in use, or will be in a moment: then there is nothing left to choose."""
        self._set_up_done = self._other is None
        if self._other is not None:
            self.set_chosen(CURRENT)
            self.finished.emit()

    def _renew(self, _what: object = None) -> None:
        self.renewed.emit()

    def lines(self) -> str:
        """What was found, and that nothing is decided for good."""
        sessions = self.context.sessions
        found = found_line([session for session, _ in sessions.sessions], looking=not sessions.looked)
        return f"{found}\n{translate('FirstRun', 'You can change this later in Settings.')}"

    def note(self) -> str:
        """What skipping means."""
        current = self.context.account.profile
        if current is not None and not current.this_computer_only:
            return translate("FirstRun", "Skipping goes on with {name}.").format(name=current.title)
        return translate("FirstRun", "Skipping uses this computer only, and the window says so.")

    def go_on(self) -> None:
        """Take the sandbox up; the other choices have fields of their own."""
        account = self.context.account
        in_use = account.profile is not None and account.profile.name == SANDBOX
        if self.chosen() != SANDBOX or in_use:
            self.finished.emit()
            return
        self._using = True
        self.problem.tell(None)
        account.use(SANDBOX, failed=self._not_used, owner=self)

    def _not_used(self, error: ChatLogError) -> None:
        self._using = False
        self.problem.tell(error)

    def _act(self, action: ActionKind, error: ChatLogError) -> None:
        if action == "retry":
            self.go_on()
        else:
            self.context.run_action(action, error)


class EnterProfile(Step):
    """The fields of a profile; nothing is written before it was seen where it leads."""

    number = 1

    def __init__(self, context: Context, *, team: bool) -> None:
        super().__init__(context)
        self.heading = (
            translate("FirstRun", "Your team's archive")
            if team
            else translate("FirstRun", "Your AWS account")
        )
        self._lines = (
            translate(
                "FirstRun",
                "Whoever set it up gives you a connection: a file, or a string to paste.\nNothing is sent before you have seen where it leads.",
            )
            if team
            else translate(
                "FirstRun",
                "The deployment printed a connection, and an address: the Function URL.\nNothing is sent before you have seen where it leads.",
            )
        )
        self.entry = ProfileEntry(
            context,
            ways=("connection", "token" if team else "iam"),
            name="team" if team else "aws",
            asks_use=False,
        )
        self.column.addWidget(self.entry)
        self.entry.state_changed.connect(self.renewed)
        self.entry.saved.connect(self._saved)

    def lines(self) -> str:
        """Where to get what is asked for."""
        return self._lines

    def note(self) -> str:
        """What skipping means."""
        return translate("FirstRun", "Skipping uses this computer only, and the window says so.")

    def go_on_words(self) -> str:
        """First it is tested, then accepted."""
        if self.entry.to_sign_in:
            return translate("FirstRun", "Accept and sign in…")
        if self.entry.for_this_run and self.entry.to_accept:
            return translate("FirstRun", "Accept for this run")
        if self.entry.to_accept:
            return translate("FirstRun", "Accept and continue")
        return translate("FirstRun", "Test and continue")

    def can_go_on(self) -> bool:
        """Not while an answer is waited for."""
        return not self.entry.busy

    def go_on(self) -> None:
        """Test it, or write what was tested."""
        self.entry.go_on()

    def take_focus(self, _reason: Qt.FocusReason) -> None:
        """In the first field to fill."""
        self.entry.form.focus_first()

    def _saved(self, _name: str) -> None:
        self.finished.emit()


class ConfirmSources(Step):
    """Which tools' sessions are listed. The scan goes on behind it."""

    number = 2

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.heading = translate("FirstRun", "These sessions were found")
        look = self.look
        self._bar = ProgressBar(look, translate("FirstRun", "Scan"))
        self._below_bar = Below(self._bar, left=RING, right=RING, bottom=look.px(12))
        self.group = Group(look, self.heading)
        self.rows: dict[str, SettingRow] = {}
        self.switches: dict[str, Switch] = {}
        self.column.addWidget(self._below_bar)
        self.column.addWidget(Below(self.group, left=RING, right=RING))
        sessions = context.sessions
        sessions.places_changed.connect(self._show)
        sessions.scan_changed.connect(self._scan_at)
        sessions.listed.connect(self._listed)
        context.account.settings_changed.connect(self._settings_changed)
        self._show(sessions.places)
        self._scan_at(sessions.progress)

    def _show(self, places: Sequence[Place]) -> None:
        by_source: dict[str, list[Place]] = {}
        for place in places:
            if place.source != FILES:
                by_source.setdefault(place.source, []).append(place)
        if list(by_source) != list(self.rows):
            self.group.clear()
            self.rows, self.switches = {}, {}
            for source in by_source:
                self._add_row(source)
        hidden = self.context.account.settings.hidden_sources
        for source, found in by_source.items():
            self.switches[source].setChecked(source not in hidden)
            self.rows[source].set_path(str(found[0].folder) if len(found) == 1 else "")
            self.rows[source].say("\n".join(place_line(one, hidden=source in hidden) for one in found))
        self.renewed.emit()

    def _add_row(self, source: str) -> None:
        name = source_name(source)
        switch = Switch(self.look, translate("FirstRun", "List sessions of {source}").format(source=name))
        switch.clicked.connect(partial(self._switch, source))
        row = SettingRow(self.context, name, "", [switch], icon="terminal")
        self.group.add(row, line_from=ICON_INSET)
        self.rows[source], self.switches[source] = row, switch

    def _switch(self, source: str) -> None:
        hidden = set(self.context.account.settings.hidden_sources)
        (hidden.discard if self.switches[source].isChecked() else hidden.add)(source)
        row = self.rows[source]
        row.tell(None)

        def failed(error: ChatLogError) -> None:
            row.tell(error)
            self._show(self.context.sessions.places)

        self.context.account.save_settings({"hidden_sources": sorted(hidden)}, failed=failed, owner=row)

    def _settings_changed(self, _settings: object) -> None:
        self._show(self.context.sessions.places)

    def _listed(self, _sessions: object) -> None:
        self.renewed.emit()

    def _scan_at(self, progress: ScanProgress | None) -> None:
        self._bar.setVisible(progress is not None)
        if progress is not None:
            known = progress.bytes_to_read > 0
            self._bar.set_fraction(progress.bytes_read / progress.bytes_to_read if known else None)
        self.renewed.emit()

    def lines(self) -> str:
        """What was found, and that more follow by themselves."""
        sessions = self.context.sessions
        found = found_line([session for session, _ in sessions.sessions], looking=not sessions.looked)
        return f"{found}\n{translate('FirstRun', 'New ones are listed by themselves, from every tool that is switched on.')}"

    def note(self) -> str:
        """What skipping means."""
        return translate("FirstRun", "Listing reads the logs on this computer; nothing is sent.")


class ArchiveFirst(CardStep):
    """What is archived first, if anything; only what a person chooses here."""

    number = 3

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.heading = translate("FirstRun", "Archive your sessions")
        context.sessions.listed.connect(self._renew)
        context.sessions.states_changed.connect(self._renew)
        context.account.profile_changed.connect(self._renew)
        self._shown: tuple[object, ...] = ()
        self._all: list[Session] = []
        self._soon: list[Session] = []
        self._renew()

    def _renew(self, _what: object = None) -> None:
        self._all = unarchived(self.context.sessions.sessions)
        self._soon = deleted_soon(self._all, datetime.now(UTC))
        profile = self.context.account.profile
        shown = (len(self._all), _bytes(self._all), len(self._soon), _bytes(self._soon), profile)
        if shown == self._shown:
            return
        self._shown = shown
        look = self.look
        note = ""
        if profile is not None and profile.this_computer_only:
            note = translate("FirstRun", "This computer only: no copy elsewhere if the disk is lost.")
        cards = []
        if self._all:
            title = translate("FirstRun", "Archive all %n sessions now", n=len(self._all))
            text = translate("FirstRun", "{size} are read, compressed and verified; you can go on working.")
            line = text.format(size=size(_bytes(self._all)))
            cards.append(ChoiceCard(look, "all", "archive", title, line, note))
        if self._soon and len(self._soon) < len(self._all):
            title = translate("FirstRun", "Only the %n that are deleted soon", n=len(self._soon))
            text = translate("FirstRun", "{size}. Their tools delete them within a week.")
            line = text.format(size=size(_bytes(self._soon)))
            cards.append(ChoiceCard(look, "soon", "warning", title, line))
        title = (
            translate("FirstRun", "Later") if self._all else translate("FirstRun", "Nothing to archive yet")
        )
        line = translate("FirstRun", "Choose sessions yourself on the Sessions page.")
        cards.append(ChoiceCard(look, "later", "queued", title, line))
        self.set_cards(cards, cards[0].key)

    def lines(self) -> str:
        """What is at stake."""
        safe = translate("FirstRun", "Archiving copies them; the logs on this computer stay as they are.")
        deletion = first_deletion(self._all, datetime.now(UTC))
        return f"{deletion}\n{safe}" if deletion else safe

    def note(self) -> str:
        """What skipping means."""
        return translate("FirstRun", "Skipping archives nothing now.")

    def go_on_words(self) -> str:
        """What the click does."""
        wanted = self.wanted()
        if not wanted:
            return translate("FirstRun", "Open the window")
        return translate("FirstRun", "Archive %n sessions", n=len(wanted))

    def wanted(self) -> list[Session]:
        """The sessions that the chosen card stands for."""
        return {"all": self._all, "soon": self._soon}.get(self.chosen(), [])


def _bytes(sessions: Sequence[Session]) -> int:
    return sum(session.size for session in sessions)
