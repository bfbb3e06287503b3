"""The generator of benchmark trees: the same bytes every time, and like real logs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

if TYPE_CHECKING:
    from app.sessions.index import SessionIndex
    from tests.sessions.conftest import Tree

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "generate.py"


@pytest.fixture(scope="module")
def generator() -> Any:
    specification = importlib.util.spec_from_file_location("benchmark_generator", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules[specification.name]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_makes_the_same_bytes(generator: Any, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generator.generate(tmp_path / name, 20, 1_000_000, seed=seed, companions=0.5)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a").keys().isdisjoint(content(tmp_path / "c").keys())


def test_sessions_are_sound_and_of_the_size_asked_for(
    generator: Any, tree: Tree, index: SessionIndex
) -> None:
    made = generator.generate(tree.config, 100, 20_000_000, companions=0.2)
    report = index.scan()
    sessions = index.sessions()
    assert (report.found, report.problems) == (100, ())
    assert {session.notes for session in sessions} == {()}
    assert all(session.messages >= 2 and session.tokens.output and session.project for session in sessions)
    assert 0.9 < sum(session.files[0].size for session in sessions) / 20_000_000 < 1.2
    assert sum(session.size for session in sessions) == made.bytes
    assert 5 < sum(len(session.files) == 3 for session in sessions) < 40


def test_they_pack_as_real_logs_do(generator: Any, tmp_path: Path) -> None:
    generator.generate(tmp_path, 150, 40_000_000)
    compressor = zstandard.ZstdCompressor(level=3)
    sizes: dict[str, list[int]] = {"small": [0, 0], "middle": [0, 0], "large": [0, 0]}
    for data in content(tmp_path).values():
        kind = "small" if len(data) < 20_000 else "middle" if len(data) < 100_000 else "large"
        sizes[kind][0] += len(data)
        sizes[kind][1] += len(compressor.compress(data))
    ratios = {kind: before / after for kind, (before, after) in sizes.items()}
    assert 3.0 < ratios["small"] < 4.0
    assert 4.3 < ratios["middle"] < 5.4
    assert 5.4 < ratios["large"] < 6.8
