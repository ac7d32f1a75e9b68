"""Transmission lines of any origin as one table: what they are made of, whether they are there, and their course.

Publishers write medium and status into properties of any name ("Fibre Operational"): they are looked for in the values.
What is not found is unknown. Every row that was given is kept, one without a course too; the build counts it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from etl.connect import Bounds
from etl.sources.rows import counted
from geodata.errors import SourceError
from geodata.vocabulary import LineStatus, Medium

# How the file stands in a recipe.
RECIPE = {
    "kind": "lines",
    "columns": {"line_id": "line_id", "transmission_medium": "medium", "line_status": "status"},
    "evidence": "reported",
}
MEDIA = {Medium.FIBER.value: r"fib(?:re|er)|optic|\bfo\b", Medium.MICROWAVE.value: r"micro-?\s?wave|radio[ -]relay"}
STATUSES = {
    LineStatus.PLANNED.value: r"planned|proposed|under construction|announced|not (?:yet )?(?:built|operational)|future",
    LineStatus.NOT_IN_USE.value: r"decommissioned|abandoned|disused|retired|inactive|out of service|not in (?:use|service)",
    LineStatus.OPERATIONAL.value: r"operational|operating|existing|in service|\blive\b|\bactive\b|\blit\b|completed",
}
STATUS_NAMES, MEDIUM_NAMES = ("status", "state", "stage", "phase"), ("type", "medium", "media", "tech", "layer")
LONGEST = 60  # a longer value is a remark, from which nothing is taken
HALF = 0.5


@dataclass(frozen=True)
class Lines:
    """The rows, and what became of those that were left out, in sentences."""

    frame: gpd.GeoDataFrame
    notes: tuple[str, ...]


def table(
    features: Sequence[Mapping[str, Any]],
    service: str,
    around: tuple[Bounds, ...] | None = None,
    *,
    only_here: bool = True,
    medium: str = "",
) -> Lines:
    """Features of a GeoJSON as `line_id, medium, status, geometry`; `medium` is that of lines which do not say.

    `around`: boxes that lines are looked for in. Where latitude and longitude are the wrong way round, so that only
    swapping them brings most lines there, they are swapped, and it is said. Raises SourceError where no line lies there
    either way, although the service was asked for that box alone (`only_here` False).
    """
    shapes = np.array([_shape(f.get("geometry")) for f in features], dtype=object)
    notes = []
    if around and len(shapes):
        shapes, swapped = _right_way(shapes, around)
        if swapped:
            notes.append(
                "Latitude and longitude came the wrong way round and were swapped: only so do the lines lie here."
            )
        inside = _within(shapes, around) | (shapes == None)  # noqa: E711 - elementwise
        if not only_here and not inside.any():
            raise SourceError(f"{service} answered with lines that lie nowhere in the box that was asked for.")
        if not inside.all():
            notes.append(f"{counted(int((~inside).sum()), 'line')} elsewhere, left out.")
        features, shapes = [f for f, here in zip(features, inside, strict=True) if here], shapes[inside]
    said = [_said(f.get("properties")) for f in features]
    columns = {
        "line_id": [id_of(f) or str(i + 1) for i, f in enumerate(features)],
        "medium": [m or medium for m, _ in said],
        "status": [s for _, s in said],
    }
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))
    for name in columns:
        frame[name] = frame[name].astype("str").mask(frame[name] == "")
    return Lines(frame, tuple(notes))


def widened(bounds: Bounds, degrees: float) -> tuple[Bounds, ...]:
    """A box with a margin, as one box, or two where it reaches over the antimeridian (its west may lie east of its east)."""
    west, south, east, north = bounds
    south, north = max(south - degrees, -90.0), min(north + degrees, 90.0)
    width = (east - west) % 360 if west > east else east - west
    if width + 2 * degrees >= 360:
        return ((-180.0, south, 180.0, north),)
    west, east = west - degrees, west + width + degrees
    if west < -180:
        return ((west + 360, south, 180.0, north), (-180.0, south, east, north))
    if east > 180:
        return ((west, south, 180.0, north), (-180.0, south, east - 360, north))
    return ((west, south, east, north),)


def saved(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON put there by hand; raises SourceError where it is none."""
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise SourceError(f"{path.name} cannot be read as GeoJSON.") from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        raise SourceError(f"{path.name} is no GeoJSON with features.")
    return [f for f in features if isinstance(f, dict)]


def id_of(feature: Mapping[str, Any]) -> str:
    """The feature's id, empty where it has none."""
    value = feature.get("id")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _shape(geometry: Any) -> Any:
    """A geometry of GeoJSON, None where it is none or not finite."""
    if not isinstance(geometry, Mapping):
        return None
    try:
        shape = shapely.geometry.shape(dict(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    return shapely.force_2d(shape)


def _within(shapes: Any, boxes: tuple[Bounds, ...]) -> Any:
    """Which shapes meet one of the boxes."""
    return np.any([shapely.intersects(shapes, shapely.box(*b)) for b in boxes], axis=0)


def _right_way(shapes: Any, boxes: tuple[Bounds, ...]) -> tuple[Any, bool]:
    """The shapes, their axes swapped where most of them lie in the boxes only then."""
    given = shapes[shapes != None]  # noqa: E711 - elementwise
    if not len(given) or _within(given, boxes).mean() >= HALF:
        return shapes, False
    turned = np.array([None if s is None else shapely.transform(s, lambda c: c[:, ::-1]) for s in shapes], dtype=object)
    better = _within(turned[turned != None], boxes).mean()  # noqa: E711 - elementwise
    return (turned, True) if better >= HALF else (shapes, False)


def _said(properties: Any) -> tuple[str, str]:
    """Medium and status, each empty where the properties do not say; a property named for it goes before others."""
    if not isinstance(properties, Mapping):
        return "", ""
    texts = {str(k).lower(): v for k, v in properties.items() if isinstance(v, str) and len(v) <= LONGEST}
    return _find(texts, MEDIA, MEDIUM_NAMES), _find(texts, STATUSES, STATUS_NAMES)


def _find(texts: Mapping[str, str], patterns: Mapping[str, str], names: Sequence[str]) -> str:
    order = sorted(texts, key=lambda k: not any(n in k for n in names))
    for name in order:
        for value, pattern in patterns.items():
            if re.search(pattern, texts[name], re.IGNORECASE):
                return value
    return ""
