"""Requests made from the endpoint's document by the thousand, at both doors, before the sandbox's S3.

Schemathesis makes bodies that the document allows and bodies that it does not; keys, versions, uploads and cursors in
them are exchanged for real ones, of the caller and of somebody else. Whatever is asked: nothing fails within, every
reply is as the document says, what the document allows is not called wrong and what it does not allow is not granted,
and nothing of another owner's shows.
"""

from __future__ import annotations

import copy
import json
import re
import urllib.parse
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    ignored_auth,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.presign.actions import REQUEST_LIMIT
from tests.backend.gate import GOOD, Gate
from tests.backend.openapi_document import Document
from tests.backend.own_s3 import WAYS, Way, way_in
from tests.backend.stock import Stock, fill

if TYPE_CHECKING:
    from app.sandbox.lifecycle import SandboxInfo

DOCUMENT = Document.load()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]
OWNER, OTHER = "alice-asks", "bob-is-elsewhere"

BEYOND_THE_SCHEMA = {
    # Only what this endpoint gave out.
    ("list", "cursor"),
    ("versions", "cursor"),
    # The sum of the lengths of all.
    ("upload", "metadata"),
    ("multipart-create", "metadata"),
    # Those of the parts that S3 holds.
    ("multipart-complete", "size"),
    ("multipart-complete", "checksum"),
}
"""What is refused for a reason that no schema can say, by action and field."""


class Door:
    """A way in with its archive, over HTTP as schemathesis speaks it."""

    def __init__(self, way: Way, stock: Stock, operation: Any) -> None:
        self.way = way
        self.stock = stock
        self._operation = operation

    def ask(self, body: Any) -> tuple[int, Any]:
        """Send a body, hold the reply against the document; its status and JSON."""
        case = self._operation.Case(body=body, media_type="application/json", headers={"Authorization": GOOD})
        response = case.call()
        case.validate_response(response, checks=CHECKS)
        return response.status_code, response.json()


@pytest.fixture(scope="module")
def doors(shared_sandbox: SandboxInfo) -> list[Door]:
    """Both ways in, each before the archives of two owners."""
    return [make_door(name, shared_sandbox) for name in WAYS]


def make_door(name: str, sandbox: SandboxInfo) -> Door:
    # Each with owners of its own: what is asked at one door must not change what is at the other.
    way, other = (way_in(sandbox, name, f"{owner}-{name}") for owner in (OWNER, OTHER))
    schema = schemathesis.openapi.from_dict(DOCUMENT.whole)
    schema.app = Gate(way)
    return Door(way, fill(way, other), schema[way.path]["POST"])


def bodies(mode: GenerationMode) -> st.SearchStrategy[Any]:
    # Who asks is the gate's matter; a body is made for both doors.
    whole = copy.deepcopy(DOCUMENT.whole)
    del whole["paths"]["/"]["post"]["security"]
    operation = schemathesis.openapi.from_dict(whole)["/"]["POST"]
    return operation.as_strategy(generation_mode=mode).map(lambda case: whole_numbers(case.body))


