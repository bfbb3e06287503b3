"""Plays a scenario against a Secret Service, in a process with a session bus of its own.

Run as `dbus-run-session -- python keyring_child.py SCENARIO`; prints one JSON object. It is a process of its own
because a bus, a keyring daemon and a thread that waits for a prompt for ever are not for the test runner's process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import jeepney
import secretstorage
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import (
    DBusConnection,
    Proxy,
    open_dbus_connection,
)

from app.account.profile_editing import Draft, ProfileEditor
from app.account.profiles import Profile, ProfileStore, make_profile
from app.account.signin import authenticator_for
from app.account.vault import Vault, open_vault
from app.errors import ChatLogError
from app.storage.paths import resolve_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROMPT_SECONDS = 2.0
PROMPTER = "org.gnome.keyring.SystemPrompter"
SECRETS = "org.freedesktop.secrets"


def wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


def has_owner(name: str) -> bool:
    with closing(open_dbus_connection()) as connection:
        return bool(Proxy(message_bus, connection).NameHasOwner(name)[0])


@contextmanager
def keyring_daemon() -> Iterator[None]:
    """gnome-keyring with a fresh, unlocked login keyring, until the block ends."""
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert daemon.stdin is not None
        daemon.stdin.write(b"password of the login keyring")
        daemon.stdin.close()
        wait_for(lambda: has_owner(SECRETS), "the keyring daemon")
        yield
    finally:
        daemon.terminate()
        daemon.wait()


def lock_keyring() -> None:
    with closing(secretstorage.dbus_init()) as connection:
        collection = secretstorage.get_default_collection(connection)
        collection.lock()
        assert collection.is_locked()


@contextmanager
def prompter_that_nobody_answers() -> Iterator[DBusConnection]:
    """Owns the prompter's name on the bus and never answers: a dialog left open."""
    with closing(open_dbus_connection()) as connection:
        reply = connection.send_and_get_reply(message_bus.RequestName(PROMPTER))
        assert reply.header.message_type is jeepney.MessageType.method_return
        yield connection


def vault_and_profile() -> tuple[Vault, Profile]:
    home = Path(os.environ["HOME"]) / "app-home"
    vault = open_vault(resolve_paths(home), home, prompt_seconds=PROMPT_SECONDS)
    return vault, make_profile("team", "token", "https://abc.lambda-url.eu-west-1.on.aws/")


def attempt(work: Callable[[], object]) -> dict[str, object]:
    """What the call gave, or the code of its error, and how long it took."""
    started = time.monotonic()
    try:
        result: dict[str, object] = {"value": work()}
    except ChatLogError as problem:
        result = {"error": problem.code, "parameters": problem.parameters}
    return result | {"seconds": time.monotonic() - started}


def scenario_round_trip() -> dict[str, object]:
    with keyring_daemon():
        vault, profile = vault_and_profile()
        results: dict[str, object] = {"persistent": vault.persistent, "before": vault.get(profile, "token")}
        vault.set(profile, "token", "first")
        vault.set(profile, "token", "second")
        again, _ = vault_and_profile()
        results["after"] = again.get(profile, "token")
        moved = make_profile("team", "token", "https://elsewhere.example/")
        results["of_other_address"] = again.get(moved, "token")
        again.forget(profile)
        again.forget(profile)
        results["forgotten"] = vault.get(profile, "token")
        results["files_with_secret"] = files_containing(b"second")
        return results


def scenario_keyring_goes_away() -> dict[str, object]:
    vault, profile = vault_and_profile()
    with keyring_daemon():
        vault.set(profile, "token", "first")
    return {
        "get": attempt(lambda: vault.get(profile, "token")),
        "sign": attempt(lambda: repr(authenticator_for(profile, vault))),
    }


def scenario_no_service() -> dict[str, object]:
    vault, profile = vault_and_profile()
    vault.set(profile, "token", "for-this-run")
    results: dict[str, object] = {
        "persistent": vault.persistent,
        "required": attempt(vault.require_persistent),
        "kept": vault.get(profile, "token"),
        "files_with_secret": files_containing(b"for-this-run"),
    }
    vault.delete(profile, "token")
    return results | {"forgotten": vault.get(profile, "token")}


