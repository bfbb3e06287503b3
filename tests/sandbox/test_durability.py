"""What was acknowledged is there: after a clean stop, after a kill, after kills in the middle of writes."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import requests
from awscrt import checksums

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.sandbox.lifecycle import Sandbox, SandboxInfo

FOLDER = "chat-logs/sandbox/"
RESTORE = b"<RestoreRequest><Days>3</Days></RestoreRequest>"


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def ended(pid: int) -> bool:
    """Gone, or dead and not yet waited for; it may go between two questions."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(sandbox: Sandbox, info: SandboxInfo) -> None:
    psutil.Process(info.pid).kill()
    wait_until(lambda: ended(info.pid))


def stop(sandbox: Sandbox, info: SandboxInfo) -> None:
    sandbox.stop()


def crc64nvme(body: bytes) -> str:
    return base64.b64encode(checksums.crc64nvme(body).to_bytes(8, "big")).decode()


def everything(signer: Any) -> dict[str, Any]:
    """All that the sandbox says of what it holds: the list of versions, and each version's headers and bytes."""
    listing = signer.presign("GET", "", query=f"versions=&prefix={FOLDER}").go()
    assert listing.status_code == 200
    found: dict[str, Any] = {"listing": listing.text}
    for version in re.findall("<Version>(.*?)</Version>", listing.text):
        key, version_id = re.search("<Key>(.*)</Key><VersionId>(.*)</VersionId>", version).groups()  # type: ignore[union-attr]
        reply = signer.presign(
            "HEAD", key, {"x-amz-checksum-mode": "ENABLED"}, query=f"versionId={version_id}"
        ).go()
        told = {
            name: value for name, value in reply.headers.items() if name not in {"date", "x-amz-request-id"}
        }
        body = signer.presign("GET", key, query=f"versionId={version_id}").go()
        if body.status_code == 200:
            told["sha256"] = hashlib.sha256(body.content).hexdigest()
        found[version_id] = (told, body.status_code)
    return found


@pytest.mark.parametrize("end", [stop, kill])
def test_objects_versions_markers_and_keys_survive(
    end: Callable[[Sandbox, SandboxInfo], None], tmp_path: Path, make_sandbox: Any, signer_of: Any
) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    info = sandbox.ensure_running()
    signer = signer_of(info)
    first, second, large = b"first", b"second version", os.urandom(3_000_000)
    objects: list[tuple[bytes, str, dict[str, str]]] = [
        (first, "grows", {}),
        (second, "grows", {"x-amz-meta-original-size": "14"}),
        (large, "large", {"x-amz-checksum-crc64nvme": crc64nvme(large)}),
        (b"cold", "cold", {"x-amz-storage-class": "DEEP_ARCHIVE"}),
        (b"", "empty", {}),
        (b"gone", "gone", {}),
        (b"lower", "case", {}),
        (b"UPPER", "CASE", {}),
    ]
    for body, name, extra in objects:
        without = ("x-amz-checksum-sha256",) if "x-amz-checksum-crc64nvme" in extra else ()
        assert signer.put(body, FOLDER + name, extra=extra, without=without).go().status_code == 200
    assert signer.presign("DELETE", FOLDER + "gone").go().status_code == 204
    restore = signer.presign("POST", FOLDER + "cold", query="restore=", body=RESTORE).go()
    assert restore.status_code == 202
    source = {"x-amz-copy-source": f"{signer.identity.bucket}/{FOLDER}large", **signer.encryption}
    assert signer.presign("PUT", FOLDER + "copy", source).go().status_code == 200
    before = everything(signer)

    end(sandbox, info)
    again = sandbox.ensure_running()

    after_signer = signer_of(again)
    assert after_signer.identity == signer.identity
    assert everything(after_signer) == before
    assert before["listing"].count("<DeleteMarker>") == 1
    assert before["listing"].count("<Version>") == 9
    assert after_signer.presign("GET", FOLDER + "grows").go().content == second
    assert after_signer.presign("GET", FOLDER + "large").go().content == large
    assert after_signer.presign("GET", FOLDER + "copy").go().content == large
    assert after_signer.presign("HEAD", FOLDER + "cold").go().headers["x-amz-restore"]
    assert after_signer.presign("GET", FOLDER + "case").go().content == b"lower"
    assert after_signer.presign("GET", FOLDER + "CASE").go().content == b"UPPER"
    assert after_signer.put(first, FOLDER + "grows", extra={"if-none-match": "*"}).go().status_code == 412


