"""One sandbox per home: started once, found again, ended when idle, stopped, killed, reset."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests

from app.errors import SandboxFailed
from app.sandbox import lifecycle
from app.sandbox.lifecycle import DEFAULT_IDLE_SECONDS, Sandbox, idle_seconds, serve_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.sandbox.lifecycle import SandboxInfo

BODY = b"lines" * 100


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "app.sandbox", str(folder)]


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(info: SandboxInfo) -> None:
    psutil.Process(info.pid).kill()
    wait_until(lambda: ended(info.pid))
    wait_until(lambda: not answers(info.endpoint))  # its main thread is gone before its sockets are


def answers(endpoint: str) -> bool:
    host, _, port = endpoint.removeprefix("http://").rstrip("/").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def post(info: SandboxInfo, body: dict[str, object], token: str | None = None) -> requests.Response:
    headers = {"authorization": f"Bearer {token or info.token}"}
    return requests.post(info.endpoint, json=body, headers=headers, timeout=30)


@contextmanager
def stranger(port: int = 0) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says 200 to everything and remembers what it was told."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(0.05)
        stopping = threading.Event()

        def answer() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(2)
                    heard.append(connection.recv(65536))
                    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"proof": ""}')

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            stopping.set()
            thread.join()


def test_it_starts_on_first_use_and_is_found_again(tmp_path: Path, make_sandbox: Any) -> None:
    folder = tmp_path / "home" / "sandbox"

    assert make_sandbox(folder).peek() is None
    assert not folder.exists()
    first = make_sandbox(folder).ensure_running()
    second = make_sandbox(folder).ensure_running()

    assert second == first == make_sandbox(folder).peek()
    assert post(first, {"action": "health"}).json()["storage"]["bucket"] == first.bucket
    assert first.bucket.startswith("media-viewer-v209-chat-logs-sandbox-")
    assert len(first.bucket) == len("media-viewer-v209-chat-logs-sandbox-") + 12
    assert first.token not in repr(first)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_nobody_else_can_read_its_files(sandbox: SandboxInfo, signer_of: Any) -> None:
    assert signer_of(sandbox).put(os.urandom(300_000)).go().status_code == 200

    for path in [sandbox.data_folder, *sandbox.data_folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o077 == 0, f"{path} {mode:o}"


def test_five_processes_at_once_start_one(tmp_path: Path, make_sandbox: Any) -> None:
    folder = tmp_path / "sandbox"
    make_sandbox(folder)  # stopped after the test
    program = (
        "import os, sys; from pathlib import Path; from app.sandbox.lifecycle import Sandbox;"
        "folder = Path(sys.argv[1]); sys.stdin.readline();"
        "print(Sandbox(folder, os.environ, [sys.executable, '-m', 'app.sandbox', str(folder)]).ensure_running().pid)"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "CHATLOG_SANDBOX_IDLE": "60"},
            text=True,
        )
        for _ in range(5)
    ]

    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    pids = {starter.communicate(timeout=60)[0].strip() for starter in starters}

    assert len(pids) == 1
    serving = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if process.info["cmdline"]
        and process.info["cmdline"][-1] == str(folder)
        and "app.sandbox" in process.info["cmdline"]
    ]
    assert serving == [int(pids.pop())]


def test_it_outlives_the_process_that_started_it(tmp_path: Path, make_sandbox: Any) -> None:
    folder = tmp_path / "sandbox"
    sandbox = make_sandbox(folder)
    program = (
        "import os, sys; from pathlib import Path; from app.sandbox.lifecycle import Sandbox;"
        "folder = Path(sys.argv[1]);"
        "Sandbox(folder, os.environ, [sys.executable, '-m', 'app.sandbox', str(folder)]).ensure_running()"
    )

    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, timeout=60)

    info = sandbox.peek()
    assert info is not None
    if sys.platform != "win32":
        assert os.getsid(info.pid) == info.pid  # no signal of the starter's terminal reaches it


def test_a_stop_is_clean_and_a_restart_is_the_same_sandbox(tmp_path: Path, make_sandbox: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()

    sandbox.stop()
    wait_until(lambda: ended(first.pid))
    assert sandbox.peek() is None
    assert not (first.data_folder / "running.json").exists()
    sandbox.stop()  # nothing to do
    second = sandbox.ensure_running()

    assert (second.bucket, second.token, second.owner) == (first.bucket, first.token, first.owner)
    assert (second.endpoint, second.s3_endpoint) == (first.endpoint, first.s3_endpoint)
    assert second.pid != first.pid


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_sigterm_is_a_clean_stop(sandbox: SandboxInfo) -> None:
    os.kill(sandbox.pid, signal.SIGTERM)

    wait_until(lambda: ended(sandbox.pid))
    assert not (sandbox.data_folder / "running.json").exists()
    assert "Stopped" in (sandbox.data_folder / "sandbox.log").read_text(encoding="utf-8")


def test_after_a_kill_it_is_known_to_be_gone_and_started_again(tmp_path: Path, make_sandbox: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()

    kill(first)

    assert (first.data_folder / "running.json").exists()
    assert sandbox.peek() is None
    second = sandbox.ensure_running()
    assert (second.bucket, second.token) == (first.bucket, first.token)


def test_a_killed_one_is_not_taken_for_the_next_on_the_same_ports(
    tmp_path: Path, make_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dead one's record has just been read when the next begins to listen where it did, and answers."""
    sandbox, somebody_else = make_sandbox(tmp_path / "sandbox"), make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()
    kill(first)
    second: list[SandboxInfo] = []

    def slowly(info: SandboxInfo) -> bool:
        monkeypatch.undo()
        second.append(somebody_else.ensure_running())
        return lifecycle._proves_itself(info)

    monkeypatch.setattr(lifecycle, "_proves_itself", slowly)

    found = sandbox.ensure_running()

    assert second[0].endpoint == first.endpoint
    assert found == second[0]
    assert found.pid != first.pid


