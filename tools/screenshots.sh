#!/usr/bin/env bash
# Pictures of every page, dialog, menu and error into build/screenshots, and the README's three into docs/images, with the fonts LOOK's pictures have.
set -euo pipefail
cd "$(dirname "$0")/.."
fonts=(fonts-inter fonts-jetbrains-mono fonts-noto-cjk)
if command -v dpkg-query >/dev/null 2>&1 && ! dpkg-query -W -f '${Status}\n' "${fonts[@]}" 2>/dev/null | grep -c 'ok installed' | grep -qx "${#fonts[@]}"; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  { "${as_root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${fonts[@]}"; } >/dev/null 2>&1 ||
    printf '%s\n' "These fonts are missing, so the pictures will have others: ${fonts[*]}" >&2
fi
.venv/bin/python tools/screenshots.py build/screenshots
.venv/bin/python tools/screenshots.py docs/images --readme
