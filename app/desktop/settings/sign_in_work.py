"""Signing in with the browser, in worker threads that can wait for a person."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.desktop.settings.account_work import report_of
from app.errors import ProfileInvalid, RemoteError, StorageChanged, Unreachable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from app.account.loopback_page import PageLanguage
    from app.account.oidc_tokens import Tokens
    from app.account.profile_editing import Draft
    from app.account.profiles import Profile
    from app.account.signin_settings import SignIn
    from app.bootstrap import Services
    from app.desktop.settings.account_work import ConnectionReport
    from app.errors import ChatLogError


@dataclass(frozen=True, slots=True)
class Browser:
    """How a sign-in shows its page, and how a person calls it off."""

    open: Callable[[str], object]
    cancelled: threading.Event
    language: PageLanguage


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in came to; nothing of it is kept yet."""

    tokens: Tokens
    report: ConnectionReport | None
    """What the endpoint said then; None where it could not be reached."""


def sign_in_to_draft(services: Services, draft: Draft, browser: Browser) -> SignedIn:
    """Sign in to the profile that stands in a dialog, and ask its endpoint where it leads.

    Raises SignInFailed, StorageChanged where that is not what its connection names, Cancelled, RemoteError.
    """
    return _signed_in(services, services.profile_editor.profile_of(draft), browser)


def sign_in_to_profile(services: Services, name: str, browser: Browser) -> str | None:
    """Sign in to a profile that is there, and keep that; who one is, as the provider has it.

    Raises as `sign_in_to_draft` does, KeyringLocked, FolderNotWritable, ProfileUnknown.
    """
    profile = services.profiles.get(name)
    signed_in = _signed_in(services, profile, browser)
    services.sign_in_session(profile).keep(signed_in.tokens)
    if signed_in.report is not None and profile.storage is None:
        services.profiles.pin(profile, signed_in.report.storage)
    return signed_in.tokens.who


def sign_out(services: Services, name: str) -> ChatLogError | None:
    """Forget the sign-in of a profile, and end it at its provider; why the provider did not take part, if so.

    Raises KeyringLocked, FolderNotWritable, ProfileUnknown: then nothing was done.
    """
    try:
        services.sign_in_session(services.profiles.get(name)).sign_out()
    except RemoteError as error:
        return error
    return None


def remove_profile(services: Services, name: str) -> None:
    """Remove a profile; whoever is signed in to it is signed out first, also where its provider takes no part.

    Raises as ProfileEditor.remove does; then the profile is still there.
    """
    with suppress(ProfileInvalid):  # one that a hand has broken can be removed too
        if services.profiles.get(name).kind == "signin":
            sign_out(services, name)
    services.profile_editor.remove(name)


def sign_out_in_browser(services: Services, sign_in: SignIn, browser: Browser) -> None:
    """End the browser's own session too, where the provider has a page for that.

    Raises SignInFailed, Cancelled, RemoteError.
    """
    from app.account.signin_flow import end_in_browser  # noqa: PLC0415 - seldom needed

    end_in_browser(services.provider(sign_in), browser.open, browser.cancelled, language=browser.language)


def _signed_in(services: Services, profile: Profile, browser: Browser) -> SignedIn:
    assert profile.sign_in is not None
    flow = services.sign_in_flow(profile.sign_in, browser.open, language=browser.language)
    tokens = flow.run(browser.cancelled)
    started = time.monotonic()
    try:
        health, storage = services.try_out(profile, {}, tokens)
    except Unreachable:
        # Who has just typed a password need not do so again for a network that went away; it is asked at first use.
        return SignedIn(tokens, None)
    report = report_of(started, health, storage, profile)
    if report.leads_elsewhere and report.pinned is not None:
        raise StorageChanged(pinned=report.pinned.bucket, found=storage.bucket)
    return SignedIn(tokens, report)
