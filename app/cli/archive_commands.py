"""history and download: what S3 holds, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add both commands."""
