"""The presign Lambda's door: `backend.handler.handler(event, context)`.

A function answers one kind of event, by AUTH_MODE. In personal mode (`iam`) a Function URL's, payload version 2.0:

    version                        "2.0"
    rawPath                        "/"
    requestContext.http.method     "POST"
    requestContext.authorizer.iam  {accountId, callerId, userArn, userId}: the identity that AWS has verified
    requestContext.routeKey, .stage "$default" where present; other authorizers and API Gateway's hosts are refused

In team mode (`cognito`) a REST API's proxy event:

    resource, httpMethod               "/presigned-url-request", "POST"
    requestContext.authorizer.claims   {sub, token_use, client_id, scope, iss, owner_id}: the access token's, verified
    requestContext.apiId, .resourceId  where an HTTP API has none

and of both: requestContext.requestId where `context` has no aws_request_id; body and isBase64Encoded, the request's
JSON. The reply is {statusCode, headers, body, isBase64Encoded}.

Whoever can invoke the function itself could hand it an invented identity: callers' policies allow it through the
Function URL or the REST API only.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend.presign.actions import REQUEST_LIMIT, Actions
from backend.presign.caller_cognito import verify_user
from backend.presign.caller_iam import verify_iam
from backend.presign.envelope import cors_headers, preflight_reply, problem_reply, read_request, reply
from backend.presign.observability import RequestLog, write_to_stdout
from backend.presign.problems import Problem, internal
from backend.presign.settings import Settings, SettingsError, read_settings
from backend.presign.storage import Client, Storage, StorageMisconfigured, make_client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.presign.actions_common import Answer
    from backend.presign.caller import Caller

_REQUEST_ID_LIMIT = 128
_OK = 200
_NO_CONTENT = 204


class Door:
    """A handler with its own environment: the settings are read at its first request and kept, as is the client."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        write_log: Callable[[str], None] = write_to_stdout,
        client_factory: Callable[[Settings], Client] = make_client,
    ) -> None:
        self._environ = environ
        self._clock = clock
        self._write_log = write_log
        self._client_factory = client_factory
        self._lock = threading.Lock()
        self._ready: tuple[Settings, Actions] | None = None

    def __call__(self, event: object, context: object = None) -> dict[str, object]:
        """Answer one event. Never raises: what nobody expected is logged and answered 500."""
        started = time.perf_counter()
        log = RequestLog(_request_id(event, context), write=self._write_log, clock=self._clock)
        request: dict[str, object] = {}
        headers: dict[str, str] = {}
        answer, refusal = None, None
        try:
            settings, actions = self._prepared()
            log.set_level(settings.log_level)
            preflight = preflight_reply(event, settings.allowed_origins)
            if preflight is not None:
                log.done("none", _NO_CONTENT, None, _milliseconds_since(started), 0, 0)
                return preflight
            headers = cors_headers(event, settings.allowed_origins)
            caller = _verify(event, settings)
            log.debug("caller", account=caller.account, kind=caller.kind)
            assert isinstance(event, dict)
            request.update(read_request(event, REQUEST_LIMIT))
            answer = actions.answer(request, caller.owner, log)
        except Problem as problem:
            refusal = problem
        except SettingsError as error:
            log.failure("configuration", variable=error.variable, reason=error.reason)
            refusal = internal()
        except StorageMisconfigured as error:
            log.failure("storage refuses", operation=error.operation, s3Code=error.code)
            refusal = internal()
        except Exception as error:  # noqa: BLE001 - the outermost edge: a bug is logged, and nothing of it is said
            log.bug(error)
            refusal = internal()
        self._log_done(log, request, answer, refusal, _milliseconds_since(started))
        if refusal is not None or answer is None:
            return problem_reply(refusal or internal(), log.request_id, headers)
        return reply(_OK, answer.body, headers, problem=False)

    def _prepared(self) -> tuple[Settings, Actions]:
        with self._lock:
            if self._ready is None:
                settings = read_settings(self._environ)
                storage = Storage(settings, self._client_factory)
                self._ready = settings, Actions(settings, storage, clock=self._clock)
            return self._ready

    def _log_done(
        self,
        log: RequestLog,
        request: Mapping[str, object],
        answer: Answer | None,
        refusal: Problem | None,
        milliseconds: float,
    ) -> None:
        known = self._ready[1].names if self._ready is not None else ()
        action = request.get("action")
        # A caller's own words never become a metric's dimension: each value is a metric that costs money.
        name = action if isinstance(action, str) and action in known else "none"
        if refusal is not None:
            if refusal.status == 403:  # noqa: PLR2004 - an attempt to come in another way
                log.warning("refused", detail=refusal.detail)
            log.done(name, refusal.status, refusal.code, milliseconds, 0, 1)
        elif answer is not None:
            log.done(name, _OK, None, milliseconds, answer.items, answer.problems)


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _verify(event: object, settings: Settings) -> Caller:
    if settings.user_pool is not None:
        return verify_user(event, settings.user_pool)
    # read_settings asks for the owner in this mode.
    assert settings.owner is not None
    return verify_iam(event, settings.owner)


def _request_id(event: object, context: object) -> str:
    given = getattr(context, "aws_request_id", None)
    if not isinstance(given, str) and isinstance(event, dict):
        outer = event.get("requestContext")
        given = outer.get("requestId") if isinstance(outer, dict) else None
    if (
        isinstance(given, str)
        and given.isascii()
        and given.isprintable()
        and 0 < len(given) <= _REQUEST_ID_LIMIT
    ):
        return given
    return str(uuid.uuid4())


handler = Door(os.environ)
"""What Lambda calls."""
