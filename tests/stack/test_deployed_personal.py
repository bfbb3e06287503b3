"""The stack in personal mode, deployed to an emulator: who may call it, and what its URLs allow.

Run by `make deploy-emulated`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from awscrt import checksums
from botocore.exceptions import ClientError

from tests.end_to_end.conftest import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.stack.cloud import Cloud, Key

pytestmark = pytest.mark.stack

BODY = b"a session\n" * 100
PART = os.urandom(16 * 1024**2)
LAST = b"the rest"
OTHERS = "chat-logs/bob/2026-11-03_a.jsonl.zst"


@pytest.fixture(scope="module")
def caller(personal: Cloud) -> Key:
    """A user who has the stack's policy for callers, and nothing else."""
    return personal.new_user("aki", policy=personal.outputs["CallersPolicy"])


def sha256(data: bytes) -> dict[str, str]:
    value = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"algorithm": "SHA256", "type": "FULL_OBJECT", "value": value}


def crc64(data: bytes) -> dict[str, str]:
    value = base64.b64encode(checksums.crc64nvme(data).to_bytes(8, "big")).decode()
    return {"algorithm": "CRC64NVME", "type": "FULL_OBJECT", "value": value}


def answered(cloud: Cloud, caller: Key, **request: Any) -> dict[str, Any]:
    """The reply to a request that is granted."""
    reply = cloud.signed_call(caller, request)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def upload(cloud: Cloud, caller: Key, name: str, body: bytes = BODY) -> dict[str, Any]:
    """A URL to put a session."""
    return answered(
        cloud,
        caller,
        action="upload",
        fileName=name,
        contentType="application/zstd",
        size=len(body),
        checksum=sha256(body),
        sessionDate="2026-11-03",
        expiresIn=60,
    )


# ---- who may call -----------------------------------------------------------------------------------------


def test_an_unsigned_call_is_refused(personal: Cloud) -> None:
    assert personal.call({"action": "health"}).status_code == 403


def test_a_call_signed_with_an_unknown_key_is_refused(personal: Cloud, caller: Key) -> None:
    wrong = type(caller)(caller.access_key, "0" * 40)
    assert personal.signed_call(wrong, {"action": "health"}).status_code == 403


def test_the_callers_policy_lets_in(personal: Cloud, caller: Key) -> None:
    health = answered(personal, caller, action="health")
    assert health["owner"] == "me"
    assert health["storage"]["bucket"] == personal.outputs["Bucket"]


def test_without_the_policy_nobody_comes_in(personal: Cloud) -> None:
    stranger = personal.new_user("stranger")
    assert personal.signed_call(stranger, {"action": "health"}).status_code == 403


def test_one_of_the_two_permissions_is_not_enough(personal: Cloud) -> None:
    allow = {"Effect": "Allow", "Resource": "*"}
    half = personal.new_user("half", {**allow, "Action": "lambda:InvokeFunctionUrl"})
    assert personal.signed_call(half, {"action": "health"}).status_code == 403


def test_a_caller_cannot_hand_the_function_an_invented_identity(personal: Cloud, caller: Key) -> None:
    invented = {
        "version": "2.0",
        "rawPath": "/",
        "requestContext": {
            "http": {"method": "POST", "path": "/"},
            "authorizer": {
                "iam": {
                    "accountId": "000000000000",
                    "callerId": "AIDAINVENTED",
                    "userArn": "arn:aws:iam::000000000000:user/bob",
                    "userId": "AIDAINVENTED",
                }
            },
        },
        "body": json.dumps({"action": "list"}),
    }
    function = "chatlog-uploader-emulated-presign"
    with pytest.raises(ClientError) as refused:
        personal.client("lambda", caller).invoke(FunctionName=function, Payload=json.dumps(invented))
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    # The refusal is the policy's: with the permission the same event would be believed.
    answer = personal.client("lambda").invoke(FunctionName=function, Payload=json.dumps(invented))
    assert json.loads(answer["Payload"].read())["statusCode"] == 200


