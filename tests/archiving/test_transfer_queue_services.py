"""Services that several threads use at once, and that end while they are used."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from app.bootstrap import Services
from app.errors import Cancelled, ChatLogError
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.archiving.queue_bench import QueueBench

NAMES = ["jobs", "sessions", "connections", "connection", "session_index", "transfer_queue", "bring_back"]


def together(*works: Callable[[], Any]) -> list[Any]:
    """What the works bring, or the expected errors they end with; all begin at the same moment."""
    barrier = threading.Barrier(len(works))
    brought: list[Any] = [None] * len(works)

    def run(position: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            brought[position] = work()
        except ChatLogError as error:
            brought[position] = error

    threads = [threading.Thread(target=run, args=(position, work)) for position, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return brought


def test_each_service_is_built_once_however_many_ask(
    home: Path, open_services: Callable[[Path], Services]
) -> None:
    services = open_services(home)
    asked = [name for name in NAMES for _ in range(4)]

    brought = together(*[lambda name=name: getattr(services, name) for name in asked])

    for name in NAMES:
        found = {id(one) for one, asked_name in zip(brought, asked, strict=True) if asked_name == name}
        assert found == {id(getattr(services, name))}


def test_a_service_that_takes_a_network_s_time_does_not_hold_up_another(
    home: Path, open_services: Callable[[Path], Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = open_services(home)
    asked, answered = threading.Event(), threading.Event()
    client = Services.client

    def slow(*given: Any) -> Any:
        asked.set()
        answered.wait(60)
        return client(*given)

    monkeypatch.setattr(Services, "client", slow)
    waiting = threading.Thread(target=lambda: services.connection)
    waiting.start()
    assert asked.wait(60)

    assert services.plan() is not None  # jobs, the profile, settings

    answered.set()
    waiting.join()


def test_closing_while_workers_use_it_ends_them_as_cancelled(
    home: Path, open_services: Callable[[Path], Services]
) -> None:
    services = open_services(home)
    started = threading.Semaphore(0)

    def work() -> None:
        services.plan()
        started.release()
        while True:
            services.plan()
            services.jobs.forget(["nothing"])

    def close() -> None:
        for _ in range(6):
            started.acquire()
        services.close()

    ended = together(*[work] * 6, close)

    assert [type(error) for error in ended[:6]] == [Cancelled] * 6


def test_what_is_first_asked_for_after_the_end_is_not_left_open(
    home: Path, open_services: Callable[[Path], Services]
) -> None:
    services = open_services(home)
    services.close()
    services.close()

    for _ in range(2):
        with pytest.raises(Cancelled):
            services.plan()
    assert list((home / "owners").iterdir()) == []


def test_closing_stops_a_queue_at_work(bench: QueueBench, silent_server: str, tmp_path: Path) -> None:
    def lead_astray(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT":
            changes["url"] = silent_server

    bench.http.faults = lead_astray
    sessions = bench.several(tmp_path, 20)
    bench.queue.add_sessions(sessions)
    bench.until(lambda: "verifying" in bench.states())

    bench.close()

    assert not [
        thread.name for thread in threading.enumerate() if thread.name.startswith(("queue-", "upload-"))
    ]
    assert bench.queue.totals().left == 20
    bench.queue.add_sessions(sessions)  # asking in vain does no harm
    bench.queue.cancel_all()


def test_a_sandbox_that_ended_because_nobody_used_it_is_started_by_whoever_asks(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    services = Services(resolve_paths(home), {**environ, "CHATLOG_SANDBOX_IDLE": "120"}, home=home)
    try:
        assert services.history.objects() == []
        queue = services.transfer_queue
        queue.start()
        services.sandbox.stop()

        assert services.history.objects() == []

        services.sandbox.stop()
        (tmp_path / "notes.md").write_text("notes", encoding="utf-8")
        queue.add_sessions(services.sessions.inspect([tmp_path / "notes.md"]).sessions)
        ended = threading.Event()
        queue.listen(lambda: ended.set() if not queue.busy() else None)
        assert ended.wait(60)
        assert [(row.state, row.error) for row in queue.rows()] == [("done", None)]
    finally:
        services.close()
        Services(resolve_paths(home), environ, home=home).sandbox.stop()
