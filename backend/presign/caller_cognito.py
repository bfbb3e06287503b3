"""The caller in team mode. The REST API's Cognito authorizer has verified the token's signature, pool and time; what
is checked here is that the event is a REST API's and carries such claims, that they are an access token's, made for
our app client, and that they hold our scope: the authorizer lets ID tokens and every client of the pool through.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backend.presign.caller import Caller, mapping, text
from backend.presign.problems import forbidden
from backend.presign.settings import OWNER_PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.presign.settings import UserPool

OWNER_CLAIM = "owner_id"
"""Put into access tokens by `backend/owner_claim.py`. A user without it owns what their `sub` names."""

_SUBJECT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OTHER_SHAPE = "This function answers the REST API's requests with a verified access token only."
_NO_CLAIMS = "The request carries no verified access token."
_WRONG_TOKEN = "The token is none that this endpoint takes: sign in to the app again."  # noqa: S105 - a sentence
_CONSOLE_STAGE = "test-invoke-stage"


def verify_user(event: object, pool: UserPool) -> Caller:
    """The user of a REST API proxy event, on behalf of themselves.

    Raises Problem 403 for events of other shapes (Function URL, HTTP API, load balancers, direct invocations), for
    other authorizers, and for claims that are not of an access token of this pool's client with the scope.
    """
    context = _rest_api_context(event)
    authorizer = mapping(context.get("authorizer"))
    claims = mapping(authorizer.get("claims"))
    # A Lambda authorizer's context is flat beside a principalId; an HTTP API's JWT authorizer adds scopes.
    if not claims or authorizer.keys() - {"claims"}:
        raise forbidden(_NO_CLAIMS)
    good = (
        claims.get("token_use") == "access"
        and claims.get("client_id") == pool.client_id
        and pool.required_scope in text(claims.get("scope")).split(" ")
        and (pool.issuer is None or claims.get("iss") == pool.issuer)
    )
    subject = text(claims.get("sub"))
    owner = claims.get(OWNER_CLAIM, subject)
    if not good or not _SUBJECT.fullmatch(subject) or not OWNER_PATTERN.fullmatch(text(owner)):
        raise forbidden(_WRONG_TOKEN)
    return Caller(owner=text(owner), account=text(context.get("accountId")), kind="cognito-user")


def _rest_api_context(event: object) -> Mapping[str, object]:
    values = mapping(event)
    context = mapping(values.get("requestContext"))
    foreign = (
        # A REST API's own events name no version; emulators say 1.0, as the HTTP API's older format does.
        values.get("version", "1.0") != "1.0"
        or "rawPath" in values
        or "http" in context
        or "elb" in context
        or "routeKey" in context
        or context.get("stage") == _CONSOLE_STAGE
        # The HTTP API's format 1.0 has null here.
        or not text(context.get("resourceId"))
        or not text(context.get("apiId"))
        or not text(values.get("resource"))
        or not text(values.get("httpMethod"))
        or ".lambda-url." in text(context.get("domainName"))
    )
    if foreign:
        raise forbidden(_OTHER_SHAPE)
    return context
