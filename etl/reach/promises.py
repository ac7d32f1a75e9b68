"""What funders have promised: rows of `kind = "commitments"` joined to schools by the register's id.

A row whose school nobody knows, or whose dates are none, is rejected with its reason: a promise that cannot be placed
must not silently free a school to be funded twice, nor bind the wrong one.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from etl.merge import KEYS, QUARANTINE, Table, rejected
from etl.values import per_value
from geodata.errors import LinkError
from geodata.tables import COMMITMENTS, empty_columns

LENGTHS = {4: "-01-01", 7: "-01", 10: ""}  # a year, a month, a day


def promises(table: Table, schools: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of COMMITMENTS, and the rejected rows in quarantine shape. `schools` has `school_id` and the register's ids.

    Raises LinkError where the source names no id to join by.
    """
    source, frame = table.source, table.frame
    key = next((k for k in KEYS if k in source.columns), None)
    if key is None:
        raise LinkError(f"Source {source.name!r} (commitments) has no {' or '.join(KEYS)} in [source.columns].")
    ids = schools.dropna(subset=[key]).drop_duplicates(key).set_index(key)["school_id"]
    start, end = (_dates(frame, name) for name in ("from_date", "until_date"))
    why = _why(frame[key], ids, start, end)
    bad = why["check"].notna()
    parts = [
        rejected(table, frame.loc[rows.index, "source_row"], str(check), list(rows["reason"]))
        for check, rows in why[bad].groupby("check")
    ]
    every = frame.assign(from_date=start["text"], until_date=end["text"], source=source.name)
    kept = every.assign(school_id=frame[key].map(ids), row=frame["source_row"])[~bad]
    out = empty_columns(kept[[c for c in COMMITMENTS.columns if c in kept]], COMMITMENTS)
    gone = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(QUARANTINE))
    return out, gone


def _dates(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """`text` as it is kept (a year, month or day), `first` and `wrong`: whether it is a date that there never was."""
    given = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="str")
    text = given.str.replace(r"[ T]00:00(:00(\.0+)?)?$", "", regex=True).str.strip()
    first = per_value(text, _first_day, "str")
    return pd.DataFrame({"text": text, "first": first, "wrong": text.notna() & first.isna()}, index=frame.index)


def _first_day(text: str) -> str | None:
    try:
        return date.fromisoformat(text + LENGTHS[len(text)]).isoformat()
    except (KeyError, ValueError):
        return None


def _why(key: pd.Series, ids: pd.Series, start: pd.DataFrame, end: pd.DataFrame) -> pd.DataFrame:
    """Check and reason of what is wrong with each row, missing where nothing is."""
    out = pd.DataFrame({"check": None, "reason": None}, index=key.index, dtype="str")
    backwards = start["first"].notna() & end["first"].notna() & _before(end, start)
    tests = (
        (backwards, "promise_dates", "It ends before it begins."),
        (end["wrong"], "promise_dates", "The day until which it holds is no date; give YYYY, YYYY-MM or YYYY-MM-DD."),
        (start["wrong"], "promise_dates", "The day from which it holds is no date; give YYYY, YYYY-MM or YYYY-MM-DD."),
        (~key.isin(ids.index), "no_such_school", ""),
    )
    for failed, check, reason in tests:  # what is said is the last that holds: without a school nothing else matters
        out.loc[failed, "check"] = check
        out.loc[failed, "reason"] = reason or [
            f"No school of the register has the id {i!r}." if isinstance(i, str) else "It names no school."
            for i in key[failed]
        ]
    return out


def _before(end: pd.DataFrame, start: pd.DataFrame) -> pd.Series:
    """Whether an end lies before its start, each read as coarsely as the coarser of the two is given: 2026 to 2026 is well."""
    length = pd.concat([end["text"].str.len(), start["text"].str.len()], axis=1).min(axis=1).fillna(0).astype(int)
    return pd.Series(
        [
            isinstance(e, str) and isinstance(s, str) and e[:n] < s[:n]
            for e, s, n in zip(end["first"], start["first"], length, strict=True)
        ],
        index=end.index,
        dtype="bool",
    )
