"""Fixtures of the stack's tests: packaged once for each mode and stage that is looked at, deployed once for each mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.cloud import Cloud
from tests.stack.packaging import Package, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Package]:
    """Gives the package of a mode and a stage, with further words for the framework."""
    made: dict[tuple[str, ...], Package] = {}

    def give(mode: str, stage: str, *words: str) -> Package:
        wanted = (mode, stage, *words)
        if wanted not in made:
            folder: Path = tmp_path_factory.mktemp("packaged") / "stack"
            made[wanted] = package(folder, mode, stage, *words)
        return made[wanted]

    return give


def _deployed(folder: Path, mode: str) -> Iterator[Cloud]:
    cloud = Cloud(folder)
    try:
        cloud.start()
        cloud.deploy(mode)
        yield cloud
    finally:
        cloud.stop()


@pytest.fixture(scope="module")
def personal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The stack in personal mode, deployed."""
    yield from _deployed(tmp_path_factory.mktemp("personal"), "personal")


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The stack in team mode, deployed."""
    yield from _deployed(tmp_path_factory.mktemp("team"), "team")
