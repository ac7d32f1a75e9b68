"""The three gaps together, known and expected, with how many schools each rests on; power; skills."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.derive import derive
from geodata.layers import Atlas
from geodata.policy import POLICY
from geodata.skills import skills_gap
from geodata.tables import SCHOOLS, empty_columns
from geodata.threegaps import bandwidth_totals, device_totals, gaps_of, gaps_of_school
from tests.factories import schools, t8
from tests.random_places import random_place


@pytest.fixture(scope="module")
def place() -> pd.DataFrame:
    frame = t8()
    return frame.assign(**derive(frame))


def test_e2_3_bandwidth_known_only_and_with_the_expected(place: pd.DataFrame) -> None:
    """S2 is expected to lack 17.6 Mbps and S8 10.4 (E2.2): 87.0 Mbps are known, 115.0 with the expected."""
    expected = place["school_id"].map({"S2": 17.6, "S8": 10.4}).astype("float64")
    total = bandwidth_totals(place, expected_mbps=expected)
    assert (total.value, total.known, total.unknown) == (87.0, 6, 2)
    assert (round(total.expected, 4), total.estimated, total.left_out) == (115.0, 2, 0)
    assert (total.lower, total.upper) == (87.0, 131.0)


def test_e2_2_expected_by_schools_like_it(place: pd.DataFrame) -> None:
    """Without a model: half of the known schools are connected, and those lack (14/26 + 0 + 12.5/32.5) ÷ 3 of the need."""
    share = 0.5 * (14 / 26 + 12.5 / 32.5) / 3 + 0.5
    assert bandwidth_totals(place).expected == pytest.approx(87 + share * (20 + 24), abs=1e-6)
    sure = place.assign(predicted_internet_for_learners=place["school_id"].map({"S2": 0.0, "S8": 0.0}).astype(float))
    assert bandwidth_totals(sure).expected == pytest.approx(87 + 20 + 24), "a chance of 0: all of the need is missing"


def test_e2_4_devices_at_each_ratio_with_bounds(place: pd.DataFrame) -> None:
    totals = device_totals(place)
    assert list(totals) == [1, 2, 5, 10]
    five = totals[5]
    assert (five.value, five.lower, five.upper, five.known, five.unknown) == (589, 589, 708, 7, 1)
    assert 589 < five.expected < 708
    learners, teachers, held = place["num_students"], place["num_teachers"], place["num_devices"]
    for ratio, total in totals.items():
        gap = (np.ceil(learners / ratio) + teachers + 1 - held).clip(lower=0)
        assert total.value == gap.sum()
    assert list(device_totals(place, POLICY.with_values({"device_ratio": 3}))) == [1, 2, 3, 5, 10]


def test_e2_5_and_e2_6_of_a_selection(place: pd.DataFrame) -> None:
    s1 = gaps_of(place, among=place["school_id"].eq("S1"))
    assert (s1.schools, s1.stock) == (1, 43)
    solar = s1.power.solar
    assert [round(v, 4) for v in (solar.kwh_per_day, solar.kwp, solar.battery_kwh)] == [7.21, 1.9227, 10.0139]
    assert round(solar.usd) == 5768
    s4 = gaps_of(place, among=place["school_id"].eq("S4"))
    assert [round(n, 3) for n in s4.replacement] == [3.5, 3.5, 3.5, 60.515, 6.351], "S4 needs 70: the cliff of year 4"


def test_power_counts_and_sizes_only_schools_that_are_known_to_have_none(place: pd.DataFrame) -> None:
    power = gaps_of(place).power
    assert (power.enough, power.weak, power.none, power.unknown) == (5, 0, 2, 1)
    assert (power.solar.schools, round(power.solar.usd)) == (2, 5768 + 11768)
    assert power.most.schools == 3
    assert power.most.usd > power.solar.usd


def test_kits_reported_and_planned_are_never_added_up() -> None:
    kits = gaps_of(schools(num_students=[100, 55, None], num_students_disabled=[3, None, 2])).kits
    assert (kits.reported.value, kits.reported.known, kits.reported.unknown) == (5, 2, 1)
    assert (kits.planning.value, kits.planning.known) == (16, 2), "10 % of 100 and of 55, rounded up"
    assert kits.planning_elsewhere.value == 6


def test_skills_unknown_is_neither_trained_nor_untrained() -> None:
    frame = schools(num_teachers=[10, 8, 4, None], num_teachers_trained_ict=[3, None, 6, 2], has_content_in_teaching_language=[True, False, None, None])  # fmt: skip
    skills = skills_gap(frame)
    assert (skills.teachers, skills.trained, skills.untrained) == (14, 7, 7), (
        "more trained than teachers: none is untrained"
    )
    assert (skills.lower, skills.upper, skills.share) == (7, 15, 0.5)
    assert (skills.known, skills.unknown, skills.silent) == (2, 1, 1)
    assert (skills.content_yes, skills.content_no, skills.content_unknown) == (1, 1, 2)
    none = skills_gap(schools(school_id=["a"]))
    assert np.isnan([none.untrained, none.lower, none.upper, none.share]).all()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 5_000))
def test_totals_of_parts_add_up_and_lie_within_their_bounds(seed: int) -> None:
    frame = random_place(seed, 60)
    frame = frame.assign(**derive(frame))
    some = frame["admin2_id"].eq("D0")
    whole, part, rest = gaps_of(frame), gaps_of(frame, among=some), gaps_of(frame, among=~some)
    for of in (lambda g: g.bandwidth, lambda g: g.devices[5.0], lambda g: g.kits.planning, lambda g: g.below_standard):
        a, b, c = of(part), of(rest), of(whole)
        assert (a.known + b.known, a.unknown + b.unknown, a.estimated + b.estimated) == (
            c.known,
            c.unknown,
            c.estimated,
        )
        assert np.nan_to_num(a.value) + np.nan_to_num(b.value) == pytest.approx(np.nan_to_num(c.value))
        assert np.isnan(c.upper) or c.lower <= c.upper
        assert np.isnan(c.expected) or np.isnan(c.upper) or c.lower - 1e-9 <= c.expected <= c.upper + 1e-9


def test_of_a_school_its_gaps_stand_as_they_are_and_unknown_has_bounds(place: pd.DataFrame) -> None:
    rows = {r["school_id"]: {k: None if pd.isna(v) else v for k, v in r.items()} for r in place.to_dict("records")}
    s3, s8 = gaps_of_school(rows["S3"]), gaps_of_school(rows["S8"])
    assert (s3.bandwidth.value, s3.devices[5].value, s3.devices[1].value) == (14, 99, 515)
    assert s8.bandwidth.unknown == 1
    assert np.isnan(s8.bandwidth.value)
    assert np.isnan(s8.bandwidth.expected), "no expectation for one school"
    assert (s8.devices[5].lower, s8.devices[5].upper) == (0, 119)
    quiet = gaps_of_school({"school_id": "x"})
    assert (quiet.power.unknown, quiet.power.solar.usd) == (1, 0)


def test_where_no_speed_is_known_nothing_is_expected_of_the_connected() -> None:
    frame = schools(num_students=[100, 100, 100], has_internet=[True, False, None], has_internet_for_learners=[True, None, None])  # fmt: skip
    total = gaps_of(frame).bandwidth
    assert (total.value, total.known, total.expected, total.left_out) == (20, 1, 20, 2)


def test_the_demonstration_expects_more_than_is_known_and_less_than_the_worst(built: Callable[[str], Atlas]) -> None:
    frame = pd.DataFrame(built("demo").read("schools")).drop(columns="geometry")
    gaps = gaps_of(empty_columns(frame.reset_index(drop=True), SCHOOLS))
    assert gaps.bandwidth.value < gaps.bandwidth.expected
    assert gaps.bandwidth.estimated > 0.9 * gaps.bandwidth.unknown
    assert gaps.devices[1].value > gaps.devices[2].value > gaps.devices[5].value > gaps.devices[10].value
    assert gaps.skills.lower < gaps.skills.upper
    assert gaps.power.none > 0
