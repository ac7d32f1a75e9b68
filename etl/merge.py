"""Several sources, one row a school: registers one below the other, attributes joined by the school's id.

No join loses or multiplies schools. A value that two sources give differently is kept twice: the winner in the schools
layer, by evidence (measured > reported > inferred), then by the recipe's `priority`, then by the recipe's order; the
other in `conflicts.parquet`, with the name of the rule that chose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.linking.bring import bring, filled_ids, filled_places, only_unknown, out_of_scope_rows
from etl.linking.review import Decisions
from etl.recipe import Source
from geodata.errors import LinkError
from geodata.fields import FIELDS, companions
from geodata.tables import REGISTER
from geodata.vocabulary import Evidence, Severity

STRENGTH = {str(e): n for n, e in enumerate(Evidence)}
KEYS = ("school_id_govt", "school_id_giga")
CONFLICT = ("school_id", "column", "kept", "kept_source", "other", "other_source", "rule")
QUARANTINE = ("source", "row", "check", "severity", "reason", "raw")


@dataclass
class Table:
    """One source's rows after harmonising: `frame` (with `source_row`) and the original values of its rows, as text."""

    source: Source
    frame: pd.DataFrame
    raw: pd.DataFrame


@dataclass
class Merged:
    """All sources as one frame; the rows that found no place in it; the values on which sources disagree."""

    frame: pd.DataFrame
    rejected: list[pd.DataFrame] = field(default_factory=list)
    conflicts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CONFLICT)))
    notes: list[str] = field(default_factory=list)
    out_of_scope: list[pd.DataFrame] = field(default_factory=list)
    links: list[pd.DataFrame] = field(default_factory=list)


def merge(tables: Sequence[Table], decisions: Mapping[str, Decisions] | None = None) -> Merged:
    """Registers and attributes as one row a school, with `school_id`, `source_name` and `source_row`.

    `decisions`: a person's on links, by source. Raises LinkError where an attribute source names no id to join by.
    """
    registers = [with_ids(t) for t in tables if t.source.kind == "schools" and t.source.link is None]
    merged = Merged(_stacked(registers))
    _reject_repeated(merged, registers)
    ranks = {t.source.name: (t.source.priority, n) for n, t in enumerate(tables)}
    conflicts = []
    for table in tables:
        if table.source.link is not None:
            conflicts.append(_linked(merged, with_ids(table), ranks, (decisions or {}).get(table.source.name)))
        elif table.source.kind == "attributes":
            conflicts.append(_join(merged, table, ranks))
    if conflicts:
        merged.conflicts = pd.concat(conflicts, ignore_index=True)
        merged.notes.append(f"{len(merged.conflicts):,} values on which two sources disagree; both are kept.")
    return merged


def with_ids(table: Table) -> Table:
    """The table with `school_id`: the ministry's id, else Giga's, else one made of source and row."""
    frame = table.frame.copy()
    made: Any = table.source.name + "-" + frame["source_row"].astype("str")
    ids: Any = (
        frame["school_id"].astype("str") if "school_id" in frame else pd.Series(np.nan, index=frame.index, dtype="str")
    )
    for key in KEYS:
        if key in frame:
            ids = ids.fillna(frame[key].astype("str"))
    frame["school_id"] = ids.fillna(made)
    frame["source_name"] = pd.Series(table.source.name, index=frame.index, dtype="str")
    return Table(table.source, frame, table.raw)


def _stacked(registers: Sequence[Table]) -> pd.DataFrame:
    frames = [t.frame for t in registers]
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)


def _reject_repeated(merged: Merged, registers: Sequence[Table]) -> None:
    """An id that stands in an earlier register already: the later row goes to the rejected rows."""
    frame = merged.frame
    again = frame["school_id"].duplicated(keep="first")
    if not again.any():
        return
    first = frame[~again].set_index("school_id")["source_name"]
    for table in registers:
        rows = frame[again & (frame["source_name"] == table.source.name)]
        reasons = [f"Its id {i!r} stands already in {first[i]}." for i in rows["school_id"]]
        merged.rejected.append(rejected(table, rows["source_row"], "repeated_id", reasons))
    merged.frame = frame[~again].reset_index(drop=True)


def rejected(table: Table, rows: pd.Series, check: str, reasons: Sequence[str]) -> pd.DataFrame:
    """Rows for the rejected rows, with their original values as JSON."""
    return pd.DataFrame(
        {
            "source": table.source.name, "row": rows.to_numpy(), "check": check,
            "severity": str(Severity.REJECT), "reason": list(reasons), "raw": _originals(table, rows),
        }, columns=list(QUARANTINE),
    )  # fmt: skip


