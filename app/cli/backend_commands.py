"""backend: the stack in the user's own AWS account, deployed, looked at and removed."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from app.account.connections import parse_connection
from app.cli.connection_offer import answered, differences, known_profile
from app.cli.parser import add_command, add_json_option
from app.cli.profile_commands import add_connection
from app.cli.words import words
from app.errors import AccessDenied, ChatLogError, ProfileInvalid, ServerFailed, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.account.profiles import Profile
    from app.cli.context import Context
    from app.cli.parser import Subparsers
    from app.deployment.deployer import Deployer
    from app.deployment.values import Change, Deployed, Estimate, Place, Plan, Removal, Step

PROFILE_NAME = "aws"
READY_SECONDS = 60.0
"""How long a new endpoint may refuse: AWS tells its servers of new permissions one after the other."""


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    group = add_command(commands, "backend", common, "the archive in your own AWS account")
    actions = group.add_subparsers(dest="action", metavar="ACTION", required=True)

    deploying = add_command(
        actions,
        "deploy",
        common,
        "show what would be created in AWS and what it costs; once agreed to, create it, with a profile for it",
        _deploy,
    )
    deploying.add_argument(
        "name", metavar="NAME", nargs="?", default=PROFILE_NAME, help="of the profile (default: aws)"
    )
    _add_place(deploying)
    deploying.add_argument(
        "--parameter",
        metavar="NAME=VALUE",
        type=_parameter,
        action="append",
        default=[],
        help="a value of the stack's parameters, such as Alarms=true; others stay as they are",
    )
    deploying.add_argument("--replace", action="store_true", help="replace a profile of that name")
    deploying.add_argument("--yes", action="store_true", help="agree without being asked")
    add_json_option(deploying)

    looking = add_command(actions, "status", common, "tell how the stack in AWS is", _status)
    _add_place(looking)
    add_json_option(looking)

    removing = add_command(
        actions, "remove", common, "remove the stack; what is archived stays, with its key", _remove
    )
    _add_place(removing)
    removing.add_argument("--yes", action="store_true", help="agree without being asked")
    add_json_option(removing)


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--aws-profile",
        metavar="PROFILE",
        help="the profile of the AWS configuration files (default: AWS_PROFILE, else “default”)",
    )
    parser.add_argument("--region", metavar="REGION", help="default: the AWS profile's")


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"not NAME=VALUE: {text}")
    return name, value


# ---- deploy -----------------------------------------------------------------------------------------------


def _deploy(arguments: argparse.Namespace, context: Context) -> int:
    deployer, text = _deployer(arguments, context), words(context.language)
    before = _known(arguments, context, deployer)
    plan = deployer.plan(dict(arguments.parameter))
    if not plan.changes:
        deployer.discard(plan)
        context.output.message(
            text.say("backend.as-before", stack=plan.place.stack, region=plan.place.region)
        )
        deployed = deployer.status()
        assert deployed is not None
        return _make_profile(arguments, context, deployed, before, changed=False)
    try:
        _show_plan(plan, deployer, context)
        answer = True if arguments.yes else answered("backend.question", context)
    except BaseException:
        deployer.discard(plan)
        raise
    if not answer:
        deployer.discard(plan)
        context.output.message(text.say("backend.asks" if answer is None else "backend.declined"))
        return 2 if answer is None else 1
    deployed = deployer.apply(plan, lambda step: _show_step(step, context))
    context.output.message(text.say("backend.deployed", stack=plan.place.stack, region=plan.place.region))
    return _make_profile(arguments, context, deployed, before, changed=True)


def _known(arguments: argparse.Namespace, context: Context, deployer: Deployer) -> Profile | None:
    """The profile of that name, where it is the stack's already or may be replaced.

    Raises ProfileInvalid before anything is made in AWS: `name-taken`, or a name that cannot be one.
    """
    before = known_profile(arguments.name, context)
    problem = context.services.profile_editor.check_name(
        arguments.name, editing=None if before is None else before.name
    )
    if problem is not None:
        raise problem
    if before is None or arguments.replace:
        return before
    deployed = deployer.status()
    if deployed is None or "Connection" not in deployed.outputs:
        # Of a stack that was removed: its bucket is named by the account and the region, and its address answers no more.
        if before.storage is not None and before.storage.bucket == deployer.bucket:
            return before
        raise ProfileInvalid(name=before.name, reason="name-taken")
    after = parse_connection(deployed.outputs["Connection"]).to_profile(before.name)
    if differences(before, after):
        raise ProfileInvalid(name=before.name, reason="name-taken")
    return before


def _make_profile(
    arguments: argparse.Namespace,
    context: Context,
    deployed: Deployed,
    before: Profile | None,
    *,
    changed: bool,
) -> int:
    """The stack's connection as a profile, as `profile add --connection` makes it, and in use."""
    connection = deployed.outputs["Connection"]
    if changed:
        profile = parse_connection(connection).to_profile(
            arguments.name, aws_profile=deployed.place.aws_profile
        )
        _wait_until_ready(profile, context)
    accepted = argparse.Namespace(
        name=arguments.name,
        connection=connection,
        region=None,
        token_stdin=False,
        access_key_id=None,
        aws_profile=deployed.place.aws_profile,
        replace=arguments.replace or before is not None,
        yes=True,
        json=arguments.json,
    )
    code = add_connection(accepted, context)
    services = context.services
    if services.profiles.chosen() != arguments.name:
        services.profiles.use(arguments.name)
        context.output.message(words(context.language).say("profile-used", name=arguments.name))
    return code


