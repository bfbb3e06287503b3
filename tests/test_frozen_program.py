"""What the frozen program hands on to others: the system's libraries, not its own."""

from __future__ import annotations

import pytest

from app.frozen import command_program, for_other_programs


@pytest.mark.parametrize(
    ("around", "meanwhile"),
    [
        ({"LD_LIBRARY_PATH": "/own"}, {}),
        (
            {"LD_LIBRARY_PATH": "/own", "LD_LIBRARY_PATH_ORIG": "/of/the/system"},
            {"LD_LIBRARY_PATH": "/of/the/system", "LD_LIBRARY_PATH_ORIG": "/of/the/system"},
        ),
        ({}, {}),
    ],
)
def test_other_programs_do_not_get_our_libraries(around: dict[str, str], meanwhile: dict[str, str]) -> None:
    environ = dict(around)
    with for_other_programs(environ, frozen=True):
        assert environ == meanwhile
    assert environ == around


def test_our_own_libraries_are_back_after_an_error() -> None:
    environ = {"LD_LIBRARY_PATH": "/own"}
    with pytest.raises(ZeroDivisionError), for_other_programs(environ, frozen=True):
        _ = 1 // 0
    assert environ == {"LD_LIBRARY_PATH": "/own"}


def test_from_source_nothing_is_touched() -> None:
    environ = {"LD_LIBRARY_PATH": "/of/a/developer"}
    with for_other_programs(environ):
        assert environ == {"LD_LIBRARY_PATH": "/of/a/developer"}


def test_the_window_s_program_knows_the_command_beside_it() -> None:
    bundle = "/Applications/Chat Log Uploader.app/Contents/MacOS"
    assert command_program(f"{bundle}/Chat Log Uploader") == f"{bundle}/chatlog-uploader"
    assert command_program("programs/Chat Log Uploader.exe") == "programs/chatlog-uploader.exe"
    assert command_program("/usr/lib/chatlog-uploader/chatlog-uploader") == (
        "/usr/lib/chatlog-uploader/chatlog-uploader"
    )
