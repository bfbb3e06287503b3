"""An emulator of AWS with the stack deployed in it, by the same commands as an operator uses.

It speaks TLS, as the policies demand, with a certificate of its own, on the loopback interface only.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.stack.packaging import copy_backend, run_osls
from tests.system import kill_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REGION = "ap-northeast-1"
STACK = "chatlog-uploader-emulated"
PATIENCE = 60.0
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Key:
    """An access key of an IAM user."""

    access_key: str
    secret_key: str


class Cloud:
    """The emulator's process and what is in it. `folder` holds all that it keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "certificate.pem"
        self._clock = folder / "clock"
        self._port = _free_port()
        self.address = f"https://127.0.0.1:{self._port}"
        self._root = Key("root", secrets.token_hex(16))
        self._process: subprocess.Popen[bytes] | None = None
        self.operator = self._root
        self.outputs: dict[str, str] = {}

    # ---- life -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the emulator, and make a user who may do everything: its own first key is never used again."""
        _write_certificate(self.certificate, self._folder / "key.pem")
        for name in ("state", "temporary"):
            (self._folder / name).mkdir()
        with (self._folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("emulator.py"))],
                cwd=self._folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()
        self.operator = self.new_user("operator", EVERYTHING)

    def deploy(self, mode: str, *words: str, folder: Path | None = None) -> None:
        """`osls deploy` of the checkout's backend, with further words for the framework."""
        self.outputs = self.deploy_stack(STACK, REGION, "--param", f"mode={mode}", *words, folder=folder)

    def deploy_stack(
        self, stack: str, region: str, *words: str, folder: Path | None = None
    ) -> dict[str, str]:
        """`osls deploy` with these words besides the stage and the port; that stack's outputs.

        It is deployed from a copy of the backend in a folder, the emulator's own if no other is named.
        """
        place = folder or self._folder
        backend = place / "backend"
        if not backend.exists():
            copy_backend(place)
        environ = {
            "AWS_ACCESS_KEY_ID": self.operator.access_key,
            "AWS_SECRET_ACCESS_KEY": self.operator.secret_key,
            "AWS_ENDPOINT_URL": self.address,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
        }
        port = ("--param", f"emulatorPort={self._port}")
        run_osls(backend, "deploy", "--stage", "emulated", "--region", region, *port, *words, environ=environ)
        described = self.client("cloudformation", region=region).describe_stacks(StackName=stack)
        return {one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0]["Outputs"]}

    def stop(self) -> None:
        """End the emulator, and the functions it runs. Nothing of it is kept, so it need not tidy up first."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._process.wait()

    @contextmanager
    def ahead(self, seconds: float) -> Iterator[None]:
        """The clocks of S3 and the REST API are ahead for a while."""
        self._clock.write_text(str(seconds), encoding="utf-8")
        try:
            yield
        finally:
            self._clock.unlink()

    def log_of(self, group: str) -> str:
        """All that stands in a log group, a message a line."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])

    # ---- its users --------------------------------------------------------------------------------------

    def client(self, service: str, key: Key | None = None, *, region: str = REGION) -> Any:
        """A boto3 client of the emulator's, the operator's if nobody else is named."""
        who = key or self.operator
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.address,
            verify=str(self.certificate),
            aws_access_key_id=who.access_key,
            aws_secret_access_key=who.secret_key,
            config=Config(
                # Without a word it would sign URLs in the old way, of which little is enforced.
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
            ),
        )

    def new_user(self, name: str, *statements: Mapping[str, Any], policy: str | None = None) -> Key:
        """A user with statements, or a managed policy, of their own; a key."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
        if policy is not None:
            iam.attach_user_policy(UserName=name, PolicyArn=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Key(made["AccessKeyId"], made["SecretAccessKey"])

    # ---- calls ------------------------------------------------------------------------------------------

    def call(self, body: Mapping[str, Any], **headers: str) -> requests.Response:
        """POST to the deployed endpoint, with these headers besides."""
        return self.send(
            "POST", self.outputs["Endpoint"], json.dumps(body), {"content-type": "application/json"} | headers
        )

    def signed_call(self, key: Key, body: Mapping[str, Any]) -> requests.Response:
        """POST to the deployed endpoint, signed for Lambda as the program does it."""
        request = AWSRequest(
            "POST",
            self.outputs["Endpoint"],
            data=json.dumps(body),
            headers={"content-type": "application/json"},
        )
        SigV4Auth(Credentials(key.access_key, key.secret_key), "lambda", REGION).add_auth(request)
        return self.send("POST", self.outputs["Endpoint"], json.dumps(body), dict(request.headers))

    def send(
        self,
        method: str,
        url: str,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Any request, to the emulator only."""
        assert url.startswith(self.address + "/")
        return requests.request(
            method, url, data=data, headers=headers, verify=str(self.certificate), timeout=PATIENCE, **more
        )

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder / "temporary"),
            "STATE_DIR": str(self._folder / "state"),
            "EMULATOR_CLOCK": str(self._clock),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(self.certificate),
            "MINISTACK_SSL_KEY": str(self._folder / "key.pem"),
            "MINISTACK_REGION": REGION,
            # The trigger's failure is the sign-in's, as on AWS.
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self._root.access_key,
            "AWS_SECRET_ACCESS_KEY": self._root.secret_key,
            # For the deployed function, which speaks to the emulator's S3.
            "AWS_CA_BUNDLE": str(self.certificate),
            # For the emulator's API, which fetches the pool's keys from the emulator.
            "SSL_CERT_FILE": str(self.certificate),
        }

    def _wait_until_ready(self) -> None:
        context = ssl.create_default_context(cafile=str(self.certificate))
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self._process is not None
            assert self._process.poll() is None, (self._folder / "log.txt").read_text(encoding="utf-8")
            try:
                with urllib.request.urlopen(f"{self.address}/_ministack/health", timeout=5, context=context):
                    return
            except (URLError, OSError):
                assert time.monotonic() < deadline, "the emulator does not answer"
                time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _write_certificate(certificate: Path, key_file: Path) -> None:
    """A certificate for 127.0.0.1 that signs itself, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulator")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
