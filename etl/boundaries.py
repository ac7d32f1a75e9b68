"""Boundaries: the polygons of the recipe's levels under ids that are unique over all of them, and contested lines.

Names are compared with case, accents and punctuation folded away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from etl.manifest import passport
from etl.recipe import Boundary, Place, Recipe
from etl.source import read_raw
from etl.values import read_aliases
from geodata.errors import SchemaError
from geodata.spatial import area_of
from geodata.text import fold


def key_of(name: object) -> str:
    """A name made comparable: `THARAKA - NITHI` and `Tharaka-Nithi` are one; empty where there is no name."""
    if not isinstance(name, str):
        return ""
    return " ".join(re.findall(r"\w+", fold(name).replace("'", "")))


def keys_of(names: pd.Series) -> pd.Series:
    """`key_of` for a whole column, each spelling looked at once."""
    spellings = {name: key_of(name) for name in names.dropna().unique()}
    return names.map(spellings).astype("object").fillna("").astype("str")


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
    borders: list[gpd.GeoDataFrame] = field(default_factory=list)

    def of_level(self, level: int) -> gpd.GeoDataFrame:
        """The areas of one level, in the order of their ids."""
        return self.frame[self.frame["level"] == level]


def read_boundaries(recipe: Recipe, data: Path) -> Areas:
    """Polygons of every `[[boundary]]`, under ids that are unique over all levels; level 0 always stands first.

    Raises SchemaError where a boundary has no geometry, a column is missing, or an id stands twice.
    """
    top = place_id(recipe.place)
    areas = Areas(frame_of([(top, 0, recipe.place.name, None, None, False)]))
    for boundary in sorted(recipe.boundary, key=lambda b: b.level):
        read = read_raw(boundary, data)
        layer = _without_lines(_polygons(boundary, read.frame, read.geometry, recipe), areas, boundary)
        if boundary.level == 0:
            shape = shapely.union_all(layer.geometry.dropna().to_numpy())
            areas.frame.loc[areas.frame["area_id"] == top, "geometry"] = gpd.GeoSeries([shape], crs=4326).values
        else:
            areas.frame = together(areas.frame, _with_parents(layer, areas, boundary.level, top))
        rows = (len(read), len(read), 0, 0)
        areas.sources.append(passport(boundary, f"boundaries, level {boundary.level}", "boundary", read.sha256, rows))
        areas.notes.append(f"{boundary.path}: {len(layer):,} areas of level {boundary.level}.")
    refuse_repeated(areas.frame)
    return areas


def _without_lines(layer: gpd.GeoDataFrame, areas: Areas, boundary: Boundary) -> gpd.GeoDataFrame:
    """The polygons. Contested lines, and the outlines of contested polygons, go to `areas.borders`: a line is no area."""
    shapes = layer.geometry
    flat = shapes.isna() | shapes.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    contested = layer["contested"].astype(bool)
    drawn = layer[contested & shapes.notna()]
    if len(drawn):
        lines = [g.boundary if g.geom_type.endswith("Polygon") else g for g in drawn.geometry]
        table = {"level": boundary.level, "name": drawn["name"], "contested": True}
        areas.borders.append(gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(lines, index=drawn.index, crs="EPSG:4326")))
        areas.notes.append(f"{boundary.path}: {len(drawn):,} contested lines, drawn dashed.")
    lost = ~flat & ~contested
    if lost.any():
        areas.notes.append(f"{boundary.path}: {int(lost.sum()):,} shapes are no polygons and were left out.")
    return layer[flat]


def frame_of(rows: list[tuple[object, ...]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["area_id", "level", "name", "parent_id", "geometry", "contested"])
    table = table.astype({"area_id": "str", "level": "Int64", "name": "str", "parent_id": "str", "contested": "bool"})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(table["geometry"], crs="EPSG:4326"))


def together(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    columns = list(first.columns)
    both = pd.concat([pd.DataFrame(first), pd.DataFrame(second)[columns]], ignore_index=True)
    return frame_of(
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


def refuse_repeated(frame: pd.DataFrame) -> None:
    repeated = frame.loc[frame["area_id"].duplicated(), "area_id"]
    if len(repeated):
        raise SchemaError(
            f"Area ids must be unique over all levels; {', '.join(map(repr, repeated[:5]))} stand twice. "
            "Give another id_column in [[boundary]], or leave it out to make ids from names."
        )
