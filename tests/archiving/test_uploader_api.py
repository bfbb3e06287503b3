"""ChatLogUploader against the real sandbox: what a Python program sees of the engine."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from app.archiving.archive import Archiver
from app.archiving.uploader_api import ChatLogUploader
from app.bootstrap import Services, open_uploader
from app.errors import (
    AlreadyThere,
    BodyDamaged,
    Cancelled,
    FileVanished,
    InvalidRequest,
    NotARegularFile,
    ProfileInvalid,
    ReplyLost,
    TooLarge,
    Unreachable,
    UrlExpired,
    WrongUse,
)
from app.remote.protocol import SINGLE_PUT_LIMIT, UploadGrant
from app.sandbox.identity import load_or_create
from app.sandbox.server import handler_environment
from app.transfer import granted, objects
from app.transfer.uploader import Uploader
from backend.handler import Door
from tests.system import make_pipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from app.archiving.uploader_api import UploadResult
    from app.sandbox.lifecycle import SandboxInfo
    from app.transfer.content import TransferEvent


@pytest.fixture
def uploader(home: Path, environ: Mapping[str, str]) -> Iterator[ChatLogUploader]:
    with open_uploader(home=home, environ=environ) as opened:
        yield opened


@pytest.fixture
def name() -> str:
    """Tests share a bucket."""
    return f"notes-{secrets.token_hex(4)}.txt"


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def asked_for(uploader: ChatLogUploader, name: str, content: bytes, **options: Any) -> UploadGrant:
    """A URL for exactly these bytes."""
    digest = hashlib.sha256(content).hexdigest()
    return uploader.get_presigned_url(name, "text/plain", size=len(content), sha256=digest, **options)


def brought_back(services: Services, s3_key: str, folder: Path, version_id: str | None = None) -> bytes:
    return services.bring_back.download(s3_key, folder, version_id=version_id).path.read_bytes()


# ---- get_presigned_url and upload_to_s3 -------------------------------------------------------------------


def test_a_url_and_an_upload_by_hand(
    uploader: ChatLogUploader,
    open_services: Callable[[Path], Services],
    home: Path,
    tmp_path: Path,
    name: str,
) -> None:
    content = "とても大切な記録\n".encode()
    grant = asked_for(uploader, name, content, session_date=date(2026, 11, 2))
    assert grant.s3_key == f"chat-logs/sandbox/2026-11-02_{name}"
    assert grant.timestamp == "2026-11-02"
    assert timedelta(minutes=14) < grant.expires_at - datetime.now(UTC) <= timedelta(minutes=15)
    stored = uploader.upload_to_s3(grant, write(tmp_path / name, content))
    assert (stored.s3_key, stored.size) == (grant.s3_key, len(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert brought_back(open_services(home), stored.s3_key, tmp_path / "out", stored.version_id) == content


def test_a_file_may_be_empty(uploader: ChatLogUploader, tmp_path: Path, name: str) -> None:
    stored = uploader.upload_to_s3(asked_for(uploader, name, b""), write(tmp_path / name, b""))
    assert stored.size == 0


def test_another_body_is_refused_by_s3_itself(uploader: ChatLogUploader, tmp_path: Path, name: str) -> None:
    grant = asked_for(uploader, name, b"what was promised")
    with pytest.raises(BodyDamaged):
        uploader.upload_to_s3(grant, write(tmp_path / name, b"what was promiseD"))
    assert uploader.upload_to_s3(grant, write(tmp_path / name, b"what was promised")).version_id


def test_a_body_of_another_length_is_not_even_sent(
    uploader: ChatLogUploader, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = asked_for(uploader, name, b"what was promised")
    monkeypatch.setattr(granted, "put", unexpected)
    with pytest.raises(BodyDamaged, match="found=8"):
        uploader.upload_to_s3(grant, write(tmp_path / name, b"too long"))


def unexpected(*_: object, **__: object) -> Any:
    pytest.fail("a request was sent")


def test_a_url_that_has_died_says_so(
    uploader: ChatLogUploader, shared_sandbox: SandboxInfo, tmp_path: Path, name: str
) -> None:
    content = b"too late"
    yesterday = Door(
        handler_environment(load_or_create(shared_sandbox.data_folder)),
        clock=lambda: datetime.now(UTC) - timedelta(minutes=20),
        write_log=lambda _: None,
    )
    fresh = asked_for(uploader, name, content)
    dead = msgspec.convert(ask_directly(yesterday, name, content), UploadGrant)
    with pytest.raises(UrlExpired):
        uploader.upload_to_s3(dead, write(tmp_path / name, content))
    assert uploader.upload_to_s3(fresh, tmp_path / name).s3_key == fresh.s3_key


def ask_directly(door: Door, name: str, content: bytes) -> Any:
    """What the Lambda answers when the clock shows another time."""
    item = {
        "fileName": name,
        "contentType": "text/plain",
        "expiresIn": 900,
        "size": len(content),
        "checksum": {
            "algorithm": "SHA256",
            "type": "FULL_OBJECT",
            "value": msgspec.json.decode(msgspec.json.encode(hashlib.sha256(content).digest())),
        },
    }
    caller = {
        "accountId": "000000000000",
        "callerId": "AIDAEXAMPLE",
        "userArn": "arn:aws:iam::000000000000:user/aki",
        "userId": "AIDAEXAMPLE",
    }
    event = {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "requestContext": {"authorizer": {"iam": caller}, "http": {"method": "POST", "path": "/"}},
        "body": json.dumps({"action": "upload", **item}),
        "isBase64Encoded": False,
    }
    answer = door(event)
    assert answer["statusCode"] == 200, answer
    return json.loads(str(answer["body"]))


def test_a_key_is_given_out_once_and_grows_versions_only_when_it_is_named(
    uploader: ChatLogUploader, tmp_path: Path, name: str
) -> None:
    day = date(2026, 11, 2)
    first = uploader.upload_to_s3(
        asked_for(uploader, name, b"one", session_date=day), write(tmp_path / name, b"one")
    )
    with pytest.raises(AlreadyThere):
        uploader.upload_to_s3(
            asked_for(uploader, name, b"two", session_date=day), write(tmp_path / name, b"two")
        )
    second = uploader.upload_to_s3(asked_for(uploader, name, b"two", s3_key=first.s3_key), tmp_path / name)
    assert second.s3_key == first.s3_key
    assert second.version_id != first.version_id


def test_a_reply_that_was_lost_is_looked_for_not_sent_again(
    uploader: ChatLogUploader, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_put, puts = objects.put, []

    def put_and_lose(*words: Any) -> str:
        puts.append(really_put(*words).version_id)
        raise ReplyLost(host="127.0.0.1", reason="test")

    monkeypatch.setattr(granted, "put", put_and_lose)
    stored = uploader.upload_to_s3(asked_for(uploader, name, b"once"), write(tmp_path / name, b"once"))
    assert puts == [stored.version_id]


def test_a_hiccup_is_tried_again_with_the_same_url(
    uploader: ChatLogUploader, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_put, failures = objects.put, [Unreachable(host="127.0.0.1", reason="test")]

    def put_the_second_time(*words: Any) -> objects.PutReply:
        if failures:
            raise failures.pop()
        return really_put(*words)

    monkeypatch.setattr(granted, "put", put_the_second_time)
    assert uploader.upload_to_s3(
        asked_for(uploader, name, b"once"), write(tmp_path / name, b"once")
    ).version_id


def test_a_reply_without_a_checksum_is_made_good_by_asking(
    uploader: ChatLogUploader, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_put, told = objects.put, []

    def put_silently(*words: Any) -> objects.PutReply:
        reply = really_put(*words)
        told.append(reply.version_id)
        return reply._replace(version_id=None)

    monkeypatch.setattr(granted, "put", put_silently)
    stored = uploader.upload_to_s3(asked_for(uploader, name, b"once"), write(tmp_path / name, b"once"))
    assert told == [stored.version_id]


def test_what_is_no_file_is_not_sent(uploader: ChatLogUploader, tmp_path: Path, name: str) -> None:
    grant = asked_for(uploader, name, b"x")
    with pytest.raises(FileVanished):
        uploader.upload_to_s3(grant, tmp_path / "gone")
    with pytest.raises(NotARegularFile):
        uploader.upload_to_s3(grant, tmp_path)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"sha256": "ABC"}, WrongUse),
        ({"size": SINGLE_PUT_LIMIT + 1}, TooLarge),
        ({"size": -1}, InvalidRequest),
        ({"expires_in": 59}, InvalidRequest),
        ({"content_type": "text/html"}, InvalidRequest),
        ({"metadata": {"title": "日本語"}}, InvalidRequest),
    ],
)
def test_what_the_endpoint_does_not_sign(
    uploader: ChatLogUploader, options: dict[str, Any], error: type[Exception]
) -> None:
    asked = {"content_type": "text/plain", "size": 1, "sha256": "0" * 64, **options}
    with pytest.raises(error):
        uploader.get_presigned_url("a.txt", asked.pop("content_type"), **asked)


# ---- robust_upload ----------------------------------------------------------------------------------------


def archived(uploader: ChatLogUploader, path: Path) -> UploadResult:
    result = uploader.robust_upload(path)
    assert result.index_error is None
    return result


def test_a_file_is_archived_once_and_comes_back(
    uploader: ChatLogUploader,
    open_services: Callable[[Path], Services],
    home: Path,
    tmp_path: Path,
    name: str,
) -> None:
    content = os.urandom(10_000) * 3
    first = archived(uploader, write(tmp_path / name, content))
    assert (first.state, len(first.files)) == ("archived", 1)
    assert first.main.sha256 == hashlib.sha256(content).hexdigest()
    assert first.main.stored_size < first.main.size == len(content)
    again = archived(uploader, tmp_path / name)
    assert again.state == "unchanged"
    assert (again.main.s3_key, again.main.version_id) == (first.main.s3_key, first.main.version_id)
    services = open_services(home)
    assert brought_back(services, first.main.s3_key, tmp_path / "out") == content
    titles = {entry.s3_key: entry.title for entry in services.history.objects()}
    assert titles[first.main.s3_key]


def test_an_unchanged_file_costs_no_request(
    uploader: ChatLogUploader, environ: Mapping[str, str], home: Path, tmp_path: Path, name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    first = archived(uploader, write(tmp_path / name, b"as it was\n"))
    monkeypatch.setattr(Services, "client", unexpected)
    with open_uploader(home=home, environ=environ) as later:
        assert archived(later, tmp_path / name).main == replace(first.main, state="unchanged")


def test_a_file_that_has_grown_becomes_a_version(
    uploader: ChatLogUploader,
    open_services: Callable[[Path], Services],
    home: Path,
    tmp_path: Path,
    name: str,
) -> None:
    first = archived(uploader, write(tmp_path / name, b"one\n"))
    second = archived(uploader, write(tmp_path / name, b"one\ntwo\n"))
    assert second.state == "archived"
    assert second.main.s3_key == first.main.s3_key
    versions = [entry.version_id for entry in open_services(home).history.versions(first.main.s3_key)]
    assert versions == [second.main.version_id, first.main.version_id]


def test_a_session_is_archived_with_its_companions_whichever_file_is_named(
    uploader: ChatLogUploader, environ: Mapping[str, str], tmp_path: Path
) -> None:
    session_id = "0b5c4c1e-0000-4000-8000-" + secrets.token_hex(6)
    folder = tmp_path / "claude" / "projects" / "-srv-recipe-box"
    line = {"type": "user", "sessionId": session_id, "message": {"role": "user", "content": "Hello"}}
    write(folder / f"{session_id}.jsonl", json.dumps(line).encode() + b"\n")
    companion = write(folder / session_id / "subagents" / "agent-7.jsonl", b'{"isSidechain": true}\n')
    result = archived(uploader, companion)
    assert result.session.source == "claude-code"
    assert [file.relative_path for file in result.files] == [
        f"{session_id}.jsonl",
        f"{session_id}/subagents/agent-7.jsonl",
    ]
    assert result.main.path == folder / f"{session_id}.jsonl"
    companion.write_bytes(companion.read_bytes() * 2)
    changed = archived(uploader, folder / f"{session_id}.jsonl")
    assert changed.state == "archived"
    assert [file.state for file in changed.files] == ["unchanged", "archived"]


def test_without_compression_the_object_is_the_file(
    uploader: ChatLogUploader, tmp_path: Path, name: str
) -> None:
    result = uploader.robust_upload(write(tmp_path / name, b"plain " * 100), compress=False)
    assert result.main.stored_size == result.main.size == 600
    assert result.main.s3_key.endswith(".txt")
    later = uploader.robust_upload(write(tmp_path / name, b"plain " * 101))
    assert later.main.s3_key == result.main.s3_key


def test_a_file_over_the_limit_is_refused_and_nothing_is_left(
    open_services: Callable[[Path], Services], home: Path, tmp_path: Path, name: str
) -> None:
    services = open_services(home)
    limited = Uploader(
        services.jobs,
        services.connection.presign,
        services.connections,
        services.paths.spool,
        destination=services.profile.destination,
        size_limit=1000,
    )
    uploader = ChatLogUploader(
        presign=lambda: services.connection.presign,
        connections=lambda: services.connections,
        inspect=services.sessions.inspect,
        archiver=lambda compress: Archiver(services.plan, limited.run, unexpected, compress=compress),  # type: ignore[arg-type]
        stopped=services.stopped,
        close=services.close,
    )
    with pytest.raises(TooLarge, match="limit=1000"):
        uploader.robust_upload(write(tmp_path / name, os.urandom(1001)))
    assert list(services.paths.spool.iterdir()) == []
    assert services.plan().of(services.sessions.inspect([tmp_path / name]).sessions[0]).state == "failed"


def test_what_cannot_be_archived_is_an_error(uploader: ChatLogUploader, tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        uploader.robust_upload(tmp_path)
    with pytest.raises(FileVanished):
        uploader.robust_upload(tmp_path / "gone.md")
    (tmp_path / "nowhere.md").symlink_to(tmp_path / "gone.md")
    with pytest.raises(FileVanished):
        uploader.robust_upload(tmp_path / "nowhere.md")
    make_pipe(tmp_path / "pipe.md")
    with pytest.raises(NotARegularFile):
        uploader.robust_upload(tmp_path / "pipe.md")


def test_progress_is_told_and_cancelling_ends_it(
    home: Path, environ: Mapping[str, str], tmp_path: Path, name: str
) -> None:
    heard: list[TransferEvent] = []
    with open_uploader(home=home, environ=environ, events=heard.append) as uploader:
        archived(uploader, write(tmp_path / name, b"x\n"))
        assert (heard[0].state, heard[-1].state) == ("preparing", "archived")
        uploader.cancel()
        with pytest.raises(Cancelled):
            uploader.robust_upload(write(tmp_path / name, b"x\ny\n"))
    with open_uploader(home=home, environ=environ) as later:
        assert archived(later, tmp_path / name).state == "archived"


# ---- where to ---------------------------------------------------------------------------------------------

FUNCTION_URL = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws/"


def destination(**options: Any) -> tuple[str, str | None, str]:
    """The profile that open_uploader's words lead to: name, endpoint, region."""
    seen: list[Services] = []

    def note(services: Services) -> None:
        seen.append(services)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Services, "close", note)
        open_uploader(**options).close()
    profile = seen[0].profile
    return profile.name, profile.endpoint, profile.region


