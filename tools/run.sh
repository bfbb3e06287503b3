#!/usr/bin/env bash
# Opens the window; where there is no display, says so and does the main job through the command line.
set -euo pipefail
cd "$(dirname "$0")/.."
no_display=2 # the program's exit code where it cannot open a window

if [ "$(uname)" = Darwin ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
  code=0
  .venv/bin/chatlog-uploader || code=$?
  [ "$code" -eq "$no_display" ] || exit "$code"
fi
echo "There is no display, so this runs the main job through the command line."
exec bash tools/main-job.sh
