"""What others report of the whole country: `[[benchmark]]` tables as one layer, every row counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl.aside import set_aside, without_broken
from etl.feeds import require_columns
from etl.manifest import passport
from etl.recipe import Benchmark
from etl.source import Raw
from etl.values import clean, numbers
from etl.work import Work
from geodata.tables import BENCHMARKS, QUARANTINE, empty_columns
from geodata.vocabulary import EducationLevel, Severity

NEEDED = ("indicator", "year", "value")
# Column of the file → column of the layer.
COLUMNS = {
    "indicator": "indicator", "title": "title", "level": "education_level", "unit": "unit", "year": "date",
    "value": "value", "note": "note", "source_code": "source_code",
}  # fmt: skip
YEAR = r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?"


def read_benchmarks(work: Work) -> str:
    """The layer `benchmarks`, and what became of its rows; nothing where the recipe names none."""
    frames, rejected = [], []
    sources: list[dict[str, Any]] = []
    notes: list[str] = []
    for item in work.recipe.benchmark:
        raw = work.raw(item)
        frame, gone = benchmark_rows(raw, item)
        frames.append(frame)
        rejected.append(gone)
        rows = (len(raw), len(frame), 0, len(gone))
        sources.append(passport(item, item.name, "benchmark", raw.sha256, rows))
        notes += raw.notes
    work.keep_json("benchmarks.json", {"sources": sources, "notes": notes})
    if not frames:
        return "none given."
    work.keep("benchmarks.rejected", pd.concat(rejected, ignore_index=True))
    table = pd.concat(frames, ignore_index=True)
    order = ["indicator", "education_level", "source", "source_code"]
    work.write("benchmarks", table.sort_values(order, kind="stable", na_position="first", ignore_index=True))
    known = int(table["value"].notna().sum())
    return f"{known:,} figures from {len(frames)} tables, {len(table) - known:,} not reported."


def benchmark_rows(raw: Raw, item: Benchmark) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of one file in the layer's shape, and those that are rejected, in quarantine shape.

    Raises SchemaError where a needed column is missing. A value that is empty is not reported; one that is no number, or
    a share outside 0 to 100 %, a year that is none, and a figure that stands twice, are rejected.
    """
    require_columns(raw, {name: [name] for name in NEEDED}, item.name)
    readable, broken = without_broken(raw, item.name)
    texts = {n: clean(readable.frame[n]) if n in readable.frame else None for n in COLUMNS}
    blank = pd.Series(None, index=readable.frame.index, dtype="str")
    frame = pd.DataFrame({column: blank if texts[n] is None else texts[n] for n, column in COLUMNS.items()})
    value = numbers(frame["value"], item.decimal).values
    why = _why(frame, value)
    parts = [broken] if len(broken) else []
    for check in dict.fromkeys(why.dropna()):
        reason, shown = REASONS[check], list(readable.frame.columns)
        parts.append(set_aside(QUARANTINE, readable, item.name, why == check, check=check, severity=Severity.REJECT.value, reason=reason, shown=shown))  # fmt: skip
    kept = frame.assign(value=value, source=item.name)[why.isna()]
    rejected = pd.concat(parts, ignore_index=True) if parts else empty_columns(pd.DataFrame(), QUARANTINE)
    return empty_columns(kept, BENCHMARKS).reset_index(drop=True), rejected


REASONS: Mapping[str, str] = {
    "benchmark_without_indicator": "It does not say what it is a figure of.",
    "benchmark_value": "Its value is no number.",
    "benchmark_share": "Its value is a share outside 0 to 100 %.",
    "benchmark_year": "Its year is none.",
    "benchmark_level": "Its level of education is none that is known.",
    "benchmark_twice": "The same figure stands twice in the file.",
}


def _why(frame: pd.DataFrame, value: pd.Series) -> pd.Series:
    """The check that each row fails first; missing where it fails none."""
    out = pd.Series(None, index=frame.index, dtype="str")
    share = frame["unit"].fillna("").str.startswith("%")
    levels = [level.value for level in EducationLevel]
    tests: dict[str, Any] = {
        "benchmark_without_indicator": frame["indicator"].isna(),
        "benchmark_value": frame["value"].notna() & value.isna(),
        "benchmark_share": share & value.notna() & ~value.between(0, 100),
        "benchmark_year": frame["date"].notna() & ~frame["date"].fillna("").str.fullmatch(YEAR),
        "benchmark_level": frame["education_level"].notna() & ~frame["education_level"].isin(levels),
        "benchmark_twice": frame.duplicated(["indicator", "education_level", "source_code", "date"]),
    }
    for check, failed in tests.items():
        out = out.mask(out.isna() & failed.fillna(False).astype(bool), check)
    return out
