#!/usr/bin/env bash
# Prepares .venv and the system packages the program and its tests need. May be repeated; does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
venv=.venv

say() { printf '%s\n' "$*" >&2; }

# Qt's own needs (offscreen, then a real X window), a Secret Service with a bus to test the keyring on, and a display with
# a window manager, a mouse and a screen reader's view to test the window on.
packages=(
  libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libgssapi-krb5-2
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
  dbus gnome-keyring
  xvfb openbox xdotool at-spi2-core
)

install_system_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0 # other systems bring Qt's needs along or name them at start
  local missing=() package
  for package in "${packages[@]}"; do
    # Debian 13 and Ubuntu 24.04 renamed some libraries with a t64 ending.
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      dpkg-query -W -f '${Status}' "${package}t64" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      say "These system packages are missing. Run this once, then try again:"
      say "  sudo apt-get install --no-install-recommends ${missing[*]}"
      exit 1
    fi
  fi
  say "Installing system packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    say "The system packages could not be installed; the lines above say why."
    exit 1
  fi
  rm -f "$log"
}

fingerprint() { cat pyproject.toml requirements.lock requirements-setup.lock tools/setup.sh | sha256sum | cut -d' ' -f1; }

install_system_packages
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.fingerprint" 2>/dev/null)" = "$(fingerprint)" ]; then
  exit 0
fi

"$python" - <<'PY' || { say "Python 3.11 or newer is needed; set PYTHON to one."; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
say "Preparing $venv"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r requirements.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
fingerprint >"$venv/.fingerprint"
