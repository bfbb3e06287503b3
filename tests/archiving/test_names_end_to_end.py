"""Whatever files and sessions are called: a safe key each, never a shared one, and the right bytes back."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Services, open_uploader
from app.sessions.model import FILES, Session, SessionFile, Usage
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.archiving.uploader_api import ChatLogUploader

SAFE_KEY = re.compile(
    r"chat-logs/sandbox/\d{4}-\d\d-\d\d(T\d\d-\d\d-\d\dZ)?_[a-z0-9_][a-z0-9._-]{0,127}", re.ASCII
)

NASTY = [
    "conversation.json",
    "CONVERSATION.json",
    "Conversation.JSON",
    "が.md",
    "か\u3099.md",
    "é.txt",
    "e\u0301.txt",
    "会話のログ" * 15 + ".jsonl",
    "a" * 250 + ".md",
    "🙂👩\u200d👩\u200d👧.jsonl",
    "...",
    "..hidden.json.",
    "-rf",
    " both ends ",
    "CON.txt",
    "tab\tand\nline.md",
    "back\\slash\\..\\up.md",
    "%2e%2e%2fup.md",
    "$(touch x);`id`.sh",
    "\u202egpj.exe",
    "own.jsonl.zst",
]
UNREAL = [
    "../../etc/passwd",
    "a/../../b.jsonl",
    "/absolute/path.md",
    "nul\0in the middle.md",
    "\0",
    ".",
    "..",
    "x" * 300,
    "長" * 300 + ".md",
    "line\r\nx-amz-meta-tool: forged",
    '"><script>.json',
]

QUICK = settings(
    max_examples=10,
    deadline=None,
    # The home is shared on purpose: every example has names and contents of its own.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ENDINGS = st.sampled_from(["", ".jsonl", ".JSON", ".md", ".txt", ".zst", ".jsonl.zst"])


def _fits(name: str) -> bool:
    return name not in {".", ".."} and len(os.fsencode(name)) <= 255


real_names = st.one_of(
    st.sampled_from(NASTY),
    st.builds(
        str.__add__,
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60),
        ENDINGS,
    ),
    st.binary(min_size=1, max_size=30).map(lambda raw: os.fsdecode(raw.replace(b"/", b"_").replace(b"\0", b"_"))),
).filter(_fits)  # fmt: skip

any_names = st.one_of(
    st.sampled_from([*NASTY, *UNREAL]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
)


@dataclass
class Desk:
    """A home, and a place to drop files at."""

    services: Services
    folder: Path

    def __post_init__(self) -> None:
        self._numbers = count()

    def place(self) -> Path:
        place = self.folder / str(next(self._numbers))
        place.mkdir()
        return place

    def archive(self, sessions: Sequence[Session]) -> dict[Path, str]:
        """The key of each file, by its path."""
        archiver = self.services.archiver(lambda _: None, compress=True)
        keys: dict[Path, str] = {}
        for outcome in archiver.archive(sessions):
            assert outcome.state == "archived", outcome.error
            for entry in outcome.files:
                assert entry.outcome.s3_key is not None
                keys[entry.file.path] = entry.outcome.s3_key
        assert archiver.update_index(sessions).error is None
        return keys

    def drop(self, files: dict[Path, bytes]) -> None:
        """Archive real files and see that each comes back from a key of its own."""
        report = self.services.sessions.inspect(list(files))
        assert report.problems == ()
        self.check(files, self.archive(report.sessions))

    def check(self, files: dict[Path, bytes], keys: dict[Path, str]) -> None:
        assert keys.keys() == files.keys()
        assert len({key.casefold() for key in keys.values()}) == len(files)
        for path, content in files.items():
            assert SAFE_KEY.fullmatch(keys[path]), keys[path]
            out = self.place()
            brought = self.services.bring_back.download(keys[path], out)
            assert brought.verified
            assert brought.path.parent == out
            assert [found.name for found in out.iterdir()] == [brought.path.name]
            assert brought.path.read_bytes() == content


@pytest.fixture(scope="module")
def desk(make_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder, home = tmp_path_factory.mktemp("desk"), make_home()
    services = Services(resolve_paths(home), {"CLAUDE_CONFIG_DIR": str(folder / "claude")}, home=home)
    yield Desk(services, folder)
    services.close()


@pytest.fixture(scope="module")
def uploader(desk: Desk) -> Iterator[ChatLogUploader]:
    home = desk.services.paths.data_folder
    with open_uploader(home=home, environ={"CLAUDE_CONFIG_DIR": str(desk.folder / "claude")}) as opened:
        yield opened


def written(path: Path, content: bytes) -> bool:
    """Whether the file system took the name as it is."""
    path.parent.mkdir(exist_ok=True)
    try:
        path.write_bytes(content)
    except OSError:
        return False
    return path.name in os.listdir(path.parent)  # noqa: PTH208 - names as the system tells them


def test_two_files_of_one_name_dropped_on_one_day_are_two_objects(desk: Desk) -> None:
    place = desk.place()
    files = {
        place / "recipe-box" / "conversation.json": b'{"messages": [{"role": "user", "content": "one"}]}',
        place / "media-viewer" / "conversation.json": b'{"messages": [{"role": "user", "content": "two"}]}',
    }
    assert all(written(path, content) for path, content in files.items())
    desk.drop(files)


def test_nasty_names_side_by_side(desk: Desk) -> None:
    place = desk.place()
    wanted = {place / name: f"{number}\n".encode() for number, name in enumerate(NASTY)}
    files = {path: content for path, content in wanted.items() if written(path, content)}
    if os.name == "posix":
        assert len(files) > len(NASTY) // 2
    # A file system that ignores case or normalises names has kept the last of several.
    desk.drop({path: path.read_bytes() for path in files})


@given(names=st.lists(real_names, min_size=1, max_size=3, unique=True), content=st.binary(max_size=300))
@QUICK
def test_any_real_names_in_the_folders_of_two_projects(desk: Desk, names: list[str], content: bytes) -> None:
    place = desk.place()
    wanted = {
        place / project / name: content + f"{project}{number}".encode()
        for project in ("one", "two")
        for number, name in enumerate(names)
    }
    files = {path: content for path, content in wanted.items() if written(path, content)}
    desk.drop({path: path.read_bytes() for path in files})


def session(path: Path, session_id: str, relative_path: str) -> Session:
    """A session of one file that is called one thing by its source and another by the file system."""
    status = path.stat()
    file = SessionFile(
        path=path,
        relative_path=relative_path,
        root=path.parent,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        is_main=True,
        is_log=False,
    )
    return Session(
        source=FILES,
        session_id=session_id,
        title=relative_path,
        project=None,
        path=path,
        files=(file,),
        messages=0,
        model=None,
        tokens=Usage(),
        tokens_by_model={},
        started_at=datetime(2026, 11, 2, tzinfo=UTC),
        updated_at=datetime(2026, 11, 2, tzinfo=UTC),
        deleted_at=None,
    )


@given(
    names=st.lists(
        any_names, min_size=1, max_size=4, unique_by=lambda name: unicodedata.normalize("NFC", name)
    )
)
@QUICK
def test_any_names_that_a_source_may_give(desk: Desk, names: list[str]) -> None:
    """Slashes, NUL and 300 characters are no names of files, but nothing relies on that."""
    place = desk.place()
    salt = secrets.token_hex(4)
    files: dict[Path, bytes] = {}
    sessions = []
    for number, name in enumerate(names):
        path = place / str(number)
        files[path] = f"{salt} {number}\n".encode()
        path.write_bytes(files[path])
        # The same session id for all, and the same name in another session.
        sessions.append(session(path, salt, name))
    other = place / "other"
    files[other] = b"another session's\n"
    other.write_bytes(files[other])
    sessions.append(session(other, f"{salt}-{names[0]}", names[0]))
    keys = desk.archive([sessions[0], sessions[-1]])
    for one in sessions[1:-1]:
        keys |= desk.archive([one])
    desk.check(files, keys)


@given(name=any_names)
@QUICK
def test_any_name_given_to_the_endpoint(uploader: ChatLogUploader, desk: Desk, name: str) -> None:
    path = desk.place() / "body"
    path.write_bytes(secrets.token_bytes(20))
    content = path.read_bytes()
    named = f"{secrets.token_hex(4)}-{name}" if len(name) < 280 else name
    digest = hashlib.sha256(content).hexdigest()
    grant = uploader.get_presigned_url(named, "application/octet-stream", size=len(content), sha256=digest)
    assert SAFE_KEY.fullmatch(grant.s3_key)
    stored = uploader.upload_to_s3(grant, path)
    desk.check({path: content}, {path: stored.s3_key})


def test_a_name_that_is_not_unicode_is_asked_for_all_the_same(uploader: ChatLogUploader) -> None:
    grant = uploader.get_presigned_url("caf\udce9.txt", "text/plain", size=1, sha256="0" * 64)
    assert SAFE_KEY.fullmatch(grant.s3_key)


def test_the_check_of_keys_can_fail() -> None:
    for key in (
        "chat-logs/sandbox/2026-11-02_A.md",
        "chat-logs/sandbox/../x",
        "chat-logs/other/2026-11-02_a",
    ):
        assert SAFE_KEY.fullmatch(key) is None
