"""The emulator of AWS that the stack is deployed to, as a program: ministack, and what AWS does besides.

    python tests/stack/emulator.py    (its environment says where: see `start` in conftest.py)

ministack's Function URLs lack two things that AWS documents; both are added here, around ministack and apart from the
project's code, so that the handler meets what it will meet on AWS:

- `requestContext.authorizer.iam`, the identity that was verified
  (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html);
- the second permission: since October 2025 a signed call needs lambda:InvokeFunction beside
  lambda:InvokeFunctionUrl, evaluated with lambda:InvokedViaFunctionUrl
  (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).

Its REST API verifies Cognito tokens itself: signature, issuer, expiry and scope.
"""

from __future__ import annotations

from typing import Any

import ministack.app
from ministack.core.iam_evaluator import resolve_caller_identity
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc


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


if __name__ == "__main__":
    lambda_svc._build_function_url_event = with_verified_identity(lambda_svc._build_function_url_event)
    ministack.app._enforce_data_plane = with_both_permissions(ministack.app._enforce_data_plane)
    # With TLS it would also listen at port 443, where somebody else may.
    ministack.app._port_is_bindable = lambda *_: False
    ministack.app.main()
