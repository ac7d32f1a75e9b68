"""The steps of a build, in order. Each reads what earlier ones kept, keeps its own result, and says what it did."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.areas import assign, whole_place
from etl.boundaries import Areas, read_boundaries
from etl.context import add_context
from etl.corrections import findings as contradicted
from etl.corrections import sharing
from etl.doubts import left_out
from etl.filehashes import files_of, hashes_of
from etl.harmonise import Harmonised, harmonise
from etl.linking.kept import decisions_of, keep_links
from etl.measured import measured, monthly_series
from etl.merge import Table, merge
from etl.personal import personal_columns
from etl.quality import examine
from etl.raster import open_population
from etl.recipe import Source
from etl.reuse import part_of_step
from etl.second_position import metres_apart
from etl.series import series
from etl.surroundings import add_surroundings
from etl.work import Work
from geodata.aggregate import roll_up
from geodata.derive import derive, scored
from geodata.gaps import speed_passport
from geodata.joins import add_joins
from geodata.layers import points
from geodata.predict.voi import survey
from geodata.tables import AREAS, OUT_OF_SCOPE, QUARANTINE, SCHOOLS, empty_columns
from geodata.uncertainty import published_draws, rank_bands

REGISTERS = ("schools", "attributes")
LAYERS = ("cells", "nodes", "lines", "coverage", "tiles")
POINTS = ("cells", "nodes")
MEASURED = "measurements"


def read_schools(work: Work) -> str:
    """Registers and attribute tables in the house's columns; each source is kept as soon as it is read."""
    rows = 0
    for number, source in enumerate(work.recipe.source):
        if source.kind in (*REGISTERS, MEASURED):
            rows += read_source(work, number, source)
    return f"{rows:,} rows read."


def read_source(work: Work, number: int, source: Source) -> int:
    """Reads one source, unless an earlier try of this build has, or the last build from the same file; returns its rows."""
    for name in (source.path, *files_of(source.model_dump(mode="json"), work.files)):
        work.reads.add(f"file:{name}")  # also where the part is taken over, and the file not read
    rests_on = (source.model_dump_json(), *hashes_of([source.model_dump(mode="json")], work.files, work.hashes))
    part_of_step(work, str(number), rests_on=rests_on, function=lambda: _read_source(work, number, source))
    about = work.take_json(f"{number}.source.json")
    return int(about["rows"])


def _read_source(work: Work, number: int, source: Source) -> None:
    raw = work.raw(source)
    read = harmonise(raw, source)
    personal = personal_columns(raw.frame)
    shown = [c for c in raw.frame.columns if c not in personal]
    work.keep(f"{number}.raw", raw.frame.loc[read.frame.index, shown])
    work.keep(f"{number}.frame", _shaped(read, source))
    for name in ("rejected", "out_of_scope", "findings"):
        work.keep(f"{number}.{name}", getattr(read, name))
    about = {"sha256": raw.sha256, "rows": len(raw), "notes": read.notes, "unmapped": read.unmapped}
    about["given"] = {f: int(read.frame[f].notna().sum()) for f in read.unmapped}
    work.keep_json(f"{number}.source.json", about)


def _shaped(read: Harmonised, source: Source) -> pd.DataFrame:
    if source.kind in ("coverage", "lines") and read.geometry is not None:
        shapes: pd.DataFrame = gpd.GeoDataFrame(read.frame, geometry=gpd.GeoSeries(read.geometry, crs="EPSG:4326"))
        return shapes
    frame: pd.DataFrame = read.frame
    return frame


def read_layers(work: Work) -> str:
    """Cells, nodes, lines, coverage polygons and speed tiles as layers of the atlas."""
    said = []
    for kind in LAYERS:
        numbers = [n for n, s in enumerate(work.recipe.source) if s.kind == kind]
        if not numbers:
            continue
        for number in numbers:
            read_source(work, number, work.recipe.source[number])
        frames = [work.take(f"{n}.frame") for n in numbers]
        layer = pd.concat(frames, ignore_index=True).drop(
            columns=["source_row", "coordinate_decimals", "location_repair"], errors="ignore"
        )
        layer = points(layer) if kind in POINTS else layer
        work.write(kind, layer)
        said.append(f"{len(layer):,} {kind}")
    for number in _numbers(work, ("wealth",), series=False):
        said.append(f"{read_source(work, number, work.recipe.source[number]):,} tiles of relative wealth")
    return ", ".join(said) + "." if said else "none given."


