"""How a team's profile is signed in to: its provider, as a connection file or settings.toml names it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.account.endpoints import EndpointRefused, is_loopback_host, normalise_endpoint
from app.account.toml_file import text_in
from app.errors import ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.account.toml_file import TomlFile

DEFAULT_SCOPE = "chatlog/archive"
DEFAULT_REDIRECT_PORTS = (53682, 53683, 53684, 53685)
"""The ports that the stack registers with the provider; the first that is free is used."""

MAXIMUM_PORTS = 16
_FIRST_PORT, _LAST_PORT = 1024, 65535
_MAXIMUM_TEXT = 512
# RFC 6749, Appendix A: what a client id and a scope may be made of, here without spaces in the id.
_CLIENT_ID = re.compile(r"[!-~]{1,512}")
_SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")


@dataclass(frozen=True, slots=True)
class SignIn:
    """An OpenID provider and what the program is called there.

    `issuer` is compared letter by letter with what tokens say; `host` (with a port where it is not 443) is where its
    sign-in pages are, beside the issuer's own. `redirect_ports`: where on 127.0.0.1 a browser may be sent back to.
    """

    issuer: str
    client_id: str
    scope: str = DEFAULT_SCOPE
    host: str = ""
    redirect_ports: tuple[int, ...] = DEFAULT_REDIRECT_PORTS

    def permits(self, url: str) -> bool:
        """Whether an address is the issuer's or the sign-in pages': nothing else is spoken to.

        https, or http on this computer alone. Where the host is named without a port, a loopback address may have
        any, others https's own.
        """
        try:
            where = urlsplit(normalise_endpoint(url.partition("?")[0]))
        except EndpointRefused:
            return False
        if where.netloc in (urlsplit(normalise_endpoint(self.issuer)).netloc, self.host.lower()):
            return True
        return is_loopback_host(where.hostname or "") and where.hostname == self.host


def checked_sign_in(name: str, sign_in: SignIn) -> SignIn:
    """The sign-in of the profile called `name`; without a host of its own, the issuer's is the pages' too.

    Raises ProfileInvalid (`sign-in-malformed`, with the field as it is called in settings.toml).
    """

    def malformed(field: str) -> ProfileInvalid:
        return ProfileInvalid(name=name, reason="sign-in-malformed", field=field)

    issuer = sign_in.issuer
    try:
        # Kept as it is, with or without a slash at its end: tokens are compared with it.
        if normalise_endpoint(issuer) not in (issuer, f"{issuer}/"):
            raise malformed("issuer")
    except EndpointRefused as problem:
        raise malformed("issuer") from problem
    if not _CLIENT_ID.fullmatch(sign_in.client_id):
        raise malformed("client_id")
    if len(sign_in.scope) > _MAXIMUM_TEXT or not _SCOPE.fullmatch(sign_in.scope):
        raise malformed("scope")
    host = sign_in.host or urlsplit(issuer).netloc
    scheme = "http" if is_loopback_host(host.partition(":")[0]) else "https"
    try:
        if "/" in host or normalise_endpoint(f"{scheme}://{host}/") != f"{scheme}://{host}/":
            raise malformed("sign_in_host")
    except EndpointRefused as problem:
        raise malformed("sign_in_host") from problem
    ports = sign_in.redirect_ports
    if not 0 < len(ports) <= MAXIMUM_PORTS or not all(_FIRST_PORT <= port <= _LAST_PORT for port in ports):
        raise malformed("redirect_ports")
    return SignIn(issuer, sign_in.client_id, sign_in.scope, host, tuple(dict.fromkeys(ports)))


def sign_in_in(table: Mapping[str, Any], name: str, file: TomlFile) -> SignIn:
    """The sign-in in a profile's table. Raises ProfileInvalid, SettingsCorrupt."""
    where = f"profiles.{name}."

    def text(key: str) -> str:
        return text_in(table, key, file, where=where) or ""

    ports = table.get("redirect_ports", list(DEFAULT_REDIRECT_PORTS))
    if not isinstance(ports, list) or not all(
        isinstance(port, int) and not isinstance(port, bool) for port in ports
    ):
        raise file.corrupt(f"{where}redirect_ports: a list of port numbers is expected")
    return checked_sign_in(
        name,
        SignIn(
            issuer=text("issuer"),
            client_id=text("client_id"),
            scope=text("scope") or DEFAULT_SCOPE,
            host=text("sign_in_host"),
            redirect_ports=tuple(ports),
        ),
    )


def values_to_write(sign_in: SignIn | None) -> dict[str, Any]:
    """What stands of it in a profile's table; every value None where a profile has no such sign-in."""
    if sign_in is None:
        return dict.fromkeys(("issuer", "client_id", "scope", "sign_in_host", "redirect_ports"))
    return {
        "issuer": sign_in.issuer,
        "client_id": sign_in.client_id,
        "scope": sign_in.scope,
        "sign_in_host": sign_in.host,
        "redirect_ports": list(sign_in.redirect_ports),
    }
