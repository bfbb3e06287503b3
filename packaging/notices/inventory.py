"""What is really inside the frozen folder: every file and every module of it, with the component that it belongs to.

PyInstaller's own tables (build/build/*.toc) say where each was taken from; who owns that place, a Python distribution,
Python itself, a Debian package, says the rest. What has no owner is an error, never left out.
"""

from __future__ import annotations

import ast
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from PyInstaller.archive.readers import CArchiveReader

from app import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "chatlog-uploader"
PROGRAMS = {name + end for name in (OWN, "Chat Log Uploader") for end in ("", ".exe")}
"""Every system has one of the first name; Windows and macOS have one without a console beside it."""
PROJECT = Path(__file__).resolve().parents[2]
TEXTS = Path(__file__).parent / "texts"
NOTICES = "notices"
"""The folder inside the program that holds what is made here."""

_LICENCE_FILES = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT|AUTHORS)", re.IGNORECASE)
_QT = ("PySide6_Essentials", "shiboken6")
_ICU = re.compile(r"libicu[a-z0-9]+\.so\.(?P<version>[0-9]+)|icu[a-z]+(?P<dll>[0-9]+)\.dll")


@dataclass
class Component:
    """Something that others made, or we, with what of it is inside."""

    name: str
    version: str
    purl: str
    licence: str
    """A SPDX expression, or the licence's name where `is_expression` is false."""
    is_expression: bool = False
    texts: list[str] = field(default_factory=list)
    """The licence's text, and what else has to be told with it."""
    files: list[str] = field(default_factory=list)
    """Places in the folder, with "/"."""
    modules: list[str] = field(default_factory=list)
    """Names of Python modules inside the program's archive."""


def inventory(folder: Path, work: Path) -> list[Component]:
    """The components of a frozen folder, `work` being where PyInstaller left its tables. Raises LookupError."""
    return _Inventory(folder, work).components()


def modules_inside(folder: Path) -> set[str]:
    """The Python modules in the program's own archive, as the frozen program itself has them."""
    program = next(path for path in (folder / OWN, folder / f"{OWN}.exe") if path.is_file())
    archive = CArchiveReader(str(program))
    pure = next(name for name in archive.toc if name.startswith("PYZ"))
    scripts = {name for name in archive.toc if name != pure}
    return scripts | set(archive.open_embedded_archive(pure).toc)


