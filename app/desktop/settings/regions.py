"""AWS regions by the names that people know."""

from __future__ import annotations

from app.desktop.i18n import mark, translate

# AWS's own names of its regions (AWS General Reference, "AWS Regions"); as of 2026.
_NAMES = {
    "af-south-1": mark("Profiles", "Cape Town"),
    "ap-east-1": mark("Profiles", "Hong Kong"),
    "ap-east-2": mark("Profiles", "Taipei"),
    "ap-northeast-1": mark("Profiles", "Tokyo"),
    "ap-northeast-2": mark("Profiles", "Seoul"),
    "ap-northeast-3": mark("Profiles", "Osaka"),
    "ap-south-1": mark("Profiles", "Mumbai"),
    "ap-south-2": mark("Profiles", "Hyderabad"),
    "ap-southeast-1": mark("Profiles", "Singapore"),
    "ap-southeast-2": mark("Profiles", "Sydney"),
    "ap-southeast-3": mark("Profiles", "Jakarta"),
    "ap-southeast-4": mark("Profiles", "Melbourne"),
    "ap-southeast-5": mark("Profiles", "Malaysia"),
    "ap-southeast-7": mark("Profiles", "Thailand"),
    "ca-central-1": mark("Profiles", "Canada, central"),
    "ca-west-1": mark("Profiles", "Calgary"),
    "eu-central-1": mark("Profiles", "Frankfurt"),
    "eu-central-2": mark("Profiles", "Zurich"),
    "eu-north-1": mark("Profiles", "Stockholm"),
    "eu-south-1": mark("Profiles", "Milan"),
    "eu-south-2": mark("Profiles", "Spain"),
    "eu-west-1": mark("Profiles", "Ireland"),
    "eu-west-2": mark("Profiles", "London"),
    "eu-west-3": mark("Profiles", "Paris"),
    "il-central-1": mark("Profiles", "Tel Aviv"),
    "me-central-1": mark("Profiles", "United Arab Emirates"),
    "me-south-1": mark("Profiles", "Bahrain"),
    "mx-central-1": mark("Profiles", "Mexico, central"),
    "sa-east-1": mark("Profiles", "São Paulo"),
    "us-east-1": mark("Profiles", "N. Virginia"),
    "us-east-2": mark("Profiles", "Ohio"),
    "us-west-1": mark("Profiles", "N. California"),
    "us-west-2": mark("Profiles", "Oregon"),
}


def region_name(region: str) -> str:
    """Where the region is ("Tokyo"); the region itself where that is not known."""
    known = _NAMES.get(region)
    return translate(*known) if known is not None else region


def region_in_full(region: str) -> str:
    """Where the region is and what AWS calls it: "Tokyo (ap-northeast-1)"."""
    name = region_name(region)
    if name == region:
        return region
    return translate("Profiles", "{place} ({region})").format(place=name, region=region)


def known_regions() -> tuple[str, ...]:
    """AWS's names of all the regions that have a name here."""
    return tuple(_NAMES)
