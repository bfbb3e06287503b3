"""Which addresses may be an endpoint, and what can be read off them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

DEFAULT_REGION = "ap-northeast-1"

MAXIMUM_LENGTH = 2048

_DEFAULT_PORTS = {"https": 443, "http": 80}
# Letters, digits, hyphens and dots (RFC 1123); international names in their ASCII form only, so that what is
# shown before it is accepted cannot be a look-alike.
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII)
# https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html: https://<url-id>.lambda-url.<region>.on.aws
_FUNCTION_URL_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws", re.ASCII)
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}", re.ASCII)


class EndpointRefused(ValueError):
    """An address that is no endpoint. `reason` is a stable code: `endpoint-malformed`, `endpoint-not-https`,
    `endpoint-user-info`, `endpoint-fragment`, `endpoint-query`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normalise_endpoint(address: str) -> str:
    """The address in one spelling: lower-case scheme and host, no default port, a path of at least "/".

    https anywhere; http on the loopback interface only. Raises EndpointRefused.
    """
    if (
        len(address) > MAXIMUM_LENGTH
        or any(not "!" <= character <= "~" for character in address)
        or "\\" in address
    ):
        raise EndpointRefused("endpoint-malformed")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as problem:
        raise EndpointRefused("endpoint-malformed") from problem
    if parts.scheme not in _DEFAULT_PORTS or port == 0:
        raise EndpointRefused("endpoint-malformed")
    if "@" in parts.netloc:
        raise EndpointRefused("endpoint-user-info")
    if "#" in address:
        raise EndpointRefused("endpoint-fragment")
    if "?" in address:
        raise EndpointRefused("endpoint-query")
    host = _host(parts.hostname or "", bracketed="[" in parts.netloc)
    if parts.scheme == "http" and not is_loopback_host(host.strip("[]")):
        raise EndpointRefused("endpoint-not-https")
    shown_port = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}{parts.path or '/'}"


def is_loopback_host(host: str) -> bool:
    """Whether the host (a name, or an address without brackets) is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback(endpoint: str) -> bool:
    """Whether a normalised endpoint is on this computer."""
    return is_loopback_host(urlsplit(endpoint).hostname or "")


def region_in_endpoint(endpoint: str) -> str | None:
    """The AWS region in a Function URL's host; None for other hosts."""
    found = _FUNCTION_URL_HOST.fullmatch(urlsplit(endpoint).hostname or "")
    return found[1] if found else None


def is_region(text: str) -> bool:
    """Whether the text has the form of an AWS region's name (`ap-northeast-1`)."""
    return _REGION.fullmatch(text) is not None


def _host(host: str, *, bracketed: bool) -> str:
    if bracketed:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError as problem:
            raise EndpointRefused("endpoint-malformed") from problem
    if not _HOST_NAME.fullmatch(host):
        raise EndpointRefused("endpoint-malformed")
    return host
