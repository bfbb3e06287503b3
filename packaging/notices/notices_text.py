"""The notices for people: what is inside, under which licence, and each licence's whole text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from inventory import OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inventory import Component

HEAD = """\
Third-party notices of Chat Log Uploader {version}

Chat Log Uploader itself is under the MIT licence. Its folder also carries what is listed below, each under its own
licence; the texts follow the list. sbom.cdx.json beside this file names every file of each.

Qt and PySide6 (PySide6_Essentials, shiboken6) are used under the GNU Lesser General Public License, version 3. They are
copyright (C) The Qt Company Ltd. and other contributors, unchanged but for debugging symbols, and linked dynamically: the
files lie in the folder PySide6 and may be replaced by other builds of the same version. Their sources are at
https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/. What Qt's own
libraries contain of others is told at https://doc.qt.io/qt-6/licenses-used-in-qt.html. Nothing in this program's
licence forbids to take it apart in order to mend such a change.

The libraries that came from Debian are copies of the packages named; the sources of exactly these versions are at
https://snapshot.debian.org/.
"""
RULE = "=" * 80
_COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z]+(?:-[0-9]+(?:\.[0-9]+)*)?)")


def notices_text(components: Sequence[Component]) -> str:
    """The whole file. A text that several share stands there once."""
    own = next(component for component in components if component.name == OWN)
    width = max(len(component.name) for component in components)
    lines = [HEAD.format(version=own.version)]
    lines += [
        f"{component.name:<{width}}  {component.version:<28} {component.licence}" for component in components
    ]
    shared: dict[str, list[str]] = {}
    for component in components:
        for text in component.texts:
            shared.setdefault(text.strip("\n"), []).append(f"{component.name} {component.version}")
    for name, text in _common_texts("\n".join(shared)).items():
        shared.setdefault(text, []).append(f"/usr/share/common-licenses/{name}")
    for text, names in shared.items():
        lines += ["", RULE, ", ".join(names), RULE, "", text]
    return "\n".join(lines) + "\n"


def _common_texts(texts: str) -> dict[str, str]:
    """What Debian's copyright files only point to."""
    found = {}
    for name in sorted(set(_COMMON.findall(texts))):
        path = Path("/usr/share/common-licenses") / name
        if path.is_file():
            found[name] = path.read_text("utf-8", "replace").strip("\n")
    return found
