"""The program's door: arguments in, exit code out."""

from __future__ import annotations

import os
import sys
from multiprocessing import freeze_support


def main() -> int:
    """Open the desktop or run the command line with this process's arguments; the exit code (0, 1 or 2)."""
    freeze_support()
    try:
        # Ctrl-C may come while these are imported.
        from app.desktop.request import desktop_request, has_display  # noqa: PLC0415

        request = desktop_request(sys.argv[1:], os.environ, _command_names)
        if request is None:
            from app.cli.main import run  # noqa: PLC0415

            return run(sys.argv[1:])
        if not has_display(os.environ):
            from app.cli.main import say_no_display  # noqa: PLC0415

            return say_no_display()
        from app.desktop.startup import begin_startup  # noqa: PLC0415

        # Reading begins before Qt is even imported.
        reading = begin_startup(request)
        from app.desktop.running import open_desktop  # noqa: PLC0415

        return open_desktop(request, reading, sys.argv)
    except KeyboardInterrupt:
        # Before a command began or after it was done; in between it says that it stopped.
        return 1


def _command_names() -> frozenset[str]:
    from app.cli.main import command_names  # noqa: PLC0415 - only asked about a word that could be a command

    return command_names()


if __name__ == "__main__":
    sys.exit(main())
