"""The stack in team mode, deployed to an emulator: which tokens open it, and whose archive they open.

Tokens are had as the program has them: from the pool's own pages, by an authorization code with PKCE. The emulator's
REST API verifies them as AWS's does (signature, issuer, expiry, scope); what it cannot know is the handler's to check.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from tests.stack.cloud import Cloud

pytestmark = pytest.mark.stack

REDIRECT = "http://127.0.0.1:53682/callback"
PASSWORD = "a long Passphrase, 42 letters"
SCOPE = "openid chatlog/archive"
OURS = "chatlog-uploader-emulated-presign"


@dataclass(frozen=True)
class Tokens:
    """What the pool's token endpoint gave."""

    access: str
    identity: str
    refresh: str


def new_user(cloud: Cloud, pool: str, name: str, **attributes: str) -> None:
    """A user as an operator makes one, with a password of their own."""
    cognito = cloud.client("cognito-idp")
    given = [{"Name": "email", "Value": f"{name}@example.org"}, {"Name": "email_verified", "Value": "true"}]
    given += [{"Name": f"custom:{key}", "Value": value} for key, value in attributes.items()]
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=name,
        UserAttributes=given,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)


def sign_in(cloud: Cloud, client: str, name: str, scope: str = SCOPE) -> Tokens:
    """The authorization code flow with PKCE, as a browser and the program do it."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": scope,
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = cloud.send("GET", f"{cloud.address}/oauth2/authorize", params=asked)
    assert page.status_code == 200, page.text
    filled = {**asked, "username": name, "password": PASSWORD}
    sent = cloud.send("POST", f"{cloud.address}/login", data=filled, allow_redirects=False)
    assert sent.status_code in {302, 303}, sent.text
    (code,) = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
    redeemed = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": verifier,
    }
    reply = cloud.send("POST", f"{cloud.address}/oauth2/token", data=redeemed)
    assert reply.status_code == 200, reply.text
    given = reply.json()
    return Tokens(given["access_token"], given["id_token"], given.get("refresh_token", ""))


def claims(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def ask(cloud: Cloud, token: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """The status and reply to a request with an access token."""
    reply = cloud.call(request or {"action": "health"}, authorization=f"Bearer {token}")
    return reply.status_code, reply.json()


def client_like_ours(cloud: Cloud, pool: str) -> str:
    """Another program's client in a pool, which may ask for our scope."""
    made = cloud.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool,
        ClientName="another",
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=SCOPE.split(),
        CallbackURLs=[REDIRECT],
        SupportedIdentityProviders=["COGNITO"],
    )
    return str(made["UserPoolClient"]["ClientId"])


@pytest.fixture(scope="module")
def aki(team: Cloud) -> Tokens:
    """A user whose archive an operator named."""
    new_user(team, team.outputs["UserPool"], "aki", owner_id="archive-of-aki")
    return sign_in(team, team.outputs["UserPoolClient"], "aki")


@pytest.fixture(scope="module")
def bob(team: Cloud) -> Tokens:
    """A user of whom nobody said anything."""
    new_user(team, team.outputs["UserPool"], "bob")
    return sign_in(team, team.outputs["UserPoolClient"], "bob")


# ---- which tokens -----------------------------------------------------------------------------------------


def test_a_good_token_works(team: Cloud, aki: Tokens) -> None:
    status, health = ask(team, aki.access)
    assert (status, health["owner"]) == (200, "archive-of-aki")
    assert health["storage"]["bucket"] == team.outputs["Bucket"]


def test_without_a_token_nothing_works(team: Cloud) -> None:
    assert team.call({"action": "health"}).status_code == 401
    assert team.call({"action": "health"}, authorization="Bearer x").status_code == 401


def test_an_expired_token_is_refused(team: Cloud, aki: Tokens) -> None:
    said = claims(aki.access)
    assert said["exp"] - said["iat"] == 15 * 60
    with team.ahead(15 * 60 + 1):
        assert ask(team, aki.access)[0] == 401
    assert ask(team, aki.access)[0] == 200


def test_an_id_token_is_no_access_token(team: Cloud, aki: Tokens) -> None:
    assert claims(aki.identity)["token_use"] == "id"
    assert ask(team, aki.identity)[0] in {401, 403}


def test_a_token_without_our_scope_is_refused(team: Cloud, aki: Tokens) -> None:
    without = sign_in(team, team.outputs["UserPoolClient"], "aki", scope="openid")
    assert claims(without.access)["scope"] == "openid"
    assert ask(team, without.access)[0] in {401, 403}


def test_another_client_s_token_is_refused_by_the_handler(team: Cloud, aki: Tokens) -> None:
    """The API would take it: Cognito's authorizers look at no client."""
    other = sign_in(team, client_like_ours(team, team.outputs["UserPool"]), "aki")
    status, problem = ask(team, other.access)
    assert (status, problem["code"]) == (403, "forbidden")


def test_another_pool_s_token_is_refused(team: Cloud) -> None:
    cognito = team.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    scopes = [{"ScopeName": "archive", "ScopeDescription": "likewise"}]
    cognito.create_resource_server(UserPoolId=pool, Identifier="chatlog", Name="another", Scopes=scopes)
    new_user(team, pool, "carol")
    foreign = sign_in(team, client_like_ours(team, pool), "carol")
    assert ask(team, foreign.access)[0] == 401


