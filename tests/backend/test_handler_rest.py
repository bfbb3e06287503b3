"""The REST API's envelope: path and method, encoded bodies, and what browsers are told."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.backend.rest_events import TEAM, rest_event

ORIGIN = "https://logs.example.org"


@pytest.fixture
def team(make_desk: Any, environment: dict[str, str]) -> Any:
    """A handler in team mode that no web page may ask."""
    return make_desk(environment | TEAM)


@pytest.fixture
def open_team(make_desk: Any, environment: dict[str, str]) -> Any:
    """A handler in team mode that one site's pages may ask."""
    return make_desk(environment | TEAM | {"ALLOWED_ORIGINS": f"{ORIGIN}, http://localhost:8080"})


def preflight(origin: str | None = ORIGIN, **headers: str) -> dict[str, Any]:
    """What a browser asks before it asks: with no token, so past no authorizer."""
    event = rest_event()
    event["httpMethod"] = event["requestContext"]["httpMethod"] = "OPTIONS"
    event["body"] = None
    del event["requestContext"]["authorizer"]
    event["headers"] = {"Access-Control-Request-Method": "POST", **headers}
    if origin is not None:
        event["headers"]["Origin"] = origin
    return event


def test_an_encoded_body_is_read(team: Any) -> None:
    event = rest_event()
    event["body"] = base64.b64encode(event["body"].encode()).decode()
    event["isBase64Encoded"] = True
    assert team.send(event).status == 200


def test_behind_a_custom_domain_the_path_has_more_in_front(team: Any) -> None:
    event = rest_event()
    event["path"] = "/logs/presigned-url-request"
    assert team.send(event).status == 200


def test_the_emulators_event_names_its_version(team: Any) -> None:
    assert team.send(rest_event() | {"version": "1.0"}).status == 200


@pytest.mark.parametrize("resource", ["/", "/{proxy+}", "/presigned-url-request/", "/other"])
def test_another_resource_is_not_found(team: Any, resource: str) -> None:
    assert team.send(rest_event() | {"resource": resource}).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "post", "OPTIONS", "HEAD"])
def test_another_method_is_not_allowed(team: Any, method: str) -> None:
    answer = team.send(rest_event() | {"httpMethod": method})
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("body", [None, "", "{", "[]", '{"action": "health", "action": "list"}'])
def test_what_is_no_request_is_refused(team: Any, body: str | None) -> None:
    assert team.send(rest_event() | {"body": body}).status == 400


def test_without_named_origins_no_web_page_is_told_anything(team: Any) -> None:
    event = rest_event()
    event["headers"]["Origin"] = ORIGIN
    for answer in (team.send(event), team.send(preflight())):
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert team.send(preflight()).status == 403


def test_a_named_origins_page_may_read_replies_and_refusals(open_team: Any) -> None:
    for asked, status in (({"action": "health"}, 200), ({"action": "dance"}, 400)):
        event = rest_event(asked)
        event["headers"]["Origin"] = ORIGIN
        answer = open_team.send(event)
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["vary"] == "origin"
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "*", "", ORIGIN + ".evil.example", ORIGIN.upper(), None]
)
def test_another_page_may_not(open_team: Any, origin: str | None) -> None:
    event = rest_event()
    if origin is not None:
        event["headers"]["origin"] = origin
    answer = open_team.send(event)
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "origin"
    assert open_team.send(preflight(origin)).status == 403


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:8080"])
def test_a_named_origins_browser_may_ask_whether_it_may(open_team: Any, origin: str) -> None:
    reply = open_team.door(preflight(origin))
    assert (reply["statusCode"], reply["body"], reply["isBase64Encoded"]) == (204, "", False)
    assert reply["headers"] == {
        "access-control-allow-origin": origin,
        "vary": "origin",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "600",
        "cache-control": "no-store",
    }


def test_the_question_has_its_line_in_the_log(open_team: Any) -> None:
    open_team.door(preflight())
    (line,) = open_team.log("INFO")
    assert (line["Action"], line["status"]) == ("none", 204)


def test_only_the_question_is_answered_without_a_token(open_team: Any) -> None:
    question = preflight()
    assert open_team.send(question | {"httpMethod": "POST", "body": '{"action": "health"}'}).status == 403
    assert open_team.send(question | {"resource": "/other"}).status == 403
    assert open_team.send(preflight(**{"Access-Control-Request-Method": "DELETE"})).status == 403
    twice = preflight(origin="https://evil.example")
    twice["headers"]["origin"] = ORIGIN
    assert open_team.send(twice).status == 403


def test_in_personal_mode_the_function_url_answers_browsers(
    make_desk: Any, environment: dict[str, str], event: dict[str, Any]
) -> None:
    desk = make_desk(environment | {"ALLOWED_ORIGINS": ORIGIN})
    event["headers"]["origin"] = ORIGIN
    event["body"] = json.dumps({"action": "health"})
    answer = desk.send(event)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith(("access-control", "vary"))]
    assert desk.send(preflight()).status == 403


def test_the_log_tells_neither_claims_nor_origins(open_team: Any, make_desk: Any, environment: Any) -> None:
    desk = make_desk(environment | TEAM | {"LOG_LEVEL": "DEBUG"})
    desk.send(rest_event(username="alice@example.org"))
    told = "".join(desk.lines)
    assert "alice@example.org" not in told
    assert "cognito-user" in told
