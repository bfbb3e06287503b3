"""The template that ships with the program is the one that the Serverless Framework packages.

Run by `make judge`; `make backend-template` writes it anew.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from app.deployment.shipped import find_shipped, region_suffix
from tests.stack.packaging import PROJECT
from tools.backend_template import REGION, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.packaging import Package

pytestmark = pytest.mark.stack


def test_the_shipped_template_is_the_packaged_one(packaged: Callable[..., Package]) -> None:
    expected = shipped(packaged("personal", "prod", "--region", REGION).template)
    found = json.loads((PROJECT / "resources" / "backend" / "personal.json").read_text(encoding="utf-8"))
    assert found == expected, "run `make backend-template`"


def test_the_program_s_zip_holds_what_the_framework_s_does(packaged: Callable[..., Package]) -> None:
    with (
        zipfile.ZipFile(packaged("personal", "prod").zip_file) as theirs,
        zipfile.ZipFile(io.BytesIO(find_shipped().code.data)) as ours,
    ):
        assert {name: ours.read(name) for name in ours.namelist()} == {
            name: theirs.read(name) for name in theirs.namelist()
        }


def test_what_still_needs_the_framework_s_bucket_cannot_ship(packaged: Callable[..., Package]) -> None:
    template = packaged("personal", "prod", "--region", REGION).template
    needing = {**template["Outputs"], "Odd": {"Value": {"Ref": "ServerlessDeploymentBucket"}}}
    with pytest.raises(ValueError, match="framework's bucket"):
        shipped({**template, "Outputs": needing})


def test_what_is_of_one_region_cannot_ship(packaged: Callable[..., Package]) -> None:
    template = packaged("personal", "prod", "--region", REGION).template
    bound = {**template["Outputs"], "Odd": {"Value": f"s3.{REGION}.amazonaws.com"}}
    with pytest.raises(ValueError, match="of the region"):
        shipped({**template, "Outputs": bound})


@pytest.mark.parametrize("region", [REGION, "ap-northeast-1"])
def test_names_are_those_that_the_framework_gives_in_that_region(
    packaged: Callable[..., Package], region: str
) -> None:
    packed = packaged("personal", "prod", "--region", region).template["Resources"]
    ours = find_shipped().template["Resources"]
    for resource, name in (("Bucket", "BucketName"), ("DashboardPage", "DashboardName")):
        given = ours[resource]["Properties"][name]["Fn::Sub"].replace(
            "${RegionSuffix}", region_suffix(region)
        )
        expected = packed[resource]["Properties"][name]
        assert given == (expected if isinstance(expected, str) else expected["Fn::Sub"])
