"""Rows of the table of changes between two builds, and the values that differ school by school."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.say import later
from geodata.spatial import floats
from geodata.tables import CONTEXT_COLUMNS, JOIN_COLUMNS, REGISTER

KINDS = ("new", "gone", "moved", "status", "value", "rank")
COLUMNS = ("kind", "school_id", "school_name", "area_id", "column", "before", "after", "why", "amount")
PLACE = ("latitude", "longitude")
# Columns whose changes are told school by school; those of joins and areas are only counted.
TOLD = tuple(c for c in REGISTER.columns if c not in (*PLACE, "school_status"))
COUNTED = (*TOLD, *CONTEXT_COLUMNS, *JOIN_COLUMNS)
COMPARED = ("school_id", *PLACE, "school_status", *COUNTED)
NOT_REPORTED = later("not reported")
SAID = ("school_name", *(f"admin{level}_id" for level in (4, 3, 2, 1)))  # what a row tells of its school


def rows_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A table of changes from its rows; empty where there are none."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({c: "float64" if c == "amount" else "str" for c in COLUMNS})


def said_of(schools: pd.DataFrame) -> pd.DataFrame:
    """What a row of changes tells of a school, on the same index: a few columns, so that choosing rows is quick."""
    return schools[[c for c in SAID if c in schools]]


def changed(kind: str, frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Rows of one kind for these schools; what is not given is empty."""
    name = frame["school_name"] if "school_name" in frame else pd.Series("", index=frame.index)
    out = pd.DataFrame(
        {"kind": kind, "school_id": frame.index, "school_name": name, "area_id": _area(frame)}, index=frame.index
    )
    for column in COLUMNS[4:]:
        out[column] = columns.get(column, np.nan if column == "amount" else "")
    texts = [c for c in COLUMNS if c != "amount"]
    out[texts] = out[texts].astype("str").fillna("")
    return out.astype({"amount": "float64"}).reset_index(drop=True)


def _area(frame: pd.DataFrame) -> pd.Series:
    """The finest area that is known of each school."""
    out = pd.Series(None, index=frame.index, dtype="str")
    for level in (4, 3, 2, 1):
        if f"admin{level}_id" in frame:
            out = out.fillna(frame[f"admin{level}_id"].astype("str"))
    return out.fillna("")


def values(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """Values that differ, school by school, and counted by column: reported now, no longer reported, changed."""
    both = old.index.intersection(new.index)
    names = [c for c in (*COUNTED, "school_status") if c in old and c in new]
    a, b, about = old.loc[both, names], new.loc[both, names], said_of(new).loc[both]
    reported = a.notna().any() | b.notna().any()
    parts, counts = [], {}
    for column in (c for c in names if reported[c]):
        differ = _differ(a[column], b[column])
        if not differ.any():
            continue
        known = a[column].notna().to_numpy(), b[column].notna().to_numpy()
        counts[column] = {
            "reported": int((differ & ~known[0]).sum()), "no_longer": int((differ & ~known[1]).sum()),
            "changed": int((differ & known[0] & known[1]).sum()),
        }  # fmt: skip
        if column in TOLD or column == "school_status":
            kind = "status" if column == "school_status" else "value"
            was, now = (_texts(f.loc[differ, column]) for f in (a, b))
            parts.append(changed(kind, about[differ], column=column, before=was, after=now))
    return pd.concat(parts or [rows_of([])], ignore_index=True), counts


def _differ(a: pd.Series, b: pd.Series) -> npt.NDArray[np.bool_]:
    """Where two columns differ; not reported is a value like any other."""
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):  # yes and no among them
        x, y = floats(a), floats(b)
        return np.asarray(~((x == y) | (np.isnan(x) & np.isnan(y))), dtype=bool)
    known = a.notna().to_numpy(), b.notna().to_numpy()
    same = (a.astype("object") == b.astype("object")).to_numpy(dtype=bool, na_value=False)
    return np.asarray(np.where(known[0] & known[1], ~same, known[0] != known[1]), dtype=bool)


def _texts(column: pd.Series) -> list[str]:
    return [text_of(value) for value in column.astype("object").where(column.notna(), None)]


def text_of(value: Any) -> str:
    """A value as text; what is not reported says so."""
    if value is None:
        return NOT_REPORTED
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
