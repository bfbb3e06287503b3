"""A connection in the window: seen before it is accepted, signed in to with a real provider, dropped, changed, refused."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from app.account.connections import parse_connection
from app.account.oidc import GrantRefused
from app.account.os_keyring import OsKeyring
from app.account.profiles import ProfileStore
from app.account.vault import Vault
from app.bootstrap import Services
from app.desktop.actions import Actions
from app.desktop.context import make_context
from app.desktop.first_run.flow import FirstRun
from app.desktop.first_run.steps import ChooseProfile, EnterProfile
from app.desktop.main_window import MainWindow
from app.desktop.settings.profile_dialog import ProfileDialog
from app.desktop.settings.profiles_tab import ProfilesTab
from app.desktop.settings.sign_in_panel import SignInDialog
from app.desktop.taking import Taking
from app.desktop.window_memory import WindowMemory
from app.desktop.workplace import Workplace
from app.errors import KeyringMissing, SignInFailed, SignInNeeded, StorageChanged
from app.storage.paths import resolve_paths
from app.storage.window_state import WindowState
from tests.account.connection_texts import PERSONAL, TEAM, as_string, of_sandbox, spoilt
from tests.desktop.conftest import PATIENCE_MILLISECONDS
from tests.desktop.shell_parts import PlainFirstRun, plain_makers
from tests.openid.running import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.account.signin_settings import SignIn
    from app.desktop.context import Context
    from app.desktop.tasks import Task, Tasks
    from app.desktop.theme import Look
    from app.sandbox.lifecycle import SandboxInfo
    from tests.desktop.conftest import Asked


@pytest.fixture
def wait(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MILLISECONDS)

    return until


@pytest.fixture
def store(home: Path) -> ProfileStore:
    return ProfileStore(resolve_paths(home).settings)


@pytest.fixture
def context(
    look: Look, tasks: Tasks, home: Path, user_folder: Path, asked: Asked, qtbot: QtBot
) -> Iterator[Context]:
    """The window's own arrangement: one vault for the whole run, here on a computer without a keyring."""

    def missing() -> object:
        raise KeyringMissing(reason="no service answers")

    vault = Vault(OsKeyring(missing), home / "loopback-tokens.toml")  # type: ignore[arg-type] # never opened
    workplace = Workplace(tasks, lambda: Services(resolve_paths(home), {}, home=home, vault=vault))
    made = make_context(
        look,
        workplace,
        WindowMemory(WindowState()),
        navigate=asked.pages.append,
        settings_tab=asked.tabs.append,
        run_action=asked.run_action,
    )
    yield made
    stopped: list[bool] = []
    made.transfers.stop(partial(stopped.append, True))
    qtbot.waitUntil(lambda: bool(stopped) and not tasks.busy(), timeout=PATIENCE_MILLISECONDS)
    workplace.close()
    with closing(Services(resolve_paths(home), {}, home=home)) as services:
        services.sandbox.stop()


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> ProfileDialog:
    made = ProfileDialog(context)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def endpoint(shared_sandbox: SandboxInfo) -> Iterator[str]:
    """A team's door before the sandbox: whoever brings a signed token (three parts) is let in."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
            given = shared_sandbox.token if token.count(".") == 2 else "none"
            headers = {"Authorization": f"Bearer {given}", "Content-Type": self.headers["Content-Type"]}
            request = urllib.request.Request(shared_sandbox.endpoint, body, headers)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            try:
                reply = opener.open(request, timeout=60)
            except urllib.error.HTTPError as refused:
                reply = refused
            with reply:
                content = reply.read()
                self.send_response(reply.status)
            self.send_header("Content-Type", reply.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/presigned-url-request"
        server.shutdown()
        thread.join()


@pytest.fixture
def team(endpoint: str, shared_sandbox: SandboxInfo, sign_in: SignIn) -> dict[str, Any]:
    """A team's connection whose endpoint, storage and provider are really there."""
    return {
        **of_sandbox(endpoint, shared_sandbox.bucket, shared_sandbox.region),
        "mode": "team",
        "name": "team",
        "signIn": {
            "issuer": sign_in.issuer,
            "clientId": sign_in.client_id,
            "scope": sign_in.scope,
            "host": sign_in.host,
            "redirectPorts": list(sign_in.redirect_ports),
        },
    }


class Browser:
    """The system's browser: it visits what it is asked to, as a person who signs in, unless it is told to wait."""

    def __init__(self) -> None:
        self.visitor = Visitor()
        self.waits = False
        self.pages: list[str] = []
        self._visits: list[threading.Thread] = []

    def open(self, url: QUrl) -> bool:
        page = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        self.pages.append(page)
        if not self.waits:
            self._visits.append(threading.Thread(target=self.visitor.sign_in, args=(page,)))
            self._visits[-1].start()
        return True

    def close(self) -> None:
        for visit in self._visits:
            visit.join()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    made = Browser()
    monkeypatch.setattr(QDesktopServices, "openUrl", made.open)
    yield made
    made.close()


