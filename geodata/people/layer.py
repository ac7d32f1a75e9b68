"""The layers of people: hexagons with children, what reaches them, and places where nothing does.

people (raster) → parts → children by official age → schools within reach → underserved, access, classes → places
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.people import bivariate
from geodata.people.access import floating_catchment, step_weights
from geodata.people.catchment import METRES, Reach, Ways, nearest_school, schools_in_reach
from geodata.people.children import STAGES, schools_of
from geodata.people.spread import as_bounds, enrolment, exceeds, hexagons_of, known_of, out_of_school, with_children
from geodata.people.underserved import Bounds, connected_share, underserved_bounds
from geodata.people.unserved import beyond_reach, places_without_school, settled
from geodata.policy import Policy
from geodata.spatial import Floats, floats
from geodata.tables import CHILDREN_COLUMNS, PEOPLE, PEOPLE_AREAS, UNSERVED, empty_columns

LIMITS = {"primary": ("travel_primary_minutes", "straight_primary_m"), "secondary": ("travel_secondary_minutes", "straight_secondary_m")}  # fmt: skip


@dataclass(frozen=True)
class PeopleLayers:
    """`people` by hexagon, `unserved` places, `areas`; `about` says how it was done, in plain values for the manifest."""

    people: pd.DataFrame
    unserved: pd.DataFrame
    areas: pd.DataFrame
    about: dict[str, Any]


@dataclass(frozen=True)
class Given:
    """What the layers are made of: `parts` (`spread.parts_of`), `areas` (id, level, parent_id, name, context columns),
    `children` of the areas of `level` (`children.school_age`; empty where no ages are given), `schools` and `towns`."""

    parts: pd.DataFrame
    areas: pd.DataFrame
    children: pd.DataFrame
    level: int
    schools: pd.DataFrame
    towns: pd.DataFrame | None
    by: Ways


def people_layers(given: Given, policy: Policy) -> PeopleLayers:
    """All three layers in their tables' columns, and what is to be said of them."""
    parts = with_children(given.parts, given.children, given.level)
    cells = hexagons_of(parts)
    teaching = {stage: given.schools[schools_of(given.schools, stage)] for stage in STAGES}
    cells, connected = _within_reach(cells, teaching, given, policy)
    areas, inferred = _areas(parts, given)
    parts = _underserved(parts, areas, cells, connected)
    for name in CHILDREN_COLUMNS[-4:]:
        cells[name] = parts.groupby("hexagon")[name].sum(skipna=False).reindex(cells["hexagon"]).to_numpy()
    cells["wealth_percentile"] = _of_most(cells, known_of(parts, _column(given.areas, "wealth_percentile")), parts)
    cells, limits = _classes(cells, policy)
    cells = empty_columns(cells, PEOPLE)[list(PEOPLE.columns)]
    unserved, scattered = _unserved(cells, given, policy)
    about = {
        "measure": given.by.measure, "need_limits": [round(v, 4) for v in limits], "need_limits_by": "thirds",
        "ages_level": given.level if len(given.children) else None,
        "out_of_school_inferred": int(inferred.sum()), "people": float(round(cells["people"].sum(), 2)),
        "schools": {stage: len(some) for stage, some in teaching.items()},
        "seats_unreached": _unreached_seats(cells, teaching, given, policy), "scattered": scattered,
    }  # fmt: skip
    return PeopleLayers(cells, unserved, _area_sums(parts, areas), about)


# --- reach ---------------------------------------------------------------------------------------------------------


def limit_of(stage: str, by: Ways, policy: Policy) -> float:
    """The longest way to a school of a stage: minutes by road, metres in a straight line."""
    return policy.number(LIMITS[stage][by.measure == METRES])


