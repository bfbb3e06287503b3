"""This app beside `aws s3`, `s5cmd` and `rclone`: the same sessions to the same server, one after the other.

    python benchmarks/peers.py [--full] [--form loopback|slow|click …] [--case many|large …] [--rounds N]

Cases: (a) many sessions with log-normal sizes, (b) one long session, (c) the same as (a) again with nothing changed,
(d) again after one session in a hundred has grown. Forms: `loopback`, `slow` through a line of 20 ms and 100 Mbit/s,
`click` one log of 1 MB and one of 10 MB through 20 ms and 50 Mbit/s, the start of the program included.

Every line tells wall time, bytes to and from the server (requests to the presign function included), requests, CPU
time and peak memory of the tool, and the wall time in units of the fastest peer's. `raw PUTs` is the ceiling: PUTs of
the finished zstd files. The server (`peers_server.py`) is a process of its own and not counted, but shares the
processors. Peers are those that tools/bench-peers.sh has installed; without them the app is measured alone.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.request import urlopen

import psutil

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import peers_material as material
from benchmarks.peers_tools import Ports, Run, ThisApp, Tool, peers, raw
from benchmarks.shaper import Link, Shaper, throughput

FOLDER = Path(__file__).resolve().parent
QUICK = material.Sizes(200, 40_000_000, 60_000_000)
FULL = material.Sizes(2_000, 1_000_000_000, 2_000_000_000)
SLOW = Link(0.020, 100e6)
CLICK = Link(0.020, 50e6)
LINES = {"loopback": None, "slow": SLOW, "click": CLICK}
CLICK_SIZES = (1_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Figures:
    """What one command took. Times in seconds, the rest in bytes or requests."""

    wall: float
    processor: float
    peak: int
    sent: int
    received: int
    requests: int


class Server:
    """The server's process, reached straight or through a line."""

    def __init__(self, link: Link | None) -> None:
        self._link = link
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._storage = probe.getsockname()[1]
        shaper = self._stack.enter_context(Shaper(self._link)) if self._link is not None else None
        door = shaper.door(self._storage) if shaper is not None else self._storage
        words = ["--port", str(self._storage), "--signed-for", str(door)]
        process = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, str(FOLDER / "peers_server.py"), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        assert process.stdout is not None
        presign = json.loads(process.stdout.readline())["presign"]
        self.ports = Ports(door, shaper.door(presign) if shaper is not None else presign)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def measured(self, run: Run) -> Figures:
        """Run a command to its end. Raises RuntimeError where it fails."""
        before = self._traffic()
        begin = time.perf_counter()
        process = subprocess.Popen(
            run.command,
            env=run.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        words = process.stdout.read()
        process.returncode, cpu, most = _ended(process)
        wall = time.perf_counter() - begin
        if process.returncode:
            raise RuntimeError(f"{run.command[:3]}: {process.returncode}\n{words.decode()}")
        after = self._traffic()
        passed = {name: after[name] - before[name] for name in after}
        return Figures(
            wall,
            cpu,
            most,
            passed["received"],
            passed["sent"],
            passed["requests"],
        )

    def forget(self) -> None:
        """Empty this app's part of the bucket."""
        self._ask("forget")

    def _traffic(self) -> dict[str, int]:
        passed: dict[str, int] = json.loads(self._ask("traffic"))
        return passed

    def _ask(self, word: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self._storage}/?{word}") as reply:
            body: bytes = reply.read()
        return body


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, float, int]:
    """What a process ended with, its CPU time in seconds and the most memory it had, in bytes; waits for its end."""
    if sys.platform == "win32":
        raise RuntimeError("Windows does not tell what an ended process took")
    else:  # noqa: RET506 - what follows is unknown on Windows
        _, status, usage = os.wait4(process.pid, 0)
        unit = 1 if sys.platform == "darwin" else 1024
        return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


