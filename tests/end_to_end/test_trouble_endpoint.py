"""Wrong addresses, proxies, portals, clocks and tokens: each is told apart, with its next step."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Gate, Home

    MakeHome = Callable[..., Home]
    OpenGate = Callable[[Home], Gate]

UPLOAD = ("upload", "--all", "--json")
PAGE = b"<!DOCTYPE html><html><body><h1>Access to this site is blocked</h1></body></html>"
HTML = {"content-type": "text/html; charset=utf-8"}
NOT_OURS = "answered, but not as a presign endpoint does (status {}, text/html; charset=utf-8)"
KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def gate(make_home: MakeHome, open_gate: OpenGate) -> Gate:
    """An endpoint in front of another home's sandbox."""
    return open_gate(make_home("behind"))


@pytest.fixture
def joined(home: Home, gate: Gate) -> Home:
    """A home with a session whose profile is the gate, pinned."""
    home.write_session()
    add(home, gate.endpoint)
    return home


def add(home: Home, endpoint: str, *words: str, code: int = 0) -> str:
    """Add the profile "team"; what was said."""
    command = ("profile", "add", "team", "--endpoint", endpoint, "--token-stdin", *words)
    return home.run(*command, stdin="token\n", code=code).err


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


# ---- addresses --------------------------------------------------------------------------------------------


def test_a_port_where_nobody_listens(home: Home, gate: Gate, tmp_path: Path) -> None:
    home.write_session()
    said = add(home, f"http://127.0.0.1:{closed_port()}/")
    assert "The bucket it leads to is not known yet" in said
    assert "`chatlog-uploader profile test team`" in said
    ran = home.run(*UPLOAD, code=1)
    assert ran.out == ""
    assert ran.err == (
        "127.0.0.1 could not be reached: Connection refused. Check the network, then run the command again; "
        "finished work is not repeated.\n"
    )
    assert not home.run("status", "--json", code=1).line["reachable"]
    assert "PROBLEM  127.0.0.1 could not be reached" in home.run("doctor", code=1).out
    add(home, gate.endpoint, "--replace")
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")


def test_a_host_that_nobody_knows(home: Home) -> None:
    home.write_session()
    home.environ |= {
        "LAMBDA_FUNCTION_URL": "https://presign.invalid/",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "RES_OPTIONS": "timeout:1 attempts:1",
    }
    ran = home.run(*UPLOAD, code=1)
    assert "presign.invalid could not be reached: " in ran.err
    assert "Check the network" in ran.err


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("http://presign.example/", "does not begin with https://"),
        ("ftp://presign.example/", "is no usable address. Give it whole, as the deployment printed it"),
        ("https://user:secret@presign.example/", "has a user name or password in it. Leave them out"),
    ],
)
def test_an_address_that_is_no_endpoint_is_wrong_use(home: Home, endpoint: str, said: str) -> None:
    text = add(home, endpoint, code=2)
    assert said in text
    assert "secret" not in text
    assert home.run("profile", "list", "--json").line["name"] == "sandbox"


# ---- somebody else answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said", "next_step"),
    [
        (
            200,
            NOT_OURS.format(200),
            "A proxy or a login page may have answered in its place; check the address",
        ),
        (
            403,
            NOT_OURS.format(403),
            "A proxy or a login page may have answered in its place; check the address",
        ),
        (
            407,
            NOT_OURS.format(407),
            "A proxy or a login page may have answered in its place; check the address",
        ),
        (502, "failed (status 502)", "Run the command again; if it stays, ask whoever runs the endpoint"),
        (
            302,
            "wanted to redirect the request (status 302)",
            "If this network asks for a sign-in, do that first",
        ),
    ],
    ids=["page", "blocked", "proxy-login", "bad-gateway", "portal"],
)
def test_a_proxy_s_page_or_a_portal_s_redirect(
    joined: Home, gate: Gate, tmp_path: Path, status: int, said: str, next_step: str
) -> None:
    headers = {**HTML, "location": "http://127.0.0.1:9/login"}
    gate.answer = lambda _: (status, headers, PAGE)
    ran = joined.run(*UPLOAD, code=1)
    assert ran.out == ""
    assert ran.err.startswith(f"127.0.0.1 {said}")
    assert next_step in ran.err
    assert len(ran.err.splitlines()) == 1
    gate.answer = lambda _: None
    joined.run(*UPLOAD)
    joined.prove_archived(tmp_path / "back")


def test_a_page_in_the_middle_of_a_run_is_said_once(joined: Home, gate: Gate, tmp_path: Path) -> None:
    for number in range(4):
        joined.write_session(f"session-{number}")
    gate.answer = lambda action: (200, HTML, PAGE) if action == "upload" else None
    ran = joined.run(*UPLOAD, code=1)
    assert {line["error"]["code"] for line in ran.lines} == {"not-our-protocol"}
    assert ran.err.count(NOT_OURS.format(200)) == 2
    assert f"4 more files failed for the same reason: 127.0.0.1 {NOT_OURS.format(200)}" in ran.err
    gate.answer = lambda _: None
    joined.run(*UPLOAD)
    joined.prove_archived(tmp_path / "back")


