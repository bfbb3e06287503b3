#!/usr/bin/env bash
# Puts the certificate to sign with into a keychain of its own, for this computer's codesign. Without one it says so.
#   MACOS_CERTIFICATE           "Developer ID Application" with its key: a PKCS#12 file in base64
#   MACOS_CERTIFICATE_PASSWORD  of that file
# keychain.sh FOLDER: where the keychain goes; the folder is to be deleted afterwards.
set -euo pipefail
folder=$1
if [ -z "${MACOS_CERTIFICATE:-}" ]; then
  echo "No certificate: the program will not be signed for others." >&2
  exit 0
fi
umask 077
mkdir -p "$folder"
keychain=$folder/signing.keychain-db
password=$(uuidgen)
base64 -d <<<"$MACOS_CERTIFICATE" >"$folder/certificate.p12"
trap 'rm -f "$folder/certificate.p12"' EXIT
security create-keychain -p "$password" "$keychain"
# Long enough for all that has to be signed.
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$folder/certificate.p12" -P "${MACOS_CERTIFICATE_PASSWORD:-}" -k "$keychain" -T /usr/bin/codesign
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
