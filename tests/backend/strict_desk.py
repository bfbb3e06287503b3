"""A handler before the sandbox's S3 server, which refuses what S3 refuses, and the ways of a client to that server."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import requests
from awscrt import checksums
from botocore.config import Config

from app.sandbox.identity import Identity
from app.sandbox.server import handler_environment
from backend.handler import Door
from tests.backend.conftest import EVENT, Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sandbox.lifecycle import SandboxInfo

PREFIX = "chat-logs/sandbox/"


def crc64nvme(body: bytes) -> dict[str, str]:
    """The protocol's checksum of a body."""
    value = base64.b64encode(checksums.crc64nvme(body).to_bytes(8, "big")).decode()
    return {"algorithm": "CRC64NVME", "type": "FULL_OBJECT", "value": value}


@dataclass
class StrictDesk:
    """The actions on a running sandbox's bucket."""

    info: SandboxInfo
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.identity = Identity(
            **json.loads((self.info.data_folder / "identity.json").read_text(encoding="utf-8"))
        )
        environment = handler_environment(self.identity)
        self.door = Door(environment, clock=self.clock, write_log=self.lines.append)

    def ask(self, action: str, **fields: object) -> Answer:
        """Hand over an action's JSON."""
        reply = self.door({**EVENT, "body": json.dumps({"action": action, **fields})}, None)
        status, headers, body = reply["statusCode"], reply["headers"], reply["body"]
        assert isinstance(status, int)
        assert isinstance(headers, dict)
        assert isinstance(body, str)
        return Answer(status, headers, json.loads(body))

    def got(self, action: str, **fields: object) -> dict[str, Any]:
        """The reply of an action that must succeed."""
        answer = self.ask(action, **fields)
        assert answer.status == 200, answer.body
        return answer.body

    def store(self, s3_key: str, body: bytes, **extra: Any) -> str:
        """Put an object past the handler, with its role; the version's id. `extra` as boto3 has it."""
        with closing(self.client()) as client:
            stored = client.put_object(
                Bucket=self.identity.bucket,
                Key=s3_key,
                Body=body,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self.identity.key_arn,
                **extra,
            )
        version_id: str = stored["VersionId"]
        return version_id

    def client(self) -> Any:
        """A boto3 client with the handler's own role."""
        return boto3.client(
            "s3",
            endpoint_url=self.info.s3_endpoint,
            region_name=self.identity.region,
            aws_access_key_id=self.identity.access_key,
            aws_secret_access_key=self.identity.secret_key,
            config=Config(proxies={}, s3={"addressing_style": "path"}, signature_version="s3v4"),
        )

    def check_log(self) -> None:
        """Whatever was refused was a Problem: nothing was for the operator to mend."""
        assert [line for line in self.lines if json.loads(line)["level"] == "ERROR"] == []

    def finish_restores(self) -> None:
        """Let the hours pass that every restore of this sandbox takes."""
        finish_restores(self.info.data_folder)


def finish_restores(data_folder: Path) -> None:
    """Let the hours pass that every restore of a sandbox takes."""
    (database,) = data_folder.rglob("objects.db")
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.execute("UPDATE restores SET ready_ms = 0")


def send(method: str, url: str, headers: dict[str, str], body: bytes = b"") -> requests.Response:
    """Send exactly these headers."""
    with requests.Session() as session:
        session.trust_env = False
        prepared = requests.Request(method, url, headers=headers, data=body).prepare()
        if not body and "content-length" in headers:
            prepared.headers["content-length"] = headers["content-length"]
        return session.send(prepared, allow_redirects=False, timeout=30)
