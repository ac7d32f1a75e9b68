"""Areas, hexagons, outlines and coverage layers as GeoJSON for the map, with counts of the selection.

Shapes belong to the build (simplified together, so that neighbours still share their borders) and values to the view:
the browser keeps the first and joins the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard import basemap, shows, words
from geodata.declare import Indicator
from geodata.layers import Atlas
from geodata.query import Desk
from geodata.say import remembered, tr, written
from geodata.spatial import shortest_arc
from geodata.view import View

DETAIL = 2500  # an area layer is simplified to about one point in this part of its width
FINEST = 8  # finest H3 resolution drawn


@dataclass(frozen=True)
class Overlay:
    """A layer that can be switched on over the map."""

    key: str
    title: str
    kind: str
    colour: str = "#0B5563"
    shape: str = ""


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}


def box_of(shapes: Any) -> tuple[float, float, float, float]:
    """West, south, east, north of shapes; of a country that 180° cuts the east is beyond 180, so that the map keeps it whole."""
    edges = shapely.bounds(shapely.get_parts(np.asarray(shapes, dtype=object)))
    edges = edges[np.isfinite(edges).all(axis=1)]
    if not len(edges):
        return 0.0, 0.0, 0.0, 0.0
    west, east = shortest_arc(edges[:, 0], edges[:, 2])
    return west, float(edges[:, 1].min()), east + 360.0 * (east < west), float(edges[:, 3].max())


@remembered(maxsize=8)
def _polygons(atlas: Atlas) -> gpd.GeoDataFrame | None:
    """Areas that have a polygon; None where there is none at all."""
    if not atlas.has("areas"):
        return None
    table = atlas.read("areas")
    if "geometry" not in table or not isinstance(table, gpd.GeoDataFrame):
        return None
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    return table if len(table) else None


def level_of(desk: Desk, area: str) -> int:
    """The level whose areas the map shows: the first inside the chosen area, else the area's own."""
    own = desk.places.levels[area] if area else 0
    return own + 1 if (desk.places.table["level"] == own + 1).any() else own


def has_shapes(atlas: Atlas, level: int) -> bool:
    """Whether the areas of a level have polygons."""
    table = _polygons(atlas)
    return table is not None and bool((table["level"] == level).any())


@remembered(maxsize=32)
def shapes(atlas: Atlas, level: int) -> dict[str, Any]:
    """The areas of a level: id, name, and `at`, a point inside for the label."""
    table = _polygons(atlas)
    if table is None:
        return _collection([])
    some = table[table["level"] == level]
    west, south, east, north = box_of(some.geometry)
    simple = shapely.coverage_simplify(
        shapely.make_valid(some.geometry.to_numpy()), max(east - west, north - south) / DETAIL
    )
    simple = shapely.set_precision(shapely.make_valid(simple), 1e-5)
    inside = shapely.point_on_surface(simple)
    return _collection(
        [
            _feature(geometry, id=str(area), name=str(name), at=[round(point.x, 5), round(point.y, 5)])
            for geometry, point, area, name in zip(simple, inside, some["area_id"], some["name"], strict=True)
            if not geometry.is_empty
        ]
    )


def values(desk: Desk, view: View, level: int) -> dict[str, dict[str, Any]]:
    """For each area of the level inside the chosen one: counts, colour, and the tip in words."""
    indicator = shows.shown(desk, view)
    table = desk.areas(view.schools_only, level, indicator.name)
    if view.area and level > desk.places.levels[view.area]:
        table = table[table["parent_id"] == view.area]
    elif view.area:
        table = table[table["area_id"] == view.area]
    rolled = classed(desk, indicator, table, level)
    still = level_of(desk, view.area) == (desk.places.levels[view.area] if view.area else -1)
    return {
        str(area): {**value, **({"still": True} if still else {})}
        for area, value in zip(table["area_id"], rolled, strict=True)
    }


def hexagons(desk: Desk, view: View, resolution: int) -> dict[str, Any]:
    """The located schools of the selection by H3 cell."""
    indicator = shows.shown(desk, view)
    table = desk.hexagons(view.schools_only, resolution, indicator.name)
    rolled = classed(desk, indicator, table, 0)
    return _collection([hexagon(str(cell), value) for cell, value in zip(table.index, rolled, strict=True)])


