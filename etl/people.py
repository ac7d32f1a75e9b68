"""The step that counts people: hexagons with children, places without a school, and what is missing for them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from etl.ages import AgeTable, read_ages
from etl.aside import set_aside
from etl.quality import line
from etl.raster import open_population
from etl.recipe import Source
from etl.steps import read_source
from etl.work import Work
from geodata.people.catchment import Roads, road_network, ways
from geodata.people.cells import people_by_cell, resolution_for
from geodata.people.children import school_age
from geodata.people.layer import Given, PeopleLayers, people_layers
from geodata.people.spread import parts_of
from geodata.tables import CONTEXT_COLUMNS, OUT_OF_SCOPE, SCHOOLS
from geodata.vocabulary import Severity

MISSING = {
    "population": 'a population raster (a [[source]] with kind = "population")',
    "ages": "a table of people by five-year age group ([[ages]])",
    "roads": 'a file of roads (a [[source]] with kind = "roads")',
}


def count_people(work: Work) -> str:
    """Hexagons of people with their children and schools, areas, places without a school; roads become a layer too."""
    sources = [s for s in work.recipe.source if s.kind == "population"]
    roads, about_roads = _roads(work)
    areas = work.take("areas")
    ages = read_ages(*work.given("ages"), areas)
    kept = [t for t in (ages.out_of_scope, *(a["out_of_scope"] for a in about_roads)) if t is not None and len(t)]
    if kept:
        work.keep("people.out_of_scope", pd.concat(kept, ignore_index=True))
    passports = [ages.source] if ages.source else []
    missing = _missing(work, ages, roads)
    if not sources:
        work.keep_json(
            "people.json", {"sources": passports, "notes": ages.notes, "report": [], "about": {"missing": missing}}
        )
        return f"needs {MISSING['population']}."
    layers, outside = _layers(work, sources[0], areas, ages, roads)
    for name in ("people", "unserved"):
        work.write(name, getattr(layers, name))
    work.write("people_areas", layers.areas)
    about = {**layers.about, "missing": missing, "outside": outside, "raster": sources[0].name, "raster_date": sources[0].date, "ages_date": work.recipe.ages[0].date if work.recipe.ages else ""}  # fmt: skip
    work.keep_json("people.json", {"sources": passports, "notes": _notes(ages, about), "report": _report(layers, areas), "about": about})  # fmt: skip
    return _said(layers, missing)


def _missing(work: Work, ages: AgeTable, roads: Roads | None) -> list[str]:
    """What was not given, by its short name."""
    given = {
        "population": any(s.kind == "population" for s in work.recipe.source),
        "ages": bool(len(ages.groups)),
        "roads": roads is not None,
        "out_of_school": any("out_of_school_rate" in c.columns for c in work.recipe.context),
    }
    return [name for name, there in given.items() if not there]


def _roads(work: Work) -> tuple[Roads | None, list[dict[str, Any]]]:
    """The network of all road files, and for each the rows that are no lines; the lines become the layer `roads`."""
    found, abouts = [], []
    for number, source in enumerate(work.recipe.source):
        if source.kind == "roads":
            lines, about = _lines(work, number, source)
            found.append(lines)
            abouts.append(about)
    if not found:
        return None, []
    table = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs="EPSG:4326")
    work.write("roads", table)
    return road_network(table.geometry.to_numpy(), work.policy.number("road_gap_m")), abouts


def _lines(work: Work, number: int, source: Source) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    raw = work.raw(source)
    shapes = (
        gpd.GeoSeries([None] * len(raw), index=raw.frame.index, crs="EPSG:4326")
        if raw.geometry is None
        else raw.geometry
    )
    flat = shapely.force_2d(shapes.to_numpy())
    line_like = pd.Series(
        [g is not None and "LineString" in g.geom_type and not g.is_empty for g in flat], shapes.index
    )
    out = set_aside(OUT_OF_SCOPE, raw, source.name, ~line_like, reason="no line of a road", shown=())
    kept = int(line_like.sum())
    work.keep_json(f"{number}.roads.json", {"sha256": raw.sha256, "rows": [len(raw), kept, len(raw) - kept, 0], "notes": list(raw.notes)})  # fmt: skip
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(flat[line_like], crs="EPSG:4326")), {"out_of_scope": out}


def _layers(work: Work, source: Source, areas: Any, ages: AgeTable, roads: Roads | None) -> tuple[PeopleLayers, float]:
    """The layers, and how many people of the raster live outside every area."""
    raster = open_population(work.path(source))
    shaped = areas[areas.geometry.notna() & ~areas.geometry.is_empty]
    finest = shaped[shaped["level"] == shaped["level"].max()]
    schools = work.layer("schools", _columns()).sort_values("school_id", ignore_index=True)
    bounds = tuple(finest.total_bounds) if len(finest) else _around(schools)
    height, width = raster.cell
    wanted = round(work.policy.number("people_hexagon_resolution"))
    resolution = resolution_for(wanted, height, width, (bounds[1] + bounds[3]) / 2)
    people = people_by_cell(raster.within(bounds), finest.geometry.to_numpy(), resolution)
    outside = float(people.loc[people["area"] < 0, "people"].sum()) if len(finest) else 0.0
    table = pd.DataFrame(areas[["area_id", "level", "name", "parent_id", *CONTEXT_COLUMNS]])
    ids = list(finest["area_id"]) if len(finest) else [str(areas["area_id"].iloc[0])]
    given = Given(
        parts_of(people, ids, table), table, school_age(ages.groups, work.policy) if len(ages.groups) else ages.groups,
        ages.level, schools, _towns(work), ways(roads, work.policy),
    )  # fmt: skip
    return people_layers(given, work.policy), round(outside, 1)


def _columns() -> list[str]:
    wanted = ("education_level", "isced_levels", "school_status", "latitude", "longitude", "num_students", "num_devices", "meaningfully_connected")  # fmt: skip
    return ["school_id", *wanted, *(c for c in SCHOOLS.columns if c.startswith("admin") and c.endswith("_id"))]


def _around(schools: pd.DataFrame) -> tuple[float, float, float, float]:
    """Where no boundary is given: the box of the schools, and a quarter of a degree around it."""
    lon, lat = schools["longitude"], schools["latitude"]
    return lon.min() - 0.25, lat.min() - 0.25, lon.max() + 0.25, lat.max() + 0.25


def _towns(work: Work) -> pd.DataFrame | None:
    numbers = [n for n, s in enumerate(work.recipe.source) if s.kind == "towns"]
    if not numbers:
        return None
    for number in numbers:
        read_source(work, number, work.recipe.source[number])
    towns = pd.concat([pd.DataFrame(work.take(f"{n}.frame")) for n in numbers], ignore_index=True)
    return towns[towns["latitude"].notna() & towns["longitude"].notna() & towns["town_name"].notna()].reset_index(
        drop=True
    )


def _notes(ages: AgeTable, about: dict[str, Any]) -> list[str]:
    notes = [*ages.notes, f"{about['raster']}: {about['people']:,.0f} people live in the areas, {about['outside']:,.0f} of the raster outside them."]  # fmt: skip
    if about["out_of_school_inferred"]:
        notes.append(f"Children out of school of {about['out_of_school_inferred']:,} areas are bounded by enrolment, as no rate is given for them.")  # fmt: skip
    return notes


def _report(layers: PeopleLayers, areas: Any) -> list[dict[str, Any]]:
    """A line for the Data page where schools report more learners than there are children of their age."""
    table = layers.areas
    more = table["enrolment_exceeds_children"].fillna(False).astype(bool)
    known = int(table["enrolment_exceeds_children"].notna().sum())
    names = areas.set_index("area_id")["name"]
    some = ", ".join(str(names.get(area, area)) for area in table.loc[more, "area_id"].head(8))
    sentence = f"Areas whose schools report more learners than the area has children of school age: {some}. Learners come from elsewhere or are of other ages, or a count is wrong."  # fmt: skip
    return (
        [line("enrolment_exceeds_children", str(Severity.WARN), sentence, int(more.sum()), known)] if more.any() else []
    )


def _said(layers: PeopleLayers, missing: list[str]) -> str:
    people = layers.people
    children = people["children"].sum(skipna=True)
    known = (
        f"{children:,.0f} of them children of school age" if people["children"].notna().any() else "children not known"
    )
    lacks = f"; not given: {', '.join(name.replace('_', ' ') for name in missing)}" if missing else ""
    return f"{people['people'].sum():,.0f} people in {len(people):,} hexagons, {known}; {len(layers.unserved):,} places without a school{lacks}."  # fmt: skip