def test_without_words_it_is_what_the_command_line_would_use(home: Path, tmp_path: Path) -> None:
    assert destination(home=home, environ={})[0] == "shared"
    assert destination(home=tmp_path / "new", environ={}) == ("sandbox", None, "ap-northeast-1")
    assert destination(environ={"CHATLOG_HOME": str(home)})[0] == "shared"
    assert destination(home=home, profile="sandbox", environ={})[0] == "sandbox"


def test_lambda_function_url_is_the_endpoint_where_nothing_else_is_said(home: Path, tmp_path: Path) -> None:
    environ = {"LAMBDA_FUNCTION_URL": FUNCTION_URL}
    assert destination(home=tmp_path / "new", environ=environ) == (
        "environment",
        FUNCTION_URL,
        "eu-central-1",
    )
    assert destination(home=home, environ=environ)[0] == "shared"


def test_an_endpoint_given_goes_before_everything(home: Path) -> None:
    assert destination(endpoint=FUNCTION_URL, home=home, environ={})[:2] == ("environment", FUNCTION_URL)
    elsewhere = "https://presign.example.com/chat"
    assert destination(endpoint=elsewhere, home=home, environ={})[2] == "ap-northeast-1"
    assert destination(endpoint=elsewhere, region="us-east-1", home=home, environ={})[2] == "us-east-1"


def test_words_that_contradict_each_other_are_refused(home: Path) -> None:
    with pytest.raises(WrongUse):
        open_uploader(FUNCTION_URL, profile="shared", home=home, environ={})
    with pytest.raises(ProfileInvalid, match="region-mismatch"):
        open_uploader(FUNCTION_URL, "us-east-1", home=home, environ={})
    with pytest.raises(ProfileInvalid, match="endpoint-not-https"):
        open_uploader("http://presign.example.com/", home=home, environ={})