def serving(teaching: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The schools of any stage, once each."""
    every = pd.concat(teaching.values())
    return every[~every.index.duplicated()].sort_index()


def _within_reach(
    cells: pd.DataFrame, teaching: dict[str, pd.DataFrame], given: Given, policy: Policy
) -> tuple[pd.DataFrame, dict[str, Bounds]]:
    """The hexagons with their nearest schools and access, and the connected share of their schools by stage."""
    out, every = cells.copy(), serving(teaching)
    here = floats(cells["latitude"]), floats(cells["longitude"])
    reach = schools_in_reach(*here, *_places(every), limit=limit_of("secondary", given.by, policy), by=given.by)
    good = floats(every["meaningfully_connected"].astype("Float64"))
    margin = policy.number("catchment_margin_m" if given.by.measure == METRES else "catchment_margin_minutes")
    connected = {}
    for stage, some in teaching.items():
        nearest = nearest_school(*here, *_places(some), given.by)
        out = _with_nearest(out, stage, nearest, given.by)
        position = every.index.get_indexer(some.index)
        chosen = position[nearest[0]] if len(some) else np.full(len(cells), -1)
        chosen = np.where(nearest[0] >= 0, chosen, -1)
        connected[stage] = _connected(_catchment(reach, position, chosen, nearest[1], margin), every, good)
    for name, wanted in (("connected", good == 1), ("maybe_connected", (good == 1) | np.isnan(good))):
        out = _with_nearest(out, name, nearest_school(*here, *_places(every[wanted]), given.by), given.by)
    return _with_access(out, _seats(every, good), _weights(reach, given.by, policy)), connected


def _places(schools: pd.DataFrame) -> tuple[Floats, Floats]:
    return floats(schools["latitude"]), floats(schools["longitude"])


def _with_nearest(cells: pd.DataFrame, name: str, nearest: tuple[Any, Floats, Floats], by: Ways) -> pd.DataFrame:
    cost = nearest[1] if by.measure != METRES else np.full(len(cells), np.nan)
    return cells.assign(**{f"nearest_{name}_minutes": cost, f"nearest_{name}_m": nearest[2]})


def _catchment(reach: Reach, of_stage: Any, nearest: Any, cost: Floats, margin: float) -> Reach:
    """Pairs of hexagons and the schools that their children are taken to go to: the nearest of the stage, and those
    that are hardly farther."""
    taught = np.zeros(reach.shape[1], dtype=bool)
    taught[of_stage] = True
    near = taught[reach.school] & (reach.cost <= cost[reach.place] + margin) & (reach.school != nearest[reach.place])
    sure = np.flatnonzero(nearest >= 0)
    place, school = np.r_[reach.place[near], sure], np.r_[reach.school[near], nearest[sure]]
    return Reach(place, school, np.r_[reach.cost[near], cost[sure]], reach.shape)


def _connected(catchment: Reach, every: pd.DataFrame, good: Floats) -> Bounds:
    """The connected share of each hexagon's catchment schools, by learners (an unknown count: the median school's)."""
    learners = floats(every["num_students"])
    middle = np.nanmedian(learners) if np.isfinite(learners).any() else 1.0
    learners = np.maximum(np.where(np.isnan(learners), middle, learners), 1.0)
    return connected_share(catchment.place, learners[catchment.school], good[catchment.school], catchment.shape[0])


def _seats(every: pd.DataFrame, good: Floats) -> Floats:
    """Device seats of each school: its devices where it is meaningfully connected, none where it is not; NaN unknown."""
    return np.where(good == 0, 0.0, np.where(good == 1, floats(every["num_devices"]), np.nan))


def _weights(reach: Reach, by: Ways, policy: Policy) -> Any:
    inner, outer = (limit_of(stage, by, policy) for stage in ("primary", "secondary"))
    steps = [(min(inner, outer), 1.0), (outer, policy.number("reach_outer_weight"))]
    return step_weights(reach.matrix(), steps)


def _with_access(cells: pd.DataFrame, seats: Floats, weights: Any) -> pd.DataFrame:
    got = floating_catchment(cells["children"], np.nan_to_num(seats), weights)
    unknown = (weights > 0).astype(np.float64) @ np.isnan(seats).astype(np.float64)
    count = pd.array(unknown.round().astype(np.int64), dtype="Int64")
    return cells.assign(device_seats_per_child=got.access, schools_seats_unknown=count)


def _unreached_seats(cells: pd.DataFrame, teaching: dict[str, pd.DataFrame], given: Given, policy: Policy) -> int:
    """Device seats of connected schools that no child reaches."""
    every = serving(teaching)
    seats = np.nan_to_num(_seats(every, floats(every["meaningfully_connected"].astype("Float64"))))  # fmt: skip
    some = seats > 0
    if not some.any() or cells["children"].isna().all():
        return 0
    here = floats(cells["latitude"]), floats(cells["longitude"])
    limit = limit_of("secondary", given.by, policy)
    reach = schools_in_reach(*here, *_places(every[some]), limit=limit, by=given.by)
    got = floating_catchment(cells["children"], seats[some], _weights(reach, given.by, policy))
    return int(seats[some][got.unreached].sum())


# --- who is underserved --------------------------------------------------------------------------------------------


def _column(areas: pd.DataFrame, name: str) -> pd.Series:
    known = areas.set_index("area_id")[name] if name in areas else pd.Series(dtype="float64")
    return known.astype("float64")


def _areas(parts: pd.DataFrame, given: Given) -> tuple[pd.DataFrame, pd.Series]:
    """Every area (index `area_id`) with level, children, enrolment and the bounds of its share out of school."""
    areas = given.areas.set_index("area_id")[["level"]].copy()
    children = pd.Series(np.nan, index=areas.index)
    for level in areas["level"].unique():
        sums = parts.groupby(int(level))["children"].sum(skipna=False)
        children = children.fillna(sums.reindex(areas.index))
    schools = given.schools
    teaches = ~schools["education_level"].isin(["pre_primary", "post_secondary"]).fillna(False).astype(bool)
    enrolled = enrolment(schools, given.areas, teaches & ~schools["school_status"].eq("extinct").fillna(False))
    enrolled = enrolled.reindex(areas.index)
    lower, upper, inferred = out_of_school(_column(given.areas, "out_of_school_rate").reindex(areas.index), children, enrolled)  # fmt: skip
    inferred &= areas["level"] == given.level  # only where the table of ages gives the children themselves
    use = inferred | _column(given.areas, "out_of_school_rate").reindex(areas.index).notna()
    areas = areas.assign(lower=lower.where(use), upper=upper.where(use), **enrolled)
    areas["enrolment_exceeds_children"] = exceeds(enrolled, children)
    return areas, inferred


def _underserved(parts: pd.DataFrame, areas: pd.DataFrame, cells: pd.DataFrame, connected: dict[str, Bounds]) -> pd.DataFrame:  # fmt: skip
    """The parts with bounds of children out of school and underserved, stage by stage."""
    out = as_bounds(known_of(parts, areas["lower"]), known_of(parts, areas["upper"]))
    hexagon = pd.Index(cells["hexagon"]).get_indexer(parts["hexagon"])
    lower, upper = np.zeros(len(parts)), np.zeros(len(parts))
    for stage, levels in STAGES.items():
        children = parts[[f"children_{name}" for name in levels]].sum(axis=1, skipna=False)
        share = Bounds(connected[stage].lower[hexagon], connected[stage].upper[hexagon])
        bounds = underserved_bounds(children, out, share)
        lower, upper = lower + bounds.lower, upper + bounds.upper
    everybody = floats(parts["children"])
    return parts.assign(
        out_of_school_lower=everybody * out.lower, out_of_school_upper=everybody * out.upper,
        underserved_children_lower=lower, underserved_children_upper=upper,
    )  # fmt: skip


def _of_most(cells: pd.DataFrame, values: np.ndarray, parts: pd.DataFrame) -> np.ndarray:
    """A value of each hexagon's parts, averaged over the people of those where it is known."""
    known = ~np.isnan(values)
    weight = parts["people"].to_numpy() * known
    table = pd.DataFrame({"hexagon": parts["hexagon"], "w": weight, "v": np.where(known, values, 0) * weight})
    sums = table.groupby("hexagon")[["w", "v"]].sum().reindex(cells["hexagon"])
    return np.asarray((sums["v"] / sums["w"].where(sums["w"] > 0)).to_numpy())


