"""The settings file: what it says, what a person wrote in it, what happens when it is broken."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.account.profiles import ProfileStore, make_profile
from app.account.settings import Settings, read_settings
from app.account.toml_file import TomlFile
from app.errors import DiskFull, FileUnreadable, FolderNotWritable, SettingsCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTION_URL = "https://abc123.lambda-url.eu-west-1.on.aws/"

WRITTEN_BY_A_PERSON = f"""\
# My settings. Do not touch!
compression = false   # the disk is slow
future_key = [1, 2,
              3]      # not known to this version

parallel_uploads = 4
extra_folders = ["~/notes", "/srv/logs"]

# the team's
[profiles.team]
kind = "iam"  # SSO
endpoint = "{FUNCTION_URL}"

[window]
size = {{ width = 3 }}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    assert read_settings(path) == Settings()
    assert read_settings(path.parent / "missing" / "settings.toml") == Settings()
    assert not path.exists()


def test_what_the_file_says(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path.write_text(WRITTEN_BY_A_PERSON + "\n", encoding="utf-8")
    assert read_settings(path) == Settings(
        extra_folders=(tmp_path / "notes", Path("/srv/logs")), compression=False, parallel_uploads=4
    )


def test_a_person_s_words_survive_every_change(path: Path) -> None:
    path.write_text(WRITTEN_BY_A_PERSON, encoding="utf-8")
    store = ProfileStore(path)
    store.use("team")
    store.add(make_profile("other", "iam", FUNCTION_URL))
    store.remove("other")
    store.use("sandbox")
    after = path.read_text(encoding="utf-8")
    for line in WRITTEN_BY_A_PERSON.splitlines():
        assert line in after.splitlines()
    assert tomllib.loads(after) == tomllib.loads(WRITTEN_BY_A_PERSON) | {"profile": "sandbox"}


@pytest.mark.parametrize(
    "line",
    [
        "extra_folders = 3",
        'extra_folders = "/srv"',
        "extra_folders = [3]",
        'extra_folders = [""]',
        'extra_folders = ["relative/folder"]',
        'extra_folders = ["~nobody-of-this-name/x"]',
        'extra_folders = ["/a\\u0000b"]',
        'compression = "yes"',
        "compression = 1",
        "parallel_uploads = 0",
        "parallel_uploads = 33",
        "parallel_uploads = true",
        "parallel_uploads = 1.5",
        'language = "fr"',
        "language = 3",
    ],
)
def test_a_wrong_value_is_reported_with_its_key(path: Path, line: str) -> None:
    path.write_text(line, encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as caught:
        read_settings(path)
    assert caught.value.parameters["path"] == str(path)
    assert str(caught.value.parameters["reason"]).startswith(line.split(" ", maxsplit=1)[0])


BROKEN = [
    (b"compression = true\nparallel_uploads = \n", 2),
    (b"[profiles.a]\n[profiles.a]\n", 2),
    (b"a = 1\na = 2\n", 2),
    (b"[unfinished", 1),
    (b'a = "\xff"\n', None),
    (b"a = 2024-13-45\n", 1),
    (b"\x00\x01\x02", 1),
    (b"a = " + b"[" * 20000, None),
]


@pytest.mark.parametrize(("content", "line"), BROKEN)
def test_a_broken_file_is_reported_with_its_line_and_never_written_over(
    path: Path, content: bytes, line: int | None
) -> None:
    path.write_bytes(content)
    store = ProfileStore(path)
    attempts: list[Callable[[], object]] = [
        lambda: read_settings(path),
        store.names,
        lambda: store.current(None, {}),
        lambda: store.add(make_profile("team", "iam", FUNCTION_URL)),
        lambda: store.use("sandbox"),
        lambda: store.remove("team"),
    ]
    for attempt in attempts:
        with pytest.raises(SettingsCorrupt) as caught:
            attempt()
        assert caught.value.parameters["path"] == str(path)
        assert caught.value.parameters["line"] == line
    assert path.read_bytes() == content


@given(text=st.text(alphabet="[]{}\"'=.#\n ,ab1-:é\x00", max_size=60))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_and_kept_or_reported(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
    before = path.read_bytes()
    store = ProfileStore(path)
    try:
        known = TomlFile(path).read()
        store.use("sandbox")
    except SettingsCorrupt:
        assert path.read_bytes() == before
    else:
        assert TomlFile(path).read() == known | {"profile": "sandbox"}


def test_windows_marks_and_line_ends_are_understood(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfcompression = false\r\nparallel_uploads = 2\r\n")
    assert read_settings(path) == Settings(compression=False, parallel_uploads=2)


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles" / "chatlog.toml"
    target.write_text("# mine\n", encoding="utf-8")
    path.symlink_to(target)
    ProfileStore(path).use("sandbox")
    assert path.is_symlink()
    assert target.read_text(encoding="utf-8") == '# mine\nprofile = "sandbox"\n'


def test_a_folder_in_the_file_s_place_is_unreadable_and_stays(path: Path) -> None:
    path.mkdir()
    with pytest.raises(FileUnreadable):
        read_settings(path)
    with pytest.raises(FileUnreadable):
        ProfileStore(path).use("sandbox")


def test_a_home_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = ProfileStore(tmp_path / "file" / "settings.toml")
    with pytest.raises((FolderNotWritable, FileUnreadable)):
        store.use("sandbox")


def test_a_failed_change_leaves_the_file_and_no_litter(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("# mine\n", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", _no_space)
    with pytest.raises(DiskFull):
        ProfileStore(path).use("sandbox")
    assert path.read_text(encoding="utf-8") == "# mine\n"
    assert {found.name for found in path.parent.iterdir()} <= {path.name, f".{path.name}.lock"}


def _no_space(_: int) -> None:
    raise OSError(28, "No space left on device")
