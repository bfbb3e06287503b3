"""What is said of a transfer: the line below its title, its icon, its bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.desktop.formats import amount, date_and_time, duration, event, percent, size, speed, time_of
from app.desktop.i18n import translate
from app.desktop.messages import sentences

if TYPE_CHECKING:
    from datetime import datetime

    from app.archiving.queue_rows import TransferRow
    from app.desktop.messages import Messages
    from app.desktop.transfers.sections import Item, SectionName
    from app.errors import ChatLogError

Ink = Literal["accent", "ok", "bad", "text2", "text3"]

ALMOST = 0.99
"""What is said at most before everything is confirmed."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`moving`: how far it is, 0 to 1, with a percentage beside it; `waiting`: nobody knows."""

    kind: Literal["none", "moving", "paused", "waiting"] = "none"
    fraction: float = 0.0


class Words:
    """Words in the language of now, for the profile in use."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self.this_computer_only = False
        """What is archived stays on this computer: that is never called archived."""

    # ---- the line below the title -----------------------------------------------------------------------

    def line(self, item: Item) -> str:
        """State, amounts, what comes next."""
        if item.line is None:
            item.line = " · ".join(part for part in self._parts(item) if part)
        return item.line

    def _parts(self, item: Item) -> list[str]:  # noqa: PLR0911 - one for each state
        row = item.row
        if row.state == "failed":
            return self._failed(row)
        if row.stopping:
            return [translate("Transfers", "Stopping…")]
        if row.elsewhere:
            return [self._doing(row), translate("Transfers", "by a command outside this window")]
        if row.state == "queued":
            following = translate("Transfers", "next") if item.next else ""
            return [translate("Transfers", "Queued"), size(row.size), _files(row), following]
        if row.state == "preparing":
            return [translate("Transfers", "Preparing"), size(row.size), _files(row)]
        if row.state in {"sending", "receiving"}:
            return [self._doing(row), _files_done(row), _progress(row), *_pace(row)]
        if row.state == "verifying":
            return self._verifying(row)
        if row.state in {"waiting", "returning"}:
            return self._waiting(row)
        if row.state == "paused":
            progress = _progress(row) if row.sent else size(row.size)
            return [translate("Transfers", "Paused"), progress, translate("Transfers", "paused by you")]
        return self._ended(row, item.section)

    @staticmethod
    def _doing(row: TransferRow) -> str:
        if row.kind == "download":
            return translate("Transfers", "Downloading")
        if row.state == "queued":
            return translate("Transfers", "Queued")
        return translate("Transfers", "Uploading")

    def _verifying(self, row: TransferRow) -> list[str]:
        amount_said = size(row.sent)
        if row.kind == "download":
            return [
                translate("Transfers", "Verifying"),
                translate("Transfers", "{size} received").format(size=amount_said),
                translate("Transfers", "comparing checksums"),
            ]
        waits = (
            translate("Transfers", "waiting for confirmation")
            if self.this_computer_only
            else translate("Transfers", "waiting for S3 to confirm")
        )
        sent = translate("Transfers", "{size} sent").format(size=amount_said)
        return [translate("Transfers", "Verifying"), sent, waits]

    def _waiting(self, row: TransferRow) -> list[str]:
        if row.state == "returning":
            return self._returning(row)
        again = translate("Transfers", "Trying again in {time}").format(time=duration(row.wait_seconds))
        why = self._messages.explain(row.error).title if row.error is not None else ""
        attempt = (
            translate("Transfers", "attempt {number}").format(number=row.attempt) if row.attempt > 1 else ""
        )
        return [again, why, _progress(row) if row.sent else size(row.size), attempt]

    def _returning(self, row: TransferRow) -> list[str]:
        expected = ""
        if row.expected_by is not None:
            expected = translate("Transfers", "ready by about {when}").format(when=event(row.expected_by))
        why = self._messages.explain(row.error).title if row.error is not None else ""
        return [translate("Transfers", "Coming back"), size(row.size), expected, why]

    @staticmethod
    def _failed(row: TransferRow) -> list[str]:
        stopped = ""
        if row.sent and row.total:
            stopped = translate("Transfers", "Stopped at {amount}").format(amount=_progress(row))
        return [translate("Transfers", "Failed"), stopped or size(row.size), _files(row)]

    def _ended(self, row: TransferRow, section: SectionName) -> list[str]:
        when = _when(row.updated_at, section)
        if row.state == "cancelled":
            return [translate("Transfers", "Cancelled"), size(row.size), event(row.updated_at)]
        if row.kind == "download":
            if row.verified:
                return [
                    size(row.size),
                    translate("Transfers", "downloaded and verified {time}").format(time=when),
                ]
            return [
                size(row.size),
                translate("Transfers", "downloaded {time}").format(time=when),
                translate("Transfers", "nothing to compare it with"),
            ]
        only = self.this_computer_only
        if row.state == "unchanged":
            already = (
                translate("Transfers", "unchanged, already kept on this computer {time}")
                if only
                else translate("Transfers", "unchanged, already archived {time}")
            )
            return [size(row.size), _files(row), already.format(time=when)]
        archived = (
            translate("Transfers", "kept on this computer and verified {time}")
            if only
            else translate("Transfers", "archived and verified {time}")
        )
        return [_sizes(row), _files(row), archived.format(time=when)]

    # ---- problems ---------------------------------------------------------------------------------------

    def problem(self, error: ChatLogError) -> tuple[str, str, str]:
        """What, as a sentence; the cause; the next step."""
        explained = self._messages.explain(error)
        return explained.title_sentence, explained.cause, explained.next_step

    # ---- icon and bar -----------------------------------------------------------------------------------

    def icon(self, row: TransferRow) -> tuple[str, Ink]:  # noqa: PLR0911 - one for each state
        """The icon's name and its colour."""
        if row.state == "failed":
            return "failed", "bad"
        if row.state == "cancelled":
            return "cancelled", "text2"
        if row.state in {"done", "unchanged"}:
            if row.kind == "download":
                return "downloading", "ok" if row.verified else "text2"
            return ("local", "text2") if self.this_computer_only else ("archived", "ok")
        if row.state == "paused":
            return "pause", "text2"
        if row.state == "waiting":
            return "retry", "text2"
        if row.state in {"queued", "returning"}:
            return "queued", "text2"
        if row.state == "verifying":
            return "shield", "accent"
        return ("downloading" if row.kind == "download" else "uploading"), "accent"

    @staticmethod
    def bar(row: TransferRow) -> Bar:
        """How far it is."""
        if row.elsewhere:
            return Bar()
        if row.state in {"preparing", "verifying"}:
            return Bar("waiting")
        known = min(ALMOST, row.sent / row.total) if row.total else 0.0
        if row.state in {"sending", "receiving"}:
            return Bar("moving", known)
        if row.state in {"paused", "waiting"} and row.sent:
            return Bar("paused", known)
        return Bar()

    # ---- for people who hear it -------------------------------------------------------------------------

    def spoken(self, item: Item) -> str:
        """Title, state and percentage in one."""
        parts = [item.row.title, self.line(item)]
        bar = self.bar(item.row)
        if bar.kind in {"moving", "paused"}:
            parts.append(percent(bar.fraction))
        if item.row.state == "failed" and item.row.error is not None:
            parts.append(sentences(*self.problem(item.row.error)))
        return ", ".join(parts)


