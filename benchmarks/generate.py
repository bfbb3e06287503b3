"""Makes trees of Claude Code sessions that are as large, as varied and as compressible as real ones.

    python benchmarks/generate.py FOLDER --sessions 10000 --bytes 5e9

FOLDER becomes a configuration folder (`CLAUDE_CONFIG_DIR`). The same arguments make the same bytes. Sizes are
log-normal (sigma 1.5, as in real collections: a few sessions hold most of the bytes). Lines are those of real
logs: each tool result stands twice in its line, files are read again and again, messages repeat their usage.
zstd level 3 packs the result 3.4-fold below 20 kB, about 5-fold to 100 kB, 6-fold above, as it does real logs.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

SIGMA = 1.5
SMALLEST = 2_000
LARGEST = 70_000_000
"""Bytes: the largest session that was met in the wild."""
MARKER = "quincewort"
"""Stands in every session's texts as often as no other word, so that a search for what was made here finds it."""
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_PROJECTS = 40
_FRAGMENTS = 6_000
_REPEAT = 0.2
"""How often a tool result shows something that this session has shown before."""
_WORDS = 5_000
_AT_ONCE = 16_000_000
"""Bytes of a large log that are made before they are written."""
_MODELS = (b"claude-opus-4-5-20251101", b"claude-sonnet-4-5-20250929", b"claude-haiku-4-5-20251001")


class Made(NamedTuple):
    """What was written."""

    sessions: int
    files: int
    bytes: int


class _Corpus:
    """Text to cut tool results and messages from, ready to stand inside JSON strings."""

    def __init__(self, chance: random.Random) -> None:
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        weights = [1 / (rank + 2) for rank in range(len(letters))]
        self._words = [
            "".join(chance.choices(letters, weights, k=chance.randint(2, 11))) for _ in range(_WORDS)
        ]
        self._words[0] = MARKER
        self._weights = list(_cumulative(1 / (rank + 12) ** 0.7 for rank in range(_WORDS)))
        self.fragments = [self._code(chance) for _ in range(_FRAGMENTS)]
        self.sentences = [self._sentence(chance) for _ in range(_FRAGMENTS)]

    def _pick(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self._words, cum_weights=self._weights, k=count)

    def _sentence(self, chance: random.Random) -> bytes:
        text = " ".join(self._pick(chance, min(160, int(chance.lognormvariate(2.8, 0.8)) + 3)))
        return text.capitalize().encode() + b"."

    def _code(self, chance: random.Random) -> bytes:
        lines = []
        for number in range(min(1_500, int(chance.lognormvariate(3.9, 1.1)) + 1)):
            indent = "\\t" * chance.choice((0, 1, 1, 2, 2, 3))
            words = self._pick(chance, chance.randint(1, 6))
            form = chance.randrange(5)
            if form == 0:
                body = f"func {words[0]}{number}({' '.join(words[1:])}) error {{"
            elif form == 1:
                body = f'{words[0]} := \\"{" ".join(words)}\\"'
            elif form == 2:
                body = f"if err := {'.'.join(words[:3])}(ctx, {chance.randrange(10**4)}); err != nil {{"
            elif form == 3:
                body = f"// {' '.join(words)} {chance.getrandbits(48):x}"
            else:
                body = f"return {'_'.join(words)}, nil"
            lines.append(indent + body)
        return "\\n".join(lines).encode()


def _cumulative(weights: object) -> list[float]:
    total = 0.0
    sums: list[float] = []
    for weight in weights:  # type: ignore[attr-defined]
        total += weight
        sums.append(total)
    return sums


