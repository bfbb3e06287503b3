#!/bin/sh
# Removes what the installer for one person put into the home. Settings, state and the sandbox's data stay.
set -eu
cd "$(dirname "$0")"
. ./common.sh
[ -f "$program/installed" ] || refuse "There is no installation in $program." "$program にインストールはありません。"
if in_use "$program/versions" && [ -x "$program/current/chatlog-uploader" ]; then
  # The sandbox goes on for a while without the window.
  "$program/current/chatlog-uploader" --profile sandbox sandbox stop >/dev/null 2>&1 || true
fi
! in_use "$program/versions" ||
  refuse "Chat Log Uploader is running. Quit it, then try again." \
    "Chat Log Uploader が動いています。終了してからやり直してください。"
exec 9>"$program/lock"
flock -n 9 || refuse "An installation is going on." "インストールが進行中です。"

list=$(mktemp)
trap 'rm -f "$list"' EXIT
cp "$program/installed" "$list"
[ "$(readlink "$command")" != "$program/current/chatlog-uploader" ] || rm -f "$command"
while read -r kind path; do
  [ "$kind" = d ] || rm -f "$path"
done <"$list"
cd "$HOME"
rm -rf "$program"
renew_caches
# These are made from the files that lie beside them; where there are none left and the folder came with us, they go too.
if grep -qxF "d $data/mime" "$list" && [ -z "$(ls -A "$data/mime/packages" 2>/dev/null)" ]; then
  rm -rf "$data/mime"
fi
if grep -qxF "d $data/applications" "$list" && [ "$(ls -A "$data/applications" 2>/dev/null)" = mimeinfo.cache ]; then
  rm -f "$data/applications/mimeinfo.cache"
fi
# The longest first: the innermost folders.
sed -n 's/^d //p' "$list" | LC_ALL=C sort -r | while IFS= read -r path; do
  rmdir "$path" 2>/dev/null || true
done
say "Chat Log Uploader is removed. Your settings and data are as they were." \
  "Chat Log Uploader を削除しました。設定とデータは元のままです。"
