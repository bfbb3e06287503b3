"""Two processes of one home: what the command line sends is shown, and nothing is sent twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.archiving import queue_clerk
from app.archiving.content import SessionContent
from app.errors import Cancelled, TooLarge
from app.transfer.downloads import DownloadStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.archiving.archive import SessionOutcome
    from app.sessions.model import Session
    from tests.archiving.queue_bench import QueueBench


@pytest.fixture(autouse=True)
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow one another quickly."""
    monkeypatch.setattr(queue_clerk, "LOOK_SECONDS", 0.05)


class CommandLine:
    """Another run of the program on the same home, which archives some sessions; its PUTs wait until `go_on`."""

    def __init__(self, bench: QueueBench) -> None:
        self.bench = bench
        self._go_on = threading.Event()
        self._outcomes: list[SessionOutcome] = []
        self._thread: threading.Thread | None = None

        def hold(method: str, url: str, changes: dict[str, Any]) -> None:
            if method == "PUT":
                self._go_on.wait(60)
                if bench.services.stopped.is_set():
                    raise Cancelled

        bench.http.faults = hold

    def upload(self, *sessions: Session) -> None:
        def run() -> None:
            self._outcomes.extend(self.bench.archiver().archive(sessions))

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def go_on(self) -> list[SessionOutcome]:
        """What became of them there."""
        self._go_on.set()
        assert self._thread is not None
        self._thread.join()
        return self._outcomes

    def interrupt(self) -> None:
        """As Ctrl-C does."""
        self.bench.services.stopped.set()
        self.go_on()
        self.bench.close()


@pytest.fixture
def command_line(home: Path, open_queue: Callable[..., QueueBench]) -> CommandLine:
    return CommandLine(open_queue(home, start=False))


def test_what_another_process_sends_is_shown_and_ends_as_it_ends_there(
    bench: QueueBench, command_line: CommandLine, tmp_path: Path
) -> None:
    one = bench.write(tmp_path, "one.md")
    command_line.upload(one)

    row = bench.until_state_shown(one, "sending")

    assert (row.elsewhere, row.title) == (True, "one.md")
    assert not bench.queue.busy()
    bench.queue.cancel([row.id])  # which does nothing
    bench.queue.pause([row.id])
    command_line.go_on()
    done = bench.until_state_shown(one, "done")
    assert (done.elsewhere, done.verified, done.size) == (False, True, one.size)
    assert bench.http.sent == []
    assert [done.version_id] == bench.versions(done.s3_key)


def test_what_fails_there_is_shown_as_failed(
    bench: QueueBench, command_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = bench.write(tmp_path)
    go_on = threading.Event()

    def vanish(content: SessionContent, *_: object) -> Any:
        go_on.wait(60)
        raise TooLarge(size=1, limit=0)

    monkeypatch.setattr(SessionContent, "prepare", vanish)
    command_line.upload(session)
    bench.until_state_shown(session, "queued")
    go_on.set()
    command_line.go_on()

    row = bench.until_state_shown(session, "failed")

    assert isinstance(row.error, TooLarge)


def test_a_session_asked_for_here_while_it_is_sent_there_is_sent_once(
    bench: QueueBench, command_line: CommandLine, tmp_path: Path
) -> None:
    session = bench.write(tmp_path)
    command_line.upload(session)
    command_line.bench.until(lambda: command_line.bench.planned(session) == "uploading")
    bench.queue.add_sessions([session])
    bench.until(lambda: bench.row(session).elsewhere)

    (outcome,) = command_line.go_on()

    row = bench.until_state(session, "done")
    assert row.version_id == outcome.files[0].outcome.version_id
    assert len(bench.versions(row.s3_key)) == 1


def test_one_asked_for_here_is_gone_on_with_when_the_other_process_is_interrupted(
    bench: QueueBench, command_line: CommandLine, tmp_path: Path
) -> None:
    session = bench.write(tmp_path)
    command_line.upload(session)
    command_line.bench.until(lambda: command_line.bench.planned(session) == "uploading")
    bench.queue.add_sessions([session])
    bench.until(lambda: bench.row(session).elsewhere)

    command_line.interrupt()

    row = bench.until_state(session, "done")
    assert not row.elsewhere
    assert len(bench.versions(row.s3_key)) == 1


def test_one_asked_for_only_there_is_left_to_the_next_start_when_it_is_interrupted(
    bench: QueueBench,
    command_line: CommandLine,
    home: Path,
    open_queue: Callable[..., QueueBench],
    tmp_path: Path,
) -> None:
    session = bench.write(tmp_path)
    command_line.upload(session)
    bench.until_state_shown(session, "sending", "queued")

    command_line.interrupt()

    bench.until(lambda: bench.states() == [])
    bench.close()
    later = open_queue(home)
    later.until_idle()
    assert later.states() == ["done"]


def test_two_queues_of_one_home_send_each_session_once(
    home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    queues = [open_queue(home), open_queue(home)]
    sessions = queues[0].several(tmp_path, 40)

    queues[0].queue.add_sessions(sessions)
    queues[1].queue.add_sessions(sessions[::-1])

    for bench in queues:
        bench.until(lambda bench=bench: not bench.queue.busy() and bench.queue.totals().left == 0)  # type: ignore[misc]
        assert set(bench.states()) <= {"done", "unchanged"}
    assert sum(len(bench.http.puts()) for bench in queues) <= 40 + 2  # and two parts of the session index
    assert all(len(queues[0].versions(row.s3_key)) == 1 for row in queues[0].queue.rows())


def test_a_download_that_another_process_has_is_not_made_twice(
    home: Path, open_queue: Callable[..., QueueBench], tmp_path: Path
) -> None:
    bench = open_queue(home)
    session = bench.write(tmp_path)
    bench.queue.add_sessions([session])
    bench.until_idle()
    s3_key = bench.row(session).s3_key
    assert s3_key is not None
    held = threading.Event()

    def hold(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            held.wait(60)

    bench.http.faults = hold
    mine = bench.queue.add_download(s3_key, tmp_path / "out", title="t", size=1)
    bench.until_state(mine, "receiving")
    other = open_queue(home)
    other.until(lambda: other.row(mine).elsewhere)
    assert other.state(mine) == "receiving"
    assert not other.queue.busy()
    held.set()
    bench.until_state(mine, "done")
    assert other.until_state(mine, "done").verified
    store = DownloadStore(bench.services.jobs.database, bench.services.profile.destination)
    assert len(store.all(ended=10)) == 1
