"""Words that argparse alone would take for something else."""

from __future__ import annotations

import pytest

from app.cli.main import register, run
from app.cli.parser import build_parser, with_version_ids


@pytest.mark.parametrize("version", ["-lWXzou6kAhBDPYKfoOtzhuY1KPQhu7Y", "--lWXzou6", "3sL4kqtJ", "-"])
def test_a_version_s_id_may_begin_with_hyphens(version: str) -> None:
    for command, following in (("download", "--json"), ("restore", "--days=3"), ("restore", "--tier=Bulk")):
        words = [command, "KEY", "--version", version, following]
        assert build_parser(register).parse_args(with_version_ids(words)).version == version


@pytest.mark.parametrize("words", ["download KEY --version --json", "restore KEY --version --days 3"])
def test_a_version_without_its_id_is_wrong_use(words: str) -> None:
    with pytest.raises(SystemExit):
        build_parser(register).parse_args(with_version_ids(words.split()))


def test_other_words_stay_as_they_are() -> None:
    words = ["download", "KEY", "--to", "-folder", "--version=-x"]
    assert with_version_ids(words) == words


@pytest.mark.parametrize(
    "words",
    [
        ("restore",),
        ("restore", "KEY", "--days", "0"),
        ("restore", "KEY", "--days", "15"),
        ("restore", "KEY", "--days", "1.5"),
        ("restore", "KEY", "--days", "²"),
        ("restore", "KEY", "--tier", "Expedited"),
        ("delete",),
        ("delete", "KEY", "--version", "v1"),
        ("undelete", "KEY", "OTHER"),
    ],
)
def test_wrong_use_ends_with_two(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert capsys.readouterr().out == ""
