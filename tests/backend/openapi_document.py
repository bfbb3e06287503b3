"""The endpoint's OpenAPI document as tests use it: its examples, its schemas as validators, the fields it names."""

from __future__ import annotations

import copy
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

PATH = Path(__file__).parents[2] / "backend" / "openapi.yaml"
_REF = "#/components/schemas/"


class Document:
    """`backend/openapi.yaml`, parsed."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.whole = whole
        self.schemas: dict[str, Any] = whole["components"]["schemas"]
        self.content: dict[str, Any] = whole["components"]["requestBodies"]["Action"]["content"][
            "application/json"
        ]

    @classmethod
    def load(cls) -> Document:
        """The project's own."""
        return cls(yaml.safe_load(PATH.read_text(encoding="utf-8")))

    @property
    def actions(self) -> dict[str, str]:
        """The request's schema of each action, by name."""
        mapping: dict[str, str] = self.schemas["Request"]["discriminator"]["mapping"]
        return {action: ref.removeprefix(_REF) for action, ref in mapping.items()}

    @property
    def examples(self) -> dict[str, dict[str, Any]]:
        """The requests that the document shows."""
        return {name: copy.deepcopy(entry["value"]) for name, entry in self.content["examples"].items()}

    @property
    def reply_examples(self) -> dict[str, dict[str, Any]]:
        """The replies that the document shows; each bears the name of a request."""
        examples = self.whole["components"]["responses"]["Done"]["content"]["application/json"]["examples"]
        return {name: entry["value"] for name, entry in examples.items()}

    def is_request(self, value: object) -> bool:
        """Whether the document allows this as a request."""
        return self._requests.is_valid(value)

    def is_item(self, action: str, value: object) -> bool:
        """Whether the document allows this as an entry of the action's batch."""
        return self._items[action].is_valid(value)

    def reply_errors(self, action: str, value: object) -> list[str]:
        """What of a reply the document does not say, fields that it does not name included."""
        return [
            f"{error.instance_path}: {error.message}" for error in self._replies[action].iter_errors(value)
        ]

    def problem_errors(self, value: object) -> list[str]:
        """What of a problem the document does not say, fields that it does not name included."""
        return [f"{error.instance_path}: {error.message}" for error in self._problems.iter_errors(value)]

    def fields(self, name: str) -> dict[str, set[frozenset[str]]]:
        """The fields that a schema names, by the path of their object: `items[].checksum`, say; a set for each way
        of asking."""
        found: dict[str, set[frozenset[str]]] = {}
        for variant in self.schemas[name].get("oneOf", [{"$ref": _REF + name}]):
            for path, names in self._names(variant, "").items():
                found.setdefault(path, set()).add(frozenset(names))
        return found

    def bounds(self, name: str) -> dict[str, list[Any]]:
        """Values at and beyond every bound of the fields that a request has at its top, and of other types."""
        found: dict[str, list[Any]] = {}
        for variant in self._parts({"$ref": _REF + name}):
            for field, schema in variant.get("properties", {}).items():
                for part in self._parts(schema):
                    found.setdefault(field, [None, True, 1.5, "", "1", [], {}]).extend(_bounds(part))
        return found

    def _parts(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        """A schema and all that it is put together of."""
        nested = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
        if "$ref" in schema:
            nested.append(self.schemas[schema["$ref"].removeprefix(_REF)])
        return [schema, *(deeper for part in nested for deeper in self._parts(part))]

    def _names(self, schema: dict[str, Any], path: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        nested = [schema[key] for key in ("if", "then", "else") if key in schema]
        nested += [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]
        if "$ref" in schema:
            nested.append(self.schemas[schema["$ref"].removeprefix(_REF)])
        parts = [self._names(part, path) for part in nested]
        if "properties" in schema:
            parts.append({path: set(schema["properties"])})
        for name, value in schema.get("properties", {}).items():
            parts.append(self._names(value, f"{path}.{name}".lstrip(".")))
        if "items" in schema:
            parts.append(self._names(schema["items"], f"{path}[]"))
        for part in parts:
            for place, names in part.items():
                found.setdefault(place, set()).update(names)
        return found

    @cached_property
    def _requests(self) -> jsonschema_rs.Validator:
        return self._validator(self.schemas, {"$ref": _REF + "Request"})

    @cached_property
    def _items(self) -> dict[str, jsonschema_rs.Validator]:
        return {
            action: self._validator(
                self.schemas, self.schemas[f"{action.capitalize()}Batch"]["properties"]["items"]["items"]
            )
            for action in ("upload", "download", "head")
        }

    @cached_property
    def _replies(self) -> dict[str, jsonschema_rs.Validator]:
        replies = self.schemas["Request"]["x-replies"]
        return {action: self._validator(self._closed, {"$ref": ref}) for action, ref in replies.items()}

    @cached_property
    def _problems(self) -> jsonschema_rs.Validator:
        return self._validator(self._closed, {"$ref": _REF + "Problem"})

    @cached_property
    def _closed(self) -> dict[str, Any]:
        """The schemas, with no field but those they name: clients ignore others, and we send none."""
        return {name: _close(schema, name != "AnyProblem") for name, schema in self.schemas.items()}

    def _validator(self, schemas: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Validator:
        whole = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": {"schemas": schemas},
            **schema,
        }
        return jsonschema_rs.validator_for(whole, validate_formats=True)


def _bounds(schema: dict[str, Any]) -> list[Any]:
    values: list[Any] = list(schema.get("enum", []))
    for bound in ("minimum", "maximum"):
        if bound in schema:
            values += [schema[bound] - 1, schema[bound], schema[bound] + 1]
    for bound in ("minLength", "maxLength"):
        if bound in schema:
            values += ["x" * length for length in (schema[bound] - 1, schema[bound], schema[bound] + 1)]
    return values + [value + "x" for value in values if isinstance(value, str) and "enum" in schema]


def _close(schema: Any, outermost: bool = True) -> Any:
    if isinstance(schema, list):
        return [_close(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {
        key: {name: _close(part) for name, part in value.items()}
        if key == "properties"
        else _close(value)
        if key not in ("const", "enum", "required")
        else value
        for key, value in schema.items()
    }
    if outermost and "properties" in schema:
        closed["unevaluatedProperties"] = False
    return closed
