#!/usr/bin/env bash
# Deploys the stack to AWS, or removes it: tools/deploy.sh deploy|remove STAGE [osls' own options, such as --region or --param mode=team]
set -euo pipefail
cd "$(dirname "$0")/.."
verb=$1 stage=${2:-}
target=$verb
[ "$verb" = remove ] && target=undeploy
options=()
case "$stage" in
  dev | staging | prod) shift 2 ;;
  *)
    # On this computer itself there is an emulator; its port stands in the endpoints that it serves.
    if [ "$stage" = emulated ] && [[ ${AWS_ENDPOINT_URL:-} =~ ^https://127\.0\.0\.1:([0-9]+)$ ]]; then
      shift 2
      options=(--param "emulatorPort=${BASH_REMATCH[1]}")
    else
      echo "Name the stage: make $target STAGE=dev (or staging, prod)." >&2
      exit 2
    fi
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
if [ "$verb" = remove ]; then
  bucket=$(.venv/bin/python -m tools.stack_output "$stage" Bucket "$@")
  osls remove --stage "$stage" "${options[@]}" "$@"
  cat <<END
The stack is gone. Still there, with everything in them: the bucket $bucket, its bucket of access logs, and the key that they
are encrypted with (1 USD a month). docs/operating.md says how these are removed, if they ever are.
END
  exit 0
fi
osls deploy --stage "$stage" --verbose "${options[@]}" "$@"
connection=$stage.chatlog-connection
(umask 077 && .venv/bin/python -m tools.stack_output "$stage" Connection "$@" >"$connection")
echo "Deployed. The connection stands in $connection: chatlog-uploader profile add $stage --connection $connection"