def section_title(name: SectionName) -> str:
    """A section's heading."""
    return {
        "attention": translate("Transfers", "Needs attention"),
        "progress": translate("Transfers", "In progress"),
        "cancelled": translate("Transfers", "Cancelled"),
        "today": translate("Transfers", "Done today"),
        "yesterday": translate("Transfers", "Done yesterday"),
        "earlier": translate("Transfers", "Done earlier"),
    }[name]


def _when(moment: datetime, section: SectionName) -> str:
    return date_and_time(moment) if section == "earlier" else time_of(moment)


def _progress(row: TransferRow) -> str:
    return amount(row.sent, row.total) if row.total is not None else size(row.sent)


def _pace(row: TransferRow) -> list[str]:
    parts = [speed(row.speed)] if row.speed else []
    if row.seconds_left is not None:
        parts.append(translate("Transfers", "{time} left").format(time=duration(row.seconds_left)))
    return parts


def _files(row: TransferRow) -> str:
    return translate("Transfers", "%n files", n=row.files) if row.files > 1 else ""


def _files_done(row: TransferRow) -> str:
    if row.files < 2:
        return ""
    return translate("Transfers", "{done} of {total} files").format(done=row.files_done, total=row.files)


def _sizes(row: TransferRow) -> str:
    if row.stored_size is None or size(row.stored_size) == size(row.size):
        return size(row.size)
    return translate("Transfers", "{size} → {stored}").format(
        size=size(row.size), stored=size(row.stored_size)
    )
