"""The ceiling: PUTs of finished files, with nothing around them.

python benchmarks/peers_raw.py PORT FOLDER [--parallel 16]
"""

from __future__ import annotations

import argparse
import http.client
import threading
from pathlib import Path

BLOCK = 256 * 1024


def send_all(port: int, files: list[Path], parallel: int) -> None:
    """PUT every file over `parallel` connections. Raises RuntimeError where one is refused."""
    lock, waiting = threading.Lock(), iter(files)
    refused: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, blocksize=BLOCK)
        while True:
            with lock:
                path = next(waiting, None)
            if path is None:
                connection.close()
                return
            with path.open("rb") as file:
                length = {"Content-Length": str(path.stat().st_size)}
                connection.request("PUT", f"/bucket/raw/{path.name}", body=file, headers=length)
                reply = connection.getresponse()
                reply.read()
            if reply.status != http.HTTPStatus.OK:
                refused.append(f"{path.name}: {reply.status}")

    threads = [threading.Thread(target=work) for _ in range(min(parallel, len(files)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise RuntimeError(", ".join(refused))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="PUTs of finished files.")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parallel", type=int, default=16)
    arguments = parser.parse_args()
    send_all(arguments.port, sorted(arguments.folder.iterdir()), arguments.parallel)


if __name__ == "__main__":
    main()
