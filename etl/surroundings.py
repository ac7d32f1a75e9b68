"""What is known of the places that schools lie in, from tiles and rasters: relative wealth, degree of urbanisation.

Both are inferred: they fill what neither the register nor a table says, and contradict nothing that was reported.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.boundaries import Areas
from etl.raster import open_population
from etl.recipe import Source
from etl.settlement import settlement_at
from etl.work import Work
from geodata import quadkey
from geodata.spatial import Floats, Ints, area_of, located
from geodata.vocabulary import Evidence, Settlement
from geodata.wealth import ZOOM, mean_by, percentiles, tile_of, tiles

URBAN = (Settlement.CITY, Settlement.TOWN, Settlement.SUBURB)


def add_surroundings(schools: pd.DataFrame, areas: Areas, work: Work) -> pd.DataFrame:
    """The schools with `wealth_percentile` and `settlement` where they were unknown; areas gain the percentile.

    Rows and index stay as they are. What was filled, and what disagreed, is added to `areas.notes`.
    """
    for number, source in enumerate(work.recipe.source):
        if source.kind == "wealth":
            schools = _wealth(schools, areas, work, source, pd.DataFrame(work.take(f"{number}.frame")))
        elif source.kind == "settlement":
            schools = _settlement(schools, areas, work, source)
    return schools


# --- relative wealth --------------------------------------------------------------------------------------------


def _wealth(schools: pd.DataFrame, areas: Areas, work: Work, source: Source, table: pd.DataFrame) -> pd.DataFrame:
    codes, index = tiles(table)
    people = _people(work, codes)
    percentile = percentiles(index, people)
    _into_areas(areas, codes, percentile, people)
    within = work.policy.number("wealth_tile_max_distance_m")
    place = tile_of(schools["latitude"], schools["longitude"], codes, within)
    got = pd.Series(np.where(place >= 0, np.append(percentile, np.nan)[place], np.nan), index=schools.index)
    before = _known(schools, "wealth_percentile").astype("float64")
    fill = before.isna() & got.notna()
    unplaced = int((pd.Series(located(schools["latitude"], schools["longitude"]), schools.index) & got.isna()).sum())
    areas.notes.append(_said_of_wealth(source.name, fill, before.notna(), unplaced, _how(len(codes), people)))
    return _filled(schools, "wealth_percentile", before.fillna(got), fill, source)


def _how(tile_count: int, people: Floats | None) -> str:
    each = "each tile counted once, as no population raster is given or nobody lives in a tile"
    return f"from {tile_count:,} tiles of relative wealth ({'weighted by the people in each' if people is not None else each})"


def _said_of_wealth(name: str, fill: pd.Series, before: pd.Series, unplaced: int, how: str) -> str:
    kept = f"; {int(before.sum()):,} schools keep the percentile that another source gives" if before.any() else ""
    far = f"; {unplaced:,} located schools are too far from any tile" if unplaced else ""
    return f"{name}: the wealth percentile of {int(fill.sum()):,} schools is inferred {how}{kept}{far}."


def _people(work: Work, codes: Ints) -> Floats | None:
    """People in each tile by the recipe's population raster; None without one, or where it has nobody in any tile."""
    source = next((s for s in work.recipe.source if s.kind == "population"), None)
    if source is None or not len(codes):
        return None
    lat, lon = quadkey.centres(codes, ZOOM)
    bounds = (float(lon.min()) - 0.1, float(lat.min()) - 0.1, float(lon.max()) + 0.1, float(lat.max()) + 0.1)
    people = np.zeros(len(codes))
    for block in open_population(work.path(source)).within(bounds):
        row, column = np.nonzero(np.nan_to_num(block.values) > 0)
        own = quadkey.from_degrees(block.north - (row + 0.5) * block.height, block.west + (column + 0.5) * block.width, ZOOM)  # fmt: skip
        place = quadkey.find(own, codes)
        np.add.at(people, place[place >= 0], block.values[row, column][place >= 0].astype(np.float64))
    return people if people.any() else None


def _into_areas(areas: Areas, codes: Ints, percentile: Floats, people: Floats | None) -> None:
    """Areas whose percentile is unknown take the mean of their tiles, weighted by people, on every level below the whole."""
    frame = areas.frame
    lat, lon = quadkey.centres(codes, ZOOM)
    for level in sorted(set(frame["level"].dropna()) - {0}):
        here = frame.index[(frame["level"] == level) & frame.geometry.notna() & ~frame.geometry.is_empty]
        group = area_of(lat, lon, frame.geometry[here].to_numpy())
        mean = pd.Series(mean_by(group, len(here), percentile, people), index=here)
        frame["wealth_percentile"] = frame["wealth_percentile"].astype("float64").fillna(mean)


# --- degree of urbanisation -------------------------------------------------------------------------------------


def _settlement(schools: pd.DataFrame, areas: Areas, work: Work, source: Source) -> pd.DataFrame:
    """Fills the settlement where the register has none, unless its own urban or rural says otherwise."""
    snap = work.policy.number("settlement_max_distance_m")
    words, moved = settlement_at(work.path(source), schools["latitude"], schools["longitude"], snap)
    got = pd.Series(words, index=schools.index, dtype="str")
    before, kind = _known(schools, "settlement"), _known(schools, "school_area_type")
    rural = (got == Settlement.RURAL).fillna(False)
    urban = got.isin(URBAN)
    said_rural = (before == Settlement.RURAL).fillna(False) | (before.isna() & (kind == "rural").fillna(False))
    said_urban = before.isin(URBAN) | (before.isna() & (kind == "urban").fillna(False))
    against = (said_rural & urban) | (said_urban & rural)
    fill = before.isna() & got.notna() & ~against
    areas.notes.append(_said_of_settlement(source.name, fill, against, (said_rural | said_urban) & got.notna(), moved))
    return _filled(schools, "settlement", before.where(~fill, got), fill, source)


def _said_of_settlement(name: str, fill: pd.Series, against: pd.Series, compared: pd.Series, moved: int) -> str:
    differs = (
        f"; of {int(compared.sum()):,} schools that the register calls urban or rural, {int(against.sum()):,} lie where the raster says otherwise: the register's word stays"
        if compared.any()
        else ""
    )
    beside = f"; {moved:,} schools on a cell of water or without data took the nearest land cell's" if moved else ""
    return f"{name}: the settlement of {int(fill.sum()):,} schools is inferred from the degree of urbanisation{differs}{beside}."


# --- both -------------------------------------------------------------------------------------------------------


def _known(schools: pd.DataFrame, name: str) -> pd.Series:
    return schools[name] if name in schools else pd.Series(np.nan, index=schools.index, dtype="str")


def _filled(schools: pd.DataFrame, name: str, values: pd.Series, fill: pd.Series, source: Source) -> pd.DataFrame:
    """The column with its evidence, source and date beside it where it was filled; unknown evidence where it still is."""
    columns: dict[str, Any] = {name: values}
    beside = (("_evidence", Evidence.INFERRED.value), ("_source", source.name), ("_date", source.date))
    for suffix, text in beside:
        old = _known(schools, name + suffix).astype("str")
        columns[name + suffix] = old.mask(fill, text or None)
    unknown = values.isna() & columns[name + "_evidence"].isna()
    columns[name + "_evidence"] = columns[name + "_evidence"].mask(unknown, Evidence.UNKNOWN.value)
    return schools.assign(**columns)
