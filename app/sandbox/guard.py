"""What both ports refuse before anything else: whoever is not a program of this computer asking for this address.

A page in a browser can send requests to loopback. It cannot lie about `Host` (so a name that was rebound to 127.0.0.1
shows) and does not hide that it is a page (`Origin`, `Sec-Fetch-Site`).
"""

from __future__ import annotations

from collections.abc import Callable

from app.sandbox.http_server import Application, Reply, Request

Refusal = Callable[[int, str], Reply]


def guarded(application: Application, port: int, refuse: Refusal) -> Application:
    """`application`, reached only by requests that name this loopback address and come from no browser page."""

    async def guard(request: Request) -> Reply:
        problem = foreign(request, port)
        return await application(request) if problem is None else refuse(403, problem)

    return guard


def foreign(request: Request, port: int) -> str | None:
    """Why a request is none of ours, or None."""
    hosts = [value for name, value in request.headers if name == "host"]
    if len(hosts) != 1 or hosts[0].lower() not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
        return "This address answers to its own name only."
    if not request.target.startswith("/"):
        return "Only the origin form of request targets is answered."
    if request.header("origin") is not None or request.header("sec-fetch-site") not in {None, "none"}:
        return "Web pages are not answered."
    return None
