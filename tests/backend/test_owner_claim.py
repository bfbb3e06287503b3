"""The trigger that puts the owner into access tokens, with the documented event."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from backend.owner_claim import OwnerClaimError, handler
from tests.backend.rest_events import ALICE, TEAM, rest_event

# https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
EVENT: dict[str, Any] = {
    "version": "2",
    "triggerSource": "TokenGeneration_HostedAuth",
    "region": "ap-northeast-1",
    "userPoolId": "ap-northeast-1_aBcDeFgHi",
    "userName": ALICE,
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "5kq2l1p0examplebnc7d0e9f8g"},
    "request": {
        "userAttributes": {
            "sub": ALICE,
            "cognito:user_status": "CONFIRMED",
            "email_verified": "true",
            "email": "alice@example.org",
        },
        "groupConfiguration": {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
        "scopes": ["openid", "chatlog/archive"],
    },
    "response": {"claimsAndScopeOverrideDetails": None},
}


def of_user(**attributes: object) -> dict[str, Any]:
    event = copy.deepcopy(EVENT)
    event["request"]["userAttributes"] |= attributes
    return event


@pytest.mark.parametrize(
    "source", ["HostedAuth", "Authentication", "NewPasswordChallenge", "AuthenticateDevice", "RefreshTokens"]
)
def test_the_access_token_says_whose_archive_it_is(source: str) -> None:
    event = of_user(**{"custom:owner_id": "alice"}) | {"triggerSource": f"TokenGeneration_{source}"}
    answered = handler(event, None)
    assert answered["response"] == {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {"claimsToAddOrOverride": {"owner_id": "alice"}}
        }
    }
    # The rest goes back as it came.
    assert {**answered, "response": None} == {**event, "response": None}


def test_a_user_without_the_attribute_gets_no_claim() -> None:
    assert handler(of_user(), None) == EVENT


def test_what_the_client_says_of_itself_is_not_believed() -> None:
    event = of_user()
    event["request"]["clientMetadata"] = {"custom:owner_id": "bob", "owner_id": "bob"}
    assert handler(event, None)["response"] == {"claimsAndScopeOverrideDetails": None}


@pytest.mark.parametrize("owner", ["", "a/b", "..", "x" * 65, "ログ", "alice\n", None, 7, ["alice"]])
def test_no_token_rather_than_one_for_nobody(owner: object) -> None:
    with pytest.raises(OwnerClaimError):
        handler(of_user(**{"custom:owner_id": owner}), None)


@pytest.mark.parametrize("version", ["1", None, 2])
def test_the_older_trigger_which_reaches_no_access_token_is_refused(version: object) -> None:
    with pytest.raises(OwnerClaimError):
        handler(of_user(**{"custom:owner_id": "alice"}) | {"version": version}, None)


def test_the_claim_is_the_one_the_endpoint_reads(make_desk: Any, environment: dict[str, str]) -> None:
    answered: Any = handler(of_user(**{"custom:owner_id": "alice"}), None)
    details = answered["response"]["claimsAndScopeOverrideDetails"]
    claims = details["accessTokenGeneration"]["claimsToAddOrOverride"]
    assert make_desk(environment | TEAM).send(rest_event(**claims)).body["owner"] == "alice"
