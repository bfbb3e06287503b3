"""The choices a person makes in settings.toml, apart from profiles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from app.account.toml_file import TomlFile, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

LanguageSetting = Literal["system", "en", "ja"]

MAXIMUM_PARALLEL_UPLOADS = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices, with their defaults."""

    extra_folders: tuple[Path, ...] = ()
    """Folders searched for sessions besides the tools' own; absolute."""
    compression: bool = True
    """Whether files are compressed before they are sent."""
    parallel_uploads: int = 8
    """Uploads at once, 1 to 32."""
    language: LanguageSetting = "system"
    """The language of messages; `system` follows the environment."""


def read_settings(path: Path) -> Settings:
    """The settings in the file; the defaults where it says nothing or is not there.

    Raises SettingsCorrupt, FileUnreadable.
    """
    file = TomlFile(path)
    values = file.read()
    defaults = Settings()
    return Settings(
        extra_folders=_folders(values, file),
        compression=_compression(values, file, default=defaults.compression),
        parallel_uploads=_parallel_uploads(values, file, defaults.parallel_uploads),
        language=_language(values, file, defaults.language),
    )


def _folders(values: Mapping[str, Any], file: TomlFile) -> tuple[Path, ...]:
    found = values.get("extra_folders", [])
    if not isinstance(found, list) or not all(isinstance(folder, str) and folder for folder in found):
        raise file.corrupt("extra_folders: a list of folders in quotes is expected")
    return tuple(_folder(folder, file) for folder in found)


def _folder(text: str, file: TomlFile) -> Path:
    try:
        folder = Path(text).expanduser()
    except RuntimeError as problem:  # "~name" of nobody
        raise file.corrupt(f"extra_folders: {text}: {problem}") from problem
    if not folder.is_absolute() or "\0" in text:
        raise file.corrupt(f"extra_folders: {text!r}: an absolute path is expected")
    return folder


def _compression(values: Mapping[str, Any], file: TomlFile, *, default: bool) -> bool:
    found = values.get("compression", default)
    if not isinstance(found, bool):
        raise file.corrupt("compression: true or false is expected")
    return found


def _parallel_uploads(values: Mapping[str, Any], file: TomlFile, default: int) -> int:
    found = values.get("parallel_uploads", default)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= MAXIMUM_PARALLEL_UPLOADS:
        raise file.corrupt(f"parallel_uploads: a number from 1 to {MAXIMUM_PARALLEL_UPLOADS} is expected")
    return found


def _language(values: Mapping[str, Any], file: TomlFile, default: LanguageSetting) -> LanguageSetting:
    found = text_in(values, "language", file) or default
    for known in get_args(LanguageSetting):
        if found == known:
            return known  # type: ignore[no-any-return]  # get_args forgets the types of what it gives
    raise file.corrupt('language: "system", "en" or "ja" is expected')
