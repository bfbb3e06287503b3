#!/bin/sh
# Installs the program for the person who runs this: no root, nothing outside the home. May be repeated: a new version
# takes the place of an old one in one step (rename), and programs that run go on with the files they began with.
set -eu
umask 022
cd "$(dirname "$0")"
. ./common.sh

if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ]; then
  refuse "This installs for one person and needs no root: run it without sudo." \
    "これは一人のためのインストールで、root は要りません。sudo なしで実行してください。"
fi
if [ -e "$command" ] || [ -L "$command" ]; then
  [ "$(readlink "$command")" = "$program/current/chatlog-uploader" ] ||
    refuse "$command is there already and is not ours. Move it away, then try again." \
      "$command がすでにあり、このインストーラーのものではありません。移動してからやり直してください。"
fi

# The closest folder that is there says on which disk it will be.
disk=$program
while [ ! -d "$disk" ]; do disk=$(dirname "$disk"); done
needed=$(($(du -sk program | cut -f1) + 4096))
free=$(df -Pk "$disk" | awk 'NR == 2 { print $4 }')
[ "$free" -ge "$needed" ] ||
  refuse "The disk of $disk is too full: $((needed / 1024)) MB are needed, $((free / 1024)) MB are free." \
    "$disk のディスクに空きが足りません。必要: $((needed / 1024)) MB、空き: $((free / 1024)) MB"

touch_list=$(mktemp)
made() { printf '%s %s\n' "$1" "$2" >>"$touch_list"; }
# Makes a folder and writes down each that was not there, so that removing leaves none behind.
folder() {
  [ -d "$1" ] && return 0
  folder "$(dirname "$1")"
  mkdir "$1"
  made d "$1"
}
folder "$program/versions"
folder "$(dirname "$command")"

version=$(cat version)
new=$(mktemp -d "$program/versions/$version.XXXXXX")
trap 'rm -rf "$new" "$touch_list"; rmdir "$program/versions" "$program" 2>/dev/null || true' EXIT
trap 'exit 1' HUP INT TERM
exec 9>"$program/lock"
flock -n 9 || refuse "Another installation is going on." "別のインストールが進行中です。"

chmod 755 "$new"
cp -R program/. "$new/" ||
  refuse "The program could not be copied to $program. What was there is as it was." \
    "プログラムを $program にコピーできませんでした。前からあるものは元のままです。"
"$new/chatlog-uploader" --version >/dev/null ||
  refuse "The program does not start on this system (the lines above say why). What was there is as it was." \
    "プログラムがこのシステムで起動しません（理由は上の行）。前からあるものは元のままです。"

# From here on it is installed: one rename.
cp remove.sh "$program/.remove.new"
cp common.sh "$program/.common.new"
mv "$program/.remove.new" "$program/remove.sh"
mv "$program/.common.new" "$program/common.sh"
ln -sfn "versions/$(basename "$new")" "$program/.current.new"
mv -T "$program/.current.new" "$program/current"
trap 'rm -f "$touch_list"' EXIT

place() { # from, to
  folder "$(dirname "$2")"
  cp "$1" "$2.new"
  mv "$2.new" "$2"
  made f "$2"
}
(cd share && find . -type f) | sed 's|^\./||' | LC_ALL=C sort >"$program/.share"
while IFS= read -r file; do place "share/$file" "$data/$file"; done <"$program/.share"
rm "$program/.share"
# A desktop's PATH may lack ~/.local/bin: its entry names the program by its place.
entry=$data/applications/chatlog-uploader.desktop
exec_place=$(printf '%s' "$command" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
awk -v place="$exec_place" -v try="$command" '
  /^Exec=/ { print "Exec=\"" place "\" %F"; next }
  /^TryExec=/ { print "TryExec=" try; next }
  { print }' "share/applications/chatlog-uploader.desktop" >"$entry.new"
mv "$entry.new" "$entry"
ln -sfn "$program/current/chatlog-uploader" "$command.new"
mv -T "$command.new" "$command"

# Files and folders of an earlier version: what is still used stays in the list, other files go.
if [ -f "$program/installed" ]; then
  while read -r kind path; do
    grep -qxF "$kind $path" "$touch_list" && continue
    if [ "$kind" = d ]; then made d "$path"; else rm -f "$path"; fi
  done <"$program/installed"
fi
cp "$touch_list" "$program/.installed.new"
mv "$program/.installed.new" "$program/installed"

for old in "$program"/versions/*; do
  [ "$old" = "$new" ] || in_use "$old" || rm -rf "$old"
done
renew_caches

say "Chat Log Uploader $version is installed: $command" "Chat Log Uploader $version をインストールしました: $command"
case ":$PATH:" in
*":$(dirname "$command"):"*) ;;
*) say "$(dirname "$command") is not on your PATH yet; signing in again usually puts it there." \
  "$(dirname "$command") がまだ PATH にありません。ログインし直すと入るのが普通です。" ;;
esac
missing=
while read -r name package; do
  case $name in
  /*) [ -e "$name" ] ;;
  *) /sbin/ldconfig -p 2>/dev/null | grep -q "[[:space:]]$name " ;;
  esac || case "$missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
done <needs
[ -z "$missing" ] ||
  say "The window also needs: sudo apt-get install --no-install-recommends$missing" \
    "ウィンドウには次も必要です: sudo apt-get install --no-install-recommends$missing"
say "To remove it: sh $program/remove.sh" "削除するには: sh $program/remove.sh"
