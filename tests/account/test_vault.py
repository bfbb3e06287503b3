"""The vault: against a real Secret Service where it can run, and in what it keeps elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from app.account.os_keyring import OsKeyring, backends_of_platform, open_backend
from app.account.profiles import Profile, make_profile
from app.account.vault import Vault, open_vault
from app.errors import KeyringLocked, KeyringMissing, ProfileInvalid, SettingsCorrupt
from app.storage.paths import resolve_paths
from tests.system import PRIVATE_FILE

if TYPE_CHECKING:
    from pathlib import Path

PlayScenario = Callable[..., dict[str, Any]]

REMOTE = make_profile("team", "token", "https://abc.lambda-url.eu-west-1.on.aws/")
LOOPBACK = make_profile("joined", "token", "http://127.0.0.1:4010/")
IAM = make_profile("iam", "iam", "https://abc.lambda-url.eu-west-1.on.aws/")
SECONDS_FOR_A_PROMPT = 2.0


# ---- a real Secret Service --------------------------------------------------------------------------------


def test_a_secret_goes_into_the_keyring_and_nowhere_else(play: PlayScenario) -> None:
    assert play("round_trip") == {
        "persistent": True,
        "before": None,
        "after": "second",
        "of_other_address": None,
        "forgotten": None,
        "files_with_secret": [],
    }


def _assert_kept_for_this_run_alone(results: dict[str, Any]) -> None:
    assert results["persistent"] is False
    assert results["required"]["error"] == "keyring-missing"
    assert results["required"]["parameters"]["reason"]
    assert results["kept"] == "for-this-run"
    assert results["files_with_secret"] == []
    assert results["forgotten"] is None


def test_without_a_bus_secrets_last_for_this_run(play: PlayScenario) -> None:
    _assert_kept_for_this_run_alone(play("no_service", bus=False))


def test_with_a_bus_but_no_keyring_secrets_last_for_this_run(play: PlayScenario) -> None:
    _assert_kept_for_this_run_alone(play("no_service"))


def test_a_locked_keyring_says_so(play: PlayScenario) -> None:
    results = play("locked")
    assert results["persistent"] is True
    for attempt in (results["get"], results["set"]):
        assert attempt["error"] == "keyring-locked"
        assert attempt["seconds"] < SECONDS_FOR_A_PROMPT * 3


def test_a_prompt_that_nobody_answers_does_not_block(play: PlayScenario) -> None:
    results = play("prompt_unanswered")
    for attempt in (results["get"], results["again"]):
        assert attempt["error"] == "keyring-locked"
        # It did wait for the prompt: otherwise this would be the test above.
        assert SECONDS_FOR_A_PROMPT <= attempt["seconds"] < SECONDS_FOR_A_PROMPT * 3


def test_a_keyring_that_went_away_is_told_apart_from_a_missing_secret(play: PlayScenario) -> None:
    results = play("keyring_goes_away")
    assert results["get"]["value"] is None
    assert results["sign"]["error"] == "keyring-missing"


def test_the_keyring_is_described_without_a_prompt(play: PlayScenario) -> None:
    results = play("described")
    missing, place = results["before the daemon"]
    assert (missing["kind"], missing["name"], place) == ("missing", "Secret Service", "nowhere")
    assert "Secret Service" in missing["reason"]
    available = {"kind": "available", "name": "Secret Service", "reason": None}
    assert results["nothing kept"] == [available, "nowhere"]
    assert results["kept"] == [available, "keyring"]
    assert results["locked"] == [available | {"kind": "locked"}, "locked"]
    assert results["prompts"] == 0
    assert results["prompts then"] > 0, "the prompter would have noticed"
    assert results["prompt open"] == results["locked"]


def test_a_keyring_that_is_still_to_be_made_would_ask_for_a_password(play: PlayScenario) -> None:
    results = play("no_keyring_made_yet")
    assert results["described"]["kind"] == "locked"
    assert (results["place"], results["prompts"]) == ("locked", 0)


# ---- the choice of the back end ---------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "freebsd14"])
def test_only_encrypting_back_ends_are_candidates(platform: str) -> None:
    candidates = backends_of_platform(platform)
    assert candidates
    for candidate in candidates:
        assert candidate.split(":")[0] in {
            "keyring.backends.SecretService",
            "keyring.backends.kwallet",
            "keyring.backends.macOS",
            "keyring.backends.Windows",
        }


def test_a_plaintext_back_end_named_in_the_environment_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Installing keyrings.alt, or naming it, changes what `keyring` itself would choose; here the choice is ours."""
    package = tmp_path / "plaintext_backend.py"
    package.write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, service, username): return 'plain'\n"
        "    def set_password(self, service, username, password): raise AssertionError\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plaintext_backend.Keyring")
    import keyring.core  # noqa: PLC0415 - loaded late here as in the program

    assert type(keyring.core.load_env()).__module__ == "plaintext_backend"

    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if sys.platform.startswith("linux"):
        assert open_vault(resolve_paths(tmp_path), tmp_path).get(REMOTE, "token") is None
        with pytest.raises(KeyringMissing):
            open_backend(backends_of_platform())


def test_opening_a_vault_touches_nothing(tmp_path: Path) -> None:
    open_vault(resolve_paths(tmp_path / "home"), tmp_path / "home")
    assert list(tmp_path.iterdir()) == []


# ---- what the vault does with what a keyring says ---------------------------------------------------------


