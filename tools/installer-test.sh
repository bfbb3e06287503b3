#!/usr/bin/env bash
# Runs the installer for Windows under Wine, with a stand-in for the program: installs, opens, replaces and removes it.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/system-packages.sh
install_missing makensis nsis wine wine
# The command alone may be there without what runs 64-bit programs.
[ -e /usr/lib/wine/wine64 ] || install_missing wine64-of-wine wine64
.venv/bin/python -m pytest -q --timeout 600 tests/packages/in_wine.py "$@"
