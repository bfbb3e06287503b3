#!/usr/bin/env bash
# Makes the packages for Linux out of dist/chatlog-uploader: a .deb, and a .run that installs for one person. The same
# folder and SOURCE_DATE_EPOCH (default: the last commit's) give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
frozen=dist/chatlog-uploader
[ -x "$frozen/chatlog-uploader" ] || { echo "$frozen is not there: make frozen" >&2; exit 1; }
if ! command -v dpkg-deb >/dev/null 2>&1; then
  echo "No dpkg here: the packages for Linux are made on Debian or Ubuntu." >&2
  exit 0
fi
missing=()
command -v objdump >/dev/null 2>&1 || missing+=(binutils)
command -v dpkg-shlibdeps >/dev/null 2>&1 || missing+=(dpkg-dev)
command -v makeself >/dev/null 2>&1 || missing+=(makeself)
command -v xz >/dev/null 2>&1 || missing+=(xz-utils)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}" >/dev/null || {
    echo "Run this once, then try again: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  }
fi
python=.venv/bin/python
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1)}"
export PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1
version=$("$frozen/chatlog-uploader" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
machine=$(uname -m)
recipes=packaging/linux
work=build/linux
rm -rf "$work"

# What both packages put below share/.
share=$work/share
install -D -m 644 "$recipes/chatlog-uploader.desktop" "$share/applications/chatlog-uploader.desktop"
install -D -m 644 "$recipes/chatlog-uploader.xml" "$share/mime/packages/chatlog-uploader.xml"
"$python" packaging/icons.py hicolor "$share/icons/hicolor"
mkdir -p "$share/man/man1" "$share/bash-completion/completions"
"$python" "$recipes/man_page.py" | gzip -9n >"$share/man/man1/chatlog-uploader.1.gz"
"$python" "$recipes/bash_completion.py" >"$share/bash-completion/completions/chatlog-uploader"

same_times() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

deb=$work/deb
mkdir -p "$deb/DEBIAN" "$deb/usr/bin" "$deb/usr/lib" "$deb/usr/share/doc/chatlog-uploader"
cp -a "$frozen" "$deb/usr/lib/chatlog-uploader"
ln -s ../lib/chatlog-uploader/chatlog-uploader "$deb/usr/bin/chatlog-uploader"
cp -a "$share/." "$deb/usr/share/"
install -m 644 "$recipes/copyright" "$deb/usr/share/doc/chatlog-uploader/copyright"
for name in THIRD-PARTY-NOTICES.txt sbom.cdx.json; do
  ln -s "../../../lib/chatlog-uploader/_internal/notices/$name" "$deb/usr/share/doc/chatlog-uploader/$name"
done
chmod -R u=rwX,go=rX "$deb"
(cd "$deb" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$deb/DEBIAN/md5sums"
depends=$("$python" "$recipes/libraries.py" depends "$frozen")
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/" \
  -e "s/@INSTALLED_SIZE@/$(du -sk --apparent-size "$deb/usr" | cut -f1)/" "$recipes/control.in" >"$deb/DEBIAN/control"
same_times "$deb"
package="dist/chatlog-uploader_${version}_$architecture.deb"
dpkg-deb --root-owner-group -Zxz -z6 --build "$deb" "$work/package" >/dev/null
mv "$work/package" "$package"

payload=$work/run
mkdir -p "$payload"
cp -a "$frozen" "$payload/program"
cp -a "$share" "$payload/share"
cp "$recipes/install.sh" "$recipes/remove.sh" "$recipes/common.sh" "$payload/"
cp "$recipes/copyright" "$payload/program/copyright"
printf '%s\n' "$version" >"$payload/version"
"$python" "$recipes/libraries.py" needs "$frozen" >"$payload/needs"
chmod -R u=rwX,go=rX "$payload"
same_times "$payload"
# makeself writes its header as a here-document: what goes in is escaped for it, behind the first line of the result.
sed -e "s/@MACHINE@/$machine/" -e 's/[\\$`]/\\&/g' "$recipes/before-makeself.sh" >"$work/before"
sed -e "/^#!\/bin\/sh/r $work/before" /usr/share/makeself/makeself-header.sh >"$work/header.sh"
installer="dist/chatlog-uploader-$version-$machine.run"
makeself --quiet --sha256 --nox11 --xz --complevel 6 --threads 2 --header "$work/header.sh" \
  --tar-quietly --tar-format gnu \
  --tar-extra "--sort=name --owner=0 --group=0 --numeric-owner --mtime=@$SOURCE_DATE_EPOCH" \
  --packaging-date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)" \
  "$payload" "$work/installer" "Chat Log Uploader $version" sh ./install.sh >/dev/null
mv "$work/installer" "$installer"
rm -rf "$work"
(cd dist && sha256sum "$(basename "$package")" "$(basename "$installer")" >SHA256SUMS)
ls -lh "$package" "$installer" dist/SHA256SUMS | awk '{ print $5, $9 }'
