"""Every dialog and menu of the desktop, opened as a person opens it, on a stage with something archived.

`seen` is told each one while it is open; whatever it is told of is closed afterwards.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.account.profiles import make_profile
from app.bootstrap import Services
from app.deployment.aws_profiles import AwsProfiles
from app.deployment.values import Change
from app.desktop.close_dialog import CloseDialog
from app.desktop.settings.setup_dialog import SetUpDialog
from app.desktop.transfers.cancelling import CancelAll
from app.errors import DeploymentFailed
from app.storage.paths import resolve_paths
from tests.account.connection_texts import PERSONAL, TEAM, as_string
from tests.desktop.made_deployments import REUSED, MadeAws, changes_around_an_archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.desktop.archive.page import ArchivePage
    from app.desktop.sessions.page import SessionsPage
    from app.desktop.settings.advanced_tab import AdvancedTab
    from app.desktop.settings.page import SettingsPage
    from app.desktop.settings.profile_dialog import ProfileDialog
    from app.desktop.settings.profiles_tab import ProfilesTab
    from app.desktop.transfers.page import TransfersPage
    from tests.desktop.stage import Stage

    Seen = Callable[[str, QWidget], None]

NOBODY = "http://127.0.0.1:9/"
"""An address that nobody listens at."""


def add_team(stage: Stage) -> None:
    """A profile beside the sandbox's own that leads to the same storage, not yet accepted, and one that leads nowhere."""
    paths = resolve_paths(stage.home)
    with closing(Services(paths, stage.environ, home=stage.home)) as services:
        info = services.sandbox.ensure_running()
        team = make_profile("team", "token", endpoint=info.endpoint, region=info.region)
        services.profiles.add(team)
        services.vault.set(team, "token", info.token)
        services.profiles.add(make_profile("away", "iam", endpoint=NOBODY, aws_profile="work"))


QUIET_LOOKS = 5
"""So often nothing is under way before a dialog counts as at rest: it grows with what it has to say."""


AT_WORK_LOOKS = 60
"""So often what waits is let happen before a dialog at work is looked at."""


class Opener:
    """Opens dialogs and menus, those that wait for an answer too, shows each to `seen` and closes it."""

    def __init__(self, stage: Stage, seen: Seen) -> None:
        self._stage = stage
        self._seen = seen
        self._told = False
        self._quiet = 0
        self._shape: list[QRect] = []

    def see_at_work(self, name: str, front: QWidget) -> None:
        """Show what does not come to rest, once it has had time for all its words."""
        for _ in range(AT_WORK_LOOKS):
            self._stage.pump()
        self._seen(name, front)

    def open(
        self, name: str, opening: Callable[[], object], until: Callable[[QWidget], object] | None = None
    ) -> None:
        """Open it, wait until it has come to rest and `until` holds, show it, close it."""
        self._told, self._quiet = False, 0
        timer = QTimer()
        timer.setInterval(20)

        def look() -> None:
            front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            busy = self._stage.application.tasks.busy()
            if front is None or busy or (until is not None and not until(front)):
                self._quiet = 0
                return
            # On a busy computer a layout within a layout takes several looks to find its place.
            shape, self._shape = self._shape, [one.geometry() for one in front.findChildren(QWidget)]
            self._quiet = self._quiet + 1 if shape == self._shape else 0
            if self._quiet < QUIET_LOOKS:
                return
            timer.stop()
            self._seen(name, front)
            front.close()
            self._told = True

        timer.timeout.connect(look)
        timer.start()
        opening()
        self._stage.wait_until(lambda: self._told, f"{name} does not open")
        self._stage.pump()


def each_dialog(stage: Stage, seen: Seen) -> None:
    """All of them; `stage` has been started and holds something archived."""
    opener = Opener(stage, seen)
    of_window(stage, opener)
    of_sessions(stage, opener)
    of_transfers(stage, opener)
    of_archive(stage, opener)
    add_team(stage)
    of_profiles(stage, opener)
    of_advanced(stage, opener)