# ---- what a URL allows ------------------------------------------------------------------------------------


def put(cloud: Cloud, granted: Mapping[str, Any], body: bytes = BODY, **changed: str | None) -> int:
    """The status of a PUT to a granted URL; `changed` headers have _ for -, None leaves one out."""
    headers = {name.lower(): value for name, value in granted["headers"].items()}
    for name, value in changed.items():
        headers[name.replace("_", "-")] = value or ""
        if value is None:
            del headers[name.replace("_", "-")]
    return cloud.send("PUT", granted["presignedUrl"], body, headers).status_code


def test_a_url_takes_exactly_what_was_signed(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "exact.jsonl.zst")
    assert put(personal, granted) == 200
    head = answered(personal, caller, action="head", s3Key=granted["s3Key"])
    assert (head["size"], head["checksum"]) == (len(BODY), sha256(BODY))
    assert head["encryption"]["keyId"] == personal.outputs["Key"]
    link = answered(personal, caller, action="download", s3Key=granted["s3Key"])
    assert personal.send("GET", link["presignedUrl"], headers=link["headers"]).content == BODY


def test_an_expired_url_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "late.jsonl.zst")
    with personal.ahead(61):
        assert put(personal, granted) == 403
    assert put(personal, granted) == 200


def test_a_tampered_url_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "tampered.jsonl.zst")
    longer = granted["presignedUrl"].replace("X-Amz-Expires=60", "X-Amz-Expires=600")
    assert longer != granted["presignedUrl"]
    assert put(personal, {**granted, "presignedUrl": longer}) == 403


def test_another_length_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "longer.jsonl.zst")
    assert put(personal, granted, BODY + b"x", content_length=str(len(BODY) + 1)) == 403


def test_another_content_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "other.jsonl.zst")
    other = BODY[::-1]
    assert put(personal, granted, other) == 400
    assert put(personal, granted, other, x_amz_checksum_sha256=sha256(other)["value"]) == 403


def test_without_encryption_it_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "plain.jsonl.zst")
    assert put(personal, granted, x_amz_server_side_encryption=None) == 403
    assert put(personal, granted, x_amz_server_side_encryption="AES256") == 403
    assert put(personal, granted, x_amz_server_side_encryption_aws_kms_key_id=None) == 403


def test_another_key_is_refused(personal: Cloud, caller: Key) -> None:
    granted = upload(personal, caller, "mine.jsonl.zst")
    others = granted["presignedUrl"].replace("/chat-logs/me/", "/chat-logs/bob/")
    assert others != granted["presignedUrl"]
    assert put(personal, {**granted, "presignedUrl": others}) == 403


def test_the_bucket_takes_nothing_unencrypted_from_anybody(personal: Cloud) -> None:
    s3, key = personal.client("s3"), personal.outputs["Key"]
    where = {"Bucket": personal.outputs["Bucket"], "Key": "chat-logs/me/x", "Body": b"x"}
    other = personal.client("kms").create_key()["KeyMetadata"]["Arn"]
    for encryption in (
        {},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": other},
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(**where, **encryption)
    s3.put_object(**where, ServerSideEncryption="aws:kms", SSEKMSKeyId=key)


def test_the_bucket_takes_no_signature_older_than_an_hour(personal: Cloud) -> None:
    """Whoever signed it, and however long they meant it to live."""
    s3, bucket = personal.client("s3"), personal.outputs["Bucket"]
    wanted = {"Bucket": bucket, "Prefix": "chat-logs/"}
    url = s3.generate_presigned_url("list_objects_v2", Params=wanted, ExpiresIn=7200)
    assert personal.send("GET", url).status_code == 200
    with personal.ahead(3590):
        assert personal.send("GET", url).status_code == 200
    with personal.ahead(3601):
        assert personal.send("GET", url).status_code == 403


def test_without_the_role_s_permission_a_url_is_worth_nothing(personal: Cloud, caller: Key) -> None:
    """So the tests above do speak of the role; what signs a URL is its limit."""
    iam = personal.client("iam")
    role, policy_of_bucket = (
        _role(personal),
        personal.client("s3").get_bucket_policy(Bucket=personal.outputs["Bucket"])["Policy"],
    )
    whole = iam.get_role_policy(RoleName=role, PolicyName="presign")["PolicyDocument"]
    granted = upload(personal, caller, "powerless.jsonl.zst")
    try:
        iam.put_role_policy(
            RoleName=role, PolicyName="presign", PolicyDocument=json.dumps(_without_put(whole))
        )
        _set_bucket_policy(personal, json.dumps(_without_put(json.loads(policy_of_bucket))))
        assert put(personal, granted) == 403
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="presign", PolicyDocument=json.dumps(whole))
        _set_bucket_policy(personal, policy_of_bucket)
    assert put(personal, granted) == 200


