"""What a releases address answers: the list of a repository's releases, or one, as GitHub's API gives them.

https://docs.github.com/en/rest/releases/releases. Of each only the fields below are read; whatever else it says, where
its files lie above all, is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - msgspec reads the annotations while the program runs
from typing import Annotated

import msgspec

from app.account.endpoints import EndpointRefused, normalise_endpoint
from app.errors import ReleasesUnreadable
from app.updates.versions import parse_version

MAXIMUM_RELEASES = 10
"""Told of at most, the newest."""

MAXIMUM_NOTES = 8000
"""Characters of a release's notes that are kept."""

MAXIMUM_NAME = 200


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it is told of. Its texts are whatever the other side wrote: to be shown inert."""

    version: str
    """Without a leading "v"."""
    name: str
    day: date | None
    """When it was published, UTC."""
    notes: str
    page: str
    """The address of a page about it, https; empty where there is none."""


class _Told(msgspec.Struct, frozen=True):
    tag_name: str
    name: str | None = None
    body: str | None = None
    html_url: str | None = None
    published_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    draft: bool = False
    prerelease: bool = False


def newer_releases(reply: bytes, than: str, host: str) -> tuple[Release, ...]:
    """The final releases that are newer, the newest first. Drafts, pre-releases and tags that are no version are passed over.

    Raises ReleasesUnreadable.
    """
    own = parse_version(than)
    assert own is not None
    try:
        told = msgspec.json.decode(reply, type=list[_Told] | _Told)
    except msgspec.ValidationError as problem:
        raise ReleasesUnreadable(host=host, reason="other-shape", detail=str(problem)) from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise ReleasesUnreadable(host=host, reason="not-json") from problem
    newer = []
    for one in [told] if isinstance(told, _Told) else told:
        version = parse_version(one.tag_name)
        if version is None or version <= own or not version.is_final or one.draft or one.prerelease:
            continue
        newer.append((version, _release(one)))
    newer.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(release for _, release in newer[:MAXIMUM_RELEASES])


def _release(told: _Told) -> Release:
    notes = told.body or ""
    return Release(
        version=told.tag_name.strip().removeprefix("v").removeprefix("V"),
        name=(told.name or "")[:MAXIMUM_NAME],
        day=told.published_at.date() if told.published_at is not None else None,
        notes=notes if len(notes) <= MAXIMUM_NOTES else notes[: MAXIMUM_NOTES - 1] + "…",
        page=_page(told.html_url or ""),
    )


def _page(address: str) -> str:
    """The address if a browser may be sent there."""
    try:
        page = normalise_endpoint(address)
    except EndpointRefused:
        return ""
    return page if page.startswith("https:") else ""
