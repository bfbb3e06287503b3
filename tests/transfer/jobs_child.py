"""A process that commits receipts as fast as it can, telling each once it is durable. Killed by its parent."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.transfer.content import ContentKey
from app.transfer.jobs import JobStore
from app.transfer.schema import Receipt


@dataclass(frozen=True)
class Named:
    key: ContentKey
    path: Path = Path("f")
    file_name: str = "f.zst"
    session_date: date | None = None
    kind: str = "log"
    redaction: str = "none"

    def prepare(self, spool_file: Path, cancelled: Any) -> Any:
        raise NotImplementedError


def main(path: Path, name: str) -> None:
    receipt = Receipt(
        "f", 1, 2, "ab", 1, 1, b"x", "chat-logs/o/k", "v", datetime.now(UTC), "none", compressed=True
    )
    told = threading.Lock()
    with JobStore(path) as jobs:

        def work(thread: int) -> None:
            for number in range(1_000_000):
                content = Named(ContentKey("test", f"{name}-{thread}-{number}", "f"))
                transfer = jobs.claim("here", content)
                assert transfer is not None
                jobs.finished([(transfer, replace(receipt, s3_key=content.key.session_id), False)])
                with told:
                    sys.stdout.write(content.key.session_id + "\n")
                    sys.stdout.flush()

        if name == "holder":
            transfer = jobs.claim("here", Named(ContentKey("test", "held", "f")))
            assert transfer is not None
            sys.stdout.write("held\n")
            sys.stdout.flush()
            threading.Event().wait()
        for thread in range(8):
            threading.Thread(target=work, args=(thread,), daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
