#!/usr/bin/env bash
# The main job, end to end, on this computer's sessions and the sandbox: find, archive, history, bring back, compare.
# main-job.sh [PROGRAM]: another one than .venv's.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-.venv/bin/chatlog-uploader}
python=.venv/bin/python
[ -x "$python" ] || python=python
app() { "$program" "$@" --profile sandbox; }

if [ "$(app list --json | wc -l)" -gt 0 ]; then
  what=(--all)
  echo "Sessions on this computer:"
  app list
else
  what=(resources/example-session.jsonl)
  echo "No sessions were found on this computer; a small example stands in:"
  app list "${what[@]}"
fi
echo
echo "Archiving to the sandbox (this computer only):"
app upload "${what[@]}"
echo
echo "What the archive holds:"
app history
echo
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
key=$(app history --json | "$python" -c 'import json, sys; print(json.loads(sys.stdin.readline())["s3Key"])')
echo "Bringing the newest one back, verified against the hash of the original:"
app download "$key" --to "$folder"
