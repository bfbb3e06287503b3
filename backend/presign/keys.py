"""The names of objects: made by the server, read back from callers, kept apart by owner.

`chat-logs/<owner>/<timestamp>_<name>` and `session-index/owner=<owner>/month=<YYYY-MM>/<machine>.jsonl.zst`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from backend.presign.problems import invalid_request, not_found

Kind = Literal["log", "index"]

NAME_LIMIT = 128
KEY_LIMIT = 1024
"""Bytes of a key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html."""

INDEX_SUFFIX = ".jsonl.zst"

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_NAME = re.compile(rf"[a-z0-9_][a-z0-9._-]{{0,{NAME_LIMIT - 1}}}")
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}-[0-9]{2}-[0-9]{2}Z)?"
_LOG = re.compile(rf"(?P<timestamp>{_TIMESTAMP})_(?P<name>.+)", re.DOTALL)
_MACHINE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_INDEX = re.compile(r"month=(?P<timestamp>[0-9]{4}-[0-9]{2})/(?P<name>[a-z0-9][a-z0-9_-]{0,63}\.jsonl\.zst)")


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """A key and what stands in it. `timestamp` is a date, a time or, for the index, a month."""

    s3_key: str
    timestamp: str
    file_name: str


def sanitise(file_name: str) -> str:
    """A safe name: lower-case ASCII letters, digits, `.`, `-`, `_`; 1 to 128 of them; no leading dot or hyphen.

    Idempotent. Other characters become one hyphen a run. Of a name that is too long the end is kept, where the
    app's discriminator and the extensions are.
    """
    name = _UNSAFE.sub("-", file_name.lower())[-NAME_LIMIT:].lstrip(".-")
    return name or "file"


def prefix(owner: str, kind: Kind) -> str:
    """What all of the owner's keys of that kind begin with."""
    return f"chat-logs/{owner}/" if kind == "log" else f"session-index/owner={owner}/"


def new_log_key(owner: str, file_name: str, session_date: str | None, now: datetime) -> ObjectKey:
    """The key of a log. With a session's date the key is always the same, so that the session grows versions."""
    timestamp = session_date or now.astimezone(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    name = sanitise(file_name)
    return ObjectKey(f"{prefix(owner, 'log')}{timestamp}_{name}", timestamp, name)


def new_index_key(owner: str, machine: str, session_date: str, where: str = "") -> ObjectKey:
    """The key of a machine's session index of a month. Raises Problem 400 where `machine` is no machine's id."""
    identity = machine.lower().removesuffix(INDEX_SUFFIX)
    if not (machine.isascii() and _MACHINE.fullmatch(identity)):
        raise invalid_request(
            f"{where}fileName", "for kind index it is the machine's id: letters, digits, - and _"
        )
    month, name = session_date[:7], identity + INDEX_SUFFIX
    return ObjectKey(f"{prefix(owner, 'index')}month={month}/{name}", month, name)


def own_key(owner: str, s3_key: str) -> ObjectKey:
    """A key that may be read by its owner. Raises Problem 404 for anything outside the owner's prefixes.

    The owner's objects need not have been named by us to be readable, but no part of a key may be one that a
    client or a proxy would resolve as a path.
    """
    for kind in ("log", "index"):
        start = prefix(owner, kind)
        if s3_key.startswith(start) and _is_plain(s3_key[len(start) :], s3_key):
            return describe(owner, s3_key)
    raise not_found()


def own_key_to_write(owner: str, kind: Kind, s3_key: str) -> ObjectKey:
    """A key that a version may be added to: exactly of the form that we give out, of that kind. Else Problem 404."""
    start = prefix(owner, kind)
    rest = s3_key[len(start) :] if s3_key.startswith(start) else ""
    found = (_LOG if kind == "log" else _INDEX).fullmatch(rest)
    if found is None or not (
        _is_date(found["timestamp"]) and (kind == "index" or _NAME.fullmatch(found["name"]))
    ):
        raise not_found()
    return ObjectKey(s3_key, found["timestamp"], found["name"])


def describe(owner: str, s3_key: str) -> ObjectKey:
    """Timestamp and name of a key that S3 listed; a key of another form is its own name, without a timestamp."""
    log_rest = s3_key.removeprefix(prefix(owner, "log"))
    found = _LOG.fullmatch(log_rest) or _INDEX.fullmatch(s3_key.removeprefix(prefix(owner, "index")))
    if found is None:
        return ObjectKey(s3_key, "", s3_key.rpartition("/")[2] or s3_key)
    return ObjectKey(s3_key, found["timestamp"], found["name"])


def _is_plain(rest: str, whole: str) -> bool:
    return (
        len(whole.encode("utf-8", "surrogatepass")) <= KEY_LIMIT
        and rest.isprintable()
        and "\\" not in rest
        and not any(part in ("", ".", "..") for part in rest.split("/"))
    )


def _is_date(timestamp: str) -> bool:
    form = {7: "%Y-%m", 10: "%Y-%m-%d"}.get(len(timestamp), "%Y-%m-%dT%H-%M-%SZ")
    try:
        datetime.strptime(timestamp, form).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
