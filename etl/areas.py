"""Areas: polygons of the recipe's levels, how each school finds its area, and areas that stand in no boundary file.

A school finds its area by polygon, by code or by name, in the order of trust that the recipe gives; a school without
a location falls back to the next way. Names are compared with case, accents and punctuation folded away; a name that
is only similar is never taken, but suggested for the alias file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from etl.manifest import passport
from etl.recipe import Boundary, Place, Recipe
from etl.source import read_raw
from etl.values import read_aliases
from geodata.errors import SchemaError
from geodata.spatial import area_of, located
from geodata.text import fold

Ints = NDArray[np.int64]
ALIKE = 80  # least likeness, of 100, for which a name is suggested


def key_of(name: object) -> str:
    """A name made comparable: `THARAKA - NITHI` and `Tharaka-Nithi` are one; empty where there is no name."""
    if not isinstance(name, str):
        return ""
    return " ".join(re.findall(r"\w+", fold(name).replace("'", "")))


def keys_of(names: pd.Series) -> pd.Series:
    """`key_of` for a whole column, each spelling looked at once."""
    spellings = {name: key_of(name) for name in names.dropna().unique()}
    return names.map(spellings).astype("str").fillna("")


def other_spellings(given: Mapping[str, str] | str) -> dict[str, str]:
    """Comparable spelling → comparable name, from a table in the recipe or an alias CSV."""
    pairs = read_aliases(given) if isinstance(given, str) else given
    return {key_of(raw): key_of(name) for raw, name in pairs.items()}


def place_id(place: Place) -> str:
    """Id of level 0: the subdivision where the place is part of a country, else the country."""
    return place.subdivision or place.iso3


@dataclass
class Areas:
    """All areas of a place, and what was said while schools found theirs."""

    frame: gpd.GeoDataFrame
    notes: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    out_of_scope: list[pd.DataFrame] = field(default_factory=list)

    def of_level(self, level: int) -> gpd.GeoDataFrame:
        """The areas of one level, in the order of their ids."""
        return self.frame[self.frame["level"] == level]


def read_boundaries(recipe: Recipe, data: Path) -> Areas:
    """Polygons of every `[[boundary]]`, under ids that are unique over all levels; level 0 always stands first.

    Raises SchemaError where a boundary has no geometry, a column is missing, or an id stands twice.
    """
    top = place_id(recipe.place)
    areas = Areas(_frame([(top, 0, recipe.place.name, None, None, False)]))
    for boundary in sorted(recipe.boundary, key=lambda b: b.level):
        read = read_raw(boundary, data)
        layer = _polygons(boundary, read.frame, read.geometry, recipe)
        if boundary.level == 0:
            shape = shapely.union_all(layer.geometry.dropna().to_numpy())
            areas.frame.loc[areas.frame["area_id"] == top, "geometry"] = gpd.GeoSeries([shape], crs=4326).values
        else:
            areas.frame = _together(areas.frame, _with_parents(layer, areas, boundary.level, top))
        rows = (len(read), len(read), 0, 0)
        areas.sources.append(passport(boundary, f"boundaries, level {boundary.level}", "boundary", read.sha256, rows))
        areas.notes.append(f"{boundary.path}: {len(layer):,} areas of level {boundary.level}.")
    _refuse_repeated(areas.frame)
    return areas


def _frame(rows: list[tuple[object, ...]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["area_id", "level", "name", "parent_id", "geometry", "contested"])
    table = table.astype({"area_id": "str", "level": "Int64", "name": "str", "parent_id": "str", "contested": "bool"})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(table["geometry"], crs="EPSG:4326"))


def _together(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns = list(first.columns)
    both = pd.concat([pd.DataFrame(first), pd.DataFrame(second)[columns]], ignore_index=True)
    return _frame(
        list(both[["area_id", "level", "name", "parent_id", "geometry", "contested"]].itertuples(index=False))
    )


def _polygons(boundary: Boundary, raw: pd.DataFrame, shapes: gpd.GeoSeries | None, recipe: Recipe) -> gpd.GeoDataFrame:
    wanted = [c for c in (boundary.id_column, boundary.name_column, boundary.parent_column, boundary.contested) if c]
    missing = [c for c in wanted if c not in raw]
    if missing or shapes is None:
        why = f"has no column {', '.join(missing)}" if missing else "holds no polygons"
        raise SchemaError(
            f"{boundary.path} {why}; [[boundary]] of level {boundary.level} asks for it. Columns: {', '.join(map(str, raw.columns))[:300]}."
        )
    names = raw[boundary.name_column].astype("str")
    prefix = place_id(recipe.place)
    ids = raw[boundary.id_column] if boundary.id_column else keys_of(names).map(lambda k: f"{prefix}/{k}")
    parents = raw[boundary.parent_column] if boundary.parent_column else pd.Series(pd.NA, index=raw.index)
    contested = raw[boundary.contested].isin(["true", "True", "1", "yes"]) if boundary.contested else False
    valid = shapely.make_valid(shapes.to_numpy())
    table = pd.DataFrame(
        {"area_id": ids, "level": boundary.level, "name": names, "parent_id": parents, "contested": contested}
    )
    out = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(valid, index=raw.index, crs="EPSG:4326"))
    if out["area_id"].isna().any():
        raise SchemaError(f"{boundary.path}: {int(out['area_id'].isna().sum())} areas have no {boundary.id_column}.")
    return out.sort_values("area_id", kind="stable")


def _with_parents(layer: gpd.GeoDataFrame, areas: Areas, level: int, top: str) -> gpd.GeoDataFrame:
    """The area above: as the file says, else the polygon of the level above that holds most of it by one inner point."""
    above = areas.of_level(level - 1)
    known = layer["parent_id"].isin(above["area_id"])
    inner = shapely.point_on_surface(layer.geometry.to_numpy())
    holder = area_of(shapely.get_y(inner), shapely.get_x(inner), above.geometry.to_numpy())
    names = above["area_id"].to_numpy()
    guessed = pd.Series([names[i] if i >= 0 else None for i in holder], index=layer.index, dtype="str")
    parent = layer["parent_id"].where(known, top if level == 1 else guessed)
    return layer.assign(parent_id=parent)


def _refuse_repeated(frame: pd.DataFrame) -> None:
    repeated = frame.loc[frame["area_id"].duplicated(), "area_id"]
    if len(repeated):
        raise SchemaError(
            f"Area ids must be unique over all levels; {', '.join(map(repr, repeated[:5]))} stand twice. "
            "Give another id_column in [[boundary]], or leave it out to make ids from names."
        )


def assign(schools: pd.DataFrame, areas: Areas, recipe: Recipe) -> pd.DataFrame:
    """The schools with `admin<n>_id`, `admin<n>` and `location_in_declared_area`; `areas` gains those without polygons.

    Rows and index stay as they are. What was decided, and how often the ways disagreed, is added to `areas.notes`.
    """
    out = schools.copy()
    agree = pd.Series(pd.NA, index=out.index, dtype="boolean")
    above = pd.Series(place_id(recipe.place), index=out.index, dtype="str")
    for level in range(1, len(recipe.place.levels) + 1):
        boundary = next((b for b in recipe.boundary if b.level == level), None)
        if boundary is None:
            area, here = _by_words_alone(out, areas, level, above), None
        else:
            area, here = _by_boundary(out, areas, boundary, above, recipe.place.levels[level - 1])
        names = areas.of_level(level).set_index("area_id")["name"]
        if here is not None:
            agree = _both(agree, here)
        out[f"admin{level}_id"] = area
        out[f"admin{level}"] = area.map(names).astype("str")
        above = area
        if area.isna().all():
            break
    out["location_in_declared_area"] = agree
    _say_agreement(areas, agree)
    return out


def _both(first: pd.Series, second: pd.Series) -> pd.Series:
    """No if either says no; yes if one says yes and the other does not disagree."""
    return second.where(first.isna(), first.where(second.isna(), first & second))


def _say_agreement(areas: Areas, agree: pd.Series) -> None:
    judged = int(agree.notna().sum())
    if judged:
        areas.notes.append(
            f"{int(agree.sum()):,} of {judged:,} located schools lie in the area that the register names; "
            f"{judged - int(agree.sum()):,} do not."
        )


def _by_boundary(
    schools: pd.DataFrame, areas: Areas, boundary: Boundary, above: pd.Series, word: str
) -> tuple[pd.Series, pd.Series]:
    """The area of each school, and whether its point lies in the area that the register declares."""
    layer = areas.of_level(boundary.level)
    lat, lon = schools["latitude"], schools["longitude"]
    way: dict[str, Ints] = {
        "polygon": area_of(lat, lon, layer.geometry.to_numpy()),
        "code": _by_code(schools[f"admin{boundary.level}_id"], layer),
        "name": _by_name(schools[f"admin{boundary.level}"], layer, above, boundary=boundary, areas=areas, word=word),
    }
    chosen = np.full(len(schools), -1, dtype=np.int64)
    counts = {}
    for join in boundary.join:
        fill = (chosen < 0) & (way[join] >= 0)
        chosen = np.where(fill, way[join], chosen)
        counts[join] = int(fill.sum())
    said = ", ".join(f"{n:,} by {join}" for join, n in counts.items())
    areas.notes.append(f"{word}: {said}, {int((chosen < 0).sum()):,} without.")
    declared = np.where(way["code"] >= 0, way["code"], way["name"])
    judged = (declared >= 0) & located(lat, lon)
    shapes = np.append(layer.geometry.to_numpy(), np.array([None], dtype=object))[declared]
    inside = shapely.intersects_xy(shapes, lon.to_numpy(dtype="float64"), lat.to_numpy(dtype="float64"))
    agree = pd.Series(pd.array(inside, dtype="boolean"), index=schools.index).where(judged)
    return _ids(chosen, layer, schools.index), agree


def _ids(position: Ints, layer: pd.DataFrame, index: pd.Index) -> pd.Series:
    ids = np.array([*layer["area_id"], None], dtype=object)
    return pd.Series(ids[position], index=index, dtype="str")


def _by_code(codes: pd.Series, layer: pd.DataFrame) -> Ints:
    return np.asarray(pd.Index(layer["area_id"]).get_indexer(codes.astype(object)), dtype=np.int64)


def _by_name(
    names: pd.Series, layer: pd.DataFrame, above: pd.Series, *, boundary: Boundary, areas: Areas, word: str
) -> Ints:
    """Position of the area of that name, within the area above where one name stands for several; −1 where none."""
    folded = keys_of(names).replace(other_spellings(boundary.aliases))
    keys = layer["name"].map(key_of)
    position = pd.Series(np.arange(len(layer)), index=keys)
    plain = position[~position.index.duplicated(keep=False)]
    found = folded.map(plain)
    paired = pd.Series(np.arange(len(layer)), index=keys.to_numpy() + "\n" + layer["parent_id"].fillna("").to_numpy())
    paired = paired[~paired.index.duplicated(keep=False)]
    found = found.fillna((folded + "\n" + above.fillna("")).map(paired))
    lost = sorted(set(names[found.isna() & (folded != "")]))
    if lost:
        areas.notes.append(f"{word}: {suggestions(lost, list(layer['name']))}")
    return np.asarray(found.fillna(-1), dtype=np.int64)


def suggestions(lost: list[str], names: list[str], most: int = 12) -> str:
    """Names that no area has, each with the likest one, for the alias file: nothing is taken over by likeness."""
    said = []
    for name in lost[:most]:
        near = process.extractOne(key_of(name), [key_of(n) for n in names], scorer=fuzz.token_sort_ratio)
        said.append(f"{name!r}" + (f" (like {names[near[2]]!r}?)" if near and near[1] >= ALIKE else ""))
    more = f" and {len(lost) - most:,} more" if len(lost) > most else ""
    return f"no area is called {', '.join(said)}{more}; add them to the alias file if they are other spellings."


def _by_words_alone(schools: pd.DataFrame, areas: Areas, level: int, above: pd.Series) -> pd.Series:
    """Areas from the register's own ids or names, where no boundary of the level is known: they have no polygon."""
    ids, names = schools[f"admin{level}_id"], schools[f"admin{level}"]
    keys = keys_of(names)
    made = (above.fillna("?") + "/" + keys).where(keys != "")
    area = ids.where(ids.notna(), made).astype("str")
    if area.isna().all():
        return area
    table = pd.DataFrame({"area_id": area, "name": names, "parent_id": above}).dropna(subset=["area_id"])
    parent = _commonest(table, "parent_id")
    name = _commonest(table, "name")
    rows: list[tuple[object, ...]] = [
        (a, level, name.get(a, a), parent.get(a), None, False) for a in sorted(table["area_id"].unique())
    ]
    areas.frame = _together(areas.frame, _frame(rows))
    _refuse_repeated(areas.frame)
    areas.notes.append(
        f"{len(rows):,} areas of level {level} from the register's own words; they have no polygon, so the map draws hexagons."
    )
    return area


def _commonest(table: pd.DataFrame, column: str) -> dict[str, str]:
    """The value that stands most often beside each area; of equals, a mixed-case spelling, then the first by letters."""
    counted = table.groupby(["area_id", column]).size().rename("n").reset_index()
    counted["loud"] = counted[column].str.isupper()
    counted = counted.sort_values(["area_id", "loud", "n", column], ascending=[True, True, False, True])
    first = counted.drop_duplicates("area_id")
    return dict(zip(first["area_id"], first[column], strict=True))


def whole_place(areas: Areas) -> None:
    """Level 0 gets the union of the level below as its outline, where it has none and every part has one."""
    top = areas.frame["level"] == 0
    below = areas.of_level(1)
    if areas.frame.loc[top, "geometry"].isna().all() and len(below) and below.geometry.notna().all():
        shape = shapely.union_all(below.geometry.to_numpy())
        areas.frame.loc[top, "geometry"] = gpd.GeoSeries([shape], index=areas.frame.index[top], crs="EPSG:4326")
