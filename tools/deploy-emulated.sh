#!/usr/bin/env bash
# Deploys the stack with osls to an emulator of AWS, in both modes, and tests what is deployed. The emulator listens on
# the loopback interface only and ends with the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/stack-tools.sh
prepare_osls
CHATLOG_NODE=$node exec .venv/bin/python -m pytest -q -m stack tests/stack/test_deployed_personal.py tests/stack/test_deployed_team.py tests/stack/test_deployed_phases.py tests/stack/test_operate.py tests/stack/test_backend_deploy.py tests/stack/test_setup_dialog.py tests/stack/test_guide.py