class DictBackend:
    """A keyring in memory; `failure` is raised by every call."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.failure:
            raise self.failure
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture
def backend() -> DictBackend:
    return DictBackend()


@pytest.fixture
def vault(backend: DictBackend, tmp_path: Path) -> Vault:
    return Vault(
        OsKeyring(lambda: backend, seconds=0.2), tmp_path / "home" / "loopback-tokens.toml", "service"
    )


def test_secrets_of_different_profiles_fields_and_addresses_are_different(
    vault: Vault, backend: DictBackend
) -> None:
    vault.set(IAM, "access-key-id", "AKIDEXAMPLE")
    vault.set(IAM, "secret-access-key", "wJalr")
    vault.set(REMOTE, "token", "t")
    assert len(backend.entries) == 3
    assert vault.get(IAM, "access-key-id") == "AKIDEXAMPLE"
    assert vault.get(IAM, "session-token") is None
    vault.forget(IAM)
    assert list(backend.entries.values()) == ["t"]


def test_where_a_secret_is_kept(vault: Vault, backend: DictBackend) -> None:
    assert vault.place_of(REMOTE, "token") == "nowhere"
    vault.set(REMOTE, "token", "t")
    assert vault.place_of(REMOTE, "token") == "keyring"
    assert vault.place_of(LOOPBACK, "token") == "nowhere"
    vault.set(LOOPBACK, "token", "t")
    assert vault.place_of(LOOPBACK, "token") == "file"
    assert vault.place_of(IAM, "secret-access-key") == "nowhere"
    backend.failure = KeyringMissing(reason="gone")
    vault.set(IAM, "secret-access-key", "s")
    assert vault.place_of(IAM, "secret-access-key") == "this-run"
    assert vault.place_of(REMOTE, "token") == "nowhere"


def test_secrets_are_kept_together_and_no_others(vault: Vault, backend: DictBackend) -> None:
    vault.keep(IAM, {"access-key-id": "A", "secret-access-key": "S", "session-token": "T"})
    assert vault.secrets(IAM) == {"access-key-id": "A", "secret-access-key": "S", "session-token": "T"}
    vault.keep(IAM, {"access-key-id": "B", "secret-access-key": "S"})
    assert vault.secrets(IAM) == {"access-key-id": "B", "secret-access-key": "S"}
    assert vault.secrets(REMOTE) == {}
    vault.keep(IAM, {})
    assert backend.entries == {}


def test_homes_do_not_share_secrets(backend: DictBackend, tmp_path: Path) -> None:
    keyring = OsKeyring(lambda: backend)
    first, second = (Vault(keyring, tmp_path / name, f"chatlog-uploader {name}") for name in ("a", "b"))
    first.set(REMOTE, "token", "of-a")
    assert second.get(REMOTE, "token") is None


@pytest.mark.parametrize("secret", ["", "with space", "line\r\nX-Other: 1", "トークン", "\0", "x" * 8193])
def test_a_secret_that_would_not_fit_a_header_is_refused(
    vault: Vault, backend: DictBackend, secret: str
) -> None:
    for profile in (REMOTE, LOOPBACK):
        with pytest.raises(ProfileInvalid) as caught:
            vault.set(profile, "token", secret)
        assert caught.value.parameters == {"name": profile.name, "reason": "secret-malformed"}
    assert backend.entries == {}


def test_a_bug_in_a_back_end_is_not_taken_for_a_missing_keyring(vault: Vault, backend: DictBackend) -> None:
    backend.failure = TypeError("a bug")
    with pytest.raises(TypeError):
        vault.get(REMOTE, "token")


def test_a_back_end_s_own_time_out_is_not_a_prompt(vault: Vault, backend: DictBackend) -> None:
    backend.failure = TimeoutError("the bus did not answer")
    assert vault.get(REMOTE, "token") is None


def test_an_answered_prompt_serves_the_next_call(tmp_path: Path) -> None:
    answered = threading.Event()
    prompts = 0

    class Prompting(DictBackend):
        def get_password(self, service: str, username: str) -> str | None:
            nonlocal prompts
            if not answered.is_set():
                prompts += 1
                answered.wait()
            return "secret"

    vault = Vault(OsKeyring(Prompting, seconds=0.1), tmp_path / "tokens.toml")
    for _ in range(3):
        with pytest.raises(KeyringLocked):
            vault.get(REMOTE, "token")
    assert prompts == 1
    answered.set()
    assert vault.get(REMOTE, "token") == "secret"


# ---- tokens of sandboxes on this computer -----------------------------------------------------------------


def test_a_loopback_token_stands_in_a_private_file_and_not_in_the_keyring(
    vault: Vault, backend: DictBackend, tmp_path: Path
) -> None:
    backend.failure = AssertionError("the keyring is not to be asked")
    assert vault.get(LOOPBACK, "token") is None
    vault.set(LOOPBACK, "token", "abc")
    file = tmp_path / "home" / "loopback-tokens.toml"
    assert vault.get(LOOPBACK, "token") == "abc"
    assert file.stat().st_mode & 0o777 == PRIVATE_FILE
    vault.forget(LOOPBACK)
    assert vault.get(LOOPBACK, "token") is None
    assert "abc" not in file.read_text(encoding="utf-8")


def test_a_loopback_token_is_for_its_address_alone(vault: Vault) -> None:
    vault.set(LOOPBACK, "token", "abc")
    assert vault.get(make_profile("joined", "token", "http://127.0.0.1:4011/"), "token") is None
    assert vault.get(Profile("other", "token", LOOPBACK.endpoint, "eu-west-1"), "token") is None
    assert vault.get(make_profile("joined", "token", "https://example.com/"), "token") is None


def test_forgetting_where_nothing_was_kept_makes_no_file(vault: Vault, tmp_path: Path) -> None:
    vault.forget(LOOPBACK)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_tokens_file_is_reported(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "loopback-tokens.toml").write_text(
        '[joined]\nendpoint = "unfinished', encoding="utf-8"
    )
    with pytest.raises(SettingsCorrupt):
        vault.get(LOOPBACK, "token")
