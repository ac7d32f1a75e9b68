"""The manifest of a build: where every column comes from, how rows were conserved, what was found and said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from etl.filehashes import hash_of, hashes_of
from etl.recipe import Passport, Reading, Recipe
from etl.source import find
from geodata.disclosure import non_commercial
from geodata.errors import SchemaError
from geodata.fields import FIELDS
from geodata.licences import clash
from geodata.tables import (
    BAND_COLUMNS,
    CHILDREN_COLUMNS,
    COMMITMENTS,
    CONTEXT_COLUMNS,
    GAP_COLUMNS,
    JOIN_COLUMNS,
    PREDICTED_COLUMNS,
    PRIORITY_COLUMNS,
    REACH,
    REGISTER,
)

ROOT = Path(__file__).resolve().parents[1]
# What gaps and scores may rest on; the bandwidth needed rests on the people nearby where learners are not known.
UNDER = (*REGISTER.columns, *CONTEXT_COLUMNS, "pop_within_1km")
KIND_COLUMNS = {
    "cells": tuple(c for c in JOIN_COLUMNS if c.startswith("nearest_")),
    "nodes": ("fiber_node_distance_m",),
    "lines": ("fiber_line_distance_m",),
    "coverage": tuple(c for c in JOIN_COLUMNS if c.endswith("_coverage") or c == "cellular_coverage_type"),
    "tiles": tuple(c for c in JOIN_COLUMNS if c.startswith("ookla_")),
    "population": tuple(c for c in JOIN_COLUMNS if c.startswith("pop_")),
    "measurements": ("download_speed_measured_mbps",),
    "wealth": ("wealth_percentile",),
    "settlement": ("settlement",),
}


def passport(
    item: Any, name: str, kind: str, sha256: str, rows: tuple[int, int, int, int], **more: Any
) -> dict[str, Any]:
    """What the manifest says of one file; `rows` are read, accepted, out of scope, rejected.

    Raises SchemaError where they do not add up: then a row was lost, which is a fault of the program.
    """
    read, accepted, out_of_scope, quarantined = rows
    if read != accepted + out_of_scope + quarantined:
        raise SchemaError(
            f"{name}: {read:,} rows read, but {accepted:,} accepted, {out_of_scope:,} out of scope and {quarantined:,} "
            "rejected do not add up to them. Please report this with the recipe: rows must never be lost."
        )
    counts = dict(zip(("rows_read", "rows_accepted", "rows_out_of_scope", "rows_quarantined"), rows, strict=True))
    stated = {key: getattr(item, key) for key in Passport.model_fields}
    return {"name": name, "path": item.path, "kind": kind, **stated, "sha256": sha256, **counts, **more}


def inputs(recipe: Recipe) -> list[Reading]:
    """Every file that the recipe names, in its order."""
    return [*recipe.source, *recipe.boundary, *recipe.context, *recipe.ages, *recipe.benchmark]


def build_id(recipe_path: Path, recipe: Recipe, data: Path, accepted: Path | None = None) -> str:
    """Hash of the inputs' bytes, the recipe's text, the alias files, the code and the accepted corrections; no clock time.

    Raises SourceError, with the nearest names, where a file is missing.
    """
    for item in inputs(recipe):
        find(item.path, data)
    files = hashes_of(recipe.model_dump(mode="json"), data, {})
    texts = [hashlib.sha256(recipe_path.read_bytes()).hexdigest(), *files, code_version()]
    if accepted is not None and accepted.is_file():
        texts.append(hash_of(accepted))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


@cache
def code_version() -> str:
    """Hash of the sources that decide what a build gives: geodata, etl, alias files; taken once, for loaded code stays."""
    digest = hashlib.sha256()
    files = [*(ROOT / "geodata").rglob("*.py"), *(ROOT / "etl").rglob("*.py"), *(ROOT / "etl/aliases").glob("*.csv")]
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def columns_of(recipe: Recipe) -> dict[str, dict[str, list[str]]]:
    """Column → the sources that feed it and their licences; a derived column inherits those of all it may rest on."""
    by: dict[str, list[Any]] = {}
    for source in recipe.source:
        if source.series or source.kind == "towns":
            continue
        # The columns of a layer are its own (a tower's latitude is no school's): it feeds what the joins make of it.
        own = source.columns if source.kind in ("schools", "attributes") else ()
        for column in (*own, *KIND_COLUMNS.get(source.kind, ())):
            by.setdefault(column, []).append(source)
    for context in recipe.context:
        extra = ("wealth_percentile",) if "poverty_share" in context.columns else ()
        for column in (*context.columns, *extra):
            by.setdefault(column, []).append(context)
    place = [s for s in recipe.source if s.kind == "schools" and not s.series]
    for column in (*(f"admin{n}{s}" for n in (1, 2, 3, 4) for s in ("", "_id")), "latitude", "longitude"):
        by.setdefault(column, []).extend(s for s in (*place, *recipe.boundary) if s not in by.get(column, []))
    under = [s for c in UNDER for s in by.get(c, [])]
    for column in GAP_COLUMNS:  # wealth, risk and settlement of the place make no gap
        by[column] = [s for c in UNDER if c not in ("settlement", *CONTEXT_COLUMNS) for s in by.get(c, [])]
    ways = [s for s in recipe.source if s.kind in ("population", "roads", "towns")]
    for column in ("people", *CHILDREN_COLUMNS):
        by[column] = [*ways, *recipe.ages, *(place if column.startswith("underserved") else ())]
    far = [s for s in recipe.source if s.kind in ("cells", "nodes", "lines", "roads", "terrain")]
    promised = [s for s in recipe.source if s.kind == "commitments"]
    by |= {c: [*place, *far] for c in REACH.columns[1:]} | {c: promised for c in COMMITMENTS.columns[1:6] if promised}
    # Predictions look at the joins, but at none whose licence would close the ranking; scores stand on predictions.
    around = [s for c in JOIN_COLUMNS for s in by.get(c, []) if not closes(s.licence, [i.licence for i in under])]
    for column in (*PRIORITY_COLUMNS, *BAND_COLUMNS, *PREDICTED_COLUMNS):
        by[column] = [*under, *around]
    return {c: {"sources": _names(s), "licences": _once(i.licence for i in s)} for c, s in by.items() if c in FIELDS}


def closes(licence: str, beside: Iterable[str]) -> bool:
    """Whether what rests on data under this licence, beside data under those, could not be handed out to everybody: it
    forbids commercial use, or cannot be combined with them."""
    return non_commercial(licence) or any(clash(licence, other) for other in dict.fromkeys(beside))


def _names(items: Iterable[Any]) -> list[str]:
    return _once(getattr(i, "name", None) or f"boundaries, level {i.level}" for i in items)


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(t for t in texts if t))


def attributions(recipe: Recipe) -> list[str]:
    """The sentences that licences ask to be shown, else publisher and title."""
    said = []
    for item in inputs(recipe):
        given = [t for t in (getattr(item, "publisher", ""), getattr(item, "title", "")) if t]
        said.append(getattr(item, "attribution", "") or ", ".join(given))
    return _once(said)


def refuse_lost_schools(sources: Iterable[dict[str, Any]], schools: pd.DataFrame) -> None:
    """Raises SchemaError unless the accepted rows of the registers are the schools of the layer, one each (a linked row is
    of a school that another row stands for)."""
    accepted = sum(s["rows_accepted"] - s.get("rows_linked", 0) for s in sources if s["kind"] == "schools")
    if accepted != len(schools):
        raise SchemaError(
            f"{accepted:,} rows of the registers were accepted, but the layer has {len(schools):,} schools. "
            "Please report this with the recipe: a join must never lose or multiply schools."
        )
