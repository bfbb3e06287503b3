#!/usr/bin/env bash
# Packages the stack in both modes, without the later phases and with them all, and the replica's; cfn-lint, checkov and our own
# tests judge the templates.
# Personal mode's template is left in backend/.serverless/.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/stack-tools.sh
prepare_osls
prepare_judges
template=backend/.serverless/cloudformation-template-update-stack.json
# W3005: a dependency that is implied already; the framework writes it.
judge() {
  local name=$1 log report
  shift
  log=$(osls package "$@" 2>&1) || { echo "$log" >&2; exit 1; }
  "$judges/cfn-lint" -i W3005 -- "$template"
  report=$("$judges/checkov" -f "$template" --framework cloudformation --compact --quiet --skip-download 2>&1) ||
    { echo "$report" >&2; exit 1; }
  echo "$name: cfn-lint clean; checkov: $(grep -o 'Passed checks.*' <<<"$report")"
}
every_phase=()
while read -r parameter; do every_phase+=(--param "$parameter"); done <tests/stack/every_phase.txt
judge replica --config replica.yml --stage prod
for mode in team personal; do
  judge "$mode with every phase" --stage prod --param "mode=$mode" "${every_phase[@]}"
  for stage in prod dev; do
    judge "$mode, $stage" --stage "$stage" --param "mode=$mode"
  done
done
CHATLOG_NODE=$node .venv/bin/python -m pytest -q -m stack tests/stack/test_template.py tests/stack/test_phases.py tests/stack/test_costs.py tests/stack/test_alarms.py tests/stack/test_shipped_template.py