def of_window(stage: Stage, opener: Opener) -> None:
    """The list of keys of each page, the question before closing, the menu of profiles."""
    application = stage.application
    for page in ("sessions", "transfers", "archive"):
        stage.go(page)
        opener.open(f"dialog-keys-{page}", application._list_keys)
    # With all that it can offer; a system without a bar has one choice less.
    closing_dialog = CloseDialog(application.look, 3, has_tray=True, parent=stage.window)
    opener.open("dialog-closing", closing_dialog.open)
    view = application.window.view
    assert view is not None
    opener.open("menu-profiles", view.sidebar.open_menu)


def of_sessions(stage: Stage, opener: Opener) -> None:
    """The row's menu, the columns', the preview's, and the places that were looked in."""
    page = cast("SessionsPage", stage.go("sessions"))
    page.table.select_numbers([0, 1])
    stage.settle()
    middle = page.mapToGlobal(QPoint(300, 240))
    opener.open("menu-session", lambda: page.row_actions.open_menu(middle))
    opener.open("menu-columns", lambda: page.table._choose_columns(QPoint(200, 20)))
    page.beside.set_shown(True)
    pane = page.beside._pane
    assert pane is not None
    opener.open("menu-preview", pane.header._open_menu)
    opener.open("dialog-places", page.show_places)


def of_transfers(stage: Stage, opener: Opener) -> None:
    """The row's menu, and the question before everything is cancelled."""
    page = cast("TransfersPage", stage.go("transfers"))
    page.list.setCurrentIndex(page.model.index(1, 0))
    page.list.selectAll()
    opener.open("menu-transfer", lambda: page._open_menu(page.mapToGlobal(QPoint(300, 240))))
    question = CancelAll(page.look, 3, this_computer_only=True, parent=page)
    opener.open("dialog-cancel-all", question.open)


def of_archive(stage: Stage, opener: Opener) -> None:
    """The menus of a row and of the details, and the questions before deleting and asking back."""
    page = cast("ArchivePage", stage.go("archive"))
    page.table.select_row(0)
    stage.settle()
    opener.open("menu-archive", lambda: page._open_menu(page.mapToGlobal(QPoint(300, 240))))
    opener.open("menu-details", page.pane._open_menu)
    opener.open("dialog-delete-archived", lambda: page.lifetimes.delete(page.selected()))
    opener.open("dialog-ask-return", lambda: page.lifetimes.ask_return(page.selected()))


def settings_tab(stage: Stage, key: str) -> QWidget:
    """A tab of the settings, at the front."""
    page = cast("SettingsPage", stage.go("settings", key))
    return page.tab(key)


def of_profiles(stage: Stage, opener: Opener) -> None:
    """Adding, in each way and with each answer; changing, accepting, removing."""
    tab = cast("ProfilesTab", settings_tab(stage, "profiles"))
    stage.wait_until(lambda: len(tab.cards) == 3, "the new profiles do not show")
    opener.open("dialog-profile-add", tab.add_profile)

    def begin(way: str) -> ProfileDialog:
        tab.add_profile()
        dialog = cast("ProfileDialog", tab.dialog)
        dialog.entry.kinds.choose(way)
        dialog.entry.kinds.chosen.emit(way)
        return dialog

    def paste(text: str) -> None:
        begin("connection").entry.form.connection.text.field.insert(text)

    opener.open("dialog-profile-add-team", lambda: paste(as_string(TEAM)))
    opener.open("dialog-profile-add-personal", lambda: paste(as_string(PERSONAL)))
    opener.open("dialog-profile-add-no-connection", lambda: paste("chatlog-connection:AAAA"))
    opener.open("dialog-profile-add-token", lambda: begin("token"))
    opener.open("dialog-profile-add-iam", lambda: begin("iam"))

    def refused() -> None:
        dialog = begin("token")
        for at, text in (("name", "train"), ("endpoint", NOBODY), ("token", "kept")):
            dialog.entry.form.field(at).field.setText(text)  # type: ignore[arg-type] # names of fields
        dialog.entry.try_it()

    opener.open(
        "dialog-profile-no-answer",
        refused,
        lambda front: cast("ProfileDialog", front).entry.test.error is not None,
    )

    def incomplete() -> None:
        begin("token").entry.go_on()

    opener.open("dialog-profile-incomplete", incomplete)
    opener.open("dialog-profile-edit", lambda: tab.edit_profile("away"))
    opener.open("menu-profile", tab.card("team")._open_menu)
    opener.open("dialog-profile-remove", lambda: tab.remove_profile("team"))
    of_setting_up(stage, opener)
    tab.card("team").test()
    stage.wait_until(lambda: "team" in tab._reports, "the profile is not tested")
    stage.settle()
    opener.open("dialog-profile-accept", lambda: tab.review("team", tab._reports["team"]))


