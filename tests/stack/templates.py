"""Reading CloudFormation templates: what is left of one for given values of its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.pricing.decided import DecidedTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Stack:
    """A template with its conditions decided; `Ref`, `Fn::GetAtt` and `Fn::Sub` stay as they are written."""

    def __init__(self, template: Mapping[str, Any], **values: object) -> None:
        decided = DecidedTemplate(template, values)
        self.parameters = decided.parameters
        self.values = decided.values
        self.resources = decided.resources
        self.outputs: dict[str, Any] = {
            name: decided.resolved(output["Value"])
            for name, output in template.get("Outputs", {}).items()
            if decided.holds(output.get("Condition"))
        }

    def properties(self, name: str) -> dict[str, Any]:
        """A resource's properties. Fails where the resource is missing."""
        assert name in self.resources, f"no {name}"
        found: dict[str, Any] = self.resources[name].get("Properties", {})
        return found

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Every resource of a type: its properties by name."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def statements(self, name: str, document: str = "PolicyDocument") -> dict[str, dict[str, Any]]:
        """A policy's statements by their Sid."""
        return {one["Sid"]: one for one in self.properties(name)[document]["Statement"]}


def strings(value: object) -> Iterator[str]:
    """Every string in a value, at any depth, names of members excepted."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)
