"""Limits of the command line: they stand above the settings', for this command alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.account.settings import SettingsStore
from app.bootstrap import Services
from app.cli import archive_commands, upload_command
from app.cli.main import run
from app.errors import Cancelled
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from pathlib import Path

    from app.cli.context import Context


@pytest.fixture
def held_to(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int | None, int | None]]:
    """The limits (uploads, downloads) that hold when a command begins its work, which it does not do."""
    found: list[tuple[int | None, int | None]] = []

    def note(context: Context, *_: object, **__: Any) -> Any:
        uploads, downloads = context.services.bandwidths
        found.append((uploads.limit, downloads.limit))
        raise Cancelled

    monkeypatch.setattr(upload_command, "find_sessions", note)
    monkeypatch.setattr(archive_commands, "download_progress", note)
    return found


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        ("upload --all", (2000, 3000)),
        ("upload --all --limit-upload 512K", (512 * 1024, 3000)),
        ("upload --all --limit-upload off", (None, 3000)),
        ("download KEY", (2000, 3000)),
        ("download KEY --limit-download 20Mbit/s", (2000, 2_500_000)),
        ("download KEY --limit-download=off", (2000, None)),
    ],
)
def test_an_option_stands_above_the_settings(
    tmp_path: Path, held_to: list[tuple[int | None, int | None]], words: str, limits: tuple[int | None, ...]
) -> None:
    SettingsStore(resolve_paths(tmp_path).settings).change(upload_limit=2000, download_limit=3000)
    run(["--home", str(tmp_path), *words.split()])
    assert held_to == [limits]


def test_a_speed_without_its_unit_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["upload", "--all", "--limit-upload", "500"]) == 2
    assert "20 Mbit/s" in capsys.readouterr().err


def test_uploads_go_in_parts_above_the_size_that_is_set(tmp_path: Path) -> None:
    paths = resolve_paths(tmp_path)
    SettingsStore(paths.settings).change(parts_above=5 * 1024**2)
    services = Services(paths, {}, home=tmp_path)
    try:
        assert services._uploader(lambda _: None, keeps_what_halts=False).parts_above == 5 * 1024**2
    finally:
        services.close()
        services.sandbox.stop()
