"""Whether an owner of leases lives, and what the dead leave behind."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from app.transfer.owners import OLD_SECONDS, Owner

if TYPE_CHECKING:
    from pathlib import Path


def age(path: Path) -> None:
    then = time.time() - OLD_SECONDS - 60
    os.utime(path, (then, then))


def test_an_owner_lives_until_it_is_closed(tmp_path: Path) -> None:
    with Owner(tmp_path) as asking:
        with Owner(tmp_path) as asked:
            assert asking.is_alive(asked.name)
        assert not asking.is_alive(asked.name)
    assert list(tmp_path.iterdir()) == []


def test_old_files_of_the_dead_are_removed_and_no_others(tmp_path: Path) -> None:
    dead, just_born = tmp_path / "aa-1.lock", tmp_path / "bb-2.lock"
    dead.touch()
    age(dead)
    just_born.touch()
    with Owner(tmp_path) as living:
        (lives,) = [path for path in tmp_path.iterdir() if path.stem == living.name]
        age(lives)
        with Owner(tmp_path) as other:
            assert not dead.exists()
            assert just_born.exists()
            assert other.is_alive(living.name)
