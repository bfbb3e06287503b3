# Stands before makeself's own part: --remove, and what can be refused before anything is unpacked.
if test "${1-}" = --remove; then
    if test ! -f "$HOME/.local/lib/chatlog-uploader/remove.sh"; then
        echo "There is no installation in $HOME/.local/lib/chatlog-uploader." >&2
        exit 1
    fi
    exec sh "$HOME/.local/lib/chatlog-uploader/remove.sh"
fi
if test "`uname -s` `uname -m`" != "Linux @MACHINE@"; then
    echo "This program is for Linux on @MACHINE@; this computer is `uname -s` on `uname -m`." >&2
    exit 1
fi
if ! command -v xz >/dev/null 2>&1; then
    echo "xz is needed to unpack this. On Debian and Ubuntu: sudo apt-get install xz-utils" >&2
    exit 1
fi
