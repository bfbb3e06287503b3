#!/usr/bin/env bash
# Installs what is locked, and the program, into the Python at hand. For workflows on Windows and macOS, whose virtual
# environments are laid out in other ways; people use `make setup`.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python}
"$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
here=$("$python" -c 'import sys; print(sys.executable)')
"$python" -m uv pip install --quiet --python "$here" --require-hashes -r requirements.lock
"$python" -m uv pip install --quiet --python "$here" --no-deps --no-build-isolation --editable .
