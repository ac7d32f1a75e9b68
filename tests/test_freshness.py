"""Values that are too old: as of a stated day, by kind and group, never by a hidden clock."""

from __future__ import annotations

import datetime

import pandas as pd

from geodata.freshness import as_of, is_stale, stale_shares, words
from geodata.policy import POLICY
from tests.factories import schools

TODAY = datetime.date(2026, 5, 31)


def test_the_day_is_the_last_that_a_source_describes() -> None:
    sources = [{"date": "2024"}, {"date": "2026-05"}, {"date": "soon"}, {"date": None}, {}]
    assert as_of({"sources": sources}) == TODAY
    assert as_of({"sources": [{"date": "2025"}]}) == datetime.date(2025, 12, 31)
    assert as_of({}) is None
    ahead = [{"date": "2030", "kind": kind} for kind in ("population", "ages", "settlement", "benchmark")]
    assert as_of({"sources": [*sources, *ahead]}) == TODAY, "estimates made ahead of their year make nothing old"


def test_a_value_is_dated_by_the_best_column_that_is_known() -> None:
    frame = schools(
        has_internet_for_learners=[True, None, None, None],
        has_internet_for_learners_date=["2026", "2026", None, None],
        has_internet=[True, False, True, None],
        has_internet_date=["2020", "2020", None, "2020"],
    )
    flags = is_stale(frame, "connectivity", TODAY)
    assert [None if pd.isna(x) else bool(x) for x in flags] == [False, True, None, None]


def test_kinds_grow_old_at_their_own_pace_and_the_policy_decides() -> None:
    frame = schools(has_internet=[True], has_internet_date=["2023"], num_computers=[1], num_computers_date=["2023"], has_electricity=[True], has_electricity_date=["2023"])  # fmt: skip
    row = stale_shares(frame, pd.Series(["x"]), TODAY).loc["x"]
    assert [row[f"{kind}_share"] for kind in ("connectivity", "devices", "electricity")] == [1, 0, 0]
    assert words(row, TODAY) == ["Internet: 1 of 1 dated answers are older than 2 years on 31 May 2026."]
    strict = stale_shares(frame, pd.Series(["x"]), TODAY, POLICY.with_values({"stale_devices_years": 1})).loc["x"]
    assert strict["devices_share"] == 1


def test_counts_make_all_schools_that_operate() -> None:
    frame = schools(
        school_status=["open", "open", "damaged", None], has_electricity=[True, None, True, False],
        has_electricity_date=["2019", None, "2019", "2025"],
    )  # fmt: skip
    row = stale_shares(frame, pd.Series(["a", "a", "a", "a"]), TODAY).loc["a"]
    assert [row[f"electricity_{part}"] for part in ("stale", "fresh", "undated")] == [1, 1, 1]
    assert row["electricity_share"] == 0.5
    assert row["connectivity_undated"] == 3
    assert pd.isna(row["connectivity_share"])