def merge_sources(work: Work) -> str:
    """One row a school; the values on which sources disagree become a layer of their own."""
    tables = [_table(work, n) for n in _numbers(work, REGISTERS, series=False)]
    speeds = [measured(_table(work, n), tables, work.policy) for n in _numbers(work, (MEASURED,), series=False)]
    merged = merge([*tables, *(s.table for s in speeds if s.table is not None)], decisions_of(work))
    keep_links(work, merged.links, merged.out_of_scope)
    for one in speeds:
        merged.rejected.append(one.rejected)
        merged.notes += one.notes
    work.keep("measured", pd.concat([s.months for s in speeds], ignore_index=True) if speeds else pd.DataFrame())
    frame = merged.frame
    frame["location_shared_by"] = sharing(frame)
    frame = _second_positions(work, frame, tables)
    work.keep("merged", frame)
    work.keep("merged.rejected", pd.concat([*merged.rejected, nothing(QUARANTINE)], ignore_index=True))
    work.keep_json("merged.json", merged.notes)
    work.write("conflicts", merged.conflicts.astype("str"))
    return f"{len(frame):,} schools from {len(tables)} {'table' if len(tables) == 1 else 'tables'}, {len(merged.conflicts):,} values in dispute."


def _numbers(work: Work, kinds: tuple[str, ...], *, series: bool) -> list[int]:
    return [n for n, s in enumerate(work.recipe.source) if s.kind in kinds and s.series == series]


def _table(work: Work, number: int) -> Table:
    return Table(work.recipe.source[number], work.take(f"{number}.frame"), work.take(f"{number}.raw"))


def nothing(table: Any) -> pd.DataFrame:
    """A table without rows, every column there."""
    return empty_columns(pd.DataFrame(index=pd.RangeIndex(0)), table)


def _second_positions(work: Work, frame: pd.DataFrame, tables: list[Table]) -> pd.DataFrame:
    """Metres between the two positions of a register that gives two (`[source.second_position]`)."""
    return frame.assign(second_position_m=metres_apart(frame, tables))


def assign_areas(work: Work) -> str:
    """Each school's area, the areas themselves, and the context tables that hang on them."""
    areas = read_boundaries(*work.given("boundary"))
    frame = assign(
        empty_columns(work.take("corrected" if work.has("corrected") else "merged"), SCHOOLS), areas, work.recipe
    )
    whole_place(areas)
    frame = add_context(frame, areas, *work.given("context"))
    frame = add_surroundings(frame, areas, work)
    work.keep("placed", frame)
    work.keep("areas", areas.frame)
    if areas.borders:
        work.write("borders", gpd.GeoDataFrame(pd.concat(areas.borders, ignore_index=True)))
    other = [t for t in areas.out_of_scope if len(t)]
    work.keep("areas.out_of_scope", pd.concat([*other, nothing(OUT_OF_SCOPE)], ignore_index=True))
    work.keep_json("areas.json", {"notes": areas.notes, "sources": areas.sources})
    return f"{len(areas.frame) - 1:,} areas; {int(frame['admin1_id'].notna().sum()):,} of {len(frame):,} schools lie in one."


def join_layers(work: Work) -> str:
    """Nearest sites and nodes, coverage, speed tiles, neighbours and people around each school."""
    frame = work.take("placed")
    layers = {k: work.layer(k) for k in LAYERS}
    population = [s for s in work.recipe.source if s.kind == "population"]
    raster = open_population(work.path(population[0])) if population else None
    joined = add_joins(frame, **layers, population=raster, policy=work.policy)
    frame = frame.assign(**joined)
    for column, suffix, text in _coverage_passport(work, joined):
        frame[column + suffix] = text
    work.keep("joined", frame)
    given = [k for k in LAYERS if layers[k] is not None] + (["population"] if population else [])
    return f"with {', '.join(given)}." if given else "no coverage layers given; only neighbours counted."


def _coverage_passport(work: Work, joined: pd.DataFrame) -> list[tuple[str, str, Any]]:
    """A polygon says that a signal should reach the school: inferred, never measured there."""
    sources = [s for s in work.recipe.source if s.kind == "coverage"]
    names, dates = (
        ("; ".join(dict.fromkeys(filter(None, t))) for t in zip(*((s.name, s.date) for s in sources), strict=True))
        if sources
        else ("", "")
    )
    known = joined["cellular_coverage_type"].notna()
    texts: tuple[tuple[str, str | None, str | None], ...] = (
        ("_evidence", "inferred", "unknown"),
        ("_source", names or None, None),
        ("_date", dates or None, None),
    )
    return [
        (
            "cellular_coverage_type",
            suffix,
            pd.Series([yes if k else no for k in known], index=joined.index, dtype="str"),
        )
        for suffix, yes, no in texts
    ]


