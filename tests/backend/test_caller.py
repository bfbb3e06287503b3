"""Who is let in: the IAM identity of a Function URL's event, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "123456789012"


def with_identity(event: dict[str, Any], **changes: object) -> dict[str, Any]:
    event["requestContext"]["authorizer"]["iam"] |= changes
    event["body"] = '{"action": "health"}'
    return event


@pytest.mark.parametrize(
    ("arn", "user_id"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/hana", "AIDAHANA"),
        (f"arn:aws:iam::{ACCOUNT}:user/team/hana", "AIDAHANA"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/chat-logs/laptop", "AROAROLE:laptop"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/hana", f"{ACCOUNT[:-1]}3:hana"),
        (f"arn:aws-cn:iam::{ACCOUNT}:user/hana", "AIDAHANA"),
    ],
)
def test_users_and_roles_are_let_in_as_the_stacks_owner(
    desk: Any, event: dict[str, Any], arn: str, user_id: str
) -> None:
    answer = desk.send(with_identity(event, userArn=arn, userId=user_id, callerId=user_id))
    assert answer.status == 200
    assert answer.body["owner"] == "hana"


@pytest.mark.parametrize(
    "changes",
    [
        {"userArn": f"arn:aws:iam::{ACCOUNT}:root", "userId": ACCOUNT, "callerId": ACCOUNT},
        {"userArn": f"arn:aws:iam::{ACCOUNT}:root"},
        {"userId": ACCOUNT},
        {"callerId": ACCOUNT},
        {"userArn": f"arn:aws:sts::{ACCOUNT}:federated-user/x", "userId": f"{ACCOUNT}:x"},
        {"userArn": None},
        {"userArn": ""},
        {"userArn": ["arn"]},
        {"userArn": "arn:aws:iam::999999999999:user/hana"},
        {"userArn": f"arn:aws:s3::{ACCOUNT}:user/hana"},
        {"userArn": f"arn:aws:iam::{ACCOUNT}:group/hana"},
        {"userArn": f"arn:aws:iam::{ACCOUNT}:user/hana\n"},
        {"userId": ""},
        {"callerId": None},
        {"accountId": 123456789012},
        {"accountId": "١٢٣٤٥٦٧٨٩٠١٢"},
    ],
)
def test_root_and_half_identities_are_refused(
    desk: Any, event: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = desk.send(with_identity(event, **changes))
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert desk.log("WARN")


@pytest.mark.parametrize(
    "authorizer", [None, {}, {"iam": None}, {"iam": {}}, {"iam": "AIDAHANA"}, [], "iam", {"lambda": {}}]
)
def test_no_identity_no_answer(desk: Any, event: dict[str, Any], authorizer: object) -> None:
    event["requestContext"]["authorizer"] = authorizer
    assert desk.send(event).status == 403


def rest_api(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": "/",
        "resource": "/",
        "requestContext": event["requestContext"],
        "body": "{}",
    }


def with_token_claims(event: dict[str, Any]) -> dict[str, Any]:
    event["requestContext"]["authorizer"]["jwt"] = {"claims": {"sub": "x"}}
    return event


def http_api(event: dict[str, Any]) -> dict[str, Any]:
    event["requestContext"]["domainName"] = "abc.execute-api.ap-northeast-1.amazonaws.com"
    return event


def routed(event: dict[str, Any]) -> dict[str, Any]:
    event["requestContext"]["routeKey"] = "POST /presigned-url-request"
    return event


def staged(event: dict[str, Any]) -> dict[str, Any]:
    event["requestContext"]["stage"] = "prod"
    return event


def without_http(event: dict[str, Any]) -> dict[str, Any]:
    del event["requestContext"]["http"]
    return event


def load_balanced(event: dict[str, Any]) -> dict[str, Any]:
    event["requestContext"]["elb"] = {"targetGroupArn": "arn:aws:elasticloadbalancing:…"}
    return event


def with_a_rest_apis_method(event: dict[str, Any]) -> dict[str, Any]:
    event["httpMethod"] = "POST"
    return event


@pytest.mark.parametrize(
    "shape",
    [
        rest_api,
        with_token_claims,
        http_api,
        routed,
        staged,
        without_http,
        load_balanced,
        with_a_rest_apis_method,
    ],
)
def test_the_other_modes_events_are_refused_even_with_an_identity(
    desk: Any, event: dict[str, Any], shape: Any
) -> None:
    assert desk.send(shape(event)).status == 403


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        [],
        "health",
        7,
        {"action": "health"},
        {"source": "aws.events"},
        {"Records": []},
        {"requestContext": 1},
    ],
)
def test_what_is_no_event_is_refused(desk: Any, event: object) -> None:
    assert desk.send(event).status == 403


def test_nothing_in_the_request_chooses_the_owner(desk: Any, event: dict[str, Any]) -> None:
    event["body"] = '{"action": "health", "owner": "taro"}'
    answer = desk.send(event)
    assert answer.status == 400
    assert answer.body["fields"] == ["owner"]