def body_of(key: str) -> bytes:
    """The bytes that belong to a key: sizes on both sides of the limit between rows and files."""
    chance = random.Random(key)  # noqa: S311 - repeatable
    return chance.randbytes(chance.choice([0, 100, 30_000, 131_072, 131_073, 400_000, 1_500_000]))


def upload_until_it_dies(
    signer: Any, worker: str, acknowledged: list[str], stopping: threading.Event
) -> None:
    for number in range(10_000):
        if stopping.is_set():
            return
        key = f"{FOLDER}{worker}-{number}"
        try:
            reply = signer.put(body_of(key), key, extra={"if-none-match": "*"}).go()
        except requests.RequestException:
            return
        assert reply.status_code == 200, reply.text
        acknowledged.append(key)


def test_kills_in_the_middle_of_uploads_lose_nothing_acknowledged(
    tmp_path: Path, make_sandbox: Any, signer_of: Any
) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    chance = random.Random(2)  # noqa: S311 - repeatable
    acknowledged: list[str] = []
    rounds = 8
    for number in range(rounds):
        info = sandbox.ensure_running()
        stopping = threading.Event()
        workers = [
            threading.Thread(
                target=upload_until_it_dies,
                args=(signer_of(info), f"{number}-{name}", acknowledged, stopping),
            )
            for name in range(6)
        ]
        for worker in workers:
            worker.start()
        threading.Event().wait(chance.uniform(0.02, 0.5))
        kill(sandbox, info)
        stopping.set()
        for worker in workers:
            worker.join()

    signer = signer_of(sandbox.ensure_running())
    stored: dict[str, str] = {}
    for number in range(rounds):
        listing = signer.presign("GET", "", query=f"versions=&prefix={FOLDER}{number}-").go().text
        assert "<IsTruncated>false" in listing
        stored.update(re.findall("<Key>(.*?)</Key>.*?<Size>(.*?)</Size>", listing))
        assert len(set(re.findall("<Key>(.*?)</Key>", listing))) == listing.count("<Version>")  # none twice

    assert len(acknowledged) > 50
    assert set(acknowledged) <= set(stored)
    for key, size in stored.items():  # also those whose reply was lost: whole, or not there
        assert int(size) == len(body_of(key))
        assert signer.presign("GET", key).go().content == body_of(key)


def test_bodies_without_a_record_are_removed_at_the_next_start(
    tmp_path: Path, make_sandbox: Any, signer_of: Any
) -> None:
    sandbox = make_sandbox(tmp_path / "sandbox")
    info = sandbox.ensure_running()
    kept = os.urandom(500_000)
    assert signer_of(info).put(kept).go().status_code == 200
    bodies = info.data_folder / "bodies"
    named = {path.name for path in bodies.glob("??/*")}
    left = bodies / "ab" / ("ab" + "0" * 38)
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"of a killed upload")
    os.utime(left, (1, 1))
    kill(sandbox, info)

    again = sandbox.ensure_running()

    wait_until(lambda: not left.exists())
    assert {path.name for path in bodies.glob("??/*")} == named
    assert signer_of(again).presign("GET").go().content == kept


def test_an_upload_that_ends_early_leaves_nothing(sandbox: SandboxInfo, signer_of: Any, raw: Any) -> None:
    signer = signer_of(sandbox)
    body = os.urandom(2_000_000)
    sent = signer.put(body)
    head = f"PUT {sent.url.partition(str(signer.port))[2]} HTTP/1.1\r\nhost: 127.0.0.1:{signer.port}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items()) + "\r\n"

    raw(signer.port, head.encode() + body[:-1])

    wait_until(lambda: list((sandbox.data_folder / "bodies").glob("??/*")) == [])
    assert signer.presign("HEAD").go().status_code == 403


def test_a_large_object_needs_little_memory(sandbox: SandboxInfo, signer_of: Any, tmp_path: Path) -> None:
    signer = signer_of(sandbox)
    size = 400 * 1024 * 1024
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(size)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    headers = {
        **signer.put_headers(b""),
        "content-length": str(size),
        "x-amz-checksum-sha256": base64.b64encode(digest).decode(),
    }
    sent = signer.presign("PUT", headers=headers)
    process = psutil.Process(sandbox.pid)
    before = process.memory_info().rss

    with path.open("rb") as file:
        put = requests.put(sent.url, data=file, headers=sent.headers, timeout=120)
    received = 0
    with requests.get(signer.presign("GET").url, stream=True, timeout=120) as got:
        for piece in got.iter_content(1024 * 1024):
            received += len(piece)

    assert (put.status_code, received) == (200, size)
    assert process.memory_info().rss - before < 100 * 1024 * 1024
