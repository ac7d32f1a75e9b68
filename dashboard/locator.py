"""Where a school lies, as one small drawing that also prints: the country, the school's area, the school."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from math import cos, radians
from typing import Any

from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.query import Desk
from geodata.say import remembered, tr, written

WIDTH, MARGIN = 300.0, 8.0
TALLEST = 1.3
FINENESS = 400  # parts of the drawing's width below which a bend is left out


def locator(desk: Desk, school: dict[str, Any]) -> str | None:
    """An image address (`data:`) of the school's place, or of its area where its location is not reported; None without shapes."""
    longitude, latitude = school.get("longitude"), school.get("latitude")
    shapes = _shapes(desk)
    areas = [str(school.get(f"admin{n}_id")) for n in (1, 2, 3, 4) if school.get(f"admin{n}_id")]
    inner = [shapes[area] for area in areas if area in shapes]
    whole = shapes.get("") or next(iter(inner), None)
    if whole is None:
        return None
    point = None if longitude is None or latitude is None else (float(longitude), float(latitude))
    return drawing(whole, inner[-1] if inner else None, point)


def drawing(whole: BaseGeometry, area: BaseGeometry | None, point: tuple[float, float] | None) -> str:
    """The drawing as an image address: outline, the area darker, the school as a ring with a dot."""
    west, south, east, north = whole.bounds
    squeeze = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, (north - south) / TALLEST, 1e-6)
    height = (north - south) * scale + 2 * MARGIN
    width = (east - west) * squeeze * scale + 2 * MARGIN

    def at(lon: float, lat: float) -> tuple[float, float]:
        return MARGIN + (lon - west) * squeeze * scale, MARGIN + (north - lat) * scale

    def path(shape: BaseGeometry) -> str:
        fine = shape.simplify((east - west) / FINENESS)
        return " ".join(_ring([at(*p[:2]) for p in ring]) for ring in _rings(fine))

    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">'
        f'<path d="{path(whole)}" fill="#FAF8F3" stroke="#1B2430" stroke-width="1" fill-rule="evenodd"/>'
        + (f'<path d="{path(area)}" fill="#D9D4C7" stroke="#4A5563" stroke-width=".8" fill-rule="evenodd"/>' if area is not None else "")
        + (_dot(*at(*point)) if point else "")
        + "</svg>"
    )  # fmt: skip
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _dot(x: float, y: float) -> str:
    ring = tr(
        '<circle cx="{x}" cy="{y}" r="9" fill="none" stroke="#0B5563" stroke-width="2"/>',
        x=written(x, 1, grouped=False),
        y=written(y, 1, grouped=False),
    )
    return ring + tr(
        '<circle cx="{x}" cy="{y}" r="3" fill="#0B5563" stroke="#FAF8F3" stroke-width="1"/>',
        x=written(x, 1, grouped=False),
        y=written(y, 1, grouped=False),
    )


def _ring(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _rings(shape: BaseGeometry) -> Iterator[list[tuple[float, ...]]]:
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape] if isinstance(shape, Polygon) else []
    for part in parts:
        for ring in (part.exterior, *part.interiors):
            if ring is not None and len(ring.coords) > 2:
                yield list(ring.coords)


@remembered(maxsize=4)
def _shapes(desk: Desk) -> dict[str, BaseGeometry]:
    """Polygons by area id; the whole place under "". Empty where no polygon is known."""
    if not desk.atlas.has("areas"):
        return {}
    layer = desk.atlas.read("areas", columns=["area_id", "level"])
    if "geometry" not in layer:
        return {}
    layer = layer[layer.geometry.notna()]
    found = dict(zip(layer["area_id"].astype(str), layer.geometry, strict=True))
    top = layer[layer["level"] == 0]
    if len(top):
        found[""] = top.geometry.iloc[0]
    elif len(layer):
        found[""] = layer[layer["level"] == layer["level"].min()].geometry.union_all()
    return found
