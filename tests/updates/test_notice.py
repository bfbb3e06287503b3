"""A releases address asked over real sockets: what it may answer, what it is told of us, how often, and what a hostile one gets."""

from __future__ import annotations

import datetime as dt
import json
import stat
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from app.account.settings import SettingsStore
from app.bootstrap import Services
from app.errors import Cancelled, ReleasesUnreadable
from app.storage.paths import resolve_paths
from app.updates.notice import MAXIMUM_BYTES
from app.updates.releases import MAXIMUM_NOTES, MAXIMUM_RELEASES
from tests.system import PRIVATE_FILE
from tests.transfer.test_connections import certificate  # noqa: F401 - a fixture
from tests.updates.server import PATH, Answer, release, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.updates.conftest import Asking
    from tests.updates.server import Releases


def versions(asking: Asking, releases: Releases) -> list[str]:
    return [one.version for one in asking.notice.look(releases.address).releases]


# ---- what is new ------------------------------------------------------------------------------------------


def test_newer_final_releases_are_told_the_newest_first(asking: Asking, releases: Releases) -> None:
    releases.say(
        release("v1.2.0"),
        release("v1.3.0"),
        release("v1.10.0", name=None, body=None, published_at=None),
        release("v1.1.9"),
        release("v2.0.0rc1"),
        release("v2.0.0", prerelease=True),
        release("v3.0.0", draft=True),
        release("nightly"),
    )
    look = asking.notice.look(releases.address)
    assert [one.version for one in look.releases] == ["1.10.0", "1.3.0"]
    bare, told = look.releases
    assert (bare.name, bare.notes, bare.day) == ("", "", None)
    assert told.name == "Release v1.3.0"
    assert told.notes == "Faster.\n\n* and smaller"
    assert told.day == dt.date(2026, 11, 20)
    assert told.page == "https://example.com/aki/uploader/releases/tag/v1.3.0"


def test_the_latest_release_alone_may_be_answered(asking: Asking, releases: Releases) -> None:
    releases.answer(Answer(json.dumps(release("1.2.1")).encode()))
    assert versions(asking, releases) == ["1.2.1"]


def test_nothing_newer_is_no_news(asking: Asking, releases: Releases) -> None:
    releases.say(release("v1.2"))
    assert versions(asking, releases) == []
    releases.say()
    assert versions(asking, releases) == []


def test_only_so_much_is_kept(asking: Asking, releases: Releases) -> None:
    releases.say(*(release(f"v2.{number}", body="n" * 20_000, name="m" * 5000) for number in range(30)))
    look = asking.notice.look(releases.address)
    assert look.releases[0].version == "2.29"
    assert len(look.releases) == MAXIMUM_RELEASES
    assert {len(one.notes) for one in look.releases} == {MAXIMUM_NOTES}
    assert asking.memory.stat().st_size < 150_000


@pytest.mark.parametrize(
    "page",
    ["javascript:alert(1)", "file:///etc/passwd", "http://example.com/", "https://a@b.example/", "x", None],
)
def test_a_page_is_one_that_a_browser_may_be_sent_to(
    asking: Asking, releases: Releases, page: object
) -> None:
    releases.say(release("v2.0", html_url=page))
    assert asking.notice.look(releases.address).releases[0].page == ""


# ---- what it is told of us --------------------------------------------------------------------------------


