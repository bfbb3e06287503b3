"""What ships with the program to be deployed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from app.deployment.shipped import MOST_TEMPLATE_BYTES, Shipped, find_shipped, region_suffix

PROJECT = Path(__file__).parents[2]


def test_the_function_s_zip_is_the_package_that_runs() -> None:
    with zipfile.ZipFile(io.BytesIO(find_shipped().code.data)) as archive:
        names = archive.namelist()
        assert archive.read("backend/handler.py") == (PROJECT / "backend" / "handler.py").read_bytes()
        # Lambda runs as somebody else, who must be able to read it.
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    assert "backend/presign/actions.py" in names
    assert names == sorted(names)
    assert not [name for name in names if "pricing" in name or "node_modules" in name]


def test_the_same_sources_give_the_same_zip(tmp_path: Path) -> None:
    """Whenever and wherever they were copied, line ends of another system included; another content gives another key."""
    for path in (*PROJECT.glob("backend/*.py"), *PROJECT.glob("backend/presign/*.py")):
        copy = tmp_path / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    copied = Shipped(PROJECT / "resources", tmp_path / "backend").code
    assert copied == find_shipped().code
    (tmp_path / "backend" / "handler.py").write_text("", encoding="utf-8")
    assert Shipped(PROJECT / "resources", tmp_path / "backend").code.key != copied.key


def test_the_template_fits_into_a_request_and_has_a_price() -> None:
    shipped = find_shipped()
    assert len(shipped.body.encode()) <= MOST_TEMPLATE_BYTES
    assert [(cost.resource, cost.dollars) for cost in shipped.idle_costs({})] == [("Key", 1.0)]


def test_what_is_archived_and_its_key_stay() -> None:
    resources = find_shipped().template["Resources"]
    stay = {name for name, one in resources.items() if one.get("DeletionPolicy") == "RetainExceptOnCreate"}
    assert {"Bucket", "Key"} <= stay
    assert all(resources[name]["UpdateReplacePolicy"] == "Retain" for name in ("Bucket", "Key"))


def test_names_end_with_the_region_everywhere_but_in_the_primary_one() -> None:
    assert region_suffix("eu-west-1") == "-eu-west-1"
    assert region_suffix("ap-northeast-1") == ""
