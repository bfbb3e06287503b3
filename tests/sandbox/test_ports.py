"""Attacks on every port the sandbox opens, as bytes on real sockets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests

if TYPE_CHECKING:
    from app.sandbox.lifecycle import SandboxInfo


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


def ports(info: SandboxInfo) -> tuple[int, int]:
    return port_of(info.endpoint), port_of(info.s3_endpoint)


def status(reply: bytes) -> int:
    assert reply.startswith(b"HTTP/1.1 "), reply
    return int(reply[9:12])


def request(port: int, *lines: str, method: str = "POST", target: str = "/", body: bytes = b"") -> bytes:
    given = [line.lower() for line in lines]
    head = [f"{method} {target} HTTP/1.1"]
    if not any(line.startswith("host:") for line in given):
        head.append(f"Host: 127.0.0.1:{port}")
    if not any(line.startswith(("content-length:", "transfer-encoding:")) for line in given):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, *lines, "Connection: close", "", ""]).encode() + body


def health(info: SandboxInfo) -> tuple[str, bytes]:
    return f"Authorization: Bearer {info.token}", json.dumps({"action": "health"}).encode()


def test_it_listens_on_exactly_two_loopback_ports(shared_sandbox: SandboxInfo) -> None:
    requests.post(  # so that everything that loads on first use has loaded
        shared_sandbox.endpoint,
        json={"action": "list"},
        headers={"authorization": f"Bearer {shared_sandbox.token}"},
        timeout=30,
    )
    process = psutil.Process(shared_sandbox.pid)
    everyone = [process, *process.children(recursive=True)]

    listening = {
        (connection.laddr.ip, connection.laddr.port)
        for one in everyone
        for connection in one.net_connections("all")
        if connection.status == psutil.CONN_LISTEN
        or connection.type == 2  # datagram sockets listen without a state
    }

    assert listening == {("127.0.0.1", port) for port in ports(shared_sandbox)}
    assert process.children() == []


@pytest.mark.parametrize("which", [0, 1], ids=["presign", "s3"])
@pytest.mark.parametrize(
    "line",
    [
        "Host: attacker.example",
        "Host: attacker.example:{port}",
        "Host: 127.0.0.1",
        "Host: 127.0.0.1:1",
        "Host: 127.0.0.1:{port}.attacker.example",
        "Host: 127.0.0.1.nip.io:{port}",
        "Host: [::1]:{port}",
        "Host: 0.0.0.0:{port}",
        "Host: 2130706433:{port}",
        "Host: user@127.0.0.1:{port}",
        "Host: ",
        "Origin: http://attacker.example",
        "Origin: null",
        "Origin: http://127.0.0.1:{port}",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: same-origin",
    ],
)
def test_strangers_are_refused_before_their_token_is_looked_at(
    which: int, line: str, shared_sandbox: SandboxInfo, raw: Any
) -> None:
    port = ports(shared_sandbox)[which]
    token, body = health(shared_sandbox)

    reply = raw(port, request(port, line.format(port=port), token, body=body))

    assert status(reply) in {400, 403}
    assert b"access-control" not in reply.lower()
    assert b"protocolVersion" not in reply


def test_the_same_request_without_that_line_is_answered(shared_sandbox: SandboxInfo, raw: Any) -> None:
    port = ports(shared_sandbox)[0]
    token, body = health(shared_sandbox)

    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        reply = raw(port, request(port, f"Host: {host}", token, body=body))
        assert (status(reply), b"protocolVersion" in reply) == (200, True)


@pytest.mark.parametrize("which", [0, 1], ids=["presign", "s3"])
def test_a_browsers_preflight_gets_no_leave(which: int, shared_sandbox: SandboxInfo, raw: Any) -> None:
    port = ports(shared_sandbox)[which]

    reply = raw(
        port,
        request(
            port, "Origin: https://attacker.example", "Access-Control-Request-Method: PUT", method="OPTIONS"
        ),
    )

    assert status(reply) == 403
    assert b"access-control" not in reply.lower()


@pytest.mark.parametrize(
    "line",
    [
        "X-Nothing: here",
        "Authorization: Bearer wrong",
        "Authorization: Bearer ",
        "Authorization: {token}",
        "Authorization: Basic {token}",
        "Authorization: Bearer {token}x",
        "Authorization: bearer {token}",
        "Authorization: Bearer t\u00f6ken",
    ],
)
@pytest.mark.parametrize("target", ["/", "/sandbox/stop", "/presigned-url-request"])
def test_without_the_token_nothing_is_done(
    line: str, target: str, shared_sandbox: SandboxInfo, raw: Any
) -> None:
    port = ports(shared_sandbox)[0]
    given = line.format(token=shared_sandbox.token)

    reply = raw(port, request(port, given, target=target, body=health(shared_sandbox)[1]))

    assert status(reply) == 401
    assert b"application/problem+json" in reply
    assert b"www-authenticate: bearer" in reply.lower()
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["code"] == "unauthorized"
    assert psutil.pid_exists(shared_sandbox.pid)


def test_the_token_may_not_come_twice(shared_sandbox: SandboxInfo, raw: Any) -> None:
    port = ports(shared_sandbox)[0]
    token, body = health(shared_sandbox)

    reply = raw(port, request(port, "Authorization: Bearer wrong", token, body=body))

    assert status(reply) == 401


def test_the_challenge_does_not_give_the_token_away(shared_sandbox: SandboxInfo, raw: Any) -> None:
    port = ports(shared_sandbox)[0]

    answered = raw(port, request(port, method="GET", target="/sandbox/challenge?challenge=" + "0" * 32))
    nonsense = raw(
        port, request(port, method="GET", target="/sandbox/challenge?challenge=" + shared_sandbox.token)
    )

    assert status(answered) == 200
    assert shared_sandbox.token.encode() not in answered
    assert status(nonsense) == 400


@pytest.mark.parametrize("which", [0, 1], ids=["presign", "s3"])
@pytest.mark.parametrize(
    "target",
    [
        "/_ministack/reset",
        "/_ministack/config",
        "/_ministack/health",
        "/_localstack/health",
        "/health",
        "/oauth2/token",
        "/2015-03-31/functions",
        "/v20180820/accesspoint",
        "/v2/apis",
        "/restapis",
        "/_alb/x",
        "/sandbox",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_emulators_own_routes_do_not_exist(
    which: int, target: str, method: str, shared_sandbox: SandboxInfo, raw: Any
) -> None:
    port = ports(shared_sandbox)[which]

    reply = raw(port, request(port, method=method, target=target, body=b"{}"))

    assert status(reply) == (403 if which else 401)


@pytest.mark.parametrize(
    ("service", "headers", "body"),
    [
        (
            "kms",
            {"x-amz-target": "TrentService.ListKeys", "content-type": "application/x-amz-json-1.1"},
            b"{}",
        ),
        ("secretsmanager", {"x-amz-target": "secretsmanager.ListSecrets"}, b"{}"),
        ("dynamodb", {"x-amz-target": "DynamoDB_20120810.ListTables"}, b"{}"),
        (
            "iam",
            {"content-type": "application/x-www-form-urlencoded"},
            b"Action=ListUsers&Version=2010-05-08",
        ),
        (
            "sts",
            {"content-type": "application/x-www-form-urlencoded"},
            b"Action=GetCallerIdentity&Version=2011-06-15",
        ),
        ("lambda", {}, b""),
        ("s3", {}, b""),
    ],
)
def test_other_aws_services_do_not_exist(
    service: str, headers: dict[str, str], body: bytes, shared_sandbox: SandboxInfo, signer_of: Any
) -> None:
    from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    identity = signer_of(shared_sandbox).identity
    signed = AWSRequest(
        method="POST" if body else "GET", url=shared_sandbox.s3_endpoint + "/", headers=headers, data=body
    )
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(Credentials(identity.access_key, identity.secret_key), service, identity.region).add_auth(signed)

    reply = requests.request(signed.method, signed.url, headers=dict(signed.headers), data=body, timeout=30)

    assert reply.status_code in {400, 403}
    assert identity.user_arn not in reply.text


@pytest.mark.parametrize("which", [0, 1], ids=["presign", "s3"])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET http://attacker.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n", {403}),
        (b"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n", {403}),
        (b"CONNECT attacker.example:443 HTTP/1.1\r\nHost: {host}\r\n\r\n", {403}),
        (b"OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n", {403}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n", {400}),
        (b"GET / HTTP/1.0\r\n\r\n", {403}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 403, 505}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", {400, 431}),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: {host}\r\n\r\n", {400, 431}),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\n" + b"X: y\r\n" * 9_000 + b"\r\n", {400, 431}),
        (b"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", {400}),
        (b"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"GET /\xff HTTP/1.1\r\nHost: {host}\r\n\r\n", {400}),
        (b"GET /a b HTTP/1.1\r\nHost: {host}\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost : {host}\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", {401, 403}),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", {401, 403}),
    ],
)
def test_what_is_no_plain_request_of_ours_is_refused(
    which: int, data: bytes, expected: set[int], shared_sandbox: SandboxInfo, raw: Any
) -> None:
    port = ports(shared_sandbox)[which]

    reply = raw(port, data.replace(b"{host}", f"127.0.0.1:{port}".encode()))

    assert status(reply) in expected
    assert_alive(shared_sandbox)


@pytest.mark.parametrize(
    "path",
    [
        "/{bucket}/../../etc/passwd",
        "/{bucket}/%2e%2e/%2e%2e/identity.json",
        "/{bucket}/chat-logs/sandbox/../../../identity.json",
        "/{bucket}/chat-logs%2f..%2f..%2fidentity.json",
        "//{bucket}//identity.json",
        "/{bucket}\\..\\identity.json",
        "/{bucket}/chat-logs/%00",
        "/{bucket}/chat-logs/%ff",
        "/{bucket}/chat-logs/" + "k" * 2000,
        "/../{bucket}/",
        "/another-bucket/chat-logs/x",
    ],
)
def test_paths_lead_nowhere(path: str, shared_sandbox: SandboxInfo, signer_of: Any, raw: Any) -> None:
    signer = signer_of(shared_sandbox)
    target = path.format(bucket=signer.identity.bucket)
    unsigned = raw(signer.port, request(signer.port, method="GET", target=target))

    assert status(unsigned) in {400, 403}
    assert b"secret_key" not in unsigned


@pytest.mark.parametrize(
    "key", ["chat-logs/../../identity.json", "chat-logs/%2e%2e/%2e%2e/identity.json", "chat-logs//x"]
)
def test_odd_keys_are_names_and_never_paths(key: str, sandbox: SandboxInfo, signer_of: Any) -> None:
    signer = signer_of(sandbox)
    before = {path.name for path in sandbox.data_folder.parent.iterdir()}

    # Raw, since clients tidy up such paths: the key is stored under a name that it does not choose.
    import http.client  # noqa: PLC0415

    sent = signer.put(b"body", key)
    connection = http.client.HTTPConnection("127.0.0.1", signer.port, timeout=10)
    connection.request("PUT", sent.url.partition(f":{signer.port}")[2], b"body", sent.headers)
    reply = connection.getresponse()
    reply.read()
    connection.close()

    assert reply.status in {200, 403}
    assert {path.name for path in sandbox.data_folder.parent.iterdir()} == before
    assert "secret_key" in (sandbox.data_folder / "identity.json").read_text(encoding="utf-8")


def test_a_request_over_256_kib_is_refused_without_being_read(shared_sandbox: SandboxInfo, raw: Any) -> None:
    port = ports(shared_sandbox)[0]
    token, _ = health(shared_sandbox)

    announced = raw(port, request(port, token, "Content-Length: 262145"))
    sent = raw(port, request(port, token, body=b" " * 262145))
    chunked = raw(port, request(port, token, "Transfer-Encoding: chunked", body=b"1\r\n{\r\n0\r\n\r\n"))

    assert (status(announced) if announced else 413, status(sent), status(chunked)) == (413, 413, 411)


def test_an_upload_without_a_length_is_refused(shared_sandbox: SandboxInfo, signer_of: Any, raw: Any) -> None:
    signer = signer_of(shared_sandbox)
    sent = signer.put(b"five!", "chat-logs/sandbox/2026-01-02_chunked", without=("content-length",))
    target = sent.url.partition(f":{signer.port}")[2]
    lines = [f"{name}: {value}" for name, value in sent.headers.items()]

    chunked = raw(
        signer.port,
        request(
            signer.port,
            *lines,
            "Transfer-Encoding: chunked",
            method="PUT",
            target=target,
            body=b"5\r\nfive!\r\n0\r\n\r\n",
        ),
    )
    too_much = raw(
        signer.port,
        request(
            signer.port,
            *lines,
            "Content-Length: 5368709121",
            "Expect: 100-continue",
            method="PUT",
            target=target,
        ),
    )

    assert (status(chunked), status(too_much)) == (411, 400)
    assert b"EntityTooLarge" in too_much


def assert_alive(info: SandboxInfo) -> None:
    reply = requests.post(
        info.endpoint,
        json={"action": "health"},
        headers={"authorization": f"Bearer {info.token}"},
        timeout=30,
    )
    assert reply.status_code == 200
