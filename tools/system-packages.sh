# Installs what a command needs, quietly, on Debian and its relatives. To be sourced.
# shellcheck shell=bash

# install_missing COMMAND PACKAGE [COMMAND PACKAGE …]: the packages of those commands that are not there.
install_missing() {
  local missing=() as_root=()
  while [ "$#" -gt 0 ]; do
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
    shift 2
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  { "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}"; } \
    >/dev/null 2>&1 || {
    echo "Run this once, then try again: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    return 1
  }
}
