"""AWS as a deployment needs it, with the user's own AWS profile; what AWS answers becomes errors of ours."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.errors import AwsSetUpWrong, DeploymentFailed, TlsFailed, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.errors import ChatLogError

REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d", re.ASCII)
_KEY_REFUSED = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_BUSY = frozenset({"OperationInProgressException", "InvalidChangeSetStatus"})
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"})


class Account:
    """An AWS account by one of the user's AWS profiles, in one region. Nothing is asked before it is used."""

    def __init__(self, environ: Mapping[str, str], aws_profile: str | None, region: str | None) -> None:
        """`aws_profile`, `region`: None for those that AWS's own tools would take."""
        self._environ = environ
        self.aws_profile = aws_profile or environ.get("AWS_PROFILE") or "default"
        self._region = region

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - botocore has no types
        from botocore.session import Session  # noqa: PLC0415 - 0.2 s, and only deploying needs it

        with self.translated():
            session = Session(profile=self.aws_profile)
            # Asked by name it looks into the files only, so that the archive's profile finds the same later.
            if self.aws_profile not in session.available_profiles:
                raise AwsSetUpWrong(reason="aws-profile-unknown", awsProfile=self.aws_profile)
            if session.get_credentials() is None:
                raise AwsSetUpWrong(reason="none-found", awsProfile=self.aws_profile)
            return session

    @cached_property
    def region(self) -> str:
        """Where to deploy. Raises AwsSetUpWrong (`region-missing`)."""
        named = [self._region, *(self._environ.get(name) for name in REGION_VARIABLES)]
        found: str | None = next(filter(None, named), None) or self._session.get_scoped_config().get("region")
        if found is None or not _REGION.fullmatch(found):
            raise AwsSetUpWrong(reason="region-missing", awsProfile=self.aws_profile)
        return found

    @cached_property
    def number(self) -> str:
        """The account's 12 digits."""
        with self.translated():
            return str(self.client("sts").get_caller_identity()["Account"])

    def client(self, service: str) -> Any:  # noqa: ANN401 - as above
        """A client of a service in the region. Raises as `translated` does."""
        from botocore.config import Config  # noqa: PLC0415 - as above

        with self.translated():
            # Patient, but not for minutes: who waits is told.
            patience = Config(connect_timeout=10, read_timeout=30, retries={"total_max_attempts": 5})
            return self._session.create_client(service, region_name=self.region, config=patience)

    @contextmanager
    def translated(self, stack: str = "") -> Iterator[None]:
        """What AWS and botocore raise within, as AwsSetUpWrong, DeploymentFailed, Unreachable, TlsFailed."""
        from botocore import exceptions as aws  # noqa: PLC0415 - as above

        try:
            yield
        except aws.ClientError as problem:
            raise self._answered(problem.response["Error"], stack) from problem
        except aws.BotoCoreError as problem:
            raise self._own(problem) from problem

    def _answered(self, error: Mapping[str, str], stack: str) -> ChatLogError:
        code, detail = error.get("Code", ""), error.get("Message", "")
        if code in _EXPIRED:
            return AwsSetUpWrong(reason="sso-expired", awsProfile=self.aws_profile)
        if code in _KEY_REFUSED:
            return AwsSetUpWrong(reason="key-refused", awsProfile=self.aws_profile)
        reason = None
        if code in _DENIED:
            reason = "access-denied"
        elif code in _BUSY or "_IN_PROGRESS state" in detail:
            reason = "busy"
        elif code in _THROTTLED:
            reason = "throttled"
        elif code == "ValidationError" and "arameter" in detail:
            return AwsSetUpWrong(reason="parameter-refused", awsProfile=self.aws_profile, detail=detail)
        # No ChatLogError has words for all that AWS may say; its own are the detail.
        return DeploymentFailed(
            reason=reason or code or "unknown",
            stack=stack or None,
            region=self.region,
            awsProfile=self.aws_profile,
            detail=detail or code,
        )

    def _own(self, problem: Exception) -> ChatLogError:
        from botocore import exceptions as aws  # noqa: PLC0415 - as above

        if isinstance(problem, aws.ProfileNotFound):
            return AwsSetUpWrong(reason="aws-profile-unknown", awsProfile=self.aws_profile)
        if isinstance(problem, aws.SSOError | aws.TokenRetrievalError | aws.LoginError):
            return AwsSetUpWrong(reason="sso-expired", awsProfile=self.aws_profile)
        if isinstance(problem, aws.NoRegionError):
            return AwsSetUpWrong(reason="region-missing", awsProfile=self.aws_profile)
        if isinstance(problem, aws.SSLError):
            return TlsFailed(host="AWS", reason=type(problem).__name__)
        if isinstance(problem, aws.HTTPClientError | aws.ConnectionError):
            return Unreachable(host="AWS", reason=type(problem).__name__)
        # Not its text: a credential process's own words may stand in it.
        return AwsSetUpWrong(
            reason="none-found" if isinstance(problem, aws.NoCredentialsError) else type(problem).__name__,
            awsProfile=self.aws_profile,
        )
