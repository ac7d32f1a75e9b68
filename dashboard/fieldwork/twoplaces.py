"""A location before and after a correction, on one close map: a ring and a square, joined by a line, with a scale."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from typing import Any

import numpy as np

from geodata.exports.lotmap import Drawing, fitted, svg
from geodata.fieldwork.values import degrees
from geodata.query import Desk

WIDTH, HEIGHT = 110.0, 70.0  # mm
LEAST_KM = 1.0


def picture(desk: Desk, school: dict[str, Any], before: str, after: str, *, title: str) -> str:
    """An image address (`data:`); without `before` the new place alone. Outlines: the areas that the two may lie in."""
    new = degrees(after)
    old = degrees(before) if before else None
    lon, lat = (np.array([old[1]]), np.array([old[0]])) if old else (np.zeros(0), np.zeros(0))
    links = np.array([[old[1], old[0], new[1], new[0]]]) if old else np.zeros((0, 4))
    nodes = np.array([[new[1], new[0]]])
    drawing = Drawing(lon, lat, (), links, nodes, _land(desk, _level(school)))
    frame = fitted(drawing, WIDTH, HEIGHT, least_km=LEAST_KM, margin=12.0)
    made = svg(drawing, frame, title=title, synthetic=desk.atlas.synthetic)
    return "data:image/svg+xml;base64," + b64encode(made.encode()).decode()


def _level(school: dict[str, Any]) -> int:
    return max((n for n in (1, 2) if school.get(f"admin{n}_id")), default=0)


@lru_cache(maxsize=4)
def _land(desk: Desk, level: int) -> tuple[Any, ...]:
    if not desk.atlas.has("areas"):
        return ()
    table = desk.atlas.read("areas", columns=["area_id", "level"])
    if "geometry" not in table:
        return ()
    table = table[(table["level"] == level) & table.geometry.notna()]
    return tuple(table.geometry)
