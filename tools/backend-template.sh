#!/usr/bin/env bash
# Writes the template that ships with the program (resources/backend/personal.json): osls packages personal mode, and
# tools/backend_template.py makes it one that the program deploys by itself.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/stack-tools.sh
prepare_osls
log=$(osls package --stage prod --region us-east-1 --param mode=personal 2>&1) || { echo "$log" >&2; exit 1; }
.venv/bin/python tools/backend_template.py backend/.serverless/cloudformation-template-update-stack.json resources/backend/personal.json
