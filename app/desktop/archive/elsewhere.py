"""Where else one can read while the archive in use is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.archiving.standby import is_out
from app.desktop.i18n import translate
from app.desktop.messages import sentences

if TYPE_CHECKING:
    from app.desktop.context import Context
    from app.errors import ChatLogError


def with_second(text: str, context: Context, error: ChatLogError) -> str:
    """The text, and the name of the second profile to change to, where there is one and it is a help."""
    profile = context.account.profile
    if profile is None or profile.second is None or not is_out(error):
        return text
    told = translate("Archive", "To read what lies in “{second}” meanwhile, change to that profile.")
    return sentences(text, told.format(second=profile.second))
