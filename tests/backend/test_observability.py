"""The log: structured, levelled, and silent about whatever opens something."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

KEY = "chat-logs/hana/2026-11-20_a.md"
LEVELS = {"DEBUG", "INFO", "WARN", "ERROR"}


def exercise(desk: Any, upload: dict[str, Any], bucket: Any) -> None:
    bucket.put_object(Bucket="media-viewer-v209-chat-logs-test-123456789012", Key=KEY, Body=b"x")
    desk.ask("upload", **upload, metadata={"tool": "private-word"})
    desk.ask("upload", items=[upload, {"fileName": "private-word"}])
    desk.ask("download", s3Key=KEY)
    desk.ask("head", items=[{"s3Key": KEY}, {"s3Key": "chat-logs/taro/private-word"}])
    desk.ask("list")
    desk.ask("versions")
    desk.ask("health")
    desk.ask("private-word")
    desk.send({})


def test_no_url_token_or_key_is_logged_at_any_level(
    make_desk: Any,
    environment: dict[str, str],
    upload: dict[str, Any],
    bucket: Any,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="botocore.auth")
    desk = make_desk(environment | {"LOG_LEVEL": "DEBUG"})
    signed = desk.ask("upload", **upload).body["presignedUrl"]
    # Signing writes nothing through botocore's own logger, whatever level somebody has set for it.
    assert "".join(record.getMessage() for record in caplog.records) == ""
    exercise(desk, upload, bucket)
    text = "".join(desk.lines) + "".join(capfd.readouterr())
    for forbidden in (
        "X-Amz-",
        "https://",
        signed.rpartition("=")[2],
        environment["AWS_SECRET_ACCESS_KEY"],
        environment["AWS_SESSION_TOKEN"],
        environment["AWS_ACCESS_KEY_ID"],
        "private-word",
        "chat-logs/",
    ):
        assert forbidden not in text
    assert desk.log("DEBUG")


def test_every_line_is_json_with_level_time_and_request(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any], bucket: Any
) -> None:
    desk = make_desk(environment | {"LOG_LEVEL": "DEBUG"})
    exercise(desk, upload, bucket)
    for line in map(json.loads, desk.lines):
        assert line["level"] in LEVELS
        assert line["timestamp"] == "2026-11-23T19:15:07.000Z"
        assert line["requestId"]
        assert line["message"]


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("DEBUG", LEVELS - {"ERROR"}),
        ("INFO", {"INFO", "WARN"}),
        ("WARN", {"INFO", "WARN"}),
        ("ERROR", {"INFO"}),
    ],
)
def test_the_level_decides_what_is_written_beside_the_metrics(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any], level: str, written: set[str]
) -> None:
    desk = make_desk(environment | {"LOG_LEVEL": level})
    desk.ask("upload", **upload | {"size": 2 * 1024**3})
    assert {json.loads(line)["level"] for line in desk.lines} == written


@pytest.mark.parametrize(
    ("size", "warned"), [(5, False), (1024**3 - 1, False), (1024**3, True), (5 * 1024**3, True)]
)
def test_a_large_upload_is_warned_of(desk: Any, upload: dict[str, Any], size: int, warned: bool) -> None:
    desk.ask("upload", **upload | {"size": size})
    assert bool(desk.log("WARN")) is warned


def test_an_upload_near_the_stages_limit_is_warned_of(
    make_desk: Any, environment: dict[str, str], upload: dict[str, Any]
) -> None:
    desk = make_desk(environment | {"MAX_OBJECT_BYTES": "1000"})
    desk.ask("upload", **upload | {"size": 900})
    assert not desk.log("WARN")
    desk.ask("upload", **upload | {"size": 901})
    assert desk.log("WARN")[0]["limit"] == 1000


def test_the_last_line_carries_the_metrics(desk: Any, upload: dict[str, Any]) -> None:
    desk.ask("upload", items=[upload, {}, upload])
    (line,) = desk.log("INFO")
    assert (line["Action"], line["status"], line["Requests"], line["Items"], line["Problems"]) == (
        "upload",
        200,
        1,
        3,
        1,
    )
    (definition,) = line["_aws"]["CloudWatchMetrics"]
    assert definition["Dimensions"] == [["Action"]]
    assert {metric["Name"] for metric in definition["Metrics"]} <= line.keys()
    assert line["_aws"]["Timestamp"] == 1795461307000
    assert line["Duration"] >= 0


def test_a_callers_words_never_become_a_metric(desk: Any) -> None:
    desk.ask("made-up-action")
    (line,) = desk.log("INFO")
    assert (line["Action"], line["code"], line["Failures"], line["Problems"]) == (
        "none",
        "invalid-request",
        0,
        1,
    )


def test_a_bug_is_logged_with_its_place_and_without_its_words(
    make_desk: Any, environment: dict[str, str]
) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("private-word")

    desk = make_desk(environment, broken)
    answer = desk.ask("list")
    assert (answer.status, answer.body["code"]) == (500, "internal")
    (line,) = desk.log("ERROR")
    assert line["exception"] == "ZeroDivisionError"
    assert any("storage.py" in place for place in line["trace"])
    assert "private-word" not in "".join(desk.lines) + json.dumps(answer.body)
    assert desk.log("INFO")[0]["Failures"] == 1


def test_lambdas_own_request_id_is_used_where_there_is_one(desk: Any, event: dict[str, Any]) -> None:
    class Context:
        aws_request_id = "lambda-request"

    desk.door(event, Context())
    assert desk.log("INFO")[0]["requestId"] == "lambda-request"


@pytest.mark.parametrize("request_id", [None, 7, "", "x" * 129, "a\nb", "ログ"])
def test_an_unfit_request_id_is_replaced(desk: Any, event: dict[str, Any], request_id: object) -> None:
    event["requestContext"]["requestId"] = request_id
    answer = desk.send(event)
    assert answer.body["requestId"] != request_id
    assert len(answer.body["requestId"]) == 36
