#!/usr/bin/env bash
# Deploys the stack to AWS: tools/deploy.sh STAGE [osls' own options, such as --region or --param mode=team]
set -euo pipefail
cd "$(dirname "$0")/.."
stage=${1:-}
case "$stage" in
  dev | staging | prod) shift ;;
  *)
    echo "Name the stage: make deploy STAGE=dev (or staging, prod)." >&2
    exit 2
    ;;
esac
. tools/stack-tools.sh
if ! .venv/bin/python -c 'import sys, botocore.session; sys.exit(botocore.session.get_session().get_credentials() is None)' 2>/dev/null; then
  echo "No AWS credentials were found: set AWS_PROFILE, sign in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY." >&2
  exit 1
fi
if ! prepare_osls; then
  echo "The Serverless Framework could not be prepared: it needs Node 20.19, 22.13, 24 or newer, and npm." >&2
  exit 1
fi
osls deploy --stage "$stage" --verbose "$@"