def scenario_locked() -> dict[str, object]:
    with keyring_daemon():
        vault, profile = vault_and_profile()
        vault.set(profile, "token", "first")
        lock_keyring()
        return {
            "persistent": vault.persistent,
            "get": attempt(lambda: vault.get(profile, "token")),
            "set": attempt(lambda: vault.set(profile, "token", "second")),
        }


def scenario_described() -> dict[str, object]:
    """What is said of the keyring, with somebody at the prompter's name who would notice being asked."""
    results: dict[str, object] = {}

    def describe(when: str) -> None:
        results[when] = [asdict(vault.describe_keyring()), vault.place_of(profile, "token")]

    vault, profile = vault_and_profile()
    describe("before the daemon")
    with keyring_daemon(), prompter_that_nobody_answers() as prompter:
        describe("nothing kept")
        vault.set(profile, "token", "first")
        describe("kept")
        lock_keyring()
        describe("locked")
        results["prompts"] = calls_received(prompter)
        # This call opens a prompt and is left waiting: what is said meanwhile must not wait for it.
        attempt(lambda: vault.get(profile, "token"))
        results["prompts then"] = calls_received(prompter)
        describe("prompt open")
    return results


def scenario_editing() -> dict[str, object]:
    """A profile's whole life, its token in the keyring."""
    with keyring_daemon():
        vault, profile = vault_and_profile()
        store = ProfileStore(Path(os.environ["HOME"]) / "app-home" / "settings.toml")
        editor = ProfileEditor(store, vault)
        draft = Draft("team", "token", profile.endpoint or "", token="first")
        editor.add(draft)
        results: dict[str, object] = {"added": editor.credential_place("team")}
        renamed = editor.change("team", replace(draft, name="renamed", token=""))
        results["renamed"] = [
            editor.credential_place("renamed"),
            vault.get(renamed, "token"),
            vault.get(profile, "token"),
        ]
        editor.change("renamed", replace(draft, name="renamed", token="second"))
        results["replaced"] = [editor.credential_place("renamed"), vault.get(renamed, "token")]
        lock_keyring()
        with prompter_that_nobody_answers():
            refused = attempt(lambda: editor.change("renamed", replace(draft, name="third", token="")))
            results["locked"] = [refused["error"], editor.credential_place("renamed"), store.names()]
    with keyring_daemon():
        vault, _ = vault_and_profile()
        editor = ProfileEditor(store, vault)
        editor.remove("renamed")
        results["removed"] = [vault.get(renamed, "token"), store.names()]
        return results | {"files_with_secret": files_containing(b"second") + files_containing(b"first")}


def scenario_no_keyring_made_yet() -> dict[str, object]:
    with keyring_daemon(), prompter_that_nobody_answers() as prompter:
        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).delete()
        vault, profile = vault_and_profile()
        described = asdict(vault.describe_keyring())
        return {
            "described": described,
            "place": vault.place_of(profile, "token"),
            "prompts": calls_received(prompter),
        }


def calls_received(connection: DBusConnection) -> int:
    """How many method calls have come in, beside D-Bus's own signals."""
    count = 0
    while True:
        try:
            message = connection.receive(timeout=0.2)
        except TimeoutError:
            return count
        count += message.header.message_type is jeepney.MessageType.method_call


def scenario_prompt_unanswered() -> dict[str, object]:
    with keyring_daemon():
        vault, profile = vault_and_profile()
        vault.set(profile, "token", "first")
        lock_keyring()
        with prompter_that_nobody_answers():
            return {
                "get": attempt(lambda: vault.get(profile, "token")),
                "again": attempt(lambda: vault.get(profile, "token")),
            }


def files_containing(secret: bytes) -> list[str]:
    home = Path(os.environ["HOME"])
    return [str(file) for file in home.rglob("*") if file.is_file() and secret in file.read_bytes()]


if __name__ == "__main__":
    print(json.dumps(globals()[f"scenario_{sys.argv[1]}"]()))  # noqa: T201 - its answer to the test
