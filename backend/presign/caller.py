"""Who calls. In personal mode the Function URL (`aws_iam`) has verified the caller's signature already; what is
checked here is that the event is a Function URL's, that it carries that identity, and that it is not root's.

The owner of what is written never comes from the caller's words: it is the stack's OWNER_ID. A role session's name
is chosen by the caller and is used for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.presign.problems import forbidden

_ACCOUNT = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_ARN = re.compile(
    r"arn:aws(?:-[a-z]+)*:(?:iam|sts)::(?P<account>[0-9]{12}):(?P<principal>[\x21-\x7e]{1,600})"
)
_PRINCIPALS = ("user/", "assumed-role/", "federated-user/")
_OTHER_SHAPE = "This function answers signed Function URL requests only."
_NO_IDENTITY = "The request carries no verified IAM identity."


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified IAM identity, for the log: the account and the kind of principal, no names."""

    account: str
    kind: str


def verify_caller(event: object) -> Caller:
    """The caller of a Function URL event (payload version 2.0).

    Raises Problem 403 for events of other shapes (REST and HTTP API, direct invocations, schedules), for a missing
    or malformed identity, and for root.
    """
    context = _function_url_context(event)
    identity = _mapping(_mapping(context.get("authorizer")).get("iam"))
    if not identity:
        raise forbidden(_NO_IDENTITY)
    account, caller_id, arn, user_id = (
        _text(identity.get(name)) for name in ("accountId", "callerId", "userArn", "userId")
    )
    found = _ARN.fullmatch(arn)
    if not (_ACCOUNT.fullmatch(account) and caller_id and user_id and found and found["account"] == account):
        raise forbidden(_NO_IDENTITY)
    principal = found["principal"]
    # Root's ids are the account's number itself, also in sessions that root has made ("123456789012:name").
    if principal == "root" or account in (caller_id.partition(":")[0], user_id.partition(":")[0]):
        raise forbidden("The account's root user is refused; call with an IAM role or user.")
    if not principal.startswith(_PRINCIPALS):
        raise forbidden(_NO_IDENTITY)
    return Caller(account=account, kind=principal.partition("/")[0])


def _function_url_context(event: object) -> Mapping[str, object]:
    values = _mapping(event)
    context = _mapping(values.get("requestContext"))
    authorizer = _mapping(context.get("authorizer"))
    foreign = (
        values.get("version") != "2.0"
        or context.get("routeKey", "$default") != "$default"
        or context.get("stage", "$default") != "$default"
        or not isinstance(context.get("http"), Mapping)
        or ".execute-api." in _text(context.get("domainName"))
        or bool(authorizer.keys() - {"iam"})
    )
    if foreign:
        raise forbidden(_OTHER_SHAPE)
    return context


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
