"""The name, type and metadata a session's file gets in S3.

Names and metadata are not encrypted by S3, so they hold ids, sizes and hashes only. The backend sanitises names
again; a name made here passes its rules unchanged.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.sessions.model import SessionFile

NAME_LIMIT = 128
"""Characters of a fileName, as PROTOCOL.md's "Keys" has it."""

FORMAT_VERSION = "1"
"""Of the metadata below; readers refuse nothing they do not know."""

COMPRESSED_TYPE = "application/zstd"
COMPRESSED_SUFFIX = ".zst"

_TYPES: Mapping[str, str] = {
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".log": "text/plain",
    ".zip": "application/zip",
    ".zst": COMPRESSED_TYPE,
}
"""The endpoint's allow-list; everything else travels as octet-stream."""


def discriminator(source: str, session_id: str, relative_path: str) -> str:
    """8 hex digits that keep files of one name apart, the same on every computer that has the same session.

    The name counts as it was found: one folder can hold both the composed and the decomposed form of it, and two
    files must never share a key.
    """
    identity = f"{source}\x00{session_id}\x00{relative_path}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def object_name(source: str, session_id: str, file: SessionFile, *, compressed: bool) -> str:
    """The fileName asked for: readable stem, discriminator, extension; at most `NAME_LIMIT` safe characters.

    The path inside the session becomes part of the stem, so that a companion is recognised by eye.
    """
    relative = PurePosixPath(file.relative_path)
    extension = safe_text(relative.suffix.lstrip("."))[:16]
    ending = f"-{discriminator(source, session_id, file.relative_path)}"
    ending += f".{extension}" if extension else ""
    ending += COMPRESSED_SUFFIX if compressed else ""
    parts = [*relative.parts[:-1], relative.stem] if not file.is_main else [relative.stem]
    stem = "-".join(filter(None, (safe_text(part) for part in parts))) or "session"
    return stem[: NAME_LIMIT - len(ending)].rstrip("-._") + ending


def content_type(name: str, *, compressed: bool) -> str:
    """The type of the stored bytes."""
    if compressed:
        return COMPRESSED_TYPE
    return _TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def metadata(source: str, session_id: str, original_size: int, original_sha256: str) -> dict[str, str]:
    """What stands unencrypted beside the object (x-amz-meta-*): ids, sizes and hashes, in printable ASCII."""
    return {
        "tool": source,
        "session-id": quote(session_id, safe="!#$&'()*+,-./:;=?@[]_{}~", errors="surrogatepass")[:256],
        "original-size": str(original_size),
        "original-sha256": original_sha256,
        "format-version": FORMAT_VERSION,
    }


def safe_text(text: str) -> str:
    """Lower-case ASCII letters, digits, dots, hyphens and underscores; accents dropped, the rest a hyphen."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9._-]", "-", plain)).strip("-._")
