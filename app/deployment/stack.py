"""A CloudFormation stack as it is, and the wait until AWS has done with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from app.errors import Cancelled, DeploymentFailed, Unreachable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from app.deployment.aws import Account
    from app.deployment.values import Step

    Found = Mapping[str, Any]

NOTHING_YET = "REVIEW_IN_PROGRESS"
"""A name with a change set and nothing else: what a deployment leaves that was not agreed to."""
IN_PROGRESS = "_IN_PROGRESS"
FAILED_CREATION = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"})
"""Such a stack can only be removed."""
GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
"""Such a stack can be changed."""
GONE = "DELETE_COMPLETE"

_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"})
"""Not DELETE_SKIPPED: what stays must not look as if it were gone."""
_TAKEN = ("already exists", "AlreadyExists", "AlreadyOwnedByYou")
_DENIED = ("AccessDenied", "is not authorized", "Access Denied", "UnauthorizedTaggingOperation")


class Stack:
    """One stack by its name."""

    def __init__(
        self,
        account: Account,
        name: str,
        stopped: threading.Event,
        *,
        interval: float = 2.0,
        patience: float = 180.0,
    ) -> None:
        """`interval`: seconds between two looks; `patience`: seconds without a network that are sat out."""
        self._account = account
        self.name = name
        self._stopped = stopped
        self._interval = interval
        self._patience = patience

    def find(self, identity: str = "") -> Found | None:
        """The stack as CloudFormation describes it, by its ARN also after its end; None where there is none.

        A name that has a change set and nothing else is none.
        """
        with self._account.translated(self.name):
            client = self._account.client("cloudformation")
            try:
                found: Found = client.describe_stacks(StackName=identity or self.name)["Stacks"][0]
            except client.exceptions.ClientError as problem:
                error = problem.response["Error"]
                if error["Code"] == "ValidationError" and "does not exist" in error["Message"]:
                    return None
                raise
        return None if found["StackStatus"] in {GONE, NOTHING_YET} and not identity else found

    def require_ours(self, found: Found) -> None:
        """Raises DeploymentFailed (`name-taken`) where something else deployed the stack."""
        if "CodeKey" not in parameters_of(found):
            raise self._failed("name-taken", found["StackStatus"])

    def require_usable(self, found: Found) -> None:
        """Raises DeploymentFailed where the stack cannot be changed now: `name-taken`, `creation-failed`, `busy`, `stuck`."""
        self.require_ours(found)
        status: str = found["StackStatus"]
        if status in FAILED_CREATION:
            raise self._failed("creation-failed", status)
        if status.endswith(IN_PROGRESS):
            raise self._failed("busy", status)
        if status not in GOOD:
            raise self._failed("stuck", status)

    def wait(self, identity: str, total: int, progress: Callable[[Step], None], *, seen: set[str]) -> Found:
        """Wait until AWS has done with a stack, telling each resource that is; the stack as it is then.

        `seen` are the ids of events that happened before. Raises Cancelled, DeploymentFailed (`lost-sight`, with what
        AWS does going on; or what the first failure says), AwsSetUpWrong.
        """
        from app.deployment.values import Step  # noqa: PLC0415 - made here alone

        finished: set[str] = set()
        failure: Mapping[str, Any] | None = None
        last_answer = time.monotonic()
        while True:
            try:
                found = self.find(identity)
                events = self._events(identity, seen)
                last_answer = time.monotonic()
            except Unreachable as problem:
                if time.monotonic() - last_answer > self._patience:
                    raise self._failed("lost-sight", "") from problem
                found, events = None, []
            for event in events:
                resource, status = event["LogicalResourceId"], event["ResourceStatus"]
                if event["PhysicalResourceId"] == identity:
                    continue
                if status.endswith("_FAILED") and failure is None:
                    failure = event
                if status in _DONE and resource not in finished:
                    finished.add(resource)
                    done = min(len(finished), total)
                    progress(Step(resource, event["ResourceType"], status, done, total))
            if found is not None and not found["StackStatus"].endswith(IN_PROGRESS):
                return self._judged(found, failure)
            if self._stopped.wait(self._interval):
                raise Cancelled

    def event_ids(self, identity: str) -> set[str]:
        """The ids of all events until now."""
        seen: set[str] = set()
        self._events(identity, seen)
        return seen

    def _events(self, identity: str, seen: set[str]) -> list[Mapping[str, Any]]:
        """The events that are not `seen` yet, oldest first; then they are."""
        new = []
        with self._account.translated(self.name):
            client = self._account.client("cloudformation")
            for page in client.get_paginator("describe_stack_events").paginate(StackName=identity):
                fresh = [event for event in page["StackEvents"] if event["EventId"] not in seen]
                new += fresh
                if len(fresh) < len(page["StackEvents"]):
                    break  # newest come first
        seen.update(event["EventId"] for event in new)
        return new[::-1]

    def _judged(self, found: Found, failure: Mapping[str, Any] | None) -> Found:
        status: str = found["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", GONE}:
            return found
        detail = str(
            (failure or {}).get("ResourceStatusReason", "") or found.get("StackStatusReason", status)
        )
        reason = "rolled-back"
        if status == "DELETE_FAILED":
            reason = "removal-failed"
        elif any(word in detail for word in _TAKEN):
            reason = "resource-taken"
        elif any(word in detail for word in _DENIED):
            reason = "access-denied"
        raise self._failed(reason, detail, resource=(failure or {}).get("LogicalResourceId"))

    def _failed(self, reason: str, detail: str, *, resource: str | None = None) -> DeploymentFailed:
        return DeploymentFailed(
            reason=reason,
            stack=self.name,
            region=self._account.region,
            awsProfile=self._account.aws_profile,
            resource=resource,
            detail=detail or None,
        )


def parameters_of(found: Found) -> dict[str, str]:
    """A stack's parameters by name."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())}


def outputs_of(found: Found) -> dict[str, str]:
    """A stack's outputs by name."""
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
