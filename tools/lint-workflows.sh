#!/usr/bin/env bash
# Judges .github/workflows: actionlint for what GitHub would not run, zizmor for what somebody could misuse. No network.
# lint-workflows.sh [FILE…]: others than ours.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- .github/workflows/*.yml
. tools/stack-tools.sh
prepare_node
environment workflow-judges requirements-workflows.lock
folder=tools/workflow-lint
if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/installed.lock"; then
  (cd "$folder" && PATH="$(dirname "$node"):$PATH" "$node" "$npm" ci --silent --ignore-scripts --no-audit --no-fund --no-progress)
  cp "$folder/package-lock.json" "$folder/node_modules/installed.lock"
fi
"$node" "$folder/lint.mjs" "$@"
said=$("$stack_tools/workflow-judges/bin/zizmor" --offline --no-progress --quiet --color never "$@" 2>&1) || { echo "$said" >&2; exit 1; }
