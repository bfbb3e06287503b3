"""The stack's own output is a connection that the program reads: what is deployed and what is read agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.account.connections import parse_connection

INFRASTRUCTURE = Path(__file__).parents[2] / "backend" / "infrastructure"
DEPLOYED = {
    "sls:stage": "prod",
    # Empty in the primary region.
    "self:custom.regionSuffix": "",
    "AWS::AccountId": "123456789012",
    "AWS::Region": "ap-northeast-1",
    "AWS::URLSuffix": "amazonaws.com",
    "Bucket": "logs-123",
    "s3Host": "logs-123.s3.ap-northeast-1.amazonaws.com",
    "UserPool": "ap-northeast-1_Ab12Cd34E",
    "UserPoolClient": "1h57kf5cpq17m0eml12EXAMPLE",
    "UserPoolDomain": "team-logs",
}
"""What CloudFormation and the Serverless Framework put in the places of variables."""


@pytest.mark.parametrize(
    ("mode", "endpoint"),
    [
        ("personal", "https://abc123.lambda-url.ap-northeast-1.on.aws/"),
        ("team", "https://def456.execute-api.ap-northeast-1.amazonaws.com/prod/presigned-url-request"),
    ],
)
def test_the_output_of_the_stack_is_read(mode: str, endpoint: str) -> None:
    template = (INFRASTRUCTURE / f"mode-{mode}.yml").read_text(encoding="utf-8")
    (written,) = re.findall(r"'(\{\"format\".*\})'", template)
    values = {**DEPLOYED, "endpoint": endpoint}
    text = re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], written)
    connection = parse_connection(text)
    assert (connection.mode, connection.name, connection.endpoint) == (mode, "prod", endpoint)
    assert (connection.account, connection.bucket) == ("123456789012", "logs-123")
    assert (connection.sign_in is None) == (mode == "personal")
