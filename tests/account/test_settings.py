"""The settings file: what it says, what a person wrote in it, what happens when it is broken."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.account.profiles import ProfileStore, make_profile
from app.account.settings import Settings, SettingsChange, SettingsStore
from app.account.toml_file import TomlFile
from app.errors import DiskFull, FileUnreadable, FolderNotWritable, SettingsCorrupt
from tests.system import PRIVATE_FILE

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
    assert SettingsStore(path).read() == Settings()
    assert SettingsStore(path.parent / "missing" / "settings.toml").read() == Settings()
    assert not path.exists()


def test_what_the_file_says(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path.write_text(WRITTEN_BY_A_PERSON + "\n", encoding="utf-8")
    assert SettingsStore(path).read() == Settings(
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
        "upload_limit = 2097152",
        "upload_limit = true",
        'upload_limit = "fast"',
        'upload_limit = "500 B/s"',
        'download_limit = "-1M"',
        'download_limit = ""',
        "parts_above = 16777216",
        'parts_above = "4 MiB"',
        'parts_above = "5.1 GiB"',
        'parts_above = "16 MiB/s"',
        'releases_address = "http://releases.example.com/"',
        'releases_address = "https://aki:secret@releases.example.com/"',
        'releases_address = "releases.example.com"',
        "releases_address = true",
        'releases_address = ""',
        'language = "fr"',
        "language = 3",
        'hidden_sources = "codex"',
        "hidden_sources = [3]",
        'hidden_sources = [""]',
    ],
)
def test_a_wrong_value_is_reported_with_its_key(path: Path, line: str) -> None:
    path.write_text(line, encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as caught:
        SettingsStore(path).read()
    assert caught.value.parameters["path"] == str(path)
    assert str(caught.value.parameters["reason"]).startswith(line.split(" ", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('appearance = "sepia"', 'desktop.appearance: "system", "light" or "dark" is expected'),
        ("appearance = 3", 'desktop.appearance: "system", "light" or "dark" is expected'),
        ('contrast = "less"', 'desktop.contrast: "system" or "more" is expected'),
        ("motion = false", 'desktop.motion: "system" or "reduced" is expected'),
        ('notifications = ""', 'desktop.notifications: "failures", "all" or "none" is expected'),
        ('close_action = "hide"', 'desktop.close_action: "ask", "background" or "quit" is expected'),
        ("first_run_done = 1", "desktop.first_run_done: true or false is expected"),
        ("text_size = 100.0", "desktop.text_size: 100, 110, 125 or 150 is expected"),
        ("text_size = 105", "desktop.text_size: 100, 110, 125 or 150 is expected"),
    ],
)
def test_a_wrong_value_of_the_window_is_reported_with_its_key_and_what_may_stand_there(
    path: Path, line: str, reason: str
) -> None:
    path.write_text(f"[desktop]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as caught:
        SettingsStore(path).read()
    assert caught.value.parameters == {"path": str(path), "reason": reason, "line": None}


def test_a_value_in_the_place_of_the_window_s_table_is_reported(path: Path) -> None:
    path.write_text("desktop = 3\n", encoding="utf-8")
    attempts: list[Callable[[], object]] = [
        lambda: SettingsStore(path).read(),
        lambda: SettingsStore(path).change(appearance="dark"),
    ]
    for attempt in attempts:
        with pytest.raises(SettingsCorrupt, match="desktop: a table is expected"):
            attempt()


# ---- changes made by the program --------------------------------------------------------------------------

EVERYTHING: SettingsChange = {
    "extra_folders": [Path("/srv/logs"), Path("/srv/チャット")],
    "hidden_sources": ["files"],
    "compression": False,
    "parallel_uploads": 3,
    "upload_limit": 2_500_000,
    "download_limit": 512 * 1024,
    "parts_above": 64 * 1024**2,
    "releases_address": "https://releases.example.com/repos/aki/uploader/releases",
    "language": "ja",
    "appearance": "dark",
    "contrast": "more",
    "motion": "reduced",
    "notifications": "none",
    "close_action": "quit",
    "first_run_done": True,
    "text_size": 125,
}


def test_every_setting_can_be_changed_and_is_read_again(path: Path) -> None:
    assert set(EVERYTHING) == {field.name for field in dataclasses.fields(Settings)}
    changed = SettingsStore(path).change(**EVERYTHING)
    assert changed == SettingsStore(path).read()
    for field in dataclasses.fields(Settings):
        value = getattr(changed, field.name)
        assert value != getattr(Settings(), field.name)
        assert (list(value) if isinstance(value, tuple) else value) == EVERYTHING[field.name]  # type: ignore[literal-required]
    assert path.stat().st_mode & 0o777 == PRIVATE_FILE


def test_a_releases_address_is_normalised_and_taken_away_again(path: Path) -> None:
    store = SettingsStore(path)
    store.change(releases_address="HTTPS://Releases.Example.com:443")
    assert store.read().releases_address == "https://releases.example.com/"
    assert store.change(releases_address=None).releases_address is None
    assert "releases_address" not in path.read_text(encoding="utf-8")


def test_what_is_the_window_s_alone_stands_in_its_own_table(path: Path) -> None:
    SettingsStore(path).change(appearance="dark", text_size=110, compression=False, hidden_sources=["codex"])
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {
        "compression": False,
        "hidden_sources": ["codex"],
        "desktop": {"appearance": "dark", "text_size": 110},
    }


def test_a_change_leaves_what_a_person_wrote(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path.write_text(WRITTEN_BY_A_PERSON, encoding="utf-8")
    store = SettingsStore(path)
    before = store.read()
    store.change(appearance="light", compression=True, extra_folders=[*before.extra_folders, Path("/new")])
    after = path.read_text(encoding="utf-8")
    missing = [line for line in WRITTEN_BY_A_PERSON.splitlines() if line not in after.splitlines()]
    assert missing == ["compression = false   # the disk is slow", 'extra_folders = ["~/notes", "/srv/logs"]']
    assert "compression = true   # the disk is slow" in after
    assert 'extra_folders = ["~/notes", "/srv/logs", "/new"]' in after
    store.change(appearance="system", compression=False, extra_folders=before.extra_folders)
    assert store.read() == before
    assert 'extra_folders = ["~/notes", "/srv/logs"]' in path.read_text(encoding="utf-8")


def test_folders_are_taken_out_and_put_in_one_by_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path.write_text(
        'extra_folders = [\n  "~/notes", # mine\n  "/old",\n  "/srv/logs", # the server\n]\n',
        encoding="utf-8",
    )
    store = SettingsStore(path)
    store.change(extra_folders=[tmp_path / "notes", Path("/srv/logs"), Path("/new"), Path("/new")])
    text = path.read_text(encoding="utf-8")
    assert '"~/notes", # mine' in text
    assert '"/srv/logs", # the server' in text
    assert store.read().extra_folders == (tmp_path / "notes", Path("/srv/logs"), Path("/new"))

    store.change(extra_folders=[Path("/new"), tmp_path / "notes"])
    assert store.read().extra_folders == (Path("/new"), tmp_path / "notes")
    store.change(extra_folders=[])
    assert store.read().extra_folders == ()


def test_a_change_to_what_is_so_already_writes_nothing(path: Path) -> None:
    assert SettingsStore(path).change(appearance="system", extra_folders=[], text_size=100) == Settings()
    assert not path.exists()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"appearance": "sepia"}, "desktop.appearance"),
        ({"text_size": 105}, "desktop.text_size"),
        ({"text_size": True}, "desktop.text_size"),
        ({"parallel_uploads": 0}, "parallel_uploads"),
        ({"upload_limit": 0}, "upload_limit"),
        ({"parts_above": 5 * 1024**2 - 1}, "parts_above"),
        ({"compression": "yes"}, "compression"),
        ({"extra_folders": [Path("relative")]}, "extra_folders"),
        ({"extra_folders": [Path("/not-unicode-\udcff")]}, "extra_folders"),
        ({"hidden_sources": [""]}, "hidden_sources"),
    ],
)
def test_a_value_that_could_not_be_read_again_is_not_written(path: Path, change: Any, key: str) -> None:
    path.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(SettingsCorrupt) as caught:
        SettingsStore(path).change(motion="reduced", **change)
    assert str(caught.value.parameters["reason"]).startswith(key + ":")
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_a_wrong_value_is_mended_by_hand_and_not_by_a_change_of_another(path: Path) -> None:
    path.write_text("parallel_uploads = 99\n", encoding="utf-8")
    with pytest.raises(SettingsCorrupt):
        SettingsStore(path).change(appearance="dark")
    assert path.read_text(encoding="utf-8") == "parallel_uploads = 99\n"


@pytest.mark.parametrize(
    "written",
    [
        '[desktop]\nappearance = "dark" # at night\n\n[profiles.team]\nkind = "iam"\n',
        'desktop.appearance = "dark" # at night\n[profiles.team]\nkind = "iam"\n',
        'desktop = { appearance = "dark" } # at night\n[profiles.team]\nkind = "iam"\n',
        '[profiles.team]\nkind = "iam"\n[desktop] # at night\nappearance = "dark"\n[profiles.other]\nkind = "iam"\n',
    ],
)
def test_however_a_person_wrote_the_table_it_is_changed_in_its_place(path: Path, written: str) -> None:
    path.write_text(written, encoding="utf-8")
    SettingsStore(path).change(appearance="light", text_size=150, hidden_sources=["files"])
    text = path.read_text(encoding="utf-8")
    expected = tomllib.loads(written) | {"hidden_sources": ["files"]}
    assert tomllib.loads(text) == expected | {"desktop": {"appearance": "light", "text_size": 150}}
    assert "# at night" in text


def test_changes_of_settings_and_of_profiles_at_once_are_all_kept(path: Path) -> None:
    def change(number: int) -> None:
        if number % 2:
            ProfileStore(path).add(make_profile(f"p-{number}", "iam", FUNCTION_URL))
        else:
            folders = SettingsStore(path).read().extra_folders
            SettingsStore(path).change(text_size=125, extra_folders=folders)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(16)))
    assert len(ProfileStore(path).names()) == 1 + 8
    assert SettingsStore(path).read().text_size == 125


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
        lambda: SettingsStore(path).read(),
        lambda: SettingsStore(path).change(appearance="dark"),
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
    assert SettingsStore(path).read() == Settings(compression=False, parallel_uploads=2)


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
        SettingsStore(path).read()
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
