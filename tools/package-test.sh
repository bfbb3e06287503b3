#!/usr/bin/env bash
# Installs dist's packages on a bare Debian 12 (a chroot, kept fresh in build/debian-12), uses and removes them. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || {
    echo "A chroot needs root: sudo make test-packages" >&2
    exit 1
  }
  exec sudo -n bash "$0" "$@"
fi
command -v debootstrap >/dev/null 2>&1 ||
  apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends debootstrap >/dev/null
fresh=build/debian-12
if [ ! -d "$fresh" ]; then
  rm -rf "$fresh.new"
  debootstrap --variant=minbase bookworm "$fresh.new" http://deb.debian.org/debian >build/debian-12.log 2>&1 || {
    tail -5 build/debian-12.log >&2
    exit 1
  }
  mv "$fresh.new" "$fresh"
fi
# Short, for sockets' paths; not below a folder that only root may enter.
folder=$(mktemp -d /tmp/packages-XXXXXX)
chmod 755 "$folder"
# Mounts are seen by this process alone, and end with it.
code=0
PACKAGES_FOLDER=$folder BARE_DEBIAN=$PWD/$fresh unshare --mount --propagation private \
  .venv/bin/python -m pytest -q -x --timeout 1200 tests/packages/in_bare_debian.py "$@" || code=$?
rm -rf --one-file-system "$folder"
exit "$code"
