"""profile sign-in, profile sign-out: a team's profile and the person at this computer, with the system's browser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.cli.parser import add_command
from app.cli.pinning import pin
from app.cli.words import words
from app.errors import RemoteError, Unreachable, WrongUse
from app.frozen import for_other_programs

if TYPE_CHECKING:
    import argparse

    from app.account.profiles import Profile
    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(actions: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add both commands below `profile`."""
    for name, summary, run in (
        ("sign-in", "sign in to a team's profile with the browser", _sign_in),
        ("sign-out", "end the sign-in of a team's profile, here and at its sign-in service", _sign_out),
    ):
        parser = add_command(actions, name, common, summary, run)
        parser.add_argument("name", metavar="NAME", nargs="?", help="default: the profile in use")
        parser.add_argument(
            "--no-browser", action="store_true", help="open no browser: print the address to visit, if any"
        )


def _sign_in(arguments: argparse.Namespace, context: Context) -> int:
    services, text = context.services, words(context.language)
    profile = _profile(arguments, context)
    assert profile.sign_in is not None
    # This run is over in a moment: without a keyring there is nowhere to keep it. Asked before a person is.
    services.vault.require_persistent(profile)
    services.vault.check()

    def open_browser(address: str) -> None:
        if not arguments.no_browser and open_page(address, context):
            context.output.message(text.say("sign-in-opened", address=address))
        else:
            context.output.message(text.say("sign-in-visit"))
            context.output.line(address)

    flow = services.sign_in_flow(profile.sign_in, open_browser, language=context.language)
    tokens = flow.run(services.stopped)
    services.sign_in_session(profile).keep(tokens)
    context.output.message(text.say("signed-in", name=profile.name, who=tokens.who or "?"))
    if profile.storage is None:
        try:
            pin(context, profile)
        except Unreachable as error:
            # Signed in all the same; the first use asks again.
            context.output.message(
                text.say("profile-unchecked", name=profile.name, reason=context.describe(error))
            )
    return 0


def _sign_out(arguments: argparse.Namespace, context: Context) -> int:
    from app.account.signin_flow import end_in_browser  # noqa: PLC0415 - for this command alone

    services, text = context.services, words(context.language)
    profile = _profile(arguments, context)
    assert profile.sign_in is not None
    try:
        services.sign_in_session(profile).sign_out()
    except RemoteError:
        context.output.message(text.say("signed-out-here", name=profile.name))
        raise
    context.output.message(text.say("signed-out", name=profile.name))
    if arguments.no_browser or not _has_browser(context):
        return 0

    def open_browser(address: str) -> None:
        if open_page(address, context):
            context.output.message(text.say("sign-out-opened"))

    if not end_in_browser(
        services.provider(profile.sign_in), open_browser, services.stopped, language=context.language
    ):
        context.output.message(text.say("sign-out-browser"))
    return 0


def end_sign_in(context: Context, profile: Profile) -> None:
    """Sign out before a profile is removed; where its service cannot be told, say so and go on.

    Raises KeyringLocked, FolderNotWritable; then nothing was done.
    """
    name = "signed-out"
    try:
        context.services.sign_in_session(profile).sign_out()
    except RemoteError:
        name = "signed-out-here"
    context.output.message(words(context.language).say(name, name=profile.name))


def _profile(arguments: argparse.Namespace, context: Context) -> Profile:
    """The profile meant. Raises WrongUse where it signs in otherwise."""
    services = context.services
    profile = services.profile
    if arguments.name is not None:
        profile = services.profiles.get(arguments.name, context.environ)
    if profile.kind != "signin":
        raise WrongUse(reason=f"nobody signs in to the profile {profile.name!r} with a browser")
    return profile


def open_page(address: str, context: Context) -> bool:
    """Open an address in the system's browser; False where there is none that has a window."""
    import webbrowser  # noqa: PLC0415 - for these commands alone

    if not _has_browser(context):
        return False
    with for_other_programs():
        return webbrowser.open(address)


def _has_browser(context: Context) -> bool:
    """Whether a window can open. A browser for terminals would take this one."""
    return not sys.platform.startswith("linux") or any(
        context.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