def _wait_until_ready(profile: Profile, context: Context) -> None:
    """Until the endpoint lets the profile in, or for a minute: then `profile add` says what is in the way."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            context.services.check(profile)
        except (AccessDenied, ServerFailed, Unreachable):
            if time.monotonic() > deadline or context.services.stopped.wait(2):
                return
        except ChatLogError:
            return
        else:
            return


def _show_plan(plan: Plan, deployer: Deployer, context: Context) -> None:
    text = words(context.language)
    name = "backend.new" if plan.new else "backend.changes"
    context.output.message(text.say(name, **_place(plan.place)))
    if plan.reused is not None:
        kept = plan.reused
        context.output.message(text.say("backend.reused", bucket=kept.bucket, key=kept.key, owner=kept.owner))
    _show_changes(plan.changes, context)
    context.output.message(text.say("backend.code", bucket=deployer.code_bucket))
    _show_cost(plan.estimate, context)


def _show_changes(changes: Sequence[Change], context: Context) -> None:
    text = words(context.language)
    for change in changes:
        action = text.say(f"backend.{change.action}")
        context.output.message(f"  {action}  {change.resource} ({change.kind})")


def _show_cost(estimate: Estimate, context: Context) -> None:
    text = words(context.language)
    parts = ", ".join(f"{cost.resource}: {cost.dollars:.2f}" for cost in estimate.costs)
    context.output.message(
        text.say("backend.cost", dollars=f"{estimate.dollars:.2f}", parts=parts)
        if estimate.costs
        else text.say("backend.cost-none")
    )
    context.output.message(text.say("backend.prices", **_prices(estimate)))


def _show_step(step: Step, context: Context) -> None:
    context.output.message(
        words(context.language).say(
            "backend.step", done=step.done, total=step.total, resource=step.resource, kind=step.kind
        )
    )


# ---- status -----------------------------------------------------------------------------------------------


def _status(arguments: argparse.Namespace, context: Context) -> int:
    deployer, text = _deployer(arguments, context), words(context.language)
    deployed = deployer.status()
    if deployed is None:
        context.output.message(text.say("backend.none", **_place(deployer.place)))
        return 1
    names = _profiles_of(deployed, context)
    fields = {
        **_place(deployed.place),
        "status": deployed.status,
        "current": deployed.is_current,
        "endpoint": deployed.outputs.get("Endpoint"),
        "bucket": deployed.outputs.get("Bucket"),
        "key": deployed.outputs.get("Key"),
        "connection": deployed.outputs.get("Connection"),
        "parameters": dict(deployed.parameters),
        "profiles": names,
        "dollarsPerMonth": deployed.estimate.dollars,
    }
    if arguments.json:
        context.output.json_line(fields)
        return 0
    context.output.line(text.say("backend.is", status=deployed.status, **_place(deployed.place)))
    context.output.line(text.say("backend.current" if deployed.is_current else "backend.old"))
    for field in ("endpoint", "bucket", "key"):
        context.output.line(f"{field:<9} {fields[field] or '-'}")
    if names:
        context.output.line(text.say("backend.profiles", names=", ".join(names)))
    _show_cost(deployed.estimate, context)
    return 0


def _profiles_of(deployed: Deployed, context: Context) -> list[str]:
    """The profiles that lead to the stack's endpoint."""
    endpoint = deployed.outputs.get("Endpoint")
    found = (known_profile(name, context) for name in context.services.profiles.names())
    return [profile.name for profile in found if profile is not None and profile.endpoint == endpoint]


