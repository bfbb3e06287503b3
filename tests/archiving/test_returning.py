"""The command line's `download --restore`: asked for once, waited for, brought."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import pytest

from app.archiving import returning
from app.archiving.lifetimes import is_coming
from app.cli import main
from app.errors import Cancelled, ObjectArchived
from tests.archiving.cold_object import ColdObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from app.bootstrap import Services
    from app.remote.protocol import HeadReply
    from app.sandbox.lifecycle import SandboxInfo
    from app.sessions.model import Session

CONTENT = secrets.token_bytes(5_000)


@pytest.fixture
def cold(
    home: Path,
    environ: Mapping[str, str],
    open_services: Callable[[Path], Services],
    session_of: Callable[..., Session],
    shared_sandbox: SandboxInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ColdObject:
    """An archived file that was moved to an archive class since; looks at it follow each other at once."""
    monkeypatch.setattr(returning, "FIRST_LOOK_SECONDS", 0.02)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "film.md").write_bytes(CONTENT)
    session = session_of(tmp_path / "source", "film.md", session_id=secrets.token_hex(8))
    services = open_services(home)
    (outcome,) = services.archiver(lambda _: None, compress=False).archive([session])
    assert outcome.files[0].outcome.s3_key is not None
    found = ColdObject(shared_sandbox.data_folder, outcome.files[0].outcome.s3_key)
    found.freeze("DEEP_ARCHIVE")
    return found


@pytest.fixture
def download(home: Path, cold: ColdObject, tmp_path: Path) -> Callable[..., int]:
    """Runs the command."""
    return lambda *options: main.run(
        ["download", cold.s3_key, "--to", str(tmp_path / "out"), "--home", str(home), *options]
    )


def test_download_restore_asks_says_so_waits_and_brings(
    cold: ColdObject,
    download: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[int] = []

    def look(head: HeadReply) -> bool:
        looks.append(cold.asked())
        if len(looks) == 3:
            cold.bring_back()
        return is_coming(head)

    monkeypatch.setattr(returning, "is_coming", look)

    assert download("--restore", "--tier", "Bulk", "--days", "2") == 0

    told = capsys.readouterr()
    assert "Ctrl+C ends the waiting, not the return" in told.err
    assert told.err.count("is expected by") == 1
    assert "verified" in told.out
    [brought] = (tmp_path / "out").iterdir()
    assert brought.read_bytes() == CONTENT
    # Not yet asked for at the first look, once at every other.
    assert looks == [0, 1, 1, 1]


def test_without_it_the_next_step_is_told_and_nothing_is_asked(
    cold: ColdObject, download: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert download() == 1
    assert f"download {cold.s3_key} --restore`" in capsys.readouterr().err
    assert cold.asked() == 0


def test_what_can_be_read_is_brought_at_once(
    cold: ColdObject, download: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    cold.freeze("GLACIER_IR")
    assert download("--restore") == 0
    assert "waits" not in capsys.readouterr().err
    assert cold.asked() == 0


def test_waiting_ends_when_it_is_no_longer_wanted_and_goes_on_later(
    cold: ColdObject, home: Path, open_services: Callable[[Path], Services]
) -> None:
    from app.remote.protocol import ObjectRequest  # noqa: PLC0415 - slow
    from app.transfer.downloads import ReturnRequest  # noqa: PLC0415 - beside it

    services = open_services(home)
    stopped = threading.Event()
    fetched: list[str] = []

    def fetch() -> str:
        fetched.append(cold.s3_key)
        raise ObjectArchived(s3Key=cold.s3_key)

    with pytest.raises(Cancelled):
        returning.once_returned(
            fetch,
            services.lifetimes,
            ObjectRequest(cold.s3_key),
            ReturnRequest(1, "Standard"),
            waits=lambda _: stopped.set(),
            stopped=stopped,
        )
    assert (len(fetched), cold.asked()) == (1, 1)
    # A return that has expired while it was waited for is not asked for again unasked.
    cold.expire()
    stopped.clear()
    with pytest.raises(ObjectArchived):
        returning.once_returned(
            fetch,
            services.lifetimes,
            ObjectRequest(cold.s3_key),
            ReturnRequest(1, "Standard"),
            waits=lambda _: cold.expire(),
            stopped=stopped,
        )
