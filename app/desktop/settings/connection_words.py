"""What an endpoint said of itself, in words: a sentence, and the rows that a person reads before she accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.settings.regions import region_in_full

if TYPE_CHECKING:
    from app.account.connections import Connection
    from app.account.profiles import Profile, Storage
    from app.account.signin_settings import SignIn
    from app.desktop.settings.account_work import ConnectionReport
    from app.desktop.widgets.details import Details


def reached(report: ConnectionReport) -> str:
    """ "Reached in 84 ms, encrypted with KMS"; of encryption only what the endpoint says and what holds.

    The sandbox answers as S3 would, but its files lie on this computer's disk as any others do.
    """
    time = number(report.milliseconds)
    if report.algorithm is None or report.this_computer_only:
        return translate("Profiles", "Reached in {time} ms").format(time=time)
    if report.algorithm.startswith("aws:kms"):
        return translate("Profiles", "Reached in {time} ms, encrypted with KMS").format(time=time)
    text = translate("Profiles", "Reached in {time} ms, encrypted by S3 ({algorithm})")
    return text.format(time=time, algorithm=report.algorithm)


def encryption(report: ConnectionReport) -> str:
    """How what is stored is encrypted."""
    if report.this_computer_only:
        return translate("Profiles", "Only if this computer's disk is")
    if report.algorithm is None:
        return translate("Profiles", "The endpoint does not say")
    if report.algorithm.startswith("aws:kms"):
        return translate("Profiles", "With a KMS key")
    return translate("Profiles", "By S3 ({algorithm})").format(algorithm=report.algorithm)


def add_storage(details: Details, storage: Storage, endpoint: str | None) -> None:
    """Bucket, region, owner, hosts: what is accepted and then pinned. The account is told by connections alone."""
    details.add(translate("Profiles", "Bucket"), storage.bucket)
    details.add(translate("Profiles", "Region"), region_in_full(storage.region))
    details.add(translate("Profiles", "Owner"), storage.owner, mono=True)
    details.add(translate("Profiles", "Storage"), storage.s3_host, mono=True)
    if endpoint is not None:
        details.add(translate("Profiles", "Address"), endpoint, mono=True)


def add_account(details: Details, account: str) -> None:
    """Whose account a connection says the bucket is in."""
    details.add(translate("Profiles", "AWS account"), account)


def add_sign_in(details: Details, sign_in: SignIn) -> None:
    """Who says who one is, and where its pages are, which the browser will show."""
    details.add(translate("Profiles", "Sign-in pages"), sign_in.host, mono=True)
    details.add(translate("Profiles", "Signs in with"), sign_in.issuer, mono=True)
    details.add(translate("Profiles", "Application"), sign_in.client_id, mono=True)


def changed_rows(before: Profile, connection: Connection) -> list[tuple[str, str]]:
    """The label and earlier value of all that a connection would make another; "–" for what was not known."""
    known = before.storage or before.expected
    sign_in = before.sign_in
    new = connection.sign_in
    rows = [
        (
            translate("Profiles", "AWS account"),
            before.expected.account if before.expected else "",
            connection.account,
        ),
        (translate("Profiles", "Region"), known.region if known else before.region, connection.region),
        (translate("Profiles", "Bucket"), known.bucket if known else "", connection.bucket),
        (translate("Profiles", "Storage"), known.s3_host if known else "", connection.s3_host),
        (translate("Profiles", "Address"), before.endpoint or "", connection.endpoint),
        (translate("Profiles", "Sign-in pages"), sign_in.host if sign_in else "", new.host if new else ""),
        (
            translate("Profiles", "Signs in with"),
            sign_in.issuer if sign_in else "",
            new.issuer if new else "",
        ),
        (
            translate("Profiles", "Application"),
            sign_in.client_id if sign_in else "",
            new.client_id if new else "",
        ),
    ]
    return [(label, old or "–") for label, old, now in rows if old != now]


def host_of(endpoint: str) -> str:
    """The host in an address, for sentences."""
    return urlsplit(endpoint).hostname or endpoint
