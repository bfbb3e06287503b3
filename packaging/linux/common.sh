# What installing and removing share: places, and how they speak. Read by both.
program=$HOME/.local/lib/chatlog-uploader
command=$HOME/.local/bin/chatlog-uploader
data=${XDG_DATA_HOME:-$HOME/.local/share}

say() { # English, Japanese
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  ja*) printf '%s\n' "$2" ;;
  *) printf '%s\n' "$1" ;;
  esac
}

refuse() {
  say "$1" "$2" >&2
  exit 1
}

# Whether a program below a folder is running.
in_use() {
  for running in /proc/[0-9]*/exe; do
    case $(readlink "$running" 2>/dev/null) in "$1"/*) return 0 ;; esac
  done
  return 1
}

# What desktops keep of entries and types. Where the tools are missing nobody reads these.
renew_caches() {
  if command -v update-desktop-database >/dev/null 2>&1 && [ -d "$data/applications" ]; then
    update-desktop-database -q "$data/applications" || true
  fi
  if command -v update-mime-database >/dev/null 2>&1 && [ -d "$data/mime/packages" ]; then
    update-mime-database "$data/mime" || true
  fi
}
