"""The bill of materials and the notices: every file and module of the frozen folder has its owner, and every owner's licence is told."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "dist" / "chatlog-uploader"
WORK = PROJECT / "build" / "build"
TOOL = PROJECT / "packaging" / "notices"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="compared with the folder as it is on Linux"),
]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool's module that knows what is inside."""
    monkeypatch.syspath_prepend(str(TOOL))
    return importlib.import_module("inventory")


@pytest.fixture
def notices() -> Path:
    """As they are shipped, inside the frozen folder."""
    folder = FOLDER / "_internal" / "notices"
    assert folder.is_dir(), "`make notices` makes them"
    return folder


@pytest.fixture
def bill(notices: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((notices / "sbom.cdx.json").read_text("utf-8"))
    return told


def test_every_file_and_no_other_is_in_the_bill_as_it_is(bill: dict[str, Any]) -> None:
    told = [
        (file["name"], file["hashes"][0]["content"])
        for component in bill["components"]
        for file in component.get("components", ())
    ]
    inside = sorted(
        (path.relative_to(FOLDER).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in FOLDER.rglob("*")
        if path.is_file() and path.parent.name != "notices"
    )
    assert len(inside) > 200
    assert sorted(told) == inside


def test_every_module_in_the_program_is_in_the_bill(bill: dict[str, Any], tools: Any) -> None:
    told = [
        place["location"].partition("#")[2]
        for component in bill["components"]
        for place in component.get("evidence", {"occurrences": ()})["occurrences"]
    ]
    assert {"app.bootstrap", "botocore.session", "json", "pyiboot01_bootstrap"} <= set(told)
    assert sorted(told) == sorted(tools.modules_inside(FOLDER))


def test_what_is_where_is_told_rightly(bill: dict[str, Any]) -> None:
    owners = {
        file["name"].rpartition("/")[2]: (component["name"], component["purl"])
        for component in bill["components"]
        for file in component.get("components", ())
    }
    assert owners["libQt6Core.so.6"][0] == "PySide6_Essentials"
    assert owners["app.svg"][0] == owners["chatlog-uploader"][0] == "chatlog-uploader"
    assert owners["base_library.zip"][0] == "Python"
    assert re.fullmatch(r"pkg:deb/[a-z]+/libxcb-cursor0@.+\?arch=[a-z0-9]+", owners["libxcb-cursor.so.0"][1])


def test_the_bill_is_in_form(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    references = [
        entry["bom-ref"] for one in bill["components"] for entry in (one, *one.get("components", ()))
    ]
    assert len(set(references)) == len(references)
    for component in bill["components"]:
        assert component["version"]
        assert component["purl"].startswith("pkg:")
        (licence,) = component["licenses"]
        assert licence.get("expression") or licence["license"]["name"]


def test_every_licence_s_text_is_in_the_notices(bill: dict[str, Any], notices: Path, tools: Any) -> None:
    text = (notices / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    headings = set(re.findall(r"^={80}\n(.+)\n={80}$", text, re.MULTILINE))
    told = {name for heading in headings for name in heading.split(", ")}
    for component in bill["components"]:
        assert f"{component['name']} {component['version']}" in told
    for component in tools.inventory(FOLDER, WORK):
        for licence in component.texts:
            assert licence.strip("\n") in text, component.name
    assert "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 3" in text
    assert "Qt and PySide6" in text
    # What Debian's copyright files only point to is there too.
    for name in set(re.findall(r"/usr/share/common-licenses/(L?GPL-[0-9.]*[0-9]|Apache-2\.0)", text)):
        assert f"/usr/share/common-licenses/{name}" in told


def test_what_nobody_is_known_of_is_refused(tools: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-al", str(FOLDER), str(copy)], check=True)
    (copy / "_internal" / "stowaway.so").write_bytes(b"")
    with pytest.raises(LookupError, match="stowaway"):
        tools.inventory(copy, WORK)


def test_the_same_folder_has_the_same_bill(notices: Path, tmp_path: Path, bill: dict[str, Any]) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", "--reflink=auto", str(FOLDER), str(copy)], check=True)
    words = [sys.executable, str(TOOL / "make.py"), str(copy), str(WORK), str(tmp_path / "made")]
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), "SOURCE_DATE_EPOCH": "1"}
    subprocess.run(words, env=environ, check=True)
    again = json.loads((tmp_path / "made" / "sbom.cdx.json").read_text("utf-8"))
    assert {**again, "metadata": bill["metadata"]} == bill
    assert (tmp_path / "made" / "THIRD-PARTY-NOTICES.txt").read_bytes() == (
        notices / "THIRD-PARTY-NOTICES.txt"
    ).read_bytes()


def test_where_no_packages_are_known_everything_still_has_its_owner(
    tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows and macOS: the system is told as a whole, and Python's own libraries as Python."""
    monkeypatch.setattr(tools.shutil, "which", lambda _name: None)
    components = {component.name: component for component in tools.inventory(FOLDER, WORK)}
    assert any("libX11" in name for name in components[f"libraries of {platform.system()}"].files)
    assert "dpkg" not in " ".join(component.purl for component in components.values())
    every = [name for component in components.values() for name in component.files]
    assert sorted(every) == sorted(tools.files_inside(FOLDER))
