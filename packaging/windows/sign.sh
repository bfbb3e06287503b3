#!/usr/bin/env bash
# Signs Windows programs in place: sign.sh FILE… . Without a certificate it says so and changes nothing.
#   WINDOWS_CERTIFICATE           the certificate with its key: a PKCS#12 file in base64
#   WINDOWS_CERTIFICATE_PASSWORD  of that file
#   WINDOWS_TIMESTAMP_URL         whose clock is believed (RFC 3161); without it a signature ends with the certificate
set -euo pipefail
if [ -z "${WINDOWS_CERTIFICATE:-}" ]; then
  echo "Not signed, there is no certificate: $*" >&2
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(umask 077 && base64 -d <<<"$WINDOWS_CERTIFICATE" >"$work/certificate.p12" &&
  printf '%s' "${WINDOWS_CERTIFICATE_PASSWORD:-}" >"$work/password")
if command -v osslsigncode >/dev/null 2>&1; then
  options=(-pkcs12 "$work/certificate.p12" -readpass "$work/password" -h sha256 -n "Chat Log Uploader")
  [ -z "${WINDOWS_TIMESTAMP_URL:-}" ] || options+=(-ts "$WINDOWS_TIMESTAMP_URL")
  for file in "$@"; do
    osslsigncode sign "${options[@]}" -in "$file" -out "$work/signed" >/dev/null
    # A copy into its place keeps the file's rights.
    cat "$work/signed" >"$file"
    rm "$work/signed"
  done
  exit 0
fi
signtool=$(command -v signtool || find "/c/Program Files (x86)/Windows Kits/10/bin" -path '*/x64/signtool.exe' | sort -V | tail -1)
[ -n "$signtool" ] || { echo "There is a certificate, and neither signtool nor osslsigncode to sign with" >&2; exit 1; }
options=(/fd sha256 /d "Chat Log Uploader" /f "$(cygpath -w "$work/certificate.p12")" /p "${WINDOWS_CERTIFICATE_PASSWORD:-}")
[ -z "${WINDOWS_TIMESTAMP_URL:-}" ] || options+=(/tr "$WINDOWS_TIMESTAMP_URL" /td sha256)
files=()
for file in "$@"; do files+=("$(cygpath -w "$file")"); done
# Git's bash would take /fd for a path.
MSYS2_ARG_CONV_EXCL='*' "$signtool" sign "${options[@]}" "${files[@]}"
