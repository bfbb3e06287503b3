"""Which HTTP layer costs least for the data path: the app's own connections, requests, urllib3, pycurl (if installed).

python benchmarks/http_layers.py [--small 1000] [--large-mb 128] [--rounds 3] [--parallel 8]

Every measurement is a process of its own against a server that forgets bodies, over plain HTTP on loopback; layers
take turns within a round. Figures are medians: CPU of the client (user and system) and time by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers_http import Answer, Connection, Head, Traffic

BLOCK = 256 * 1024
SMALL = 4 * 1024
HOST = "127.0.0.1"
LAYERS = ("app", "requests", "urllib3", "pycurl")
CASES = ("small", "put", "get")

Sender = Callable[[str, str, bytes], int]
"""Sends a method, a URL and a body; the number of bytes that the reply's body had."""


class _Arrived:
    """Bodies are counted, not kept."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, data: bytes, /) -> None:
        """The next bytes."""
        self.count += len(data)


def _arrived(port: int) -> int:
    with urlopen(f"http://{HOST}:{port}/arrived", timeout=60) as reply:
        return int(reply.read())


async def _serve(large: int) -> None:
    body = bytes(large)
    arrived = _Arrived()

    def finish(head: Head, _sink: object) -> Answer:
        if head.path == "/arrived":
            return Answer(200, body=str(arrived.count).encode())
        return Answer(200, body=body if head.method == "GET" else b"")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(lambda _head: arrived, finish, Traffic()), HOST, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _app() -> Callable[[], Sender]:
    from app.transfer.connections import Connections  # noqa: PLC0415 - one layer to a process

    connections = Connections(parallel=8, environ={})

    def send(method: str, url: str, body: bytes) -> int:
        with connections.stream(method, url, headers={}, body=body, read_timeout=60) as reply:
            return sum(len(block) for block in reply.blocks())

    return lambda: send


def _requests() -> Callable[[], Sender]:
    import requests  # noqa: PLC0415 - one layer to a process

    def make() -> Sender:
        session = requests.Session()

        def send(method: str, url: str, body: bytes) -> int:
            with session.request(method, url, data=body, stream=True, timeout=60) as reply:
                reply.raise_for_status()
                return sum(len(block) for block in reply.iter_content(BLOCK))

        return send

    return make


def _urllib3() -> Callable[[], Sender]:
    import urllib3  # noqa: PLC0415 - one layer to a process

    pool = urllib3.PoolManager(maxsize=16, retries=False, blocksize=BLOCK)

    def send(method: str, url: str, body: bytes) -> int:
        reply = pool.request(method, url, body=body, preload_content=False, timeout=60)
        size = sum(len(block) for block in reply.stream(BLOCK, decode_content=False))
        reply.release_conn()
        return size

    return lambda: send


def _pycurl() -> Callable[[], Sender]:
    import pycurl  # noqa: PLC0415 - one layer to a process

    def make() -> Sender:
        curl = pycurl.Curl()

        def send(method: str, url: str, body: bytes) -> int:
            size = 0

            def take(data: bytes) -> None:
                nonlocal size
                size += len(data)

            curl.reset()
            curl.setopt(pycurl.URL, url)
            curl.setopt(pycurl.NOPROXY, "*")
            curl.setopt(pycurl.BUFFERSIZE, BLOCK)
            curl.setopt(pycurl.WRITEFUNCTION, take)
            if method == "PUT":
                curl.setopt(pycurl.UPLOAD, 1)
                curl.setopt(pycurl.UPLOAD_BUFFERSIZE, BLOCK)
                curl.setopt(pycurl.INFILESIZE_LARGE, len(body))
                curl.setopt(pycurl.READFUNCTION, io.BytesIO(body).read)
                curl.setopt(pycurl.HTTPHEADER, ["Expect:"])
            curl.perform()
            return size

        return send

    return make


def _measure(layer: str, case: str, port: int, arguments: argparse.Namespace) -> dict[str, float]:
    make = {"app": _app, "requests": _requests, "urllib3": _urllib3, "pycurl": _pycurl}[layer]()
    large = arguments.large_mb * 1_000_000
    body = bytes(SMALL if case == "small" else large if case == "put" else 0)
    numbers = iter(range(arguments.small if case == "small" else 1))
    parallel = arguments.parallel if case == "small" else 1
    lock = threading.Lock()
    received: list[int] = []

    def work() -> None:
        send = make()
        send("PUT", f"http://{HOST}:{port}/warm", b"x")
        ready.wait()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            received.append(send("GET" if case == "get" else "PUT", f"http://{HOST}:{port}/{number}", body))

    known = _arrived(port)
    ready = threading.Barrier(parallel + 1)
    threads = [threading.Thread(target=work) for _ in range(parallel)]
    for thread in threads:
        thread.start()
    before, began = time.process_time(), time.perf_counter()
    ready.wait()
    for thread in threads:
        thread.join()
    wall, after = time.perf_counter() - began, time.process_time()
    if case == "get" and received != [large]:
        raise RuntimeError(f"{layer}: {received} of {large} bytes came")
    count = {"small": arguments.small, "put": 1, "get": 0}[case]
    expected, came = count * len(body) + parallel, _arrived(port) - known
    if case != "get" and came != expected:
        raise RuntimeError(f"{layer}: {came} of {expected} bytes arrived")
    return {"wall": wall, "cpu": after - before}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="HTTP layers compared.")
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large-mb", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--one", nargs=3, metavar=("LAYER", "CASE", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(_serve(arguments.large_mb * 1_000_000))
        return
    if arguments.one:
        layer, case, port = arguments.one
        print(json.dumps(_measure(layer, case, int(port), arguments)))
        return
    same = [
        f"--{name}={getattr(arguments, name.replace('-', '_'))}" for name in ("small", "large-mb", "parallel")
    ]
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    server = subprocess.Popen([sys.executable, __file__, "--serve", *same], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        for _ in range(arguments.rounds):
            for case in CASES:
                for layer in LAYERS:
                    run = [sys.executable, __file__, "--one", layer, case, port, *same]
                    done = subprocess.run(run, capture_output=True, text=True, check=False)
                    if done.returncode:
                        print(f"{layer} {case}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                        continue
                    found.setdefault((case, layer), []).append(json.loads(done.stdout))
    finally:
        server.terminate()
        server.wait()
    for (case, layer), figures in found.items():
        wall, cpu = (statistics.median(one[kind] for one in figures) for kind in ("wall", "cpu"))
        print(f"{case:6} {layer:9} wall {wall:7.3f} s  cpu {cpu:7.3f} s  ({len(figures)} rounds)")


if __name__ == "__main__":
    main()
