"""Hexagons, areas and places as a tier may see them: coarser where places are at risk, small numbers hidden.

Where schools stand in coarser hexagons than the layer's (`disclosure.locations`), people do too. A hexagon, an area or a
place with fewer children than the tier's threshold keeps its place and loses its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import h3.api.basic_str as h3
import numpy as np
import pandas as pd

from geodata import disclosure
from geodata.hexagons import cell_km2, cells, centre
from geodata.people import bivariate, kept
from geodata.people.catchment import METRES
from geodata.people.children import LEVELS
from geodata.people.layer import LIMITS
from geodata.query import Desk
from geodata.spatial import floats
from geodata.tables import CHILDREN_COLUMNS, NEAREST

SUMS = ("people", *CHILDREN_COLUMNS)
MEANS = (*(f"nearest_{n}_{unit}" for n in NEAREST for unit in ("minutes", "m")), "device_seats_per_child", "wealth_percentile")  # fmt: skip
ROUNDED_PLACES = 6  # H3 resolution of places where a tier sees coordinates rounded, as its hexagons of schools


@dataclass(frozen=True)
class Headline:
    """Children of an area, as bounds where they are not known exactly; None is not known. `beyond` is without a primary
    school within the limit, `beyond_secondary` likewise; `no_seats` reaches no device seat: at least, at most."""

    people: float | None
    children: float | None
    girls: float | None
    out_of_school: tuple[float, float] | None
    underserved: tuple[float, float] | None
    beyond: float | None
    beyond_secondary: float | None
    no_seats: tuple[float, float] | None
    enrolment_exceeds: bool | None
    hidden: bool


def there(desk: Desk) -> bool:
    """Whether the country has a layer of people."""
    return desk.atlas.has("people")


def about(desk: Desk) -> dict[str, Any]:
    """What the build says of the layer: measure, missing, limits, dates."""
    return dict(desk.atlas.manifest.get("people") or {})


def least(desk: Desk) -> int:
    """The fewest children that this tier may read as a number; 0 without a threshold."""
    return disclosure.thresholds(desk.tier, desk.policy).learners


@lru_cache(maxsize=4)
def _layer(desk: Desk) -> pd.DataFrame:
    return pd.DataFrame(desk.atlas.read("people"))


@lru_cache(maxsize=4)
def own_resolution(desk: Desk) -> int:
    """H3 resolution of the layer."""
    layer = _layer(desk)
    return int(h3.get_resolution(layer["hexagon"].iloc[0])) if len(layer) else 0


def finest(desk: Desk) -> int:
    """The finest H3 resolution that this tier may see."""
    where = desk.locations
    coarse = where.cell if where.cell is not None else own_resolution(desk) if where.exact else ROUNDED_PLACES
    return min(own_resolution(desk), coarse)


@lru_cache(maxsize=16)
def hexagons(desk: Desk, resolution: int) -> pd.DataFrame:
    """The hexagons of a resolution, or of the finest that the tier may see: sums of people and children, means weighted by
    children (by people where children are not known), classes; `hidden` where there are too few children to show.

    A mean is unknown where it is unknown for a tenth of those it is about. Sorted by hexagon, index from 0.
    """
    resolution = min(resolution, finest(desk))
    layer = _layer(desk)
    if resolution < own_resolution(desk):
        layer = _coarser(layer, resolution)
    limits = tuple(float(v) * cell_km2(resolution) / cell_km2(own_resolution(desk)) for v in about(desk).get("need_limits", (0, 0)))  # fmt: skip
    lower, upper = floats(layer["underserved_children_lower"]), floats(layer["underserved_children_upper"])
    need, unsure = bivariate.need_classes(lower, upper, (limits[0], limits[1]))
    poor = bivariate.marginalisation_classes(layer["wealth_percentile"], _poverty_limits(desk))
    out = layer.assign(need_class=need, need_unsure=unsure == 1, marginalisation_class=poor)
    return kept.seen(_without_small(out, desk), desk)


def _poverty_limits(desk: Desk) -> tuple[float, float]:
    return desk.policy.number("poorest_below_percentile"), desk.policy.number("richest_from_percentile")


def _coarser(layer: pd.DataFrame, resolution: int) -> pd.DataFrame:
    parent = layer["hexagon"].map(lambda cell: h3.cell_to_parent(cell, resolution))
    weight = layer["children"].fillna(layer["people"])
    by = layer.groupby(parent, sort=True)
    out: dict[str, Any] = {name: by[name].sum(skipna=False) for name in SUMS}
    for name in MEANS:
        known = layer[name].notna()
        total = (weight * known).groupby(parent).sum()
        mean = (layer[name].fillna(0) * weight * known).groupby(parent).sum() / total.where(total > 0)
        out[name] = mean.where(total >= 0.9 * weight.groupby(parent).sum())
    out["schools_seats_unknown"] = by["schools_seats_unknown"].max()
    return pd.DataFrame(out).reset_index(names="hexagon")


def _without_small(table: pd.DataFrame, desk: Desk) -> pd.DataFrame:
    """The numbers of hexagons with too few children (or, where those are not known, people) are not known either."""
    count = table["children"].fillna(table["people"])
    hidden = (count < least(desk)) & (count > 0)
    numbers = [c for c in (*SUMS, *MEANS) if c in table]
    out = table.assign(**{name: table[name].where(~hidden) for name in numbers}, hidden=hidden)
    if "need_class" in out:
        out = out.assign(need_class=out["need_class"].where(~hidden, 0), need_unsure=out["need_unsure"] & ~hidden)
    return out


def limit(desk: Desk, stage: str) -> float:
    """The longest way to a school of a stage, in minutes or metres as the layer measures."""
    return desk.policy.number(LIMITS[stage][measured_in_metres(desk)])


def measured_in_metres(desk: Desk) -> bool:
    """Whether ways are straight lines, for want of roads."""
    return about(desk).get("measure") == METRES


def cost(desk: Desk, table: pd.DataFrame, name: str) -> pd.Series:
    """The way to the nearest school of a kind: minutes, or metres where roads are not given."""
    return table[f"nearest_{name}_{'m' if measured_in_metres(desk) else 'minutes'}"]


@lru_cache(maxsize=64)
def headline(desk: Desk, area: str) -> Headline:
    """The figures of an area, or of the whole place where none is given."""
    table = pd.DataFrame(desk.atlas.read("people_areas"))
    row = table[table["area_id"] == area] if area else table[table["level"] == 0]
    if not len(row):
        return Headline(None, None, None, None, None, None, None, None, None, hidden=False)
    one = row.iloc[0]
    inside = _inside(desk, _layer(desk), area)
    children, few = one["children"], least(desk)
    if 0 < (children if pd.notna(children) else one["people"]) < few:
        return Headline(None, None, None, None, None, None, None, None, None, hidden=True)
    girls = one[[f"children_{level}_girls" for level in LEVELS]].astype(float)
    seats, unsure = inside["device_seats_per_child"], inside["schools_seats_unknown"] > 0
    none = _sum(inside, (seats <= 0) & ~unsure), _sum(inside, seats <= 0)
    more = one["enrolment_exceeds_children"]
    enough = kept.enough(desk, area)  # else what schools have, and how far they are, would tell of single schools
    return Headline(
        people=_number(one["people"]),
        children=_number(children),
        girls=_number(girls.sum(skipna=False)),
        out_of_school=_pair(one, "out_of_school"),
        underserved=_pair(one, "underserved_children") if enough else None,
        beyond=_sum(inside, ~(cost(desk, inside, "primary") <= limit(desk, "primary"))) if enough else None,
        beyond_secondary=_sum(inside, ~(cost(desk, inside, "secondary") <= limit(desk, "secondary")))
        if enough
        else None,
        no_seats=None if none[0] is None or none[1] is None or not enough else (none[0], none[1]),
        enrolment_exceeds=None if pd.isna(more) or not enough else bool(more),
        hidden=False,
    )


def _inside(desk: Desk, table: pd.DataFrame, area: str) -> pd.DataFrame:
    level = desk.places.levels[area] if area else 0
    return table[table[f"admin{level}_id"] == area] if level else table


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _pair(row: pd.Series, name: str) -> tuple[float, float] | None:
    low, high = _number(row[f"{name}_lower"]), _number(row[f"{name}_upper"])
    return None if low is None or high is None else (low, high)


def _sum(inside: pd.DataFrame, rows: pd.Series) -> float | None:
    """Children of some hexagons; None where the children of any hexagon of the area are not known."""
    return None if inside["children"].isna().any() else float(inside.loc[rows, "children"].sum())


@lru_cache(maxsize=32)
def areas(desk: Desk, level: int, parent: str = "") -> pd.DataFrame:
    """Children of each area of a level (inside `parent` where one is given), by name; `hidden` where there are too few."""
    table = pd.DataFrame(desk.atlas.read("people_areas"))
    names = desk.places.of_level(level)
    some = names[names["parent_id"] == parent] if parent else names
    out = some.merge(table.drop(columns="level"), on="area_id", how="left")
    enough = np.array([kept.enough(desk, area) for area in out["area_id"]], dtype=bool)
    for end in ("underserved_children_lower", "underserved_children_upper"):
        out[end] = out[end].where(enough)
    return _without_small(out, desk) if len(out) else out.assign(hidden=pd.Series(dtype=bool))


@lru_cache(maxsize=32)
def places(desk: Desk, area: str) -> pd.DataFrame:
    """Places with children and no school in an area (all where none is given), most children first; index from 0.

    `hidden` where there are too few children: then only the place and its area stand. Where the tier sees coarser
    places, latitude and longitude are the middle of such a hexagon, and the hexagons themselves are left out.
    """
    table = _inside(desk, pd.DataFrame(desk.atlas.read("unserved")), area).reset_index(drop=True)
    count = table["children"].fillna(table["people"])
    hidden = (count < least(desk)) & (count > 0)
    numbers = ["people", "children", "children_primary", "out_of_school_lower", "out_of_school_upper"]
    out = table.assign(**{name: table[name].where(~hidden) for name in numbers}, hidden=hidden)
    out["place"] = out["hexagons"].str.slice(0, 15)
    if finest(desk) < own_resolution(desk):
        cell = cells(out["latitude"], out["longitude"], finest(desk))
        middle = np.array([centre(one) for one in cell], dtype=float).reshape(-1, 2)
        out = out.assign(latitude=middle[:, 0], longitude=middle[:, 1], place=cell + "-" + out.index.astype(str))
        out = out.drop(columns="hexagons")
    return kept.seen(out, desk)
