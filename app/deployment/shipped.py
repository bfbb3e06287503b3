"""What ships with the program to be deployed: the template in personal mode, the function's source, the price list.

The template is what the Serverless Framework packages (`make backend-template`); a test holds it to that.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.pricing.idle import IdleCost
    from backend.pricing.prices import Prices

OWN_PARAMETERS = frozenset({"CodeBucket", "CodeKey", "RegionSuffix"})
"""Where the function's zip lies, and what names end with: for the deployment itself to say."""

PRIMARY_REGION = "ap-northeast-1"
"""The one region in which names do not end with it, as backend/serverless.yml has it."""

MOST_TEMPLATE_BYTES = 51_200
"""What CloudFormation takes in a request:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_SOURCES = ("*.py", "presign/*.py")
_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Code:
    """The function's zip. The same sources give the same bytes on every computer."""

    data: bytes

    @property
    def key(self) -> str:
        """The name under which it is uploaded: another content has another one."""
        return f"function/{hashlib.sha256(self.data).hexdigest()}.zip"


class Shipped:
    """The program's own files, read when they are asked for. Raises OSError where the installation lacks them."""

    def __init__(self, resources: Path, backend: Path) -> None:
        self._resources = resources
        self._backend = backend

    @cached_property
    def template(self) -> Mapping[str, Any]:
        """The CloudFormation template."""
        text = (self._resources / "backend" / "personal.json").read_text(encoding="utf-8")
        template: dict[str, Any] = json.loads(text)
        return template

    @property
    def body(self) -> str:
        """The template as it is sent."""
        return compact(self.template)

    @cached_property
    def code(self) -> Code:
        """The function as a zip of the package `backend`, as Lambda runs it."""
        paths = sorted(path for pattern in _SOURCES for path in self._backend.glob(pattern))
        packed = io.BytesIO()
        # Not compressed: other releases of zlib give other bytes, and it is small.
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for path in paths:
                entry = zipfile.ZipInfo(f"backend/{path.relative_to(self._backend).as_posix()}", _MOMENT)
                entry.create_system = 3  # Unix, on every system
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, path.read_bytes().replace(b"\r\n", b"\n"))
        return Code(packed.getvalue())

    @property
    def choices(self) -> Mapping[str, Mapping[str, Any]]:
        """The template's parameters that a person may choose, as the template describes them."""
        parameters: Mapping[str, Mapping[str, Any]] = self.template["Parameters"]
        return {name: one for name, one in parameters.items() if name not in OWN_PARAMETERS}

    @cached_property
    def prices(self) -> Prices:
        """The dated list of prices."""
        from backend.pricing.prices import read_prices  # noqa: PLC0415 - read by this alone

        return read_prices(self._resources / "prices.json")

    def kinds(self, values: Mapping[str, object]) -> dict[str, str]:
        """The type of each resource that there is for given values of the parameters, by its name."""
        from backend.pricing.decided import DecidedTemplate  # noqa: PLC0415 - read by this alone

        return {name: one["Type"] for name, one in DecidedTemplate(self.template, values).resources.items()}

    def idle_costs(self, values: Mapping[str, object]) -> tuple[IdleCost, ...]:
        """What the stack costs in a month without use, for given values of its parameters."""
        from backend.pricing.idle import idle_costs  # noqa: PLC0415 - read by this alone

        return idle_costs(self.template, values, self.prices)


def region_suffix(region: str) -> str:
    """What names end with in a region."""
    return "" if region == PRIMARY_REGION else f"-{region}"


def compact(template: Mapping[str, Any]) -> str:
    """A template in as few bytes as JSON needs."""
    return json.dumps(template, separators=(",", ":"))


def find_shipped() -> Shipped:
    """What ships: in the checkout, in an installed package, in the frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Shipped(Path(frozen) / "resources", Path(frozen) / "backend")
    here = Path(__file__).parents[1]
    installed = here / "resources"
    return Shipped(installed if installed.is_dir() else here.parent / "resources", here.parent / "backend")
