"""Who is let in in team mode: a REST API's event with the claims of our own access token, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backend.rest_events import ALICE, BOB, POOL_ISSUER, TEAM, rest_event


@pytest.fixture
def team(make_desk: Any, environment: dict[str, str]) -> Any:
    """A handler in team mode; OWNER_ID stands in its environment and must mean nothing."""
    return make_desk(environment | TEAM)


def test_a_user_owns_what_their_subject_names(team: Any) -> None:
    answer = team.send(rest_event())
    assert (answer.status, answer.body["owner"]) == (200, ALICE)


def test_a_user_keeps_their_archive_in_another_pool(team: Any) -> None:
    for subject in (ALICE, BOB):
        assert team.send(rest_event(sub=subject, owner_id="alice")).body["owner"] == "alice"


def test_two_users_of_one_function_have_two_archives(team: Any, upload: dict[str, Any]) -> None:
    asked = {"action": "upload", **upload}
    keys = [team.send(rest_event(asked, sub=subject)).body["s3Key"] for subject in (ALICE, BOB, ALICE)]
    assert [key.split("/")[1] for key in keys] == [ALICE, BOB, ALICE]


def test_another_users_key_is_not_found(team: Any, upload: dict[str, Any]) -> None:
    key = f"chat-logs/{BOB}/2026-11-20_a-0a1b2c3d.jsonl.zst"
    for asked in (
        {"action": "upload", **upload, "s3Key": key},
        {"action": "download", "s3Key": key},
        {"action": "head", "s3Key": key},
        {"action": "versions", "s3Key": key},
    ):
        answer = team.send(rest_event(asked))
        assert (answer.status, answer.body["code"]) == (404, "not-found"), asked["action"]


def test_the_owner_in_the_environment_means_nothing(make_desk: Any, environment: dict[str, str]) -> None:
    del environment["OWNER_ID"]
    assert make_desk(environment | TEAM).send(rest_event()).body["owner"] == ALICE


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id", "aud": "x"},
        {"token_use": None},
        {"client_id": "another0client"},
        {"client_id": None},
        {"scope": "openid"},
        {"scope": "chatlog/archive2"},
        {"scope": "chatlog"},
        {"scope": ""},
        {"scope": None},
        {"scope": ["chatlog/archive"]},
        {"iss": POOL_ISSUER + "X"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "alice"},
        {"sub": "../" + ALICE},
        {"sub": ALICE + "\n"},
        {"sub": ALICE.upper()},
        {"sub": "", "owner_id": "alice"},
        {"owner_id": ""},
        {"owner_id": "a/b"},
        {"owner_id": ".."},
        {"owner_id": "x" * 65},
        {"owner_id": 7},
        {"owner_id": ["alice"]},
        {"owner_id": {"S": "alice"}},
    ],
)
def test_other_tokens_are_refused(team: Any, claims: dict[str, Any]) -> None:
    answer = team.send(rest_event(**claims))
    assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert team.log("WARN")


def test_the_scope_and_the_issuer_are_the_stacks(make_desk: Any, environment: dict[str, str]) -> None:
    changed = environment | TEAM | {"REQUIRED_SCOPE": "logs/write"}
    del changed["USER_POOL_ISSUER"]
    desk = make_desk(changed)
    assert desk.send(rest_event()).status == 403
    assert desk.send(rest_event(scope="logs/write", iss="https://elsewhere.example/pool")).status == 200


@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        {},
        [],
        "claims",
        {"claims": None},
        {"claims": {}},
        {"claims": "sub"},
        {"principalId": "alice", "sub": ALICE},
        {"principalId": "alice", "claims": "as they are"},
        {"iam": {"userId": "AIDA"}},
    ],
)
def test_no_claims_no_answer(team: Any, authorizer: object) -> None:
    event = rest_event()
    event["requestContext"]["authorizer"] = authorizer
    assert team.send(event).status == 403


def a_lambda_authorizers(event: dict[str, Any]) -> None:
    event["requestContext"]["authorizer"]["principalId"] = "alice"


def an_http_apis(event: dict[str, Any]) -> None:
    event["version"] = "2.0"
    event["routeKey"] = "POST /presigned-url-request"


def an_http_apis_older(event: dict[str, Any]) -> None:
    event["version"] = "1.0"
    event["requestContext"]["resourceId"] = None


def an_http_apis_with_scopes(event: dict[str, Any]) -> None:
    event["version"] = "1.0"
    event["requestContext"]["authorizer"]["scopes"] = ["chatlog/archive"]


def a_load_balancers(event: dict[str, Any]) -> None:
    event["requestContext"]["elb"] = {"targetGroupArn": "arn:aws:elasticloadbalancing:…"}


def a_consoles_test(event: dict[str, Any]) -> None:
    event["requestContext"]["stage"] = "test-invoke-stage"


def from_a_function_url(event: dict[str, Any]) -> None:
    event["requestContext"]["domainName"] = "abc.lambda-url.ap-northeast-1.on.aws"


def with_a_function_urls_path(event: dict[str, Any]) -> None:
    event["rawPath"] = "/"


def with_a_function_urls_request_line(event: dict[str, Any]) -> None:
    event["requestContext"]["http"] = {"method": "POST", "path": "/"}


def without_an_api(event: dict[str, Any]) -> None:
    del event["requestContext"]["apiId"]


def without_a_method(event: dict[str, Any]) -> None:
    del event["httpMethod"]


@pytest.mark.parametrize(
    "change",
    [
        a_lambda_authorizers,
        an_http_apis,
        an_http_apis_older,
        an_http_apis_with_scopes,
        a_load_balancers,
        a_consoles_test,
        from_a_function_url,
        with_a_function_urls_path,
        with_a_function_urls_request_line,
        without_an_api,
        without_a_method,
    ],
)
def test_other_events_are_refused_even_with_good_claims(team: Any, change: Any) -> None:
    event = rest_event()
    change(event)
    assert team.send(event).status == 403


def test_a_signed_function_url_request_is_refused_in_team_mode(team: Any) -> None:
    answer = team.ask("health")
    assert (answer.status, answer.body["code"]) == (403, "forbidden")


def test_a_users_token_is_refused_in_personal_mode(desk: Any) -> None:
    answer = desk.send(rest_event())
    assert (answer.status, answer.body["code"]) == (403, "forbidden")


def test_claims_beside_a_signed_identity_are_refused_in_both_modes(
    desk: Any, team: Any, event: dict[str, Any]
) -> None:
    mixed = rest_event() | event
    mixed["requestContext"] = rest_event()["requestContext"] | event["requestContext"]
    mixed["requestContext"]["authorizer"]["claims"] = rest_event()["requestContext"]["authorizer"]["claims"]
    for door in (desk, team):
        assert door.send(mixed).status == 403


@pytest.mark.parametrize(
    "event", [None, {}, [], "health", 7, {"action": "health"}, {"claims": {"sub": ALICE}}, {"Records": []}]
)
def test_what_is_no_event_is_refused(team: Any, event: object) -> None:
    assert team.send(event).status == 403


def test_nothing_in_the_request_chooses_the_owner(team: Any) -> None:
    answer = team.send(rest_event({"action": "health", "owner": "bob"}))
    assert (answer.status, answer.body["fields"]) == (400, ["owner"])
    assert team.send(rest_event({"action": "health", "owner_id": "bob"})).status == 400
