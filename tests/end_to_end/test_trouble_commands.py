"""Commands that are stopped, whose reader goes away, or that run twice at once."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.system import signal_group

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Home

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes as POSIX has them")

UPLOAD = ("upload", "--all", "--json")


def begun(home: Home, upload: subprocess.Popen[str]) -> bool:
    """Whether an upload has archived something, or has ended."""
    with suppress(sqlite3.OperationalError):  # its tables are still to be made
        if home.paths.state.exists() and any(row["state"] == "verified" for row in home.transfers()):
            return True
    return upload.poll() is not None


def test_ctrl_c_says_that_running_again_goes_on_and_it_does(home: Home, tmp_path: Path) -> None:
    for number in range(40):
        home.write_session(f"session-{number}", size=1_000_000)
    upload = home.start(*UPLOAD)
    home.wait_until(lambda: begun(home, upload))
    upload.send_signal(signal.SIGINT)
    out, err = upload.communicate(timeout=60)
    assert upload.returncode == 1
    assert err == "Stopped. Finished work is kept; run the command again to go on.\n"
    done = [json.loads(line) for line in out.splitlines()]
    assert len(done) < 40
    assert {row["lease_owner"] for row in home.transfers()} == {None}
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_ctrl_c_while_the_program_is_still_being_loaded_leaves_no_trace(home: Home) -> None:
    stop = "type('Stop', (), {'find_spec': lambda s, name, *_: (_ for _ in ()).throw(KeyboardInterrupt)})()"
    script = f"import sys; from app.__main__ import main; sys.meta_path.insert(0, {stop}); sys.exit(main())"
    ran = home.run("list", program=(sys.executable, "-c", script), code=1)
    assert (ran.out, ran.err) == ("", "")


def test_ctrl_c_of_a_terminal_stops_the_scan_s_processes_without_a_word_of_theirs(home: Home) -> None:
    """A terminal sends the signal to the whole group, whose processes may just be starting."""
    write_much(home)
    for delay in (0.0, 0.01, 0.02, 0.04, 0.06, 0.1):
        home.paths.index.unlink(missing_ok=True)
        listing = home.start("list", own_group=True)
        home.wait_until(lambda: readers(listing, at_least=2))  # noqa: B023 - called at once
        with suppress(subprocess.TimeoutExpired):
            listing.wait(delay)
        signal_group(listing.pid, signal.SIGINT)
        _, err = listing.communicate(timeout=60)
        assert err == "Stopped. Finished work is kept; run the command again to go on.\n"
        assert listing.returncode == 1


def test_a_killed_scan_takes_its_processes_along(home: Home) -> None:
    write_much(home)
    listing = home.start("list")
    left = home.wait_until(lambda: readers(listing, at_least=2))
    listing.kill()
    listing.wait()
    home.wait_until(lambda: not any(process.is_running() for process in left), seconds=20)
    home.run("list")


def write_much(home: Home) -> None:
    """So many bytes of sessions that several processes read them; they share their place on the disk."""
    path = home.write_session("session", size=20_000_000)
    for number in range(19):
        path.with_name(f"session-{number}.jsonl").hardlink_to(path)


def readers(process: subprocess.Popen[str], at_least: int = 0) -> list[psutil.Process]:
    """The processes below this one; none if they are fewer than that, or if it has ended."""
    assert process.poll() is None, "it has ended"
    found = psutil.Process(process.pid).children(recursive=True)
    return found if len(found) >= at_least else []


def test_ctrl_c_in_a_measurement_leaves_nothing(home: Home) -> None:
    home.path.mkdir()
    # So slow that the third upload, of 10 MB, is under way for seconds.
    home.paths.settings.write_text('upload_limit = "1M"\n', encoding="utf-8")
    measuring = home.start("doctor", "--measure", "--json")
    assert measuring.stdout is not None
    told = [json.loads(measuring.stdout.readline()) for _ in range(4)]
    assert told[-1]["measure"] == "upload"
    measuring.send_signal(signal.SIGINT)
    out, err = measuring.communicate(timeout=60)
    assert (measuring.returncode, err) == (
        1,
        "Stopped. Finished work is kept; run the command again to go on.\n",
    )
    (tidied,) = [json.loads(line) for line in out.splitlines()]
    assert (tidied["measure"], tidied["verdict"]) == ("tidying-up", "note")
    assert home.history() == []
    assert home.run("transfers", "list", "--json").lines == []
    assert list(home.paths.cache_folder.glob("speed-test-*")) == []


def test_a_measurement_that_cannot_be_made_says_what_to_do(home: Home) -> None:
    home.run(
        "profile",
        "add",
        "far",
        "--endpoint",
        "http://127.0.0.1:9/",
        "--token-stdin",
        stdin="token\n",
        code=None,
    )
    ran = home.run("doctor", "--measure", "--json", "--profile", "far", code=1)
    assert ran.out == ""
    assert "127.0.0.1 could not be reached" in ran.err


def test_a_reader_that_goes_away_ends_list_quietly(home: Home) -> None:
    for number in range(300):
        home.write_session(f"session-{number}", title="A title of some length. " * 20)
    for words in (("list", "--json"), ("list",)):
        assert read_one_line(home, *words) == ""


def test_a_reader_that_goes_away_loses_nothing_of_an_upload(home: Home, tmp_path: Path) -> None:
    for number in range(60):
        home.write_session(f"session-{number}")
    said = read_one_line(home, *UPLOAD)
    assert said == ""
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def read_one_line(home: Home, *words: str) -> str:
    """As `| head -1` does; what was said on standard error."""
    process = home.start(*words)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(60) == 1
    return said


def test_two_uploads_at_once_send_nothing_twice(home_with_logs: Home, tmp_path: Path) -> None:
    home = home_with_logs
    uploads = [home.start(*UPLOAD) for _ in range(2)]
    told: list[dict[str, Any]] = []
    for upload in uploads:
        out, err = upload.communicate(timeout=120)
        assert upload.returncode == 0, err
        told.append({(line := json.loads(text))["sessionId"]: line["state"] for text in out.splitlines()})
    assert told[0].keys() == told[1].keys()
    for session in told[0]:
        assert {told[0][session], told[1][session]} <= {"archived", "unchanged"}
    home.prove_archived(tmp_path / "back")
