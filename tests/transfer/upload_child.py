"""A process that uploads every file of a folder, telling each outcome. Killed by its parent at random moments."""

from __future__ import annotations

import sys
from pathlib import Path

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.transfer.connections import Connections
from app.transfer.content import ContentKey
from app.transfer.jobs import JobStore
from app.transfer.retry import Retrier
from app.transfer.uploader import Uploader
from tests.transfer.conftest import FileContent


def main(endpoint: str, token: str, bucket: str, folder: Path, salt: str) -> None:
    contents = [
        FileContent(
            path, f"{path.stem}-{salt}.jsonl.zst", ContentKey("test", f"{path.stem}-{salt}", path.name)
        )
        for path in sorted((folder / "files").iterdir())
    ]
    with Connections() as http, JobStore(folder / "state.db") as jobs:
        pinned = Storage(bucket, "ap-northeast-1", "sandbox", "127.0.0.1")
        presign = PresignClient(endpoint, BearerToken(token), http, retry=Retrier(), pinned=pinned)
        uploader = Uploader(jobs, presign, http, folder / "spool", destination="here")
        for outcome in uploader.run(contents):
            sys.stdout.write(f"{outcome.state} {outcome.key.session_id} {outcome.s3_key} {outcome.error}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    _, endpoint, token, bucket, folder, salt = sys.argv
    main(endpoint, token, bucket, Path(folder), salt)
