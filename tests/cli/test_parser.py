"""Words that argparse alone would take for something else."""

from __future__ import annotations

import pytest

from app.cli.main import register
from app.cli.parser import build_parser, with_version_ids


@pytest.mark.parametrize("version", ["-lWXzou6kAhBDPYKfoOtzhuY1KPQhu7Y", "--lWXzou6", "3sL4kqtJ", "-"])
def test_a_version_s_id_may_begin_with_hyphens(version: str) -> None:
    words = ["download", "KEY", "--version", version, "--json"]
    assert build_parser(register).parse_args(with_version_ids(words)).version == version


def test_a_version_without_its_id_is_wrong_use() -> None:
    with pytest.raises(SystemExit):
        build_parser(register).parse_args(with_version_ids(["download", "KEY", "--version", "--json"]))


def test_other_words_stay_as_they_are() -> None:
    words = ["download", "KEY", "--to", "-folder", "--version=-x"]
    assert with_version_ids(words) == words
