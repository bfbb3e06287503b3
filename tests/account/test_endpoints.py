"""Which addresses are endpoints."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.account.endpoints import (
    EndpointRefused,
    is_loopback,
    is_region,
    normalise_endpoint,
    region_in_endpoint,
)

FUNCTION_URL = "https://abc123.lambda-url.eu-west-1.on.aws/"


@pytest.mark.parametrize(
    ("given_address", "normalised"),
    [
        (FUNCTION_URL, FUNCTION_URL),
        ("HTTPS://ABC123.Lambda-URL.eu-west-1.on.AWS", FUNCTION_URL),
        ("https://example.com:443/presigned-url-request", "https://example.com/presigned-url-request"),
        ("https://example.com:8443", "https://example.com:8443/"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010/"),
        ("http://127.8.9.10:4010/", "http://127.8.9.10:4010/"),
        ("http://localhost:80/", "http://localhost/"),
        ("http://[::1]:4010/", "http://[::1]:4010/"),
        ("http://[0:0:0:0:0:0:0:1]:4010/", "http://[::1]:4010/"),
    ],
)
def test_an_address_gets_one_spelling(given_address: str, normalised: str) -> None:
    assert normalise_endpoint(given_address) == normalised
    assert normalise_endpoint(normalised) == normalised


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://example.com/", "endpoint-not-https"),
        ("http://127.0.0.1.example.com/", "endpoint-not-https"),
        ("http://localhost.example.com/", "endpoint-not-https"),
        ("http://0.0.0.0:4010/", "endpoint-not-https"),
        ("http://[::]:4010/", "endpoint-not-https"),
        ("http://169.254.169.254/", "endpoint-not-https"),
        ("http://2130706433/", "endpoint-not-https"),
        ("https://user@example.com/", "endpoint-user-info"),
        ("https://user:word@example.com/", "endpoint-user-info"),
        ("http://127.0.0.1@example.com/", "endpoint-user-info"),
        ("https://example.com/#part", "endpoint-fragment"),
        ("https://example.com/#", "endpoint-fragment"),
        ("https://example.com/?a=b", "endpoint-query"),
        ("https://example.com?", "endpoint-query"),
        ("", "endpoint-malformed"),
        ("example.com", "endpoint-malformed"),
        ("ftp://example.com/", "endpoint-malformed"),
        ("https://", "endpoint-malformed"),
        ("https:///path", "endpoint-malformed"),
        ("https://example.com:0/", "endpoint-malformed"),
        ("https://example.com:65536/", "endpoint-malformed"),
        ("https://example.com:port/", "endpoint-malformed"),
        ("https://exa mple.com/", "endpoint-malformed"),
        ("https://example.com\\@evil.example/", "endpoint-malformed"),
        ("https://example.com/\n", "endpoint-malformed"),
        ("https://еxample.com/", "endpoint-malformed"),  # a Cyrillic look-alike
        ("https://-example.com/", "endpoint-malformed"),
        ("https://example..com/", "endpoint-malformed"),
        ("https://[::1/", "endpoint-malformed"),
        ("https://[v1.x]/", "endpoint-malformed"),
        ("https://[example.com]/", "endpoint-malformed"),
        ("https://example.com/" + "a" * 2048, "endpoint-malformed"),
    ],
)
def test_an_address_that_is_no_endpoint_is_refused_with_its_reason(address: str, reason: str) -> None:
    with pytest.raises(EndpointRefused) as caught:
        normalise_endpoint(address)
    assert caught.value.reason == reason


@given(
    st.text(max_size=40).map(lambda text: "http" + text)
    | st.text(max_size=40).map(lambda text: "https://" + text)
)
def test_whatever_is_accepted_is_https_or_loopback_and_stays_as_it_is(address: str) -> None:
    try:
        endpoint = normalise_endpoint(address)
    except EndpointRefused:
        return
    parts = urlsplit(endpoint)
    assert parts.scheme == "https" or is_loopback(endpoint)
    assert parts.username is None
    assert not parts.query
    assert not parts.fragment
    assert parts.path.startswith("/")
    assert normalise_endpoint(endpoint) == endpoint


def test_a_region_is_read_off_a_function_url_and_off_nothing_else() -> None:
    assert region_in_endpoint(FUNCTION_URL) == "eu-west-1"
    assert region_in_endpoint("https://abc.lambda-url.eu-west-1.on.aws.example.com/") is None
    assert region_in_endpoint("https://example.com/abc.lambda-url.eu-west-1.on.aws") is None


@pytest.mark.parametrize("region", ["ap-northeast-1", "us-gov-west-1", "eu-central-2", "ap-southeast-10"])
def test_region_names(region: str) -> None:
    assert is_region(region)
    assert not is_region(region + "/")
    assert not is_region(region.upper())
    assert not is_region("")
