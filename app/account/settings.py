"""The choices a person makes in settings.toml, apart from profiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, get_args

from app.account.amounts import OFF, parse_size, parse_speed, size_text, speed_text
from app.account.endpoints import EndpointRefused, normalise_endpoint
from app.account.toml_file import TomlFile, table_in, table_to_edit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from tomlkit import TOMLDocument

LanguageSetting = Literal["system", "en", "ja"]
Appearance = Literal["system", "light", "dark"]
Contrast = Literal["system", "more"]
Motion = Literal["system", "reduced"]
Notifications = Literal["failures", "all", "none"]
CloseAction = Literal["ask", "background", "quit"]
TextSize = Literal[100, 110, 125, 150]

MAXIMUM_PARALLEL_UPLOADS = 32

LEAST_PARTS_ABOVE = 5 * 1024**2
"""Bytes: S3 takes no smaller part but the last (Amazon S3 user guide, "Amazon S3 multipart upload limits")."""

MOST_PARTS_ABOVE = 5 * 1024**3
"""Bytes: what S3 takes in one PUT."""

_AMOUNTS = {"upload_limit": speed_text, "download_limit": speed_text, "parts_above": size_text}
"""Settings that are written with their units."""

_DESKTOP = "desktop"
_DESKTOP_CHOICES: Mapping[str, tuple[Any, ...]] = {
    "appearance": get_args(Appearance),
    "contrast": get_args(Contrast),
    "motion": get_args(Motion),
    "notifications": get_args(Notifications),
    "close_action": get_args(CloseAction),
    "first_run_done": (True, False),
    "text_size": get_args(TextSize),
}
"""What stands in the table `[desktop]`, and what may stand there."""

_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices, with their defaults."""

    extra_folders: tuple[Path, ...] = ()
    """Folders searched for sessions besides the tools' own; absolute."""
    hidden_sources: tuple[str, ...] = ()
    """Names of sources (`app.sessions.sources`) that were switched off: their sessions are not listed."""
    compression: bool = True
    """Whether files are compressed before they are sent."""
    parallel_uploads: int = 16
    """Uploads at once, 1 to 32."""
    upload_limit: int | None = None
    """Bytes per second that all uploads together send at most; None: no limit."""
    download_limit: int | None = None
    """The same for downloads."""
    parts_above: int = 16 * 1024**2
    """Stored bytes above which a file goes in parts, `LEAST_PARTS_ABOVE` to `MOST_PARTS_ABOVE`."""
    releases_address: str | None = None
    """The address that is asked for newer releases of this program, normalised; None: nobody is asked."""
    language: LanguageSetting = "system"
    """The language of messages; `system` follows the environment."""
    appearance: Appearance = "system"
    """The window's colours; `system` follows the system, also while the program runs."""
    contrast: Contrast = "system"
    """How strong lines and secondary text are."""
    motion: Motion = "system"
    """Whether things move on the screen."""
    notifications: Notifications = "failures"
    """What the system's notifications tell of."""
    close_action: CloseAction = "ask"
    """What closing the window means: go on in the background, or quit."""
    first_run_done: bool = False
    """Whether the first steps were finished or skipped."""
    text_size: TextSize = 100
    """Percent of the system's text size."""


class SettingsChange(TypedDict, total=False):
    """The fields of `Settings`, each of which a change may name."""

    extra_folders: Sequence[Path]
    hidden_sources: Sequence[str]
    compression: bool
    parallel_uploads: int
    upload_limit: int | None
    download_limit: int | None
    parts_above: int
    releases_address: str | None
    language: LanguageSetting
    appearance: Appearance
    contrast: Contrast
    motion: Motion
    notifications: Notifications
    close_action: CloseAction
    first_run_done: bool
    text_size: TextSize


class SettingsStore:
    """The settings of one home, to read and to change. Touches the disk: not for a thread that paints."""

    def __init__(self, path: Path) -> None:
        self._file = TomlFile(path)

    def read(self) -> Settings:
        """The settings in the file; the defaults where it says nothing or is not there.

        Raises SettingsCorrupt, FileUnreadable.
        """
        return _from_values(self._file.read(), self._file)

    def change(self, **values: Unpack[SettingsChange]) -> Settings:
        """Write the fields named that are not so already, and return all settings as they are now.

        What a person wrote beside them survives. Nothing is written when a value is none that `read` would take.
        Raises SettingsCorrupt (naming the key), FileUnreadable, FolderNotWritable, DiskFull.
        """

        def edit(document: TOMLDocument) -> Settings:
            before = _from_values(document.unwrap(), self._file)
            for name, value in values.items():
                wanted = tuple(dict.fromkeys(value)) if isinstance(value, list | tuple) else value
                if getattr(before, name) != wanted:
                    self._write(document, name, wanted)
            return _from_values(document.unwrap(), self._file)

        return self._file.edit(edit)

    def _write(self, document: TOMLDocument, name: str, value: Any) -> None:  # noqa: ANN401 - any field's value
        if name in _DESKTOP_CHOICES:
            table_to_edit(document, _DESKTOP, self._file)[name] = value
        elif name == "extra_folders":
            _write_folders(document, value, self._file)
        elif name == "releases_address" and value is None:
            document.pop(name, None)
        elif name in _AMOUNTS:
            document[name] = _AMOUNTS[name](value)
        else:
            document[name] = list(value) if isinstance(value, tuple) else value


