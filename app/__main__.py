"""The program's door: arguments in, exit code out."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support

from app.cli.main import run


def main() -> int:
    """Run the command line with this process's arguments; the exit code (PRODUCT.md: 0, 1 or 2)."""
    freeze_support()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
