"""A slow line on this computer: a TCP relay that delays and limits what passes, either way.

    python benchmarks/shaper.py --delay 20 --rate 100 --check

Kernels without netem have no other. All connections share the line: each direction carries `rate` bits a second, in
order of arrival, and delivers after half of the round trip. A connection's first bytes wait one round trip more, as
for the handshake, which this computer answers at once. At most QUEUE_SECONDS of bytes wait before the line, so that
senders feel it; slow start and loss are not imitated. `--check` shows how much passes without a limit, and with it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from typing import Self

QUEUE_SECONDS = 0.02
SHAPED_BLOCK = 8 * 1024
PLAIN_BLOCK = 256 * 1024
CHECK_BYTES = 512 * 1024 * 1024
CHECK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Link:
    """A line: round trip in seconds, bits a second in each direction; None: as fast as it goes."""

    round_trip: float
    rate: float | None

    def __str__(self) -> str:
        rate = "unlimited" if self.rate is None else f"{self.rate / 1e6:.0f} Mbit/s"
        return f"{self.round_trip * 1000:.0f} ms, {rate}"


class _Direction:
    """What all connections' bytes of one direction share."""

    def __init__(self, link: Link) -> None:
        self._seconds_per_byte = 0.0 if link.rate is None else 8 / link.rate
        self._free_at = 0.0
        self.carried = 0

    def reserve(self, size: int, now: float) -> float:
        """When the last of `size` bytes that arrive now has left the queue."""
        self.carried += size
        self._free_at = max(now, self._free_at) + size * self._seconds_per_byte
        return self._free_at


class Shaper:
    """Relays in a thread of its own; one line for all its doors."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._there, self._back = _Direction(link), _Direction(link)
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="shaper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def carried(self) -> tuple[int, int]:
        """Bytes to the servers and back so far."""
        return self._there.carried, self._back.carried

    def door(self, port: int) -> int:
        """A port of this computer that leads through the line to `port`."""
        return asyncio.run_coroutine_threadsafe(self._open(port), self._loop).result()

    async def _open(self, port: int) -> int:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            try:
                await self._relay(reader, writer, port)
            except (asyncio.CancelledError, ConnectionError):
                pass  # the line is taken down, or an end has gone
            finally:
                self._tasks.discard(task)

        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=self._block, backlog=1024)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _block(self) -> int:
        return PLAIN_BLOCK if self._link.rate is None else SHAPED_BLOCK

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port, limit=self._block)
        for end in (writer, far_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.gather(
                self._carry(reader, far_writer, self._there, self._link.round_trip),
                self._carry(far_reader, writer, self._back, 0.0),
            )
        finally:
            for end in (writer, far_writer):
                end.close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        direction: _Direction,
        handshake: float,
    ) -> None:
        delay, block = self._link.round_trip / 2, self._block
        open_at = self._loop.time() + handshake
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(block):
                if not delay and self._link.rate is None:
                    direction.carried += len(data)
                    writer.write(data)
                    await writer.drain()
                    continue
                left = direction.reserve(len(data), max(self._loop.time(), open_at))
                self._loop.call_at(left + delay, writer.write, data)
                # Sleeping for less than a timer's own error would only lose time.
                if (early := left - self._loop.time() - QUEUE_SECONDS) > 0:
                    await asyncio.sleep(early)
        # The bytes on the line are delivered before the end is.
        await asyncio.sleep(2 * QUEUE_SECONDS + delay + handshake)
        with contextlib.suppress(OSError, RuntimeError):
            if writer.can_write_eof():
                writer.write_eof()


def throughput(link: Link, size: int | None = None) -> float:
    """Bits a second that one sender gets through a line of that kind, measured."""
    wanted = size or int(CHECK_BYTES if link.rate is None else link.rate / 8 * CHECK_SECONDS)
    listener = socket.create_server(("127.0.0.1", 0))

    def swallow() -> None:
        connection, _ = listener.accept()
        with connection:
            left = wanted
            while left > 0 and (data := connection.recv(PLAIN_BLOCK)):
                left -= len(data)
            connection.sendall(b".")

    thread = threading.Thread(target=swallow, daemon=True)
    thread.start()
    with listener, Shaper(link) as shaper:
        block = bytes(PLAIN_BLOCK)
        with socket.create_connection(("127.0.0.1", shaper.door(listener.getsockname()[1]))) as sender:
            begin = time.perf_counter()
            for start in range(0, wanted, len(block)):
                sender.sendall(block[: wanted - start])
            sender.recv(1)
            seconds = time.perf_counter() - begin
        thread.join()
    return wanted * 8 / seconds


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="A slow line on this computer.")
    parser.add_argument("--delay", type=float, default=20, help="round trip in milliseconds")
    parser.add_argument("--rate", type=float, default=100, help="Mbit/s")
    parser.add_argument("--to", type=int, metavar="PORT", help="relay to this port until interrupted")
    parser.add_argument("--check", action="store_true", help="measure the relay itself")
    arguments = parser.parse_args()
    link = Link(arguments.delay / 1000, arguments.rate * 1e6)
    if arguments.check:
        for kind in (Link(0, None), link):
            print(f"{kind!s:24} {throughput(kind) / 1e6:10.1f} Mbit/s")
    if arguments.to is not None:
        with Shaper(link) as shaper, contextlib.suppress(KeyboardInterrupt):
            print(f"127.0.0.1:{shaper.door(arguments.to)}", flush=True)
            threading.Event().wait()


if __name__ == "__main__":
    main()
