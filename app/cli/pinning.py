"""Which storage an endpoint speaks for: asked, shown and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.words import words

if TYPE_CHECKING:
    from app.account.profiles import Profile
    from app.cli.context import Context


def pin(context: Context, profile: Profile, *, anew: bool = False) -> Profile:
    """Ask the endpoint which storage it speaks for, show it and pin it; `anew`: also where a connection named another.

    Raises RemoteError.
    """
    _, storage = context.services.check(profile)
    pinned = context.services.profiles.pin(profile, storage, anew=anew)
    context.output.message(
        words(context.language).say(
            "profile-pinned",
            bucket=storage.bucket,
            region=storage.region,
            host=storage.s3_host,
            owner=storage.owner,
        )
    )
    return pinned
