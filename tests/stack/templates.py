"""Reading CloudFormation templates: what is left of one for given values of its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ABSENT = object()
"""What `Ref: AWS::NoValue` leaves."""


class Stack:
    """A template with its conditions decided; `Ref`, `Fn::GetAtt` and `Fn::Sub` stay as they are written."""

    def __init__(self, template: Mapping[str, Any], **values: object) -> None:
        self.parameters: Mapping[str, Any] = template.get("Parameters", {})
        self._values = {name: one.get("Default") for name, one in self.parameters.items()} | values
        self._conditions: Mapping[str, Any] = template.get("Conditions", {})
        self.resources: dict[str, dict[str, Any]] = {
            name: self._resolved(resource)
            for name, resource in template["Resources"].items()
            if self._holds(resource.get("Condition"))
        }
        self.outputs: dict[str, Any] = {
            name: self._resolved(output["Value"]) for name, output in template.get("Outputs", {}).items()
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

    def _holds(self, condition: object) -> bool:
        if condition is None:
            return True
        if isinstance(condition, str):
            return self._holds(self._conditions[condition])
        assert isinstance(condition, dict)
        ((function, operands),) = condition.items()
        match function:
            case "Condition":
                return self._holds(operands)
            case "Fn::Not":
                return not self._holds(operands[0])
            case "Fn::Equals":
                first, second = (self._value(operand) for operand in operands)
                return str(first) == str(second)
        raise AssertionError(f"unknown condition {function}")

    def _value(self, operand: object) -> object:
        return self._values[operand["Ref"]] if isinstance(operand, dict) else operand

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"Fn::If"}:
                condition, then, otherwise = value["Fn::If"]
                return self._resolved(then if self._holds(condition) else otherwise)
            if value == {"Ref": "AWS::NoValue"}:
                return ABSENT
            members = {name: self._resolved(member) for name, member in value.items()}
            return {name: member for name, member in members.items() if member is not ABSENT}
        if isinstance(value, list):
            return [one for one in map(self._resolved, value) if one is not ABSENT]
        return value


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
