"""Ways to sign a request to the endpoint: a bearer token, or AWS Signature Version 4.

A team's way, which renews its tokens, is in signin_session.py.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from app.account.profiles import ENVIRONMENT
from app.errors import ChatLogError, CredentialsMissing, KeyringMissing, ProfileInvalid, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.profiles import Profile
    from app.account.vault import SecretField, Vault


class Authenticator(Protocol):
    """Signs requests; may be used by several threads at once."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers to send: the given ones and those that prove who asks. The body must be sent as given.

        May block (refreshing AWS credentials). Raises CredentialsMissing, Unreachable, KeyringMissing, KeyringLocked.
        """
        ...


@dataclass(frozen=True, slots=True)
class BearerToken:
    """The sandbox's way: its own random token."""

    token: str = field(repr=False)

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:  # noqa: ARG002
        """See Authenticator."""
        return {**headers, "Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """AWS credentials at one moment."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


class CredentialsSource(Protocol):
    """Where AWS credentials come from; asked for every request, since they expire."""

    def __call__(self) -> AwsKeys:
        """The credentials now. Raises CredentialsMissing, Unreachable, KeyringMissing, KeyringLocked."""
        ...


class SigV4:
    """AWS Signature Version 4 as Function URLs with AWS_IAM want it: service `lambda`, the body's hash signed.

    Only the host, the content type and x-amz-* headers are signed; others may change on the way.
    """

    def __init__(
        self,
        credentials: CredentialsSource,
        region: str,
        service: str = "lambda",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service
        self._now = now

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """See Authenticator."""
        from botocore.auth import SigV4Auth  # noqa: PLC0415 - 0.1 s, and only IAM profiles need it
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - likewise

        keys = self._credentials()
        timestamp = self._now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        added = {"X-Amz-Date": timestamp}
        if keys.session_token:
            added["X-Amz-Security-Token"] = keys.session_token
        replaced = {"authorization", *(name.lower() for name in added)}
        sent = {name: value for name, value in headers.items() if name.lower() not in replaced} | added
        request = AWSRequest(method=method, url=url, headers=_headers_to_sign(sent), data=body)
        request.context["timestamp"] = timestamp
        # The steps of the signer's add_auth, but for its debug log, which holds the session token.
        signer = SigV4Auth(_BotocoreKeys(keys), self._service, self._region)
        signature = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
        signed = signer.signed_headers(signer.headers_to_sign(request))
        sent["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={signed}, Signature={signature}"
        )
        return sent


class _BotocoreKeys:
    """The names that botocore's signers look for."""

    def __init__(self, keys: AwsKeys) -> None:
        self.access_key = keys.access_key_id
        self.secret_key = keys.secret_access_key
        self.token = keys.session_token


def _headers_to_sign(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name.lower() in ("content-type", "host") or name.lower().startswith("x-amz-")
    }


class KeyringKeys:
    """An access key kept in the keyring, read at the first request."""

    def __init__(self, vault: Vault, profile: Profile) -> None:
        self._vault = vault
        self._profile = profile
        self._lock = threading.Lock()
        self._keys: AwsKeys | None = None

    def __call__(self) -> AwsKeys:
        """See CredentialsSource."""
        with self._lock:
            if self._keys is None:
                access_key_id = self._vault.get(self._profile, "access-key-id")
                secret_access_key = self._vault.get(self._profile, "secret-access-key")
                if not access_key_id or not secret_access_key:
                    raise none_kept(self._profile, self._vault)
                session_token = self._vault.get(self._profile, "session-token")
                self._keys = AwsKeys(access_key_id, secret_access_key, session_token)
            return self._keys


class AwsChain:
    """AWS's own search for credentials, by botocore: environment, shared files, SSO, roles; refreshed as they expire.

    With `aws_profile` only what that profile of the shared files leads to.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._lock = threading.Lock()
        self._found: Any = None

    def __call__(self) -> AwsKeys:
        """See CredentialsSource. May speak to AWS's sign-in hosts, as the shared files say."""
        with self._lock:
            try:
                if self._found is None:
                    self._found = self._search()
                frozen = self._found.get_frozen_credentials()
            except ChatLogError:
                raise
            except Exception as problem:
                raise self._translate(problem) from problem
        return AwsKeys(frozen.access_key, frozen.secret_key, frozen.token)

    def _search(self) -> Any:  # noqa: ANN401 - botocore has no types
        from botocore.session import Session  # noqa: PLC0415 - 0.2 s, and only IAM profiles need it

        found = Session(profile=self._profile.aws_profile).get_credentials()
        if found is None:
            raise self._missing("none-found")
        return found

    def _translate(self, problem: Exception) -> Exception:
        from botocore import exceptions as aws  # noqa: PLC0415 - as above

        if isinstance(problem, aws.ProfileNotFound):
            return self._missing("aws-profile-unknown")
        if isinstance(problem, aws.SSOError | aws.TokenRetrievalError | aws.LoginError):
            return self._missing("sso-expired")
        if isinstance(problem, aws.HTTPClientError | aws.ConnectionError):
            return Unreachable(host="AWS", reason=type(problem).__name__)
        if isinstance(problem, aws.BotoCoreError | aws.ClientError | OSError):
            # Not its text: a credential process's own words may stand in it.
            return self._missing(type(problem).__name__)
        return problem

    def _missing(self, reason: str) -> CredentialsMissing:
        return CredentialsMissing(
            profile=self._profile.name, reason=reason, awsProfile=self._profile.aws_profile or "default"
        )


def authenticator_for(profile: Profile, vault: Vault) -> Authenticator:
    """How a profile's requests are signed; not for `sandbox`, whose token its own state knows alone, nor `signin`.

    Raises CredentialsMissing, KeyringMissing, KeyringLocked, SettingsCorrupt; for AWS credentials not before the first request.
    """
    if profile.kind == "token":
        token = vault.get(profile, "token")
        if token is None:
            raise none_kept(profile, vault)
        return BearerToken(token)
    if profile.kind == "iam":
        from_aws = profile.aws_profile is not None or profile.name == ENVIRONMENT
        return SigV4(AwsChain(profile) if from_aws else KeyringKeys(vault, profile), profile.region)
    raise ProfileInvalid(name=profile.name, reason="kind-unknown")


def authenticator_with(profile: Profile, secrets: Mapping[SecretField, str]) -> Authenticator:
    """How a profile's requests are signed with these credentials, which need not be kept anywhere.

    Raises CredentialsMissing; for AWS credentials not before the first request.
    """
    if profile.kind == "token" and "token" in secrets:
        return BearerToken(secrets["token"])
    if profile.kind == "iam" and profile.aws_profile is not None:
        return SigV4(AwsChain(profile), profile.region)
    if profile.kind == "iam" and {"access-key-id", "secret-access-key"} <= secrets.keys():
        keys = AwsKeys(
            secrets["access-key-id"], secrets["secret-access-key"], secrets.get("session-token") or None
        )
        return SigV4(lambda: keys, profile.region)
    raise CredentialsMissing(profile=profile.name, reason="none-kept")


def none_kept(profile: Profile, vault: Vault) -> ChatLogError:
    """Why the vault has nothing: a keyring that is gone says more than a missing secret."""
    try:
        vault.require_persistent(profile)
    except KeyringMissing as problem:
        return problem
    return CredentialsMissing(profile=profile.name, reason="none-kept")
