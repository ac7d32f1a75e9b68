"""Answers taken apart without trust: whatever type stands where a text, a number or a list should, nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geodata.errors import SourceError


def text(value: Any) -> str:
    """A text, number or yes/no as text; anything else is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (f"{value:.15g}") if isfinite(value) else ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    return value.strip() if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """A number, also as text; None for anything else."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and isfinite(found) else None


def whole(value: Any) -> int | None:
    """A whole number of at most 15 figures, also as text; None for anything else."""
    written = text(value)
    return int(written) if written.isdecimal() and len(written) <= 15 else None


def entry(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what is none of them is left out."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def listed(answer: Any, name: str, what: str) -> list[dict[str, Any]]:
    """The list of objects under a name. Raises SourceError where it is not there."""
    found = entry(answer).get(name)
    if not isinstance(found, list):
        raise SourceError(
            f"{what} answered without {name!r}: {message_of(answer) or 'its answers may have changed, or this is not the service'}."
        )
    return items(found)


def message_of(answer: Any) -> str:
    """What an answer says of itself, in one line."""
    said = entry(answer)
    found = next((text(said.get(k)) for k in ("message", "error", "detail", "httpStatus") if text(said.get(k))), "")
    return " ".join(found.split())[:300].rstrip(".")


def geometry(value: Any) -> BaseGeometry | None:
    """A GeoJSON geometry as a shape; None where there is none or it is none."""
    if not isinstance(value, dict) or not value.get("coordinates"):
        return None
    try:
        found = shape(value)
        return None if found.is_empty else found
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError):
        return None


def old_geometry(kind: Any, coordinates: Any) -> BaseGeometry | None:
    """DHIS2 up to 2.31: `featureType` and `coordinates` as text."""
    try:
        places = json.loads(coordinates) if isinstance(coordinates, str) else coordinates
    except (ValueError, RecursionError):
        return None
    words = {"POINT": "Point", "POLYGON": "Polygon", "MULTI_POLYGON": "MultiPolygon"}
    name = words.get(text(kind).upper(), "Point")
    return geometry({"type": name, "coordinates": places})
