"""One desktop per home: the second start hands over, a dead one's place is taken, a silent one is not waited for."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.desktop.instance_lock import InstanceLock, is_own, server_address
from app.desktop.single_instance import (
    MAXIMUM_BYTES,
    InstanceServer,
    Summons,
    activation_token,
    decoded,
    encoded,
    summon,
)
from app.storage.paths import private_folder
from tests.system import permissions_hold, user_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

HOLDER = """
import sys
from pathlib import Path
from app.desktop.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
from PySide6.QtCore import QCoreApplication
from app.desktop.single_instance import InstanceServer
qt = QCoreApplication([])
server = InstanceServer(lock.address)
print(server.listening, flush=True)
if sys.argv[2] == "answers":
    qt.exec()
else:
    sys.stdin.read()
"""

SUMMONER = """
import json, sys
from app.desktop.single_instance import Summons, summon
print(summon(sys.argv[1], Summons(tuple(json.loads(sys.argv[2])), "token"), 20))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder."""
    return private_folder(tmp_path / "home")


@pytest.fixture
def lock(folder: Path) -> Iterator[InstanceLock]:
    """The lock of this process on `folder`."""
    made = InstanceLock(folder)
    yield made
    made.release()


@pytest.fixture
def server(qapp: object, lock: InstanceLock) -> Iterator[InstanceServer]:
    """The running desktop's server on `folder`."""
    assert lock.take()
    assert lock.address is not None
    made = InstanceServer(lock.address)
    assert made.listening
    yield made
    made.close()


