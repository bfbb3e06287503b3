"""The small bucket, outside of the stack, from which CloudFormation takes the function's zip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import DeploymentFailed

if TYPE_CHECKING:
    from app.deployment.aws import Account
    from app.deployment.shipped import Code

HOME_REGION = "us-east-1"
"""S3's own: it must not be named when a bucket is created there."""


class CodeBucket:
    """One for each account and region; it holds nothing but zips of the function."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def name(self) -> str:
        """Its name, which every deployment finds again."""
        return f"chatlog-uploader-code-{self._account.number}-{self._account.region}"

    def put(self, code: Code) -> None:
        """Upload a zip, into the bucket that is made if need be, private and tagged.

        Raises DeploymentFailed (`code-bucket-taken` where another account has that name), Unreachable, AwsSetUpWrong.
        """
        self._make()
        with self._account.translated():
            self._account.client("s3").put_object(
                Bucket=self.name, Key=code.key, Body=code.data, ExpectedBucketOwner=self._account.number
            )

    def remove(self) -> bool:
        """Remove the bucket with the zips in it; whether there was one. Raises as `put` does."""
        with self._account.translated():
            s3 = self._account.client("s3")
            mine = {"Bucket": self.name, "ExpectedBucketOwner": self._account.number}
            try:
                pages = s3.get_paginator("list_objects_v2").paginate(**mine, Prefix="function/")
                keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
            except s3.exceptions.NoSuchBucket:
                return False
            for key in keys:
                s3.delete_object(**mine, Key=key)
            s3.delete_bucket(**mine)
        return True

    def _make(self) -> None:
        with self._account.translated():
            s3 = self._account.client("s3")
            region = self._account.region
            where = {} if region == HOME_REGION else {"LocationConstraint": region}
            try:
                s3.create_bucket(Bucket=self.name, **({"CreateBucketConfiguration": where} if where else {}))
            except s3.exceptions.BucketAlreadyOwnedByYou:
                return
            except s3.exceptions.BucketAlreadyExists as problem:
                raise DeploymentFailed(
                    reason="code-bucket-taken", region=region, detail=self.name
                ) from problem
            mine = {"Bucket": self.name, "ExpectedBucketOwner": self._account.number}
            s3.put_public_access_block(
                **mine,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            )
            tags = [{"Key": "app", "Value": "chatlog-uploader"}, {"Key": "component", "Value": "deployment"}]
            s3.put_bucket_tagging(**mine, Tagging={"TagSet": tags})
