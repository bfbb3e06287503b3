"""The endpoint's document and the endpoint agree: examples, actions, fields, codes and limits, each way round."""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import requests

import backend.presign
from backend.presign.validation_fields import Fields
from tests.backend.openapi_document import Document
from tests.backend.own_s3 import WAYS, Way, way_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sandbox.lifecycle import SandboxInfo

DOCUMENT = Document.load()
EXAMPLES = DOCUMENT.examples
BODY = b"what was said"
ARCHIVED = EXAMPLES["restore"]["s3Key"]
PARTS = [bytes(part["size"]) for part in EXAMPLES["multipart-sign"]["parts"]]


@pytest.fixture(scope="module", params=WAYS)
def hana(request: pytest.FixtureRequest, shared_sandbox: SandboxInfo) -> Way:
    """The owner of the document's examples, at each of the two doors."""
    return way_in(shared_sandbox, request.param, "hana")


class Story:
    """The document's examples told in an order in which each can be granted; ids are S3's, and taken from it."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self.replies: dict[str, dict[str, Any]] = {}

    def ask(self, name: str, **ids: str) -> dict[str, Any]:
        """The reply to the example of that name."""
        request = EXAMPLES[name]
        assert ids.keys() <= request.keys(), "the example names no such id"
        self.replies[name] = self._way.done(request | ids)
        return self.replies[name]

    def tell(self) -> None:
        """Every example, once."""
        self._upload()
        self._read()
        self._in_parts()
        for name in ("delete", "undelete", "health"):
            self.ask(name)

    def _upload(self) -> None:
        for name in ("upload", "upload-version", "upload-index", "upload-batch"):
            reply = self.ask(name)
            for granted in reply.get("items", [reply]):
                requests.put(
                    granted["presignedUrl"], data=BODY, headers=granted["headers"], timeout=30
                ).raise_for_status()

    def _read(self) -> None:
        version = self.ask("head")["versionId"]
        self.ask("download")
        self.ask("download-version", versionId=version)
        self._way.put_archived(ARCHIVED, BODY)
        for name in ("download-batch", "head-batch", "list", "versions", "versions-all", "restore"):
            self.ask(name)

    def _in_parts(self) -> None:
        upload_id = self.ask("multipart-create")["uploadId"]
        for part, granted in zip(PARTS, self.ask("multipart-sign", uploadId=upload_id)["parts"], strict=True):
            requests.put(
                granted["presignedUrl"], data=part, headers=granted["headers"], timeout=60
            ).raise_for_status()
        self.ask("multipart-list", uploadId=upload_id)
        self.ask("multipart-complete", uploadId=upload_id)
        self.ask("multipart-abort", uploadId=self._way.done(EXAMPLES["multipart-create"])["uploadId"])


@pytest.fixture(scope="module")
def story(hana: Way) -> Iterator[Story]:
    """Every example, granted. What it made is deleted after: the example that must be the first is told twice."""
    told = Story(hana)
    told.tell()
    yield told
    for entry in hana.done({"action": "list"})["objects"]:
        hana.done({"action": "delete", "s3Key": entry["s3Key"]})


# ---- the document by itself --------------------------------------------------------------------------------------


def test_its_schemas_are_schemas() -> None:
    for name, schema in DOCUMENT.schemas.items():
        assert jsonschema_rs.meta.is_valid(schema), name


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(re.findall(r"#/(components/[A-Za-z]+/[A-Za-z0-9]+)", str(DOCUMENT.whole)))
    there = {
        f"components/{kind}/{name}"
        for kind, parts in DOCUMENT.whole["components"].items()
        if kind != "securitySchemes"
        for name in parts
    }
    assert used == there


def test_both_addresses_take_and_answer_the_same_and_ask_who_is_there() -> None:
    personal = DOCUMENT.whole["paths"]["/"]["post"]
    team = DOCUMENT.whole["paths"]["/presigned-url-request"]["post"]
    assert (personal["requestBody"], personal["responses"]) == (team["requestBody"], team["responses"])
    assert personal["security"] == [{"sigv4": []}]
    assert team["security"] == [{"cognito": ["chatlog/archive"]}]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_request_by_the_schema(name: str) -> None:
    assert DOCUMENT.is_request(EXAMPLES[name])
    assert not DOCUMENT.is_request(EXAMPLES[name] | {"colour": "red"})


@pytest.mark.parametrize("name", DOCUMENT.reply_examples)
def test_an_example_of_a_reply_is_one_by_the_schema(name: str) -> None:
    assert DOCUMENT.reply_errors(EXAMPLES[name]["action"], DOCUMENT.reply_examples[name]) == []


def test_examples_of_problems_are_problems() -> None:
    shown = 0
    for response in DOCUMENT.whole["components"]["responses"].values():
        for example in response["content"].get("application/problem+json", {}).get("examples", {}).values():
            assert DOCUMENT.problem_errors(example["value"]) == []
            shown += 1
    assert shown >= 2


# ---- the document and the endpoint -------------------------------------------------------------------------------


def test_every_example_is_granted_and_answered_as_the_document_says(story: Story) -> None:
    assert story.replies.keys() == EXAMPLES.keys()
    for name, reply in story.replies.items():
        assert DOCUMENT.reply_errors(EXAMPLES[name]["action"], reply) == [], name


def test_every_example_of_a_reply_has_the_fields_of_a_real_one(story: Story) -> None:
    for name, shown in DOCUMENT.reply_examples.items():
        assert shapes(shown) <= shapes(story.replies[name]), name


def shapes(reply: Any, path: str = "") -> set[str]:
    """The paths of a reply's fields; what a caller or S3 names is no field."""
    if isinstance(reply, list):
        return {shape for part in reply for shape in shapes(part, path + "[]")}
    if not isinstance(reply, dict) or path.endswith((".headers", ".metadata")):
        return {path}
    return {shape for name, value in reply.items() for shape in shapes(value, f"{path}.{name}")}


