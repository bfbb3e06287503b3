"""doctor: checks the set-up and says how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import decimal_size
from app.cli.parser import add_command, add_json_option
from app.cli.words import words

if TYPE_CHECKING:
    import argparse

    from app.archiving.checkup import Finding, Verdict
    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(commands, "doctor", common, "check the set-up and say how to mend it", run)
    add_json_option(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Check everything, one thing after the other; 1 if there is a problem."""
    from app.archiving.checkup import check_up  # noqa: PLC0415 - only this command needs it

    verdicts: set[Verdict] = set()
    for finding in check_up(context.services):
        verdicts.add(finding.verdict)
        text = _text(finding, context)
        if arguments.json:
            context.output.json_line({"check": finding.check, "verdict": finding.verdict, "text": text})
        else:
            context.output.line(f"{words(context.language).say('doctor.' + finding.verdict)}  {text}")
    return 1 if "problem" in verdicts else 0


def _text(finding: Finding, context: Context) -> str:
    text, values = words(context.language), dict(finding.values)
    if finding.error is not None:
        return context.describe(finding.error)
    if finding.said == "left-out":
        return text.left_out(str(values["path"]), str(values["code"]))
    if finding.said == "disk":
        values["size"] = decimal_size(int(values["size"]))
    return text.say(f"doctor.{finding.said}", **values)
