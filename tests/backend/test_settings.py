"""The environment: read once, refused where it is unusable, and nothing else decides where the function writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from backend.presign.settings import SettingsError, read_settings
from backend.presign.storage import make_client
from tests.backend.rest_events import TEAM

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = [
    "S3_BUCKET_NAME",
    "KMS_KEY_ID",
    "OWNER_ID",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
]


@pytest.mark.parametrize("variable", REQUIRED)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_a_500_whose_log_names_it(
    make_desk: Any, environment: dict[str, str], variable: str, value: str | None
) -> None:
    del environment[variable]
    if value is not None:
        environment[variable] = value
    desk = make_desk(environment)
    answer = desk.ask("health")
    assert (answer.status, answer.body["code"]) == (500, "internal")
    assert variable not in str(answer.body)
    (line,) = desk.log("ERROR")
    assert (line["variable"], line["reason"]) == (variable, "missing")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("S3_BUCKET_NAME", "Upper"),
        ("S3_BUCKET_NAME", "a/b"),
        ("S3_BUCKET_NAME", "a.b.c"),
        ("S3_BUCKET_NAME", "bucket\n"),
        ("KMS_KEY_ID", "key id"),
        ("KMS_KEY_ID", "key\r\nx: y"),
        ("OWNER_ID", "a/b"),
        ("OWNER_ID", ".."),
        ("OWNER_ID", "x" * 65),
        ("OWNER_ID", "ログ"),
        ("AUTH_MODE", "none"),
        ("AUTH_MODE", "IAM"),
        ("AWS_REGION", "tokyo"),
        ("AWS_REGION", "evil.example/ap-northeast-1"),
        ("AWS_ENDPOINT_URL_S3", "ftp://127.0.0.1"),
        ("AWS_ENDPOINT_URL_S3", "http://s3.example.org"),
        ("AWS_ENDPOINT_URL_S3", "https://user@s3.example.org"),
        ("AWS_ENDPOINT_URL_S3", "https://s3.example.org/path"),
        ("AWS_ENDPOINT_URL_S3", "https://s3.example.org?x"),
        ("AWS_ENDPOINT_URL_S3", "https://s3.example.org:99999"),
        ("AWS_ENDPOINT_URL_S3", "https://[::1"),
        ("AWS_ENDPOINT_URL_S3", "127.0.0.1:4566"),
        ("S3_ADDRESSING_STYLE", "Path"),
        ("MAX_OBJECT_BYTES", "0"),
        ("MAX_OBJECT_BYTES", "many"),
        ("MAX_OBJECT_BYTES", str(5 * 1024**4 + 1)),
        ("MAX_OBJECT_BYTES", "١٢"),
        ("ALLOW_UNSIZED_UPLOADS", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_an_unusable_value_is_refused_by_its_variables_name(
    environment: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings(environment | {variable: value})
    assert refusal.value.variable == variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("USER_POOL_CLIENT_ID", ""),
        ("USER_POOL_CLIENT_ID", "a b"),
        ("REQUIRED_SCOPE", "a b"),
        ("USER_POOL_ISSUER", "cognito-idp.ap-northeast-1.amazonaws.com/pool"),
        ("USER_POOL_ISSUER", "https://user@host/pool"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://example.org/path"),
        ("ALLOWED_ORIGINS", "https://*.example.org"),
        ("ALLOWED_ORIGINS", "http://example.org"),
        ("ALLOWED_ORIGINS", "http://localhost.example.org"),
        ("ALLOWED_ORIGINS", "https://example.org null"),
    ],
)
def test_an_unusable_value_of_team_mode_is_refused_by_its_variables_name(
    environment: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings(environment | TEAM | {variable: value})
    assert refusal.value.variable == variable


def test_a_mode_has_an_owner_or_a_pool(environment: dict[str, str]) -> None:
    personal, team = read_settings(environment), read_settings(environment | TEAM)
    assert (personal.auth_mode, personal.owner, personal.user_pool) == ("iam", "hana", None)
    assert (team.auth_mode, team.owner) == ("cognito", None)
    assert team.user_pool is not None
    assert team.user_pool.required_scope == "chatlog/archive"


def test_credentials_are_not_shown_when_settings_are_printed(environment: dict[str, str]) -> None:
    shown = repr(read_settings(environment))
    assert environment["AWS_SECRET_ACCESS_KEY"] not in shown
    assert environment["AWS_SESSION_TOKEN"] not in shown


def test_the_environment_is_read_once(make_desk: Any, environment: dict[str, str]) -> None:
    desk = make_desk(environment)
    desk.ask("health")
    environment["OWNER_ID"] = "taro"
    assert desk.ask("health").body["owner"] == "hana"


@pytest.mark.parametrize(
    ("changes", "endpoint"),
    [
        ({}, "https://s3.ap-northeast-1.amazonaws.com"),
        ({"AWS_REGION": "us-east-1"}, "https://s3.us-east-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4566"}, "http://127.0.0.1:4566"),
    ],
)
def test_nothing_on_the_computer_bends_the_client(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    endpoint: str,
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[default]\nregion = eu-west-1\nendpoint_url = https://elsewhere.example\ns3 =\n  use_accelerate_endpoint = true\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://elsewhere.example")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    client = make_client(read_settings(environment | changes))
    assert client.meta.endpoint_url == endpoint
    assert client.meta.region_name == changes.get("AWS_REGION", "ap-northeast-1")
    assert not client.meta.config.proxies
    assert not (client.meta.config.s3 or {}).get("use_accelerate_endpoint")
