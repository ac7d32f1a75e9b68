"""A recipe tried without writing anything: rows as they would be read, what would be rejected and why, what would change.

Only the registers are read: nothing is joined, checked against its surroundings or scored. What a whole build would
find besides, it finds when it is built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from etl.harmonise import Harmonised, harmonise
from etl.linking.review import Decisions, read_decisions
from etl.merge import Merged, Table, merge
from etl.personal import personal_columns
from etl.recipe import Recipe, Source
from etl.source import read_raw
from geodata.changerows import COMPARED, COUNTED, values
from geodata.changes import moved
from geodata.errors import FirstMileError
from geodata.fields import FIELDS
from geodata.layers import Atlas, open_atlas
from geodata.policy import POLICY

ROWS = 12  # rows shown as they would be read
REASONS = 40  # reasons, of each kind, that are told
LOST = 40  # words that no alias knows, of each field
REGISTERS = ("schools", "attributes")
Tell = Callable[[str], None]


def try_recipe(recipe: Recipe, data: Path, against: Path | None = None, tell: Tell = lambda _: None) -> dict[str, Any]:
    """What a build would make of the registers, as plain values fit for JSON; the counts are of rows.

    `against` is built data to compare with. Raises a FirstMileError where the recipe does not fit its files.
    """
    tables: list[Table] = []
    sources: list[dict[str, Any]] = []
    for source in recipe.source:
        if source.kind not in REGISTERS or source.series:
            continue
        tell(f"Reading {source.name}")
        table, about = _read(source, data)
        tables.append(table)
        sources.append(about)
    tell("Bringing the sources together")
    merged = merge(tables, _decisions(recipe, data))
    for table, about in zip(tables, sources, strict=True):
        _aside_later(merged, table, about)
    found = {"place": recipe.place.name, "sources": sources, "schools": len(merged.frame), "notes": merged.notes}
    found |= {"located": _located(merged.frame), "rows": _rows(merged.frame, tables), "changes": None}
    if against is not None:
        tell("Comparing with the data as they stand")
        found["changes"] = _changes(merged.frame, against, recipe)
    return found


def _read(source: Source, data: Path) -> tuple[Table, dict[str, Any]]:
    raw = read_raw(source, data)
    read = harmonise(raw, source)
    personal = personal_columns(raw.frame)
    table = Table(source, read.frame, raw.frame.loc[read.frame.index, [c for c in raw.frame if c not in personal]])
    given = {f: int(read.frame[f].notna().sum()) for f in source.columns if f in read.frame}
    about = {
        "name": source.name, "kind": source.kind, "read": len(raw), "accepted": len(read.frame),
        "out_of_scope": _reasons(read.out_of_scope), "rejected": _reasons(read.rejected), "unknown": _findings(read),
        "unmapped": _unmapped(read), "given": given, "notes": read.notes, "personal": sorted(personal),
    }  # fmt: skip
    return table, about


def _reasons(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Reason → rows, the most frequent first; rare ones beyond the most are one line."""
    counts = [(str(reason), int(n)) for reason, n in table["reason"].value_counts().items()] if len(table) else []
    rest = sum(n for _, n in counts[REASONS:])
    return [*counts[:REASONS], *([("for other reasons", rest)] if rest else [])]


def _findings(read: Harmonised) -> list[tuple[str, str, int]]:
    """Field, why a value of it became unknown, rows."""
    if not len(read.findings):
        return []
    counts = Counter(zip(read.findings["column"].astype("str"), read.findings["reason"].astype("str"), strict=True))
    return [(field, reason, n) for (field, reason), n in counts.most_common(REASONS)]


def _unmapped(read: Harmonised) -> dict[str, list[tuple[str, int]]]:
    ordered = {f: sorted(lost.items(), key=lambda item: (-item[1], item[0])) for f, lost in read.unmapped.items()}
    return {field: lost[:LOST] for field, lost in ordered.items() if lost}


def _decisions(recipe: Recipe, data: Path) -> dict[str, Decisions]:
    linked = [s for s in recipe.source if s.link is not None and s.link.review and (data / s.link.review).is_file()]
    return {s.name: read_decisions(data / str(s.link.review)) for s in linked if s.link is not None}


def _aside_later(merged: Merged, table: Table, about: dict[str, Any]) -> None:
    """Rows that left when the sources were brought together: repeated ids, rows without a school."""
    for name, parts in (("rejected", merged.rejected), ("out_of_scope", merged.out_of_scope)):
        mine = [part[part["source"] == table.source.name] for part in parts if len(part)]
        if mine and (gone := pd.concat(mine)).shape[0]:
            about[name] = [*about[name], *_reasons(gone)]
            about["accepted"] -= len(gone)


def _located(frame: pd.DataFrame) -> int:
    if not {"latitude", "longitude"} <= set(frame):
        return 0
    return int((frame["latitude"].notna() & frame["longitude"].notna()).sum())


def _rows(frame: pd.DataFrame, tables: Sequence[Table]) -> dict[str, Any]:
    """The first rows in the fields that are fed, as texts; None where a value is not known."""
    fed = dict.fromkeys(f for t in tables for f in t.source.columns)
    fields = ["school_id", *(f for f in fed if f in frame and f in FIELDS)]
    top = frame[fields].head(ROWS)
    said = {True: "yes", False: "no"}
    rows = [[None if pd.isna(v) else said[v] if isinstance(v, bool) else str(v) for v in row] for row in top.astype(object).to_numpy()]  # fmt: skip
    return {"fields": fields, "rows": rows}


# --- against the data as they stand -------------------------------------------------------------------------------


def _changes(frame: pd.DataFrame, against: Path, recipe: Recipe) -> dict[str, Any]:
    """How many schools would be new, gone, moved, or tell something else; the first few of each by name."""
    atlas = open_atlas(against)
    old = _before(atlas)
    policy = POLICY.with_values(recipe.policy)
    before, after = (f.set_index(f["school_id"].astype("str").to_numpy(), drop=False) for f in (old, frame))
    came, went = (a.index.difference(b.index) for a, b in ((after, before), (before, after)))
    shared = [c for c in COUNTED if c in before and c in after and after[c].notna().any()]
    told = [*shared, *(["school_status"] if {"school_status"} <= set(before) & set(after) else [])]
    table, counts = values(before[told], after[told])
    return {
        "name": atlas.name, "version": atlas.version, "before": len(before),
        "new": len(came), "gone": len(went), "moved": len(moved(old, frame, policy)), "values": counts,
        "status": int((table["kind"] == "status").sum()) if len(table) else 0,
        "schools_told_otherwise": int(table["school_id"].nunique()) if len(table) else 0,
        "first_new": _named(after, came), "first_gone": _named(before, went),
    }  # fmt: skip


def _before(atlas: Atlas) -> pd.DataFrame:
    wanted = ["school_name", *COMPARED]
    there = set(pq.read_schema(atlas.file("schools")).names)
    try:
        return pd.read_parquet(atlas.file("schools"), columns=[c for c in dict.fromkeys(wanted) if c in there])
    except (OSError, ValueError) as error:
        raise FirstMileError(f"The data as they stand cannot be read ({error}).") from error


def _named(frame: pd.DataFrame, ids: pd.Index) -> list[tuple[str, str]]:
    some = frame.loc[sorted(ids)[:ROWS]]
    names = some["school_name"].fillna("") if "school_name" in some else pd.Series("", index=some.index)
    return [(str(i), str(n)) for i, n in names.items()]
