"""The caller in personal mode. The Function URL (`aws_iam`) has verified the signature already; what is checked here
is that the event is a Function URL's, that it carries that identity, and that it is not root's.

The owner of what is written never comes from the caller's words: it is the stack's OWNER_ID. A role session's name
is chosen by the caller and is used for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from backend.presign.caller import Caller, mapping, text
from backend.presign.problems import forbidden

_ACCOUNT = re.compile(r"[0-9]{12}")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_ARN = re.compile(
    r"arn:aws(?:-[a-z]+)*:(?:iam|sts)::(?P<account>[0-9]{12}):(?P<principal>[\x21-\x7e]{1,600})"
)
_PRINCIPALS = ("user/", "assumed-role/", "federated-user/")
_OTHER_SHAPE = "This function answers signed Function URL requests only."
_NO_IDENTITY = "The request carries no verified IAM identity."


def verify_iam(event: object, owner: str) -> Caller:
    """The caller of a Function URL event (payload version 2.0), on behalf of the stack's owner.

    Raises Problem 403 for events of other shapes (REST and HTTP API, load balancers, direct invocations, schedules),
    for a missing or malformed identity, and for root.
    """
    context = _function_url_context(event)
    identity = mapping(mapping(context.get("authorizer")).get("iam"))
    if not identity:
        raise forbidden(_NO_IDENTITY)
    account, caller_id, arn, user_id = (
        text(identity.get(name)) for name in ("accountId", "callerId", "userArn", "userId")
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
    return Caller(owner=owner, account=account, kind=principal.partition("/")[0])


def _function_url_context(event: object) -> Mapping[str, object]:
    values = mapping(event)
    context = mapping(values.get("requestContext"))
    authorizer = mapping(context.get("authorizer"))
    foreign = (
        values.get("version") != "2.0"
        or "httpMethod" in values
        or "elb" in context
        or context.get("routeKey", "$default") != "$default"
        or context.get("stage", "$default") != "$default"
        or not isinstance(context.get("http"), Mapping)
        or ".execute-api." in text(context.get("domainName"))
        or bool(authorizer.keys() - {"iam"})
    )
    if foreign:
        raise forbidden(_OTHER_SHAPE)
    return context
