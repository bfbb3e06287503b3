"""The account behind the window: settings and profiles, read and changed in the background."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, Signal

from app.account.endpoints import is_loopback_host
from app.account.profiles import ENVIRONMENT, SANDBOX
from app.account.settings import Settings
from app.desktop.i18n import language_in_use, translate
from app.desktop.opening import open_page
from app.desktop.settings.account_work import accept_storage, profile_in_use, read_account, save_draft
from app.desktop.settings.sign_in_work import Browser, remove_profile, sign_out, sign_out_in_browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Unpack

    from app.account.expected import Expected
    from app.account.oidc_tokens import Tokens
    from app.account.profile_editing import Draft
    from app.account.profiles import ProfileKind, Storage
    from app.account.settings import SettingsChange
    from app.account.signin_settings import SignIn
    from app.bootstrap import Services
    from app.desktop.settings.account_work import AccountState, FoundProfile
    from app.desktop.tasks import Task
    from app.desktop.workplace import Workplace
    from app.errors import ChatLogError

ENGINE_SETTINGS = frozenset(
    {"extra_folders", "hidden_sources", "compression", "parallel_uploads", "parts_above"}
)
"""Those that the services take up when they are opened. Limits are kept to whenever the account is read."""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A profile as the window shows it."""

    name: str
    """What the engine calls it."""
    title: str
    """What a person calls it: "This computer" for the sandbox."""
    kind: ProfileKind
    endpoint: str | None
    region: str | None
    aws_profile: str | None
    storage: Storage | None
    expected: Expected | None
    """What the connection that was accepted for it names."""
    sign_in: SignIn | None
    second: str | None
    """The profile that keeps sessions too while this one is out."""
    signed_in_as: str | None
    """Who signed in during this run, where that is known."""
    this_computer_only: bool
    in_use: bool
    last_archived: datetime | None
    problem: ChatLogError | None = None
    """Why it cannot be used; then only its name is known."""


@dataclass(frozen=True)
class _Write:
    """A change that waits for its turn."""

    work: Callable[[Services], Any]
    done: Callable[[Any], None]
    failed: Callable[[ChatLogError], None]


