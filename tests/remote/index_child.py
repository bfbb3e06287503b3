"""A process of the same home that writes lines to the session index: lines `first` to `last` of one month."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.remote.session_index import SessionIndexObjects
from app.transfer.connections import Connections
from app.transfer.objects import SmallObjectStore
from app.transfer.retry import Retrier
from tests.remote.test_index_lines import LINE


def main(endpoint: str, token: str, bucket: str, home: Path, machine: str, first: int, last: int) -> None:
    with Connections() as http:
        pinned = Storage(bucket, "ap-northeast-1", "sandbox", "127.0.0.1")
        presign = PresignClient(endpoint, BearerToken(token), http, retry=Retrier(), pinned=pinned)
        index = SessionIndexObjects(
            presign,
            SmallObjectStore(presign, http),
            home / "cache",
            machine=machine,
            lock_file=home / "session-index.lock",
        )
        for number in range(first, last):
            index.write([replace(LINE, machine=machine, session_id=str(number))])


if __name__ == "__main__":
    _, endpoint, token, bucket, home, machine, first, last = sys.argv
    main(endpoint, token, bucket, Path(home), machine, int(first), int(last))
