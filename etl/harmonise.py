"""A raw file to the house's columns, with every row accounted for: accepted, out of scope, or rejected with its reasons.

`len(raw) == accepted + out of scope + rejected`, always. A value that cannot be used becomes unknown and is a finding;
it never becomes no, zero or a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isnan

import geopandas as gpd
import pandas as pd

from etl.aside import courseless, nothing, rows_of, set_aside, without_broken, without_course
from etl.feeds import Fed, Finding, feed, require_columns, texts
from etl.ids import Ids, give_ids
from etl.personal import drop_personal, personal_columns, refuse_learner_level
from etl.recipe import Context, Source
from etl.repair import PROBLEMS, Located, locate
from etl.source import Raw
from etl.values import clean, key, per_value
from geodata.errors import SchemaError
from geodata.fields import FIELDS, companions
from geodata.tables import (
    CELLS,
    COVERAGE,
    LINES,
    MEASUREMENTS,
    NODES,
    OUT_OF_SCOPE,
    QUARANTINE,
    REGISTER,
    TILES,
    TOWNS,
    WEALTH,
    Table,
    empty_columns,
)
from geodata.vocabulary import Evidence, Severity

TABLE: dict[str, Table] = {
    "schools": REGISTER,
    "cells": CELLS,
    "nodes": NODES,
    "coverage": COVERAGE,
    "lines": LINES,
    "measurements": MEASUREMENTS,
    "tiles": TILES,
    "towns": TOWNS,
    "wealth": WEALTH,
}


@dataclass(frozen=True)
class Harmonised:
    """`frame`: the kind's canonical columns with evidence, source and date beside them, `source_row`, and for schools and
    attributes `school_id`; for places `location_repair` and `coordinate_decimals` (decimals as written, the fewer of the
    two). `geometry` on the same index where the file has shapes. `rejected` and `findings` are in quarantine shape
    (findings are values made unknown: their rows stay); `out_of_scope` likewise; `unmapped` is field → word → count."""

    frame: pd.DataFrame
    rejected: pd.DataFrame
    out_of_scope: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    unmapped: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: pd.DataFrame = field(default_factory=lambda: nothing(QUARANTINE))
    geometry: object | None = None


def harmonise(raw: Raw, source: Source) -> Harmonised:
    """One source's rows in the house's columns.

    Raises SchemaError (columns that the recipe names are not in the file; no row in scope), RecipeError (a rule or alias
    that does not fit its field), SourceError (a file about learners).
    """
    refuse_learner_level(raw)
    _require(raw, source)
    personal = personal_columns(raw.frame)
    raw = drop_personal(raw, keep=_named_columns(source))
    shown = [c for c in raw.frame.columns if c not in personal]
    raw, broken = without_broken(raw, source.name)
    inside, out_of_scope = _scoped(raw, source, shown)
    raw = rows_of(raw, inside)
    if not len(raw):
        raise SchemaError(
            f"{raw.path.name} (source {source.name!r}) has no row in the recipe's scope; check [source.scope]."
        )
    fed = feed(raw, source, [n for n in source.columns if n not in ("latitude", "longitude")])
    located = _place(raw, source, fed)
    ids = give_ids(raw, source, fed.frame) if source.kind in ("schools", "attributes") else None
    rejected = _rejected(raw, source, ids, shown)
    keep = ids.accepted if ids else ~without_course(raw, source)
    frame = _finish(fed, located, ids, source)[keep]
    notes = [*raw.notes, *fed.notes, *(ids.notes if ids else ()), *_location_notes(located, source)]
    geometry = None if raw.geometry is None else raw.geometry[keep]
    rejected = pd.concat([broken, rejected], ignore_index=True) if len(broken) else rejected
    return Harmonised(frame, rejected, out_of_scope, notes, fed.unmapped, _findings(raw, source, fed), geometry)


def harmonise_context(raw: Raw, context: Context) -> Harmonised:
    """A table about areas: its fields, with `area_key` (text) as the recipe's key and key_pattern give it.

    Rows whose key does not match the pattern are of other places and leave as out of scope, with those that cannot be read.
    """
    require_columns(
        raw, {"key": [context.key], **{f"columns.{n}": f.raw for n, f in context.columns.items()}}, context.name
    )
    raw, broken = without_broken(raw, context.name)
    keys = clean(raw.frame[context.key])
    if context.key_pattern:
        keys = keys.str.extract(context.key_pattern, expand=True)[0].str.strip()
    here = keys.notna()
    other = set_aside(
        OUT_OF_SCOPE, raw, context.name, ~here, reason="about another place", shown=list(raw.frame.columns)
    )
    if len(broken):
        other = pd.concat([other, broken[other.columns]], ignore_index=True)
    fed = feed(rows_of(raw, here), context)
    frame = _with_evidence(fed.frame, context.columns, context.evidence, context.name, context.date)
    frame.insert(0, "area_key", keys[here])
    frame["source_row"] = pd.Series(frame.index, index=frame.index, dtype="Int64")
    return Harmonised(
        frame,
        nothing(QUARANTINE),
        other,
        [*raw.notes, *fed.notes],
        fed.unmapped,
        _findings(rows_of(raw, here), context, fed),
    )


# --- what the recipe names --------------------------------------------------------------------------------------


def _named_columns(source: Source) -> set[str]:
    named = {c for f in source.columns.values() for c in f.raw} | set(source.make_id_from)
    return named | ({source.scope.column} if source.scope else set())


def _require(raw: Raw, source: Source) -> None:
    wanted: dict[str, Iterable[str]] = {f"columns.{name}": f.raw for name, f in source.columns.items()}
    wanted |= {"make_id_from": source.make_id_from}
    wanted |= {"scope.column": [source.scope.column]} if source.scope else {}
    require_columns(raw, wanted, source.name)


# --- scope ------------------------------------------------------------------------------------------------------


def _scoped(raw: Raw, source: Source, shown: Sequence[str]) -> tuple[pd.Series, pd.DataFrame]:
    """Which rows belong, and the others with the reason that the recipe gives for their value."""
    everything = pd.Series(True, index=raw.frame.index)
    if source.scope is None:
        return everything, nothing(OUT_OF_SCOPE)
    scope = source.scope
    value = clean(raw.frame[scope.column]).fillna("")
    kept = {key(v) for v in scope.keep}
    reasons = {key(v): reason for v, reason in scope.reasons.items()}
    inside = per_value(value, lambda v: key(v) in kept, "bool")
    reason = per_value(value, lambda v: reasons.get(key(v), scope.reason), "str")
    return inside, set_aside(OUT_OF_SCOPE, raw, source.name, ~inside, reason=reason, shown=shown)


# --- places -----------------------------------------------------------------------------------------------------


def _place(raw: Raw, source: Source, fed: Fed) -> Located | None:
    """Coordinates from their columns, or from the file's points (polygons: a point inside them)."""
    given = [n for n in ("latitude", "longitude") if n in source.columns]
    if len(given) == 1:
        raise SchemaError(f"source {source.name!r} feeds {given[0]} but not the other coordinate.")
    if given:
        latitude, longitude = (_text_of(raw, source, n) for n in given)
        located = locate(latitude, longitude, source.repair, source.decimal)
    elif raw.geometry is not None and (source.link or source.kind in ("schools", "cells", "nodes", "towns")):
        located = _from_shapes(raw, source, fed)
    else:
        return None
    columns = tuple(c for n in given for c in source.columns[n].raw)
    for problem, why in PROBLEMS.items():
        rows = (located.problem == problem).fillna(False)
        if rows.any():
            fed.findings.append(Finding(rows, "latitude", f"location_{problem}", f"Location: {why}", columns))
    return located


