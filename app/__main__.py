"""The program's door: arguments in, exit code out."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support


def main() -> int:
    """Run the command line with this process's arguments; the exit code (PRODUCT.md: 0, 1 or 2)."""
    freeze_support()
    try:
        from app.cli.main import run  # noqa: PLC0415 - Ctrl-C may come while this is imported

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before a command began or after it was done; in between it says that it stopped.
        return 1


if __name__ == "__main__":
    sys.exit(main())
