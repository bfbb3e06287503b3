"""SIGKILL of a process that uploads, at many moments: running it again loses nothing and sends nothing twice."""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.remote.protocol import ObjectRequest
from app.transfer.downloader import Downloader, Wanted

if TYPE_CHECKING:
    from app.sandbox.lifecycle import SandboxInfo
    from tests.transfer.conftest import Bench

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("upload_child.py")
FILES = 120
SEED = 20261123


def start(info: SandboxInfo, bench: Bench) -> subprocess.Popen[bytes]:
    told = [info.endpoint, info.token, info.bucket, str(bench.folder), bench.salt]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(CHILD), *told], stdout=subprocess.PIPE, cwd=ROOT, env=environ
    )


def killed_after(child: subprocess.Popen[bytes], lines: int) -> list[str]:
    """What the child told before it was killed, once it had told so many outcomes (or had ended)."""
    assert child.stdout is not None
    with child:
        told = [line for line in (child.stdout.readline() for _ in range(lines)) if line]
        child.kill()
        told += child.stdout.readlines()
    return [line.decode().strip() for line in told if line.endswith(b"\n")]


def upload_under_fire(bench: Bench, info: SandboxInfo, chance: random.Random) -> None:
    """Kill the uploading process again and again; then let it finish."""
    archived: set[str] = set()
    for _ in range(12):
        for line in killed_after(start(info, bench), chance.randrange(1, 25)):
            state, session_id, *rest = line.split(" ")
            assert state in {"archived", "unchanged"}, line
            assert not (state == "archived" and session_id in archived), f"sent twice: {rest}"
            archived.add(session_id)
    last = killed_after(start(info, bench), FILES + 1)
    assert len(last) == FILES
    assert {line.split(" ")[0] for line in last} <= {"archived", "unchanged"}


def test_killing_the_uploader_loses_nothing_and_sends_nothing_twice(
    bench: Bench, shared_sandbox: SandboxInfo, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same moments each time, as far as processes allow
    files = tmp_path / "files"
    files.mkdir()
    for wanted_versions in (1, 2):
        for number in range(FILES):
            (files / f"s{number}.jsonl").write_bytes(secrets.token_bytes(chance.randrange(0, 30_000)))
        # The second time versions are added: nothing in S3 would refuse one too many.
        upload_under_fire(bench, shared_sandbox, chance)

        versions: dict[str, int] = {}
        for version in bench.presign.versions():
            if bench.salt in version.s3_key:
                versions[version.s3_key] = versions.get(version.s3_key, 0) + 1
        assert len(versions) == FILES
        assert set(versions.values()) == {wanted_versions}
        assert list((tmp_path / "spool").iterdir()) == []

    receipts = bench.jobs.receipts("here")
    assert len(receipts) == FILES
    heads = bench.presign.head([ObjectRequest(receipt.s3_key) for receipt in receipts.values()])
    assert not [head for head in heads if isinstance(head, Exception)]
    bringing = Downloader(bench.presign, bench.http)
    for key, receipt in list(receipts.items())[::10]:
        got = bringing.download(Wanted(receipt.s3_key, tmp_path / "back", name=key.relative_path))
        assert got.version_id == receipt.version_id
        assert got.path.read_bytes() == (files / key.relative_path).read_bytes()