def files_inside(folder: Path) -> set[str]:
    """Every file and link of the folder, without what is made here."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and NOTICES not in path.relative_to(folder).parts
    }


class _Inventory:
    def __init__(self, folder: Path, work: Path) -> None:
        self._folder = folder
        self._content = "_internal" if (folder / "_internal").is_dir() else "."
        self._tables = [ast.literal_eval(path.read_text("utf-8")) for path in sorted(work.glob("*-00.toc"))]
        self._known: dict[str, Component] = {}
        self._owners = {
            str(Path(str(distribution.locate_file(file))).resolve()): distribution
            for distribution in metadata.distributions()
            for file in distribution.files or ()
        }
        self._stdlib = Path(sysconfig.get_path("stdlib")).resolve()
        self._packages: dict[Path, str] = {}
        self._has_packages = shutil.which("dpkg") is not None

    def components(self) -> list[Component]:
        sources = dict(self._sources())
        files = {name: self._source(name, sources) for name in sorted(files_inside(self._folder))}
        modules = {name: sources.get(name) for name in sorted(modules_inside(self._folder))}
        self._ask_dpkg(path for path in (*files.values(), *modules.values()) if path is not None)
        for name, source in files.items():
            self._component(name, source).files.append(name)
        for name, source in modules.items():
            self._component(name, source).modules.append(name)
        return sorted(self._known.values(), key=lambda component: component.name.casefold())

    def _sources(self) -> Iterator[tuple[str, Path]]:
        """Names in the folder or in the program, and where each was taken from."""
        for table in self._tables:
            for entry in _entries(table):
                name, source, kind = entry
                if kind == "SYMLINK":
                    continue
                if kind != "OPTION" and source and source != "-":
                    yield name.replace("\\", "/"), Path(source).resolve()

    def _source(self, name: str, sources: dict[str, Path]) -> Path | None:
        """Where a file was taken from; a link is of whom it leads to."""
        path = self._folder / name
        if path.is_symlink():
            name = path.resolve().relative_to(self._folder.resolve()).as_posix()
        inner = name.removeprefix(f"{self._content}/")
        return sources.get(inner)

    def _component(self, name: str, source: Path | None) -> Component:  # noqa: PLR0911 - one line for each kind of origin
        """Whose it is. Raises LookupError."""
        if name.rpartition("/")[2] in PROGRAMS | {"entry"}:
            return self._own()
        if source is None:
            if name == "jaraco":  # a namespace: no file at all
                return self._python()
            raise LookupError(f"PyInstaller's tables do not say where {name} was taken from")
        distribution = self._owners.get(str(source))
        if distribution is not None:
            icu = _ICU.fullmatch(source.name)
            if icu is not None:
                return self._icu(icu["version"] or icu["dll"])
            return self._own() if distribution.name == OWN else self._distribution(distribution)
        if source.is_relative_to(self._stdlib) or re.match(
            r"(lib)?python3|Python$|vcruntime|base_library", source.name
        ):
            return self._python()
        if "localpycs" in source.parts:
            is_loader = source.name.startswith("pyi")
            return self._distribution(metadata.distribution("pyinstaller")) if is_loader else self._python()
        if source.is_relative_to(PROJECT) and ".venv" not in source.relative_to(PROJECT).parts:
            return self._own()
        if not self._has_packages and source.is_relative_to(Path(sys.base_prefix).resolve()):
            return (
                self._python()
            )  # its installer brings OpenSSL and others, whose licences are told in its own
        return self._system(source)

    # ---- the kinds --------------------------------------------------------------------------------------

    def _keep(self, component: Component) -> Component:
        return self._known.setdefault(f"{component.name} {component.version}", component)

    def _own(self) -> Component:
        if OWN in self._known:
            return self._known[OWN]
        text = (PROJECT / "LICENSE").read_text("utf-8")
        return self._known.setdefault(
            OWN,
            Component(
                OWN, __version__, f"pkg:pypi/{OWN}@{__version__}", "MIT", is_expression=True, texts=[text]
            ),
        )

    def _python(self) -> Component:
        version = platform.python_version()
        places = (
            self._stdlib / "LICENSE.txt",
            Path(sys.base_prefix) / "LICENSE.txt",
            Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright"),
        )
        text = next((place for place in places if place.is_file()), None)
        if text is None:
            raise LookupError("Python's own licence is nowhere")
        return self._keep(
            Component(
                "Python",
                version,
                f"pkg:generic/python@{version}",
                "PSF-2.0",
                is_expression=True,
                texts=[text.read_text("utf-8", "replace")],
            )
        )

    def _icu(self, version: str) -> Component:
        text = (TEXTS / "ICU.txt").read_text("utf-8")
        return self._keep(
            Component(
                "ICU",
                version,
                f"pkg:generic/icu@{version}",
                "Unicode-DFS-2016",
                is_expression=True,
                texts=[text],
            )
        )

    def _distribution(self, distribution: metadata.Distribution) -> Component:
        about = distribution.metadata
        key = f"{distribution.name} {distribution.version}"
        if key in self._known:
            return self._known[key]
        texts = [
            Path(str(distribution.locate_file(file))).read_text("utf-8", "replace")
            for file in sorted(distribution.files or (), key=str)
            if _LICENCE_FILES.search(file.name) and file.suffix not in {".py", ".pyc"}
        ]
        expression = about.get("License-Expression")
        if distribution.name in _QT:
            # They come without the text. Of the three that are offered it is taken under the LGPL.
            expression = "LGPL-3.0-only"
            texts = [(TEXTS / name).read_text("utf-8") for name in ("LGPL-3.0.txt", "GPL-3.0.txt")]
        if not texts:
            raise LookupError(f"{key} comes without the text of its licence")
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        return self._keep(
            Component(
                distribution.name,
                distribution.version,
                f"pkg:pypi/{name}@{distribution.version}",
                expression or _told(about),
                is_expression=expression is not None,
                texts=texts,
            )
        )

    def _system(self, source: Path) -> Component:
        if not self._has_packages:
            return self._of_the_system()
        package = self._packages.get(source)
        if package is None:
            raise LookupError(f"nobody is known who made {source}")
        told = subprocess.run(
            ("dpkg-query", "-W", "-f", "${Version} ${Architecture} ${binary:Package}\n", package),
            capture_output=True,
            text=True,
            check=True,
        )
        version, architecture, _ = told.stdout.splitlines()[0].split()
        name = package.partition(":")[0]
        copyright_file = Path(f"/usr/share/doc/{name}/copyright")
        if not copyright_file.is_file():
            raise LookupError(f"{name} comes without its copyright file")
        text = copyright_file.read_text("utf-8", "replace")
        short = dict.fromkeys(re.findall(r"^License: *(\S.*?) *$", text, re.MULTILINE))
        return self._keep(
            Component(
                name,
                version,
                f"pkg:deb/{_distribution_id()}/{name}@{version}?arch={architecture}",
                ", ".join(short) or "see its copyright file",
                texts=[text],
            )
        )

    def _of_the_system(self) -> Component:
        """Where there are no packages to ask: what was copied from the system is told as its part."""
        text = f"Copied from {platform.system()} {platform.release()}, and under that system's own terms."
        return self._keep(
            Component(
                f"libraries of {platform.system()}",
                platform.release(),
                f"pkg:generic/{platform.system().lower()}@{platform.release()}",
                "see the system's terms",
                texts=[text],
            )
        )

    def _ask_dpkg(self, sources: Iterator[Path]) -> None:
        """The Debian packages of those that no distribution owns, all at once. Elsewhere nobody knows."""
        asked: dict[str, Path] = {}
        for source in sources:
            if str(source) not in self._owners and not source.is_relative_to(PROJECT):
                # Debian's list names a file's place before or after /lib and /usr/lib were made one.
                asked |= dict.fromkeys(
                    (str(source), str(source).removeprefix("/usr"), f"/usr{source}"), source
                )
        if not self._has_packages or not asked:
            return
        found = subprocess.run(("dpkg", "-S", *asked), capture_output=True, text=True, check=False).stdout
        for line in found.splitlines():
            package, _, place = line.partition(": ")
            if place in asked:
                self._packages[asked[place]] = package.split(", ")[0]


def _entries(table: object) -> Iterator[tuple[str, str, str]]:
    """PyInstaller's triples, however deep they lie."""
    if isinstance(table, list | tuple):
        if (
            len(table) == len(("name", "source", "kind"))
            and all(isinstance(part, str) for part in table)
            and table[2].isupper()
        ):
            yield table[0], table[1], table[2]
        else:
            for part in table:
                yield from _entries(part)


def _told(about: metadata.PackageMetadata) -> str:
    """The licence in a word where no expression says it."""
    named = (about.get("License") or "").strip().splitlines()
    if len(named) == 1:
        return named[0].strip()
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    return ", ".join(classifiers) or "see its licence's text"


def _distribution_id() -> str:
    """Such as debian."""
    return platform.freedesktop_os_release().get("ID", "debian")
