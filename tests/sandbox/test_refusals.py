"""What S3 refuses, the sandbox refuses: each row at a real sandbox; and each row again in this process with the one
check that is meant switched off, where the same request must be accepted: so the refusal comes from that check, and
the test would fail without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.sandbox.lifecycle import SandboxInfo

BODY = b"a session's lines, compressed " * 40
SIGNATURES = "app.sandbox.signatures."


def nothing(*_: object, **__: object) -> None:
    """In the place of a check."""


def yes(*_: object, **__: object) -> bool:
    return True


def no_headers(*_: object, **__: object) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Row:
    name: str
    make: Callable[[Any, str], Any]
    status: int
    code: str
    off: tuple[tuple[str, Callable[..., Any]], ...]
    """The checks to switch off for the request to be accepted."""


def changed(sent: Any, **changes: Any) -> Any:
    return replace(sent, **changes)


def with_url(sent: Any, old: str, new: str) -> Any:
    assert old in sent.url
    return replace(sent, url=sent.url.replace(old, new, 1))


def ago(**amount: float) -> datetime:
    return datetime.now(UTC) - timedelta(**amount)


def twice(signer: Any, key: str) -> Any:
    first = signer.put(BODY, key, extra={"if-none-match": "*"})
    assert first.go().status_code == 200
    return first


def host_lie(signer: Any, key: str, host: str) -> Any:
    return replace(signer, host=host).put(BODY, key)


def signature_off() -> tuple[tuple[str, Callable[..., Any]], ...]:
    return ((SIGNATURES + "check_signature", nothing),)


POLICY_OFF = (("app.sandbox.policies.Authorizer.allows", yes),)
GUARD_OFF = (("app.sandbox.guard.foreign", nothing),)

ROWS = [
    Row(
        "expired",
        lambda signer, key: signer.put(BODY, key, moment=ago(minutes=20), expires=900),
        403,
        "AccessDenied",
        ((SIGNATURES + "check_life", nothing),),
    ),
    Row(
        "expired, signed in the header",
        lambda signer, key: signer.sign_header("PUT", key, signer.put_headers(BODY), BODY, ago(minutes=20)),
        403,
        "RequestTimeTooSkewed",
        ((SIGNATURES + "check_skew", nothing),),
    ),
    Row(
        "alive for longer than the bucket's policy lets a signature be old",
        lambda signer, key: signer.put(BODY, key, moment=ago(minutes=61), expires=7200),
        403,
        "AccessDenied",
        POLICY_OFF,
    ),
    Row(
        "signed in the future",
        lambda signer, key: signer.put(BODY, key, moment=ago(minutes=-20)),
        403,
        "AccessDenied",
        ((SIGNATURES + "check_life", nothing),),
    ),
    Row(
        "a life of over a week",
        lambda signer, key: signer.put(BODY, key, expires=604801),
        400,
        "AuthorizationQueryParametersError",
        ((SIGNATURES + "check_life", nothing),),
    ),
    Row(
        "tampered: another key",
        lambda signer, key: with_url(signer.put(BODY, key), key, key + "x"),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "tampered: a longer life",
        lambda signer, key: with_url(
            signer.put(BODY, key, expires=900), "X-Amz-Expires=900", "X-Amz-Expires=3000"
        ),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "tampered: one more parameter",
        lambda signer, key: with_url(signer.put(BODY, key), "?", "?response-content-type=text%2Fhtml&"),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "tampered: another content type",
        lambda signer, key: changed(
            signer.put(BODY, key), headers={**signer.put_headers(BODY), "content-type": "text/html"}
        ),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "another method",
        lambda signer, key: changed(
            signer.put(BODY, key, without=("content-length",)), method="DELETE", body=b""
        ),
        403,
        "SignatureDoesNotMatch",
        (*signature_off(), ("app.sandbox.strict.check_understood", nothing)),
    ),
    Row(
        "other length",
        lambda signer, key: changed(
            signer.put(BODY, key, without=("x-amz-checksum-sha256",)), body=BODY + b"!"
        ),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "other bytes, same length",
        lambda signer, key: changed(signer.put(BODY, key), body=b"B" + BODY[1:]),
        400,
        "BadDigest",
        (("app.sandbox.checksums.check_digest", nothing),),
    ),
    Row(
        "other bytes, CRC64NVME",
        lambda signer, key: signer.put(
            BODY, key, without=("x-amz-checksum-sha256",), extra={"x-amz-checksum-crc64nvme": "AAAAAAAAAAA="}
        ),
        400,
        "BadDigest",
        (("app.sandbox.checksums.check_digest", nothing),),
    ),
    Row(
        "other bytes, Content-MD5",
        lambda signer, key: signer.put(BODY, key, extra={"content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}),
        400,
        "BadDigest",
        (("app.sandbox.checksums.check_md5", nothing),),
    ),
    Row(
        "other bytes, signed in the header",
        lambda signer, key: changed(
            signer.sign_header("PUT", key, {**signer.encryption, "content-type": "application/zstd"}, BODY),
            body=b"B" + BODY[1:],
        ),
        400,
        "XAmzContentSHA256Mismatch",
        (("app.sandbox.checksums.check_payload_hash", nothing),),
    ),
    Row(
        "without a signed header",
        lambda signer, key: changed(
            signer.put(BODY, key),
            headers={
                name: value for name, value in signer.put_headers(BODY).items() if name != "x-amz-meta-tool"
            },
        ),
        403,
        "SignatureDoesNotMatch",
        (*signature_off(), (SIGNATURES + "check_signed_headers", nothing)),
    ),
    Row(
        "without the signed checksum",
        lambda signer, key: changed(
            signer.put(BODY, key),
            headers={
                name: value for name, value in signer.put_headers(BODY).items() if "checksum" not in name
            },
        ),
        403,
        "SignatureDoesNotMatch",
        (*signature_off(), (SIGNATURES + "check_signed_headers", nothing)),
    ),
    Row(
        "with an unsigned x-amz-meta header",
        lambda signer, key: changed(
            signer.put(BODY, key), headers={**signer.put_headers(BODY), "x-amz-meta-more": "1"}
        ),
        403,
        "AccessDenied",
        ((SIGNATURES + "check_unsigned_headers", nothing),),
    ),
    Row(
        "with an unsigned storage class",
        lambda signer, key: changed(
            signer.put(BODY, key), headers={**signer.put_headers(BODY), "x-amz-storage-class": "STANDARD_IA"}
        ),
        403,
        "AccessDenied",
        ((SIGNATURES + "check_unsigned_headers", nothing),),
    ),
    Row(
        "unencrypted",
        lambda signer, key: signer.put(BODY, key, without=tuple(signer.encryption)),
        403,
        "AccessDenied",
        POLICY_OFF,
    ),
    Row(
        "encrypted with S3's own key",
        lambda signer, key: signer.put(
            BODY,
            key,
            without=("x-amz-server-side-encryption-aws-kms-key-id",),
            extra={"x-amz-server-side-encryption": "AES256"},
        ),
        403,
        "AccessDenied",
        POLICY_OFF,
    ),
    Row(
        "encrypted with a key that is not named",
        lambda signer, key: signer.put(BODY, key, without=("x-amz-server-side-encryption-aws-kms-key-id",)),
        403,
        "AccessDenied",
        POLICY_OFF,
    ),
    Row(
        "encrypted with another key",
        lambda signer, key: signer.put(
            BODY,
            key,
            extra={
                "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:ap-northeast-1:000000000000:key/other"
            },
        ),
        403,
        "AccessDenied",
        (*POLICY_OFF, ("app.sandbox.object_headers.encryption_headers", no_headers)),
    ),
    Row(
        "outside the two prefixes",
        lambda signer, key: signer.put(BODY, "elsewhere/" + key),
        403,
        "AccessDenied",
        POLICY_OFF,
    ),
    Row(
        "over an object that must not be there",
        twice,
        412,
        "PreconditionFailed",
        (("app.sandbox.objects.check_write_conditions", nothing),),
    ),
    Row(
        "the emulator's built-in key",
        lambda signer, key: signer.put(BODY, key, access_key="test", secret_key="test"),
        403,
        "InvalidAccessKeyId",
        ((SIGNATURES + "check_key", nothing), *signature_off()),
    ),
    Row(
        "an account number as a key",
        lambda signer, key: signer.put(BODY, key, access_key="000000000000", secret_key="test"),
        403,
        "InvalidAccessKeyId",
        ((SIGNATURES + "check_key", nothing), *signature_off()),
    ),
    Row(
        "the right key with a wrong secret",
        lambda signer, key: signer.put(BODY, key, secret_key="wrong"),
        403,
        "SignatureDoesNotMatch",
        signature_off(),
    ),
    Row(
        "a session token of nobody",
        lambda signer, key: signer.put(BODY, key, token="made-up"),
        400,
        "InvalidToken",
        ((SIGNATURES + "check_token", nothing),),
    ),
    Row(
        "signed for another region",
        lambda signer, key: signer.put(BODY, key, region="us-east-1"),
        400,
        "AuthorizationQueryParametersError",
        ((SIGNATURES + "check_scope", nothing),),
    ),
    Row(
        "signed for another service",
        lambda signer, key: signer.put(BODY, key, service="kms"),
        400,
        "AuthorizationQueryParametersError",
        # Other services encode the path twice, so the signature differs as well.
        ((SIGNATURES + "check_scope", nothing), *signature_off()),
    ),
    Row(
        "with an ACL that would be ignored",
        lambda signer, key: signer.put(BODY, key, extra={"x-amz-acl": "public-read"}),
        501,
        "NotImplemented",
        (("app.sandbox.strict.check_understood", nothing),),
    ),
    Row(
        "expecting another owner of the bucket",
        lambda signer, key: signer.put(BODY, key, extra={"x-amz-expected-bucket-owner": "111122223333"}),
        403,
        "AccessDenied",
        (("app.sandbox.strict.check_owner", nothing),),
    ),
    Row("a rebound name", partial(host_lie, host="attacker.example"), 403, "AccessDenied", GUARD_OFF),
    Row("another loopback name", partial(host_lie, host="127.0.0.1.nip.io"), 403, "AccessDenied", GUARD_OFF),
    Row(
        "from a web page",
        lambda signer, key: changed(
            signer.put(BODY, key), headers={**signer.put_headers(BODY), "origin": "http://127.0.0.1:8000"}
        ),
        403,
        "AccessDenied",
        GUARD_OFF,
    ),
    Row(
        "from a web page without an Origin",
        lambda signer, key: changed(
            signer.put(BODY, key), headers={**signer.put_headers(BODY), "sec-fetch-site": "cross-site"}
        ),
        403,
        "AccessDenied",
        GUARD_OFF,
    ),
    Row(
        "with metadata over 2 KB",
        lambda signer, key: signer.put(BODY, key, extra={"x-amz-meta-much": "x" * 2049}),
        400,
        "MetadataTooLarge",
        (("app.sandbox.object_headers.check_metadata_size", nothing),),
    ),
]


EMULATOR_LETS_THROUGH = frozenset(
    {
        "alive for longer than the bucket's policy lets a signature be old",
        "other bytes, signed in the header",
        "with an unsigned x-amz-meta header",
        "with an unsigned storage class",
        "encrypted with another key",
        "the emulator's built-in key",
        "an account number as a key",
        "signed for another region",
        "expecting another owner of the bucket",
        "a rebound name",
        "another loopback name",
        "from a web page",
        "from a web page without an Origin",
        "with metadata over 2 KB",
    }
)
"""What the sandbox would accept, too, if it were only the emulator behind a port."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_refused_at_a_real_sandbox(
    row: Row, shared_sandbox: SandboxInfo, signer_of: Any, tmp_path: Any
) -> None:
    signer = signer_of(shared_sandbox)
    key = f"chat-logs/sandbox/2026-01-02_{tmp_path.name.lower()}"

    reply = row.make(signer, key).go()

    assert (reply.status_code, f"<Code>{row.code}</Code>" in reply.text) == (row.status, True), reply.text
    if row.status != 412:  # the one refusal that has an object to protect
        assert listed(signer, key) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_accepted_when_that_check_is_off(
    row: Row, local_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = row.make(local_server.signer, "chat-logs/sandbox/2026-01-02_row")
    for target, replacement in row.off:
        monkeypatch.setattr(target, replacement)

    reply = request.go()

    assert reply.status_code in {200, 204}, reply.text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_emulator_refuses_it_too_or_is_known_not_to(row: Row, emulator: Any, tmp_path: Any) -> None:
    """A second opinion on what must be refused: ministack's own server, with authentication on."""
    reply = row.make(emulator, f"chat-logs/sandbox/2026-01-02_{tmp_path.name.lower()}").go()

    assert (reply.status_code >= 400) == (row.name not in EMULATOR_LETS_THROUGH), reply.text


def test_the_emulator_accepts_the_same_request_untouched(emulator: Any) -> None:
    reply = emulator.put(BODY, "chat-logs/sandbox/2026-01-02_untouched").go()

    assert reply.status_code == 200, reply.text


def test_the_same_request_untouched_is_accepted(shared_sandbox: SandboxInfo, signer_of: Any) -> None:
    signer = signer_of(shared_sandbox)
    key = "chat-logs/sandbox/2026-01-02_accepted"

    put = signer.put(BODY, key).go()

    assert put.status_code == 200, put.text
    assert listed(signer, key) == [key]
    assert signer.presign("GET", key).go().content == BODY


def test_nobody_may_list_the_whole_bucket(shared_sandbox: SandboxInfo, signer_of: Any) -> None:
    signer = signer_of(shared_sandbox)

    assert signer.presign("GET", "", query="list-type=2").go().status_code == 403
    assert signer.presign("GET", "", query="list-type=2&prefix=other/").go().status_code == 403
    assert signer.presign("GET", "", query="versions=").go().status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_missing_key_is_told_to_nobody_who_may_not_list_everything(
    method: str, shared_sandbox: SandboxInfo, signer_of: Any
) -> None:
    reply = signer_of(shared_sandbox).presign(method, "chat-logs/sandbox/2026-01-02_missing").go()

    assert reply.status_code == 403


def test_a_missing_key_is_told_to_those_who_may(local_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sandbox.policies.Authorizer.allows", yes)

    reply = local_server.signer.presign("GET", "chat-logs/sandbox/2026-01-02_missing").go()

    assert reply.status_code == 404
    assert "<Code>NoSuchKey</Code>" in reply.text


def test_no_version_can_be_destroyed(shared_sandbox: SandboxInfo, signer_of: Any) -> None:
    signer = signer_of(shared_sandbox)
    key = "chat-logs/sandbox/2026-01-02_indestructible"
    version = signer.put(BODY, key).go().headers["x-amz-version-id"]

    reply = signer.presign("DELETE", key, query=f"versionId={version}").go()

    assert reply.status_code == 403
    assert signer.presign("GET", key, query=f"versionId={version}").go().content == BODY


def listed(signer: Any, prefix: str) -> list[str]:
    reply = signer.presign("GET", "", query=f"list-type=2&prefix={prefix}").go()
    assert reply.status_code == 200, reply.text
    return re.findall("<Key>(.*?)</Key>", reply.text)