class Comparison:
    """All tools through all cases in one form."""

    def __init__(self, server: Server, made: Path, work: Path, tools: list[Tool], rounds: int) -> None:
        self._server = server
        self._made = made
        self._work = work
        self._tools = tools
        self._rounds = rounds

    def many(self) -> None:
        """Cases (a), (c) and (d)."""
        tree = material.hand_out(self._made / "many", self._work / "many")
        logs = material.logs_in(tree)
        size = sum(path.stat().st_size for path in logs)
        packed = _size_of(self._made / "many.zst")
        title = f"(a) {len(logs)} sessions, {size / 1e6:.0f} MB, zstd {packed / 1e6:.1f} MB"
        self._compare(title, tree, "many", self._rounds, ceiling=self._made / "many.zst")
        self._compare("(c) the same again", tree, "many", 1, fresh=False)
        start = self._server.measured(
            ThisApp().run(tree, self._server.ports, self._work / "start", "--version")
        )
        print(f"    this app's start-up alone: {start.wall:.2f} s", flush=True)
        grown = material.grow(tree)
        packed = material.compressed_size(grown)
        self._compare(
            f"(d) {len(grown)} sessions grown, zstd {packed / 1e6:.3f} MB", tree, "many", 1, fresh=False
        )

    def large(self) -> None:
        """Case (b)."""
        tree = material.hand_out(self._made / "large", self._work / "large")
        packed = _size_of(self._made / "large.zst")
        title = f"(b) one session of {_size_of(tree) / 1e6:.0f} MB, zstd {packed / 1e6:.1f} MB"
        self._compare(title, tree, "large", self._rounds, ceiling=self._made / "large.zst")

    def _compare(
        self,
        title: str,
        tree: Path,
        case: str,
        rounds: int,
        *,
        fresh: bool = True,
        ceiling: Path | None = None,
    ) -> None:
        load = f"   (load of the computer {psutil.getloadavg()[0]:.1f} on {os.cpu_count()} processors)"
        print(f"  {title}{load}", flush=True)
        rows: list[tuple[str, Figures]] = []
        if ceiling is not None:
            runs = [raw(ceiling, self._server.ports, self._work / "raw") for _ in range(rounds)]
            rows.append(("raw PUTs of zstd", _median([self._server.measured(run) for run in runs])))
        for tool in self._tools:
            found = []
            for number in range(rounds):
                # A tool that has sent a tree once would find it there: every round has its own name and memory.
                place = f"{case}{number if fresh else self._rounds - 1}"
                if fresh and isinstance(tool, ThisApp):
                    # Only this app's earlier rounds are forgotten, and not the last one, which (c) and (d) go on from.
                    self._server.forget()
                home = self._work / tool.name.replace(" ", "-") / place
                found.append(self._server.measured(tool.upload(tree, self._server.ports, home, place)))
            rows.append((tool.name, _median(found)))
        _tell(rows)


def _median(found: list[Figures]) -> Figures:
    """The run with the median wall time."""
    return sorted(found, key=lambda figures: figures.wall)[(len(found) - 1) // 2]


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _tell(rows: list[tuple[str, Figures]]) -> None:
    others = [figures.wall for name, figures in rows if name not in (ThisApp.name, "raw PUTs of zstd")]
    best = min(others, default=None)
    print(
        f"    {'':18}{'s':>9}{'MB sent':>10}{'MB back':>9}{'requests':>10}{'CPU s':>8}{'peak MB':>9}  / best peer"
    )
    for name, it in rows:
        ratio = f"{it.wall / best:10.2f}" if best else ""
        print(
            f"    {name:18}{it.wall:9.2f}{it.sent / 1e6:10.2f}{it.received / 1e6:9.2f}{it.requests:10}"
            f"{it.processor:8.2f}{it.peak / 1e6:9.0f} {ratio}",
            flush=True,
        )


def clicks(work: Path, rounds: int) -> None:
    """One log each, from the command to verified."""
    from benchmarks.generate import write_session  # noqa: PLC0415 - not in the process that measures long

    with Server(CLICK) as server:
        for size in CLICK_SIZES:
            walls = []
            for number in range(rounds):
                home = work / f"click-{size}-{number}"
                log = (
                    home
                    / "projects"
                    / "-home-user-work"
                    / f"00000000-0000-4000-8000-{size + number:012d}.jsonl"
                )
                written = write_session(log, size, seed=number)
                walls.append(
                    server.measured(ThisApp().run(home, server.ports, home / "home", "upload", str(log)))
                )
            it = _median(walls)
            print(
                f"  {written / 1e6:5.1f} MB log: {it.wall:6.2f} s (median of {rounds}), {it.sent / 1e6:.2f} MB sent,"
                f" {it.processor:.2f} s CPU, {it.peak / 1e6:.0f} MB",
                flush=True,
            )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="This app beside other tools.")
    parser.add_argument("--full", action="store_true", help="2,000 sessions of 1 GB, and one of 2 GB")
    parser.add_argument("--form", action="append", choices=tuple(LINES))
    parser.add_argument("--case", action="append", choices=("many", "large"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where what is sent is made, and kept")
    arguments = parser.parse_args()
    tools: list[Tool] = [ThisApp(), *peers()]
    if len(tools) == 1:
        print("  no other tool is installed: tools/bench-peers.sh does that")
    with tempfile.TemporaryDirectory() as temporary:
        made = None
        for form in arguments.form or LINES:
            work = Path(temporary) / form
            print(f"{form}: {LINES[form] or 'no line between'}", flush=True)
            if form == "click":
                clicks(work, max(3, arguments.rounds))
                continue
            made = made or material.prepare(
                arguments.folder or Path(temporary), FULL if arguments.full else QUICK
            )
            if form == "slow":
                plain, limited = throughput(Link(0, None)), throughput(SLOW)
                print(
                    f"  the line itself: {limited / 1e6:.1f} Mbit/s, without its limit {plain / 1e6:.0f}",
                    flush=True,
                )
            with Server(LINES[form]) as server:
                comparison = Comparison(server, made, work, tools, arguments.rounds)
                for case in arguments.case or ("many", "large"):
                    getattr(comparison, case)()


if __name__ == "__main__":
    main()
