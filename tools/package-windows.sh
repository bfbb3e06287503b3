#!/usr/bin/env bash
# Makes the installer for Windows: package-windows.sh [FROZEN FOLDER [makensis' own options]]. Runs on Windows (Git's bash)
# and, with a stand-in for the frozen program, on Linux. Signs where there is a certificate: packaging/windows/sign.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
frozen=${1:-dist/chatlog-uploader}
[ "$#" -eq 0 ] || shift
for program in "Chat Log Uploader.exe" chatlog-uploader.exe; do
  [ -f "$frozen/$program" ] || { echo "$frozen/$program is not there: freeze the program on Windows first" >&2; exit 1; }
done
if ! command -v makensis >/dev/null 2>&1; then
  if [ -x "/c/Program Files (x86)/NSIS/makensis.exe" ]; then
    PATH="/c/Program Files (x86)/NSIS:$PATH"
  else
    . tools/system-packages.sh
    install_missing makensis nsis
  fi
fi
python=${PYTHON:-.venv/bin/python}
version=$("$python" -c 'import re, pathlib; print(re.search(r"__version__ = \"(.+)\"", pathlib.Path("app/__init__.py").read_text(encoding="utf-8"))[1])')
output=${OUTPUT_FOLDER:-dist}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" packaging/icons.py ico "$work/chatlog-uploader.ico"
bash packaging/windows/sign.sh "$frozen/Chat Log Uploader.exe" "$frozen/chatlog-uploader.exe"

# makensis on Windows knows Windows' own paths alone.
native() { if command -v cygpath >/dev/null 2>&1; then cygpath -w -a "$1"; else realpath -m "$1"; fi; }
mkdir -p "$output"
installer=$output/chatlog-uploader-$version-setup.exe
options=(-V2 -WX -INPUTCHARSET UTF8 "-DVERSION=$version" "-DPAYLOAD=$(native "$frozen")")
options+=("-DICON=$(native "$work/chatlog-uploader.ico")" "-DOUTPUT=$(native "$installer")")
if [ -n "${WINDOWS_CERTIFICATE:-}" ]; then
  # The installer and the uninstaller in it, as each is made.
  options+=("-DSIGN=bash \"$PWD/packaging/windows/sign.sh\"")
fi
makensis "${options[@]}" "$@" packaging/windows/chatlog-uploader.nsi
(cd "$output" && sha256sum "$(basename "$installer")" >SHA256SUMS-windows)
echo "$installer"
