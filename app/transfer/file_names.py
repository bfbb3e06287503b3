"""Names that came from elsewhere, made fit to be created on this computer."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME_BYTES = 200
"""Most file systems allow 255 bytes; room is left for a discriminator."""

_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe_name(name: str, fallback: str = "download") -> str:
    """A base name without separators, control or bidirectional characters, leading dots or dashes, or a meaning of
    its own on Windows; at most 200 bytes of UTF-8, the extension kept."""
    base = _SEPARATORS.split(name)[-1]
    visible = "".join(character for character in base if unicodedata.category(character) not in _INVISIBLE)
    plain = _FORBIDDEN.sub("_", visible).lstrip(".-~ ").rstrip(". ")
    if not plain:
        plain = fallback
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    return _shortened(plain)


def with_mark(name: str, mark: str) -> str:
    """The name with `-mark` before its extension."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem}-{mark}.{extension}" if dot and stem else f"{name}-{mark}"


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 20:  # noqa: PLR2004 - longer ones are no extensions
        stem, ending = name, ""
    else:
        ending = f".{extension}"
    room = LONGEST_NAME_BYTES - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + ending
