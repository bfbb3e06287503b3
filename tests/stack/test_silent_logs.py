"""Whatever is asked of the presign function, its log tells nobody's URL, token, name or content.

The real function, at its most talkative level, on the sandbox's S3: every action, and requests that are refused.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.sandbox.server import handler_environment
from backend.handler import Door
from tests.backend.conftest import EVENT
from tests.backend.strict_desk import StrictDesk, crc64nvme, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sandbox.lifecycle import SandboxInfo

NUMBERS = itertools.count()
TITLE = "plans-for-the-winter-garden"
CONTENT = b"What aki wrote to the assistant about the winter garden\n"
TOKEN = "aSessionTokenThatOpensEverything"
BEARER = "aBearerTokenThatOpensEverything"
OTHERS = "chat-logs/bob/2026-11-20_somebody-elses-diary.md"


@pytest.fixture
def desk(shared_sandbox: SandboxInfo) -> Iterator[StrictDesk]:
    """The function as it is deployed for development."""
    desk = StrictDesk(shared_sandbox)
    environment = handler_environment(desk.identity) | {"LOG_LEVEL": "DEBUG"}
    desk.door = Door(environment, clock=desk.clock, write_log=desk.lines.append)
    yield desk
    desk.check_log()


def everything(desk: StrictDesk) -> list[dict[str, Any]]:
    """Every action once and more, as the program asks for them; each reply."""
    name = f"{TITLE}-{next(NUMBERS)}.md"
    upload = {
        "fileName": name,
        "contentType": "text/markdown",
        "size": len(CONTENT),
        "checksum": crc64nvme(CONTENT),
        "sessionDate": "2026-11-20",
        "metadata": {"title": TITLE},
    }
    replies = [desk.got("upload", **upload)]
    grant = replies[0]
    assert send("PUT", grant["presignedUrl"], grant["headers"], CONTENT).status_code == 200
    key = {"s3Key": grant["s3Key"]}
    replies += [desk.got("upload", items=[upload, {**upload, "fileName": f"more-{name}"}])]
    replies += [desk.got("download", **key), desk.got("head", **key), desk.got("versions", **key)]
    replies += [desk.got("list"), desk.got("health"), desk.got("delete", **key), desk.got("undelete", **key)]
    replies += _in_parts(desk, upload | {"fileName": f"parts-{name}"})
    # Refused: another's, unknown, unfit, and no request at all.
    replies += [
        desk.ask(action, **fields).body
        for action, fields in (
            ("head", {"s3Key": OTHERS}),
            ("download", {"s3Key": grant["s3Key"] + "-missing"}),
            ("restore", {**key, "days": TITLE}),
            ("upload", {**upload, "contentType": TITLE, "size": TITLE}),
            ("multipart-complete", {**key, "uploadId": TITLE, "size": 1, "checksum": crc64nvme(b"a")}),
            (TITLE, {}),
        )
    ]
    for body in (f"not JSON: {TITLE}", json.dumps([TITLE]), None):
        desk.door({**EVENT, "body": body, "headers": {"authorization": f"Bearer {BEARER}"}}, None)
    stranger = {**EVENT["requestContext"], "authorizer": {"jwt": {"claims": {"token": BEARER}}}}
    desk.door({**EVENT, "requestContext": stranger, "headers": {"x-amz-security-token": TOKEN}}, None)
    return replies


def _in_parts(desk: StrictDesk, fields: dict[str, Any]) -> list[dict[str, Any]]:
    told = {"size": fields["size"], "checksum": fields["checksum"]}
    created = desk.got("multipart-create", **{one: fields[one] for one in fields if one != "checksum"})
    named = {one: created[one] for one in ("s3Key", "uploadId")}
    signed = desk.got("multipart-sign", **named, parts=[{"partNumber": 1, **told}])
    (grant,) = signed["parts"]
    assert send("PUT", grant["presignedUrl"], grant["headers"], CONTENT).status_code == 200
    listed = desk.got("multipart-list", **named)
    done = desk.got("multipart-complete", **named, **told)
    again = desk.got("multipart-create", **{one: fields[one] for one in fields if one != "checksum"})
    ended = desk.got("multipart-abort", s3Key=again["s3Key"], uploadId=again["uploadId"])
    return [created, signed, listed, done, again, ended]


def secrets_in(value: object) -> Iterator[str]:
    """What in a reply opens or names something: URLs and what is signed in them, keys, uploads, checksums."""
    if isinstance(value, list):
        for one in value:
            yield from secrets_in(one)
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        if name == "presignedUrl":
            yield member
            yield from (signed for _, signed in parse_qsl(urlsplit(member).query) if len(signed) > 20)
        elif name in {"s3Key", "uploadId", "fileName", "versionId", "etag"} and isinstance(member, str):
            yield member
        else:
            yield from secrets_in(member)


def test_no_url_token_title_or_content_is_logged(desk: StrictDesk) -> None:
    found = {one for reply in everything(desk) for one in secrets_in(reply)}
    known = {TITLE, CONTENT.decode().strip(), TOKEN, BEARER, OTHERS, "X-Amz-", "http://", "https://"}
    known |= {desk.identity.secret_key, desk.identity.access_key, "chat-logs/", "session-index/"}
    # The search is for something: URLs, their signatures, keys.
    assert any("X-Amz-Signature" in one for one in found)
    assert any(len(one) == 64 and one.isalnum() for one in found)
    assert any(one.startswith("chat-logs/") for one in found)
    log = "\n".join(desk.lines)
    assert [one for one in found | known if one in log] == []


def test_the_log_that_is_searched_tells_of_every_action(desk: StrictDesk) -> None:
    everything(desk)
    lines = [json.loads(line) for line in desk.lines]
    asked = {"upload", "download", "head", "versions", "list", "health", "delete", "undelete", "restore"}
    parts = {f"multipart-{one}" for one in ("create", "sign", "list", "complete", "abort")}
    assert {line["Action"] for line in lines if "Action" in line} == asked | parts | {"none"}
    assert {"DEBUG", "INFO", "WARN"} <= {line["level"] for line in lines}
