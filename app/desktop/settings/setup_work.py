"""What setting up in one's own AWS account asks of the engine, in worker threads."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.account.connections import parse_connection
from app.account.profile_editing import Draft
from app.desktop.settings.account_work import try_draft
from app.errors import AccessDenied, Cancelled, ChatLogError, DeploymentFailed, ServerFailed, Unreachable

if TYPE_CHECKING:
    from app.account.connections import Connection
    from app.account.profiles import Storage
    from app.bootstrap import Services
    from app.deployment.values import Deployed, Plan, Step
    from app.desktop.tasks import Task

log = logging.getLogger(__name__)

READY_SECONDS = 60.0
"""How long a new endpoint may refuse: AWS tells its servers of new permissions one after the other."""

READY_INTERVAL = 2.0


@dataclass(frozen=True, slots=True)
class Planned:
    """What a deployment would do, and what is there before it."""

    plan: Plan
    code_bucket: str
    """The bucket for the function's code, which is made besides where it is missing."""
    deployed: Deployed | None
    """The stack as it is; None where there is none."""
    connection: Connection | None
    """That of the stack as it is."""
    bucket: str
    """The archive's, by its name in this account and region, whether it is there or not."""


class Held:
    """A plan that is forgotten in AWS unless somebody still wants it. For two threads: who plans and who asked for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: Planned | None = None
        self._wanted = True

    def give(self, planned: Planned) -> bool:
        """Here it is; whether it is still wanted. Otherwise whoever gives it has to discard it."""
        with self._lock:
            self._planned = planned if self._wanted else None
            return self._wanted

    def let_go(self) -> Planned | None:
        """It is not wanted any more; what is to be discarded, if it has been given already."""
        with self._lock:
            left, self._planned, self._wanted = self._planned, None, False
            return left


@dataclass(frozen=True, slots=True)
class Reached:
    """The new archive answers: the profile that is to be written, and the storage that is pinned with it."""

    draft: Draft
    storage: Storage


def make_plan(services: Services, aws_profile: str, region: str, held: Held, task: Task[Planned]) -> Planned:
    """What would be made in a region with an AWS profile; nothing is.

    Raises as Deployer.plan does; Cancelled where nobody wants it any more, and then nothing of it is left.
    """
    deployer = services.deployer(aws_profile, region, task.ended_early)
    plan = deployer.plan({})
    try:
        deployed = None if plan.new else deployer.status()
        planned = Planned(plan, deployer.code_bucket, deployed, _connection(deployed), deployer.bucket)
    except ChatLogError:
        deployer.discard(plan)
        raise
    if not held.give(planned):
        deployer.discard(plan)
        raise Cancelled
    return planned


def discard_plan(services: Services, planned: Planned) -> None:
    """Leave nothing of a plan in the account. Where that fails a name without anything in it is left, which costs nothing."""
    place = planned.plan.place
    try:
        services.deployer(place.aws_profile, place.region).discard(planned.plan)
    except ChatLogError as error:
        # Nobody is there to be told, and the next plan is made all the same.
        log.warning("a change set stays in %s: %s", place.region, error)


def carry_out(services: Services, planned: Planned, task: Task[Deployed]) -> Deployed:
    """Have AWS make what a plan says, and wait for it; reports the steps until now, a tuple of Step, oldest first.

    Raises as Deployer.apply does; Cancelled where nobody waits any more, and AWS goes on.
    """
    place = planned.plan.place
    steps: list[Step] = []

    def tell(step: Step) -> None:
        steps.append(step)
        task.report(tuple(steps))

    return services.deployer(place.aws_profile, place.region, task.ended_early).apply(planned.plan, tell)


def reach(services: Services, deployed: Deployed, name: str, task: Task[Reached]) -> Reached:
    """Wait until a stack's endpoint lets its profile in, which is called `name`; nothing is written.

    Raises ConnectionInvalid, StorageChanged, and what the endpoint still answers after a minute.
    """
    connection = _connection(deployed)
    if connection is None:
        # Of a version that said nothing of itself.
        place = deployed.place
        raise DeploymentFailed(reason="no-connection", stack=place.stack, region=place.region)
    aws_profile = deployed.place.aws_profile
    draft = Draft(
        name,
        "iam",
        connection.endpoint,
        connection.region,
        aws_profile=aws_profile,
        connection=connection,
    )
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            return Reached(draft, try_draft(services, draft, None).storage)
        except (AccessDenied, ServerFailed, Unreachable):
            if time.monotonic() > deadline or task.ended_early.wait(READY_INTERVAL):
                raise


def _connection(deployed: Deployed | None) -> Connection | None:
    text = deployed.outputs.get("Connection") if deployed is not None else None
    return parse_connection(text) if text is not None else None
