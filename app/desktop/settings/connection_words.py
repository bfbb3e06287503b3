"""What an endpoint said of itself, in words: a sentence, and the rows that a person reads before she accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.desktop.formats import number
from app.desktop.i18n import translate
from app.desktop.settings.regions import region_in_full

if TYPE_CHECKING:
    from app.account.profiles import Storage
    from app.desktop.settings.account_work import ConnectionReport
    from app.desktop.widgets.details import Details


def reached(report: ConnectionReport) -> str:
    """ "Reached in 84 ms, encrypted with KMS"; of encryption only what the endpoint says."""
    time = number(report.milliseconds)
    if report.algorithm is None:
        return translate("Profiles", "Reached in {time} ms").format(time=time)
    if report.algorithm.startswith("aws:kms"):
        return translate("Profiles", "Reached in {time} ms, encrypted with KMS").format(time=time)
    text = translate("Profiles", "Reached in {time} ms, encrypted by S3 ({algorithm})")
    return text.format(time=time, algorithm=report.algorithm)


def encryption(report: ConnectionReport) -> str:
    """How what is stored is encrypted."""
    if report.algorithm is None:
        return translate("Profiles", "The endpoint does not say")
    if report.algorithm.startswith("aws:kms"):
        return translate("Profiles", "With a KMS key")
    return translate("Profiles", "By S3 ({algorithm})").format(algorithm=report.algorithm)


def add_storage(details: Details, storage: Storage, endpoint: str | None) -> None:
    """Bucket, region, owner, hosts: what is accepted and then pinned. The account is not told by any endpoint."""
    details.add(translate("Profiles", "Bucket"), storage.bucket)
    details.add(translate("Profiles", "Region"), region_in_full(storage.region))
    details.add(translate("Profiles", "Owner"), storage.owner, mono=True)
    details.add(translate("Profiles", "Storage"), storage.s3_host, mono=True)
    if endpoint is not None:
        details.add(translate("Profiles", "Address"), endpoint, mono=True)


def host_of(endpoint: str) -> str:
    """The host in an address, for sentences."""
    return urlsplit(endpoint).hostname or endpoint
