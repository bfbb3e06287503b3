"""Which pages about a release a browser may be sent to: what a releases address answers does not choose the host."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.account.endpoints import EndpointRefused, normalise_endpoint

if TYPE_CHECKING:
    from app.updates.releases import Release

_PAGES_OF = {"api.github.com": "github.com"}
"""Hosts whose pages lie at another one: https://docs.github.com/en/rest/releases/releases, html_url."""


def page_to_open(release: Release, address: str) -> str:
    """The release's page if it is https and of the host of the releases address that named it; else an empty text."""
    try:
        page = urlsplit(normalise_endpoint(release.page))
    except EndpointRefused:
        return ""
    host = urlsplit(address).hostname or ""
    same = page.hostname in {host, _PAGES_OF.get(host, host)}
    return page.geturl() if page.scheme == "https" and same else ""
