"""`python -m app.sandbox FOLDER`: be the sandbox of one folder, without the command line's other parts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.sandbox.lifecycle import idle_seconds
from app.sandbox.server import serve

if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1]), idle_seconds(os.environ)))
