"""The steps of a build, in order. Each reads what earlier ones kept, keeps its own result, and says what it did."""

from __future__ import annotations

import csv
import hashlib
import os
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.areas import Areas, assign, read_boundaries, whole_place
from etl.context import add_context
from etl.harmonise import Harmonised, harmonise
from etl.manifest import attributions, code_version, columns_of, passport, refuse_lost_schools
from etl.merge import Table, merge
from etl.personal import personal_columns
from etl.quality import examine, line
from etl.raster import open_population
from etl.recipe import Source
from etl.report import metrics
from etl.second_position import metres_apart
from etl.series import series
from etl.source import find, read_raw
from etl.work import Work
from geodata.aggregate import roll_up
from geodata.derive import derive
from geodata.joins import add_joins
from geodata.layers import points, write_layer, write_manifest
from geodata.tables import AREAS, OUT_OF_SCOPE, QUARANTINE, SCHOOLS, empty_columns
from geodata.vocabulary import Severity

REGISTERS = ("schools", "attributes")
LAYERS = ("cells", "nodes", "coverage", "tiles")
POINTS = ("cells", "nodes")


def read_schools(work: Work) -> str:
    """Registers and attribute tables in the house's columns; each source is kept as soon as it is read."""
    rows = 0
    for number, source in enumerate(work.recipe.source):
        if source.kind in REGISTERS:
            rows += _read(work, number, source)
    return f"{rows:,} rows read."


def _read(work: Work, number: int, source: Source) -> int:
    """Reads one source, unless an earlier try of this build has; returns its rows."""
    about = work.take_json(f"{number}.source.json")
    if about is None:
        raw = read_raw(source, work.data)
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
    return int(about["rows"])


def _shaped(read: Harmonised, source: Source) -> pd.DataFrame:
    if source.kind == "coverage" and read.geometry is not None:
        return gpd.GeoDataFrame(read.frame, geometry=gpd.GeoSeries(read.geometry, crs="EPSG:4326"))
    return read.frame


def read_layers(work: Work) -> str:
    """Cells, nodes, coverage polygons and speed tiles as layers of the atlas."""
    said = []
    for kind in LAYERS:
        numbers = [n for n, s in enumerate(work.recipe.source) if s.kind == kind]
        if not numbers:
            continue
        for number in numbers:
            _read(work, number, work.recipe.source[number])
        frames = [work.take(f"{n}.frame") for n in numbers]
        layer = pd.concat(frames, ignore_index=True).drop(
            columns=["source_row", "coordinate_decimals", "location_repair"], errors="ignore"
        )
        layer = points(layer) if kind in POINTS else layer
        write_layer(work.folder, kind, layer)
        said.append(f"{len(layer):,} {kind}")
    return ", ".join(said) + "." if said else "none given."


def merge_sources(work: Work) -> str:
    """One row a school; the values on which sources disagree become a layer of their own."""
    tables = [_table(work, n) for n in _numbers(work, REGISTERS, series=False)]
    merged = merge(tables)
    frame = merged.frame
    frame["location_shared_by"] = _sharing(frame)
    frame = _second_positions(work, frame, tables)
    work.keep("merged", frame)
    work.keep("merged.rejected", pd.concat([*merged.rejected, _nothing(QUARANTINE)], ignore_index=True))
    work.keep_json("merged.json", merged.notes)
    write_layer(work.folder, "conflicts", merged.conflicts.astype("str"))
    return f"{len(frame):,} schools from {len(tables)} tables, {len(merged.conflicts):,} values in dispute."


def _numbers(work: Work, kinds: tuple[str, ...], *, series: bool) -> list[int]:
    return [n for n, s in enumerate(work.recipe.source) if s.kind in kinds and s.series == series]


def _table(work: Work, number: int) -> Table:
    return Table(work.recipe.source[number], work.take(f"{number}.frame"), work.take(f"{number}.raw"))


def _nothing(table: Any) -> pd.DataFrame:
    return empty_columns(pd.DataFrame(index=pd.RangeIndex(0)), table)


def _sharing(frame: pd.DataFrame) -> pd.Series:
    """How many schools have exactly these coordinates, this one included; unknown without a location."""
    located = frame["latitude"].notna() & frame["longitude"].notna()
    counts = frame.groupby(["latitude", "longitude"])["school_id"].transform("size")
    return counts.where(located).astype("Int64")


def _second_positions(work: Work, frame: pd.DataFrame, tables: list[Table]) -> pd.DataFrame:
    """Metres between the two positions of a register that gives two (`[source.second_position]`)."""
    return frame.assign(second_position_m=metres_apart(frame, tables))


