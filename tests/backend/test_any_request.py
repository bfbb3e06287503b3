"""Whatever comes in at either door, the answer is the handler's own: below 500, JSON, with a reason. On moto."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backend.openapi_document import Document
from tests.backend.rest_events import TEAM, rest_event

KEY = "chat-logs/hana/2026-11-20_a.md"
DOCUMENT = Document.load()
ACTIONS = [*DOCUMENT.actions, "multipart", "destroy"]
FIELDS = sorted(
    {field for name in DOCUMENT.actions.values() for fields in DOCUMENT.fields(name)[""] for field in fields}
    - {"action"}
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=30)
    | st.sampled_from(["log", "index", "application/zstd", "2026-11-20", KEY, "SHA256", "chat-logs/hana/"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(), max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)
# Mostly right, so that the values come far before they are refused.
likely = st.fixed_dictionaries(
    {},
    optional={
        "fileName": st.text(st.characters(), min_size=1, max_size=300),
        "contentType": st.sampled_from(["application/zstd", "text/plain; charset=utf-8"]),
        "expiresIn": st.integers(60, 3600),
        "kind": st.sampled_from(["log", "index"]),
        "size": st.integers(0, 10**10),
        "sessionDate": st.dates().map(str),
        "s3Key": st.just(KEY)
        | st.text(st.characters(), max_size=40).map(lambda rest: "chat-logs/hana/" + rest),
        "ifAbsent": st.booleans(),
        "metadata": st.dictionaries(
            st.from_regex(r"[a-z-]{1,9}", fullmatch=True), st.text(max_size=9), max_size=3
        ),
        "versionId": st.text(max_size=40),
        "cursor": st.text(max_size=40),
        "limit": st.integers(1, 1000),
        "uploadId": st.text(max_size=40),
        "after": st.integers(0, 10_000),
        "days": st.integers(1, 14),
        "tier": st.sampled_from(["Standard", "Bulk"]),
    },
)
requests = st.builds(
    lambda action, fields, more: {"action": action} | fields | more,
    st.sampled_from(ACTIONS),
    likely,
    st.dictionaries(st.sampled_from(FIELDS), anything, max_size=2),
)
batches = st.builds(
    lambda action, items: {"action": action, "items": items},
    st.sampled_from(["upload", "download", "head"]),
    st.lists(likely | anything, min_size=1, max_size=5),
)

unhurried = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=["function-url", "rest-api"])
def open_desk(request: Any, make_desk: Any, environment: dict[str, str], bucket: Any) -> Any:
    bucket.put_object(Bucket="media-viewer-v209-chat-logs-test-123456789012", Key=KEY, Body=b"x")
    if request.param == "function-url":
        return make_desk(environment)
    return make_desk(environment | TEAM, template=rest_event(owner_id="hana"))


def check(answer: Any) -> None:
    assert 200 <= answer.status < 500
    assert answer.headers["cache-control"] == "no-store"
    if answer.status != 200:
        assert answer.body["detail"]
        assert answer.body["code"]
    for item in answer.body.get("items", []):
        assert item.get("status", 200) < 500
    for reply in [answer.body, *answer.body.get("items", [])]:
        if "s3Key" in reply:
            assert reply["s3Key"].startswith(("chat-logs/hana/", "session-index/owner=hana/"))


@unhurried
@given(requests)
def test_any_request_is_answered_or_refused_with_a_reason(open_desk: Any, asked: Any) -> None:
    check(open_desk.raw(json.dumps(asked)))


@unhurried
@given(batches)
def test_any_batch_is_answered_entry_by_entry(open_desk: Any, asked: Any) -> None:
    answer = open_desk.raw(json.dumps(asked))
    check(answer)
    if answer.status == 200:
        assert len(answer.body["items"]) == len(asked["items"])


@unhurried
@given(anything)
def test_any_json_is_answered_or_refused_with_a_reason(open_desk: Any, value: Any) -> None:
    check(open_desk.raw(json.dumps(value)))


@unhurried
@given(st.text(st.characters(), max_size=200), st.booleans())
def test_any_text_is_answered_or_refused_with_a_reason(open_desk: Any, body: str, base64: bool) -> None:
    check(open_desk.raw(body, base64=base64))


@unhurried
@given(anything)
def test_any_event_is_refused_with_a_reason(open_desk: Any, event: Any) -> None:
    assert open_desk.send(event).status == 403


def paths(value: Any, way: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    here = [way] if way else []
    return (
        here + [path for name in value for path in paths(value[name], (*way, name))]
        if isinstance(value, dict)
        else here
    )


@unhurried
@given(st.data(), anything)
def test_an_event_with_anything_in_any_place_is_answered_or_refused(
    open_desk: Any, data: st.DataObject, value: Any
) -> None:
    changed = json.loads(json.dumps(open_desk.template | {"body": '{"action": "list"}'}))
    *way, last = data.draw(st.sampled_from(paths(changed)))
    place = changed
    for step in way:
        place = place[step]
    place[last] = value
    check(open_desk.send(changed))
