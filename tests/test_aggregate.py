"""From schools to areas: against plain pandas on random places; bounds hold the truth; nothing vanishes."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.aggregate import coverage, headline, indicators, roll_up, stale
from geodata.derive import derive
from geodata.policy import POLICY
from tests.factories import schools, t8
from tests.random_places import random_place

seeds = st.integers(0, 10_000)


def derived_place(seed: int, size: int = 60) -> pd.DataFrame:
    place = random_place(seed, size)
    return place.assign(**derive(place))


@pytest.mark.parametrize("seed", range(8))
def test_shares_against_plain_pandas(seed: int) -> None:
    place = derived_place(seed)
    table = roll_up(place, place["admin2_id"])
    working = place[place["school_status"].isna() | (place["school_status"] == "open")]
    for name, group in working.groupby("admin2_id"):
        row = table.loc[name]
        power = group["has_electricity"].dropna().astype(bool)
        assert row["electricity"] == pytest.approx(power.mean())
        assert (row["electricity_known"], row["electricity_unknown"]) == (len(power), len(group) - len(power))
        assert row["electricity_lower"] == pytest.approx(power.sum() / len(group))
        assert row["electricity_upper"] == pytest.approx((power.sum() + len(group) - len(power)) / len(group))
        both = group.dropna(subset=["num_students", "num_computers"])
        assert row["learners_per_computer"] == pytest.approx(both["num_students"].sum() / both["num_computers"].sum())
        assert row["device_gap"] == group["device_gap"].sum()
        assert row["num_schools"] == len(group)
        assert row["num_schools_not_open"] == (place["admin2_id"] == name).sum() - len(group)
        learners = group.dropna(subset=["num_students"])
        nowhere = (~learners["has_internet"]).fillna(False)
        usable = learners["has_internet_for_learners"]
        usable = usable.mask(nowhere, False)
        told = learners[usable.notna()]
        connected = told["num_students"][usable[usable.notna()].astype(bool)].sum()
        assert row["learners_with_internet"] == pytest.approx(connected / told["num_students"].sum())
        assert row["learners_with_internet_unknown"] == learners["num_students"].sum() - told["num_students"].sum()


def test_one_school_that_reports_its_learners_does_not_speak_for_all() -> None:
    """Ten schools, one with its learners: no share of learners, and bounds that hold whatever the nine have."""
    few = schools(**{"num_students": [100, *[None] * 9], "has_internet": [True] * 10, "has_internet_for_learners": [True] * 10})  # fmt: skip
    enough = few.assign(num_students=pd.array([*[100] * 5, *[None] * 5], dtype="Float64"))
    found = [roll_up(f, pd.Series("all", index=f.index), POLICY, ["learners_with_internet"]).iloc[0] for f in (few, enough)]  # fmt: skip
    assert found[0].filter(like="learners_with").tolist() == pytest.approx([np.nan, 100, 0, 0, 1], nan_ok=True)
    assert found[1].filter(like="learners_with").tolist() == [1, 500, 0, 1, 1]


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_bounds_hold_the_truth(seed: int) -> None:
    """Hide values of a fully known place: the bounds of what is left hold what was there."""
    rng = np.random.default_rng(seed)
    truth = random_place(seed, unknown=0).assign(has_internet=True, school_status=None)
    truth["num_students"] = truth["num_students"].fillna(50)
    seen = truth.copy()
    for name in ("has_internet_for_learners", "has_electricity"):
        seen[name] = seen[name].mask(pd.Series(rng.random(len(seen)) < 0.4, index=seen.index))
    seen["school_status"] = truth["school_status"] = pd.Series(np.nan, index=truth.index, dtype="str")
    names = ["internet_for_learners", "electricity", "learners_with_internet"]
    full = roll_up(truth, truth["admin2_id"], indicators=names)
    part = roll_up(seen, seen["admin2_id"], indicators=names)
    for name in names:
        assert (part[f"{name}_lower"] <= full[name] + 1e-12).all()
        assert (full[name] <= part[f"{name}_upper"] + 1e-12).all()


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_known_and_unknown_make_all_and_values_lie_between_their_bounds(seed: int) -> None:
    place = derived_place(seed)
    table = roll_up(place, place["admin2_id"])
    for name, indicator in indicators().items():
        lower, value, upper = (table[name + part] for part in ("_lower", "", "_upper"))
        assert (lower.isna() | value.isna() | (lower <= value + 1e-9)).all(), name
        assert (upper.isna() | value.isna() | (value <= upper + 1e-9)).all(), name
        if not indicator.weight and not indicator.among:
            assert (table[f"{name}_known"] + table[f"{name}_unknown"] == table["num_schools"]).all(), name


@settings(max_examples=20, deadline=None)
@given(seeds, seeds)
def test_row_order_and_split_do_not_matter(seed: int, shuffle: int) -> None:
    place = derived_place(seed)
    mixed = place.sample(frac=1, random_state=shuffle)
    whole = roll_up(place, place["admin2_id"])
    pd.testing.assert_frame_equal(roll_up(mixed, mixed["admin2_id"]), whole)
    country = roll_up(place, pd.Series("all", index=place.index))
    sums = [c for c in whole if str(c).endswith(("_known", "_unknown")) or str(c).startswith("num_schools")]
    assert np.allclose(whole[sums].sum(), country[sums].iloc[0])


def test_schools_without_an_area_are_left_out_of_areas_only() -> None:
    place = schools(admin1_id=["a", None, "a"], has_electricity=[True, True, False])
    table = roll_up(place, place["admin1_id"])
    assert table.index.tolist() == ["a"]
    assert (table.loc["a", "num_schools"], table.loc["a", "electricity"]) == (2, 0.5)


def test_a_group_without_an_operating_school_stays_with_no_number() -> None:
    place = schools(admin1_id=["a", "b"], school_status=["occupied", "open"], has_electricity=True)
    row = roll_up(place, place["admin1_id"]).loc["a"]
    assert (row["num_schools"], row["num_schools_not_open"]) == (0, 1)
    assert np.isnan(row["electricity"])
    assert np.isnan(row["electricity_lower"])


def test_a_share_that_could_only_be_known_one_way_is_not_given() -> None:
    """Without any speed no school can be known to be meaningfully connected: 0 % of the known would mislead."""
    place = schools(has_internet_for_learners=[False, True, True, None], has_electricity=True)
    row = roll_up(place, pd.Series("x", index=place.index)).loc["x"]
    assert np.isnan(row["meaningfully_connected"])
    assert (row["meaningfully_connected_lower"], row["meaningfully_connected_upper"]) == (0, 0.75)
    assert np.isnan(row["underserved"])
    assert (row["underserved_lower"], row["underserved_upper"]) == (0.25, 1)


def test_internet_at_schools_without_a_word_for_whom_is_no_share_of_internet_for_learners() -> None:
    """A register that says internet yes or no, and never for whom: only "no" could be known, and 0 % would be untrue."""
    place = schools(has_internet=[True, True, False, None], has_internet_for_learners=None)
    row = roll_up(place, pd.Series("x", index=place.index)).loc["x"]
    assert np.isnan(row["internet_for_learners"])
    assert (row["internet_for_learners_lower"], row["internet_for_learners_upper"]) == (0, 0.75)
    assert row["internet"] == pytest.approx(2 / 3)


def test_chosen_indicators_alone() -> None:
    place = t8()
    table = roll_up(place, place["admin1"], indicators=["electricity"])
    assert table.columns.tolist() == [
        "num_schools", "num_schools_not_open", "electricity", "electricity_known", "electricity_unknown", "electricity_lower", "electricity_upper",
    ]  # fmt: skip
    assert table.index.name == "admin1"


def test_boys_are_the_learners_who_are_not_girls() -> None:
    place = schools(
        num_students=[10, 10, 5],
        num_students_girls=[4, None, 7],
        num_students_boys=[None, 8, None],
        has_internet_for_learners=True,
    )
    row = roll_up(place, pd.Series("x", index=place.index)).loc["x"]
    assert row["boys_with_internet_known"] == 6 + 8  # more girls than learners says nothing about boys


def test_ed8_counts_teachers_where_both_are_known() -> None:
    place = schools(num_teachers=[10, 20, None], num_teachers_trained_ict=[5, None, 3])
    row = roll_up(place, pd.Series("x", index=place.index)).loc["x"]
    assert (row["teachers_trained"], row["teachers_trained_known"], row["teachers_trained_unknown"]) == (0.5, 1, 2)


def test_coverage_is_not_connectivity() -> None:
    place = schools(in_4g_coverage=[True, True, False, None], in_5g_coverage=False, cellular_coverage_type=["4G", "4G", "3G", None], has_internet_for_learners=[False, True, False, False])  # fmt: skip
    row = roll_up(place, pd.Series("x", index=place.index)).loc["x"]
    assert row["covered_4g"] == pytest.approx(2 / 3)
    assert row["covered_not_connected"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("known", "unknown", "expected"),
    [(49, 51, "none"), (50, 50, "with_bounds"), (80, 20, "with_bounds"), (81, 19, "plain"), (0, 0, "none")],
)
def test_headlines_need_coverage(known: int, unknown: int, expected: str) -> None:
    assert headline(known, unknown) == expected
    assert coverage(0, 0) == 0


@pytest.mark.parametrize(
    ("as_of", "kind", "expected"),
    [
        ("2021", "connectivity", True),
        ("2024-11-23", "connectivity", False),
        ("2024-11-20", "connectivity", True),
        ("2024", "connectivity", False),
        ("2023-06", "devices", True),
        ("2022", "electricity", False),
        ("", "devices", None),
        ("unknown", "devices", None),
    ],
)
def test_stale(as_of: str, kind: str, expected: bool | None) -> None:
    assert stale(as_of, kind, datetime.date(2026, 11, 22)) is expected  # type: ignore[arg-type]
    assert stale(as_of, kind, datetime.date(2026, 11, 22), POLICY.with_values({f"stale_{kind}_years": 50})) in (
        False,
        None,
    )  # type: ignore[arg-type]