def hexagon(cell: str, value: dict[str, Any]) -> dict[str, Any]:
    """An H3 cell as the map draws it, with what is said of it."""
    import h3.api.basic_str as h3  # noqa: PLC0415

    ring = np.array([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
    if np.ptp(ring[:, 0]) > 180:  # over the antimeridian: drawn on its western side
        ring[:, 0] = np.where(ring[:, 0] > 0, ring[:, 0] - 360, ring[:, 0])
    return _feature(
        shapely.Polygon(ring),
        id=cell,
        name=tr("{schools} schools here", schools=written(value["schools"])),
        still=True,
        **value,
    )


def classed(desk: Desk, indicator: Indicator, table: pd.DataFrame, level: int) -> list[dict[str, Any]]:
    """Counts, class, colour and tip of each row of a roll-up."""
    number = table[indicator.name].to_numpy(dtype=float, na_value=np.nan)
    known = table[f"{indicator.name}_known"].to_numpy(dtype=float, na_value=0)
    unknown = table[f"{indicator.name}_unknown"].to_numpy(dtype=float, na_value=0)
    schools = table["num_schools"].to_numpy(dtype=float, na_value=np.nan)
    kept_back, schools = np.isnan(schools), np.nan_to_num(schools)
    step = shows.step_of(number, area_breaks(desk, indicator, level))
    few = (step < 0) | (known < shows.TOO_FEW * (known + unknown))
    step = np.where((schools + unknown <= 0) & ~kept_back, shows.AREA_NONE, np.where(few, shows.AREA_TOO_FEW, step))
    colours = shows.ramp(indicator)
    low, high = (table[f"{indicator.name}_{end}"].to_numpy(dtype=float, na_value=np.nan) for end in ("lower", "upper"))
    return [
        {
            "schools": int(schools[i]),
            "class": int(step[i]),
            "colour": colours[step[i]] if step[i] >= 0 else "rgba(0,0,0,0)",
            "value": None if np.isnan(number[i]) else round(float(number[i]), 4),
            "tip": tip(
                indicator,
                int(schools[i]),
                number=number[i],
                known=known[i],
                unknown=unknown[i],
                bounds=(low[i], high[i]),
            )
            if not kept_back[i]
            else tr("{title}: too few schools to be shown", title=tr(indicator.title)),
        }
        for i in range(len(table))
    ]


def tip(
    indicator: Indicator, schools: int, *, number: float, known: float, unknown: float, bounds: tuple[float, float]
) -> str:
    """An area in words: the value with its bounds, and of how many schools."""
    if schools <= 0:
        return tr("No school of this selection")
    whole = known + unknown
    coverage = (
        tr(
            "{schools} schools; {unknown} not reported",
            schools=written(schools),
            unknown=words.percent(unknown / whole),
        )
        if whole
        else tr("{schools} schools; not reported, or too few to be shown", schools=written(schools))
    )
    if whole and known < shows.TOO_FEW * whole:
        return tr("{title}: too few reported\n{coverage}", title=tr(indicator.title), coverage=coverage)
    low, high = (shows.say(indicator, end, unit=False) for end in (min(bounds), max(bounds)))
    if np.isnan(number) and np.isfinite(bounds).all():
        return tr(
            "{title}: {low} to {high}\n{coverage}", title=tr(indicator.title), low=low, high=high, coverage=coverage
        )
    text = f"{tr(indicator.title)}: {shows.say(indicator, number)}"
    if unknown and np.isfinite(bounds).all() and low != high:
        text += tr(" ({low} to {high})", low=low, high=high)
    return f"{text}\n{coverage}"


def area_breaks(desk: Desk, indicator: Indicator, level: int) -> tuple[float, ...]:
    """The limits between the colours of areas of a level, from all of the country, so that a filter moves no colour."""
    return _area_breaks(desk, indicator.name, level)


@remembered(maxsize=64)
def _area_breaks(desk: Desk, name: str, level: int) -> tuple[float, ...]:
    table = desk.areas(View(), level, name) if level else desk.hexagons(View(), 4, name)
    known = table[name].to_numpy(dtype=float, na_value=np.nan)
    return shows.share_breaks(known) if shows.is_share(desk.indicators[name]) else shows.nice_breaks(known)


@remembered(maxsize=64)
def outline(desk: Desk, area: str) -> dict[str, Any]:
    """The country's own land, its contested lines, and the chosen area."""
    features = []
    own = basemap.outline(desk.atlas)
    if own is not None:
        west, south, east, north = box_of([own])
        width = max(east - west, north - south)
        features.append(_feature(shapely.simplify(own, width / DETAIL / 2), kind="own"))
    table = _polygons(desk.atlas)
    if desk.atlas.has("borders"):  # contested lines, and the outlines of contested areas
        lines = desk.atlas.read("borders")
        features += [_feature(g, kind="contested") for g in lines.geometry[lines["contested"].to_numpy(dtype=bool)]]
    elif table is not None and "contested" in table:
        marked = table[table["contested"].astype("boolean").fillna(False).to_numpy(dtype=bool)]
        features += [_feature(shapely.boundary(g), kind="contested") for g in marked.geometry]
    if table is not None and area:
        features += [_feature(g, kind="chosen") for g in table.geometry[table["area_id"] == area]]
    return _collection(features)


def bounds_of(desk: Desk, area: str) -> tuple[float, float, float, float]:
    """West, south, east, north of an area (of its polygon, else of its schools); of the country where none is chosen."""
    table = _polygons(desk.atlas)
    if area and table is not None and (here := table["area_id"] == area).any():
        return box_of(table.geometry[here])
    if area:
        inside = desk.select(View(area=area)).positions
        where = desk.schools[["longitude", "latitude"]].iloc[inside].to_numpy(dtype=float)
        where = where[np.isfinite(where).all(axis=1)]
        if len(where):
            (west, south), (east, north) = where.min(axis=0) - 0.02, where.max(axis=0) + 0.02
            return float(west), float(south), float(east), float(north)
    if not desk.locations.exact and basemap.outline(desk.atlas) is None:
        where = desk.schools[["longitude", "latitude"]].dropna().to_numpy(dtype=float)
        if len(where):
            (west, south), (east, north) = where.min(axis=0) - 0.1, where.max(axis=0) + 0.1
            return float(west), float(south), float(east), float(north)
    own = basemap.outline(desk.atlas)
    return basemap.extent(desk.atlas) if own is None or own.is_empty else box_of([own])


@remembered(maxsize=8)
def overlays(atlas: Atlas) -> tuple[Overlay, ...]:
    """The layers that this country has to switch on."""
    found: list[Overlay] = []
    if atlas.has("coverage"):
        radios = sorted(atlas.read("coverage")["radio"].dropna().unique())
        found += [Overlay(f"coverage-{r}", tr("{r} signal (coverage)", r=r), "polygon") for r in radios]
    if atlas.has("nodes"):
        found.append(Overlay("nodes", tr("Fibre nodes"), "point", "#0B5563", "diamond"))
    if atlas.has("lines"):
        found.append(Overlay("lines", tr("Fibre and microwave lines"), "line", "#0B5563"))
    if atlas.has("cells"):
        radios = sorted(atlas.read("cells", ["radio"])["radio"].dropna().unique())
        found += [Overlay(f"cells-{r}", tr("{r} cell sites", r=r), "point", "#4A5563", "cross") for r in radios]
    if atlas.has("roads"):
        found.append(Overlay("roads", "Roads", "line", "#8C7B62"))
    return tuple(found)


@remembered(maxsize=32)
def overlay(atlas: Atlas, key: str) -> dict[str, Any]:
    """One layer that can be switched on."""
    layer, _, radio = key.partition("-")
    table = atlas.read(layer)
    if radio:
        table = table[table["radio"] == radio]
    table = table[table.geometry.notna() & ~table.geometry.is_empty]
    geometry = table.geometry.to_numpy()
    if layer == "lines":  # planned lines, and lines no longer used, are not drawn as if they were there
        table = table[~table["line_status"].isin(["planned", "not_in_use"])]
        geometry = table.geometry.to_numpy()
    if layer in ("coverage", "roads", "lines") and len(table):
        west, south, east, north = box_of(table.geometry)
        geometry = shapely.simplify(geometry, max(east - west, north - south) / DETAIL)
    return _collection([_feature(g) for g in shapely.set_precision(geometry, 1e-5) if not g.is_empty])
