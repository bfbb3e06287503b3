"""The user pool's pre-token-generation trigger (V2_0): `backend.owner_claim.handler(event, context)`.

It puts whose archive a user writes to into their access tokens, from the immutable attribute that an operator set when
the user was made. So a pool that is made anew, where everybody gets another `sub`, leaves the archives to their owners.
A user without the attribute owns what their `sub` names: no claim is added.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from __future__ import annotations

from backend.presign.caller import mapping
from backend.presign.caller_cognito import OWNER_CLAIM
from backend.presign.settings import OWNER_PATTERN

OWNER_ATTRIBUTE = "custom:owner_id"
_VERSIONS = ("2", "3")
"""An event of version 1 would change ID tokens only: the owner would be lost without a word."""


class OwnerClaimError(Exception):
    """The trigger cannot say whose archive it is. Cognito then issues no token, which is better than a wrong one."""


def handler(event: dict[str, object], context: object = None) -> dict[str, object]:  # noqa: ARG001 - Lambda's signature
    """The event with the claim in its response. Raises OwnerClaimError for other versions and unusable owners."""
    if event.get("version") not in _VERSIONS:
        raise OwnerClaimError("The trigger must be a pre-token-generation trigger of version V2_0.")
    attributes = mapping(mapping(event.get("request")).get("userAttributes"))
    if OWNER_ATTRIBUTE not in attributes:
        return event
    owner = attributes[OWNER_ATTRIBUTE]
    if not isinstance(owner, str) or not OWNER_PATTERN.fullmatch(owner):
        raise OwnerClaimError(f"The user's {OWNER_ATTRIBUTE} is no owner.")
    access = {"claimsToAddOrOverride": {OWNER_CLAIM: owner}}
    return event | {"response": {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": access}}}