def assign_areas(work: Work) -> str:
    """Each school's area, the areas themselves, and the context tables that hang on them."""
    areas = read_boundaries(work.recipe, work.data)
    frame = assign(empty_columns(work.take("merged"), SCHOOLS), areas, work.recipe)
    whole_place(areas)
    frame = add_context(frame, areas, work.recipe, work.data)
    work.keep("placed", frame)
    work.keep("areas", areas.frame)
    other = [t for t in areas.out_of_scope if len(t)]
    work.keep("areas.out_of_scope", pd.concat([*other, _nothing(OUT_OF_SCOPE)], ignore_index=True))
    work.keep_json("areas.json", {"notes": areas.notes, "sources": areas.sources})
    return f"{len(areas.frame) - 1:,} areas; {int(frame['admin1_id'].notna().sum()):,} of {len(frame):,} schools lie in one."


def join_layers(work: Work) -> str:
    """Nearest sites and nodes, coverage, speed tiles, neighbours and people around each school."""
    frame = work.take("placed")
    layers = {k: _layer(work, k) for k in LAYERS}
    population = [s for s in work.recipe.source if s.kind == "population"]
    raster = open_population(find(population[0].path, work.data)) if population else None
    joined = add_joins(frame, **layers, population=raster, policy=work.policy)
    frame = frame.assign(**joined)
    for column, suffix, text in _coverage_passport(work, joined):
        frame[column + suffix] = text
    work.keep("joined", frame)
    given = [k for k in LAYERS if layers[k] is not None] + (["population"] if population else [])
    return f"with {', '.join(given)}." if given else "no coverage layers given; only neighbours counted."


def _layer(work: Work, kind: str) -> Any:
    path = work.folder / f"{kind}.parquet"
    if not path.is_file():
        return None
    return gpd.read_parquet(path) if kind in (*POINTS, "coverage") else pd.read_parquet(path)


def _coverage_passport(work: Work, joined: pd.DataFrame) -> list[tuple[str, str, Any]]:
    """A polygon says that a signal should reach the school: inferred, never measured there."""
    source = next((s for s in work.recipe.source if s.kind == "coverage"), None)
    known = joined["cellular_coverage_type"].notna()
    texts = (
        ("_evidence", "inferred", "unknown"),
        ("_source", source and source.name, None),
        ("_date", source and (source.date or None), None),
    )
    return [
        ("cellular_coverage_type", suffix, pd.Series(np.where(known, yes, no), index=joined.index, dtype="str"))
        for suffix, yes, no in texts
    ]


def check_schools(work: Work) -> str:
    """Every check over every school; what is impossible becomes unknown, what is odd is said."""
    examined = examine(work.take("joined"))
    work.keep("checked", examined.frame.drop(columns=["second_position_m", "coordinate_decimals"], errors="ignore"))
    write_layer(work.folder, "findings", examined.findings)
    work.keep_json("report.json", examined.report)
    hit = sum(1 for row in examined.report if row["count"])
    return f"{len(examined.findings):,} findings from {hit} of {len(examined.report)} checks."


def derive_gaps(work: Work) -> str:
    """Gaps, groups, scores and ranks; the schools layer itself."""
    frame = work.take("checked")
    frame = empty_columns(frame.assign(**derive(frame, work.policy)), SCHOOLS)
    write_layer(work.folder, "schools", points(frame.sort_values("school_id", kind="stable", ignore_index=True)))
    ranked = int((frame["list"] == "ranked").sum())
    return f"{ranked:,} schools ranked, {len(frame) - ranked:,} to verify first or not operating."


def roll_areas_up(work: Work) -> str:
    """Every indicator of every area, with what is known and not, and its bounds."""
    frame, areas = gpd.read_parquet(work.folder / "schools.parquet"), work.take("areas")
    top = areas["area_id"].iloc[0]
    groups = [pd.Series(top, index=frame.index, dtype="str")]
    groups += [frame[f"admin{n}_id"] for n in range(1, len(work.recipe.place.levels) + 1)]
    rolled = pd.concat([roll_up(frame, by, work.policy) for by in groups if by.notna().any()])
    rolled = rolled[~rolled.index.duplicated()].reindex(areas["area_id"])
    for name in ("num_schools", "num_schools_not_open"):
        rolled[name] = rolled[name].fillna(0).astype("Int64")
    table = pd.concat([pd.DataFrame(areas).set_index("area_id"), rolled], axis=1).reset_index(names="area_id")
    table = empty_columns(table, AREAS).drop(columns="geometry")
    write_layer(work.folder, "areas", gpd.GeoDataFrame(table, geometry=areas.geometry.values, crs="EPSG:4326"))
    return f"{len(table):,} areas on {areas['level'].nunique()} levels."


def follow_years(work: Work) -> str:
    """Earlier years of the register beside the current one."""
    numbers = _numbers(work, ("schools",), series=True)
    if not numbers:
        return "no earlier years given."
    areas = Areas(work.take("areas"))
    frame = pd.DataFrame(gpd.read_parquet(work.folder / "schools.parquet").drop(columns="geometry"))
    table = series(frame, [_table(work, n) for n in numbers], areas, work.recipe, work.policy)
    write_layer(work.folder, "series", table)
    return f"{len(table):,} values of {table['date'].nunique()} years."


