"""Gaps of a school: what is known stays known, what is not stays unknown, and more never means less."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import gaps
from geodata.derive import derive
from geodata.policy import POLICY
from tests.factories import schools
from tests.random_places import random_place

counts = st.one_of(st.none(), st.integers(0, 3000))
RATIOS = st.sampled_from([1, 2, 5, 10])


def values(column: pd.Series) -> list[object]:
    """Plain values, None where unknown."""
    return [None if pd.isna(v) else v for v in column]


# --- internet and bandwidth ---------------------------------------------------------------------------------------


def test_no_internet_at_all_is_none_for_learners_and_theirs_proves_the_schools() -> None:
    frame = schools(
        has_internet=[False, None, True, None, False], has_internet_for_learners=[None, True, None, False, True]
    )
    inputs = frame["has_internet"], frame["has_internet_for_learners"]
    assert values(gaps.internet_for_learners(*inputs)) == [False, True, None, False, False]
    assert values(gaps.internet(*inputs)) == [False, True, True, None, False]
    assert derive(frame)["item_bandwidth"].iloc[4] == 1, "the item and the indicator agree where sources contradict"


def test_speed_is_measured_else_contracted() -> None:
    frame = schools(download_speed_measured_mbps=[4.0, None, None], download_speed_contracted_mbps=[50.0, 50.0, None])
    assert values(derive(frame)["download_speed_mbps"]) == [4.0, 50.0, None]


def test_the_speed_keeps_the_passport_of_the_one_it_was_taken_from() -> None:
    frame = schools(
        download_speed_measured_mbps=[4.0, None, None],
        download_speed_measured_mbps_source=["probe", None, None],
        download_speed_contracted_mbps=[50.0, 50.0, None],
        download_speed_contracted_mbps_source="census",
        download_speed_contracted_mbps_date="2024",
    )
    passport = gaps.speed_passport(frame)
    assert values(passport["download_speed_mbps_evidence"]) == ["measured", "reported", "unknown"]
    assert values(passport["download_speed_mbps_source"]) == ["probe", "census", None]
    assert values(passport["download_speed_mbps_date"]) == [None, "2024", None]


def test_without_enrolment_the_floor_decides_what_is_certain() -> None:
    frame = schools(
        num_students=[None, None, None, 900],
        has_internet=[True, True, False, True],
        download_speed_contracted_mbps=[19.0, 500.0, None, 40.0],
    )
    derived = derive(frame)
    assert values(derived["required_bandwidth_mbps"]) == [None, None, None, 45.0]
    assert values(derived["bandwidth_gap_mbps"]) == [None, None, None, 5.0]
    assert values(derived["underserved"]) == [True, None, True, True]
    below = gaps.below_standard(frame["num_students_lower"], derived["required_bandwidth_mbps"], gaps.available_bandwidth(frame["has_internet"], frame["download_speed_contracted_mbps"]))  # fmt: skip
    assert values(below) == [True, None, True, True]


def test_enrolment_in_bands_is_enough_where_both_ends_ask_the_same() -> None:
    frame = schools(
        num_students_lower=[51, 201, 501], num_students_upper=[200, 500, None],
        has_internet=True, download_speed_contracted_mbps=[10.0, 22.0, 22.0],
    )  # fmt: skip
    derived = derive(frame)
    assert values(derived["required_bandwidth_mbps"]) == [20.0, None, None]
    assert values(derived["underserved"]) == [True, None, True]  # 501 learners need more than 25 Mbps, 201 may not


def test_no_internet_holds_nothing_whatever_the_contract_says() -> None:
    frame = schools(num_students=100, has_internet=False, download_speed_contracted_mbps=30.0)
    assert values(derive(frame)["bandwidth_gap_mbps"]) == [20.0]


def test_internet_that_learners_may_not_use_is_no_bandwidth_gap_but_a_lack() -> None:
    frame = schools(
        num_students=100,
        has_internet=True,
        has_internet_for_learners=[False, True],
        download_speed_contracted_mbps=30.0,
    )
    derived = derive(frame)
    assert values(derived["bandwidth_gap_mbps"]) == [0.0, 0.0]
    assert values(derived["item_bandwidth"]) == [1.0, 0.0]
    assert values(derived["meaningfully_connected"]) == [False, None]


# --- devices ------------------------------------------------------------------------------------------------------


def test_devices_are_added_by_the_rule() -> None:
    frame = schools(
        num_computers=[3, 3, None, None, None],
        num_tablets=[4, None, 4, 2, None],
        has_computers=[None, None, None, False, True],
    )
    assert values(derive(frame)["num_devices"]) == [7, None, None, 2, None]
    alone = derive(frame, POLICY.with_values({"device_rule": "computers"}))
    assert values(alone["num_devices"]) == [3, 3, None, 0, None]
    assert values(derive(frame.assign(num_tablets=pd.NA).astype({"num_tablets": "Int64"}))["num_devices"]) == [
        3,
        3,
        None,
        0,
        None,
    ]


def test_any_device_needs_no_complete_count() -> None:
    frame = schools(
        num_computers=[3, None, 0, 0, None],
        num_tablets=[None, 1, 0, None, None],
        has_computers=[None, None, None, None, True],
    )
    some = gaps.any_device(
        frame["num_computers"], frame["num_tablets"], frame["has_computers"], derive(frame)["num_devices"]
    )
    assert values(some) == [True, True, False, None, True]


def test_a_school_without_devices_is_short_of_them_whatever_its_enrolment() -> None:
    frame = schools(num_computers=[0, 1, 200], num_tablets=0, num_teachers=[None, 4, 4])
    derived = derive(frame)
    assert values(derived["device_gap"]) == [None, None, None]
    # office 1 and 4 teachers alone need 5 devices; 200 may be enough
    assert values(derived["underserved"]) == [True, True, None]


def test_need_unknown_while_teachers_are_known_elsewhere() -> None:
    frame = schools(num_students=[100, 100], num_teachers=[4, None])
    assert values(derive(frame)["device_need"]) == [25, None]
    assert values(derive(schools(num_students=[100, 100]))["device_need"]) == [21, 21]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(counts, counts, counts, counts), min_size=1, max_size=6), st.integers(1, 50), RATIOS)
def test_more_computers_never_widen_the_gap(rows: list[tuple[int | None, ...]], more: int, ratio: int) -> None:
    names = ("num_students", "num_teachers", "num_computers", "num_tablets")
    frame = schools(**{n: [r[k] for r in rows] for k, n in enumerate(names)})
    policy = POLICY.with_values({"device_ratio": ratio})
    before = derive(frame, policy)["device_gap"]
    after = derive(frame.assign(num_computers=frame["num_computers"] + more), policy)["device_gap"]
    assert before.isna().equals(after.isna())
    assert (after <= before).fillna(True).all()
    assert (after >= 0).fillna(True).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(1, 50))
def test_more_bandwidth_never_widens_the_gap(seed: int, more: float) -> None:
    place = random_place(seed, size=20)
    before = derive(place)
    speeds = ["download_speed_measured_mbps", "download_speed_contracted_mbps"]
    after = derive(place.assign(**{s: place[s] + more for s in speeds}))
    for name in ("bandwidth_gap_mbps", "item_bandwidth"):
        assert before[name].isna().equals(after[name].isna())
        assert (after[name].fillna(0) <= before[name].fillna(0)).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_filling_an_unknown_never_contradicts_what_was_known(seed: int) -> None:
    """Underserved and meaningfully connected: whatever the truth behind the unknowns, a known answer stands."""
    rng = np.random.default_rng(seed)
    truth = random_place(seed, size=25, unknown=0)
    truth = truth.dropna(subset=["num_students", "num_teachers", "num_tablets"]).assign(
        download_speed_measured_mbps=lambda f: f["num_students"].astype(float) / 30
    )
    seen = truth.copy()
    for name in (
        "has_internet",
        "has_internet_for_learners",
        "has_electricity",
        "num_students",
        "num_teachers",
        "num_computers",
        "num_tablets",
    ):
        seen[name] = seen[name].mask(pd.Series(rng.random(len(seen)) < 0.3, index=seen.index))
    # a learner's internet implies the school's; the truth must not contradict itself
    for frame in (truth, seen):
        frame["has_internet"] = frame["has_internet"].mask(
            (truth["has_internet_for_learners"] & frame["has_internet"].notna()).fillna(False), True
        )
    full, partial = derive(truth), derive(seen)
    for name in ("underserved", "meaningfully_connected"):
        told = partial[name].notna() & full[name].notna()
        assert (partial[name][told] == full[name][told]).all()
    assert (partial["underserved"].isna() | full["underserved"].notna()).all()


# --- power --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "kind", "hours", "expected"),
    [
        (True, None, None, 0.0),
        (True, "grid", 8.0, 0.0),
        (True, "grid", 3.0, 0.5),
        (True, "generator", 8.0, 0.5),
        (None, "solar", None, 0.0),
        (None, "none", None, 1.0),
        (False, None, 8.0, 1.0),
        (False, "grid", None, 1.0),
        (None, None, 8.0, None),
        (None, None, None, None),
    ],
)
def test_power_gap(has: bool | None, kind: str | None, hours: float | None, expected: float | None) -> None:
    frame = schools(has_electricity=[has], electricity_type=[kind], electricity_hours_per_day=[hours])
    assert values(derive(frame)["power_gap"]) == [expected]


def test_replacements_of_a_short_life_and_no_loss() -> None:
    assert gaps.replacements(10, 4, policy=POLICY.with_values({"device_life_years": 2, "device_loss_share": 0})) == [
        0,
        10,
        0,
        10,
    ]


def test_assistive_kits_keep_reported_and_planned_apart() -> None:
    frame = schools(num_students=[101, None], num_students_disabled=[None, 3])
    kits = gaps.assistive_kits(frame["num_students"], frame["num_students_disabled"])
    assert values(kits["reported"]) == [None, 3]
    assert values(kits["planning"]) == [11, None]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_derive_never_changes_what_it_is_given(seed: int) -> None:
    place = random_place(seed, size=20)
    before = place.copy(deep=True)
    derive(place)
    pd.testing.assert_frame_equal(place, before)
