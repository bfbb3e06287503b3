"""What the operator's tools have in common: whose credentials, with which second factor, and words on the screen."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

Client = Any
"""A client of boto3's, which has no types."""

MFA_SECONDS = 900
"""How long a session lasts that was opened with a code: the shortest that AWS gives."""


class Refused(Exception):
    """What the tool does not do, and the next step, in one line."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """--aws-profile and --region. Another endpoint than AWS's is named by AWS_ENDPOINT_URL, as for all of AWS's tools."""
    parser.add_argument(
        "--aws-profile", metavar="NAME", help="whose credentials (default: the environment's)"
    )
    parser.add_argument(
        "--region", default="ap-northeast-1", help="where the stack is (default: %(default)s)"
    )


def add_mfa_options(parser: argparse.ArgumentParser) -> None:
    """--mfa-serial and --mfa-code."""
    parser.add_argument("--mfa-serial", metavar="ARN", help="the second factor's device, of the IAM user")
    parser.add_argument("--mfa-code", metavar="CODE", help="the six digits that it shows now")


@dataclass(frozen=True)
class Account:
    """Somebody's way into an account. Clients are made anew at each call."""

    session: Any

    def client(self, service: str) -> Client:
        """A boto3 client."""
        return self.session.client(
            service, config=Config(signature_version="s3v4" if service == "s3" else None)
        )

    def who(self) -> str:
        """The ARN of whoever this is. Raises ClientError, BotoCoreError."""
        return str(self.client("sts").get_caller_identity()["Arn"])


def open_account(arguments: argparse.Namespace) -> Account:
    """The account, with the second factor if a code was given. Raises Refused, ClientError, BotoCoreError."""
    account = Account(boto3.Session(profile_name=arguments.aws_profile, region_name=arguments.region))
    serial, code = getattr(arguments, "mfa_serial", None), getattr(arguments, "mfa_code", None)
    if (serial is None) != (code is None):
        raise Refused("--mfa-serial and --mfa-code belong together.")
    if serial is None:
        return account
    given = account.client("sts").get_session_token(
        SerialNumber=serial, TokenCode=code, DurationSeconds=MFA_SECONDS
    )["Credentials"]
    return Account(
        boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=arguments.region,
        )
    )


def code_of(error: ClientError) -> str:
    """The code that AWS gave the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def run(main: Callable[[], int]) -> int:
    """A tool's exit code; what is expected to go wrong becomes a line on standard error and the exit code 1."""
    try:
        return main()
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
    except ClientError as error:
        told = error.response.get("Error", {})
        sys.stderr.write(
            f"AWS refused {error.operation_name}: {told.get('Code')}: {told.get('Message')}\n"
            "See that the credentials are those of the stack's account and may do this.\n"
        )
    except BotoCoreError as error:
        sys.stderr.write(f"{error} See that the credentials, the region and the network are right.\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. What was done stands above; run it again to go on.\n")
    return 1
