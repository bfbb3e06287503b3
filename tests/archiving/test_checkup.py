"""The set-up is checked one thing after the other, and a thing that is wrong does not hide the next."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.archiving.checkup import Finding, check_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.bootstrap import Services


def found(findings: list[Finding]) -> dict[str, str]:
    """What was said, by verdict and check; the keyring is this computer's own affair."""
    return {
        f"{finding.check} {finding.said}": finding.verdict
        for finding in findings
        if finding.check != "keyring"
    }


def test_a_set_up_in_order_is_told_with_what_it_found(
    open_services: Callable[[Path], Services], home: Path
) -> None:
    findings = list(check_up(open_services(home)))
    assert found(findings) == {
        "settings settings": "ok",
        "profile profile": "ok",
        "folders folder": "ok",
        "disk disk": "ok",
        "state state": "ok",
        "sources sources": "ok",
        "endpoint endpoint": "ok",
        "clock clock": "ok",
        "endpoint this-computer-only": "note",
    }
    values = {finding.said: finding.values for finding in findings}
    assert values["profile"] == {"name": "shared"}
    assert int(values["disk"]["size"]) > 0
    assert {finding.check for finding in findings} >= {"keyring"}


def test_sessions_that_are_about_to_go_are_a_note(
    open_services: Callable[[Path], Services], home: Path, environ: Mapping[str, str]
) -> None:
    folder = Path(environ["CLAUDE_CONFIG_DIR"]) / "projects" / "-srv-work"
    folder.mkdir(parents=True)
    for name, days in (("old", 29), ("young", 1)):
        log = folder / f"{name}.jsonl"
        log.write_text('{"type":"user","message":{"role":"user","content":"hello"}}\n', encoding="utf-8")
        moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(log, (moment, moment))
    said = {finding.said: finding for finding in check_up(open_services(home))}
    assert (said["at-risk"].verdict, said["at-risk"].values) == ("note", {"n": 1})
    assert said["sources"].values == {"n": 2}


def test_what_is_wrong_is_one_of_the_findings(open_services: Callable[[Path], Services], home: Path) -> None:
    (home / "settings.toml").write_text("profile = [", encoding="utf-8")
    findings = list(check_up(open_services(home)))
    problems = {
        finding.check: finding.error.code
        for finding in findings
        if finding.error and finding.verdict == "problem"
    }
    assert problems["settings"] == problems["endpoint"] == "settings-corrupt"
    assert found(findings)["folders folder"] == "ok"


def test_it_can_be_stopped_between_two_checks(open_services: Callable[[Path], Services], home: Path) -> None:
    looks = iter((False, True))
    seen = list(check_up(open_services(home), cancelled=lambda: next(looks)))
    assert {finding.check for finding in seen} == {"settings", "profile"}
