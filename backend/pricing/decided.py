"""CloudFormation templates for given values of their parameters: conditions decided, `Fn::If` chosen.

`Ref`, `Fn::GetAtt` and `Fn::Sub` stay as they are written: what they mean only AWS knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ABSENT = object()
"""What `Ref: AWS::NoValue` leaves."""


class UnknownCondition(ValueError):
    """A condition in words that are not understood here. The text is the function's name."""


class DecidedTemplate:
    """A template with the values of its parameters: the defaults, and others by name."""

    def __init__(self, template: Mapping[str, Any], values: Mapping[str, object]) -> None:
        self.parameters: Mapping[str, Any] = template.get("Parameters", {})
        self.values: dict[str, object] = {
            name: one.get("Default") for name, one in self.parameters.items()
        } | dict(values)
        self._conditions: Mapping[str, Any] = template.get("Conditions", {})
        self.resources: dict[str, dict[str, Any]] = {
            name: self.resolved(resource)
            for name, resource in template["Resources"].items()
            if self.holds(resource.get("Condition"))
        }
        """The resources that would be there. Raises UnknownCondition while it is made."""

    def holds(self, condition: object) -> bool:
        """Whether a condition holds, by name or written out; None always does."""
        if condition is None:
            return True
        if isinstance(condition, str):
            return self.holds(self._conditions[condition])
        if not isinstance(condition, dict) or len(condition) != 1:
            raise UnknownCondition(str(condition))
        ((function, operands),) = condition.items()
        return self._function(function, operands)

    def _function(self, function: str, operands: Any) -> bool:  # noqa: ANN401 - of each function's own form
        match function:
            case "Condition":
                holds = self.holds(operands)
            case "Fn::Not":
                holds = not self.holds(operands[0])
            case "Fn::And":
                holds = all(map(self.holds, operands))
            case "Fn::Or":
                holds = any(map(self.holds, operands))
            case "Fn::Equals":
                first, second = (self._value(operand) for operand in operands)
                holds = str(first) == str(second)
            case _:
                raise UnknownCondition(function)
        return holds

    def resolved(self, value: Any) -> Any:  # noqa: ANN401 - a template's values are of any form
        """A value with each `Fn::If` in it decided, and without what is then absent."""
        if isinstance(value, dict):
            if value.keys() == {"Fn::If"}:
                condition, then, otherwise = value["Fn::If"]
                return self.resolved(then if self.holds(condition) else otherwise)
            if value == {"Ref": "AWS::NoValue"}:
                return _ABSENT
            members = {name: self.resolved(member) for name, member in value.items()}
            return {name: member for name, member in members.items() if member is not _ABSENT}
        if isinstance(value, list):
            return [one for one in map(self.resolved, value) if one is not _ABSENT]
        return value

    def _value(self, operand: object) -> object:
        return self.values[operand["Ref"]] if isinstance(operand, dict) else operand