class _Session:
    """Writes one log, turn by turn."""

    def __init__(self, corpus: _Corpus, chance: random.Random, identity: str, cwd: str) -> None:
        self._corpus = corpus
        self._chance = chance
        self._model = chance.choice(_MODELS)
        self._time = _BEGIN + timedelta(seconds=chance.randrange(250 * 86_400))
        self._parent = b"null"
        self._shown: list[bytes] = []
        self._begin = (
            b'{"parentUuid":%s,"isSidechain":false,"userType":"external","cwd":"'
            + cwd.encode()
            + b'","sessionId":"'
            + identity.encode()
            + b'","version":"2.1.23","gitBranch":"main",'
        )

    @property
    def time(self) -> datetime:
        """When the last line was written."""
        return self._time

    def lines(self, size: int) -> list[bytes]:
        """Whole lines of about that many bytes together, at least one turn."""
        lines = [
            b'{"type":"file-history-snapshot","messageId":"%s","snapshot":{"trackedFileBackups":{}},"isSnapshotUpdate":false}\n'
            % self._uuid()
        ]
        written = 0
        while written < size:
            for line in self._turn():
                lines.append(line)
                written += len(line)
                if written >= size and len(lines) > 3:
                    break
        return lines

    def _turn(self) -> list[bytes]:
        sentences = self._corpus.sentences
        question = b" ".join(self._chance.choices(sentences, k=self._chance.randint(1, 3)))
        lines = [self._line(b'"type":"user","message":{"role":"user","content":"%s"}' % question)]
        for _ in range(self._chance.randint(1, 24)):
            lines.extend(self._step())
        lines.append(
            self._answer(b'{"type":"text","text":"%s"}' % b"\\n".join(self._chance.choices(sentences, k=4)))
        )
        return lines

    def _step(self) -> list[bytes]:
        chance = self._chance
        tool = b"toolu_01%022x" % chance.getrandbits(88)
        path = b"/src/%s.go" % chance.choice(self._corpus.sentences)[:18].replace(b" ", b"_")
        if self._shown and chance.random() < _REPEAT:
            result = chance.choice(self._shown)
        else:
            result = chance.choice(self._corpus.fragments)
            self._shown = [*self._shown[-120:], result]
        lines = []
        if chance.random() < 0.35:
            signature = b"%0*x" % (chance.choice((200, 400)), chance.getrandbits(1600))
            thought = b'{"type":"thinking","thinking":"%s","signature":"%s"}'
            lines.append(self._answer(thought % (chance.choice(self._corpus.sentences), signature)))
        call = b'{"type":"tool_use","id":"%s","name":"Read","input":{"file_path":"%s"}}' % (tool, path)
        lines.append(self._answer(call))
        if chance.random() < 0.5:
            progress = b'"type":"progress","data":{"type":"hook_progress","hookEvent":"PostToolUse","command":"callback"},"parentToolUseID":"%s"'
            lines.append(self._line(progress % tool))
        reply = (
            b'"type":"user","message":{"role":"user","content":[{"tool_use_id":"%s","type":"tool_result","content":"%s"}]},'
            b'"toolUseResult":{"type":"text","file":{"filePath":"%s","content":"%s","numLines":%d}}'
        )
        lines.append(self._line(reply % (tool, result, path, result, result.count(b"\\n") + 1)))
        return lines

    def _answer(self, block: bytes) -> bytes:
        chance = self._chance
        body = (
            b'"message":{"model":"%s","id":"msg_01%022x","type":"message","role":"assistant","content":[%s],'
            b'"stop_reason":null,"usage":{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,'
            b'"output_tokens":%d,"service_tier":"standard"}},"requestId":"req_011C%020x","type":"assistant"'
        )
        numbers = (
            chance.randrange(12),
            chance.randrange(9_000),
            chance.randrange(150_000),
            chance.randrange(900),
        )
        identity, request = chance.getrandbits(88), chance.getrandbits(80)
        return self._line(body % (self._model, identity, block, *numbers, request))

    def _line(self, body: bytes) -> bytes:
        self._time += timedelta(milliseconds=self._chance.randrange(200, 40_000))
        uuid = self._uuid()
        stamp = self._time.isoformat(timespec="milliseconds")[:23].encode()
        line = b'%s%s,"uuid":"%s","timestamp":"%sZ"}\n' % (self._begin % self._parent, body, uuid, stamp)
        self._parent = b'"%s"' % uuid
        return line

    def _uuid(self) -> bytes:
        return _uuid(self._chance).encode()