def finish(work: Work) -> str:
    """Rejected and out-of-scope rows, the report, and the manifest; refuses to end where a row was lost."""
    schools = pd.read_parquet(
        work.folder / "schools.parquet", columns=["school_id", "latitude", "location_in_declared_area", "source_name"]
    )
    late = work.take("merged.rejected")
    quarantine, out_of_scope, sources = [late], [work.take("areas.out_of_scope")], []
    for number, source in enumerate(work.recipe.source):
        if source.kind == "population":
            raw = read_raw(source, work.data)
            sources.append(passport(source, source.name, source.kind, raw.sha256, (0, 0, 0, 0)))
            continue
        about = work.take_json(f"{number}.source.json")
        rejected, out = work.take(f"{number}.rejected"), work.take(f"{number}.out_of_scope")
        lost = len(rejected) + int((late["source"] == source.name).sum())
        rows = (about["rows"], about["rows"] - len(out) - lost, len(out), lost)
        kept = len(work.take(f"{number}.frame")) - (lost - len(rejected))
        if kept != rows[1]:
            rows = (rows[0], kept, *rows[2:])  # passport() refuses it with the figures
        kind = "series" if source.series else source.kind
        sources.append(passport(source, source.name, kind, about["sha256"], rows, evidence=source.evidence))
        quarantine += [rejected, work.take(f"{number}.findings")]
        out_of_scope.append(out)
    refuse_lost_schools(sources, schools)
    rejected_rows = _long(quarantine, QUARANTINE)
    write_layer(work.folder, "quarantine", rejected_rows)
    _csv(work, "quarantine.csv", rejected_rows)
    write_layer(work.folder, "out_of_scope", _long(out_of_scope, OUT_OF_SCOPE))
    manifest = _manifest(work, sources, schools)
    write_manifest(work.folder, manifest)
    return f"{sum(s['rows_read'] for s in sources):,} rows read, all accounted for."


def _long(parts: list[pd.DataFrame], table: Any) -> pd.DataFrame:
    given = [p for p in parts if len(p)]
    frame = pd.concat(given, ignore_index=True) if given else _nothing(table)
    order = [c for c in ("source", "row", "check", "reason") if c in frame]
    return empty_columns(frame, table).sort_values(order, kind="stable", ignore_index=True)


def _csv(work: Work, name: str, frame: pd.DataFrame) -> None:
    """A CSV that a person can open; a cell that a spreadsheet would take for a formula gets an apostrophe."""
    part = work.folder / f"{name}.part"
    risky = frame.select_dtypes("str").columns
    safe = frame.assign(**{c: frame[c].str.replace(r"^([=+\-@\t\r])", r"'\1", regex=True) for c in risky})
    safe.to_csv(part, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    os.replace(part, work.folder / name)


def _manifest(work: Work, sources: list[dict[str, Any]], schools: pd.DataFrame) -> dict[str, Any]:
    recipe = work.recipe
    placed = work.take_json("areas.json")
    abouts = [work.take_json(f"{n}.source.json", {}) for n in range(len(recipe.source))]
    report = [*_unmapped(abouts, recipe.source), *_blanked(work), *work.take_json("report.json")]
    notes = [note for about in abouts for note in about.get("notes", [])]
    notes += [*work.take_json("merged.json"), *placed["notes"]]
    sources = [*sources, *placed["sources"]]
    manifest = {
        "name": recipe.place.name, "version": work.build_id, "synthetic": recipe.place.synthetic,
        "recipe_sha256": _sha_of_recipe(work), "code_version": code_version(), "sources": sources,
        "place": recipe.place.model_dump(mode="json"), "policy": dict(recipe.policy),
        "columns": columns_of(recipe), "attributions": attributions(recipe),
        "thresholds": recipe.check.model_dump(mode="json"), "report": report, "notes": notes,
        "warnings": [r["sentence"] for r in report if r["severity"] != "reject" and r["count"]],
    }  # fmt: skip
    return {**manifest, "metrics": metrics(manifest, schools, abouts)}


def _sha_of_recipe(work: Work) -> str:
    return hashlib.sha256(work.recipe_path.read_bytes()).hexdigest()


def _unmapped(abouts: list[dict[str, Any]], sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    """Words of the register that no alias knows, a line a field."""
    lines = []
    for source, about in zip(sources, abouts, strict=True):
        for field, words in about.get("unmapped", {}).items():
            count = sum(words.values())
            some = ", ".join(f"{w!r} ({n:,})" for w, n in list(words.items())[:6])
            sentence = f"{source.name}: words of {field} that no alias knows, treated as not reported: {some}."
            lines.append(
                line("unmapped_value", str(Severity.BLANK), sentence, count, count + about["given"].get(field, 0))
            )
    return lines


def _blanked(work: Work) -> list[dict[str, Any]]:
    """Values that could not be used, a line a reason."""
    lines = []
    for number, source in enumerate(work.recipe.source):
        if work.has(f"{number}.findings"):
            rows = len(work.take(f"{number}.frame"))
            for (check, severity, reason), group in work.take(f"{number}.findings").groupby(
                ["check", "severity", "reason"]
            ):
                lines.append(line(check, severity, f"{source.name}: {reason}", len(group), rows))
    return lines
