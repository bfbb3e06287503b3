"""profile add --connection: shown before it is accepted, pinned from then on, and changes are asked for again."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.account.connection_texts import PERSONAL, TEAM, as_string, of_sandbox, spoilt
from tests.end_to_end.conftest import COMMAND_SECONDS, PROGRAM
from tests.system import terminal

if TYPE_CHECKING:
    from pathlib import Path

    from app.sandbox.lifecycle import SandboxInfo
    from tests.end_to_end.conftest import Home, Ran

ADD = ("profile", "add", "here", "--connection")


@pytest.fixture
def said(shared_sandbox: SandboxInfo) -> dict[str, Any]:
    """What a stack on this computer says of itself: a sandbox stands in for it."""
    return of_sandbox(shared_sandbox.endpoint, shared_sandbox.bucket, shared_sandbox.region)


def profile(home: Home, name: str = "here") -> dict[str, Any] | None:
    """A profile as `profile list` has it."""
    lines = home.run("profile", "list", "--json").lines
    return next((line for line in lines if line["name"] == name), None)


def test_a_string_becomes_a_profile_that_archives(
    home: Home, said: dict[str, Any], shared_sandbox: SandboxInfo
) -> None:
    words = (*ADD, as_string(said), "--token-stdin", "--yes", "--json")
    ran = home.run(*words, stdin=shared_sandbox.token)
    for shown in ("123456789012", said["region"], said["bucket"], said["s3Host"], said["endpoint"]):
        assert shown in ran.err
    assert (ran.line["account"], ran.line["bucket"]) == ("123456789012", said["bucket"])
    assert ran.line["owner"] == shared_sandbox.owner
    home.write_session(title="By connection")
    assert home.run("upload", "--all", "--json").line["state"] == "archived"
    ran = home.run(*words, stdin=shared_sandbox.token, code=2)
    assert "--replace" in ran.err


def test_without_a_yes_nothing_is_written(home: Home, said: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "here.chatlog-connection"
    file.write_text(json.dumps(said), encoding="utf-8")
    ran = home.run(*ADD, str(file), "--aws-profile", "work", code=2)
    assert said["bucket"] in ran.err
    assert "run it again with --yes" in ran.err
    assert profile(home) is None


@pytest.mark.parametrize(("answer", "added"), [("y\n", True), ("\n", False), ("no\n", False), ("", False)])
def test_on_a_terminal_a_person_is_asked(home: Home, answer: str, added: bool) -> None:
    keyboard, program_s = terminal()
    started = subprocess.Popen(
        [*PROGRAM, "profile", "add", "team", "--connection", as_string(TEAM), "--json"],
        env=home.environ,
        cwd=home.user,
        stdin=program_s,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    os.close(program_s)
    os.write(keyboard, answer.encode() or b"\x04")
    out, err = started.communicate(timeout=COMMAND_SECONDS)
    os.close(keyboard)
    assert "Accept this" in err
    assert started.returncode == (0 if added else 1), err
    assert (profile(home, "team") is not None) == added
    assert bool(out) == added
    if added:
        assert json.loads(out)["kind"] == "signin"
        assert "`chatlog-uploader profile sign-in team`" in err


def test_standard_input_may_carry_it(home: Home) -> None:
    ran = home.run("profile", "add", "team", "--connection", "-", stdin=as_string(TEAM), code=2)
    assert "Sign-in pages at: team-logs.auth.ap-northeast-1.amazoncognito.com" in ran.err
    home.run("profile", "add", "team", "--connection", "-", "--yes", stdin=json.dumps(TEAM))
    assert profile(home, "team") == {
        **dict.fromkeys(("owner", "awsProfile", "second")),
        "name": "team",
        "kind": "signin",
        "endpoint": TEAM["endpoint"],
        "account": "123456789012",
        "region": "ap-northeast-1",
        "bucket": "logs-123",
        "current": True,
    }


def test_another_connection_for_a_profile_says_exactly_what_changes(home: Home) -> None:
    def add(values: dict[str, Any], *words: str, code: int) -> Ran:
        return home.run("profile", "add", "team", "--connection", as_string(values), *words, code=code)

    add(TEAM, "--yes", code=0)
    assert "is so already" in add(TEAM, code=0).err
    moved = spoilt(spoilt(TEAM, "account", "210987654321"), "signIn.clientId", "other")
    ran = add(moved, code=2)
    changes = ran.err.partition("other than the profile")[2]
    assert "AWS account: 123456789012 → 210987654321" in changes
    assert "As the application: 1h57kf5cpq17m0eml12EXAMPLE → other" in changes
    assert changes.count("→") == 2
    before = profile(home, "team")
    assert "--replace" in add(moved, "--yes", code=2).err
    assert profile(home, "team") == before
    add(moved, "--yes", "--replace", code=0)
    assert profile(home, "team") == {**(before or {}), "account": "210987654321"}


def test_an_endpoint_that_speaks_for_another_bucket_is_not_pinned(
    home: Home, said: dict[str, Any], shared_sandbox: SandboxInfo
) -> None:
    words = (*ADD, as_string({**said, "bucket": "another"}), "--token-stdin", "--yes")
    ran = home.run(*words, stdin=shared_sandbox.token, code=1)
    assert "Nothing was sent" in ran.err
    home.write_session()
    assert home.run("upload", "--all", code=1).err.count("another") > 0
    ran = home.run("profile", "test", code=1)
    assert "another was accepted before" in ran.err
    home.run("profile", "test", "--accept")
    found = profile(home)
    assert found is not None
    assert (found["bucket"], found["account"]) == (shared_sandbox.bucket, None)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((as_string(TEAM), "--aws-profile", "work"), "signed in to in the browser"),
        ((as_string(PERSONAL), "--region", "eu-west-1"), "leave --region out"),
        (("-", "--token-stdin"), "not both"),
        ((as_string(PERSONAL),), "has no credentials to sign in with"),
        (("chatlog-connection:AAAA", "--aws-profile", "work"), "is damaged"),
        (("{}",), "This is no connection"),
        ((as_string(spoilt(PERSONAL, "s3Host", "evil.example")),), "do not belong together"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(
    home: Home, words: tuple[str, ...], hint: str
) -> None:
    ran = home.run(*ADD, *words, "--yes", stdin=as_string(PERSONAL), code=2)
    assert hint in ran.err
    assert profile(home) is None


def test_a_file_that_is_not_there_is_said(home: Home, tmp_path: Path) -> None:
    ran = home.run(*ADD, str(tmp_path / "gone.chatlog-connection"), "--yes", code=1)
    assert "gone.chatlog-connection" in ran.err


def test_without_a_network_it_is_pinned_all_the_same(home: Home) -> None:
    values = of_sandbox("http://127.0.0.1:9/", "logs-1", "us-east-1")
    ran = home.run(*ADD, as_string(values), "--token-stdin", "--yes", stdin="kept")
    assert "Whether its endpoint speaks for that bucket is not known yet" in ran.err
    found = profile(home)
    assert found is not None
    assert (found["bucket"], found["owner"]) == ("logs-1", None)
