"""The disk image for macOS: what its script asks of the system, with and without credentials; and the icon.

macOS' own tools are stand-ins that note how they were called: what they do with it is not tested here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader

PROJECT = Path(__file__).parents[2]
BUNDLE = "Chat Log Uploader.app"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are scripts for Linux")

HDIUTIL = """
while [ "$#" -gt 1 ]; do
  [ "$1" != -srcfolder ] || ls "$2" >>"$CALLS"
  shift
done
echo image >"$1"
"""


@dataclass(frozen=True)
class Workshop:
    """A copy of the script beside a stand-in for the bundle, and stand-ins for macOS' tools."""

    folder: Path

    @property
    def calls(self) -> list[str]:
        path = self.folder / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def tool(self, name: str, more: str = "") -> None:
        path = self.folder / "tools-of-macos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{more}\n', encoding="utf-8")
        path.chmod(0o755)

    def run(self, script: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        around = {
            "PATH": f"{self.folder / 'tools-of-macos'}:{os.environ['PATH']}",
            "CALLS": str(self.folder / "calls"),
        }
        command = ["bash", str(self.folder / script), *words]
        return subprocess.run(command, env=around | environ, capture_output=True, text=True, check=False)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(PROJECT / "tools" / "package-macos.sh", tmp_path / "tools")
    shutil.copytree(PROJECT / "packaging" / "macos", tmp_path / "packaging" / "macos")
    command = tmp_path / "dist" / BUNDLE / "Contents" / "MacOS" / "chatlog-uploader"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "chatlog-uploader 1.2.3"\n', encoding="utf-8")
    command.chmod(0o755)
    made.tool("hdiutil", HDIUTIL)
    made.tool("uname", "echo arm64")
    made.tool("shasum", 'shift 2; sha256sum "$@"')
    for name in ("codesign", "xcrun", "security"):
        made.tool(name)
    made.tool("uuidgen", "echo a-password")
    return made


CREDENTIALS = {
    "MACOS_SIGNING_IDENTITY": "Developer ID Application: aki (A1B2C3)",
    "NOTARY_KEY": "-----BEGIN PRIVATE KEY-----",
    "NOTARY_KEY_ID": "K1",
    "NOTARY_ISSUER": "I1",
}


def test_without_credentials_the_image_is_made_and_the_steps_left_out_are_said(workshop: Workshop) -> None:
    done = workshop.run("tools/package-macos.sh")
    assert done.returncode == 0, done.stderr
    assert [line for line in workshop.calls if line.startswith(("codesign", "xcrun"))] == []
    assert "Not signed" in done.stderr
    assert "Not notarised" in done.stderr
    assert {"Applications", BUNDLE} <= set(workshop.calls), "what one sees in the image"
    image = workshop.folder / "dist" / "chatlog-uploader-1.2.3-arm64.dmg"
    assert image.read_text(encoding="utf-8") == "image\n"
    assert image.name in (workshop.folder / "dist" / "SHA256SUMS-macos").read_text(encoding="utf-8")


def test_with_credentials_it_is_verified_signed_notarised_and_stapled_in_this_order(
    workshop: Workshop,
) -> None:
    done = workshop.run("tools/package-macos.sh", **CREDENTIALS)
    assert done.returncode == 0, done.stderr
    steps = [line for line in workshop.calls if line.startswith(("codesign", "hdiutil", "xcrun"))]
    assert [" ".join(step.split()[:3]) for step in steps] == [
        "codesign --verify --deep",
        "hdiutil create -quiet",
        "codesign --force --timestamp",
        "xcrun notarytool submit",
        "xcrun stapler staple",
    ]
    assert "--key-id K1 --issuer I1 --wait" in steps[3]
    assert "PRIVATE KEY" not in "\n".join(workshop.calls), "secrets are in no command line"


def test_an_image_that_apple_refuses_is_not_offered(workshop: Workshop) -> None:
    workshop.tool("xcrun", "exit 1")
    done = workshop.run("tools/package-macos.sh", **CREDENTIALS)
    assert done.returncode == 1
    assert not (workshop.folder / "dist" / "SHA256SUMS-macos").exists()


def test_the_certificate_goes_into_a_keychain_of_its_own_and_off_the_disk(workshop: Workshop) -> None:
    folder = workshop.folder / "keychain"
    secret = {"MACOS_CERTIFICATE": "AAAA", "MACOS_CERTIFICATE_PASSWORD": "open sesame"}
    assert workshop.run("packaging/macos/keychain.sh", str(folder)).returncode == 0
    assert workshop.calls == [], "without a certificate nothing is done"
    assert workshop.run("packaging/macos/keychain.sh", str(folder), **secret).returncode == 0
    steps = [line.split()[1] for line in workshop.calls if line.startswith("security")]
    assert steps == [
        "create-keychain",
        "set-keychain-settings",
        "unlock-keychain",
        "import",
        "set-key-partition-list",
        "list-keychains",
    ]
    assert list(folder.iterdir()) == []


def test_the_icon_has_the_sizes_that_macos_shows(tmp_path: Path) -> None:
    path = tmp_path / "icon.icns"
    subprocess.run([sys.executable, str(PROJECT / "packaging" / "icons.py"), "icns", str(path)], check=True)
    content = path.read_bytes()
    assert int.from_bytes(content[4:8], "big") == len(content)
    reader = QImageReader(str(path))
    assert bytes(reader.format().data()) == b"icns"
    sizes = []
    for number in range(reader.imageCount()):
        assert reader.jumpToImage(number)
        image = reader.read()
        sizes.append(image.width())
        edge, body = image.pixelColor(0, 0), image.pixelColor(image.width() // 2, image.height() // 5)
        assert (edge.alpha(), body.name()) == (0, "#2f5bd0"), sizes
    assert sorted(set(sizes)) == [32, 64, 128, 256, 512, 1024]
