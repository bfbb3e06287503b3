#!/usr/bin/env bash
# Has Chromium from the system's packages, for the test that signs in with a real browser (a minute, 400 MB).
set -euo pipefail
command -v chromium >/dev/null 2>&1 && exit 0
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
"${as_root[@]}" apt-get update -qq >/dev/null
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends chromium >/dev/null 2>&1
