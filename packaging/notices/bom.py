"""The bill of materials as CycloneDX JSON 1.6 (https://cyclonedx.org/docs/1.6/json/)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inventory import OWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inventory import Component


def bill_of_materials(components: Sequence[Component], folder: Path, epoch: int) -> dict[str, Any]:
    """`epoch`: seconds, the moment that it is dated by, so that the same folder has the same bill."""
    own = next(component for component in components if component.name == OWN)
    entries = [_entry(component, folder) for component in components]
    fingerprint = hashlib.sha256(repr(entries).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, fingerprint)}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": "program",
                "name": own.name,
                "version": own.version,
                "purl": own.purl,
            },
        },
        "components": entries,
        "dependencies": [{"ref": "program", "dependsOn": [entry["bom-ref"] for entry in entries]}],
    }


def _entry(component: Component, folder: Path) -> dict[str, Any]:
    licence: dict[str, Any] = {"license": {"name": component.licence}}
    if component.is_expression:
        licence = {"expression": component.licence}
    entry: dict[str, Any] = {
        "type": "application" if component.name == OWN else "library",
        "bom-ref": f"{component.purl}#files",
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [licence],
    }
    if component.files:
        entry["components"] = [_file(name, component, folder) for name in component.files]
    if component.modules:
        entry["evidence"] = {"occurrences": [{"location": f"{OWN}#{name}"} for name in component.modules]}
    return entry


def _file(name: str, component: Component, folder: Path) -> dict[str, Any]:
    content = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": f"{component.purl}#{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": content}],
    }
