"""What a deployment would add to a stage's stack and take away; stops where data would go: stack_plan.py STACK TEMPLATE [--region R].

It compares the resources of a packaged template with those that are deployed. What changes within a resource is CloudFormation's to
tell; what holds data is kept in the templates by DeletionPolicy besides.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

Client = Any
"""A client of boto3's, which has no types."""

HOLD_DATA = frozenset({"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool"})
"""Types of which none is given up by a run: a person deploys that, knowing."""

DEPLOYS = "DeployRole"
"""By which runs deploy: without it the next one could not."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Resources as "name (type)", in order."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    lost: tuple[str, ...]
    """Of those removed, the ones that a run must not remove."""


def compare(deployed: Mapping[str, str], packaged: Mapping[str, str]) -> Plan:
    """The plan from deployed to packaged resources: types by name. Another type at the same name is another resource."""
    gone = {name: kind for name, kind in deployed.items() if packaged.get(name) != kind}
    new = {name: kind for name, kind in packaged.items() if deployed.get(name) != kind}
    lost = {name: kind for name, kind in gone.items() if kind in HOLD_DATA or name == DEPLOYS}
    return Plan(_named(new), _named(gone), _named(lost))


def _named(resources: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name} ({kind})" for name, kind in sorted(resources.items()))


def packaged_resources(template: Path) -> dict[str, str]:
    """Types by name, of a template in JSON. Those under a condition count as there."""
    resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    return {name: resource["Type"] for name, resource in resources.items()}


def deployed_resources(client: Client, stack: str) -> dict[str, str]:
    """Types by name; empty where there is no such stack. `client`: boto3's for CloudFormation. Raises ClientError."""
    pages = client.get_paginator("list_stack_resources")
    try:
        return {
            resource["LogicalResourceId"]: resource["ResourceType"]
            for page in pages.paginate(StackName=stack)
            for resource in page["StackResourceSummaries"]
            if resource["ResourceStatus"] != "DELETE_COMPLETE"
        }
    except ClientError as problem:
        if problem.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(problem):
            return {}
        raise


def main() -> int:
    """Print the plan; 1 where it must not be carried out."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] if __doc__ else "")
    parser.add_argument("stack")
    parser.add_argument("template", type=Path)
    parser.add_argument("--region", default="ap-northeast-1")
    arguments = parser.parse_args()
    client = boto3.client("cloudformation", region_name=arguments.region)
    plan = compare(deployed_resources(client, arguments.stack), packaged_resources(arguments.template))
    print(f"{arguments.stack}: {len(plan.added)} resources are new, {len(plan.removed)} go")
    for sign, names in (("+", plan.added), ("-", plan.removed)):
        for name in names:
            print(f"  {sign} {name}")
    if plan.lost:
        print(f"Stopped, these must not go: {', '.join(plan.lost)}")
    return 1 if plan.lost else 0


if __name__ == "__main__":
    sys.exit(main())
