#!/usr/bin/env bash
# Packages the stack for a stage, judges that very template, and says what deploying it would add and take away:
# tools/plan.sh STAGE [osls' own options]. The exit code is 1 where data, or the role that runs deploy by, would go.
set -euo pipefail
cd "$(dirname "$0")/.."
stage=$1
shift
region=ap-northeast-1 previous=
for word in "$@"; do
  [ "$previous" != --region ] || region=$word
  previous=$word
done
. tools/stack-tools.sh
prepare_osls
prepare_judges
log=$(osls package --stage "$stage" "$@" 2>&1) || { echo "$log" >&2; exit 1; }
template=backend/.serverless/cloudformation-template-update-stack.json
# W3005: a dependency that is implied already; the framework writes it.
"$judges/cfn-lint" -i W3005 -- "$template"
"$judges/checkov" -f "$template" --framework cloudformation --compact --quiet --skip-download >/dev/null
.venv/bin/python tools/stack_plan.py "chatlog-uploader-$stage" "$template" --region "$region"
