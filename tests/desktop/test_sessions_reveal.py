"""Showing a file in the file manager: by the desktop's own interface where there is one, never by opening the file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.desktop.sessions.reveal import show_in_file_manager
from app.errors import FileVanished

# A file manager that notes what it is asked for, and the question asked of it, on a bus of their own.
MANAGER = """
import json, sys, threading
from pathlib import Path
from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
from app.desktop.sessions.reveal import show_in_file_manager

connection = open_dbus_connection()
Proxy(message_bus, connection).RequestName("org.freedesktop.FileManager1")
asked = []

def serve():
    while not asked:
        message = connection.receive()
        if message.header.message_type is MessageType.method_call:
            asked.append([message.header.fields[HeaderFields.member], message.body[0]])
            connection.send(new_method_return(message))

thread = threading.Thread(target=serve, daemon=True)
thread.start()
instead = show_in_file_manager([Path(name) for name in sys.argv[1:]])
thread.join(20)
print(json.dumps([asked, instead is None]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the freedesktop.org interface is Linux's")
@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="dbus-run-session is not installed")
def test_the_file_manager_is_asked_to_select_the_files(tmp_path: Path) -> None:
    names = [tmp_path / "ログ 1.jsonl", tmp_path / "b.jsonl"]
    for name in names:
        name.touch()
    command = [
        "dbus-run-session",
        "--",
        sys.executable,
        "-c",
        MANAGER,
        *map(str, names),
        str(tmp_path / "gone"),
    ]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)
    assert done.returncode == 0, done.stderr
    asked, answered = json.loads(done.stdout)
    assert asked == [["ShowItems", [name.as_uri() for name in names]]]
    assert answered


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own program is asked")
def test_without_a_file_manager_the_folder_is_what_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "program.sh"
    script.write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    script.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from app.desktop.sessions.reveal import show_in_file_manager as s;"
        "print(s([Path(sys.argv[1])]))"
    )
    environ = {
        **os.environ,
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environ,
    )
    assert done.stdout.strip() == str(tmp_path), done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileVanished) as told:
        show_in_file_manager([tmp_path / "gone.jsonl"])
    assert told.value.parameters["path"] == str(tmp_path / "gone.jsonl")