def _uuid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def sizes_of(sessions: int, total_bytes: int, seed: int = 1, *, sigma: float = SIGMA) -> list[int]:
    """Log-normal sizes in bytes with the wanted sum, none above LARGEST."""
    chance = random.Random(seed)
    drawn = [math.exp(chance.gauss(0, sigma)) for _ in range(sessions)]
    scale = total_bytes / sum(drawn)
    for _ in range(20):
        sizes = [min(LARGEST, max(SMALLEST, int(size * scale))) for size in drawn]
        scale *= total_bytes / sum(sizes)
    return sizes


def generate(
    folder: Path,
    sessions: int,
    total_bytes: int,
    *,
    seed: int = 1,
    companions: float = 0.0,
    sigma: float = SIGMA,
) -> Made:
    """Write the tree below `folder`/projects.

    `sigma` is the spread of the sizes: with the sum it decides their median.
    `companions` is the share of sessions that have a subagent's log and a large tool result beside them, each of a
    tenth of the session's size; these come on top of `total_bytes`.
    """
    chance = random.Random(f"{seed}/tree")
    corpus = _Corpus(random.Random(f"{seed}/corpus"))
    projects = folder / "projects"
    slugs = [f"-home-user-work-project-{number:02d}" for number in range(_PROJECTS)]
    for slug in slugs:
        (projects / slug).mkdir(parents=True, exist_ok=True)
    files = written = 0
    for number, size in enumerate(sizes_of(sessions, total_bytes, seed, sigma=sigma)):
        own = random.Random(f"{seed}/{number}")
        slug = chance.choice(slugs)
        identity = _uuid(own)
        session = _Session(corpus, own, identity, slug.replace("-", "/"))
        written += _write(projects / slug / f"{identity}.jsonl", session.lines(size), session.time)
        files += 1
        if own.random() < companions:
            beside = projects / slug / identity
            agent = _Session(corpus, own, identity, slug.replace("-", "/"))
            (beside / "subagents").mkdir(parents=True)
            (beside / "tool-results").mkdir()
            lines = [
                line.replace(b'"isSidechain":false', b'"isSidechain":true')
                for line in agent.lines(size // 10)
            ]
            written += _write(
                beside / "subagents" / f"agent-{own.getrandbits(64):016x}.jsonl", lines, agent.time
            )
            result = own.choices(corpus.fragments, k=max(1, size // 10_000))
            written += _write(beside / "tool-results" / f"{own.getrandbits(32):08x}.txt", result, agent.time)
            files += 2
    return Made(sessions, files, written)


def write_session(path: Path, size: int, *, seed: int) -> int:
    """Write one log of about `size` bytes in bounded memory, and return its exact size."""
    own = random.Random(f"{seed}/one")
    session = _Session(_Corpus(random.Random(f"{seed}/corpus")), own, path.stem, "/home/user/work/project")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("wb") as file:
        while written < size:
            written += file.write(b"".join(session.lines(min(_AT_ONCE, size - written))))
    return written


def grow_session(path: Path, size: int, *, seed: int) -> int:
    """Let a log go on by about `size` bytes, as a tool does, and return how many they were."""
    own = random.Random(f"{seed}/grown/{path.stem}")
    session = _Session(_Corpus(random.Random(f"{seed}/corpus")), own, path.stem, "/home/user/work/project")
    with path.open("ab") as file:
        return file.write(b"".join(session.lines(size)))


def _write(path: Path, parts: list[bytes], time_written: datetime) -> int:
    data = b"".join(parts)
    path.write_bytes(data)
    os.utime(path, (time_written.timestamp(), time_written.timestamp()))
    return len(data)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes a tree of Claude Code sessions.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--bytes", type=float, default=5e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--companions", type=float, default=0.0)
    arguments = parser.parse_args()
    begin = time.perf_counter()
    made = generate(
        arguments.folder,
        arguments.sessions,
        int(arguments.bytes),
        seed=arguments.seed,
        companions=arguments.companions,
    )
    seconds = time.perf_counter() - begin
    print(f"{made.sessions} sessions, {made.files} files, {made.bytes / 1e6:.0f} MB in {seconds:.1f} s")


if __name__ == "__main__":
    main()
