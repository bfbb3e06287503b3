"""update-check: asks the releases address whether there is a newer release. Nothing is downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import __version__
from app.cli.parser import add_command, add_json_option
from app.cli.words import words
from app.errors import ReleasesAddressMissing

if TYPE_CHECKING:
    import argparse

    from app.cli.context import Context
    from app.cli.parser import Subparsers
    from app.updates.releases import Release


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "update-check",
        common,
        "ask the releases address in the settings what is new; nothing is downloaded",
        _run,
    )
    add_json_option(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    address = context.services.settings.releases_address
    if address is None:
        raise ReleasesAddressMissing
    releases = context.services.update_notice.look(address).releases
    for release in releases:
        if arguments.json:
            context.output.json_line(
                {
                    "version": release.version,
                    "current": __version__,
                    "name": release.name,
                    "date": None if release.day is None else release.day.isoformat(),
                    "notes": release.notes,
                    "page": release.page or None,
                }
            )
        else:
            context.output.line(_text(release))
    text = words(context.language)
    if not releases:
        context.output.message(text.say("updates.none", version=__version__))
    else:
        said = "updates.some" if len(releases) != 1 else "updates.one"
        context.output.message(text.say(said, n=len(releases), version=__version__))
    return 0


def _text(release: Release) -> str:
    head = [release.version, *([release.day.isoformat()] if release.day else []), release.name]
    notes = [f"  {line}".rstrip() for line in release.notes.strip().splitlines()]
    return "\n".join(
        ["  ".join(filter(None, head)), *notes, *([f"  {release.page}"] if release.page else [])]
    )
