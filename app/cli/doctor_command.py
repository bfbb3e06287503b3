"""doctor: checks the set-up and says how to mend it; with --measure, how fast archiving is from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import decimal_size
from app.cli.parser import add_command, add_json_option
from app.cli.words import words

if TYPE_CHECKING:
    import argparse

    from app.archiving.checkup import Finding, Verdict
    from app.archiving.speed_test import Measurement, TidiedUp
    from app.cli.context import Context
    from app.cli.parser import Subparsers


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = add_command(commands, "doctor", common, "check the set-up and say how to mend it", run)
    parser.add_argument(
        "--measure",
        action="store_true",
        help="measure instead: presigning, uploads of 1 MB and 10 MB, a cold start; what it uploads it deletes again",
    )
    add_json_option(parser)


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Check everything, one thing after the other; 1 if there is a problem."""
    if arguments.measure:
        return _measure(arguments, context)
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


def _measure(arguments: argparse.Namespace, context: Context) -> int:
    """Measure everything, one thing after the other; 1 if something that was uploaded could not be deleted again."""
    test = context.services.speed_test()
    try:
        for found in test.measurements():
            _show(found, arguments, context)
    finally:
        # Also after Ctrl+C.
        tidied = test.tidy_up()
        _show_tidied(tidied, arguments, context)
    return 1 if tidied.left else 0


def _show(found: Measurement, arguments: argparse.Namespace, context: Context) -> None:
    text = _measured_text(found, context)
    if arguments.json:
        context.output.json_line(
            {
                "measure": found.measured,
                "verdict": found.judged,
                "milliseconds": _milliseconds(found.seconds),
                "p95": _milliseconds(found.p95),
                "goal": _milliseconds(found.goal),
                "requests": found.requests,
                "sample": found.sample,
                "size": found.size,
                "storedSize": found.stored_size,
                "text": text,
            }
        )
    else:
        context.output.line(f"{words(context.language).say('doctor.' + found.judged)}  {text}")


def _measured_text(found: Measurement, context: Context) -> str:
    text = words(context.language)
    return text.say(
        f"measure.{found.unknown or found.measured}",
        n=found.requests,
        median=_duration(found.seconds),
        p95=_duration(found.p95),
        seconds=_duration(found.seconds),
        goal=_duration(found.goal),
        sample=text.say(f"measure.{found.sample}") if found.sample else "",
        size=decimal_size(found.size or 0),
        stored=decimal_size(found.stored_size or 0),
    )


def _show_tidied(tidied: TidiedUp, arguments: argparse.Namespace, context: Context) -> None:
    text = words(context.language)
    said = {}
    if tidied.deleted:
        size = decimal_size(tidied.stored_size)
        name = "measure.tidied-here" if context.services.this_computer_only else "measure.tidied"
        said["note"] = text.say(name, n=len(tidied.deleted), size=size)
    if tidied.error is not None:
        reason = context.describe(tidied.error)
        said["problem"] = text.say("measure.left", keys=", ".join(tidied.left), reason=reason)
    for verdict, line in said.items():
        if arguments.json:
            context.output.json_line({"measure": "tidying-up", "verdict": verdict, "text": line})
        else:
            context.output.line(f"{text.say('doctor.' + verdict)}  {line}")


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"
