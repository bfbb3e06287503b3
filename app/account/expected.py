"""The storage that an accepted connection names: known before its endpoint was ever asked, and pinned from then on."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from app.account.endpoints import is_region
from app.account.toml_file import empty_table, table_in, text_in
from app.errors import ProfileInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.account.profiles import Storage
    from app.account.toml_file import TomlFile

TABLE = "expected"
"""Below a profile's own table in settings.toml."""

# Amazon S3 user guide, "General purpose bucket naming rules".
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expected:
    """A bucket and whose it is. Who owns what in it is the endpoint's to say, once one has signed in."""

    account: str
    """The AWS account's 12 digits, as the connection told them: no endpoint confirms them."""
    bucket: str
    region: str
    s3_host: str

    def matches(self, storage: Storage) -> bool:
        """Whether an endpoint speaks of this storage."""
        return (storage.bucket, storage.region, storage.s3_host.lower()) == (
            self.bucket,
            self.region,
            self.s3_host,
        )


def is_bucket(text: str) -> bool:
    """Whether the text has the form of a bucket's name."""
    return _BUCKET.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """Whether the text has the form of an AWS account's number."""
    return _ACCOUNT.fullmatch(text) is not None


def expected_in(table: Mapping[str, Any], name: str, file: TomlFile) -> Expected | None:
    """What is expected of the profile called `name`. Raises ProfileInvalid (`storage-malformed`), SettingsCorrupt."""
    values = table_in(table, TABLE, file)
    if not values:
        return None
    where = f"profiles.{name}.{TABLE}."
    words = {field.name: text_in(values, field.name, file, where=where) or "" for field in fields(Expected)}
    expected = Expected(**words)
    check_expected(name, expected)
    return expected


def check_expected(name: str, expected: Expected) -> None:
    """Raises ProfileInvalid (`storage-malformed`)."""
    host = expected.s3_host
    plain = host and host.isascii() and host.isprintable() and host == host.lower()
    if not (
        plain and is_account(expected.account) and is_bucket(expected.bucket) and is_region(expected.region)
    ):
        raise ProfileInvalid(name=name, reason="storage-malformed")


def write_expected(table: Any, expected: Expected | None) -> None:  # noqa: ANN401 - tomlkit's containers share no useful type
    """Put it below a profile's table, or empty what stands there."""
    import tomlkit  # noqa: PLC0415 - only needed to write

    if expected is None:
        empty_table(table, TABLE)
        return
    if TABLE not in table:
        table[TABLE] = tomlkit.table()
    for key, value in asdict(expected).items():
        if table[TABLE].get(key) != value:
            table[TABLE][key] = value