def test_a_stranger_on_its_port_is_not_taken_for_it_and_not_told_the_token(
    tmp_path: Path, make_sandbox: Any
) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()
    kill(first)
    port = int(first.endpoint.rstrip("/").rpartition(":")[2])

    with stranger(port) as (_, heard):
        assert sandbox.peek() is None
        second = sandbox.ensure_running()
        sandbox.stop()

    assert second.endpoint != first.endpoint
    assert heard
    assert not any(first.token.encode() in told for told in heard)


def test_a_reused_process_id_is_left_alone(tmp_path: Path, make_sandbox: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()
    kill(first)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as innocent:
        running = json.loads((first.data_folder / "running.json").read_text(encoding="utf-8"))
        (first.data_folder / "running.json").write_text(
            json.dumps({**running, "pid": innocent.pid}), encoding="utf-8"
        )

        sandbox.stop()
        second = sandbox.ensure_running()

        assert innocent.poll() is None
        assert second.pid != innocent.pid
        innocent.communicate(b"\n")


def test_one_that_hangs_is_reported_and_can_be_stopped(
    tmp_path: Path, make_sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sandbox.lifecycle.PROBE_TIMEOUT", 0.5)
    sandbox = make_sandbox(tmp_path / "sandbox")
    info = sandbox.ensure_running()
    psutil.Process(info.pid).suspend()

    with pytest.raises(SandboxFailed) as failure:
        sandbox.ensure_running()
    sandbox.stop()

    assert "ended with 3" in str(failure.value.parameters["reason"])
    wait_until(lambda: ended(info.pid))
    assert sandbox.ensure_running().pid != info.pid


def test_it_ends_when_nobody_has_used_it_for_a_while(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    sandbox = Sandbox(folder, {**os.environ, "CHATLOG_SANDBOX_IDLE": "0.5"}, command(folder))
    info = sandbox.ensure_running()
    started = time.monotonic()

    while time.monotonic() - started < 1.5:  # three idle times long somebody uses it
        assert post(info, {"action": "health"}).status_code == 200
        threading.Event().wait(0.1)
    wait_until(lambda: ended(info.pid), 5)

    assert sandbox.peek() is None
    assert "Unused for" in (folder / "sandbox.log").read_text(encoding="utf-8")


def test_an_upload_in_flight_is_use(tmp_path: Path, signer_of: Any) -> None:
    folder = tmp_path / "sandbox"
    sandbox = Sandbox(folder, {**os.environ, "CHATLOG_SANDBOX_IDLE": "0.5"}, command(folder))
    info = sandbox.ensure_running()
    signer = signer_of(info)
    sent = signer.put(BODY)
    head = f"PUT {sent.url.partition(str(signer.port))[2]} HTTP/1.1\r\nhost: 127.0.0.1:{signer.port}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items()) + "\r\n"

    with socket.create_connection(("127.0.0.1", signer.port), timeout=10) as connection:
        connection.sendall(head.encode() + BODY[:10])
        threading.Event().wait(1.5)  # three idle times
        assert not ended(info.pid)
        connection.sendall(BODY[10:])
        reply = connection.recv(65536)

    assert reply.startswith(b"HTTP/1.1 200")
    wait_until(lambda: ended(info.pid), 5)


def test_reset_makes_another_sandbox(tmp_path: Path, make_sandbox: Any, signer_of: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    first = sandbox.ensure_running()
    old_keys = signer_of(first)
    assert old_keys.put(os.urandom(300_000)).go().status_code == 200

    sandbox.reset()

    assert {path.name for path in first.data_folder.iterdir()} <= {"serve.lock", "start.lock"}
    second = sandbox.ensure_running()
    assert second.bucket != first.bucket
    assert second.token != first.token
    assert signer_of(second).identity.secret_key != old_keys.identity.secret_key
    assert post(second, {"action": "health"}, token=first.token).status_code == 401
    assert post(second, {"action": "list"}).json()["objects"] == []
    make_sandbox(tmp_path / "never-started").reset()
    assert not (tmp_path / "never-started").exists()


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    broken = Sandbox(folder, os.environ, [sys.executable, "-c", "raise SystemExit('no such thing')"])

    with pytest.raises(SandboxFailed) as failure:
        broken.ensure_running()

    assert "no such thing" in str(failure.value.parameters["reason"])
    assert str(failure.value.parameters["log"]).startswith(str(folder))


def test_a_damaged_identity_is_kept_and_reported(tmp_path: Path, make_sandbox: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    info = sandbox.ensure_running()
    sandbox.stop()
    identity = info.data_folder / "identity.json"
    identity.write_text("{ half a fi", encoding="utf-8")

    with pytest.raises(SandboxFailed) as failure:
        sandbox.ensure_running()

    assert failure.value.parameters == {"reason": "identity-damaged", "log": str(identity)}
    # Its process, whoever starts it, makes no new identity either: that would hide what is stored under the old.
    assert subprocess.run(command(info.data_folder), timeout=60, check=False).returncode == 1
    assert identity.read_text(encoding="utf-8") == "{ half a fi"


def test_the_users_own_aws_set_up_and_proxies_do_not_bend_it(tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    with stranger() as (port, heard):
        environ = {
            **os.environ,
            "CHATLOG_SANDBOX_IDLE": "60",
            "AWS_PROFILE": "nobody",
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "AKIAUSERSOWN",
            "HTTP_PROXY": f"http://127.0.0.1:{port}",
            "http_proxy": f"http://127.0.0.1:{port}",
            "all_proxy": f"http://127.0.0.1:{port}",
            "REQUESTS_CA_BUNDLE": "",  # which boto3 takes for a mistake
        }
        sandbox = Sandbox(folder, environ, command(folder))
        reply = post(sandbox.ensure_running(), {"action": "list"})
        sandbox.stop()

    assert (reply.status_code, reply.json()["objects"]) == (200, [])
    assert heard == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", DEFAULT_IDLE_SECONDS),
        ("7.5", 7.5),
        ("0", DEFAULT_IDLE_SECONDS),
        ("inf", DEFAULT_IDLE_SECONDS),
        ("x", 300),
    ],
)
def test_the_idle_time_comes_from_the_environment(value: str, seconds: float) -> None:
    assert idle_seconds({"CHATLOG_SANDBOX_IDLE": value}) == seconds


def test_its_storage_is_known_whether_it_runs_or_not(tmp_path: Path, make_sandbox: Any) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    assert sandbox.known_storage() is None
    info = sandbox.ensure_running()
    told = post(info, {"action": "health"}).json()
    sandbox.stop()

    known = sandbox.known_storage()

    assert known is not None
    assert {"bucket": known.bucket, "region": known.region, "host": known.s3_host} == told["storage"]
    assert known.owner == told["owner"]


def test_the_programs_own_command_starts_it(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox", {**os.environ, "CHATLOG_SANDBOX_IDLE": "60"})
    try:
        info = sandbox.ensure_running()
        assert post(info, {"action": "health"}).status_code == 200
        assert info.data_folder == tmp_path / "sandbox"
    finally:
        sandbox.stop()


def test_a_packaged_program_calls_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert serve_command(tmp_path)[:4] == (sys.executable, "-m", "app", "sandbox")
    program = str(tmp_path / "chatlog-uploader")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", program)
    assert serve_command(tmp_path) == (program, "sandbox", "serve", "--home", str(tmp_path))
    assert serve_command(None) == (program, "sandbox", "serve")


def test_a_relative_home_is_the_callers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert serve_command(Path("home"))[-1] == str(tmp_path / "home")


def test_asking_whether_it_runs_loads_nothing_heavy() -> None:
    program = (
        "import sys, app.sandbox.lifecycle;"
        "print([name for name in ('ministack', 'boto3', 'botocore', 'requests', 'h11', 'awscrt', 'asyncio')"
        " if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"
