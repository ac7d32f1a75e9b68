"""Rows that are set aside, with their reason and what they said: rejected ones, those out of scope, values not usable."""

from __future__ import annotations

import json
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from etl.recipe import Source
from etl.source import Raw
from geodata.errors import SchemaError
from geodata.tables import QUARANTINE, Table, empty_columns
from geodata.vocabulary import Severity


def without_broken(raw: Raw, name: str) -> tuple[Raw, pd.DataFrame]:
    """The rows that can be read, and the others as rejected ones (of which nothing is shown: their cells may be displaced,
    so that nobody knows which of them are personal)."""
    broken = pd.Series(raw.frame.index.isin(list(raw.faults)), index=raw.frame.index)
    if not broken.any():
        return raw, nothing(QUARANTINE)
    why = pd.Series({row: text[:1].upper() + text[1:] + "." for row, text in raw.faults.items()}, dtype="str")
    reason = why.reindex(raw.frame.index)
    severity = Severity.REJECT.value
    table = set_aside(QUARANTINE, raw, name, broken, check="broken_row", severity=severity, reason=reason, shown=())
    return rows_of(raw, ~broken), table


def without_course(raw: Raw, source: Source) -> pd.Series:
    """Rows of a file of lines that are none: points, polygons, nothing. Of another file, no row."""
    if source.kind != "lines":
        return pd.Series(False, index=raw.frame.index)
    if raw.geometry is None:
        raise SchemaError(f"{raw.path.name} (source {source.name!r}) holds no lines: give a file with geometry.")
    lines: pd.Series = gpd.GeoSeries(raw.geometry).geom_type.isin(["LineString", "MultiLineString"])
    return ~lines


def courseless(raw: Raw, source: Source, shown: Sequence[str]) -> pd.DataFrame:
    """The rows without a course, as rejected ones."""
    said = {"check": "no_course", "severity": Severity.REJECT.value, "reason": "It has no line that could be drawn."}
    return set_aside(QUARANTINE, raw, source.name, without_course(raw, source), shown=shown, **said)


def set_aside(
    table: Table, raw: Raw, name: str, rows: pd.Series, *, shown: Sequence[str], **columns: pd.Series | str
) -> pd.DataFrame:
    """Chosen rows in quarantine or out-of-scope shape, their original values as JSON (only the columns in `shown`)."""
    chosen = raw.frame.loc[rows, [c for c in dict.fromkeys(shown) if c in raw.frame]]
    out = pd.DataFrame({"source": name, "row": chosen.index}, index=chosen.index)
    for column, value in columns.items():
        out[column] = value[rows] if isinstance(value, pd.Series) else value
    out["raw"] = _as_json(chosen)
    return empty_columns(out, table).reset_index(drop=True)


def _as_json(frame: pd.DataFrame) -> list[str]:
    names = [str(c) for c in frame.columns]
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [
        json.dumps({n: v for n, v in zip(names, row, strict=True) if v is not None}, ensure_ascii=False) for row in rows
    ]


def nothing(table: Table) -> pd.DataFrame:
    """No row, every column of the table."""
    return empty_columns(pd.DataFrame(index=pd.RangeIndex(0)), table)


def rows_of(raw: Raw, inside: pd.Series) -> Raw:
    """The rows that can be read and are chosen."""
    if inside.all():
        return raw
    geometry = None if raw.geometry is None else raw.geometry[inside]
    return Raw(raw.frame[inside], geometry, raw.sha256, raw.path, raw.notes)
