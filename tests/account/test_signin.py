"""Signing requests; the signatures are recomputed by hand from AWS's description of the algorithm."""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from app.account.os_keyring import OsKeyring
from app.account.profiles import Profile, make_profile
from app.account.signin import (
    AwsChain,
    AwsKeys,
    BearerToken,
    KeyringKeys,
    SigV4,
    authenticator_for,
    authenticator_with,
)
from app.account.vault import Vault
from app.errors import CredentialsMissing, KeyringMissing, ProfileInvalid

if TYPE_CHECKING:
    from pathlib import Path

    from app.account.vault import SecretField

URL = "https://abc123.lambda-url.eu-west-1.on.aws/"
# The key pair and the moment of AWS's published signature test suite.
KEYS = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
MOMENT = datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC)
IAM = make_profile("team", "iam", URL)


def signer(keys: AwsKeys = KEYS, region: str = "eu-west-1", service: str = "lambda") -> SigV4:
    return SigV4(lambda: keys, region, service, now=lambda: MOMENT)


def signature_by_hand(headers: dict[str, str], signed: list[str], body: bytes, *, path: str = "/") -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step by step."""
    lower = {name.lower(): value for name, value in headers.items()} | {
        "host": "abc123.lambda-url.eu-west-1.on.aws"
    }
    canonical_headers = "".join(f"{name}:{lower[name]}\n" for name in signed)
    body_hash = hashlib.sha256(body).hexdigest()
    canonical_request = f"POST\n{path}\n\n{canonical_headers}\n{';'.join(signed)}\n{body_hash}"
    scope = "20150830/eu-west-1/lambda/aws4_request"
    request_hash = hashlib.sha256(canonical_request.encode()).hexdigest()
    string_to_sign = f"AWS4-HMAC-SHA256\n20150830T123600Z\n{scope}\n{request_hash}"
    key = f"AWS4{KEYS.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, string_to_sign.encode(), "sha256").hexdigest()


def test_aws_s_published_vector() -> None:
    """`get-vanilla` of the aws-sig-v4-test-suite."""
    sent = signer(region="us-east-1", service="service").sign(
        "GET", "https://example.amazonaws.com/", {}, b""
    )
    assert sent == {
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
    }


def test_a_request_to_a_function_url_is_signed_over_its_body() -> None:
    body = '{"action":"health","名前":1}'.encode()
    sent = signer().sign("POST", URL, {"Content-Type": "application/json"}, body)
    signature = signature_by_hand(sent, ["content-type", "host", "x-amz-date"], body)
    assert sent["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/lambda/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
    )
    other = signer().sign("POST", URL, {"Content-Type": "application/json"}, body + b" ")
    assert other["Authorization"] != sent["Authorization"]


def test_a_session_token_is_sent_and_signed() -> None:
    keys = AwsKeys(KEYS.access_key_id, KEYS.secret_access_key, "session/token+value==")
    sent = signer(keys).sign("POST", URL, {"Content-Type": "application/json"}, b"{}")
    assert sent["X-Amz-Security-Token"] == "session/token+value=="
    signed = ["content-type", "host", "x-amz-date", "x-amz-security-token"]
    assert sent["Authorization"].endswith("Signature=" + signature_by_hand(sent, signed, b"{}"))


def test_headers_that_may_change_on_the_way_are_sent_unsigned() -> None:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "x",
        "Accept-Encoding": "gzip",
        "Accept": "*/*",
    }
    sent = signer().sign("POST", URL, headers, b"{}")
    assert headers.items() <= sent.items()
    assert "SignedHeaders=content-type;host;x-amz-date," in sent["Authorization"]


def test_signing_again_replaces_what_the_first_signature_added() -> None:
    first = signer().sign("POST", URL, {"content-type": "application/json"}, b"{}")
    stale = {name.lower(): value for name, value in first.items()} | {"x-amz-date": "20000101T000000Z"}
    again = signer().sign("POST", URL, stale, b"{}")
    assert again == first


def test_a_path_is_signed_too() -> None:
    sent = signer().sign("POST", URL + "presigned-url-request", {}, b"{}")
    by_hand = signature_by_hand(sent, ["host", "x-amz-date"], b"{}", path="/presigned-url-request")
    assert sent["Authorization"].endswith(by_hand)


def test_no_secret_is_shown_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    keys = AwsKeys("AKIDEXAMPLE", "the-secret-key", "the-session-token")
    bearer = BearerToken("the-bearer-token")
    with caplog.at_level(logging.DEBUG):
        signer(keys).sign("POST", URL, {}, b"{}")
        bearer.sign("POST", URL, {}, b"{}")
    for shown in (repr(keys), repr(bearer), repr(signer(keys)), caplog.text):
        assert "the-" not in shown


def test_a_bearer_token_is_added_to_the_given_headers() -> None:
    sent = BearerToken("abc").sign("POST", URL, {"Content-Type": "application/json"}, b"{}")
    assert sent == {"Content-Type": "application/json", "Authorization": "Bearer abc"}


# ---- where credentials come from --------------------------------------------------------------------------


class DictBackend:
    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    backend = DictBackend()
    return Vault(OsKeyring(lambda: backend), tmp_path / "tokens.toml")


@pytest.fixture
def vault_without_keyring(tmp_path: Path) -> Vault:
    def no_keyring() -> DictBackend:
        raise KeyringMissing(reason="none here")

    return Vault(OsKeyring(no_keyring), tmp_path / "tokens.toml")


@pytest.fixture
def aws_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty AWS configuration; the instance's metadata service is not asked."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_token_profile_is_signed_with_its_token(vault: Vault) -> None:
    joined = make_profile("joined", "token", "http://127.0.0.1:4010/")
    with pytest.raises(CredentialsMissing) as caught:
        authenticator_for(joined, vault)
    assert caught.value.parameters == {"profile": "joined", "reason": "none-kept"}
    vault.set(joined, "token", "abc")
    assert authenticator_for(joined, vault) == BearerToken("abc")


def test_keys_of_the_keyring_sign(vault: Vault) -> None:
    vault.set(IAM, "access-key-id", KEYS.access_key_id)
    authenticator = authenticator_for(IAM, vault)
    with pytest.raises(CredentialsMissing):
        authenticator.sign("POST", URL, {}, b"{}")
    vault.set(IAM, "secret-access-key", KEYS.secret_access_key)
    assert KeyringKeys(vault, IAM)() == KEYS
    assert "AKIDEXAMPLE" in authenticator.sign("POST", URL, {}, b"{}")["Authorization"]
    vault.set(IAM, "session-token", "s")
    assert KeyringKeys(vault, IAM)().session_token == "s"


def test_credentials_that_are_kept_nowhere_yet_sign_too(aws_files: Path) -> None:
    token = make_profile("team", "token", URL)
    assert authenticator_with(token, {"token": "abc"}) == BearerToken("abc")
    pair: dict[SecretField, str] = {"access-key-id": "AKIDTYPED", "secret-access-key": "s"}
    typed = authenticator_with(IAM, {**pair, "session-token": "t"}).sign("POST", URL, {}, b"{}")
    assert "Credential=AKIDTYPED/" in typed["Authorization"]
    assert typed["X-Amz-Security-Token"] == "t"
    (aws_files / "credentials").write_text(
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\n", encoding="utf-8"
    )
    of_aws = authenticator_with(make_profile("team", "iam", URL, aws_profile="work"), {})
    assert "Credential=AKIAWORK/" in of_aws.sign("POST", URL, {}, b"{}")["Authorization"]


@pytest.mark.parametrize("profile", [IAM, make_profile("team", "token", URL)])
def test_half_a_credential_signs_nothing(profile: Profile) -> None:
    with pytest.raises(CredentialsMissing):
        authenticator_with(profile, {"access-key-id": "AKIDTYPED"})


def test_without_a_keyring_that_is_what_is_said(vault_without_keyring: Vault) -> None:
    with pytest.raises(KeyringMissing):
        authenticator_for(make_profile("team", "token", URL), vault_without_keyring)
    with pytest.raises(KeyringMissing):
        KeyringKeys(vault_without_keyring, IAM)()
    with pytest.raises(CredentialsMissing):
        authenticator_for(make_profile("joined", "token", "http://127.0.0.1:4010/"), vault_without_keyring)


def test_an_aws_profile_leads_to_its_keys(vault: Vault, aws_files: Path) -> None:
    (aws_files / "credentials").write_text(
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\naws_session_token = t\n",
        encoding="utf-8",
    )
    profile = make_profile("team", "iam", URL, aws_profile="work")
    assert AwsChain(profile)() == AwsKeys("AKIAWORK", "s", "t")
    assert (
        "Credential=AKIAWORK/"
        in authenticator_for(profile, vault).sign("POST", URL, {}, b"{}")["Authorization"]
    )


def test_the_environment_s_endpoint_uses_the_environment_s_keys(
    vault: Vault, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile("environment", "iam", URL, "eu-west-1")
    authenticator = authenticator_for(profile, vault)
    with pytest.raises(CredentialsMissing) as caught:
        authenticator.sign("POST", URL, {}, b"{}")
    assert caught.value.parameters == {
        "profile": "environment",
        "reason": "none-found",
        "awsProfile": "default",
    }
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert "Credential=AKIAENV/" in authenticator.sign("POST", URL, {}, b"{}")["Authorization"]


def test_the_environment_s_keys_do_not_stand_in_for_a_named_profile(
    aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with pytest.raises(CredentialsMissing) as caught:
        AwsChain(make_profile("team", "iam", URL, aws_profile="gone"))()
    assert caught.value.parameters == {
        "profile": "team",
        "reason": "aws-profile-unknown",
        "awsProfile": "gone",
    }


SSO_CONFIG = """\
[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Reader
region = eu-west-1
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
"""


def test_an_expired_sso_sign_in_says_so(aws_files: Path) -> None:
    (aws_files / "config").write_text(SSO_CONFIG, encoding="utf-8")
    with pytest.raises(CredentialsMissing) as caught:
        AwsChain(make_profile("team", "iam", URL, aws_profile="work"))()
    assert caught.value.parameters == {"profile": "team", "reason": "sso-expired", "awsProfile": "work"}


def test_a_failed_credential_process_s_words_are_not_shown(aws_files: Path) -> None:
    (aws_files / "config").write_text(
        "[profile work]\ncredential_process = sh -c 'echo the-secret >&2; exit 1'\n", encoding="utf-8"
    )
    with pytest.raises(CredentialsMissing) as caught:
        AwsChain(make_profile("team", "iam", URL, aws_profile="work"))()
    assert caught.value.parameters["reason"] == "CredentialRetrievalError"
    assert "the-secret" not in str(caught.value)


def test_a_credential_process_that_is_not_there_is_a_missing_credential(aws_files: Path) -> None:
    (aws_files / "config").write_text(
        f"[profile work]\ncredential_process = {(aws_files / 'nobody').as_posix()}\n", encoding="utf-8"
    )
    with pytest.raises(CredentialsMissing) as caught:
        AwsChain(make_profile("team", "iam", URL, aws_profile="work"))()
    assert caught.value.parameters["reason"] == "FileNotFoundError"


def test_a_broken_aws_file_is_a_missing_credential(aws_files: Path) -> None:
    (aws_files / "config").write_text("this is not an ini file\n", encoding="utf-8")
    with pytest.raises(CredentialsMissing):
        AwsChain(make_profile("team", "iam", URL, aws_profile="work"))()


def test_the_sandbox_s_token_is_not_in_the_vault(vault: Vault) -> None:
    with pytest.raises(ProfileInvalid):
        authenticator_for(Profile("sandbox", "sandbox", None, "ap-northeast-1"), vault)
