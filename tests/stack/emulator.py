"""The emulator of AWS that the stack is deployed to, as a program: ministack, and what AWS does besides.

    python tests/stack/emulator.py    (its environment says where: see `start` in conftest.py)

ministack lacks some things that AWS documents; they are added here, around ministack and apart from the project's code,
so that the stack meets what it will meet on AWS:

- `requestContext.authorizer.iam`, the identity that was verified
  (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html);
- the second permission: since October 2025 a signed call needs lambda:InvokeFunction beside
  lambda:InvokeFunctionUrl, evaluated with lambda:InvokedViaFunctionUrl
  (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html);
- the condition keys s3:x-amz-server-side-encryption-aws-kms-key-id and s3:signatureAge, which the bucket's policy uses
  (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html);
- the second factor: GetSessionToken with a device and the code 123456 gives a session whose requests carry
  aws:MultiFactorAuthPresent (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html);
- a stack's bucket has the tags and the encryption that its template gives it
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html);
- a stack does not take over a log group that is there, but fails
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html);
- a bucket's policy can be imported into a stack
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html).

Its REST API verifies Cognito tokens itself: signature, issuer, expiry and scope. (It asks its own server for the pool's
keys, without TLS also where that server speaks nothing else; that is mended here.)

So that nobody has to wait until something expires, the clocks of S3 and of the REST API can be set ahead: by the
seconds that stand in the file EMULATOR_CLOCK.
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import ministack.app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway_v1, cloudwatch_logs, lambda_svc, s3, sts
from ministack.services.cloudformation import provisioners

ONE_TIME_CODE = "123456"


def with_verified_identity(build: Any) -> Any:
    """ministack's maker of a Function URL's events, with the identity that the request was signed with."""

    def built(*arguments: Any, **named: Any) -> dict[str, Any]:
        event: dict[str, Any] = build(*arguments, **named)
        headers, query = arguments[5], arguments[7]
        identity = resolve_caller_identity(extract_access_key_id(headers, query))
        if identity is not None and not named.get("anonymous"):
            event["requestContext"]["authorizer"] = {
                "iam": {
                    "accessKey": identity["accessKey"],
                    "accountId": identity["accountId"],
                    "callerId": identity["userId"],
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": identity["userArn"],
                    "userId": identity["userId"],
                }
            }
        return event

    return built


def with_both_permissions(enforce: Any) -> Any:
    """ministack's check of a data-plane call, asking for a Function URL's second permission too."""

    def enforced(service: str, action: str, *arguments: Any, **named: Any) -> Any:
        denied = enforce(service, action, *arguments, **named)
        if denied or action != "lambda:InvokeFunctionUrl":
            return denied
        context = {**(named.pop("service_context", None) or {}), "lambda:InvokedViaFunctionUrl": "true"}
        return enforce(service, "lambda:InvokeFunction", *arguments, **named, service_context=context)

    return enforced


def with_more_conditions(context_of: Any) -> Any:
    """ministack's maker of a request's condition keys, with those that the bucket's policy asks for besides."""

    def made(action: str, query: Any, path: str = "", headers: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = context_of(action, query, path, headers)
        header = "x-amz-server-side-encryption-aws-kms-key-id"
        upload = s3._multipart_uploads.get(_first(query, "uploadId"))
        # A part and the completion carry no such header: what the upload began with decides.
        key = (upload["preserved_headers"] if upload else headers or {}).get(header)
        if action == "s3:PutObject" and key:
            context[f"s3:{header}"] = key
        signed = _first(query, "X-Amz-Date") or (headers or {}).get("x-amz-date")
        if signed:
            at = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            age = datetime.now(UTC) + timedelta(seconds=seconds_ahead()) - at
            context["s3:signatureAge"] = str(int(age / timedelta(milliseconds=1)))
        return context

    return made


def with_second_factor(handle: Any) -> Any:
    """ministack's STS, which opens a session with a second factor for the one good code."""

    async def handled(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        with_code = asked.get("Action") == "GetSessionToken" and "SerialNumber" in asked
        if with_code and asked.get("TokenCode") != ONE_TIME_CODE:
            said = "<Code>AccessDenied</Code><Message>MultiFactorAuthentication failed</Message>"
            refusal = f"<ErrorResponse><Error><Type>Sender</Type>{said}</Error></ErrorResponse>"
            return 403, {"Content-Type": "text/xml"}, refusal.encode()
        reply = await handle(method, path, headers, body, query)
        if with_code:
            (key,) = re.findall(rb"<AccessKeyId>(\w+)</AccessKeyId>", reply[2])
            sts._sessions.get(key.decode())["SecondFactor"] = True
        return reply

    return handled


def as_its_template_says(change: Any) -> Any:
    """ministack's way of making or changing a stack's bucket, with the bucket's tags and encryption."""

    def changed(*arguments: Any) -> Any:
        name, attributes = change(*arguments)
        properties = arguments[-2]
        s3._bucket_tags[name] = {one["Key"]: one["Value"] for one in properties.get("Tags", ())}
        encryption = properties.get("BucketEncryption")
        if encryption is None:
            s3._delete_bucket_encryption(name)
        else:
            (rule,) = encryption["ServerSideEncryptionConfiguration"]
            told = "".join(
                f"<{word}>{text}</{word}>" for word, text in rule["ServerSideEncryptionByDefault"].items()
            )
            told = f"<ApplyServerSideEncryptionByDefault>{told}</ApplyServerSideEncryptionByDefault>"
            told = (
                f"<ServerSideEncryptionConfiguration><Rule>{told}</Rule></ServerSideEncryptionConfiguration>"
            )
            assert s3._put_bucket_encryption(name, told.encode())[0] == 200
        return name, attributes

    return changed


def refusing_taken_names(create: Any) -> Any:
    """ministack's way of making a stack's log group, where there is none of that name."""

    def created(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        name = properties["LogGroupName"]
        if name in cloudwatch_logs._log_groups:
            raise ValueError(f"{name} already exists")
        return create(logical_id, properties, stack)

    return created


def imported_policy(identifier: dict[str, str]) -> tuple[str, dict[str, str]]:
    """What CloudFormation calls a bucket's policy that it imports, as if it had made it."""
    return f"{identifier['Bucket']}-policy", {}


def with_second_factor_told(keys_of: Any) -> Any:
    """ministack's maker of the keys that describe a caller, with that of his second factor."""

    def made(credential: Any) -> dict[str, Any]:
        keys: dict[str, Any] = keys_of(credential)
        session = sts._sessions.get(credential.access_key_id)
        if session is not None and session.get("SecondFactor"):
            keys["aws:multifactorauthpresent"] = "true"
        return keys

    return made


def _first(query: Any, name: str) -> str:
    value = (query or {}).get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def seconds_ahead() -> float:
    """How far the clocks are set ahead."""
    try:
        return float(Path(os.environ["EMULATOR_CLOCK"]).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return 0.0


def expired_by_that_clock(is_expired: Any) -> Any:
    """ministack's judgement whether a presigned URL has expired, at the emulator's time."""

    def judged(date: str, expires: str) -> Any:
        now = datetime.now(UTC) + timedelta(seconds=seconds_ahead())
        return is_expired(date, expires, now=now)

    return judged


def over_tls(fetch: Any) -> Any:
    """ministack's way of fetching a pool's keys from itself."""
    return lambda url: fetch(url.replace("http://", "https://", 1))


def with_that_clock(module: Any) -> Any:
    """A module's own view of `time`."""
    return SimpleNamespace(**{**vars(module.time), "time": lambda: time.time() + seconds_ahead()})


if __name__ == "__main__":
    lambda_svc._build_function_url_event = with_verified_identity(lambda_svc._build_function_url_event)
    ministack.app._enforce_data_plane = with_both_permissions(ministack.app._enforce_data_plane)
    iam_actions.s3_service_context = with_more_conditions(iam_actions.s3_service_context)
    iam_evaluator._principal_keys = with_second_factor_told(iam_evaluator._principal_keys)
    provisioners._RESOURCE_HANDLERS["AWS::S3::BucketPolicy"]["import"] = imported_policy
    buckets = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    buckets |= {action: as_its_template_says(buckets[action]) for action in ("create", "update")}
    log_groups = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    log_groups["create"] = refusing_taken_names(log_groups["create"])
    sts.handle_request = with_second_factor(sts.handle_request)
    s3.presigned_request_is_expired = expired_by_that_clock(s3.presigned_request_is_expired)
    apigateway_v1._fetch_jwks = over_tls(apigateway_v1._fetch_jwks)
    apigateway_v1.time = with_that_clock(apigateway_v1)
    # With TLS it would also listen at port 443, where somebody else may.
    ministack.app._port_is_bindable = lambda *_: False
    ministack.app.main()
