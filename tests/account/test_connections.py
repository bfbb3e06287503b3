"""A connection file or string: everything in it is checked, nothing in it is believed, and nothing breaks the reader."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.account.connections import (
    MAXIMUM_BYTES,
    MAXIMUM_TEXT_BYTES,
    Connection,
    is_connection_file,
    parse_connection,
    read_connection,
)
from app.account.expected import Expected
from app.account.signin_settings import SignIn
from app.errors import ChatLogError, ConnectionInvalid, FileUnreadable, FileVanished, NotARegularFile
from tests.account.connection_texts import PERSONAL, SIGN_IN, TEAM, as_string, of_sandbox, spoilt
from tests.system import make_pipe

if TYPE_CHECKING:
    from pathlib import Path


def refused(text: str | bytes) -> dict[str, Any]:
    """Why a text is no connection, without what says nothing."""
    with pytest.raises(ConnectionInvalid) as caught:
        parse_connection(text)
    return {name: value for name, value in caught.value.parameters.items() if value is not None}


def refused_values(values: object) -> dict[str, Any]:
    return refused(json.dumps(values))


# ---- what is read -----------------------------------------------------------------------------------------


def test_a_team_s_connection_says_where_to_whose_and_how_one_signs_in() -> None:
    assert parse_connection(json.dumps(TEAM)) == Connection(
        mode="team",
        name="team",
        endpoint="https://def456.execute-api.ap-northeast-1.amazonaws.com/prod/presigned-url-request",
        account="123456789012",
        region="ap-northeast-1",
        bucket="logs-123",
        s3_host="logs-123.s3.ap-northeast-1.amazonaws.com",
        sign_in=SignIn(
            issuer="https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Ab12Cd34E",
            client_id="1h57kf5cpq17m0eml12EXAMPLE",
            scope="chatlog/archive",
            host="team-logs.auth.ap-northeast-1.amazoncognito.com",
            redirect_ports=(53682, 53683, 53684, 53685),
        ),
    )


def test_a_personal_one_needs_no_sign_in_and_has_none() -> None:
    assert parse_connection(json.dumps(PERSONAL)).sign_in is None
    assert parse_connection(json.dumps({**PERSONAL, "signIn": SIGN_IN})).sign_in is None


def test_what_later_versions_add_is_ignored() -> None:
    assert parse_connection(json.dumps({**PERSONAL, "colour": ["blue"]})) == parse_connection(
        json.dumps(PERSONAL)
    )


@pytest.mark.parametrize(
    "values", [PERSONAL, TEAM, of_sandbox("http://127.0.0.1:4566/", "logs", "us-east-1")]
)
def test_the_string_says_what_the_json_says_however_it_was_copied(values: dict[str, Any]) -> None:
    wanted = parse_connection(json.dumps(values))
    string = as_string(values)
    urlsafe = "chatlog-connection:" + base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    wrapped = "\n".join(string[at : at + 60] for at in range(0, len(string), 60))
    wrapped = wrapped.replace("\n", " \r\n\t")
    for text in (string, f"  {string}\n", string.rstrip("="), urlsafe, wrapped, "\ufeff" + string):
        assert parse_connection(text) == wanted
        assert parse_connection(text.encode()) == wanted


@pytest.mark.parametrize("name", ["sandbox", "environment", "a b", "\u202eprod", "x" * 65, None])
def test_a_name_that_no_profile_may_have_is_none(name: object) -> None:
    values = spoilt(PERSONAL, "name", name)
    assert parse_connection(json.dumps(values)).name == ""


@pytest.mark.parametrize("name", ["", 7, ["prod"]])
def test_a_name_that_is_no_text_is_refused(name: object) -> None:
    assert refused_values(spoilt(PERSONAL, "name", name)) == {"reason": "field-malformed", "field": "name"}


def test_addresses_and_hosts_are_in_one_spelling() -> None:
    found = parse_connection(
        json.dumps(
            PERSONAL
            | {
                "endpoint": "HTTPS://ABC123.lambda-url.ap-northeast-1.on.aws:443",
                "s3Host": "LOGS-123.s3.ap-northeast-1.amazonaws.com",
            }
        )
    )
    assert (found.endpoint, found.s3_host) == (PERSONAL["endpoint"], PERSONAL["s3Host"])


# ---- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not-a-connection"),
        ("https://example.com/", "not-a-connection"),
        ("[]", "not-a-connection"),
        ("chatlog-connection", "not-a-connection"),
        ("chatlog-connection:", "damaged"),
        ("chatlog-connection:%%%%", "damaged"),
        ("chatlog-connection:A", "damaged"),
        ("chatlog-connection:=", "damaged"),
        ("chatlog-connection:AA==AA", "damaged"),
        ("chatlog-connection://///w==", "not-text"),
        ("{", "damaged"),
        ("{}", "not-a-connection"),
        ('{"a": NaN}', "damaged"),
        ('{"format": "x", "format": "chatlog-uploader-connection"}', "damaged"),
        ('{"a": ' + "9" * 5000 + "}", "damaged"),
        ('{"a":' + "[" * 15_000, "damaged"),
        ("{" + " " * MAXIMUM_BYTES + "}", "too-large"),
        (" " * (MAXIMUM_TEXT_BYTES + 1), "too-large"),
        ("\ud800", "not-text"),
        (b"\xff\xfe{\x00}\x00", "not-text"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_connection_is_told_apart(text: str | bytes, reason: str) -> None:
    assert refused(text) == {"reason": reason}


@pytest.mark.parametrize("version", [0, 2, 1.0, True, "1", None])
def test_another_version_is_not_guessed_at(version: object) -> None:
    assert refused_values(spoilt(PERSONAL, "version", version)) == {"reason": "version-unknown"}


@pytest.mark.parametrize(
    "field",
    [
        *("mode", "endpoint", "account", "region", "bucket", "s3Host", "signIn"),
        *("signIn.issuer", "signIn.clientId", "signIn.scope", "signIn.host", "signIn.redirectPorts"),
    ],
)
def test_what_is_missing_or_of_another_type_is_named(field: str) -> None:
    assert refused_values(spoilt(TEAM, field, None)) == {"reason": "field-missing", "field": field}
    for wrong in (7, True, ["x"], ""):
        if field == "signIn.redirectPorts" and wrong == 7:
            continue
        said = refused_values(spoilt(TEAM, field, wrong))
        assert said == {"reason": "field-malformed", "field": field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "cognito"),
        ("account", "12345678901"),
        ("account", "１２３４５６７８９０１２"),
        ("account", "123456789012\n"),
        ("region", "tokyo"),
        ("bucket", "Logs"),
        ("bucket", "logs/../other"),
        ("signIn.issuer", "https://cognito-idp.ap-northeast-1.amazonaws.com/"),
        ("signIn.issuer", "https://COGNITO-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Ab12Cd34E"),
        ("signIn.issuer", "https://cognito-idp.ap-northeast-1.amazonaws.com:8443/ap-northeast-1_Ab12Cd34E"),
        ("signIn.clientId", "a b"),
        ("signIn.clientId", "x" * 129),
        ("signIn.scope", "chatlog/archive  openid"),
        ("signIn.scope", 'a"b'),
        ("signIn.host", "aki@team-logs.auth.ap-northeast-1.amazoncognito.com"),
        ("signIn.host", "team-logs.auth.ap-northeast-1.amazoncognito.com/x"),
        ("signIn.host", "a..b"),
        ("signIn.redirectPorts", []),
        ("signIn.redirectPorts", [1023]),
        ("signIn.redirectPorts", [65536]),
        ("signIn.redirectPorts", [53682.0]),
        ("signIn.redirectPorts", [True]),
        ("signIn.redirectPorts", ["53682"]),
        ("signIn.redirectPorts", [53682, 53682]),
        ("signIn.redirectPorts", list(range(2000, 2017))),
    ],
)
def test_what_cannot_be_right_is_named(field: str, value: object) -> None:
    assert refused_values(spoilt(TEAM, field, value)) == {"reason": "field-malformed", "field": field}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("endpoint", "http://example.com/", "endpoint-not-https"),
        ("endpoint", "https://aki:secret@example.com/", "endpoint-user-info"),
        ("endpoint", "https://example.com/?x=1", "endpoint-query"),
        ("endpoint", "https://example.com/#x", "endpoint-fragment"),
        ("endpoint", "file:///etc/passwd", "endpoint-malformed"),
        ("endpoint", "https://ｅxample.com/", "endpoint-malformed"),
        ("signIn.issuer", "http://example.com", "endpoint-not-https"),
        ("signIn.issuer", "javascript:alert(1)", "endpoint-malformed"),
    ],
)
def test_no_address_leads_out_unencrypted_or_disguised(field: str, value: str, reason: str) -> None:
    assert refused_values(spoilt(TEAM, field, value)) == {"reason": reason, "field": field}


OTHER_REGION = "eu-west-1"


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        ("endpoint", "https://abc.lambda-url.eu-west-1.on.aws/", "region"),
        ("endpoint", "https://abc.execute-api.eu-west-1.amazonaws.com/prod/", "region"),
        ("s3Host", "logs-123.s3.eu-west-1.amazonaws.com", "region"),
        ("s3Host", "logs-123.s3.ap-northeast-1.amazonaws.com.evil.example", "region"),
        ("s3Host", "other.s3.ap-northeast-1.amazonaws.com", "bucket"),
        ("s3Host", "evil.example", "bucket"),
        ("s3Host", "127.0.0.1", "endpoint"),
        ("s3Host", "localhost:9000", "endpoint"),
        ("signIn.issuer", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E", "region"),
        ("signIn.issuer", "https://cognito-idp.ap-northeast-1.amazonaws.com/eu-west-1_Ab12Cd34E", "region"),
        ("signIn.issuer", "http://127.0.0.1:9000/x", "endpoint"),
        ("signIn.host", "team-logs.auth.eu-west-1.amazoncognito.com", "region"),
        ("signIn.host", "evil.example", "signIn.issuer"),
        ("signIn.host", "team-logs.auth.ap-northeast-1.amazoncognito.com.evil.example", "signIn.issuer"),
        ("signIn.host", "127.0.0.1", "signIn.issuer"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(field: str, value: str, other: str) -> None:
    said = refused_values(spoilt(TEAM, field, value))
    # Whichever is looked at first is named; what is said of the rest is that they disagree.
    assert said["reason"] == "fields-disagree"
    assert {said["field"], said["other"]} == {field, other} or (
        field == "signIn.issuer" and said["field"] == "signIn.host"
    )


def test_another_provider_s_pages_are_at_its_own_host() -> None:
    values = spoilt(
        spoilt(TEAM, "signIn.issuer", "https://login.example/realms/logs"), "signIn.host", "login.example"
    )
    assert parse_connection(json.dumps(values)).sign_in is not None
    other = spoilt(values, "signIn.host", "pages.example")
    assert refused_values(other)["reason"] == "fields-disagree"


def test_an_emulator_on_this_computer_may_have_everything_there() -> None:
    values = (
        TEAM
        | of_sandbox("http://127.0.0.1:4566/presigned-url-request", "logs", "us-east-1")
        | {"mode": "team"}
    )
    values = spoilt(values, "s3Host", "127.0.0.1:4566")
    values = spoilt(
        spoilt(values, "signIn.issuer", "http://127.0.0.1:4566/pool"), "signIn.host", "127.0.0.1:4566"
    )
    found = parse_connection(json.dumps(values))
    assert found.s3_host == "127.0.0.1"
    assert found.sign_in is not None
    assert refused_values(spoilt(values, "signIn.host", "127.0.0.1:9"))["reason"] == "fields-disagree"


# ---- whatever comes ---------------------------------------------------------------------------------------

ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
PATHS = st.sampled_from([*(name for name in TEAM), *(f"signIn.{name}" for name in SIGN_IN)])


def survives(text: str | bytes) -> None:
    """It is a connection whose profile can be made, or it is refused with a reason."""
    try:
        found = parse_connection(text)
    except ConnectionInvalid:
        return
    assert found.to_profile("any").endpoint == found.endpoint


@given(st.text() | st.binary())
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    survives(text)


@given(st.text(max_size=60))
def test_any_text_behind_the_prefix_is_read_or_refused(text: str) -> None:
    survives(f"chatlog-connection:{text}")


@given(st.binary(max_size=200))
def test_any_bytes_in_the_string_are_read_or_refused(content: bytes) -> None:
    survives("chatlog-connection:" + base64.b64encode(content).decode())


@given(PATHS, ANY_VALUE)
def test_any_value_in_any_field_is_read_or_refused(path: str, value: object) -> None:
    survives(json.dumps(spoilt(TEAM, path, value)))


@given(st.data(), st.integers(min_value=0, max_value=2000), st.characters())
def test_one_other_character_anywhere_is_read_or_refused(data: st.DataObject, at: int, other: str) -> None:
    text = data.draw(st.sampled_from([json.dumps(TEAM), as_string(TEAM), as_string(PERSONAL)]))
    at %= len(text)
    survives(text[:at] + other + text[at + 1 :])


# ---- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [json.dumps(PERSONAL, indent=2), as_string(PERSONAL) + "\n"])
def test_a_file_holds_either_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prod.chatlog-connection"
    path.write_text(text, encoding="utf-8-sig")
    assert is_connection_file(str(path))
    assert not is_connection_file(str(path) + ".jsonl")
    assert read_connection(path) == parse_connection(json.dumps(PERSONAL))


def test_what_is_no_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    wrong: list[tuple[Path, type[ChatLogError]]] = [
        (tmp_path / "gone", FileVanished),
        (tmp_path, NotARegularFile),
    ]
    (tmp_path / "large").write_bytes(b" " * 100_000)
    wrong.append((tmp_path / "large", ConnectionInvalid))
    (tmp_path / "file").touch()
    # Windows sees no difference to a folder that is missing.
    below_a_file = FileVanished if sys.platform == "win32" else FileUnreadable
    wrong.append((tmp_path / "file" / "below", below_a_file))
    for path, error in wrong:
        with pytest.raises(error):
            read_connection(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    make_pipe(tmp_path / "pipe.chatlog-connection")
    with pytest.raises(NotARegularFile):
        read_connection(tmp_path / "pipe.chatlog-connection")


# ---- the profile ------------------------------------------------------------------------------------------


def test_its_profile_has_its_storage_pinned_before_anybody_was_asked() -> None:
    team = parse_connection(json.dumps(TEAM))
    profile = team.to_profile("work")
    assert (profile.name, profile.kind, profile.endpoint) == ("work", "signin", team.endpoint)
    assert (profile.region, profile.sign_in, profile.storage) == ("ap-northeast-1", team.sign_in, None)
    assert profile.expected == Expected("123456789012", "logs-123", "ap-northeast-1", team.s3_host)
    personal = parse_connection(json.dumps(PERSONAL)).to_profile("mine", aws_profile="work")
    assert (personal.kind, personal.aws_profile, personal.sign_in) == ("iam", "work", None)
    assert personal.expected == profile.expected