# ---- remove -----------------------------------------------------------------------------------------------


def _remove(arguments: argparse.Namespace, context: Context) -> int:
    deployer, text = _deployer(arguments, context), words(context.language)
    removal = deployer.plan_removal()
    if removal is None:
        context.output.message(text.say("backend.none", **_place(deployer.place)))
        return 0
    _show_removal(removal, context)
    answer = True if arguments.yes else answered("backend.remove-question", context)
    if not answer:
        context.output.message(
            text.say("backend.remove-asks" if answer is None else "backend.remove-declined")
        )
        return 2 if answer is None else 1
    deployer.remove(removal, lambda step: _show_step(step, context))
    place, bucket = removal.deployed.place, _bucket_of(removal)
    name = "backend.removed" if bucket else "backend.removed-all"
    context.output.message(text.say(name, stack=place.stack, region=place.region, bucket=bucket))
    if arguments.json:
        stays = [{"resource": one.resource, "type": one.kind, "id": one.identity} for one in removal.stays]
        context.output.json_line(
            {**_place(place), "stays": stays, "dollarsPerMonth": removal.estimate.dollars}
        )
    return 0


def _show_removal(removal: Removal, context: Context) -> None:
    text = words(context.language)
    context.output.message(text.say("backend.goes", **_place(removal.deployed.place)))
    _show_changes(removal.goes, context)
    if not removal.stays:
        return
    context.output.message(text.say("backend.stays"))
    for kept in removal.stays:
        context.output.message(f"  {kept.resource} ({kept.kind}): {kept.identity}")
    context.output.message(
        text.say(
            "backend.stays-cost",
            dollars=f"{removal.estimate.dollars:.2f}",
            **_prices(removal.estimate),
        )
    )


def _bucket_of(removal: Removal) -> str:
    return next((kept.identity for kept in removal.stays if kept.resource == "Bucket"), "")


# ---- together ---------------------------------------------------------------------------------------------


def _deployer(arguments: argparse.Namespace, context: Context) -> Deployer:
    deployer = context.services.deployer(arguments.aws_profile, arguments.region)
    place = deployer.place
    context.output.message(
        words(context.language).say("backend.planning", account=place.account, region=place.region)
    )
    return deployer


def _place(place: Place) -> dict[str, Any]:
    return {
        "stack": place.stack,
        "account": place.account,
        "region": place.region,
        "awsProfile": place.aws_profile,
    }


def _prices(estimate: Estimate) -> dict[str, Any]:
    return {
        "region": estimate.region,
        "dated": estimate.dated.isoformat(),
        "storage": f"{estimate.storage:g}",
    }