def _text_of(raw: Raw, source: Source, name: str) -> pd.Series:
    first, *rest = texts(raw, source, name)
    for part in rest:
        first = first.fillna(part)
    return first


def _from_shapes(raw: Raw, source: Source, fed: Fed) -> Located:
    shapes = gpd.GeoSeries(raw.geometry)
    spread = ~shapes.geom_type.isin(["Point"]) & shapes.notna() & ~shapes.is_empty
    if spread.any():
        fed.notes.append(f"{raw.path.name}: {int(spread.sum()):,} shapes are no points; a point inside each was taken.")
        shapes = shapes.where(~spread, shapes.representative_point())
    latitude, longitude = (
        pd.Series([None if isnan(v) else repr(float(v)) for v in axis], index=shapes.index, dtype="str")
        for axis in (shapes.y, shapes.x)
    )
    return locate(latitude, longitude, source.repair)


def _location_notes(located: Located | None, source: Source) -> list[str]:
    if located is None:
        return []
    notes = []
    for name, times in located.repair.value_counts().items():
        notes.append(f"{source.name}: {times:,} locations made usable ({str(name).replace('_', ' ')}).")
    for problem, times in located.problem.value_counts().items():
        notes.append(f"{source.name}: {times:,} rows without a usable location: {PROBLEMS[str(problem)]}.")
    return notes