def _classes(cells: pd.DataFrame, policy: Policy) -> tuple[pd.DataFrame, tuple[float, float]]:
    lower, upper = floats(cells["underserved_children_lower"]), floats(cells["underserved_children_upper"])
    limits = bivariate.thirds((lower + upper) / 2)
    need, unsure = bivariate.need_classes(lower, upper, limits)
    poor = bivariate.marginalisation_classes(
        cells["wealth_percentile"],
        (policy.number("poorest_below_percentile"), policy.number("richest_from_percentile")),
    )
    known = pd.array(np.where(need > 0, unsure, 0).astype(bool), dtype="boolean")
    known[need == 0] = pd.NA
    return cells.assign(need_class=need, need_unsure=known, marginalisation_class=poor), limits


def _area_sums(parts: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """People and children of every area, with their bounds; areas without people have 0."""
    names = ["people", *CHILDREN_COLUMNS]
    out = areas.drop(columns=["lower", "upper"])
    sums = [parts.groupby(int(level))[names].sum(skipna=False) for level in sorted(areas["level"].unique())]
    sums_of = pd.concat(sums)
    out = out.join(sums_of[~sums_of.index.duplicated()])
    out["people"] = out["people"].fillna(0.0)
    return empty_columns(out.reset_index(names="area_id"), PEOPLE_AREAS)[list(PEOPLE_AREAS.columns)]


# --- places without a school ----------------------------------------------------------------------------------------


def _unserved(cells: pd.DataFrame, given: Given, policy: Policy) -> tuple[pd.DataFrame, dict[str, float | None]]:
    """The places, and how many people and children live scattered beyond reach, too few to a place."""
    far = beyond_reach(cells, policy.number(LIMITS["primary"][0]), policy.number(LIMITS["primary"][1]))
    together = settled(cells, policy.number("place_people_per_km2"))
    finest = next((f"admin{n}_id" for n in (4, 3, 2, 1) if cells[f"admin{n}_id"].notna().any()), "admin1_id")
    places = places_without_school(cells[far & together], given.towns, finest)
    lost = given.schools[given.schools["latitude"].isna()].groupby(finest).size()
    places["schools_not_located"] = places[finest].map(lost).fillna(0).astype("Int64") if len(places) else None
    alone = cells[far & ~together]
    children = alone["children"].sum(skipna=False) if len(alone) else 0.0
    scattered = {"people": round(float(alone["people"].sum()), 1), "children": None if np.isnan(children) else round(float(children), 1)}  # fmt: skip
    return empty_columns(places, UNSERVED)[list(UNSERVED.columns)], scattered
