"""Speed tests of schools: the measured speed of each school's recent days, and medians month by month.

A source of kind measurements has one row a test, or a row a day with the median of its tests. Tests of one way of
testing are never mixed with those of another (NDT5 up to version 1 of Giga Meter's app, NDT7 from version 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from etl.merge import KEYS, QUARANTINE, Table, rejected
from etl.recipe import Feed
from geodata.errors import LinkError
from geodata.policy import Policy
from geodata.tables import SERIES, empty_columns
from geodata.vocabulary import Evidence

SPEED = "download_speed_measured_mbps"
OLD = "ndt5"
BY_METHOD = {OLD: f"{SPEED}_ndt5"}  # the indicator of each way of testing; the usual one for all others
PREFERRED = ("ndt7", "", OLD)


@dataclass(frozen=True)
class Measured:
    """`table`: one row a school with its measured speed, to be merged as attributes (None where no school has enough
    tests); `rejected`: rows of no school of the register; `months`: key, month, way of testing, value, tests, failed."""

    table: Table | None
    rejected: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(QUARANTINE)))
    months: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()


def measured(table: Table, registers: Sequence[Table], policy: Policy) -> Measured:
    """A source of measurements held against the registers. Raises LinkError where it names no id to join by."""
    source = table.source
    key = next((k for k in reversed(KEYS) if k in source.columns), None)
    if key is None:
        raise LinkError(f"Source {source.name!r} (measurements) has no {' or '.join(KEYS)} in [source.columns].")
    ids = {i for t in registers if t.source.kind == "schools" and key in t.frame for i in t.frame[key].dropna()}
    tests = _tests(table.frame, key)
    lost = tests[~tests[key].isin(ids)]
    reasons = [
        f"No school of the register has the id {i!r}." if isinstance(i, str) else "It names no school."
        for i in lost[key]
    ]
    out = rejected(table, lost["source_row"], "no_such_school", reasons)
    here = tests.drop(index=lost.index)
    speeds, notes = _recent(here[here["day"].notna()], key, policy)
    months = _months(here[here["day"].notna()], key)
    return Measured(_attributes(table, speeds, key), out, months, (f"{source.name}: {notes}",))


def _tests(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Days, ways of testing and numbers of tests; a row without a number of tests is one test."""
    day = pd.to_datetime(frame["measured_on"].str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    value = frame["test_download_mbps"].astype("float64")
    value = value.mask(value <= 0)
    count = frame["tests"].astype("Int64").fillna(1).mask(value.isna(), 0).astype("int64")
    failed = frame["tests_failed"].astype("Int64")
    failed = failed.fillna((value.isna() & frame["tests_failed"].isna()).astype("Int64")).astype("int64")
    method = frame["test_method"].fillna("").str.lower()
    return pd.DataFrame(
        {
            key: frame[key], "day": day, "method": method, "value": value, "tests": count, "failed": failed,
            "source_row": frame["source_row"],
        }, index=frame.index,
    )  # fmt: skip


def _recent(here: pd.DataFrame, key: str, policy: Policy) -> tuple[pd.DataFrame, str]:
    """One row a school with enough tests in the recent days: the median of the newest way of testing that has enough."""
    days, least = policy.number("meter_recent_days"), int(policy.number("meter_min_tests"))
    if here.empty:
        return pd.DataFrame(columns=[key, "value", "day", "source_row"]), "no test of a school of the register."
    recent = here[here["day"] > here["day"].max() - pd.Timedelta(days=days)]
    groups = recent.groupby([key, "method"], sort=True)
    found = groups.agg(value=("value", "median"), day=("day", "max"), tests=("tests", "sum"), source_row=("source_row", "min")).reset_index()  # fmt: skip
    enough = found[(found["tests"] >= least) & found["value"].notna()]
    order = enough["method"].map({m: n for n, m in enumerate(PREFERRED)}).fillna(len(PREFERRED))
    chosen = enough.assign(_order=order).sort_values([key, "_order"], kind="stable").drop_duplicates(key)
    few = here[key].nunique() - len(chosen)
    said = f"a measured speed for {len(chosen):,} schools; {few:,} schools with tests have fewer than {least} in the {days:g} days before {here['day'].max().date()}."
    return chosen[[key, "value", "day", "source_row"]].reset_index(drop=True), said


def _months(here: pd.DataFrame, key: str) -> pd.DataFrame:
    """Medians of each school's months, by way of testing."""
    month = here["day"].dt.strftime("%Y-%m")
    groups = here.assign(date=month).groupby([key, "date", "method"], sort=True)
    found = groups.agg(value=("value", "median"), known=("tests", "sum"), unknown=("failed", "sum")).reset_index()
    return found[found["value"].notna()].reset_index(drop=True)


def _attributes(table: Table, speeds: pd.DataFrame, key: str) -> Table | None:
    if speeds.empty:
        return None
    feeds = {name: Feed.model_validate({"column": name}) for name in (key, SPEED)}
    source = table.source.model_copy(update={"kind": "attributes", "aggregate": "none", "columns": feeds})
    frame = pd.DataFrame(
        {
            key: speeds[key].astype("str"), SPEED: speeds["value"].astype("float64"),
            f"{SPEED}_evidence": pd.Series(str(Evidence.MEASURED), index=speeds.index, dtype="str"),
            f"{SPEED}_source": pd.Series(table.source.name, index=speeds.index, dtype="str"),
            f"{SPEED}_date": speeds["day"].dt.strftime("%Y-%m-%d").astype("str"),
            "source_row": speeds["source_row"].astype("Int64"),
        }
    )  # fmt: skip
    return Table(source, frame, table.raw)


def monthly_series(months: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Rows of the series: a school, month and way of testing; `known` tests made the value, `unknown` failed."""
    parts = []
    for key in KEYS:
        if key in months and len(months):
            ids = schools.dropna(subset=[key]).drop_duplicates(key).set_index(key)["school_id"]
            mine = months[months[key].notna()]
            parts.append(mine.assign(school_id=mine[key].map(ids)))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if found.empty:
        return empty_columns(pd.DataFrame(index=pd.RangeIndex(0)), SERIES)
    found["indicator"] = found["method"].map(BY_METHOD).fillna(SPEED)
    found = found.assign(lower=found["value"], upper=found["value"])
    found = found[found["school_id"].notna()]
    return empty_columns(found[[c for c in SERIES.columns if c in found]], SERIES)