def of_setting_up(stage: Stage, opener: Opener) -> None:
    """An archive in one's own AWS account: without an AWS profile, chosen, shown, made, closed too early, refused, there."""
    aws = MadeAws(as_string(PERSONAL))
    setting_up = SettingUp(stage)
    with aws.in_place():
        profiles, aws.profiles = aws.profiles, AwsProfiles((), "")
        opener.open("dialog-set-up-no-aws-profile", setting_up.begin)
        aws.profiles = profiles
        opener.open("dialog-set-up-choose", setting_up.begin)
        opener.open("dialog-set-up-plan", setting_up.plan)
        opener.open("dialog-set-up-plan-names", setting_up.unfold)
        fresh, aws.changes, aws.reused = aws.changes, changes_around_an_archive(), REUSED
        opener.open("dialog-set-up-again", setting_up.plan)
        aws.changes, aws.reused = fresh, None
        aws.errors["plan"] = DeploymentFailed(
            reason="access-denied", awsProfile="default", detail="cloudformation:CreateChangeSet"
        )
        opener.open("dialog-set-up-refused", setting_up.plan)
        aws.errors.clear()
        aws.stepwise = True
        for name, then in (("creating", SetUpDialog.isVisible), ("closing", SetUpDialog.reject)):
            for _ in range(6):
                aws.steps.release()
            page = setting_up.create()
            then(page)
            opener.see_at_work(f"dialog-set-up-{name}", page)
            page.leave()
        aws.there, aws.changes = True, (Change("replace", "KeyAlias", "AWS::KMS::Alias"),)
        opener.open("dialog-set-up-changes", setting_up.plan)
        aws.changes = ()
        opener.open("dialog-set-up-there", setting_up.plan)
        opener.open("dialog-set-up-done", lambda: setting_up.plan()._say_done("team"))
        stage.settle()


class SettingUp:
    """Opens the page that sets up an archive, and goes on with it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def begin(self) -> SetUpDialog:
        """AWS's files are read."""
        page = SetUpDialog(self._stage.application.context, self._stage.window)
        page.open()
        self._stage.wait_until(lambda: page.state == "choosing", "AWS's files are not read")
        return page

    def plan(self) -> SetUpDialog:
        """AWS has been asked, and has answered."""
        page = self.begin()
        page.go_on()
        answered = {"planned", "there"}
        self._stage.wait_until(
            lambda: page.state in answered or page.problem.error is not None, "AWS does not answer"
        )
        return page

    def unfold(self) -> None:
        """What is planned, with AWS's own names."""
        self.plan().summary.fold.click()

    def create(self) -> SetUpDialog:
        """AWS is at work."""
        page = self.plan()
        page.go_on()
        self._stage.wait_until(lambda: page.state == "creating", "AWS does not begin")
        return page


def of_advanced(stage: Stage, opener: Opener) -> None:
    """What is erased, and the licences."""
    tab = cast("AdvancedTab", settings_tab(stage, "advanced"))
    opener.open("dialog-erase-list", tab.ask_to_erase_index)
    opener.open("dialog-erase-sandbox", tab.sandbox_row.ask_to_erase)
    opener.open("dialog-licences", tab._read_licences)
