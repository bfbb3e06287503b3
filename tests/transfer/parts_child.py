"""A process that uploads one file in parts and sends nothing of the parts above a number: to be killed there."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.transfer.content import ContentKey
from app.transfer.jobs import JobStore
from app.transfer.retry import Retrier
from app.transfer.uploader import Uploader
from tests.transfer.conftest import FaultyConnections, FileContent, part_number


def main(endpoint: str, token: str, bucket: str, folder: Path, name: str, salt: str, last: int) -> None:
    content = FileContent(
        folder / "files" / f"{name}.jsonl",
        f"{name}-{salt}.jsonl",
        ContentKey("test", f"{name}-{salt}", f"{name}.jsonl"),
    )

    def hold_the_rest(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "PUT" and part_number(url) > last:
            threading.Event().wait()

    with FaultyConnections() as http, JobStore(folder / "state.db") as jobs:
        http.faults = hold_the_rest
        pinned = Storage(bucket, "ap-northeast-1", "sandbox", "127.0.0.1")
        presign = PresignClient(endpoint, BearerToken(token), http, retry=Retrier(), pinned=pinned)
        uploader = Uploader(jobs, presign, http, folder / "spool", destination="here")
        for outcome in uploader.run([content]):
            sys.stdout.write(f"{outcome.state} {outcome.error}\n")


if __name__ == "__main__":
    _, endpoint, token, bucket, folder, name, salt, last = sys.argv
    main(endpoint, token, bucket, Path(folder), name, salt, int(last))
