"""What the map of a pack draws: land and borders, areas of every level, hexagons; and, where schools may not be shown one by
one, what may be told of areas and hexagons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from dashboard import areas, basemap, shows
from dashboard.packing.listed import SHOWN, Listed
from geodata.hexagons import cells
from geodata.query import Desk
from geodata.view import View

CELLS = 5  # H3 resolution of the hexagons where a country has no polygons


def base(desk: Desk) -> dict[str, Any]:
    """Land, coast and borders around the country, its own outline, and where the map opens."""
    features = [*basemap.base(desk.atlas)["features"], *areas.outline(desk, "")["features"]]
    return {"shapes": {"type": "FeatureCollection", "features": features}, "bounds": list(areas.bounds_of(desk, ""))}


def levels(desk: Desk) -> Iterator[tuple[int, dict[str, Any]]]:
    """The polygons of every level that has some: area id, name, and a point inside."""
    for level in sorted({*desk.places.levels.values()} - {0}):
        if areas.has_shapes(desk.atlas, level):
            yield level, areas.shapes(desk.atlas, level)


def hexagons(listed: Listed) -> dict[str, Any]:
    """The hexagon of every school (place in the list of cells, -1 without a location) and their rings.

    Locations are as the tier may see them: of a coarse one the hexagon is the one that it is the centre of.
    """
    where, own = listed.frame, listed.desk.locations.cell
    found = cells(where["latitude"], where["longitude"], CELLS if own is None else own).to_numpy(dtype=object)
    names = sorted({c for c in found if isinstance(c, str)})
    at = {name: n for n, name in enumerate(names)}
    rings = [areas.hexagon(name, {"schools": 0})["geometry"]["coordinates"][0] for name in names]
    return {
        "of": [at[c] if isinstance(c, str) else -1 for c in found],
        "rings": [np.round(np.array(ring), 5).tolist() for ring in rings],
    }


def told(desk: Desk) -> dict[str, Any]:
    """Where schools are not shown one by one: for each indicator what may be told of each area, and the hexagons."""
    seen = [name for name in SHOWN if name in desk.indicators]
    every = sorted(set(desk.places.levels.values()))
    cell = desk.locations.cell if desk.locations.cell is not None else CELLS
    return {
        "areas": {name: _areas(desk, name, every) for name in seen},
        "hexagons": {name: areas.hexagons(desk, View.parse(f"show={name}"), cell)["features"] for name in seen},
    }


def _areas(desk: Desk, name: str, every: list[int]) -> dict[str, Any]:
    """By area id: schools, known, share, its bounds; null where it may not be told."""
    found: dict[str, Any] = {}
    parts = ["num_schools", f"{name}_known", f"{name}_unknown", name, f"{name}_lower", f"{name}_upper"]
    for level in every:
        rolled = desk.areas(View(), level, name)
        numbers = [rolled[c].to_numpy(dtype=float, na_value=np.nan).tolist() for c in parts]
        for area, *row in zip(rolled["area_id"].astype(str), *numbers, strict=True):
            found[area] = [None if v != v else round(v, 4) for v in row]  # noqa: PLR0124 - NaN
    return found


def colours(desk: Desk, name: str) -> list[str]:
    """The six colours of areas, from the smallest share on: dark is the greater need."""
    return list(shows.ramp(desk.indicators[name]))
