"""The installer for Windows compiles without a warning, holds what it should, and is signed where there is a certificate.

What it does when it runs is tested under Wine: in_wine.py, by `make test-installer`.
"""

from __future__ import annotations

import base64
import os
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from platformdirs.windows import Windows
from PySide6.QtGui import QImageReader

from app import __version__
from app.storage.paths import APP_NAME

PROJECT = Path(__file__).parents[2]
SCRIPT = PROJECT / "packaging" / "windows" / "chatlog-uploader.nsi"
PROGRAMS = ("Chat Log Uploader.exe", "chatlog-uploader.exe")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Debian's NSIS, 7z and osslsigncode are used")


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """What reads, compiles and signs; installed here where it is missing."""
    words = "install_missing makensis nsis 7z p7zip-full osslsigncode osslsigncode"
    subprocess.run(["bash", "-c", f". tools/system-packages.sh; {words}"], cwd=PROJECT, check=True)


def stand_in(folder: Path) -> Path:
    """A folder like the frozen program's; its programs are NSIS' own uninstaller stubs of two sizes, real ones of Windows."""
    frozen = folder / "frozen"
    (frozen / "_internal" / "PySide6").mkdir(parents=True)
    (frozen / "_internal" / "PySide6" / "Qt6Core.dll").write_bytes(b"library")
    script = folder / "empty.nsi"
    script.write_text(
        "Unicode true\nSilentInstall silent\nRequestExecutionLevel user\nSection\nSectionEnd\n",
        encoding="utf-8",
    )
    for program in PROGRAMS:
        subprocess.run(["makensis", "-V2", f"-XOutFile '{frozen / program}'", str(script)], check=True)
    return frozen


def installer_of(frozen: Path, output: Path, **environ: str) -> Path:
    around = {name: text for name, text in os.environ.items() if not name.startswith("WINDOWS_")}
    around |= {"OUTPUT_FOLDER": str(output), "PYTHON": sys.executable, "PYTHONPATH": str(PROJECT)}
    words = ["bash", "tools/package-windows.sh", str(frozen)]
    subprocess.run(words, cwd=PROJECT, env=around | environ, check=True, capture_output=True)
    return output / f"chatlog-uploader-{__version__}-setup.exe"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_in(tmp_path_factory.mktemp("frozen"))


@pytest.fixture(scope="module")
def installer(frozen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installer_of(frozen, tmp_path_factory.mktemp("installer"))


def test_the_installer_holds_the_whole_program_and_the_uninstaller(installer: Path, frozen: Path) -> None:
    done = subprocess.run(["7z", "l", "-slt", str(installer)], capture_output=True, text=True, check=True)
    assert "SubType = NSIS-3 Unicode" in done.stdout
    held = set(re.findall(r"^Path = (.+)$", done.stdout, re.MULTILINE)) - {str(installer)}
    inside = {str(path.relative_to(frozen)) for path in frozen.rglob("*") if path.is_file()}
    places = {path.removeprefix("$INSTDIR.new/") for path in held if not path.startswith("$PLUGINSDIR")}
    assert places == inside | {"uninstall.exe"}
    plugins = {path for path in held if path.startswith("$PLUGINSDIR")}
    assert {"$PLUGINSDIR/nsExec.dll", "$PLUGINSDIR/System.dll"} <= plugins


def test_the_installer_says_its_version_and_asks_for_no_administrator(installer: Path) -> None:
    content = installer.read_bytes()
    assert f"ProductVersion\0{__version__}\0".encode("utf-16-le") in re.sub(
        rb"(?:\0\0){2,}", b"\0\0", content
    )
    assert b'<requestedExecutionLevel level="asInvoker"' in content
    name, _, checksum = installer.name, "", installer.with_name("SHA256SUMS-windows").read_text("utf-8")
    assert name in checksum


def test_everything_is_the_person_s_own() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert re.findall(r"HKLM|HKCR|SHCTX|\$PROGRAMFILES|SetShellVarContext all", text) == []


def test_every_word_is_said_in_both_languages() -> None:
    words = (SCRIPT.parent / "words.nsh").read_text(encoding="utf-8")
    said = re.findall(r'!insertmacro Say (\w+) (?:\\\n\s*)?"(.+?)" (?:\\\n\s*)?"(.+?)"', words)
    assert len(said) == words.count("!insertmacro Say ")
    for name, english, japanese in said:
        assert english.isascii(), name
        assert re.search(r"[ぁ-んァ-ン]", japanese), name
    used = set(re.findall(r"\$\((\w+)\)", SCRIPT.read_text(encoding="utf-8")))
    assert used == {name for name, _, _ in said}


def test_the_uninstaller_asks_about_the_folder_where_the_program_keeps_its_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "platformdirs.windows.get_win_folder", lambda name: {"CSIDL_LOCAL_APPDATA": "%L%"}[name]
    )
    places = Windows(APP_NAME, appauthor=False)
    folders = {places.user_config_dir, places.user_data_dir, places.user_cache_dir}
    data = re.findall(r'^!define DATA "\$LOCALAPPDATA\\(.+)"$', SCRIPT.read_text("utf-8"), re.MULTILINE)
    assert data == [APP_NAME]
    for folder in folders:
        assert folder.replace(os.sep, "\\").split("\\")[:2] == ["%L%", APP_NAME]


