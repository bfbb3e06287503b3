"""Deploys the stack that ships, tells how it is, removes it. Nothing is changed before a plan was accepted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from app.deployment.code_bucket import CodeBucket
from app.deployment.kept import KEY, Owned, find_kept, import_request
from app.deployment.shipped import MOST_TEMPLATE_BYTES, region_suffix
from app.deployment.stack import FAILED_CREATION, Stack, outputs_of, parameters_of
from app.deployment.values import Change, Cost, Deployed, Estimate, Kept, Place, Plan, Removal, Reused
from app.errors import AwsSetUpWrong, Cancelled, DeploymentFailed

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from app.deployment.aws import Account
    from app.deployment.kept import KeptArchive
    from app.deployment.shipped import Shipped
    from app.deployment.stack import Found
    from app.deployment.values import Action, Step

STACK = "chatlog-uploader-prod"
"""The name of the stack in every account: one for each region."""

_STORAGE = "s3.standard"
_NO_CHANGE = ("didn't contain changes", "No updates are to be performed")
_TAGS = ({"Key": "app", "Value": "chatlog-uploader"}, {"Key": "env", "Value": "prod"})


class Deployer:
    """The personal stack of one account and region. Each method may take a network's time; none touches the screen.

    All raise AwsSetUpWrong, DeploymentFailed, Unreachable, TlsFailed.
    """

    def __init__(
        self, account: Account, shipped: Shipped, stopped: threading.Event, *, interval: float = 2.0
    ) -> None:
        """`stopped` ends waits; `interval`: seconds between two looks at what AWS does."""
        self._account = account
        self._shipped = shipped
        self._stopped = stopped
        self._interval = interval
        self._stack = Stack(account, STACK, stopped, interval=interval)
        self._code_bucket = CodeBucket(account)

    @property
    def aws_profile(self) -> str:
        """The AWS profile that is used."""
        return self._account.aws_profile

    @property
    def place(self) -> Place:
        """Where the stack is, or would be. The first call asks AWS whose account it is."""
        return Place(self._account.number, self._account.region, STACK, self.aws_profile)

    @property
    def code_bucket(self) -> str:
        """The name of the bucket for the function's zip."""
        return self._code_bucket.name

    @property
    def bucket(self) -> str:
        """The name of the archive's bucket in this account and region, whether it is there or not."""
        name: str = self._shipped.template["Resources"]["Bucket"]["Properties"]["BucketName"]["Fn::Sub"]
        name = name.replace("${AWS::AccountId}", self._account.number)
        return name.replace("${RegionSuffix}", region_suffix(self._account.region))

    # ---- deploying --------------------------------------------------------------------------------------

    def plan(self, chosen: Mapping[str, str]) -> Plan:
        """What a deployment with these values of the template's parameters would do; AWS is asked, nothing is made.

        A parameter that is not chosen keeps its value, in a new stack the template's. Where the bucket and its key have
        stayed from a stack that was removed, the new stack takes them over. To be passed to `apply` or `discard`.
        Raises AwsSetUpWrong (`parameter-unknown`, `parameter-refused`) besides, and DeploymentFailed where the stack
        cannot be changed now (see Stack.require_usable) or its bucket cannot be had (see find_kept).
        """
        for name in chosen:
            if name not in self._shipped.choices:
                raise AwsSetUpWrong(reason="parameter-unknown", detail=name, awsProfile=self.aws_profile)
        found = self._stack.find()
        if found is None:
            kept = self._find_kept()
            if kept is not None:
                return self._plan_again(kept, chosen)
        else:
            self._stack.require_usable(found)
        before = {} if found is None else parameters_of(found)
        values = self._values(before, chosen)
        change_set, changes = self._change_set(values, new=found is None)
        return Plan(self.place, change_set, found is None, changes, self._estimate(values))

    def _plan_again(self, kept: KeptArchive, chosen: Mapping[str, str]) -> Plan:
        """The plan of a new stack around an archive that has stayed."""
        values = self._values(_values_of(kept, self._shipped.choices), chosen)
        change_set, _ = self._change_set(values, new=True, kept=kept)
        reused = {one.logical_id for one in kept.imports}
        changes = tuple(
            Change("reuse" if name in reused else "add", name, kind)
            for name, kind in self._shipped.kinds(values).items()
        )
        (key,) = (one.identity for one in kept.imports if one.kind == KEY)
        told = Reused(kept.bucket, key, values["OwnerId"])
        return Plan(
            self.place, change_set, new=True, changes=changes, estimate=self._estimate(values), reused=told
        )

    def apply(self, plan: Plan, progress: Callable[[Step], None]) -> Deployed:
        """Do what a plan says, and wait until AWS has done it. Raises Cancelled besides; AWS then goes on.

        A stack that takes an archive over is made in two operations. After the first it holds the archive and nothing
        else; whatever ends the work then, the next plan is that of the second.
        """
        with self._account.translated(STACK):
            self._code_bucket.put(self._shipped.code)
        change_set, total = plan.change_set, len(plan.changes)
        if plan.reused is not None:
            found = self._execute(change_set, total, lambda _step: None)
            change_set, changes = self._change_set(parameters_of(found), new=False)
            total = len(changes)
        return self._deployed(self._execute(change_set, total, progress))

    def _execute(self, change_set: str, total: int, progress: Callable[[Step], None]) -> Found:
        with self._account.translated(STACK):
            identity: str = self._client().describe_change_set(ChangeSetName=change_set)["StackId"]
            seen = self._stack.event_ids(identity)
            self._client().execute_change_set(ChangeSetName=change_set)
        return self._stack.wait(identity, total, progress, seen=seen)

    def discard(self, plan: Plan) -> None:
        """Forget a plan: nothing of it is left in the account."""
        if plan.change_set:
            self._forget(plan.change_set, new=plan.new)

    def status(self) -> Deployed | None:
        """The stack as it is; None where there is none."""
        found = self._stack.find()
        return None if found is None else self._deployed(found)

    # ---- removing ---------------------------------------------------------------------------------------

    def plan_removal(self) -> Removal | None:
        """What `remove` would take away and what stays; None where there is no stack. Raises DeploymentFailed where it cannot be now."""
        found = self._stack.find()
        if found is None:
            return None
        self._stack.require_ours(found)
        if found["StackStatus"] not in FAILED_CREATION:
            self._stack.require_usable(found)
        with self._account.translated(STACK):
            pages = self._client().get_paginator("list_stack_resources").paginate(StackName=found["StackId"])
            there = [one for page in pages for one in page["StackResourceSummaries"]]
        template = self._template(found)
        goes, stays = [], []
        for one in there:
            name, kind = one["LogicalResourceId"], one["ResourceType"]
            if one["ResourceStatus"] == "DELETE_COMPLETE":
                continue
            if template["Resources"].get(name, {}).get("DeletionPolicy", "Delete") == "Delete":
                goes.append(Change("remove", name, kind))
            else:
                stays.append(Kept(name, kind, one.get("PhysicalResourceId", "")))
        names = {one.resource for one in stays}
        estimate = self._estimate(parameters_of(found), only=names)
        return Removal(self._deployed(found), tuple(goes), tuple(stays), estimate)

    def remove(self, removal: Removal, progress: Callable[[Step], None]) -> None:
        """Remove the stack, and then the bucket of the function's zips. The archive, its key and its logs stay."""
        identity = removal.deployed.identity
        with self._account.translated(STACK):
            seen = self._stack.event_ids(identity)
            self._client().delete_stack(StackName=identity)
        self._stack.wait(identity, len(removal.goes), progress, seen=seen)
        self._code_bucket.remove()

    # ---- inside -----------------------------------------------------------------------------------------

    def _client(self) -> Any:  # noqa: ANN401 - botocore has no types
        return self._account.client("cloudformation")

    def _values(self, before: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
        """Every parameter's value: chosen, else as it is, else the template's."""
        kept = {
            name: str(chosen.get(name, before.get(name, one.get("Default", ""))))
            for name, one in self._shipped.choices.items()
        }
        return kept | {
            "CodeBucket": self._code_bucket.name,
            "CodeKey": self._shipped.code.key,
            "RegionSuffix": region_suffix(self._account.region),
        }

    def _find_kept(self) -> KeptArchive | None:
        owned = Owned(self._account.number, self._account.region, STACK)
        with self._account.translated(STACK):
            return find_kept(self._account, self._shipped.template, self.bucket, owned)

    def _change_set(
        self, values: Mapping[str, str], *, new: bool, kept: KeptArchive | None = None
    ) -> tuple[str, tuple[Change, ...]]:
        """A change set's ARN and what it would change; empty ones where nothing would. `kept`: it imports that alone."""
        assert len(self._shipped.body.encode()) <= MOST_TEMPLATE_BYTES
        with self._account.translated(STACK):
            client = self._client()
            made: str = client.create_change_set(
                StackName=STACK,
                ChangeSetName=f"chatlog-uploader-{uuid.uuid4().hex[:12]}",
                **self._content(kept, new=new),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    {"ParameterKey": name, "ParameterValue": value} for name, value in values.items()
                ],
            )["Id"]
            while True:
                told = client.describe_change_set(ChangeSetName=made)
                if told["Status"] not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                    break
                if self._stopped.wait(self._interval):
                    self._forget(made, new=new)
                    raise Cancelled
            changes = list(told["Changes"])
            while told.get("NextToken"):
                told = client.describe_change_set(ChangeSetName=made, NextToken=told["NextToken"])
                changes += told["Changes"]
        if told["Status"] == "FAILED":
            self._forget(made, new=new)
            detail = told.get("StatusReason", "")
            if any(words in detail for words in _NO_CHANGE):
                return "", ()
            raise DeploymentFailed(
                reason="refused",
                stack=STACK,
                region=self._account.region,
                awsProfile=self.aws_profile,
                detail=detail,
            )
        return made, tuple(_change(one["ResourceChange"]) for one in changes)

    def _content(self, kept: KeptArchive | None, *, new: bool) -> dict[str, Any]:
        """What a change set consists of."""
        if kept is not None:
            # Without tags: an import may not give a stack any.
            return import_request(self._shipped.template, kept.imports)
        kind = "CREATE" if new else "UPDATE"
        return {"ChangeSetType": kind, "TemplateBody": self._shipped.body, "Tags": list(_TAGS)}

    def _forget(self, change_set: str, *, new: bool) -> None:
        with self._account.translated(STACK):
            identity = self._client().describe_change_set(ChangeSetName=change_set)["StackId"]
            self._client().delete_change_set(ChangeSetName=change_set)
            if new:
                # The empty stack that AWS made for the change set to belong to.
                self._client().delete_stack(StackName=identity)

    def _template(self, found: Found) -> Mapping[str, Any]:
        with self._account.translated(STACK):
            body: Mapping[str, Any] = self._client().get_template(
                StackName=found["StackId"], TemplateStage="Original"
            )["TemplateBody"]
        return body

    def _deployed(self, found: Found) -> Deployed:
        parameters = parameters_of(found)
        same_template = self._template(found) == self._shipped.template
        is_current = same_template and parameters.get("CodeKey") == self._shipped.code.key
        return Deployed(
            self.place,
            found["StackId"],
            found["StackStatus"],
            outputs_of(found),
            parameters,
            is_current,
            self._estimate(parameters),
        )

    def _estimate(self, values: Mapping[str, object], *, only: set[str] | None = None) -> Estimate:
        known = {
            name: value for name, value in values.items() if name in self._shipped.template["Parameters"]
        }
        costs = tuple(
            Cost(one.resource, one.price, one.dollars)
            for one in self._shipped.idle_costs(known)
            if only is None or one.resource in only
        )
        prices = self._shipped.prices
        dated = min(prices.by_name[name].dated for name in {_STORAGE, *(cost.price for cost in costs)})
        return Estimate(costs, prices.region, dated, prices.of(_STORAGE))


def _values_of(kept: KeptArchive, choices: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The parameters that an archive itself decides: what is there would else be refused, or not be seen any more."""
    values = {"MultiRegionKey": str(kept.multi_region_key).lower()}
    if len(kept.owners) == 1 and choices["OwnerId"]["Default"] not in kept.owners:
        values["OwnerId"] = kept.owners[0]
    return values


def _change(told: Mapping[str, Any]) -> Change:
    actions: dict[str, Action] = {"Add": "add", "Remove": "remove", "Import": "add", "Dynamic": "modify"}
    action = actions.get(told["Action"], "modify")
    if action == "modify" and told.get("Replacement") == "True":
        action = "replace"
    return Change(action, told["LogicalResourceId"], told["ResourceType"])