def _role(cloud: Cloud) -> str:
    function = cloud.client("lambda").get_function_configuration(
        FunctionName="chatlog-uploader-emulated-presign"
    )
    return str(function["Role"]).rpartition("/")[2]


def _set_bucket_policy(cloud: Cloud, policy: str) -> None:
    cloud.client("s3").put_bucket_policy(Bucket=cloud.outputs["Bucket"], Policy=policy)


def _without_put(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy that allows s3:PutObject nowhere (the bucket's policy allows it to the role as well)."""

    def kept(statement: dict[str, Any]) -> dict[str, Any]:
        if statement["Effect"] == "Deny":
            return statement
        return {**statement, "Action": [action for action in statement["Action"] if action != "s3:PutObject"]}

    return {**policy, "Statement": [kept(statement) for statement in policy["Statement"]]}


# ---- in parts ---------------------------------------------------------------------------------------------


@pytest.fixture
def in_parts(personal: Cloud, caller: Key) -> Iterator[dict[str, Any]]:
    """An upload of two parts that has begun."""
    whole = PART + LAST
    begun = answered(
        personal,
        caller,
        action="multipart-create",
        fileName="large.jsonl.zst",
        contentType="application/zstd",
        size=len(whole),
        checksum=crc64(whole),
        sessionDate="2026-11-03",
    )
    yield {name: begun[name] for name in ("s3Key", "uploadId")}
    answered(personal, caller, action="multipart-abort", s3Key=begun["s3Key"], uploadId=begun["uploadId"])


def sign_part(
    cloud: Cloud, caller: Key, begun: Mapping[str, Any], number: int, data: bytes
) -> dict[str, Any]:
    part = {"partNumber": number, "size": len(data), "checksum": crc64(data)}
    (granted,) = answered(cloud, caller, action="multipart-sign", **begun, parts=[part])["parts"]
    return dict(granted)


def test_a_part_takes_exactly_what_was_signed(personal: Cloud, caller: Key, in_parts: dict[str, Any]) -> None:
    granted = sign_part(personal, caller, in_parts, 2, LAST)
    url, other = granted["presignedUrl"], LAST[::-1]
    refused = {
        "another length": put(personal, granted, LAST + b"x", content_length=str(len(LAST) + 1)),
        "another checksum": put(personal, granted, other, x_amz_checksum_crc64nvme=crc64(other)["value"]),
        "another part": put(
            personal, {**granted, "presignedUrl": url.replace("partNumber=2", "partNumber=1")}, LAST
        ),
        "another key": put(
            personal, {**granted, "presignedUrl": url.replace("/chat-logs/me/", "/chat-logs/bob/")}, LAST
        ),
        "tampered": put(
            personal, {**granted, "presignedUrl": url[:-1] + ("0" if url[-1] != "0" else "1")}, LAST
        ),
    }
    with personal.ahead(3601):
        refused["expired"] = put(personal, granted, LAST)
    assert refused == dict.fromkeys(refused, 403)
    assert put(personal, granted, other) == 400
    assert put(personal, granted, LAST) == 200


# ---- whose ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_fields",
    [
        {"action": "download"},
        {"action": "head"},
        {"action": "versions"},
        {"action": "restore", "days": 1},
        {"action": "delete"},
        {"action": "undelete"},
        {"action": "multipart-list", "uploadId": "x"},
        {"action": "multipart-abort", "uploadId": "x"},
        {
            "action": "multipart-sign",
            "uploadId": "x",
            "parts": [{"partNumber": 1, "size": 1, "checksum": crc64(b"x")}],
        },
        {"action": "multipart-complete", "uploadId": "x", "size": 1, "checksum": crc64(b"x")},
    ],
    ids=lambda fields: fields["action"],
)
@pytest.mark.parametrize("exists", [True, False])
def test_another_owner_s_key_is_not_there(
    personal: Cloud, caller: Key, request_fields: dict[str, Any], exists: bool
) -> None:
    if exists:
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": personal.outputs["Key"]}
        personal.client("s3").put_object(
            Bucket=personal.outputs["Bucket"], Key=OTHERS, Body=b"x", **encryption
        )
    s3_key = OTHERS if exists else OTHERS.replace("_a", "_b")
    reply = personal.signed_call(caller, {**request_fields, "s3Key": s3_key})
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


# ---- the main job -----------------------------------------------------------------------------------------


@pytest.fixture
def user(personal: Cloud, caller: Key, tmp_path: Path) -> Iterator[Home]:
    """Somebody with sessions, whose profile was made from what the deployment printed."""
    home = Home(tmp_path)
    files = home.user / ".aws"
    files.mkdir()
    (files / "credentials").write_text(
        f"[callers]\naws_access_key_id = {caller.access_key}\naws_secret_access_key = {caller.secret_key}\n",
        encoding="utf-8",
    )
    home.environ["REQUESTS_CA_BUNDLE"] = str(personal.certificate)
    connection = personal.outputs["Connection"]
    home.run("profile", "add", "cloud", "--connection", connection, "--aws-profile", "callers", "--yes")
    yield home
    home.stop()


def sessions(user: Home) -> list[dict[str, Any]]:
    """What the archive holds of sessions: the tests above have left objects of their own."""
    return [line for line in user.run("history", "--json").lines if line["sessionId"]]


def test_the_program_s_main_job(user: Home) -> None:
    written = [user.write_session(f"s{number}", size=200_000 * number) for number in range(3)]
    assert "“cloud” works" in user.run("profile", "test", "cloud").out
    assert {line["state"] for line in user.run("upload", "--all", "--json").lines} == {"archived"}
    assert {line["state"] for line in user.run("upload", "--all", "--json").lines} == {"unchanged"}
    history = sessions(user)
    assert {line["sessionId"] for line in history} == {"s0", "s1", "s2"}
    for line in history:
        assert line["s3Key"].startswith("chat-logs/me/")
        folder = user.user / line["sessionId"]
        user.run("download", line["s3Key"], "--to", str(folder))
        (brought,) = (path for path in folder.rglob("*") if path.is_file())
        (original,) = (path for path in written if path.stem == line["sessionId"])
        assert brought.read_bytes() == original.read_bytes()
    user.run("delete", history[0]["s3Key"])
    assert len(sessions(user)) == 2
    user.run("undelete", history[0]["s3Key"])
    assert len(sessions(user)) == 3


# ---- what is written down ---------------------------------------------------------------------------------


def test_the_function_s_log_tells_no_url_key_or_title(personal: Cloud, caller: Key) -> None:
    title = "a-title-that-nobody-else-needs-to-know"
    granted = upload(personal, caller, f"{title}.jsonl.zst")
    reply = personal.send("PUT", granted["presignedUrl"], BODY, granted["headers"])
    assert reply.status_code == 200, reply.text
    answered(personal, caller, action="download", s3Key=granted["s3Key"])
    log = personal.log_of("/aws/lambda/chatlog-uploader-emulated-presign")
    assert '"Action": "upload"' in log
    assert '"Action": "download"' in log
    secrets = (title, granted["presignedUrl"], "X-Amz-", "https://", "chat-logs/", caller.secret_key)
    assert [one for one in secrets if one in log] == []