def test_a_proxy_that_refuses(home: Home) -> None:
    home.write_session()
    with refusing_proxy() as (address, heard):
        home.environ |= {
            "HTTPS_PROXY": address,
            "LAMBDA_FUNCTION_URL": "https://presign.invalid/",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        ran = home.run(*UPLOAD, code=1)
    assert heard
    assert all(line.startswith(b"CONNECT presign.invalid:443") for line in heard)
    assert (
        "presign.invalid could not be reached: proxy: Tunnel connection failed: 403 Forbidden. Check"
        in ran.err
    )


@contextmanager
def refusing_proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that answers every request with its page; what it was asked."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    asked = connection.recv(65536)
                    if not asked:
                        return
                    heard.append(asked.partition(b"\r\n")[0])
                    head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n\r\n"
                    connection.sendall(head.encode() + PAGE)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        finally:
            socket.create_connection(listener.getsockname()).close()
            thread.join()


# ---- tokens, pins, clocks ---------------------------------------------------------------------------------


def test_a_wrong_token_says_where_the_right_one_is(home: Home, make_home: MakeHome) -> None:
    home.write_session()
    other = make_home("other").run("sandbox", "info", "--json").line
    assert "does not know who asks" in add(home, other["endpoint"], code=1)
    ran = home.run(*UPLOAD, code=1)
    assert (
        "127.0.0.1 does not know who asks. `chatlog-uploader profile test` checks the credentials" in ran.err
    )
    assert "take the token anew from its `chatlog-uploader sandbox info`" in ran.err
    command = ("profile", "add", "team", "--replace", "--endpoint", other["endpoint"], "--token-stdin")
    home.run(*command, stdin=other["token"])
    assert home.run("profile", "test", "--json").line["bucket"] == other["bucket"]
    assert home.run(*UPLOAD).line["state"] == "archived"


def test_another_bucket_than_the_pinned_one_is_refused_until_it_is_accepted(
    joined: Home, gate: Gate, make_home: MakeHome, open_gate: OpenGate
) -> None:
    assert "works: " in joined.run("profile", "test").out
    gate.pass_to(open_gate(make_home("elsewhere")), "upload")
    # The address shows it before a byte is sent.
    ran = joined.run(*UPLOAD, code=1)
    assert ran.line["error"]["code"] == "host-not-pinned"
    assert "Nothing was sent there; ask whoever runs the endpoint." in ran.err
    gate.pass_to(open_gate(make_home("moved")), "health", "upload", "head", "list", "versions", "download")
    ran = joined.run(*UPLOAD, code=1)
    assert ran.out == ""
    assert "The endpoint now leads to other storage" in ran.err
    assert "`chatlog-uploader profile test NAME --accept` accepts it" in ran.err
    ran = joined.run("profile", "test", code=1)
    assert "The endpoint now leads to the bucket" in ran.err
    assert "`chatlog-uploader profile test team --accept`" in ran.err
    joined.run("profile", "test", "--accept")
    assert joined.run(*UPLOAD).line["state"] == "archived"


def test_a_clock_that_is_off_is_said_by_doctor(joined: Home, gate: Gate) -> None:
    def late(reply: dict[str, Any]) -> None:
        if "serverTime" in reply:
            reply["serverTime"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")

    assert "The clock agrees with the endpoint's" in joined.run("doctor").out
    gate.change = late
    said = joined.run("doctor", code=1).out
    assert "PROBLEM  This computer's clock and the endpoint's are 3" in said
    assert "Set the clock" in said


def test_lambda_function_url_is_used_with_the_aws_credential_chain(
    home: Home, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_session()
    (home.user / ".aws").mkdir()
    (home.user / ".aws" / "credentials").write_text(
        f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n", encoding="utf-8"
    )
    home.environ["LAMBDA_FUNCTION_URL"] = gate.endpoint
    status = home.run("status", "--json").line
    assert (status["name"], status["kind"], status["reachable"]) == ("environment", "iam", True)
    assert home.run(*UPLOAD).line["state"] == "archived"
    assert {request["action"] for request in gate.requests} >= {"health", "upload"}
    for request in gate.requests:
        assert request["headers"]["authorization"] == signature(gate.endpoint, request)
    monkeypatch.setenv("HOME", str(home.user))
    home.prove_archived(tmp_path / "back")


def signature(endpoint: str, request: dict[str, Any]) -> str:
    """The Authorization header that AWS would want to see, by botocore's own signer."""
    sent = request["headers"]
    names = sent["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name: sent[name] for name in names if name != "host"}
    again = AWSRequest(method="POST", url=endpoint, headers=headers, data=request["body"])
    again.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY_ID, SECRET), "lambda", "ap-northeast-1")
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(again)}, SignedHeaders={';'.join(names)}, "
        f"Signature={signer.signature(text, again)}"
    )


def test_without_credentials_the_next_step_is_to_sign_in(home: Home, gate: Gate) -> None:
    home.write_session()
    home.environ |= {"LAMBDA_FUNCTION_URL": gate.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
    ran = home.run(*UPLOAD, code=2)
    assert "No AWS credentials were found for the profile “environment”. Sign in to AWS" in ran.err
    assert gate.requests == []
