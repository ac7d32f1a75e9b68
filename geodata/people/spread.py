"""Children of areas over the hexagons of their people, and what is known of each area, brought to its hexagons.

A *part* is the share of a hexagon that lies in one area of the finest level. Everything is worked out for parts, so that
the sums over an area's parts, and over a hexagon's, are both exact.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.people.cells import centres
from geodata.people.children import COLUMNS, LEVELS
from geodata.people.underserved import Bounds
from geodata.spatial import floats

ADMIN = (1, 2, 3, 4)


def lineage(areas: pd.DataFrame) -> pd.DataFrame:
    """For each area (index `area_id`) the ids of the areas that it lies in, itself included: columns 0 to 4, by level."""
    parent = dict(zip(areas["area_id"], areas["parent_id"], strict=True))
    level = dict(zip(areas["area_id"], areas["level"], strict=True))
    rows = {}
    for area in areas["area_id"]:
        above: dict[int, str] = {}
        here = area
        while isinstance(here, str) and here in level and int(level[here]) not in above:
            above[int(level[here])] = here
            here = parent[here]
        rows[area] = above
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=[0, *ADMIN]).astype("str")


def parts_of(people: pd.DataFrame, ids: list[str], areas: pd.DataFrame) -> pd.DataFrame:
    """Parts with the areas above them: hexagon, people, x, y, z and columns 0 to 4 of area ids.

    `people` as `cells.people_by_cell` gives them; `ids` are the areas in the order of its polygons, or the whole place
    alone where there was no polygon. Parts in no area are left out.
    """
    inside = people[people["area"] >= 0] if len(ids) > 1 or (people["area"] >= 0).any() else people.assign(area=0)
    own = np.array(ids, dtype=object)[inside["area"].to_numpy(dtype=np.int64)]
    above = lineage(areas).loc[own].set_axis(inside.index)
    out: pd.DataFrame = pd.concat([inside.drop(columns="area"), above], axis=1).reset_index(drop=True)
    return out


def with_children(parts: pd.DataFrame, children: pd.DataFrame, level: int) -> pd.DataFrame:
    """The parts with children: those of each area of a level (index `area_id`), shared among its parts by people.

    Unknown where the area has no row. `children` then is the sum of the levels, unknown where one of them is.
    """
    here = parts[level]
    total = parts.groupby(here)["people"].transform("sum")
    share = parts["people"] / total.reindex(parts.index)
    out = parts.copy()
    for column in COLUMNS:
        known = children[column] if column in children else pd.Series(dtype="float64")
        out[column] = floats(here.map(known)) * share
    out["children"] = out[[f"children_{name}" for name in LEVELS]].sum(axis=1, skipna=False)
    return out


def known_of(parts: pd.DataFrame, values: pd.Series) -> np.ndarray:
    """What is known of the areas (index `area_id`), for each part: the finest area that has a value; NaN without."""
    out = np.full(len(parts), np.nan)
    for level in (0, *ADMIN):
        got = floats(parts[level].map(values))
        out = np.where(np.isnan(got), out, got)
    return out


def hexagons_of(parts: pd.DataFrame) -> pd.DataFrame:
    """One row a hexagon, sorted: its sums, its people's own middle in degrees, and the areas that most of them live in."""
    sums = parts.groupby("hexagon", sort=True)[["people", "x", "y", "z", "children", *COLUMNS]].sum(skipna=False)
    most = parts.sort_values(["hexagon", "people"], ascending=[True, False], kind="stable").drop_duplicates("hexagon")
    most = most.set_index("hexagon").loc[sums.index]
    lat, lon = centres(sums[["x", "y", "z"]].to_numpy())
    out = sums.drop(columns=["x", "y", "z"]).assign(latitude=lat, longitude=lon)
    for level in ADMIN:
        out[f"admin{level}_id"] = most[level]
    return out.reset_index()


def enrolment(schools: pd.DataFrame, areas: pd.DataFrame, teaching: pd.Series) -> pd.DataFrame:
    """For each area (index `area_id`): learners that its teaching schools report, and schools that report none."""
    some = schools[teaching]
    found = []
    for level in sorted({int(n) for n in areas["level"]}):
        ids = areas.loc[areas["level"] == level, "area_id"]
        by = some[f"admin{level}_id"] if level else pd.Series(ids.iloc[0], index=some.index, dtype="str")
        grouped = some["num_students"].groupby(by)
        table = pd.DataFrame({"learners_enrolled": grouped.sum(), "schools_without_learners": grouped.apply(lambda s: s.isna().sum())})  # fmt: skip
        found.append(table.reindex(ids).fillna(0))
    return pd.concat(found).astype("Int64")


def exceeds(enrolled: pd.DataFrame, children: pd.Series) -> pd.Series:
    """Whether the schools of each area report more learners than it has children: unknown while a count is missing."""
    more = enrolled["learners_enrolled"].astype("Float64") > children.astype("Float64")
    open_ = (enrolled["schools_without_learners"] > 0) & ~more.fillna(False)
    return more.mask(open_).mask(children.isna()).astype("boolean")


def out_of_school(
    rate: pd.Series, children: pd.Series, enrolled: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Least and greatest share of each area's children out of school, and whether they are inferred from enrolment.

    A given rate stands. Else enrolment bounds it: with every school's learners known, one minus learners a child; with
    some missing, at most that; where learners exceed children, nothing is known (methods, section 7).
    """
    more = exceeds(enrolled, children)
    left = (1 - enrolled["learners_enrolled"].astype("float64") / children).where(~more.fillna(False).astype(bool))
    whole = enrolled["schools_without_learners"] == 0
    lower = rate.fillna(left.where(whole))
    upper = rate.fillna(left)
    return lower, upper, rate.isna() & left.notna()


def as_bounds(lower: np.ndarray, upper: np.ndarray) -> Bounds:
    """Bounds of a share, from none to all where an end is not known."""
    return Bounds(np.nan_to_num(lower, nan=0.0), np.where(np.isnan(upper), 1.0, upper))
