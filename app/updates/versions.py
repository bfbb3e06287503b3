"""Versions of this program compared, as Python packages order theirs (PEP 440)."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAXIMUM_LENGTH = 64
"""Characters. No version of ours comes near it; Python refuses to read numbers of thousands of digits."""

_VERSION = re.compile(
    r"""
    v?
    (?:(?P<epoch>[0-9]+)!)?
    (?P<numbers>[0-9]+(?:\.[0-9]+)*)
    (?:[-_.]?(?P<stage>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<stage_number>[0-9]*))?
    (?:-(?P<implicit_post>[0-9]+)|(?P<post>[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]*)))?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]*))?
    (?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}
_FINAL = 3
_BEFORE_STAGES = -1
_NEVER = -1


@dataclass(frozen=True, order=True)
class Version:
    """Versions are ordered as their fields are. What stands behind a "+" counts for nothing."""

    epoch: int
    numbers: tuple[int, ...]
    """Without zeros at the end: 1.0 is 1."""
    stage: tuple[int, int]
    """Alpha, beta, candidate, final; and which of them. A development version alone stands before them all."""
    post: int
    """-1: none."""
    development: tuple[int, int]
    """What comes before its release: (0, number); the release itself: (1, 0)."""

    @property
    def is_final(self) -> bool:
        """Neither a pre-release nor a development version."""
        return self.stage[0] == _FINAL and self.development[0] == 1


def parse_version(text: str) -> Version | None:
    """The version that a release's tag names ("v1.2.3", "1.2.0-rc.1"); None if it names none."""
    found = _VERSION.fullmatch(text.strip()) if len(text) <= MAXIMUM_LENGTH else None
    if found is None:
        return None
    numbers = [int(number) for number in found["numbers"].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    post = _NEVER
    if found["implicit_post"] is not None or found["post"] is not None:
        post = int(found["implicit_post"] or found["post_number"] or 0)
    stage = (_FINAL, 0)
    if found["stage"] is not None:
        stage = (_STAGES[found["stage"].lower()], int(found["stage_number"] or 0))
    elif found["dev"] is not None and post == _NEVER:
        stage = (_BEFORE_STAGES, 0)
    development = (1, 0) if found["dev"] is None else (0, int(found["dev_number"] or 0))
    return Version(int(found["epoch"] or 0), tuple(numbers), stage, post, development)
