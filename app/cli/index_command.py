"""erase-index: forgets what was read of sessions and listed of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.parser import add_command
from app.cli.words import words

if TYPE_CHECKING:
    import argparse

    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    add_command(
        commands,
        "erase-index",
        common,
        "forget what was read of sessions; the next scan reads all anew",
        _run,
    )


def _run(arguments: argparse.Namespace, context: Context) -> int:  # noqa: ARG001 - the face of every command
    context.services.erase_index()
    context.output.message(words(context.language).say("index-erased"))
    return 0
