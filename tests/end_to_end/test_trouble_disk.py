"""Full disks and folders that cannot be written: said as they are, and nothing that was finished is lost."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Sequence

    from tests.end_to_end.conftest import Home

    SmallDisk = Callable[[Path, int], tuple[str, ...]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts and permissions are POSIX's")

UPLOAD = ("upload", "--all", "--json")
MAKE_ROOM = "Make room, then run the command again"


def test_a_full_disk_on_download_leaves_nothing_half(
    home: Home, tmp_path: Path, on_small_disk: SmallDisk
) -> None:
    path = home.write_session("large", size=2_000_000)
    s3_key = home.run(*UPLOAD).line["s3Key"]
    target = tmp_path / "target"
    target.mkdir()
    ran = home.run("download", s3_key, "--to", str(target), before=on_small_disk(target, 1_000_000), code=1)
    # What stands behind the sentence is what was in the folder.
    assert ran.err == (
        f"The disk is full: {target} (2.0 MB needed, 1.0 MB free). {MAKE_ROOM};"
        " nothing that was finished is lost.\n"
    )
    assert home.run("download", s3_key, "--to", str(target), "--json").line["verified"]
    assert (target / path.name).read_bytes() == path.read_bytes()


def test_a_disk_that_fills_up_while_a_download_writes(
    home: Home, tmp_path: Path, on_small_disk: SmallDisk
) -> None:
    path = home.write_session("large", size=80_000_000)
    s3_key = home.run(*UPLOAD).line["s3Key"]
    target = tmp_path / "target"
    target.mkdir()
    with download_in_mid_write(home, s3_key, target, on_small_disk(target, 160_000_000)) as (download, disk):
        fill(disk)
    _, err = download.communicate(timeout=60)
    assert download.returncode == 1
    said, *left = err.splitlines()
    assert said == f"The disk is full: {target}. {MAKE_ROOM}; nothing that was finished is lost."
    assert left == ["filler"]
    home.run("download", s3_key, "--to", str(target))
    assert (target / path.name).read_bytes() == path.read_bytes()


@contextmanager
def download_in_mid_write(
    home: Home, s3_key: str, target: Path, before: Sequence[str]
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A download that is halted while it writes, and the disk as it sees it; it goes on after the block."""
    for _ in range(5):
        download = home.start("download", s3_key, "--to", str(target), before=before)
        # The process's own view of the file system, the disk that only it sees included.
        disk = Path(f"/proc/{download.pid}/root") / target.relative_to("/")
        home.wait_until(partial(is_being_written, download, disk))
        halted: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            for program in psutil.Process(download.pid).children():
                program.suspend()
                halted.append(program)
        try:
            if halted and is_being_written(download, disk):
                yield download, disk
                return
        finally:
            for program in halted:
                program.resume()
        download.communicate(timeout=60)  # it was too quick
    raise AssertionError("no download could be halted in time")


def is_being_written(download: subprocess.Popen[str], disk: Path) -> bool:
    """Or has ended."""
    with suppress(OSError):
        if any(part.stat().st_size for part in disk.glob("*.part")):
            return True
    return download.poll() is not None


def fill(disk: Path) -> None:
    block = bytes(1 << 20)
    with (disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(block)


def test_a_download_that_outgrows_what_a_file_may_have_leaves_nothing_half(
    home: Home, tmp_path: Path
) -> None:
    """As a quota does: the limit shows only when bytes are written."""
    path = home.write_session("large", size=2_000_000)
    s3_key = home.run(*UPLOAD).line["s3Key"]
    limited = ("sh", "-c", 'ulimit -f 1000; exec "$@"', "sh")
    target = tmp_path / "target"
    ran = home.run("download", s3_key, "--to", str(target), before=limited, code=1)
    assert f"{target} cannot be written: File too large. " in ran.err
    assert list(target.iterdir()) == []
    home.run("download", s3_key, "--to", str(target))
    assert (target / path.name).read_bytes() == path.read_bytes()


def test_a_full_disk_for_the_spool_fails_what_does_not_fit(
    home: Home, tmp_path: Path, on_small_disk: SmallDisk
) -> None:
    home.write_session("small", size=1_000)
    home.write_session("large", size=2_000_000)
    home.run("sandbox", "info")
    home.paths.spool.mkdir()
    ran = home.run(*UPLOAD, before=on_small_disk(home.paths.spool, 500_000), code=1)
    lines = {line["sessionId"]: line for line in ran.lines}
    assert lines["small"]["state"] == "archived"
    assert lines["large"]["error"]["code"] == "disk-full"
    assert f"The disk is full: {home.paths.spool}. {MAKE_ROOM}" in ran.err
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_a_full_disk_for_the_records_is_said_once(
    home: Home, tmp_path: Path, on_small_disk: SmallDisk
) -> None:
    for number in range(40):
        home.write_session(f"session-{number}", size=2_000)
    home.run("sandbox", "info")
    disk = tmp_path / "disk"
    disk.mkdir()
    home.paths.state.symlink_to(disk / "state.db")
    ran = home.run(*UPLOAD, before=on_small_disk(disk, 300_000), code=1)
    failed = [line for line in ran.lines if line["state"] == "failed"]
    assert {line["error"]["code"] for line in failed} == {"disk-full"}
    assert len(ran.lines) == 40
    assert (
        f"{len(failed) - 1} more files failed for the same reason: The disk is full: {home.paths.state}"
        in ran.err
    )
    assert len(ran.err.splitlines()) < 10
    # That disk is gone, and with it every receipt: what S3 has already is recognised.
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_a_home_that_cannot_be_written_is_told_of(
    home: Home, tmp_path: Path, as_anybody: tuple[str, ...]
) -> None:
    home.write_session()
    home.run("list")
    for path in (*home.path.iterdir(), home.path):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        ran = home.run(*UPLOAD, before=as_anybody, code=1)
        assert f"{home.path}" in ran.err
        assert "cannot be written" in ran.err
        assert "choose another place with --home" in ran.err
    finally:
        for path in (home.path, *home.path.iterdir()):
            path.chmod(path.stat().st_mode | 0o200)
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")