def check_schools(work: Work) -> str:
    """Every check over every school; what is impossible becomes unknown, what is odd is said."""
    examined = examine(work.take("joined"))
    only_here = ["second_position_m", "outside_declared_m", "coordinate_decimals"]
    work.keep("checked", examined.frame.drop(columns=only_here, errors="ignore"))
    findings = pd.concat([examined.findings, left_out(work, examined.frame), contradicted(work)], ignore_index=True)
    findings = findings.sort_values(["school_id", "check", "source", "row"], kind="stable", ignore_index=True)
    work.write("findings", findings)
    work.keep_json("report.json", examined.report)
    hit = sum(1 for row in examined.report if row["count"])
    return f"{len(findings):,} findings; {hit} of {len(examined.report)} checks found some."


def derive_gaps(work: Work) -> str:
    """Gaps, groups, scores and ranks; the schools layer itself."""
    checked, predicted = work.take("checked"), work.take("predicted")
    frame = checked.assign(**predicted)
    frame = frame.assign(**derive(frame, work.policy), **speed_passport(frame))
    frame = frame.assign(**_bands(work, frame))
    frame = empty_columns(frame.assign(**survey(frame, work.policy)), SCHOOLS)
    work.write("schools", points(frame.sort_values("school_id", kind="stable", ignore_index=True)))
    ranked = int((frame["list"] == "ranked").sum())
    return f"{ranked:,} schools ranked, {len(frame) - ranked:,} to verify first or not operating."


def _bands(work: Work, frame: pd.DataFrame) -> pd.DataFrame:
    """How sure each rank is; the manifest says how often the list was drawn, and from which seed."""
    draws = published_draws(int(frame["priority_rank"].notna().sum()), work.policy)
    work.keep_json("bands.json", {"draws": draws, "seed": int(work.policy.number("mc_seed"))})
    return rank_bands(
        scored(frame, work.policy)[0], frame["school_id"], work.policy, draws=draws, progress=_often(work)
    )


def _often(work: Work, seconds: float = 3) -> Callable[[int, int], None]:
    """Tells how far the draws are every few seconds; of a quick draw nothing is said."""
    last = monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal last
        if done < of and monotonic() - last >= seconds:
            last = monotonic()
            work.tell(f"   … {done:,} of {of:,} lists drawn to see how sure the ranks are")

    return progress


def roll_areas_up(work: Work) -> str:
    """Every indicator of every area, with what is known and not, and its bounds."""
    frame, areas = work.layer("schools"), work.take("areas")
    top = areas["area_id"].iloc[0]
    groups = [pd.Series(top, index=frame.index, dtype="str")]
    groups += [frame[f"admin{n}_id"] for n in range(1, len(work.recipe.place.levels) + 1)]
    rolled = pd.concat([roll_up(frame, by, work.policy) for by in groups if by.notna().any()])
    rolled = rolled[~rolled.index.duplicated()].reindex(areas["area_id"])
    for name in ("num_schools", "num_schools_not_open"):
        rolled[name] = rolled[name].fillna(0).astype("Int64")
    table = pd.concat([pd.DataFrame(areas).set_index("area_id"), rolled], axis=1).reset_index(names="area_id")
    table = empty_columns(table, AREAS).drop(columns="geometry")
    work.write("areas", gpd.GeoDataFrame(table, geometry=areas.geometry.values, crs="EPSG:4326"))
    return f"{len(table):,} areas on {areas['level'].nunique()} levels."


def follow_years(work: Work) -> str:
    """Earlier years of the register beside the current one."""
    numbers = _numbers(work, ("schools",), series=True)
    months = work.take("measured")
    if not numbers and months.empty:
        return "no earlier years given."
    areas = Areas(work.take("areas"))
    frame = pd.DataFrame(work.layer("schools").drop(columns="geometry"))
    parts = [series(frame, [_table(work, n) for n in numbers], areas, work.recipe, work.policy)] if numbers else []
    parts += [monthly_series(months, frame)] if len(months) else []
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(["area_id", "school_id", "indicator", "date"], kind="stable", ignore_index=True)
    work.write("series", table)
    return f"{len(table):,} values of {table['date'].nunique()} dates."