def _from_values(values: Mapping[str, Any], file: TomlFile) -> Settings:
    defaults = Settings()
    desktop = table_in(values, _DESKTOP, file)
    return replace(
        defaults,
        extra_folders=tuple(_folder(text, file) for text in _texts(values, "extra_folders", file, "folders")),
        hidden_sources=_texts(values, "hidden_sources", file, "names"),
        compression=_choice(values, "compression", file, (True, False), defaults.compression),
        parallel_uploads=_parallel_uploads(values, file, defaults.parallel_uploads),
        upload_limit=_speed(values, "upload_limit", file),
        download_limit=_speed(values, "download_limit", file),
        parts_above=_parts_above(values, file, defaults.parts_above),
        releases_address=_releases_address(values, file),
        language=_choice(values, "language", file, get_args(LanguageSetting), defaults.language),
        **{
            name: _choice(desktop, name, file, known, getattr(defaults, name), where=f"{_DESKTOP}.")
            for name, known in _DESKTOP_CHOICES.items()
        },
    )


def _texts(values: Mapping[str, Any], key: str, file: TomlFile, what: str) -> tuple[str, ...]:
    found = values.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise file.corrupt(f"{key}: a list of {what} in quotes is expected")
    return tuple(found)


def _folder(text: str, file: TomlFile) -> Path:
    try:
        text.encode()  # a name that is not Unicode cannot stand in TOML
        folder = Path(text).expanduser()
    except (RuntimeError, UnicodeEncodeError) as problem:  # RuntimeError: "~name" of nobody
        raise file.corrupt(f"extra_folders: {text!r}: {problem}") from problem
    if not folder.is_absolute() or "\0" in text:
        raise file.corrupt(f"extra_folders: {text!r}: an absolute path is expected")
    return folder


def _write_folders(document: TOMLDocument, folders: Sequence[Path], file: TomlFile) -> None:
    """Put in and take out single entries, so that "~/…" and comments beside the others stay as they were written."""
    written = document.setdefault("extra_folders", [])
    for position in reversed(range(len(written))):
        if _folder(written[position], file) not in folders:
            del written[position]
    known = [_folder(text, file) for text in written]
    for folder in folders:
        if folder not in known:
            written.append(str(folder))
            known.append(folder)
    if known != list(folders):
        document["extra_folders"] = [str(folder) for folder in folders]


def _parallel_uploads(values: Mapping[str, Any], file: TomlFile, default: int) -> int:
    found = values.get("parallel_uploads", default)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= MAXIMUM_PARALLEL_UPLOADS:
        raise file.corrupt(f"parallel_uploads: a number from 1 to {MAXIMUM_PARALLEL_UPLOADS} is expected")
    return found


def _speed(values: Mapping[str, Any], key: str, file: TomlFile) -> int | None:
    try:
        # What is no text is no speed either, and has a text that is none.
        return parse_speed(str(values.get(key, OFF)))
    except ValueError as problem:
        raise file.corrupt(f"{key}: {problem}") from problem


def _parts_above(values: Mapping[str, Any], file: TomlFile, default: int) -> int:
    found = parse_size(str(values["parts_above"])) if "parts_above" in values else default
    if found is None or not LEAST_PARTS_ABOVE <= found <= MOST_PARTS_ABOVE:
        least, most = size_text(LEAST_PARTS_ABOVE), size_text(MOST_PARTS_ABOVE)
        raise file.corrupt(f'parts_above: a size from "{least}" to "{most}" is expected')
    return found


def _releases_address(values: Mapping[str, Any], file: TomlFile) -> str | None:
    if "releases_address" not in values:
        return None
    try:
        return normalise_endpoint(str(values["releases_address"]))
    except EndpointRefused as problem:
        raise file.corrupt('releases_address: an https address without "?" and "#" is expected') from problem


def _choice(
    values: Mapping[str, Any],
    key: str,
    file: TomlFile,
    known: tuple[_Choice, ...],
    default: _Choice,
    *,
    where: str = "",
) -> _Choice:
    """One of the `known` values. `True` is not taken for 1, nor 100.0 for 100."""
    found = values.get(key, default)
    for choice in known:
        if type(found) is type(choice) and found == choice:
            return choice
    raise file.corrupt(f"{where}{key}: {_listed(known)} is expected")


def _listed(known: Sequence[object]) -> str:
    """The values as they are written in TOML: "a", "b" or "c"."""
    words = [f'"{value}"' if isinstance(value, str) else str(value).lower() for value in known]
    return f"{', '.join(words[:-1])} or {words[-1]}"
