"""Series: what earlier years of the register say, by area and, where the ids persist, by school.

Like is compared with like: a year speaks of an area only where its register covers every area within that the current
one covers, so that the whole place never seems to shrink because an earlier file holds one town of two.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from etl.areas import assign
from etl.boundaries import Areas
from etl.merge import Table, with_ids
from etl.recipe import Recipe
from geodata.aggregate import PARTS, indicators, roll_up
from geodata.derive import derive
from geodata.policy import Policy
from geodata.tables import SCHOOLS, SERIES, empty_columns

# What is followed for each school: facts of the register, no scores (a score depends on all the others of its year).
FOLLOWED = ("num_students", "num_teachers", "num_computers", "num_tablets", "has_electricity", "has_internet")
FOLLOWED_TOO = ("has_internet_for_learners", "download_speed_measured_mbps", "download_speed_contracted_mbps")


def series(
    schools: pd.DataFrame, earlier: Sequence[Table], areas: Areas, recipe: Recipe, policy: Policy
) -> pd.DataFrame:
    """The long table: one row an area or school, indicator and date; `schools` is the layer of the current year.

    Ids, dates and values are sorted; an earlier year's areas are those of the current boundaries.
    """
    current = {date: group for date, group in schools.groupby(dates(schools, recipe)) if date}
    whole = {level: set(schools[f"admin{level}_id"].dropna()) for level in levels(recipe)}
    years: dict[str, list[pd.DataFrame]] = {}
    for table in earlier:
        frame = empty_columns(with_ids(table).frame, SCHOOLS)
        frame = assign(frame, _quiet(areas, recipe), recipe)
        years.setdefault(table.source.date or str(frame["school_year"].iloc[0]), []).append(frame)
    parts = []
    for date in sorted({*years, *current}):
        frames = [*years.get(date, []), *([current[date]] if date in current else [])]
        frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
        if date not in current:
            frame = frame.assign(**derive(frame, policy))
        parts += [
            by_area(frame, date, whole=whole, recipe=recipe, areas=areas, policy=policy),
            by_school(frame, date, set(schools["school_id"])),
        ]
    both = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    order = ["area_id", "school_id", "indicator", "date"]
    return empty_columns(both, SERIES).sort_values(order, kind="stable", ignore_index=True)


def _quiet(areas: Areas, recipe: Recipe) -> Areas:
    """The areas with boundaries, with notes of their own: an earlier year adds no area and says nothing of the current
    one; areas without boundaries come from that year's own words, under the same ids."""
    drawn = {0, *(b.level for b in recipe.boundary)}
    columns = ["area_id", "level", "name", "parent_id", "geometry", "contested"]
    return Areas(areas.frame.loc[areas.frame["level"].isin(drawn), columns].reset_index(drop=True))


def levels(recipe: Recipe) -> range:
    """The levels below the whole place."""
    return range(1, len(recipe.place.levels) + 1)


def dates(schools: pd.DataFrame, recipe: Recipe) -> pd.Series:
    """The date that each school's record describes: its register's, else the record's year."""
    stated = {s.name: s.date for s in recipe.source if s.kind == "schools" and s.date}
    return (
        schools["source_name"]
        .map(stated)
        .astype("str")
        .fillna(schools["school_year"].astype(object))
        .fillna("")
        .astype("str")
    )


def by_area(
    frame: pd.DataFrame, date: str, *, whole: dict[int, set[str]], recipe: Recipe, areas: Areas, policy: Policy
) -> pd.DataFrame:
    """Indicators of every area that the year's register covers."""
    top = str(areas.frame["area_id"].iloc[0])
    groups = {level: frame[f"admin{level}_id"] for level in levels(recipe)}
    if set(groups[1].dropna()) >= whole[1]:
        groups[0] = pd.Series(top, index=frame.index)
    parts = [long(roll_up(frame, by, policy), date) for _, by in sorted(groups.items()) if by.notna().any()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def long(rolled: pd.DataFrame, date: str) -> pd.DataFrame:
    """Rolled-up indicators as rows; those known for no school of the area are left out."""
    names = ("value", "known", "unknown", "lower", "upper")
    parts = []
    for name in indicators():
        columns = [name + part for part in PARTS]
        table = rolled[columns].set_axis(list(names), axis=1)
        parts.append(table.assign(indicator=name).rename_axis("area_id").reset_index())
    counted = rolled["num_schools"].astype("float64")
    count = pd.DataFrame({"value": counted, "known": counted, "unknown": 0.0, "lower": counted, "upper": counted})
    parts.append(count.assign(indicator="num_schools").rename_axis("area_id").reset_index())
    table = pd.concat(parts, ignore_index=True).assign(date=date)
    return table[(table["known"] > 0) & table["value"].notna()]


def by_school(frame: pd.DataFrame, date: str, ids: set[str]) -> pd.DataFrame:
    """The followed facts of the schools that the current register still has."""
    here = frame[frame["school_id"].isin(ids)]
    parts = []
    for name in (*FOLLOWED, *FOLLOWED_TOO):
        values = here[name].astype("Float64").astype("float64")
        told = values.notna()
        table = pd.DataFrame({"school_id": here["school_id"], "value": values, "lower": values, "upper": values})[told]
        parts.append(table.assign(indicator=name, known=1.0, unknown=0.0))
    return pd.concat(parts, ignore_index=True).assign(date=date)
