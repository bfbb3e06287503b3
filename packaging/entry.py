"""Where the frozen program starts."""

import os
import sys

from app.__main__ import main

# On Windows and macOS the window's program has no console to write to.
if sys.stdout is None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - kept until the process ends
if sys.stderr is None:
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - likewise

sys.exit(main())
