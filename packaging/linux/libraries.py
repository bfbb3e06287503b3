"""What a frozen folder needs of the system: the libraries it does not carry, and the Debian packages that bring them.

`libraries.py depends FOLDER` prints the field Depends; `libraries.py needs FOLDER` a line for each library (its name) and
each file (its place) with its package. Runs on Debian, with the packages installed that the program was frozen with.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

READ_BY_CARRIED_LIBRARIES = {
    "fontconfig-config": "/etc/fonts/fonts.conf",
    "libx11-data": "/usr/share/X11/locale/locale.dir",
    "xkb-data": "/usr/share/X11/xkb/rules/evdev",
}
"""Packages with files that libraries inside the folder read (fontconfig, X11, xkbcommon), and one of these files each: no
library names them."""


def _run(*words: str, folder: str | None = None) -> str:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout


def programs_and_libraries(folder: Path) -> list[Path]:
    """Every ELF file in it, in order."""

    def is_elf(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"

    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and is_elf(path)
    )


def not_carried(folder: Path) -> list[str]:
    """The names of the libraries that are needed and are nowhere in the folder."""
    carried = {path.name for path in folder.rglob("*.so*")}
    files = [str(path) for path in programs_and_libraries(folder)]
    needed = re.findall(r"^\s*NEEDED\s+(\S+)$", _run("objdump", "-p", *files), re.MULTILINE)
    return sorted(set(needed) - carried)


def package_of(library: str) -> str:
    """The Debian package that brings a library. Raises LookupError where none that is installed does."""
    for path in re.findall(
        rf"^\s*{re.escape(library)} .*=> (\S+)$", _run("/sbin/ldconfig", "-p"), re.MULTILINE
    ):
        # Debian's list names a file's place before or after /lib and /usr/lib were made one.
        for place in (path, f"/usr{path}", path.removeprefix("/usr")):
            found = subprocess.run(("dpkg", "-S", place), capture_output=True, text=True, check=False).stdout
            if found:
                return found.partition(":")[0]
    raise LookupError(f"no installed package brings {library}")


def depends(folder: Path) -> str:
    """The field Depends: versions are those of the newest symbols that are used (dpkg-shlibdeps)."""
    wanted = {package_of(library) for library in not_carried(folder)}
    with tempfile.TemporaryDirectory() as scratch:
        control = Path(scratch) / "debian" / "control"
        control.parent.mkdir()
        control.write_text("Source: frozen\n\nPackage: frozen\nArchitecture: any\n", encoding="utf-8")
        private = [f"-l{path}" for path in sorted({path.parent for path in programs_and_libraries(folder)})]
        files = [str(path) for path in programs_and_libraries(folder)]
        words = ("dpkg-shlibdeps", "-O", "--ignore-missing-info", *private, *files)
        found = _run(*words, folder=scratch).strip().partition("=")[2]
    relations = {relation.partition(" ")[0]: relation for relation in found.split(", ")}
    # dpkg-shlibdeps also names the packages that the carried libraries were copied from.
    named = [relations.get(package, package) for package in wanted]
    return ", ".join(sorted([*named, *READ_BY_CARRIED_LIBRARIES]))


if __name__ == "__main__":
    place = Path(sys.argv[2]).resolve()
    if sys.argv[1] == "depends":
        print(depends(place))  # noqa: T201 - its output is the field
    else:
        for name in not_carried(place):
            print(name, package_of(name))  # noqa: T201 - likewise
        for package, file in READ_BY_CARRIED_LIBRARIES.items():
            print(file, package)  # noqa: T201 - likewise
