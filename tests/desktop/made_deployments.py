"""A deployer whose AWS is made up: it answers when a test lets it, and says which threads asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from app.bootstrap import Services
from app.deployment.aws_profiles import AwsProfile, AwsProfiles
from app.deployment.shipped import find_shipped
from app.deployment.values import Change, Cost, Deployed, Estimate, Place, Plan, Reused, Step
from app.errors import Cancelled, ChatLogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REGION = "ap-northeast-1"
ACCOUNT = "123456789012"
STACK = "chatlog-uploader-prod"
ESTIMATE = Estimate((Cost("Key", "kms.key", 1.0),), REGION, date(2026, 11, 2), 0.025)
PROFILES = AwsProfiles((AwsProfile("default", REGION), AwsProfile("work", None)), "default")
BUCKET = f"media-viewer-v209-chat-logs-prod-{ACCOUNT}"
REUSED = Reused(BUCKET, "8f14e45f-ceea-467f-a0d6-cd3d8f1c2b5a", "me")
PATIENCE_SECONDS = 30.0


def made_changes() -> tuple[Change, ...]:
    """What the template that ships makes without further wishes."""
    resources = find_shipped().template["Resources"]
    return tuple(
        Change("add", name, one["Type"]) for name, one in resources.items() if "Condition" not in one
    )


def changes_around_an_archive() -> tuple[Change, ...]:
    """As `made_changes`, with what has stayed from a stack that was removed."""
    stays = {"Bucket", "BucketPolicy", "Key"}
    return tuple(replace(one, action="reuse") if one.resource in stays else one for one in made_changes())


class MadeAws:
    """An AWS account by itself. Stands in for Services.deployer and Services.aws_profiles."""

    def __init__(self, connection: str) -> None:
        """`connection`: the output of the stack."""
        self.connection = connection
        self.profiles = PROFILES
        self.there = False
        """Whether the stack is."""
        self.changes = made_changes()
        self.bucket = BUCKET
        """The archive's name, whether it is there or not."""
        self.reused: Reused | None = None
        """The archive that has stayed."""
        self.asked: list[tuple[str, ...]] = []
        """What was asked of it, in order: the method, then what it was given."""
        self.threads: set[str] = set()
        self.errors: dict[str, ChatLogError] = {}
        """What each method raises, by its name."""
        self.answers: dict[str, threading.Event] = {"plan": threading.Event(), "apply": threading.Event()}
        for answer in self.answers.values():
            answer.set()
        self.steps = threading.Semaphore(0)
        """Released once for each step that AWS may do; `finish` for all."""
        self.stepwise = False
        self.ended: list[str] = []

    def hold(self, method: str) -> threading.Event:
        """It does not answer to this before the event is set."""
        self.answers[method].clear()
        return self.answers[method]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The services deploy there."""

        def deployer(
            _services: Services, aws_profile: str, region: str, stopped: threading.Event | None = None
        ) -> MadeDeployer:
            return MadeDeployer(self, aws_profile, region, stopped or threading.Event())

        def aws_profiles(_services: Services) -> AwsProfiles:
            self.note("aws_profiles")
            return self.profiles

        with (
            patch.object(Services, "deployer", deployer),
            patch.object(Services, "aws_profiles", aws_profiles),
        ):
            yield

    def note(self, method: str, *given: str) -> None:
        """It was asked."""
        self.asked.append((method, *given))
        self.threads.add(threading.current_thread().name)
        if method in self.errors:
            raise self.errors[method]


class MadeDeployer:
    """As app.deployment.deployer.Deployer, of made-up AWS."""

    code_bucket = f"chatlog-uploader-code-{ACCOUNT}-{REGION}"

    def __init__(self, aws: MadeAws, aws_profile: str, region: str, stopped: threading.Event) -> None:
        self._aws = aws
        self._stopped = stopped
        self.place = Place(ACCOUNT, region, STACK, aws_profile)

    def plan(self, chosen: Mapping[str, str]) -> Plan:
        assert not chosen
        self._aws.note("plan", self.place.aws_profile, self.place.region)
        assert self._aws.answers["plan"].wait(PATIENCE_SECONDS)
        aws = self._aws
        change_set = "change-set" if aws.changes else ""
        return Plan(self.place, change_set, not aws.there, aws.changes, ESTIMATE, aws.reused)

    @property
    def bucket(self) -> str:
        return self._aws.bucket

    def apply(self, plan: Plan, progress: Callable[[Step], None]) -> Deployed:
        self._aws.note("apply", plan.change_set)
        total = len(plan.changes)
        for done, change in enumerate(plan.changes, 1):
            while self._aws.stepwise and not self._aws.steps.acquire(timeout=0.02):
                if self._stopped.is_set():
                    self._aws.ended.append("cancelled")
                    raise Cancelled
            progress(Step(change.resource, change.kind, "CREATE_COMPLETE", done, total))
        if "applying" in self._aws.errors:
            raise self._aws.errors["applying"]
        self._aws.there = True
        self._aws.changes = ()
        return self._deployed()

    def discard(self, plan: Plan) -> None:
        self._aws.note("discard", plan.change_set)

    def status(self) -> Deployed | None:
        self._aws.note("status")
        return self._deployed() if self._aws.there else None

    def _deployed(self) -> Deployed:
        outputs = {"Connection": self._aws.connection, "Bucket": "logs-123"}
        return Deployed(self.place, "arn", "CREATE_COMPLETE", outputs, {}, is_current=True, estimate=ESTIMATE)


@contextmanager
def let_in(token: str) -> Iterator[None]:
    """The sandbox lets a profile with AWS credentials in, as a stack would: with this token."""
    real = Services.try_out

    def try_out(services: Services, profile: Any, _credentials: Mapping[str, str], *given: Any) -> Any:
        with_token = replace(profile, kind="token", aws_profile=None)
        return real(services, with_token, {"token": token}, *given)

    with patch.object(Services, "try_out", try_out):
        yield
