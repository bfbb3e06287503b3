#!/usr/bin/env bash
# Freezes the program into dist/chatlog-uploader. PyInstaller needs objdump and the interpreter as a shared library.
set -euo pipefail
cd "$(dirname "$0")/.."
if command -v dpkg-query >/dev/null 2>&1; then
  missing=()
  command -v objdump >/dev/null 2>&1 || missing+=(binutils)
  # Debian's python3 is linked statically; PyInstaller takes the library from this package.
  name=$(.venv/bin/python -c 'import sys; print(f"libpython{sys.version_info[0]}.{sys.version_info[1]}")')
  if .venv/bin/python -c 'import sys; sys.exit(not sys.base_prefix.startswith("/usr"))' &&
    ! dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed'; then
    [ "$(.venv/bin/python -c 'import sys; print(sys.base_prefix)')" = /usr ] && missing+=("$name")
  fi
  if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}" >/dev/null || {
      echo "Run this once, then try again: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    }
  fi
fi
# The order of sets is in the byte code; with a fixed one the same sources freeze to the same bytes.
export PYTHONHASHSEED=1
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1)}"
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build build.spec
du -sh dist/chatlog-uploader
