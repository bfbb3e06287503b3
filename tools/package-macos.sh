#!/usr/bin/env bash
# Makes the disk image for macOS out of dist/Chat Log Uploader.app. Only macOS has what it needs.
#   MACOS_SIGNING_IDENTITY               name of the certificate; without it nothing is signed for others (build.spec reads it, too)
#   NOTARY_KEY, NOTARY_KEY_ID, NOTARY_ISSUER  an App Store Connect key (the .p8 file's text, its id, its issuer), to notarise with
set -euo pipefail
cd "$(dirname "$0")/.."
name="Chat Log Uploader"
bundle="dist/$name.app"
[ -d "$bundle" ] || { echo "$bundle is not there: freeze the program on macOS first" >&2; exit 1; }
version=$("$bundle/Contents/MacOS/chatlog-uploader" --version | cut -d' ' -f2)
image="dist/chatlog-uploader-$version-$(uname -m).dmg"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
identity=${MACOS_SIGNING_IDENTITY:-}
if [ -n "$identity" ]; then
  codesign --verify --deep --strict "$bundle"
fi
mkdir "$work/image"
cp -R "$bundle" "$work/image/"
# To drag the program onto.
ln -s /Applications "$work/image/Applications"
rm -f "$image"
hdiutil create -quiet -volname "$name $version" -srcfolder "$work/image" -fs HFS+ -format UDZO "$image"
if [ -n "$identity" ]; then
  codesign --force --timestamp --sign "$identity" "$image"
else
  echo "Not signed, there is no identity: $image" >&2
fi
if [ -n "$identity" ] && [ -n "${NOTARY_KEY:-}" ]; then
  (umask 077 && printf '%s\n' "$NOTARY_KEY" >"$work/key.p8")
  xcrun notarytool submit "$image" --key "$work/key.p8" --key-id "$NOTARY_KEY_ID" --issuer "$NOTARY_ISSUER" --wait --timeout 30m
  # So that it opens without a network, too.
  xcrun stapler staple "$image"
else
  echo "Not notarised, there are no credentials: $image" >&2
fi
(cd dist && shasum -a 256 "$(basename "$image")" >SHA256SUMS-macos)
echo "$image"
