"""A process that downloads one object through a proxy. Killed by its parent in the middle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.account.profiles import Storage
from app.account.signin import BearerToken
from app.remote.presign import PresignClient
from app.transfer.downloader import Downloader, Wanted
from app.transfer.retry import Retrier
from tests.transfer.conftest import FaultyConnections


def main(endpoint: str, token: str, bucket: str, s3_key: str, folder: Path, proxy: str) -> None:
    def lead(method: str, url: str, changes: dict[str, Any]) -> None:
        if method == "GET":
            host = urlsplit(url).netloc
            changes["url"] = url.replace(host, proxy, 1)
            changes["headers"] = {**changes["headers"], "host": host}

    with FaultyConnections() as http:
        http.faults = lead
        pinned = Storage(bucket, "ap-northeast-1", "sandbox", "127.0.0.1")
        presign = PresignClient(endpoint, BearerToken(token), http, retry=Retrier(), pinned=pinned)
        Downloader(presign, http).download(Wanted(s3_key, folder))


if __name__ == "__main__":
    _, endpoint, token, bucket, s3_key, folder, proxy = sys.argv
    main(endpoint, token, bucket, s3_key, Path(folder), proxy)
