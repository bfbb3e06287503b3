#!/usr/bin/env bash
# mypy over the whole tree as each of the three systems sees it: what one of them lacks is told on any of them.
# lint-types.sh PYTHON. Each system's results are kept apart, for mypy forgets what it knows when the system changes.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for system in linux win32 darwin; do
  "$1" -m mypy --platform "$system" --cache-dir ".mypy_cache/$system" >"$folder/$system" 2>&1 &
  echo "$!" >"$folder/$system.pid"
done
failed=0
for system in linux win32 darwin; do
  wait "$(cat "$folder/$system.pid")" || failed=1
  sed "s/^/$system: /" "$folder/$system"
done
exit "$failed"