class AccountController(QObject):
    """Settings and profiles on the GUI thread. Changes are written one after the other, in the order they were made."""

    profile_changed = Signal(object)
    """The ProfileView in use, or None while none can be."""
    profiles_changed = Signal(object)
    """A tuple of all ProfileViews."""
    settings_changed = Signal(object)
    """The Settings, after every change of them."""
    trouble = Signal(object)
    """The ChatLogError that keeps settings or profile from being used; None when there is none any more."""

    def __init__(
        self,
        workplace: Workplace,
        parent: QObject | None = None,
        *,
        settings: Settings | None = None,
        profile_for_run: str | None = None,
    ) -> None:
        """`settings`: as they were read before the window. `profile_for_run`: given at the start (`--profile`)."""
        super().__init__(parent)
        self._workplace = workplace
        self.settings = settings or Settings()
        self.profile: ProfileView | None = None
        self.profiles: tuple[ProfileView, ...] = ()
        self.current_trouble: ChatLogError | None = None
        self.profile_for_run = profile_for_run
        """The profile that services are to be opened for, whatever the settings say; None once another was chosen."""
        self._state: AccountState | None = None
        self._reading: Task[AccountState] | None = None
        self._writes: deque[_Write] = deque()
        self._writing = False
        self._who: dict[str, str] = {}
        workplace.reopened.connect(self.load)

    # ---- reading ----------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read everything in the background; what changed is told by the signals."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._workplace.run(
            lambda services, _task: read_account(services),
            done=self._loaded,
            failed=self._set_trouble,
            owner=self,
        )

    def refresh_last_archived(self) -> None:
        """Ask when something was last archived; told by `profile_changed`."""
        self._workplace.run(
            lambda services, _task: services.jobs.last_archived(profile_in_use(services).destination),
            done=self._archived_at,
            failed=self._set_trouble,
            owner=self,
        )

    def _loaded(self, state: AccountState) -> None:
        self._reading = None
        self._state = state
        if state.settings is not None:
            self._take_settings(state.settings)
        self._take_profiles(state)
        self._set_trouble(state.trouble)

    def _take_settings(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        other_language = settings.language != self.settings.language
        self.settings = settings
        self.settings_changed.emit(settings)
        if other_language and self._state is not None:
            # Titles are words too.
            self._take_profiles(self._state)

    def _take_profiles(self, state: AccountState) -> None:
        views = tuple(
            _view(found, state.last_archived, self._who.get(found.name)) for found in state.profiles
        )
        in_use = next((view for view in views if view.in_use and view.problem is None), None)
        before, self.profiles = self.profiles, views
        earlier, self.profile = self.profile, in_use
        if views != before:
            self.profiles_changed.emit(views)
        if in_use != earlier:
            self.profile_changed.emit(in_use)

    def _archived_at(self, moment: datetime | None) -> None:
        if self._state is not None:
            self._state = replace(self._state, last_archived=moment)
            self._take_profiles(self._state)

    def _set_trouble(self, error: ChatLogError | None) -> None:
        if error is not None or self.current_trouble is not None:
            self.current_trouble = error
            self.trouble.emit(error)

    # ---- changing ---------------------------------------------------------------------------------------

    def change_settings(self, **values: Unpack[SettingsChange]) -> None:
        """Write these settings; `settings_changed` tells it, `trouble` why it could not be done."""
        self.save_settings(values)

    def save_settings(
        self,
        values: SettingsChange,
        *,
        failed: Callable[[ChatLogError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """`change_settings` for a control that says itself why it could not be done, while `owner` is there.

        What the engine works by opens the services anew.
        """

        def done(settings: Settings) -> None:
            for_engine = any(
                getattr(settings, name) != getattr(self.settings, name) for name in ENGINE_SETTINGS
            )
            if self._state is not None:
                self._state = replace(self._state, settings=settings)
            self._take_settings(settings)
            self._changed(for_engine=for_engine)

        self._write(
            lambda services: services.settings_store.change(**values), done, self._teller(failed, owner)
        )

    def use(
        self,
        name: str,
        *,
        failed: Callable[[ChatLogError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Choose a profile for this run and those to come; the services are opened anew."""

        def done(_profile: object) -> None:
            self.profile_for_run = None
            self._changed(for_engine=True)

        self._write(lambda services: services.profile_editor.use(name), done, self._teller(failed, owner))

    def save_profile(
        self,
        draft: Draft,
        *,
        editing: str | None = None,
        accepted: Storage | None = None,
        use: bool = False,
        tokens: Tokens | None = None,
        done: Callable[[str], None],
        failed: Callable[[ChatLogError], None],
        owner: QObject,
    ) -> None:
        """Add a profile, or change the one called `editing`; with the storage that was accepted; in use if asked.

        `tokens`: of the sign-in that is kept for it.
        `done` is called with its name.
        """

        def saved(name: str) -> None:
            self._know(name, tokens.who if tokens is not None else self._who.get(editing or name))
            if self.profile_for_run is not None and (use or self.profile_for_run == editing):
                self.profile_for_run = None if use else name
            used = self.profile is None or self.profile.name == editing
            self._changed(for_engine=use or used)
            if shiboken6.isValid(owner):
                done(name)

        self._write(
            lambda services: save_draft(services, draft, editing, accepted, use=use, tokens=tokens),
            saved,
            self._teller(failed, owner),
        )

    def accept_storage(
        self,
        name: str,
        storage: Storage,
        *,
        failed: Callable[[ChatLogError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """From now on a profile may lead to this storage and to no other."""
        self._write(
            lambda services: accept_storage(services, name, storage),
            lambda _none: self._changed(for_engine=self._is_used(name)),
            self._teller(failed, owner),
        )

    def signed_in(self, name: str, who: str | None) -> None:
        """Somebody has signed in to a profile, and that is kept."""
        self._know(name, who)
        self._changed(for_engine=self._is_used(name))

    def sign_out(
        self,
        name: str,
        *,
        failed: Callable[[ChatLogError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """End the sign-in to a profile: here, at its provider, and in the browser, which shows a page for that."""
        view = next((view for view in self.profiles if view.name == name), None)
        sign_in = view.sign_in if view is not None else None

        def ended(error: ChatLogError | None) -> None:
            self._know(name, None)
            self._changed(for_engine=self._is_used(name))
            if error is not None:
                self._teller(failed, owner)(error)
            elif sign_in is not None:
                self._sign_out_in_browser(sign_in)

        self._write(lambda services: sign_out(services, name), ended, self._teller(failed, owner))

    def _sign_out_in_browser(self, sign_in: SignIn) -> None:
        language = language_in_use()
        self._workplace.run(
            lambda services, task: sign_out_in_browser(
                services, sign_in, Browser(task.report, task.ended_early, language)
            ),
            progress=_show_page,
            failed=self._set_trouble,
            owner=self,
            of_any_profile=True,
        )

    def _know(self, name: str, who: str | None) -> None:
        self._who.pop(name, None)
        if who is not None:
            self._who[name] = who

    def remove(
        self,
        name: str,
        *,
        failed: Callable[[ChatLogError], None] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Remove a profile and forget its credentials; what it archived stays where it is."""

        def done(_none: object) -> None:
            self._know(name, None)
            if self.profile_for_run == name:
                self.profile_for_run = None
            self._changed(for_engine=self._is_used(name))

        self._write(lambda services: remove_profile(services, name), done, self._teller(failed, owner))

    def _is_used(self, name: str) -> bool:
        return any(view.in_use for view in self.profiles if view.name == name)

    def _changed(self, *, for_engine: bool) -> None:
        """What is on disk has changed; `reopened` reads it again too."""
        if for_engine:
            self._workplace.reopen()
        else:
            self.load()

    def _teller(
        self, failed: Callable[[ChatLogError], None] | None, owner: QObject | None
    ) -> Callable[[ChatLogError], None]:
        def tell(error: ChatLogError) -> None:
            if failed is not None and (owner is None or shiboken6.isValid(owner)):
                failed(error)
            else:
                self._set_trouble(error)

        return tell

    def _write(
        self,
        work: Callable[[Services], Any],
        done: Callable[[Any], None],
        failed: Callable[[ChatLogError], None],
    ) -> None:
        self._writes.append(_Write(work, done, failed))
        self._next_write()

    def _next_write(self) -> None:
        if self._writing or not self._writes:
            return
        self._writing = True
        write = self._writes.popleft()
        bridge = self._workplace.tasks.bridge

        def work(services: Services, _task: Task[Any]) -> Any:  # noqa: ANN401 - each write has a result of its own
            try:
                return write.work(services)
            finally:
                # However it ended: after a bug the next one has its turn all the same.
                bridge.post(self._written)

        self._workplace.run(work, done=write.done, failed=write.failed, owner=self, of_any_profile=True)

    def _written(self) -> None:
        self._writing = False
        self._next_write()


def _show_page(address: str) -> None:
    open_page(address)


def title_of(name: str) -> str:
    """What a person calls the profile of that name."""
    if name == SANDBOX:
        return translate("Profiles", "This computer")
    if name == ENVIRONMENT:
        return translate("Profiles", "From the environment")
    return name


def _view(found: FoundProfile, last_archived: datetime | None, who: str | None) -> ProfileView:
    profile = found.profile
    storage = profile.storage if profile is not None else None
    expected = profile.expected if profile is not None else None
    known = storage or expected
    return ProfileView(
        name=found.name,
        title=title_of(found.name),
        kind=profile.kind if profile is not None else "token",
        endpoint=profile.endpoint if profile is not None else None,
        region=profile.region if profile is not None else None,
        aws_profile=profile.aws_profile if profile is not None else None,
        storage=storage,
        expected=expected,
        sign_in=profile.sign_in if profile is not None else None,
        second=profile.second if profile is not None else None,
        signed_in_as=who,
        this_computer_only=found.name == SANDBOX or (known is not None and is_loopback_host(known.s3_host)),
        in_use=found.in_use,
        last_archived=last_archived if found.in_use else None,
        problem=found.problem,
    )