def test_the_icon_is_drawn_in_every_size_that_windows_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "icon.ico"
    words = [sys.executable, str(PROJECT / "packaging" / "icons.py"), "ico", str(path)]
    subprocess.run(words, check=True)
    count = struct.unpack_from("<HHH", path.read_bytes())[2]
    reader = QImageReader(str(path))
    assert count == reader.imageCount()
    sizes = []
    for number in range(count):
        assert reader.jumpToImage(number)
        image = reader.read()
        sizes.append(image.width())
        edge, body = image.pixelColor(0, 0), image.pixelColor(image.width() // 2, image.height() // 8)
        assert (edge.alpha(), body.name()) == (0, "#2f5bd0"), "the drawing stands upright on nothing"
    assert sizes == [16, 20, 24, 32, 40, 48, 64, 256]


# ---- signing --------------------------------------------------------------------------------------------


def certificate(folder: Path) -> tuple[str, Path]:
    """A certificate of our own for signing programs: PKCS#12 in base64 with the password "open sesame", and who vouches."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tests of Chat Log Uploader")])
    now = datetime.now(tz=UTC)
    signing = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(signing, critical=False).sign(key, hashes.SHA256())
    vouching = folder / "certificate.pem"
    vouching.write_bytes(signed.public_bytes(Encoding.PEM))
    locked = BestAvailableEncryption(b"open sesame")
    packed = pkcs12.serialize_key_and_certificates(b"tests", key, signed, None, locked)
    return base64.b64encode(packed).decode("ascii"), vouching


def is_signed(program: Path, vouching: Path) -> bool:
    words = ["osslsigncode", "verify", "-in", str(program), "-CAfile", str(vouching)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_with_a_certificate_programs_installer_and_uninstaller_are_signed(tmp_path: Path) -> None:
    packed, vouching = certificate(tmp_path)
    frozen = stand_in(tmp_path)
    secret = {"WINDOWS_CERTIFICATE": packed, "WINDOWS_CERTIFICATE_PASSWORD": "open sesame"}
    installer = installer_of(frozen, tmp_path / "out", **secret)
    assert is_signed(installer, vouching)
    assert all(is_signed(frozen / program, vouching) for program in PROGRAMS)
    unpacked = tmp_path / "unpacked"
    subprocess.run(["7z", "x", f"-o{unpacked}", str(installer)], check=True, capture_output=True)
    assert is_signed(next(unpacked.rglob("uninstall.exe")), vouching)


def test_without_a_certificate_nothing_is_signed_and_the_step_says_so(frozen: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.exe"
    content = (frozen / PROGRAMS[0]).read_bytes()
    program.write_bytes(content)
    environ = {"PATH": os.environ["PATH"]}
    words = ["bash", str(SCRIPT.parent / "sign.sh"), str(program)]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True)
    assert "Not signed, there is no certificate" in done.stderr
    assert program.read_bytes() == content
    assert not is_signed(program, certificate(tmp_path)[1])


def test_a_wrong_password_is_an_error_and_no_unsigned_installer(frozen: Path, tmp_path: Path) -> None:
    packed, _ = certificate(tmp_path)
    with pytest.raises(subprocess.CalledProcessError):
        installer_of(frozen, tmp_path / "out", WINDOWS_CERTIFICATE=packed, WINDOWS_CERTIFICATE_PASSWORD="?")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
