"""What a sandbox is, from its first start until it is reset: names, keys, token and ports, in one 0600 file.

These secrets open nothing but this computer's sandbox, so they stand in a file and not in the keyring.
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.errors import SandboxFailed
from app.sandbox.layout import IDENTITY_NAME
from app.sandbox.signatures import Credential
from app.sandbox.strict import BucketSettings
from app.storage.paths import write_private

if TYPE_CHECKING:
    from pathlib import Path

BUCKET_PREFIX = "media-viewer-v209-chat-logs-sandbox-"
REGION = "ap-northeast-1"
OWNER = "sandbox"
ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True)
class Identity:
    """Made once, kept until reset. Ports are the last ones used, 0 before the first start."""

    bucket: str
    key_arn: str
    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    region: str = REGION
    owner: str = OWNER
    account: str = ACCOUNT
    presign_port: int = 0
    s3_port: int = 0

    @property
    def user_arn(self) -> str:
        """The one user of the sandbox's account: the handler."""
        return f"arn:aws:iam::{self.account}:user/presign"

    @property
    def settings(self) -> BucketSettings:
        """As the S3 side needs it."""
        credential = Credential(self.access_key, self.secret_key)
        return BucketSettings(self.bucket, self.region, self.account, self.user_arn, self.key_arn, credential)


def new_identity() -> Identity:
    """A sandbox that nobody knows yet."""
    return Identity(
        bucket=BUCKET_PREFIX + secrets.token_hex(6),
        key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{uuid.uuid4()}",
        access_key="AKIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
        secret_key=secrets.token_urlsafe(30),
        token=secrets.token_urlsafe(32),
    )


def load_or_create(folder: Path) -> Identity:
    """The sandbox's identity; a new one is on disk before this returns.

    Raises SandboxFailed for a file that cannot be understood: a new identity would hide what is stored under the old.
    """
    path = folder / IDENTITY_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        identity = new_identity()
        save(folder, identity)
        return identity
    try:
        values: dict[str, Any] = json.loads(text)
        return Identity(**values)
    except (ValueError, TypeError) as problem:
        raise SandboxFailed(reason=f"{path} cannot be read: {problem}", log=str(path)) from problem


def save(folder: Path, identity: Identity) -> None:
    """Write the identity, 0600, at once or not at all."""
    write_private(folder / IDENTITY_NAME, json.dumps(asdict(identity), indent=2) + "\n")


def with_ports(identity: Identity, presign_port: int, s3_port: int) -> Identity:
    """The same sandbox on other ports."""
    return replace(identity, presign_port=presign_port, s3_port=s3_port)
