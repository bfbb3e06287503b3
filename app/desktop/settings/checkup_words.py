"""What the checks of the set-up found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desktop.formats import size
from app.desktop.i18n import translate
from app.desktop.sessions.words import problem_sentence
from app.desktop.settings.account import title_of
from app.sessions.notes import Problem

if TYPE_CHECKING:
    from app.archiving.checkup import Finding, Verdict


def verdict_name(verdict: Verdict) -> str:
    """The verdict in a word."""
    return {
        "ok": translate("Settings", "In order"),
        "note": translate("Settings", "To know"),
        "problem": translate("Settings", "Problem"),
    }[verdict]


def finding_text(finding: Finding) -> str:
    """What was found; not for findings that are an error."""
    values = finding.values
    if finding.said == "left-out":
        return problem_sentence(Problem(str(values["path"]), str(values["code"])))
    count = int(values.get("n", 0))
    texts = {
        "settings": translate("Settings", "The settings can be read: {path}"),
        "settings-none": translate(
            "Settings", "No settings yet, so the defaults hold; they would be in {path}"
        ),
        "profile": translate("Settings", "The profile in use is {name}"),
        "folder": translate("Settings", "{path} can be written"),
        "disk": translate("Settings", "{size} are free on the disk"),
        "state": translate("Settings", "The record of transfers is whole, and nothing waits"),
        "waiting": translate("Settings", "%n transfers have not ended; Transfers shows them", n=count),
        "at-risk": translate(
            "Settings", "%n sessions will be deleted within a week and are not archived", n=count
        ),
        "sources": translate("Settings", "%n sessions were found on this computer", n=count),
        "keyring": translate("Settings", "The keyring can be used"),
        "endpoint": translate("Settings", "{name} answers; its bucket is {bucket}"),
        "clock": translate("Settings", "This computer's clock is right (%n seconds apart)", n=count),
        "clock-off": translate(
            "Settings",
            "This computer's clock is wrong by %n seconds, and S3 refuses requests with a wrong time. Let the system set it from the network.",
            n=count,
        ),
        "this-computer-only": translate(
            "Settings", "What this profile archives stays on this computer only: no copy elsewhere"
        ),
    }
    shown = {name: str(value) for name, value in values.items()}
    if "name" in shown:
        shown["name"] = title_of(shown["name"])
    if finding.said == "disk":
        shown["size"] = size(int(values["size"]))
    return texts[finding.said].format(**shown)
