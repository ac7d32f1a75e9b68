"""Look at an unknown register: what it is, what its columns may mean, what is wrong with its places; draft a recipe.

The draft is accepted by `read_recipe` and teaches as it goes: what was guessed and how sure that is, what a person has
to decide. Nothing of a personal column is shown, neither in the report nor in the draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from etl.draft import Draft, write_draft
from etl.guess import Guess, decimal_mark, guess, kind_of, levels_of
from etl.personal import drop_personal, personal_columns, refuse_learner_level
from etl.places import look_at_places
from etl.recipe import Reading
from etl.source import Raw, format_of, read_raw
from etl.values import numbers
from geodata.errors import SourceError

EXAMPLES = 3
LONGEST = 200  # characters of a value that is told
FEW = 60  # most distinct values of a column that are all told
HEADER_ROWS = 12  # how far down the column names are looked for


@dataclass(frozen=True)
class ColumnFinding:
    """One raw column: the field it may feed (None where nobody knows), how sure that is (0 to 1) and why; how many rows
    say something; distinct values; the range of its numbers; a few examples; `personal`, the reason it is dropped; and where
    there are few, all `values` with the rows that have them."""

    column: str
    field: str | None
    confidence: float
    why: str
    known: int
    unknown: int
    distinct: int
    least: float | None = None
    most: float | None = None
    examples: tuple[str, ...] = ()
    personal: str = ""
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Inspection:
    """`recipe_toml`: the draft. `report`: a finding for each column, in the file's order. `notes`: sentences about the
    whole file. `kind`: what kind of source it seems to be."""

    recipe_toml: str
    report: list[ColumnFinding]
    notes: list[str] = field(default_factory=list)
    kind: str = "schools"
    rows: int = 0


def inspect_file(path: Path | str, given: Reading | None = None) -> Inspection:
    """Inspect one file, read as `given` says where it does. Raises SourceError where it cannot be read, or is about learners."""
    path = Path(path)
    raw, reading = _read(path) if given is None else (read_raw(given, path.parent), given)
    raw = replace(raw, frame=raw.frame.drop(index=list(raw.faults)))
    refuse_learner_level(raw)
    personal = personal_columns(raw.frame)
    shapes = _shapes(raw)
    chosen, others = guess(raw.frame, personal)
    kind = kind_of(chosen, shapes)
    chosen, level_words = levels_of(raw.frame, chosen)
    report = [_finding(raw.frame[c], chosen, others, personal) for c in raw.frame.columns]
    clean = drop_personal(raw)
    places = look_at_places(clean, chosen, decimal_mark(clean.frame, [g.column for g in chosen]))
    notes = [*raw.notes, *_about(raw, shapes, kind, personal), *_doubts(chosen, kind), *places.notes]
    draft = Draft(clean, reading, kind, chosen, others, level_words, places, notes, _iso3(clean, chosen))
    return Inspection(write_draft(draft), report, notes, kind, len(raw))


def _read(path: Path) -> tuple[Raw, Reading]:
    """The file, with the column names looked for below titles where the first row is none."""
    form = format_of(path)
    tabular = form in ("csv", "xlsx", "xls", "ods")
    if form == "tif":
        raise SourceError(
            f"{path.name} is a raster: use it in a recipe as a source of kind population; there are no columns to look at."
        )
    first: SourceError | None = None
    for header_row in range(HEADER_ROWS if tabular else 1):
        reading = Reading.model_validate({"path": path.name, "header_row": header_row})
        try:
            raw = read_raw(reading, path.parent)
        except SourceError as error:
            first = first or error
            continue
        if not tabular or _good_header(raw.frame):
            return raw, reading
    if first is not None:
        raise first
    reading = Reading.model_validate({"path": path.name})
    raw = read_raw(reading, path.parent)
    if not _words_above(raw.frame):
        raise SourceError(
            f"{path.name} has no row of column names: its first row, {', '.join(map(str, raw.frame.columns[:5]))}, looks like "
            "data. Write the names of the columns above it (or it would be lost)."
        )
    return raw, reading


def _words_above(frame: pd.DataFrame) -> bool:
    """Whether at least half of the names are words or years."""
    plain = pd.Series([str(c) for c in frame.columns], dtype="str")
    values = numbers(plain).values
    return bool((values.isna() | values.between(1900, 2100)).mean() >= 0.5)


def _good_header(frame: pd.DataFrame) -> bool:
    names = [str(c) for c in frame.columns]
    unnamed = sum(name == f"column {i + 1}" for i, name in enumerate(names))
    figures = numbers(pd.Series(names, dtype="str")).values.notna().sum()
    return (unnamed + figures) / len(names) < 0.3


def _shapes(raw: Raw) -> str:
    if raw.geometry is None:
        return ""
    kinds = raw.geometry.geom_type.value_counts()
    return "polygon" if str(kinds.index[0]).endswith("Polygon") else "point"


def _finding(
    column: pd.Series, chosen: Sequence[Guess], others: Sequence[Guess], personal: dict[str, str]
) -> ColumnFinding:
    name = str(column.name)
    given = column.dropna()
    one = next((g for g in (*chosen, *others) if g.column == name), None)
    known, distinct = len(given), int(given.nunique())
    finding = ColumnFinding(name, None, 0.0, "no field known", known, len(column) - known, distinct)
    if name in personal:
        return replace(finding, why="personal data: dropped", personal=personal[name])
    figures = numbers(given).values.dropna()
    ends = (float(figures.min()), float(figures.max())) if len(figures) and len(figures) > 0.9 * known else (None, None)
    counts = given.value_counts()
    examples = tuple(v[:40] for v in counts.head(EXAMPLES).index)
    values = tuple((str(v), int(n)) for v, n in counts.items() if len(str(v)) <= LONGEST) if distinct <= FEW else ()
    finding = replace(finding, least=ends[0], most=ends[1], examples=examples, values=values)
    if one is None:
        return finding
    return replace(finding, field=one.field, confidence=round(one.confidence, 2), why=one.why)


def _about(raw: Raw, shapes: str, kind: str, personal: dict[str, str]) -> list[str]:
    notes = [
        f"{raw.path.name}: {len(raw):,} rows, {len(raw.frame.columns)} columns"
        + (f", {shapes}s" if shapes else "")
        + f"; it seems to hold {_WHAT[kind]}."
    ]
    if personal:
        notes.append(f"Personal data, which First Mile drops: {', '.join(f'{c} ({w})' for c, w in personal.items())}.")
    copies = int(raw.frame.duplicated().sum())
    return notes + ([f"{copies:,} rows are exact copies of another."] if copies else [])


def _doubts(chosen: Sequence[Guess], kind: str) -> list[str]:
    fields = {g.field for g in chosen}
    if kind == "schools" and not fields - {"latitude", "longitude", "school_name"} - {
        f for f in fields if f.startswith(("admin", "school_id"))
    }:
        return ["No column speaks of schools: is it a table about areas (then use [[context]] or [[boundary]])?"]
    return []


_WHAT = {
    "schools": "schools",
    "cells": "cell sites",
    "nodes": "transmission nodes",
    "coverage": "coverage areas",
    "tiles": "speed tiles",
    "boundary": "areas (boundaries)",
}


def _iso3(raw: Raw, chosen: Sequence[Guess]) -> str | None:
    column = next((g.column for g in chosen if g.field == "iso3"), None)
    if column is None:
        return None
    codes = raw.frame[column].dropna().unique()
    return (
        str(codes[0])
        if len(codes) == 1 and str(codes[0]).isalpha() and len(codes[0]) == 3 and str(codes[0]).isupper()
        else None
    )