def test_a_request_says_nothing_of_who_asks(
    asking: Asking, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login aki password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    releases.answer(Answer(b"[]", headers={"set-cookie": "who=aki; Path=/", "etag": '"aki"'}))
    asking.notice.look(releases.address)
    asking.notice.look(releases.address)
    assert [path for path, _ in releases.asked] == [PATH, PATH]
    for _, headers in releases.asked:
        assert headers.keys() <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"] == "chatlog-uploader"


def test_without_an_address_and_before_a_day_has_passed_nobody_is_asked(
    asking: Asking, releases: Releases, tmp_path: Path
) -> None:
    releases.say(release("v1.3.0"))
    notice = asking.notice
    assert notice.known(releases.address) is None
    assert notice.is_due(releases.address)
    first = notice.look_if_due(releases.address)
    assert first is not None
    asking.now += dt.timedelta(hours=23, minutes=59)
    assert asking.notice.look_if_due(releases.address) == first
    assert len(releases.asked) == 1
    asking.now += dt.timedelta(minutes=1)
    asking.notice.look_if_due(releases.address)
    assert len(releases.asked) == 2
    # A clock that was set back is no reason never to look again.
    asking.now -= dt.timedelta(days=30)
    asking.notice.look_if_due(releases.address)
    assert len(releases.asked) == 3
    assert stat.S_IMODE(asking.memory.stat().st_mode) == PRIVATE_FILE


def test_the_services_ask_the_address_of_the_settings(releases: Releases, tmp_path: Path) -> None:
    releases.say(release("v99.0"))
    SettingsStore(resolve_paths(tmp_path).settings).change(releases_address=releases.address)
    with closing(Services(resolve_paths(tmp_path), {}, home=tmp_path)) as services:
        address = services.settings.releases_address
        assert address == releases.address
        assert [one.version for one in services.update_notice.look(address).releases] == ["99.0"]
    assert (tmp_path / "releases.json").is_file()


def test_what_is_known_is_of_that_address_and_no_news_once_it_is_installed(
    asking: Asking, releases: Releases
) -> None:
    releases.say(release("v1.3.0"), release("v1.4.0"))
    look = asking.notice.look(releases.address)
    assert asking.notice.known(releases.address) == look
    assert asking.notice.known(releases.address + "/latest") is None
    asking.version = "1.3.0"
    known = asking.notice.known(releases.address)
    assert known is not None
    assert [one.version for one in known.releases] == ["1.4.0"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"address": 3}', b"[" * 100_000, b"\xff"])
def test_a_damaged_memory_is_none(asking: Asking, releases: Releases, damage: bytes) -> None:
    asking.memory.parent.mkdir()
    asking.memory.write_bytes(damage)
    assert asking.notice.known(releases.address) is None
    releases.say()
    assert asking.notice.look_if_due(releases.address) is not None


def test_where_nothing_can_be_remembered_it_is_told_all_the_same(asking: Asking, releases: Releases) -> None:
    asking.memory.parent.write_text("a file in the folder's place", encoding="utf-8")
    releases.say(release("v1.3.0"))
    assert versions(asking, releases) == ["1.3.0"]


# ---- failures ---------------------------------------------------------------------------------------------


def refused(asking: Asking, address: str) -> ReleasesUnreadable:
    with pytest.raises(ReleasesUnreadable) as caught:
        asking.notice.look(address)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"<html><script>alert(1)</script></html>"), "not-json"),
        (Answer(b""), "not-json"),
        (Answer(b"\xff\xfe[]"), "not-json"),
        (Answer(b"[" * 500_000), "other-shape"),
        (Answer(b"[]", headers={"content-encoding": "gzip"}), "not-json"),
        (Answer(b"[" + b" " * MAXIMUM_BYTES + b"]"), "too-long"),
        (Answer(b"3"), "other-shape"),
        (Answer(b'{"message": "Not Found"}'), "other-shape"),
        (Answer(b'[{"tag_name": 3}]'), "other-shape"),
        (Answer(json.dumps([release("v2", body=["a"])]).encode()), "other-shape"),
        (Answer(json.dumps([release("v2", prerelease="no")]).encode()), "other-shape"),
        (Answer(json.dumps([release("v2", published_at="yesterday")]).encode()), "other-shape"),
        (Answer(json.dumps([release("v2"), None]).encode()), "other-shape"),
        (Answer(status=403), "refused"),
        (Answer(status=500), "refused"),
        (Answer(status=204), "refused"),
        (Answer(status=301), "redirected"),
        (Answer(status=302, headers={"location": "https://elsewhere.example.com/"}), "redirected"),
        (Answer(status=302, headers={"location": "http://localhost/"}), "redirected"),
        (Answer(status=302, headers={"location": "file:///etc/passwd"}), "redirected"),
        (Answer(status=307, headers={"location": "//[bad/"}), "redirected"),
        (Answer(status=301, headers={"location": PATH}), "redirected"),
    ],
)
def test_a_hostile_answer_is_one_calm_error(
    asking: Asking, releases: Releases, answer: Answer, reason: str
) -> None:
    releases.answer(answer)
    assert refused(asking, releases.address).parameters["reason"] == reason
    known = asking.notice.known(releases.address)
    assert known is not None
    assert known.failed
    # A day later again, not at the next start.
    asked = len(releases.asked)
    assert asking.notice.look_if_due(releases.address) == known
    assert len(releases.asked) == asked


def test_a_failure_does_not_take_away_what_was_known(asking: Asking, releases: Releases) -> None:
    releases.say(release("v1.3.0"))
    asking.notice.look(releases.address)
    releases.answer(Answer(status=500))
    asking.now += dt.timedelta(days=2)
    look = asking.notice.look_if_due(releases.address)
    assert look is not None
    assert (look.failed, look.at, [one.version for one in look.releases]) == (True, asking.now, ["1.3.0"])


def test_redirects_within_the_host_are_followed(asking: Asking, releases: Releases) -> None:
    releases.answer(Answer(status=301, headers={"location": "/repositories/7/releases?page=1"}))
    releases.answer(Answer(json.dumps([release("v1.3.0")]).encode()), "/repositories/7/releases?page=1")
    assert versions(asking, releases) == ["1.3.0"]


def test_a_redirect_to_another_port_asks_nobody_there(asking: Asking, releases: Releases) -> None:
    with serving() as other:
        releases.answer(Answer(status=302, headers={"location": other.address}))
        assert refused(asking, releases.address).parameters["reason"] == "redirected"
        assert other.asked == []


def test_an_answer_that_drips_is_given_up(asking: Asking, releases: Releases) -> None:
    asking.patience = 0.5
    releases.answer(Answer(b" " * 100_000, drip=True))
    assert refused(asking, releases.address).parameters["reason"] == "too-slow"


def test_the_end_of_the_program_ends_a_look(asking: Asking, releases: Releases) -> None:
    releases.answer(Answer(b" " * 100_000, drip=True))
    asking.stopped.set()
    with pytest.raises(Cancelled):
        asking.notice.look_if_due(releases.address)
    assert asking.notice.known(releases.address) is None


def test_who_asked_may_end_a_look(asking: Asking, releases: Releases) -> None:
    releases.answer(Answer(b" " * 100_000, drip=True))
    ended = threading.Event()
    ended.set()
    for look in (asking.notice.look, asking.notice.look_if_due):
        with pytest.raises(Cancelled):
            look(releases.address, ended=ended)
    assert asking.notice.known(releases.address) is None


def test_nobody_there_is_no_connection(asking: Asking) -> None:
    assert refused(asking, "http://127.0.0.1:9/").parameters["reason"] == "no-connection"


def test_over_https_the_certificate_counts(asking: Asking, certificate: Path) -> None:  # noqa: F811 - the fixture
    from app.transfer.connections import Connections  # noqa: PLC0415 - a second one

    with serving(certificate) as releases:
        releases.say(release("v1.3.0"))
        assert refused(asking, releases.address).parameters["reason"] == "no-connection"
        assert releases.asked == []
        with Connections(environ={"REQUESTS_CA_BUNDLE": str(certificate)}) as asking.connections:
            assert versions(asking, releases) == ["1.3.0"]
