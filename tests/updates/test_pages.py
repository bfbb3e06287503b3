"""Which page about a release a browser is sent to."""

from __future__ import annotations

import pytest

from app.updates.pages import page_to_open
from app.updates.releases import Release


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://releases.example.com/list", "https://releases.example.com/v2"),
        ("https://releases.example.com:8443/list", "https://releases.example.com/v2"),
        ("http://127.0.0.1:8000/list", "https://127.0.0.1/v2"),
        ("https://api.github.com/repos/aki/uploader/releases", "https://github.com/aki/uploader/releases/v2"),
    ],
)
def test_a_page_of_the_same_host_is_opened(address: str, page: str) -> None:
    assert page_to_open(Release("2", "", None, "", page), address) == page


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://releases.example.com/list", ""),
        ("https://releases.example.com/list", "http://releases.example.com/v2"),
        ("http://127.0.0.1:8000/list", "http://127.0.0.1:8000/v2"),
        ("https://releases.example.com/list", "https://example.com/v2"),
        ("https://releases.example.com/list", "https://releases.example.com.evil.example/v2"),
        ("https://releases.example.com/list", "https://releases.example.com@evil.example/v2"),
        ("https://releases.example.com/list", "https://evil.example/releases.example.com"),
        ("https://releases.example.com/list", "https://evil.example\\@releases.example.com/"),
        ("https://releases.example.com/list", "javascript:alert(1)"),
        ("https://releases.example.com/list", "file:///etc/passwd"),
        ("https://github.com/aki/uploader/list", "https://api.github.com/v2"),
        ("https://api.example.com/list", "https://example.com/v2"),
    ],
)
def test_no_other_page_is(address: str, page: str) -> None:
    assert page_to_open(Release("2", "", None, "", page), address) == ""
