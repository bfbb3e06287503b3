"""Makes the template that ships with the program of the one that the Serverless Framework packages.

    python tools/backend_template.py PACKAGED-TEMPLATE SHIPPED-TEMPLATE    (see tools/backend-template.sh)

What differs: the function's zip lies where two parameters say, and not in a bucket that is part of the stack; what names
end with is a parameter too, since the framework decides by the region that it packages for; what the judges of templates are
told is left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MOST_BYTES = 51_200
"""What CloudFormation takes in a request."""

DESCRIPTION = "Chat Log Uploader's archive for one person."
PARAMETERS = {
    "CodeBucket": {"Type": "String", "Description": "Bucket with the function's zip; the program fills it."},
    "CodeKey": {"Type": "String", "Description": "Key of the function's zip, by its content."},
    "RegionSuffix": {
        "Type": "String",
        "Description": "What names end with: a hyphen and the region, nothing in the primary region.",
        "AllowedPattern": "^(-[a-z0-9-]+)?$",
    },
}
REGION = "us-east-1"
"""The region that is packaged for: not the primary one, so that it stands in the names."""
OF_THE_FRAMEWORK = "ServerlessDeploymentBucket"


def shipped(packaged: dict[str, Any]) -> dict[str, Any]:
    """The template to ship. Raises ValueError where it would not do."""
    resources = {
        name: _of_the_program(resource)
        for name, resource in packaged["Resources"].items()
        if not name.startswith(OF_THE_FRAMEWORK)
    }
    outputs = {
        name: output for name, output in packaged["Outputs"].items() if not name.startswith(OF_THE_FRAMEWORK)
    }
    template = {
        **packaged,
        "Description": DESCRIPTION,
        "Parameters": {**packaged["Parameters"], **PARAMETERS},
        "Resources": _for_any_region(resources),
        "Outputs": _for_any_region(outputs),
    }
    compact = json.dumps(template, separators=(",", ":"))
    if OF_THE_FRAMEWORK in compact or "serverless/chatlog-uploader" in compact:
        raise ValueError("something still needs the framework's bucket")
    if REGION in compact:
        raise ValueError("something is of the region that was packaged for")
    if len(compact.encode()) > MOST_BYTES:
        raise ValueError(f"{len(compact.encode())} bytes: CloudFormation takes {MOST_BYTES}")
    return template


def _of_the_program(resource: dict[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in resource.items() if name != "Metadata"}
    properties = made.get("Properties", {})
    if resource["Type"] == "AWS::Lambda::Function":
        code = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
        made["Properties"] = {**properties, "Code": code}
    return made


def _for_any_region(value: Any) -> Any:  # noqa: ANN401 - a template's values are of any form
    """A value in which the region's suffix is the parameter's."""
    match value:
        case {"Fn::Sub": [str(text), names]}:
            return {"Fn::Sub": [_with_suffix(text), _for_any_region(names)]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _with_suffix(text)}
        case dict():
            return {name: _for_any_region(member) for name, member in value.items()}
        case list():
            return [_for_any_region(member) for member in value]
        case str() if f"-{REGION}" in value and "${" not in value:
            return {"Fn::Sub": _with_suffix(value)}
    return value


def _with_suffix(text: str) -> str:
    return text.replace(f"-{REGION}", "${RegionSuffix}")


def main(packaged: str, target: str) -> None:
    """Write the one file from the other."""
    template = shipped(json.loads(Path(packaged).read_text(encoding="utf-8")))
    Path(target).parent.mkdir(exist_ok=True)
    Path(target).write_text(json.dumps(template, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