def start_holder(folder: Path, manner: str) -> subprocess.Popen[str]:
    """Another process that is the desktop of `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), manner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert [process.stdout.readline().strip() for _ in range(2)] == ["True", "True"]
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


class SecondStart:
    """Another process that summons the desktop at an address; `answered()` once it knows."""

    def __init__(self, address: str, *paths: str) -> None:
        words = [sys.executable, "-c", SUMMONER, address, json.dumps(paths)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    def answered(self) -> str | None:
        """ "True" or "False" when it has ended; None before."""
        if self._process.poll() is None:
            return None
        assert self._process.stdout is not None
        with self._process.stdout as said:
            return said.read().strip()

    def wait_for_answer(self, qtbot: QtBot) -> None:
        """Until it was told that it was heard."""
        told: list[str] = []

        def known() -> bool:
            answer = None if told else self.answered()
            told.extend([answer] if answer else [])
            return bool(told)

        qtbot.waitUntil(known, timeout=30_000)
        assert told == ["True"]


# ---- the lock ---------------------------------------------------------------------------------------------


def test_only_one_holds_the_lock(folder: Path, lock: InstanceLock) -> None:
    other = InstanceLock(folder)
    assert lock.take()
    assert lock.take(), "asking again changes nothing"
    assert not other.take()
    assert (other.held, other.elsewhere) == (False, True)
    assert other.address == lock.address
    lock.release()
    assert other.take()
    assert (other.held, other.elsewhere) == (True, False)
    other.release()


def test_a_killed_process_s_place_is_free(qtbot: QtBot, folder: Path, lock: InstanceLock) -> None:
    holder = start_holder(folder, "answers")
    assert not lock.take()
    assert lock.address is not None
    end(holder)
    assert Path(lock.address).exists(), "its socket is left behind"
    assert lock.take()
    server = InstanceServer(lock.address)
    assert server.listening
    with qtbot.waitSignal(server.summoned, timeout=30_000):
        second = SecondStart(lock.address)
    second.wait_for_answer(qtbot)
    server.close()


@pytest.mark.skipif(not permissions_hold(), reason="no folder can be withheld from this user")
def test_a_folder_that_cannot_be_written_has_no_lock_and_says_why(folder: Path) -> None:
    folder.chmod(0o500)
    lock = InstanceLock(folder)
    assert not lock.take()
    assert not lock.elsewhere
    assert lock.problem is not None
    assert lock.problem.code == "folder-not-writable"
    folder.chmod(0o700)


def test_a_folder_that_cannot_be_made_has_no_lock_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    lock = InstanceLock(tmp_path / "file" / "home")
    assert not lock.take()
    assert not lock.elsewhere
    assert lock.problem is not None
    assert lock.problem.parameters["path"]


# ---- where it listens -------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="pipes have no place in a folder")
def test_the_socket_is_its_owner_s_alone(lock: InstanceLock, server: InstanceServer) -> None:
    assert lock.address is not None
    found = Path(lock.address).stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert found.st_mode & 0o077 == 0
    assert found.st_uid == user_id()


@pytest.mark.skipif(os.name == "nt", reason="pipes have no place in a folder")
def test_a_long_path_and_an_open_folder_have_theirs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = private_folder(tmp_path / ("d" * 100))
    address = server_address(deep)
    assert address is not None
    assert not address.startswith(str(deep))
    assert is_own(Path(address).parent)
    assert server_address(deep) == address
    shared = tmp_path / "s"
    shared.mkdir()
    shared.chmod(0o777)
    elsewhere = server_address(shared)
    assert elsewhere is not None
    assert Path(elsewhere).parent == Path(address).parent
    assert elsewhere != address


@pytest.mark.skipif(os.name == "nt", reason="pipes have no place in a folder")
def test_a_place_that_another_could_have_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = private_folder(tmp_path / ("d" * 100))
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"chatlog-uploader-{user_id()}").symlink_to(tmp_path / "theirs")
    assert server_address(deep) is None


# ---- handing over -----------------------------------------------------------------------------------------


def test_a_second_start_hands_over_its_paths(
    qtbot: QtBot, lock: InstanceLock, server: InstanceServer
) -> None:
    assert lock.address is not None
    paths = ("/home/aki/ログ.jsonl", "/home/aki/not\udcff-utf8")
    with qtbot.waitSignal(server.summoned, timeout=30_000) as heard:
        second = SecondStart(lock.address, *paths)
    assert heard.args == [Summons(paths, "token")]
    second.wait_for_answer(qtbot)


def test_one_that_is_just_starting_is_waited_for(qtbot: QtBot, qapp: object, lock: InstanceLock) -> None:
    assert lock.take()
    assert lock.address is not None
    second = SecondStart(lock.address)
    assert second.answered() is None
    server = InstanceServer(lock.address)
    second.wait_for_answer(qtbot)
    server.close()


def test_one_that_does_not_answer_is_not_waited_for(qapp: object, folder: Path, lock: InstanceLock) -> None:
    holder = start_holder(folder, "is silent")
    try:
        assert not lock.take()
        assert lock.address is not None
        before = time.monotonic()
        assert not summon(lock.address, Summons(()), seconds=0.5)
        assert time.monotonic() - before < 30
    finally:
        end(holder)


def test_one_that_ends_meanwhile_is_not_waited_for(qapp: object, folder: Path, lock: InstanceLock) -> None:
    holder = start_holder(folder, "is silent")
    killer = threading.Timer(0.3, holder.kill)
    killer.start()
    try:
        assert not lock.take()
        assert lock.address is not None
        before = time.monotonic()
        assert not summon(lock.address, Summons(()), seconds=60, ended=lock.take)
        assert time.monotonic() - before < 40
        assert lock.held
    finally:
        killer.join()
        end(holder)


def test_where_nobody_listens_nobody_answers(qapp: object, tmp_path: Path) -> None:
    assert not summon(str(tmp_path / "nobody.sock"), Summons(()), seconds=0.2)


@pytest.mark.parametrize("line", [b"rubbish\n", b"[]\n", b'{"paths": [1], "token": ""}\n', b"\xff\xfe\n"])
def test_rubbish_gets_no_answer_and_does_no_harm(
    qtbot: QtBot, lock: InstanceLock, server: InstanceServer, line: bytes
) -> None:
    assert lock.address is not None
    socket = QLocalSocket()
    socket.connectToServer(lock.address)
    socket.write(line)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState, timeout=30_000)
    assert socket.readAll().data() == b""
    with qtbot.waitSignal(server.summoned, timeout=30_000):
        second = SecondStart(lock.address)
    second.wait_for_answer(qtbot)


def test_who_says_nothing_is_let_go(
    qtbot: QtBot, lock: InstanceLock, server: InstanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desktop.single_instance.PATIENCE_MILLISECONDS", 10)
    assert lock.address is not None
    socket = QLocalSocket()
    socket.connectToServer(lock.address)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState, timeout=30_000)


def test_a_flood_is_cut_off(qtbot: QtBot, lock: InstanceLock, server: InstanceServer) -> None:
    assert lock.address is not None
    socket = QLocalSocket()
    socket.connectToServer(lock.address)
    socket.write(b"x" * (MAXIMUM_BYTES + 1))
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState, timeout=60_000)


@given(st.lists(st.text(min_size=1).filter(lambda text: "\0" not in text)), st.text())
def test_any_summons_survives_the_wire(paths: list[str], token: str) -> None:
    summons = Summons(tuple(paths), token)
    line = encoded(summons)
    assert line.count(b"\n") == 1
    assert decoded(line.rstrip(b"\n")) == summons


@given(st.binary())
def test_any_bytes_are_a_summons_or_none(line: bytes) -> None:
    found = decoded(line)
    assert found is None or json.loads(line)["paths"] == list(found.paths)


def test_the_system_s_leave_is_handed_on() -> None:
    assert activation_token({"XDG_ACTIVATION_TOKEN": "a", "DESKTOP_STARTUP_ID": "b"}) == "a"
    assert activation_token({"DESKTOP_STARTUP_ID": "b"}) == "b"
    assert activation_token({}) == ""


def test_the_server_is_for_its_user_only(server: InstanceServer) -> None:
    assert server._server.socketOptions() == QLocalServer.SocketOption.UserAccessOption
