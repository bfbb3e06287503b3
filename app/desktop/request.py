"""What a person asked for by starting the program: the desktop, with files perhaps, or the command line. No Qt."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.storage.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

_OPTIONS = ("--home", "--profile")

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@dataclass(frozen=True, slots=True)
class DesktopRequest:
    """How the desktop was started."""

    paths: tuple[str, ...] = ()
    """Files and folders to take in; absolute."""
    home: Path | None = None
    """Everything lies below it; None: the platform's folders."""
    profile: str | None = None
    """The profile for this run; None: the one chosen in settings."""


def desktop_request(
    words: Sequence[str], environ: Mapping[str, str], commands: Callable[[], AbstractSet[str]]
) -> DesktopRequest | None:
    """The words as a wish for the desktop; None where they are the command line's.

    The desktop is meant by no words at all and by files and folders that are there, each with --home and --profile.
    `commands` names the command line's; it is only asked about a word that could be one. macOS adds a word of its own
    (-psn…) when the program is opened in Finder.
    """
    options: dict[str, str] = {}
    paths: list[str] = []
    rest = [word for word in words if not word.startswith("-psn_")]
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if name in _OPTIONS:
            if not given and not rest:
                return None
            options[name] = value if given else rest.pop(0)
        elif word.startswith("-") or not os.path.lexists(word):
            return None
        else:
            paths.append(word)
    if any(os.path.basename(path) == path for path in paths) and not commands().isdisjoint(paths):  # noqa: PTH119
        return None
    home = options.get("--home") or environ.get(HOME_VARIABLE)
    return DesktopRequest(
        # Links in the user's own paths stay as given.
        paths=tuple(os.path.abspath(path) for path in paths),  # noqa: PTH100
        home=Path(home) if home else None,
        profile=options.get("--profile"),
    )


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be expected to open. A Qt platform that was asked for by name counts as a display."""
    if platform in {"darwin", "win32"}:
        return True
    asked = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if asked and not asked.startswith(("xcb", "wayland")):
        return True
    return any(environ.get(name) for name in _DISPLAYS)