def test_the_actions_are_the_endpoints(hana: Way) -> None:
    told = hana.done({"action": "health"})
    assert set(DOCUMENT.actions) == set(told["actions"]) == set(DOCUMENT.schemas["Request"]["x-replies"])
    assert {example["action"] for example in EXAMPLES.values()} == set(told["actions"])
    assert DOCUMENT.reply_examples["health"] | {"serverTime": 0, "storage": 0, "policy": 0} == told | {
        "serverTime": 0,
        "storage": 0,
        "policy": 0,
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[frozenset[str]]]:
    """The fields that the endpoint says it knows, by the path of their object, as it reads requests."""
    known: dict[str, set[frozenset[str]]] = {}
    only = Fields.only

    def spy(self: Fields, *names: str) -> Fields:
        path = re.sub(r"\[[0-9]+\]", "[]", self.where).removesuffix(".")
        known.setdefault(path, set()).add(frozenset(names))
        return only(self, *names)

    monkeypatch.setattr(Fields, "only", spy)
    return known


@pytest.mark.parametrize("action", DOCUMENT.actions)
def test_the_endpoint_knows_the_fields_that_the_document_names_and_no_others(
    hana: Way, asked: dict[str, set[frozenset[str]]], action: str
) -> None:
    for example in EXAMPLES.values():
        if example["action"] == action:
            hana.ask(example)
    named = DOCUMENT.fields(DOCUMENT.actions[action])
    named[""] = {names - {"action"} for names in named[""]}
    assert asked == named


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_unknown_field_is_refused_wherever_it_stands(hana: Way, name: str) -> None:
    for place in places(EXAMPLES[name]):
        wrong = copy.deepcopy(EXAMPLES[name])
        at(wrong, place)["colour"] = "red"
        status, body = hana.ask(wrong)
        problem = body
        if place[:1] == ("items",):
            assert status == 200
            problem = body["items"][place[1]]
        assert (problem["status"], problem["code"]) == (400, "invalid-request"), place
        assert problem["fields"][0].endswith("colour")


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where objects with fields of ours stand in a request."""
    if way[-1:] == ("metadata",):
        return []
    if isinstance(value, list):
        return [place for index, part in enumerate(value) for place in places(part, (*way, index))]
    if not isinstance(value, dict):
        return []
    return [way, *(place for name, part in value.items() for place in places(part, (*way, name)))]


def at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def test_the_problems_are_those_that_the_code_can_raise() -> None:
    raised: set[tuple[int, str]] = set()
    for path in Path(next(iter(backend.presign.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                status, code = node.args[:2]
                assert isinstance(status, ast.Constant)
                assert isinstance(code, ast.Constant)
                raised.add((int(str(status.value)), str(code.value)))
    names = DOCUMENT.schemas["Problem"]["discriminator"]["mapping"]
    schemas = [
        DOCUMENT.schemas[part["$ref"].rpartition("/")[2]] for part in DOCUMENT.schemas["Problem"]["oneOf"]
    ]
    named = {(part["properties"]["status"]["const"], part["properties"]["code"]["const"]) for part in schemas}
    assert named == raised
    assert set(names) == {code for _, code in raised}


def test_the_statuses_are_those_of_the_problems() -> None:
    statuses = {
        DOCUMENT.schemas[part["$ref"].rpartition("/")[2]]["properties"]["status"]["const"]
        for part in DOCUMENT.schemas["Problem"]["oneOf"]
    }
    answered = {int(status) for status in DOCUMENT.whole["paths"]["/"]["post"]["responses"]}
    # What is answered to another method than POST belongs to no operation.
    assert answered == statuses - {405} | {200}
