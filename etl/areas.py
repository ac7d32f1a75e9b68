"""How each school finds its area, and areas that stand in no boundary file.

A school finds its area by polygon, by code or by name, in the order of trust that the recipe gives; a school without
a location falls back to the next way. A name that is only similar is never taken, but suggested for the alias file.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from etl.boundaries import Areas, frame_of, key_of, keys_of, other_spellings, place_id, refuse_repeated, together
from etl.recipe import Boundary, Recipe
from geodata.spatial import area_of, distance, located

Ints = NDArray[np.int64]
ALIKE = 80  # least likeness, of 100, for which a name is suggested


def assign(schools: pd.DataFrame, areas: Areas, recipe: Recipe) -> pd.DataFrame:
    """The schools with `admin<n>_id`, `admin<n>`, `location_in_declared_area` and, of those outside it, by how many metres
    (`outside_declared_m`); `areas` gains those without polygons.

    Rows and index stay as they are. What was decided, and how often the ways disagreed, is added to `areas.notes`.
    """
    out = schools.copy()
    agree = pd.Series(pd.NA, index=out.index, dtype="boolean")
    outside = pd.Series(np.nan, index=out.index)
    above = pd.Series(place_id(recipe.place), index=out.index, dtype="str")
    for level in range(1, len(recipe.place.levels) + 1):
        boundary = next((b for b in recipe.boundary if b.level == level), None)
        if boundary is None:
            area, here = _by_words_alone(out, areas, level, above), None
        else:
            area, here, metres = _by_boundary(out, areas, boundary, above, recipe.place.levels[level - 1])
        names = areas.of_level(level).set_index("area_id")["name"]
        if here is not None:
            agree = _both(agree, here)
            outside = outside.combine(metres, np.fmax)
        out[f"admin{level}_id"] = area
        out[f"admin{level}"] = area.map(names).astype("str")
        above = area
        if area.isna().all():
            break
    out["location_in_declared_area"] = agree
    out["outside_declared_m"] = outside
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
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The area of each school, whether its point lies in the area that the register declares, and how far outside."""
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
    out = judged & ~inside
    metres = pd.Series(np.nan, index=schools.index)
    metres[out] = metres_outside(lat[out], lon[out], declared[out], layer.geometry.to_numpy())
    return _ids(chosen, layer, schools.index), agree, metres


def metres_outside(lat: pd.Series, lon: pd.Series, area: Ints, shapes: Any) -> NDArray[np.float64]:
    """Metres from each point to the nearest border of the polygon at its position `area`.

    The nearest border point is sought with longitudes shortened for the latitude of the points of each area; the distance
    to it is that of the great circle.
    """
    y, x = lat.to_numpy(dtype="float64"), lon.to_numpy(dtype="float64")
    metres = np.full(len(y), np.nan)
    for number in np.unique(area):
        here = area == number
        narrow = max(float(np.cos(np.radians(y[here].mean()))), 0.01)
        shape = shapely.transform(shapes[number], partial(np.multiply, np.array([narrow, 1.0])))
        line = shapely.shortest_line(shape, shapely.points(x[here] * narrow, y[here]))
        near = shapely.get_coordinates(shapely.get_point(line, 0))
        metres[here] = distance(y[here], x[here], near[:, 1], near[:, 0] / narrow)
    return metres


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
    areas.frame = together(areas.frame, frame_of(rows))
    refuse_repeated(areas.frame)
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