def _originals(table: Table, rows: pd.Series) -> list[str]:
    return [
        json.dumps({k: v for k, v in record.items() if isinstance(v, str)}, ensure_ascii=False)
        for record in table.raw.reindex(rows.to_numpy()).to_dict("records")
    ]


def _linked(
    merged: Merged, table: Table, ranks: dict[str, tuple[int, int]], decisions: Decisions | None
) -> pd.DataFrame:
    """Brings a linked source to its schools (`[source.link]`); returns the conflicts."""
    source = table.source
    assert source.link is not None
    found = bring(merged.frame, table.frame, source.name, source.link, decisions)
    for rows, check, reason in found.rejected:
        merged.rejected.append(rejected(table, rows, check, [reason] * len(rows)))
    for rows, reason in found.out_of_scope:
        merged.out_of_scope.append(out_of_scope_rows(source.name, rows, reason, _originals(table, rows)))
    merged.links.append(found.links)
    merged.notes += found.notes
    here = _first_of_each(merged, table, found.frame) if source.aggregate == "none" else found.frame
    ids, conflicts = filled_ids(merged.frame, here, source.name)
    merged.frame = merged.frame.assign(**ids, **filled_places(merged.frame, here))
    values = only_unknown(merged.frame, aggregated(here, source))
    differ = [_combine(merged, values, c, source, ranks) for c in fed(source) if c in values]
    if len(found.added):
        merged.frame = pd.concat([merged.frame, found.added], ignore_index=True)
    return pd.concat([*differ, pd.DataFrame(conflicts, columns=list(CONFLICT))], ignore_index=True)


