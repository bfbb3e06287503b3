"""Objects hidden, shown again and asked back from an archive class, on a server that does as S3 does."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.backend.strict_desk import PREFIX, StrictDesk, crc64nvme, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sandbox.lifecycle import SandboxInfo

NUMBERS = itertools.count()
HIDDEN_KEY = f"{PREFIX}2026-11-20_hidden.md"


@pytest.fixture
def desk(shared_sandbox: SandboxInfo) -> Iterator[StrictDesk]:
    desk = StrictDesk(shared_sandbox)
    yield desk
    desk.check_log()


@pytest.fixture
def s3_key() -> str:
    """A key that nobody else has."""
    return f"{PREFIX}2026-11-20_lifetime-{next(NUMBERS)}.jsonl.zst"


def read(desk: StrictDesk, s3_key: str, **more: Any) -> bytes:
    grant = desk.got("download", s3Key=s3_key, **more)
    got = send("GET", grant["presignedUrl"], grant["headers"])
    assert got.status_code == 200
    return got.content


def versions(desk: StrictDesk, s3_key: str) -> list[tuple[str, bool]]:
    listed = desk.got("versions", s3Key=s3_key)["versions"]
    return [(version["versionId"], version["isDeleted"]) for version in listed]


# ---- delete, undelete ------------------------------------------------------------------------------------------


def test_what_is_deleted_is_hidden_and_comes_back(desk: StrictDesk, s3_key: str) -> None:
    first = desk.store(s3_key, b"first")
    kept = {
        "Metadata": {"tool": "codex"},
        "ContentType": "application/zstd",
        "ChecksumAlgorithm": "CRC64NVME",
    }
    second = desk.store(s3_key, b"second", **kept)
    before = desk.got("head", s3Key=s3_key)

    marker = desk.got("delete", s3Key=s3_key)["versionId"]

    assert versions(desk, s3_key) == [(marker, True), (second, False), (first, False)]
    assert desk.ask("head", s3Key=s3_key).status == 404
    assert desk.ask("download", s3Key=s3_key).status == 404
    assert read(desk, s3_key, versionId=second) == b"second"

    shown = desk.got("undelete", s3Key=s3_key)["versionId"]

    assert versions(desk, s3_key) == [(shown, False), (marker, True), (second, False), (first, False)]
    assert read(desk, s3_key) == b"second"
    after = desk.got("head", s3Key=s3_key)
    changed = {"versionId", "etag"}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert after["checksum"] == crc64nvme(b"second")
    assert after["encryption"]["algorithm"] == "aws:kms"


def test_both_may_be_asked_for_again(desk: StrictDesk, s3_key: str) -> None:
    desk.store(s3_key, b"body")
    marker = desk.got("delete", s3Key=s3_key)
    assert desk.got("delete", s3Key=s3_key) == marker
    shown = desk.got("undelete", s3Key=s3_key)
    assert desk.got("undelete", s3Key=s3_key) == shown
    assert len(versions(desk, s3_key)) == 3


def test_what_was_written_meanwhile_is_not_covered_with_the_old(
    desk: StrictDesk, s3_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.presign.storage import Storage  # noqa: PLC0415 - the class that is changed here

    desk.store(s3_key, b"old")
    desk.got("delete", s3Key=s3_key)
    real = Storage.call

    def late(self: Storage, operation: str, meanings: Any = None, /, **parameters: Any) -> Any:
        if operation == "copy_object":
            desk.store(s3_key, b"new")
        return real(self, operation, meanings, **parameters)

    monkeypatch.setattr("backend.presign.storage.Storage.call", late)
    shown = desk.got("undelete", s3Key=s3_key)
    assert read(desk, s3_key) == b"new"
    assert shown["versionId"] == desk.got("head", s3Key=s3_key)["versionId"]


def test_a_name_that_others_begin_with_is_not_taken_for_them(desk: StrictDesk, s3_key: str) -> None:
    desk.store(s3_key + ".other", b"body")
    assert desk.ask("delete", s3Key=s3_key).status == 404
    assert desk.ask("undelete", s3Key=s3_key).status == 404
    assert desk.ask("restore", s3Key=s3_key).status == 404
    assert desk.got("head", s3Key=s3_key + ".other")["size"] == 4


def test_markers_alone_are_nothing_to_bring_back(desk: StrictDesk, s3_key: str) -> None:
    client = desk.client()
    client.delete_object(Bucket=desk.identity.bucket, Key=s3_key)
    client.close()
    assert desk.ask("undelete", s3Key=s3_key).status == 404


def test_a_hidden_version_in_an_archive_class_is_restored_first(desk: StrictDesk, s3_key: str) -> None:
    version_id = desk.store(s3_key, b"cold", StorageClass="DEEP_ARCHIVE")
    desk.got("delete", s3Key=s3_key)

    refused = desk.ask("undelete", s3Key=s3_key)
    assert (refused.status, refused.body["code"]) == (409, "object-archived")
    assert (refused.body["versionId"], refused.body["storageClass"]) == (version_id, "DEEP_ARCHIVE")
    assert "restore" in refused.body["detail"]

    assert desk.got("restore", s3Key=s3_key, versionId=version_id)["state"] == "in-progress"
    assert desk.ask("undelete", s3Key=s3_key).body["restore"]["state"] == "in-progress"
    desk.finish_restores()
    desk.got("undelete", s3Key=s3_key)
    assert read(desk, s3_key) == b"cold"
    assert desk.got("head", s3Key=s3_key)["storageClass"] == "STANDARD"


def test_a_hidden_version_too_large_to_copy_says_what_to_do(
    desk: StrictDesk, s3_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_id = desk.store(s3_key, b"12345678901")
    desk.got("delete", s3Key=s3_key)
    monkeypatch.setattr("backend.presign.actions_lifetime.COPY_LIMIT", 10)
    refused = desk.ask("undelete", s3Key=s3_key)
    assert (refused.status, refused.body["code"]) == (413, "too-large")
    assert (refused.body["size"], refused.body["limit"], refused.body["versionId"]) == (11, 10, version_id)
    assert "Download" in refused.body["detail"]


def test_nothing_is_deleted_where_the_bucket_keeps_no_versions(make_desk: Any) -> None:
    asked: list[str] = []
    line = {
        "Key": "chat-logs/hana/2026-11-20_a.md",
        "VersionId": "null",
        "IsLatest": True,
        "LastModified": datetime(2026, 11, 20, tzinfo=UTC),
        "Size": 5,
    }

    class Unversioned:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return lambda **_: {"Versions": [line]}

    answer = make_desk(client_factory=lambda _: Unversioned()).ask("delete", s3Key=line["Key"])
    assert (answer.status, asked) == (500, ["list_object_versions"])


# ---- restore ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("storage_class", "tier", "hours"),
    [
        ("GLACIER", "Standard", 5),
        ("GLACIER", "Bulk", 12),
        ("DEEP_ARCHIVE", "Standard", 12),
        ("DEEP_ARCHIVE", "Bulk", 48),
    ],
)
def test_a_restore_says_by_when_it_is_expected(
    desk: StrictDesk, s3_key: str, storage_class: str, tier: str, hours: int
) -> None:
    desk.store(s3_key, b"cold", StorageClass=storage_class)
    begun = datetime.now(UTC).replace(microsecond=0)
    asked = desk.got("restore", s3Key=s3_key, days=2, tier=tier)
    expected = datetime.fromisoformat(asked["expectedBy"])
    assert asked.keys() == {"state", "expectedBy"}
    assert asked["state"] == "in-progress"
    assert begun + timedelta(hours=hours) <= expected <= datetime.now(UTC) + timedelta(hours=hours)
    assert desk.got("head", s3Key=s3_key)["restore"] == {"state": "in-progress", "expiresAt": None}


def test_asking_again_is_no_mistake_and_what_is_there_can_be_read(desk: StrictDesk, s3_key: str) -> None:
    desk.store(s3_key, b"cold", StorageClass="GLACIER")
    desk.got("restore", s3Key=s3_key)
    again = desk.got("restore", s3Key=s3_key)
    assert again["state"] == "in-progress"
    # Nobody knows how it was asked for: the slowest way is what can be promised.
    assert datetime.fromisoformat(again["expectedBy"]) > datetime.now(UTC) + timedelta(hours=11)

    desk.finish_restores()
    there = desk.got("restore", s3Key=s3_key, days=14)
    assert there["state"] == "restored"
    assert datetime.fromisoformat(there["expectedBy"]) <= datetime.now(UTC)
    told = desk.got("head", s3Key=s3_key)["restore"]
    assert told["state"] == "restored"
    assert datetime.fromisoformat(told["expiresAt"]) > datetime.now(UTC) + timedelta(days=13)
    assert read(desk, s3_key) == b"cold"


def test_two_that_ask_at_once_are_both_told_that_it_is_in_progress(
    desk: StrictDesk, s3_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.presign.storage import Storage  # noqa: PLC0415 - the class that is changed here

    desk.store(s3_key, b"cold", StorageClass="GLACIER")
    real = Storage.call

    def after_another(self: Storage, operation: str, meanings: Any = None, /, **parameters: Any) -> Any:
        if operation == "restore_object":
            real(self, operation, **parameters)
        return real(self, operation, meanings, **parameters)

    monkeypatch.setattr("backend.presign.storage.Storage.call", after_another)
    assert desk.got("restore", s3Key=s3_key)["state"] == "in-progress"


def test_what_is_on_its_way_is_not_hurried(make_desk: Any) -> None:
    """S3 would take a second request for a faster way, which costs more."""
    asked: list[str] = []

    class OnItsWay:
        def head_object(self, **_: object) -> Any:
            told = {"StorageClass": "GLACIER", "Restore": 'ongoing-request="true"'}
            return {"ContentLength": 5, "ETag": '"e"', "VersionId": "v1", **told}

        def restore_object(self, **_: object) -> Any:
            asked.append("restore")
            return {}

    answer = make_desk(client_factory=lambda _: OnItsWay()).ask(
        "restore", s3Key="chat-logs/hana/2026-11-20_a.md"
    )
    assert (answer.body["state"], asked) == ("in-progress", [])


@pytest.mark.parametrize("storage_class", ["STANDARD", "STANDARD_IA", "GLACIER_IR"])
def test_what_can_be_read_is_not_restored(desk: StrictDesk, s3_key: str, storage_class: str) -> None:
    desk.store(s3_key, b"warm", StorageClass=storage_class)
    refused = desk.ask("restore", s3Key=s3_key)
    assert (refused.status, refused.body["code"], refused.body["retryable"]) == (409, "not-archived", False)
    assert refused.body["storageClass"] == storage_class


def test_a_class_that_tiers_by_itself_takes_no_days(make_desk: Any) -> None:
    asked: list[dict[str, Any]] = []

    class Tiering:
        def head_object(self, **_: object) -> Any:
            archived = {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "DEEP_ARCHIVE_ACCESS"}
            return {"ContentLength": 5, "ETag": '"e"', "VersionId": "v1", **archived}

        def restore_object(self, **parameters: Any) -> Any:
            asked.append(parameters)
            return {}

    answer = make_desk(client_factory=lambda _: Tiering()).ask(
        "restore", s3Key="chat-logs/hana/2026-11-20_a.md", tier="Bulk"
    )
    assert answer.body == {"state": "in-progress", "expectedBy": "2026-11-25T19:15:07Z"}
    assert asked[0]["RestoreRequest"] == {"GlacierJobParameters": {"Tier": "Bulk"}}
    assert asked[0]["VersionId"] == "v1"


@pytest.mark.parametrize(
    ("action", "changes", "field"),
    [
        ("restore", {"days": 0}, "days"),
        ("restore", {"days": 15}, "days"),
        ("restore", {"days": 1.0}, "days"),
        ("restore", {"tier": "Expedited"}, "tier"),
        ("restore", {"versionId": "a b"}, "versionId"),
        ("restore", {"s3Key": None}, "s3Key"),
        ("delete", {"versionId": "v1"}, "versionId"),
        ("undelete", {"versionId": "v1"}, "versionId"),
        ("delete", {"s3Key": None}, "s3Key"),
        ("undelete", {"items": []}, "items"),
    ],
)
def test_a_field_at_fault_is_named(
    desk: StrictDesk, action: str, changes: dict[str, Any], field: str
) -> None:
    given = {name: value for name, value in ({"s3Key": HIDDEN_KEY} | changes).items() if value is not None}
    refused = desk.ask(action, **given)
    assert (refused.status, refused.body["code"], refused.body["field"]) == (400, "invalid-request", field)


# ---- whose they are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "s3_key",
    [
        "chat-logs/somebody-else/2026-11-20_a.md",
        "chat-logs/sandbox/../somebody-else/2026-11-20_a.md",
        "session-index/owner=somebody-else/month=2026-11/m.jsonl.zst",
        "elsewhere",
    ],
)
@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("multipart-create", {"contentType": "application/zstd", "size": 5}),
        (
            "multipart-sign",
            {"uploadId": "u", "parts": [{"partNumber": 1, "size": 5, "checksum": crc64nvme(b"hello")}]},
        ),
        ("multipart-list", {"uploadId": "u"}),
        ("multipart-complete", {"uploadId": "u", "size": 5, "checksum": crc64nvme(b"hello")}),
        ("multipart-abort", {"uploadId": "u"}),
        ("restore", {}),
        ("delete", {}),
        ("undelete", {}),
    ],
)
def test_another_owners_objects_are_not_there(
    make_desk: Any, environment: dict[str, str], s3_key: str, action: str, more: dict[str, Any]
) -> None:
    def no_client(_: object) -> object:
        raise AssertionError("S3 was asked about another owner's key")

    answer = make_desk(environment | {"OWNER_ID": "sandbox"}, no_client).ask(action, s3Key=s3_key, **more)
    assert (answer.status, answer.body["code"]) == (404, "not-found")


@pytest.mark.parametrize("action", ["restore", "delete", "undelete"])
def test_a_role_that_may_not_is_the_operators_matter(make_desk: Any, action: str) -> None:
    class Refusing:
        def __getattr__(self, name: str) -> Any:
            def refuse(**_: object) -> Any:
                told = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
                raise ClientError(told, name)

            return refuse

    desk = make_desk(client_factory=lambda _: Refusing())
    answer = desk.ask(action, s3Key="chat-logs/hana/2026-11-20_a.md")
    assert (answer.status, answer.body["code"]) == (500, "internal")
    (line,) = desk.log("ERROR")
    assert line["s3Code"] == "AccessDenied"