# --- the tables that come out -----------------------------------------------------------------------------------


def _finish(fed: Fed, located: Located | None, ids: Ids | None, source: Source) -> pd.DataFrame:
    frame = fed.frame.copy()
    if located is not None:
        frame["latitude"], frame["longitude"] = located.latitude, located.longitude
    if source.kind in ("cells", "coverage") and source.generation and "radio" not in source.columns:
        frame["radio"] = source.generation
    if source.kind == "tiles" and source.network and "network" not in source.columns:
        frame["network"] = source.network
    if source.kind in TABLE:
        frame = empty_columns(frame, TABLE[source.kind])
    frame = _with_evidence(frame, frame.columns, source.evidence, source.name, source.date)
    if ids is not None:
        frame.insert(0, "school_id", ids.school_id)
    if located is not None:
        frame["location_repair"], frame["coordinate_decimals"] = located.repair, located.decimals
    frame["source_row"] = pd.Series(frame.index, index=frame.index, dtype="Int64")
    return frame


def _with_evidence(frame: pd.DataFrame, fields: Iterable[str], evidence: str, name: str, date: str) -> pd.DataFrame:
    """The frame with evidence, source and date beside each field that has them: unknown where the value is."""
    columns: dict[str, pd.Series] = {}
    for column in frame.columns:
        columns.setdefault(column, frame[column])
        if column not in FIELDS or not companions(column) or column not in set(fields):
            continue
        known = frame[column].notna()
        for companion, value, otherwise in zip(
            companions(column), (evidence, name, date or None), (Evidence.UNKNOWN.value, None, None), strict=True
        ):
            columns[companion] = _either(known, value, otherwise)
    return pd.DataFrame(columns, index=frame.index)


def _either(known: pd.Series, yes: str | None, no: str | None) -> pd.Series:
    both = pd.Series([no, yes], dtype="str")
    return pd.Series(both.array.take(known.to_numpy(dtype="int64")), index=known.index)


def _rejected(raw: Raw, source: Source, ids: Ids | None, shown: Sequence[str]) -> pd.DataFrame:
    if ids is None and source.kind == "lines":
        return courseless(raw, source, shown)
    if ids is None or ids.accepted.all():
        return nothing(QUARANTINE)
    return set_aside(
        QUARANTINE,
        raw,
        source.name,
        ~ids.accepted,
        check=ids.check,
        severity=Severity.REJECT.value,
        reason=ids.reason,
        shown=shown,
    )


def _findings(raw: Raw, source: Source | Context, fed: Fed) -> pd.DataFrame:
    tables = [
        set_aside(
            QUARANTINE,
            raw,
            source.name,
            f.rows,
            check=f.check,
            severity=Severity.BLANK.value,
            reason=f.why,
            shown=f.columns,
        ).assign(column=f.field)
        for f in fed.findings
    ]
    return pd.concat(tables, ignore_index=True) if tables else nothing(QUARANTINE)