def _join(merged: Merged, table: Table, ranks: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Brings one attribute source to its schools; returns the conflicts."""
    source, frame = table.source, table.frame
    key = next((k for k in KEYS if k in source.columns), None)
    if key is None:
        raise LinkError(
            f"Source {source.name!r} (attributes) has no {' or '.join(KEYS)} in [source.columns]: name the raw column with the school's id."
        )
    position = pd.Series(merged.frame.index, index=merged.frame[key].astype("str"))
    position = position[position.index.notna()]
    at = frame[key].astype("str").map(position[~position.index.duplicated()])
    if at.isna().any():
        lost = frame.loc[at.isna()]
        reasons = [_lost_reason(i) for i in lost[key]]
        merged.rejected.append(rejected(table, lost["source_row"], "no_such_school", reasons))
        merged.notes.append(f"{source.name}: {len(lost):,} rows are of no school in the register.")
    here = frame[at.notna()].assign(_at=at.dropna().astype("int64"))
    if source.aggregate == "none":
        here = _first_of_each(merged, table, here)
    values = aggregated(here, source)
    conflicts = [_combine(merged, values, column, source, ranks) for column in fed(source)]
    merged.notes.append(f"{source.name}: values for {len(values):,} of {len(merged.frame):,} schools.")
    return pd.concat(conflicts, ignore_index=True) if conflicts else merged.conflicts


def _lost_reason(value: object) -> str:
    return f"No school of the register has the id {value!r}." if isinstance(value, str) else "It names no school."


def _first_of_each(merged: Merged, table: Table, here: pd.DataFrame) -> pd.DataFrame:
    again = here["_at"].duplicated()
    if again.any():
        reasons = ['The school stands in an earlier row of this source already (set aggregate = "sum" to add rows up).']
        rows = here.loc[again, "source_row"]
        merged.rejected.append(rejected(table, rows, "repeated_id", reasons * len(rows)))
    return here[~again]


def fed(source: Source) -> list[str]:
    """The fields that an attribute source feeds, in the fields' order, without the ids."""
    return [c for c in REGISTER.columns if c in source.columns and c not in KEYS]


def aggregated(here: pd.DataFrame, source: Source) -> pd.DataFrame:
    """One row a school (index: its position), its rows added up or counted as the source says.

    A sum is unknown where a part of it is: the known rows alone would say too little. Yes/no columns: any yes, three-valued.
    """
    columns = fed(source)
    beside = [c for column in columns for c in companions(column) if c in here]
    groups = here.groupby("_at", sort=True)
    if source.aggregate == "none" or not columns:
        return here.set_index("_at")[[*columns, *beside]].sort_index()
    out = {name: groups[name].first() for name in beside}
    for name in columns:
        kind = FIELDS[name].kind
        if source.aggregate == "count" and kind == "count":
            out[name] = rows_with(groups[name].count())
        elif kind in ("count", "number"):
            out[name] = groups[name].sum(min_count=1).mask(groups[name].count() < groups.size())
        elif kind == "yesno":
            yes, known, rows = groups[name].sum(), groups[name].count(), groups.size()
            out[name] = (yes > 0).astype("boolean").mask((yes == 0) & (known < rows))
        else:
            out[name] = groups[name].first()
    for name in columns:
        if f"{name}_evidence" in out:
            out[f"{name}_evidence"] = out[f"{name}_evidence"].mask(out[name].isna(), str(Evidence.UNKNOWN))
    return pd.DataFrame(out)


def rows_with(counts: pd.Series) -> pd.Series:
    """Counted rows; none counted is unknown, never 0."""
    return counts.astype("Int64").mask(counts == 0)


def _combine(
    merged: Merged, values: pd.DataFrame, column: str, source: Source, ranks: dict[str, tuple[int, int]]
) -> pd.DataFrame:
    """Fills unknown values, and where both know and differ keeps the stronger; returns the conflicts."""
    frame = merged.frame
    if column not in frame:
        frame[column] = pd.Series(pd.NA, index=frame.index, dtype=object).astype(values[column].dtype)
    new = values[column].reindex(frame.index)
    old = frame[column]
    differ = old.notna() & new.notna() & ~_equal(old, new)
    wins = pd.Series(False, index=frame.index)
    rows = []
    for position in frame.index[differ]:
        kept_source = _source_of(frame, column, position)
        won, rule = _stronger(frame, values, column, position, kept_source=kept_source, source=source, ranks=ranks)
        wins[position] = won
        pair = [(str(old[position]), kept_source), (str(new[position]), source.name)]
        (kept, by), (other, other_by) = reversed(pair) if won else pair
        rows.append((frame.at[position, "school_id"], column, kept, by, other, other_by, rule))
    agree = old.notna() & new.notna() & ~differ
    take = (old.isna() & new.notna()) | wins | (agree & _better_known(frame, values, column, source))
    frame[column] = old.mask(take, new)
    for name in companions(column):
        beside = values[name].reindex(frame.index) if name in values else pd.Series(pd.NA, index=frame.index)
        before = frame[name] if name in frame else pd.Series(pd.NA, index=frame.index)
        frame[name] = before.astype("str").mask(take, beside.astype("str"))
    merged.frame = frame.copy()
    return pd.DataFrame(rows, columns=list(CONFLICT))


def _equal(old: pd.Series, new: pd.Series) -> pd.Series:
    if old.dtype == "float64":
        return pd.Series(np.isclose(old, new.astype("float64"), rtol=1e-9, atol=1e-9), index=old.index)
    return (old == new).fillna(False).astype(bool)


def _better_known(frame: pd.DataFrame, values: pd.DataFrame, column: str, source: Source) -> pd.Series:
    """Where the newcomer's evidence is stronger than that which stands."""
    name = f"{column}_evidence"
    weakest = len(STRENGTH)
    old, new = (
        (table[name].reindex(frame.index) if name in table else pd.Series(source.evidence, index=frame.index))
        .astype("object")
        .map(STRENGTH)
        .fillna(weakest)
        for table in (frame, values)
    )
    return new < old


def _source_of(frame: pd.DataFrame, column: str, position: int) -> str:
    name = f"{column}_source"
    given = frame.at[position, name] if name in frame else None
    return given if isinstance(given, str) else str(frame.at[position, "source_name"])


def _stronger(
    frame: pd.DataFrame, values: pd.DataFrame, column: str, position: int, *, kept_source: str, source: Source,
    ranks: dict[str, tuple[int, int]],
) -> tuple[bool, str]:  # fmt: skip
    """Whether the newcomer wins, and by which rule."""
    name = f"{column}_evidence"
    old = STRENGTH.get(str(frame.at[position, name]) if name in frame else source.evidence, len(STRENGTH))
    new = STRENGTH.get(str(values.at[position, name]) if name in values else source.evidence, len(STRENGTH))
    if old != new:
        return new < old, "stronger evidence"
    before, after = ranks.get(kept_source, (100, 0)), ranks[source.name]
    if before[0] != after[0]:
        return after[0] < before[0], "the recipe's priority"
    return False, "the recipe's order"