def whole_numbers(value: Any) -> Any:
    """The same with 5 for 5.0: to a schema they are one number, the endpoint takes whole numbers as they are written."""
    if isinstance(value, list):
        return [whole_numbers(part) for part in value]
    if isinstance(value, dict):
        return {name: whole_numbers(part) for name, part in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


# ---- what every reply is held to -----------------------------------------------------------------------------------


def check_reply(door: Door, request: Any, status: int, reply: Any) -> None:
    """Below 500, as the document says to the last field, and of nobody else's."""
    if status == 200:
        assert DOCUMENT.reply_errors(request["action"], reply) == []
    else:
        assert status < 500, reply
        assert DOCUMENT.problem_errors(reply) == []
        assert reply["status"] == status
    for item in reply.get("items", []):
        assert item.get("status", 200) < 500, item
    check_keys(door.way, reply)


def check_keys(way: Way, reply: Any) -> None:
    """Every key and every URL in a reply is below the caller's prefixes."""
    if isinstance(reply, list):
        for part in reply:
            check_keys(way, part)
    elif isinstance(reply, dict):
        if "s3Key" in reply:
            assert is_own(way, reply["s3Key"]), reply["s3Key"]
        if "presignedUrl" in reply:
            check_url(way, reply)
        for part in reply.values():
            check_keys(way, part)


def check_url(way: Way, reply: dict[str, Any]) -> None:
    parts = urllib.parse.urlsplit(reply["presignedUrl"])
    assert f"{parts.scheme}://{parts.netloc}" == way.environment["AWS_ENDPOINT_URL_S3"]
    bucket, _, key = urllib.parse.unquote(parts.path, errors="strict").removeprefix("/").partition("/")
    assert bucket == way.environment["S3_BUCKET_NAME"]
    assert is_own(way, key), key
    assert reply.get("s3Key", key) == key
    signed = urllib.parse.parse_qs(parts.query)["X-Amz-SignedHeaders"][0].split(";")
    assert set(signed) == {"host", *reply["headers"]}


def is_own(way: Way, key: str) -> bool:
    prefixes = (f"chat-logs/{way.owner}/", f"session-index/owner={way.owner}/")
    return key.startswith(prefixes) and not {"", ".", ".."} & set(key.split("/"))


# ---- what the document allows, and what it does not ------------------------------------------------------------------


def check_verdict(request: Any, status: int, reply: Any) -> None:
    """What the document allows is not called wrong; what it does not allow is not granted."""
    if not isinstance(request, dict) or (status == 413 and len(json.dumps(request)) > REQUEST_LIMIT):
        assert status in (400, 413)
    elif DOCUMENT.is_request(usual(request)):
        check_allowed(request["action"], status, reply)
        for asked, answered in zip(request.get("items", []), reply.get("items", []), strict=True):
            check_item(request["action"], asked, answered)
    elif status == 200:
        # Each entry of a batch is judged by itself: the others are granted.
        assert request.keys() == {"action", "items"}
        assert 1 <= len(request["items"]) <= 100
        for asked, answered in zip(request["items"], reply["items"], strict=True):
            check_item(request["action"], asked, answered)
    else:
        assert status in (400, 404, 413), (status, reply)


def check_allowed(action: str, status: int, reply: Any) -> None:
    if status == 400:
        field = re.sub(r"^items\[[0-9]+\]\.", "", reply.get("field", ""))
        assert (action, field) in BEYOND_THE_SCHEMA, reply
    else:
        assert status in (200, 404, 409, 412), reply


def check_item(action: str, asked: Any, answered: dict[str, Any]) -> None:
    status = answered.get("status", 200)
    if DOCUMENT.is_item(action, usual(asked)):
        check_allowed(action, status, answered)
    else:
        assert status in (400, 404, 413), (asked, answered)


def usual(request: Any) -> Any:
    """The request with its content types as the document writes them: case and blanks do not matter."""
    if isinstance(request, list):
        return [usual(part) for part in request]
    if not isinstance(request, dict):
        return request
    found = {name: usual(value) for name, value in request.items()}
    if isinstance(request.get("contentType"), str):
        found["contentType"] = re.sub(r"[ \t]*;[ \t]*", "; ", request["contentType"].strip(" ").lower())
    return found


def check_all(doors: list[Door], data: st.DataObject, body: Any, granted: Counter[str]) -> None:
    """One body at both doors, with the names of what is behind each."""
    for door in doors:
        request = door.stock.plant(data.draw, body)
        status, reply = door.ask(request)
        check_reply(door, request, status, reply)
        assert OTHER not in json.dumps(reply)
        check_verdict(request, status, reply)
        granted[request["action"] if status == 200 else "refused"] += 1


def run(doors: list[Door], mode: GenerationMode, how: settings) -> Counter[str]:
    """Ask with so many generated bodies; how often each action was granted."""
    granted: Counter[str] = Counter()

    @how
    @given(st.data(), bodies(mode))
    def ask(data: st.DataObject, body: Any) -> None:
        check_all(doors, data, body, granted)

    ask()
    return granted


# The archives change with what is asked, so that what failed once need not fail again: nothing is replayed or shrunk.
generated = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
same_each_time = settings(generated, derandomize=True)


def test_what_the_document_allows(doors: list[Door]) -> None:
    granted = run(doors, GenerationMode.POSITIVE, settings(same_each_time, max_examples=400))
    assert len(granted.keys() & DOCUMENT.actions.keys()) >= 9, granted
    assert granted["refused"] > granted.total() / 10


def test_what_the_document_does_not_allow(doors: list[Door]) -> None:
    granted = run(doors, GenerationMode.NEGATIVE, settings(same_each_time, max_examples=200))
    # Batches are granted whose entries are not; and now and then what is broken is no part of the body.
    assert granted["refused"] > granted.total() / 2


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_other_requests_each_time_by_the_thousand(doors: list[Door], mode: GenerationMode) -> None:
    run(doors, mode, settings(generated, max_examples=2_500))


@pytest.mark.parametrize("name", DOCUMENT.examples)
def test_at_every_bound_of_every_field(doors: list[Door], name: str) -> None:
    example = DOCUMENT.examples[name]
    tried = 0
    for field, values in DOCUMENT.bounds(DOCUMENT.actions[example["action"]]).items():
        without = {key: value for key, value in example.items() if key != field}
        for request in (without, *(without | {field: value} for value in values)):
            for door in doors:
                status, reply = door.way.ask(request)
                check_verdict(request, status, reply)
            tried += 1
    assert tried >= 5 or example["action"] == "health"


# ---- names and keys --------------------------------------------------------------------------------------------------

PIECES = [
    f"chat-logs/{OWNER}",
    *(f"chat-logs/{OTHER}-{name}/" for name in WAYS),
    "session-index/owner=",
    "2026-11-20_",
    "month=2026-11/",
    "grown.jsonl.zst",
    "..",
    "../",
    "./",
    "//",
    "%2e%2e%2f",
    "\\",
    "\u2025/",
    "\uff0e\uff0e/",
    "\u200b",
    "\u0000",
    "\n",
    "?versionId=",
    "#",
    "&",
    "+",
    " ",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=12), min_size=1, max_size=8).map(
    "".join
)
with_a_name = st.builds(
    lambda action, kind, name, date: {
        "action": action,
        "kind": kind,
        "fileName": name,
        "sessionDate": date,
        "contentType": "application/zstd",
        "size": 5,
    },
    st.sampled_from(["upload", "multipart-create"]),
    st.sampled_from(["log", "index"]),
    texts,
    st.dates().map(str) | st.just("2026-11"),
)
with_a_key = st.builds(
    lambda name, key, more: DOCUMENT.examples[name] | {"s3Key": key} | more,
    st.sampled_from([name for name, example in DOCUMENT.examples.items() if "s3Key" in example]),
    texts,
    st.sampled_from([{}, {"kind": "index"}]),
)


@settings(same_each_time, max_examples=400)
@given(with_a_name)
def test_no_name_leads_out_of_the_owners_prefix(doors: list[Door], request: dict[str, Any]) -> None:
    for door in doors:
        status, reply = door.way.ask(request)
        check_reply(door, request, status, reply)
        assert status in (200, 400)
        if status == 200:
            name = reply["s3Key"].removeprefix(f"chat-logs/{door.way.owner}/{reply['timestamp']}_")
            index = f"session-index/owner={door.way.owner}/month={reply['timestamp']}/"
            assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]{0,127}", name.removeprefix(index)), reply["s3Key"]


@settings(same_each_time, max_examples=400)
@given(with_a_key)
def test_no_key_leads_out_of_the_owners_prefix(doors: list[Door], request: dict[str, Any]) -> None:
    for door in doors:
        prefix = f"chat-logs/{door.way.owner}/"
        # As it is, and with the owner's own prefix before it.
        for key in (request["s3Key"], prefix + request["s3Key"]):
            asked = request | {"s3Key": key}
            status, reply = door.way.ask(asked)
            check_reply(door, asked, status, reply)
            assert status in (200, 400, 404, 409), reply
            if status in (200, 409):
                assert is_own(door.way, key), key
