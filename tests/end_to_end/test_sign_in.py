"""A team's profile from its connection to an archived session: a real provider, a real keyring, commands of their own.

The endpoint in front of the sandbox takes what an API Gateway with an authorizer takes: this provider's access tokens.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt
import pytest

from tests.account.connection_texts import TEAM, as_string

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.account.signin_settings import SignIn
    from tests.end_to_end.conftest import Answer, Gate, Home

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the Secret Service is Linux's keyring"
)

CHILD = Path(__file__).with_name("sign_in_child.py")
ACCOUNT = Path(__file__).parents[1] / "account"
UNAUTHORIZED = (401, {"content-type": "application/json"}, b'{"message": "Unauthorized"}')

Commands = list[tuple[str, ...]]


@pytest.fixture
def gate(make_home: Callable[..., Home], open_gate: Callable[[Home], Gate], sign_in: SignIn) -> Gate:
    """An endpoint that knows the provider's tokens and no others."""
    gate = open_gate(make_home("behind"))
    keys = jwt.PyJWKClient(f"{sign_in.issuer}/jwks")

    def authorize(_: str) -> Answer | None:
        token = gate.requests[-1]["headers"].get("authorization", "").removeprefix("Bearer ")
        try:
            key = keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(token, key, ["RS256"], issuer=sign_in.issuer, options={"verify_aud": False})
        except jwt.PyJWTError:
            return UNAUTHORIZED
        return None if sign_in.scope in claims["scope"].split() and claims["sub"] == "aki" else UNAUTHORIZED

    gate.answer = authorize
    return gate


@pytest.fixture
def connection(gate: Gate, sign_in: SignIn) -> str:
    """What the stack's operator hands out."""
    said = json.loads(json.dumps(TEAM))
    health = gate._sandbox
    said |= {
        "endpoint": gate.endpoint,
        "region": health["region"],
        "bucket": health["bucket"],
        "s3Host": urlsplit(health["s3Endpoint"]).hostname,
        "signIn": {
            "issuer": sign_in.issuer,
            "clientId": sign_in.client_id,
            "scope": sign_in.scope,
            "host": sign_in.host,
            "redirectPorts": list(sign_in.redirect_ports),
        },
    }
    return as_string(said)


@pytest.fixture
def beside_keyring(home: Home) -> Callable[[Commands], list[dict[str, Any]]]:
    """Runs commands beside a keyring; each one's `code`, `out`, `err` and the `page` the browser saw."""
    settings = runpy.run_path(str(ACCOUNT / "conftest.py"))
    missing = [tool for tool in settings["TOOLS"] if shutil.which(tool) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)} (packages gnome-keyring, dbus)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(commands: Commands) -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory(prefix="bus-") as runtime:
            configuration = Path(runtime, "bus.conf")
            configuration.write_text(settings["BARE_BUS"].format(folder=runtime), encoding="utf-8")
            session = ("dbus-run-session", f"--config-file={configuration}", "--")
            ended = subprocess.run(
                [*session, sys.executable, str(CHILD), str(ACCOUNT / "keyring_child.py")],
                cwd=home.user,
                env={**home.environ, "XDG_RUNTIME_DIR": runtime},
                input=json.dumps(commands),
                capture_output=True,
                encoding="utf-8",
                timeout=280,
                check=False,
            )
        assert ended.returncode == 0, ended.stderr
        results: list[dict[str, Any]] = json.loads(ended.stdout)
        assert all("Traceback" not in result["err"] for result in results), results
        return results

    return run


def codes(results: list[dict[str, Any]]) -> list[int]:
    return [result["code"] for result in results]


def secrets_in(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Which of the texts stand in files below the folder."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [name for name, text in texts.items() if any(text.encode() in content for content in contents)]


def test_a_team_s_member_archives_and_signs_out(
    home: Home, gate: Gate, connection: str, beside_keyring: Callable[[Commands], list[dict[str, Any]]]
) -> None:
    home.write_session(title="Of the team")
    added, untested, signed_in, tested, upload, history, out, after, again, back, removed = beside_keyring(
        [
            ("profile", "add", "team", "--connection", connection, "--yes"),
            ("profile", "test"),
            ("profile", "sign-in", "--no-browser"),
            ("profile", "test", "team"),
            ("upload", "--all", "--json"),
            ("history", "--json"),
            ("profile", "sign-out", "team", "--no-browser"),
            ("history",),
            ("profile", "sign-out"),
            ("profile", "sign-in", "--no-browser"),
            ("profile", "remove", "team"),
        ]
    )
    assert added["code"] == 0, added["err"]
    assert untested["code"] == 2
    assert "Run `chatlog-uploader profile sign-in team`" in untested["err"]
    assert signed_in["code"] == 0, signed_in["err"]
    assert "Signed in to the profile “team” as aki@example.com." in signed_in["err"]
    assert "You are signed in" in signed_in["page"]
    assert tested["code"] == 0, tested["err"]
    assert json.loads(upload["out"])["state"] == "archived", upload["err"]
    assert json.loads(history["out"])["fileName"]
    assert out["code"] == 0, out["err"]
    assert after["code"] == 2
    assert "Nobody is signed in to the profile “team”" in after["err"]
    assert again["code"] == 0
    assert back["code"] == 0, back["err"]
    assert removed["code"] == 0
    assert "Signed out of the profile “team”, here and at its sign-in service." in removed["err"]
    tokens = {request["headers"].get("authorization", "") for request in gate.requests}
    assert len(tokens) >= 4, "each command renews for itself"
    assert secrets_in(home.path, {token[:20]: token.removeprefix("Bearer ") for token in tokens}) == []


def test_without_a_keyring_nobody_is_asked_to_sign_in(home: Home, connection: str) -> None:
    home.run("profile", "add", "team", "--connection", connection, "--yes")
    ran = home.run("profile", "sign-in", "--no-browser", code=2)
    assert "No keyring can be used on this computer" in ran.err
    assert ran.out == ""


def test_only_a_team_s_profile_has_somebody_to_sign_in(home: Home) -> None:
    for command in ("sign-in", "sign-out"):
        assert "nobody signs in to the profile 'sandbox'" in home.run("profile", command, code=2).err
