"""Who may do what in the sandbox: the documents that the deployed stack has, evaluated by ministack's IAM engine.

The handler's user has exactly the actions of the deployed role; the bucket refuses what the deployed bucket refuses
(TLS apart: loopback has none); the key serves that user through S3 only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_URL_LIFE_MS = 3600 * 1000  # what the protocol's expiresIn allows at most
PREFIXES = ("chat-logs/", "session-index/")

_OBJECT_ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:RestoreObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
    "s3:DeleteObject",
)


def identity_policy(bucket: str, key_arn: str, region: str) -> dict[str, Any]:
    """What the handler may do: the deployed role's statements."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Objects",
                "Effect": "Allow",
                "Action": list(_OBJECT_ACTIONS),
                "Resource": [f"arn:aws:s3:::{bucket}/{prefix}*" for prefix in PREFIXES],
            },
            {
                "Sid": "Lists",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
                "Resource": [f"arn:aws:s3:::{bucket}"],
                "Condition": {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in PREFIXES]}},
            },
            {
                "Sid": "KeyThroughS3",
                "Effect": "Allow",
                "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                "Resource": [key_arn],
                "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
            },
        ],
    }


def bucket_policy(bucket: str, key_arn: str) -> dict[str, Any]:
    """What the bucket refuses to everybody."""
    objects = f"arn:aws:s3:::{bucket}/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyUnencryptedPuts",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject"],
                "Resource": [objects],
                "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
            },
            {
                "Sid": "DenyOtherKeys",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:PutObject"],
                "Resource": [objects],
                "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key_arn}},
            },
            {
                "Sid": "DenyOldSignatures",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["s3:*"],
                "Resource": [f"arn:aws:s3:::{bucket}", objects],
                "Condition": {"NumericGreaterThan": {"s3:signatureAge": str(LONGEST_URL_LIFE_MS)}},
            },
        ],
    }


class Authorizer:
    """Decides for the one user the sandbox has."""

    def __init__(self, *, account: str, user_arn: str, bucket: str, region: str, key_arn: str) -> None:
        self._account = account
        self._user_arn = user_arn
        self._region = region
        self._key_arn = key_arn
        self._identity = [iam_evaluator.parse_policy_document(identity_policy(bucket, key_arn, region))]
        self._bucket_policy = bucket_policy(bucket, key_arn)
        self._key_policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": user_arn},
                    "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                    "Resource": "*",
                }
            ],
        }

    def allows(self, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Whether the user may do `action` ("s3:PutObject") to `resource` (an ARN); `context` has lower-case keys."""
        return self._decide(action, resource, context, self._bucket_policy, key_policy=False)

    def allows_key(self, action: str) -> bool:
        """Whether the user may do `action` ("kms:Decrypt") with the bucket's key through S3."""
        context = {"kms:viaservice": f"s3.{self._region}.amazonaws.com"}
        return self._decide(action, self._key_arn, context, self._key_policy, key_policy=True)

    def _decide(
        self,
        action: str,
        resource: str,
        context: Mapping[str, str],
        policy: dict[str, Any],
        *,
        key_policy: bool,
    ) -> bool:
        evaluation = iam_evaluator.EvalContext(
            principal_arn=self._user_arn,
            principal_type="User",
            principal_account=self._account,
            action=action,
            resource_arn=resource,
            region=self._region,
            source_ip="127.0.0.1",
            secure_transport=False,
            service_context=dict(context),
        )
        identity = iam_evaluator.evaluate(evaluation, self._identity)
        combined = iam_evaluator.combine_resource_policy(
            identity, evaluation, policy, self._account, required=key_policy
        )
        return bool(combined.decision == "Allow")