def shown(widget: QWidget) -> set[str]:
    """What can be read below a widget."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return {label.accessibleName() or label.text() for label in labels}


def paste(dialog: ProfileDialog, text: str) -> None:
    dialog.entry.form.connection.take_text(text)


# ---- a team's -----------------------------------------------------------------------------------------------


def test_a_team_s_connection_is_shown_accepted_and_signed_in_to(
    dialog: ProfileDialog,
    context: Context,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    wait: Callable[..., None],
) -> None:
    paste(dialog, as_string(team))
    rows = {
        "AWS account: 123456789012",
        f"Region: Tokyo ({team['region']})",
        f"Bucket: {team['bucket']}",
        "Storage: 127.0.0.1",
        f"Address: {team['endpoint']}",
        f"Sign-in pages: {team['signIn']['host']}",
    }
    wait(lambda: rows <= shown(dialog))
    assert dialog.entry.form.field("name").text() == "team"
    assert dialog.save_button.text() == "Accept and sign in…"
    assert dialog.test_button.isHidden()
    assert (store.names(), browser.pages) == (["sandbox"], [])
    dialog.save_button.click()
    wait(lambda: not dialog.isVisible())
    profile = store.get("team")
    assert profile.storage is not None
    assert (profile.kind, profile.storage.bucket, store.chosen()) == ("signin", team["bucket"], "team")
    assert profile.expected == parse_connection(as_string(team)).expected
    wait(lambda: context.account.profile is not None and context.account.profile.name == "team")
    assert context.account.profile is not None
    assert context.account.profile.signed_in_as == "aki@example.com"


def test_while_the_browser_is_waited_for_one_can_call_it_off(
    dialog: ProfileDialog,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    wait: Callable[..., None],
) -> None:
    browser.waits = True
    paste(dialog, as_string(team))
    dialog.save_button.click()
    wait(lambda: browser.pages)
    panel = dialog.entry.sign_in
    assert "Waiting for the browser…" in shown(dialog)
    assert not dialog.save_button.isEnabled()
    panel.stop()
    assert dialog.save_button.isEnabled()
    assert not panel.running
    assert store.names() == ["sandbox"]


def test_who_declines_in_the_browser_is_told_and_can_try_again(
    dialog: ProfileDialog,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    wait: Callable[..., None],
) -> None:
    browser.visitor.declines = True
    paste(dialog, as_string(team))
    dialog.save_button.click()
    wait(lambda: isinstance(dialog.entry.sign_in.problem.error, SignInFailed))
    assert store.names() == ["sandbox"]
    browser.visitor = Visitor()
    dialog.save_button.click()
    wait(lambda: not dialog.isVisible())
    assert store.get("team").storage is not None


def test_an_endpoint_that_speaks_for_another_bucket_is_refused_after_signing_in(
    dialog: ProfileDialog,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    wait: Callable[..., None],
) -> None:
    paste(dialog, as_string(team | {"bucket": "another"}))
    dialog.save_button.click()
    wait(lambda: isinstance(dialog.entry.sign_in.problem.error, StorageChanged))
    assert store.names() == ["sandbox"]


def test_a_card_signs_out_and_in_again(
    context: Context,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    qtbot: QtBot,
    wait: Callable[..., None],
) -> None:
    store.add(parse_connection(as_string(team)).to_profile("team"))
    store.use("team")
    context.account.load()
    wait(lambda: context.account.profiles)
    tab = ProfilesTab(context)
    qtbot.addWidget(tab)
    tab.show()
    wait(lambda: "There is no keyring" in shown(tab))
    tab.card("team").sign_in()
    assert isinstance(tab.dialog, SignInDialog)
    wait(lambda: "Signed in as: aki@example.com" in shown(tab))
    assert store.get("team").storage is not None
    button = tab.card("team").sign_out_button
    assert button is not None
    wait(lambda: not button.isHidden())
    browser.waits = True
    button.click()
    wait(lambda: "Credentials: None kept on this computer" in shown(tab))
    wait(lambda: "session/end" in browser.pages[-1])
    browser.visitor.fetch(browser.visitor.until_callback(browser.pages[-1]))


def test_who_removes_a_profile_is_signed_out_of_it(
    context: Context,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    qtbot: QtBot,
    wait: Callable[..., None],
) -> None:
    store.add(parse_connection(as_string(team)).to_profile("team"))
    profile = store.get("team")
    context.account.load()
    wait(lambda: len(context.account.profiles) == 2)
    tab = ProfilesTab(context)
    qtbot.addWidget(tab)
    tab.show()
    tab.card("team").sign_in()
    wait(lambda: store.get("team").storage is not None)
    kept: list[str] = []
    refused: list[str] = []

    def use_again(services: Services, _task: Task[None]) -> None:
        assert profile.sign_in is not None
        with pytest.raises(GrantRefused) as refusal:
            services.provider(profile.sign_in).refresh(kept[0])
        refused.append(refusal.value.error)

    def keep(services: Services, _task: Task[None]) -> None:
        kept.append(services.vault.get(store.get("team"), "refresh-token") or "")

    context.workplace.run(keep)
    wait(lambda: kept)
    context.account.remove("team")
    wait(lambda: store.names() == ["sandbox"])
    context.workplace.run(use_again)
    wait(lambda: refused)
    assert kept[0]
    assert refused == ["invalid_grant"]


def test_an_error_s_sign_in_button_starts_it_for_its_profile(
    context: Context,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    asked: Asked,
    home: Path,
    wait: Callable[..., None],
) -> None:
    store.add(parse_connection(as_string(team)).to_profile("team"))
    context.account.load()
    wait(lambda: len(context.account.profiles) == 2)
    actions = Actions(home / "settings.toml")
    actions.context = context
    error = SignInNeeded(profile="team", reason="sign-in-expired")
    assert context.messages.explain(error).action == "sign-in"
    actions.run("sign-in", error)
    wait(lambda: store.get("team").storage is not None)
    wait(
        lambda: (
            not [
                one
                for one in QApplication.topLevelWidgets()
                if isinstance(one, SignInDialog) and one.isVisible()
            ]
        )
    )
    assert (len(browser.pages), asked.tabs) == (1, [])
    actions.run("sign-in", SignInNeeded(profile="sandbox"))
    assert asked.tabs == ["profiles"]


# ---- a person's own -----------------------------------------------------------------------------------------


def test_a_personal_connection_is_tested_shown_accepted_and_used(
    dialog: ProfileDialog, store: ProfileStore, shared_sandbox: SandboxInfo, wait: Callable[..., None]
) -> None:
    said = of_sandbox(shared_sandbox.endpoint, shared_sandbox.bucket, shared_sandbox.region)
    paste(dialog, as_string(said))
    form = dialog.entry.form
    form.ways.choose("token")
    form.ways.chosen.emit("token")
    form.field("token").set_text(shared_sandbox.token)
    dialog.save_button.click()
    wait(lambda: dialog.entry.to_accept)
    assert store.names() == ["sandbox"]
    dialog.save_button.click()
    wait(lambda: not dialog.isVisible())
    profile = store.get("here")
    assert profile.storage is not None
    assert profile.expected is not None
    assert (profile.expected.account, profile.storage.owner) == ("123456789012", shared_sandbox.owner)


def test_an_endpoint_that_says_otherwise_than_its_connection_is_not_added(
    dialog: ProfileDialog, store: ProfileStore, shared_sandbox: SandboxInfo, wait: Callable[..., None]
) -> None:
    paste(dialog, as_string(of_sandbox(shared_sandbox.endpoint, "another", shared_sandbox.region)))
    form = dialog.entry.form
    form.ways.choose("token")
    form.ways.chosen.emit("token")
    form.field("token").set_text(shared_sandbox.token)
    dialog.save_button.click()
    wait(lambda: isinstance(dialog.entry.test.error, StorageChanged))
    assert store.names() == ["sandbox"]


def test_on_aws_no_token_is_offered(dialog: ProfileDialog) -> None:
    paste(dialog, as_string(PERSONAL))
    asked = {at for at, field in dialog.entry.form._fields.items() if not field.isHidden()}
    assert asked == {"name", "aws_profile"}
    assert [one.key for one in dialog.entry.form.ways._buttons if not one.isHidden()] == ["profile", "key"]


# ---- what is no connection, and what is another ---------------------------------------------------------------


def test_what_is_no_connection_is_said_at_the_field(dialog: ProfileDialog, store: ProfileStore) -> None:
    field = dialog.entry.form.connection
    dialog.save_button.click()
    assert field.text.problem() == "This is needed."
    paste(dialog, "hello")
    assert field.text.problem().startswith("This is no connection")
    paste(dialog, as_string(spoilt(PERSONAL, "s3Host", "evil.example")))
    assert "do not belong together" in field.text.problem()
    assert field.summary.isHidden()
    dialog.save_button.click()
    assert store.names() == ["sandbox"]
    paste(dialog, as_string(PERSONAL))
    assert field.text.problem() == ""
    assert not field.summary.isHidden()


def test_another_connection_for_a_profile_says_what_changes(
    context: Context, store: ProfileStore, qtbot: QtBot, wait: Callable[..., None]
) -> None:
    before = parse_connection(as_string(TEAM)).to_profile("team")
    store.add(before)
    with closing(
        Services(resolve_paths(store._file.path.parent), {}, home=store._file.path.parent)
    ) as services:
        draft = services.profile_editor.draft_of("team")
    dialog = ProfileDialog(context, editing=draft, before=before)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.save_button.text() == "Save"
    paste(dialog, as_string(TEAM))
    assert "It says what the profile has already." in shown(dialog)
    paste(dialog, as_string(spoilt(TEAM, "account", "210987654321")))
    wait(lambda: {"AWS account: 210987654321", "AWS account, before: 123456789012"} <= shown(dialog))
    assert [one for one in shown(dialog) if ", before:" in one] == ["AWS account, before: 123456789012"]
    assert dialog.save_button.text() == "Accept and sign in…"


# ---- files ----------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "prod.chatlog-connection"
    made.write_text(json.dumps(PERSONAL), encoding="utf-8")
    return made


def test_a_file_is_chosen_or_dropped_on_the_field(
    dialog: ProfileDialog, file: Path, monkeypatch: pytest.MonkeyPatch, wait: Callable[..., None]
) -> None:
    field = dialog.entry.form.connection
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    field.choose_button.click()
    wait(lambda: field.connection is not None)
    assert field.text.text() == "prod.chatlog-connection"
    paste(dialog, "")
    assert field.connection is None
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(5, 5), action, data, buttons, keys)
    QApplication.sendEvent(field, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(field, QDropEvent(QPointF(5, 5), action, data, buttons, keys))
    wait(lambda: field.connection is not None)


def test_a_connection_dropped_on_the_window_is_offered_and_not_archived(
    context: Context,
    file: Path,
    asked: Asked,
    store: ProfileStore,
    qtbot: QtBot,
    wait: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[list[str]] = []
    monkeypatch.setattr(type(context.sessions), "take_paths", lambda _self, paths: taken.append(list(paths)))
    window = MainWindow(context, plain_makers(), PlainFirstRun)
    window.may_close = True
    qtbot.addWidget(window)
    taking = Taking(window, context)
    second = file.with_name("other.chatlog-connection")
    second.write_text(as_string(TEAM), encoding="utf-8")
    taking.take([str(file), "/home/aki/a.jsonl", str(second)])
    assert taken == [["/home/aki/a.jsonl"]]

    def offered() -> list[ProfileDialog]:
        return [one for one in window.findChildren(ProfileDialog) if one.isVisible()]

    for name in ("prod", "team"):
        wait(lambda name=name: offered() and offered()[0].entry.form.field("name").text() == name)
        assert len(offered()) == 1
        offered()[0].reject()
    wait(lambda: not offered())
    assert store.names() == ["sandbox"]
    assert asked.tabs == ["profiles", "profiles"]


def test_a_pasted_string_is_offered(context: Context, qtbot: QtBot) -> None:
    window = MainWindow(context, plain_makers(), PlainFirstRun)
    window.may_close = True
    qtbot.addWidget(window)
    taking = Taking(window, context)
    QGuiApplication.clipboard().setText(f" {as_string(TEAM)}\n")
    taking.paste()
    (offered,) = window.findChildren(ProfileDialog)
    assert offered.entry.form.connection.connection == parse_connection(as_string(TEAM))
    offered.reject()


# ---- the first run ----------------------------------------------------------------------------------------------


def test_a_team_s_connection_is_all_that_the_first_run_needs(
    context: Context,
    store: ProfileStore,
    team: dict[str, Any],
    browser: Browser,
    qtbot: QtBot,
    wait: Callable[..., None],
) -> None:
    flow = FirstRun(context, lambda: None)
    qtbot.addWidget(flow)
    flow.resize(1000, 760)
    flow.show()
    context.account.load()
    wait(lambda: context.account.profile is not None)
    assert isinstance(flow.step, ChooseProfile)
    next(card for card in flow.step.cards if card.key == "token").click()
    flow.go_on_button.click()
    step = flow.step
    assert isinstance(step, EnterProfile)
    step.entry.form.connection.take_text(as_string(team))
    assert flow.go_on_button.text() == "Accept and sign in…"
    flow.go_on_button.click()
    wait(lambda: flow.step is not step)
    assert store.chosen() == "team"
    assert store.get("team").storage is not None