@pytest.mark.parametrize("claim", ["owner_id", "sub", "client_id", "exp"])
def test_a_tampered_token_is_refused(team: Cloud, aki: Tokens, claim: str) -> None:
    header, _, signature = aki.access.split(".")
    said = json.dumps({**claims(aki.access), claim: 2**40 if claim == "exp" else "bob"}).encode()
    changed = base64.urlsafe_b64encode(said).rstrip(b"=").decode()
    assert ask(team, f"{header}.{changed}.{signature}")[0] == 401


def test_an_unsigned_token_is_refused(team: Cloud, aki: Tokens) -> None:
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert ask(team, f"{none}.{aki.access.split('.')[1]}.")[0] == 401


def test_a_signature_of_iam_s_is_no_token(team: Cloud) -> None:
    """Not even the operator's, who may do everything else."""
    assert team.signed_call(team.operator, {"action": "health"}).status_code == 401


# ---- whose archive ----------------------------------------------------------------------------------------


def test_who_has_no_owner_id_owns_what_their_sub_names(team: Cloud, bob: Tokens) -> None:
    status, health = ask(team, bob.access)
    assert (status, health["owner"]) == (200, claims(bob.access)["sub"])


def test_a_user_cannot_change_whose_archive_it_is(team: Cloud, aki: Tokens) -> None:
    (user,) = team.client("cognito-idp").list_users(
        UserPoolId=team.outputs["UserPool"], Filter='username = "aki"'
    )["Users"]
    assert {"Name": "custom:owner_id", "Value": "archive-of-aki"} in user["Attributes"]
    client = team.client("cognito-idp").describe_user_pool_client(
        UserPoolId=team.outputs["UserPool"], ClientId=team.outputs["UserPoolClient"]
    )["UserPoolClient"]
    assert client["WriteAttributes"] == ["email"]


def test_what_one_archives_the_other_does_not_see(team: Cloud, aki: Tokens, bob: Tokens) -> None:
    body = b"a session\n"
    checksum = {
        "algorithm": "SHA256",
        "type": "FULL_OBJECT",
        "value": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }
    wanted = {
        "action": "upload",
        "fileName": "a.jsonl.zst",
        "contentType": "application/zstd",
        "size": len(body),
    }
    status, granted = ask(team, aki.access, **wanted, checksum=checksum, sessionDate="2026-11-03")
    assert (status, granted["s3Key"].split("/")[1]) == (200, "archive-of-aki"), granted
    assert team.send("PUT", granted["presignedUrl"], body, granted["headers"]).status_code == 200
    assert ask(team, aki.access, action="head", s3Key=granted["s3Key"])[0] == 200
    for action in ("head", "download", "versions", "delete", "undelete", "restore"):
        status, problem = ask(team, bob.access, action=action, s3Key=granted["s3Key"])
        assert (status, problem["code"]) == (404, "not-found"), action
    assert ask(team, bob.access, action="list") == (200, {"objects": [], "next": None})


# ---- the other door ---------------------------------------------------------------------------------------


def test_the_function_refuses_the_other_mode_s_events(team: Cloud) -> None:
    event = {
        "version": "2.0",
        "rawPath": "/",
        "requestContext": {
            "http": {"method": "POST", "path": "/"},
            "authorizer": {
                "iam": {
                    "accountId": "000000000000",
                    "callerId": "AIDAINVENTED",
                    "userArn": "arn:aws:iam::000000000000:user/aki",
                    "userId": "AIDAINVENTED",
                }
            },
        },
        "body": json.dumps({"action": "list"}),
    }
    answer = team.client("lambda").invoke(FunctionName=OURS, Payload=json.dumps(event))
    assert json.loads(answer["Payload"].read())["statusCode"] == 403


def test_a_user_of_iam_without_permissions_cannot_invoke_the_function(team: Cloud) -> None:
    stranger = team.new_user("stranger")
    with pytest.raises(Exception, match="AccessDenied"):
        team.client("lambda", stranger).invoke(FunctionName=OURS, Payload=b"{}")


# ---- what watches -----------------------------------------------------------------------------------------


def test_alarms_tell_the_topic(team: Cloud) -> None:
    alarms = team.client("cloudwatch").describe_alarms()["MetricAlarms"]
    topic = team.outputs["AlarmTopic"]
    # The emulator knows no alarms on a formula.
    assert {one["AlarmName"].removeprefix("chatlog-uploader-emulated-") for one in alarms} == {
        "duration",
        "cold-start",
        "requests",
    }
    assert all(one["AlarmActions"] == [topic] for one in alarms)
    assert team.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["TopicArn"] == topic


def test_the_function_s_log_tells_no_token(team: Cloud, aki: Tokens) -> None:
    assert ask(team, aki.access, action="list")[0] == 200
    log = team.log_of("/aws/lambda/chatlog-uploader-emulated-presign")
    assert '"Action": "list"' in log
    secrets = (aki.access, aki.identity, "Bearer", "https://", "chat-logs/")
    assert [one for one in secrets if one in log] == []
