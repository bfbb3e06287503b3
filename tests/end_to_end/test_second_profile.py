"""upload while the archive is out: its second one keeps the sessions, and the first gets them all when it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.cli.main import run
from app.transfer import retry
from tests.archiving.two_stacks import TwoStacks, two_stacks
from tests.faults.plan import Fault, Kind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.sandbox.lifecycle import Sandbox
    from tests.end_to_end.conftest import Home

UPLOAD = ("upload", "--all", "--json")


@pytest.fixture
def stacks(home: Home, make_sandbox: Callable[[Path], Sandbox]) -> Iterator[TwoStacks]:
    """Two stacks, and three sessions on this computer."""
    for number in range(3):
        home.write_session(f"session-{number}")
    with two_stacks(home.path, make_sandbox) as made:
        yield made


class Failing:
    """A region whose endpoint works and whose S3 does not, from the PUT of that number on."""

    def __init__(self, after: int = 0) -> None:
        self.left = after

    def verdict(self, kind: Kind, *, method: str, path: str, size: int) -> Verdict:
        """For one request."""
        if kind is Kind.ENDPOINT or method == "GET":
            return Verdict(0.0, None)
        if method == "PUT" and self.left > 0:
            self.left -= 1
            return Verdict(0.0, None)
        return Verdict(0.0, Fault.FAILED)

    def heads(self) -> bool:
        """What failed was not done."""
        return False


def test_while_the_first_is_out_the_second_keeps_all_and_the_first_gets_all_later(
    home: Home, stacks: TwoStacks, tmp_path: Path
) -> None:
    stacks.tokyo.door.shut()

    ran = home.run(*UPLOAD, code=1)

    assert [(line["profile"], line["state"]) for line in ran.lines] == [("osaka", "archived")] * 3
    assert all(line["versionId"] for line in ran.lines)
    assert "could not be reached" in ran.err
    assert "Safe in “osaka” for now: 3 of 3 sessions. The next `upload` sends them to “tokyo” too." in ran.err
    assert sorted(stacks.osaka.logs().values()) == [1, 1, 1]
    # Once more in the same outage: nothing is sent twice, what is new is.
    home.write_session("another")
    again = home.run(*UPLOAD, code=1)
    assert sorted(line["state"] for line in again.lines) == [
        "archived",
        "unchanged",
        "unchanged",
        "unchanged",
    ]
    assert sorted(stacks.osaka.logs().values()) == [1] * 4
    assert stacks.tokyo.logs() == {}

    stacks.tokyo.door.open()
    stacks.osaka.door.shut()  # and nothing more is asked of it
    back = home.run(*UPLOAD)
    assert [(line["profile"], line["state"]) for line in back.lines] == [("tokyo", "archived")] * 4
    home.prove_archived(tmp_path / "back")
    assert sorted(stacks.tokyo.logs().values()) == [1] * 4
    assert sorted(stacks.osaka.logs().values()) == [1] * 4
    # What lies there can be read there.
    stacks.osaka.door.open()
    titles = {line["title"] for line in home.run("history", "--json", "--profile", "osaka").lines}
    assert len(titles) == 4
    assert all(title.startswith("Question ") for title in titles)


def test_with_no_network_at_all_nothing_but_health_is_asked_and_nothing_is_said_of_it(
    home: Home, stacks: TwoStacks
) -> None:
    stacks.tokyo.door.shut()
    stacks.osaka.door.shut()
    ran = home.run(*UPLOAD, code=1)
    assert ran.out == ""
    assert "could not be reached" in ran.err
    assert "Safe in" not in ran.err
    assert "cannot keep them" not in ran.err
    assert home.transfers() == []


def test_reading_names_the_second_to_change_to(home: Home, stacks: TwoStacks) -> None:
    stacks.tokyo.door.shut()
    said = "“osaka” is the second profile of “tokyo”: with `--profile osaka` every command works there meanwhile."
    assert said in home.run("history", code=1).err
    assert said in home.run("status", code=1).err
    stacks.profiles.set_second("tokyo", None)
    assert "second profile" not in home.run("history", code=1).err


def test_a_second_that_was_never_accepted_is_told_and_never_pinned_by_itself(
    home: Home, make_sandbox: Callable[[Path], Sandbox]
) -> None:
    home.write_session()
    with two_stacks(home.path, make_sandbox, pinned=False) as stacks:
        stacks.tokyo.door.shut()
        ran = home.run(*UPLOAD, code=1)
        assert "The second profile of “tokyo” cannot keep them meanwhile: Nobody has accepted yet" in ran.err
        assert "`chatlog-uploader profile test osaka`" in ran.err
        assert stacks.profiles.get("osaka").storage is None
        assert stacks.osaka.logs() == {}
        home.run("profile", "test", "osaka")
        assert "Safe in “osaka” for now: 1 of 1 sessions" in home.run(*UPLOAD, code=1).err


def test_a_second_that_leads_elsewhere_refuses_or_is_gone_is_told_in_words(
    home: Home, stacks: TwoStacks
) -> None:
    stacks.tokyo.door.shut()
    profile = stacks.profiles.get("osaka")
    assert profile.storage is not None
    other = type(profile.storage)("another-bucket", "ap-northeast-3", "somebody", "127.0.0.1")
    stacks.profiles.pin(profile, other)
    assert (
        "cannot keep them meanwhile: The endpoint now leads to other storage" in home.run(*UPLOAD, code=1).err
    )
    stacks.profiles.pin(profile, profile.storage)

    home.run("profile", "add", "osaka", "--replace", "--endpoint", stacks.osaka.door.endpoint, "--token-stdin", stdin="x" * 40, code=None)  # fmt: skip
    stacks.profiles.pin(stacks.profiles.get("osaka"), profile.storage)
    assert "cannot keep them meanwhile: 127.0.0.1 does not know who asks" in home.run(*UPLOAD, code=1).err

    settings = home.paths.settings
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("[profiles.osaka", "[profiles.gone"), encoding="utf-8"
    )
    assert "cannot keep them meanwhile: There is no profile “osaka”" in home.run(*UPLOAD, code=1).err
    assert stacks.osaka.logs() == {}


def test_a_refusal_of_the_first_is_not_an_outage(home: Home, stacks: TwoStacks) -> None:
    home.run("profile", "add", "tokyo", "--replace", "--endpoint", stacks.tokyo.door.endpoint, "--token-stdin", stdin="x" * 40, code=None)  # fmt: skip
    assert stacks.profiles.get("tokyo").second == "osaka"
    assert "does not know who asks" in home.run(*UPLOAD, code=1).err
    assert stacks.osaka.logs() == {}


def test_when_s3_goes_in_mid_run_what_failed_is_kept_in_the_second(
    home: Home,
    stacks: TwoStacks,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(retry, "FIRST_CEILING_SECONDS", 0.0)
    for name, value in home.environ.items():
        if name.startswith(("CLAUDE", "CHATLOG_")) or name == "HOME":
            monkeypatch.setenv(name, value)
    stacks.tokyo.door.plan = Failing(after=1)  # type: ignore[assignment] # a plan in all that the door asks

    assert run(UPLOAD) == 1

    said = capsys.readouterr().err
    assert "1 archived, 0 unchanged, 2 failed" in said
    assert "Safe in “osaka” for now: 2 of 2 sessions." in said
    assert sorted(stacks.osaka.logs().values()) == [1, 1]
    stacks.tokyo.door.plan = None
    home.run(*UPLOAD)
    home.prove_archived(tmp_path / "back")
    assert sorted(stacks.tokyo.logs().values()) == [1, 1, 1]
    assert sorted(stacks.osaka.logs().values()) == [1, 1]


def test_the_second_is_named_changed_and_taken_back_by_a_command(home: Home, stacks: TwoStacks) -> None:
    assert home.run("status", "--json").line["second"] == "osaka"
    ran = home.run("profile", "second", "tokyo", "--none", "--json")
    assert (ran.line["second"], ran.err.strip()) == (None, "“tokyo” has no second profile.")
    ran = home.run("profile", "second", "tokyo", "osaka")
    assert ran.err.strip() == "While “tokyo” is out of reach, “osaka” keeps its sessions too."
    assert "cannot be its own second profile" in home.run("profile", "second", "tokyo", "tokyo", code=2).err
    assert "cannot be the second profile" in home.run("profile", "second", "tokyo", "sandbox", code=2).err
    assert "There is no profile “nara”" in home.run("profile", "second", "tokyo", "nara", code=2).err
    home.run("profile", "second", "tokyo", code=2)
    home.run("profile", "second", "tokyo", "osaka", "--none", code=2)
    home.run("profile", "remove", "osaka")
    assert {line["second"] for line in home.run("profile", "list", "--json").lines} == {None}
