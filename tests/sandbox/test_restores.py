"""What lies in an archive class is read only after a restore, which takes hours, lasts days, and is asked for once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.sandbox.guard import guarded
from app.sandbox.identity import new_identity
from app.sandbox.server import s3_refusal
from app.sandbox.store import Store
from app.sandbox.strict import StrictS3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "chat-logs/sandbox/2026-01-02_session-0a1b2c3d.jsonl.zst"
BODY = b"long ago"


class Clock:
    """The sandbox's time, as far ahead of ours as a test likes."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Archive:
    """A server whose restores follow a clock that tests set."""

    def __init__(self, signer_at: Callable[[], Any], clock: Clock) -> None:
        self._signer_at = signer_at
        self.clock = clock

    @property
    def signer(self) -> Any:
        """Signs by the sandbox's clock."""
        return self._signer_at()

    def go(self, method: str, query: str = "", body: bytes = b"", **headers: str) -> Any:
        return self.signer.presign(
            method, KEY, headers or None, query=query, body=body, moment=self.clock()
        ).go()

    def put(self, storage_class: str) -> None:
        extra = {"x-amz-storage-class": storage_class}
        assert self.signer.put(BODY, extra=extra, moment=self.clock()).go().status_code == 200

    def restore(self, days: int = 2, tier: str = "Standard", query: str = "restore=") -> Any:
        parameters = f"<GlacierJobParameters><Tier>{tier}</Tier></GlacierJobParameters>"
        body = f"<RestoreRequest><Days>{days}</Days>{parameters}</RestoreRequest>".encode()
        return self.go("POST", query, body)

    def told(self) -> str | None:
        header: str | None = self.go("HEAD").headers.get("x-amz-restore")
        return header


@pytest.fixture
def archive(tmp_path: Path, serve_application: Any) -> Iterator[Archive]:
    from tests.sandbox.conftest import Signer  # noqa: PLC0415 - a class of the fixtures' module

    identity, clock = new_identity(), Clock()
    store = Store(tmp_path / "archive")
    port = serve_application(
        lambda port: guarded(StrictS3(identity.settings, store, clock), port, s3_refusal)
    )
    yield Archive(lambda: Signer(port, identity), clock)
    store.close()


def code(reply: Any) -> str:
    return "".join(re.findall("<Code>(.*)</Code>", reply.text))


@pytest.mark.parametrize(
    ("storage_class", "tier", "hours"),
    [
        ("GLACIER", "Standard", 5),
        ("GLACIER", "Bulk", 12),
        ("DEEP_ARCHIVE", "Standard", 12),
        ("DEEP_ARCHIVE", "Bulk", 48),
    ],
)
def test_a_copy_is_there_when_its_time_has_come_and_gone_when_its_days_are_over(
    archive: Archive, storage_class: str, tier: str, hours: int
) -> None:
    archive.put(storage_class)
    assert archive.told() is None

    assert archive.restore(days=2, tier=tier).status_code == 202
    archive.clock.ahead = timedelta(hours=hours) - timedelta(minutes=5)
    assert archive.told() == 'ongoing-request="true"'
    assert code(archive.go("GET")) == "InvalidObjectState"

    archive.clock.ahead = timedelta(hours=hours, minutes=1)
    assert archive.go("GET").content == BODY
    found = re.fullmatch('ongoing-request="false", expiry-date="(.*) 00:00:00 GMT"', archive.told() or "")
    assert found is not None
    assert archive.go("HEAD").headers["x-amz-storage-class"] == storage_class

    archive.clock.ahead = timedelta(hours=hours, days=3, minutes=1)
    assert archive.told() is None
    assert code(archive.go("GET")) == "InvalidObjectState"


def test_asking_again_is_refused_while_it_is_on_its_way_and_lengthens_what_is_there(archive: Archive) -> None:
    archive.put("GLACIER")
    archive.restore(days=1)
    again = archive.restore(days=1)
    assert (again.status_code, code(again)) == (409, "RestoreAlreadyInProgress")

    archive.clock.ahead = timedelta(hours=6)
    before = archive.told()
    assert archive.restore(days=9).status_code == 200
    after = archive.told()
    assert before != after
    assert archive.go("GET").content == BODY


def test_a_version_is_restored_for_itself(archive: Archive) -> None:
    archive.put("GLACIER")
    version_id = archive.go("HEAD").headers["x-amz-version-id"]
    archive.put("GLACIER")

    assert archive.restore(query=f"restore=&versionId={version_id}").status_code == 202
    assert archive.told() is None
    assert archive.go("HEAD", f"versionId={version_id}").headers["x-amz-restore"] == 'ongoing-request="true"'


@pytest.mark.parametrize("storage_class", ["STANDARD", "STANDARD_IA", "GLACIER_IR"])
def test_what_can_be_read_is_not_restored(archive: Archive, storage_class: str) -> None:
    archive.put(storage_class)
    reply = archive.restore()
    assert (reply.status_code, code(reply)) == (403, "InvalidObjectState")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", "MalformedXML"),
        (b"<RestoreRequest/>", "MalformedXML"),
        (b"<Other><Days>1</Days></Other>", "MalformedXML"),
        (b"<!DOCTYPE a><RestoreRequest><Days>1</Days></RestoreRequest>", "MalformedXML"),
        (b"<RestoreRequest><Days>0</Days></RestoreRequest>", "InvalidArgument"),
        (b"<RestoreRequest><Days>9999999999</Days></RestoreRequest>", "InvalidArgument"),
        (b"<RestoreRequest><Days>1</Days><Tier>Teleport</Tier></RestoreRequest>", "InvalidArgument"),
    ],
)
def test_nonsense_is_refused(archive: Archive, body: bytes, refusal: str) -> None:
    archive.put("GLACIER")
    assert code(archive.go("POST", "restore=", body)) == refusal
    assert archive.told() is None


def test_deep_archive_knows_no_haste(archive: Archive) -> None:
    archive.put("DEEP_ARCHIVE")
    assert code(archive.restore(tier="Expedited")) == "InvalidArgument"
    assert code(archive.go("POST", "restore=", b"x" * 70_000)) == "MalformedXML"


def test_what_is_not_there_or_hidden_is_not_restored(archive: Archive) -> None:
    # The handler's user may list under prefixes only: S3 says of a missing key that access is denied.
    assert archive.restore().status_code == 403
    archive.put("GLACIER")
    archive.go("DELETE")
    assert archive.restore().status_code == 403
