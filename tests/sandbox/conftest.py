"""What the sandbox's tests attack it with: a signer that signs anything, raw sockets, and a server in this process
whose single checks can be switched off.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from app.sandbox.guard import guarded
from app.sandbox.http_server import Activity, Application, HttpServer
from app.sandbox.identity import Identity, new_identity
from app.sandbox.policies import bucket_policy, identity_policy
from app.sandbox.server import bind_port, s3_refusal
from app.sandbox.store import Store
from app.sandbox.strict import StrictS3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.sandbox.lifecycle import SandboxInfo

KEY = "chat-logs/sandbox/2026-01-02_session-0a1b2c3d.jsonl.zst"


@dataclass(frozen=True)
class Sent:
    """A request, ready to go."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""

    def go(self) -> requests.Response:
        # A prepared request: what `requests` would add of its own is no part of the tests.
        with requests.Session() as session:
            session.trust_env = False
            request = requests.Request(self.method, self.url, headers=self.headers, data=self.body)
            prepared = session.prepare_request(request)
            return session.send(prepared, allow_redirects=False, timeout=30)


@dataclass
class Signer:
    """Signs requests to one S3 port with the handler's key, or with any other."""

    port: int
    identity: Identity
    host: str = ""
    defaults: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host = self.host or f"127.0.0.1:{self.port}"

    @property
    def encryption(self) -> dict[str, str]:
        return {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self.identity.key_arn,
        }

    def put_headers(self, body: bytes) -> dict[str, str]:
        """What the protocol signs of an upload."""
        return {
            "content-length": str(len(body)),
            "content-type": "application/zstd",
            "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
            "x-amz-meta-tool": "claude-code",
            **self.encryption,
        }

    def presign(
        self,
        method: str,
        key: str = KEY,
        headers: Mapping[str, str] | None = None,
        *,
        query: str = "",
        expires: int = 900,
        moment: datetime | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        token: str | None = None,
        region: str | None = None,
        service: str = "s3",
        body: bytes = b"",
    ) -> Sent:
        """A presigned request whose every header is signed."""
        given = dict(headers or {})
        credentials = Credentials(
            access_key or self.identity.access_key, secret_key or self.identity.secret_key, token
        )
        url = f"http://{self.host}/{self.identity.bucket}/{key}" + (f"?{query}" if query else "")
        request = AWSRequest(method=method, url=url, headers=given)
        auth = S3SigV4QueryAuth(credentials, service, region or self.identity.region, expires=expires)
        with _clock_at(moment):
            auth.add_auth(request)
        # The signed host may be a lie; the socket goes to the sandbox all the same.
        address = request.url.replace(f"http://{self.host}/", f"http://127.0.0.1:{self.port}/", 1)
        sent_headers = given if self.host == f"127.0.0.1:{self.port}" else {**given, "host": self.host}
        return Sent(method, address, sent_headers, body)

    def sign_header(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        moment: datetime | None = None,
    ) -> Sent:
        """A request signed in its Authorization header, payload hash included."""
        given = {**headers, "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
        url = f"http://{self.host}/{self.identity.bucket}/{key}"
        request = AWSRequest(method=method, url=url, headers=given, data=body)
        credentials = Credentials(self.identity.access_key, self.identity.secret_key)
        with _clock_at(moment):
            S3SigV4Auth(credentials, "s3", self.identity.region).add_auth(request)
        return Sent(method, url, dict(request.headers.items()), body)

    def put(self, body: bytes, key: str = KEY, **options: Any) -> Sent:
        """A presigned upload as the protocol makes it, with more headers from `extra`."""
        headers = {**self.put_headers(body), **options.pop("extra", {})}
        for name in options.pop("without", ()):
            del headers[name]
        return self.presign("PUT", key, headers, body=body, **options)


@contextmanager
def _clock_at(moment: datetime | None) -> Iterator[None]:
    """botocore takes the time from one function; it is given another while a request is signed."""
    with pytest.MonkeyPatch.context() as patch:
        if moment is not None:
            patch.setattr("botocore.auth.get_current_datetime", lambda *_a, **_k: moment)
        yield


@dataclass
class LocalServer:
    """An application of the sandbox served from a thread of this process."""

    port: int
    identity: Identity
    store: Store

    @property
    def signer(self) -> Signer:
        return Signer(self.port, self.identity)


def _run_server(make: Callable[[int], Application], ready: Callable[[int, Callable[[], None]], None]) -> None:
    async def main() -> None:
        listener = bind_port(0)
        port = listener.getsockname()[1]
        server = HttpServer(make(port), listener, Activity())
        await server.start()
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        ready(port, lambda: loop.call_soon_threadsafe(stopping.set))  # type: ignore[arg-type]
        await stopping.wait()
        await server.stop(0.5)

    asyncio.run(main())


@pytest.fixture
def serve_application() -> Iterator[Callable[[Callable[[int], Application]], int]]:
    """Serves an application, made from its port number, until the test ends; gives the port."""
    stops: list[tuple[Callable[[], None], threading.Thread]] = []

    def serve(make: Callable[[int], Application]) -> int:
        started = threading.Event()
        found: list[tuple[int, Callable[[], None]]] = []

        def ready(port: int, stop: Callable[[], None]) -> None:
            found.append((port, stop))
            started.set()

        thread = threading.Thread(target=_run_server, args=(make, ready), daemon=True)
        thread.start()
        assert started.wait(10)
        stops.append((found[0][1], thread))
        return found[0][0]

    yield serve
    for stop, thread in stops:
        stop()
        thread.join(10)


@pytest.fixture
def local_server(
    tmp_path: Path, serve_application: Callable[[Callable[[int], Application]], int]
) -> Iterator[LocalServer]:
    """The S3 side in this process: tests can switch a single check of it off and see the request accepted."""
    identity = new_identity()
    store = Store(tmp_path / "local")
    port = serve_application(lambda port: guarded(StrictS3(identity.settings, store), port, s3_refusal))
    yield LocalServer(port, identity, store)
    store.close()


def identity_of(info: SandboxInfo) -> Identity:
    """The keys of a running sandbox, from its own file."""
    return Identity(**json.loads((info.data_folder / "identity.json").read_text(encoding="utf-8")))


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


@pytest.fixture
def signer_of() -> Callable[[SandboxInfo], Signer]:
    """Signs with a running sandbox's own keys."""
    return lambda info: Signer(port_of(info.s3_endpoint), identity_of(info))


@pytest.fixture
def raw() -> Callable[[int, bytes], bytes]:
    """Sends bytes to a loopback port and returns everything that comes back until it closes (or 5 s of silence)."""

    def exchange(port: int, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received

    return exchange


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    """ministack's own server with its strictest setting, provisioned with the sandbox's policies: a second opinion by
    code that is not ours. Gives a signer with the key of its IAM user.
    """
    folder = tmp_path_factory.mktemp("emulator")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "MINISTACK_REGION": "ap-northeast-1",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environ, cwd=folder, stdout=log, stderr=log
        )
    try:
        for _ in range(600):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            threading.Event().wait(0.05)
        yield Signer(port, _provision_emulator(port))
    finally:
        process.terminate()
        process.wait(20)


def _provision_emulator(port: int) -> Identity:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="ap-northeast-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(proxies={}, s3={"addressing_style": "path"}),
        )

    s3, iam, kms = client("s3"), client("iam"), client("kms")
    key_arn = kms.create_key()["KeyMetadata"]["Arn"]
    bucket = "agreement-bucket"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    iam.create_user(UserName="presign")
    policy = json.dumps(identity_policy(bucket, key_arn, "ap-northeast-1"))
    iam.put_user_policy(UserName="presign", PolicyName="presign", PolicyDocument=policy)
    key = iam.create_access_key(UserName="presign")["AccessKey"]
    # It does not know the key's id as a condition, so that statement would refuse every upload.
    refusals = bucket_policy(bucket, key_arn)
    refusals["Statement"] = [one for one in refusals["Statement"] if one["Sid"] != "DenyOtherKeys"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(refusals))
    for each in (s3, iam, kms):
        each.close()
    return replace(
        new_identity(),
        bucket=bucket,
        key_arn=key_arn,
        access_key=key["AccessKeyId"],
        secret_key=key["SecretAccessKey"],
    )
