"""Every check of a register: one school that breaks it, one that keeps it, one that cannot be judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.checks_place import pairs_within
from etl.quality import ask, checks, examine
from tests.factories import schools

# check → columns of three schools: breaks it, keeps it, unknown (None where no school can be unjudged)
CASES: dict[str, dict[str, list[Any]]] = {
    "girls_over_learners": {"num_students": [100, 100, None], "num_students_girls": [120, 50, 50]},
    "sexes_do_not_add_up": {"num_students": [100, 100, 100], "num_students_girls": [50, 50, 50], "num_students_boys": [40, 50, None]},
    "part_over_learners": {"num_students": [100, 100, None], "num_students_disabled": [120, 5, 5]},
    "no_learners": {"num_students": [0, 10, None]},
    "many_learners": {"num_students": [10_001, 10_000, None]},
    "many_teachers": {"num_teachers": [201, 200, None]},
    "teachers_over_learners": {"num_students": [5, 50, None], "num_teachers": [6, 6, 6]},
    "learners_per_teacher": {"num_students": [151, 150, None], "num_teachers": [1, 1, 1]},
    "trained_over_teachers": {"num_teachers": [5, 5, None], "num_teachers_trained_ict": [6, 5, 5]},
    "many_computers": {"num_computers": [501, 500, None]},
    "devices_per_learner": {"num_students": [10, 10, None], "num_computers": [21, 20, 20]},
    "computers_no_but_counted": {"has_computers": [False, False, None], "num_computers": [3, 0, 3]},
    "computer_room_without_computers": {"has_computer_lab": [True, True, True], "num_computers": [0, 4, None]},
    "learners_online_without_internet": {"has_internet": [False, True, None], "has_internet_for_learners": [True, True, True]},
    "broadband_without_internet": {"has_internet": [False, True, None], "has_broadband": [True, True, True]},
    "type_without_internet": {"has_internet": [False, False, None], "connectivity_type": ["fiber", None, "fiber"]},
    "speed_without_internet": {"has_internet": [False, False, None], "download_speed_measured_mbps": [5.0, 0.0, 5.0]},
    "odd_speed": {"download_speed_measured_mbps": [0.02, 20.0, None]},
    "mobile_type_without_coverage": {"connectivity_type": ["4g", "4g", "4g"], "in_4g_coverage": [False, True, None]},
    "undated_internet": {"has_internet": [True, True, None], "has_internet_date": [None, "2025", None]},
    "internet_without_electricity": {"has_internet": [True, True, True], "has_electricity": [False, True, None]},
    "electricity_without_source": {"has_electricity": [True, True, True], "electricity_type": ["none", "grid", None]},
    "source_without_electricity": {"has_electricity": [False, False, None], "electricity_type": ["grid", "none", "grid"]},
    "hours_without_electricity": {"has_electricity": [False, False, None], "electricity_hours_per_day": [4.0, 0.0, 4.0]},
    "impossible_year": {"school_year": ["0205", "2025", None]},
    "outside_declared_area": {"location_in_declared_area": [False, True, None]},
    "few_decimals": {"coordinate_decimals": [4.0, 5.0, None]},
    "second_position_differs": {"second_position_m": [101.0, 99.0, None]},
    "not_located": {"latitude": [None, 1.0, 2.0], "longitude": [1.0, 1.0, 2.0]},
    "shared_location": {"location_shared_by": [2, 1, None]},
    "no_name": {"school_name": ["  -- ", "مدرسة النور", "ትምህርት ቤት"]},
    "long_name": {"school_name": ["a" * 256, "a" * 255, None]},
}  # fmt: skip
TWO_SIDED = {"not_located", "no_name"}  # can always be judged
PLACES = {"same_name_nearby", "similar_name_nearby", "same_but_id", "dense"}


def frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    own = ("second_position_m", "coordinate_decimals")
    table = schools(**{k: v for k, v in columns.items() if k not in own} or {"school_name": [None] * 3})
    return table.assign(**{k: pd.Series(columns[k], dtype="float64") for k in own if k in columns})


def test_every_check_has_a_case() -> None:
    assert set(checks()) == set(CASES) | PLACES


@pytest.mark.parametrize("name", CASES)
def test_breaks_keeps_cannot_be_judged(name: str) -> None:
    answers = ask(checks()[name], frame(CASES[name]))
    assert answers.iloc[0] is np.True_ or bool(answers.iloc[0])
    assert not answers.iloc[1]
    assert answers.isna().iloc[2] or name in TWO_SIDED


def test_nothing_known_breaks_nothing_but_location_and_name() -> None:
    report = {row["check"]: row["count"] for row in examine(schools(school_id=["a", "b"])).report}
    assert {name for name, count in report.items() if count} == {"not_located", "no_name"}


def test_a_blanked_value_becomes_unknown_and_is_a_finding() -> None:
    table = schools(num_students=[100], num_students_girls=[120], num_students_girls_evidence=["reported"])
    examined = examine(table)
    assert examined.frame["num_students_girls"].isna().all()
    assert examined.frame["num_students_girls_evidence"].tolist() == ["unknown"]
    assert "girls_over_learners" in set(examined.findings["check"])


@pytest.mark.parametrize("latitude", [0.0, 45.0, 80.0])
@pytest.mark.parametrize(("metres", "near"), [(20, True), (100, True), (109, True), (111, False), (150, False)])
def test_duplicates_are_sought_within_a_real_radius(latitude: float, metres: float, near: bool) -> None:
    # East along the parallel, and across the antimeridian, where a grid of cells fails.
    step = metres / (6_371_008.8 * np.cos(np.radians(latitude))) * 180 / np.pi
    start = 180 - step / 2
    table = schools(
        school_name=["Escola São José", "ESCOLA SAO JOSE"], education_level=["primary"] * 2,
        latitude=[latitude] * 2, longitude=[start, start + step - 360],
    )  # fmt: skip
    assert (len(pairs_within(table["latitude"], table["longitude"], 110.0)) == 1) is near
    assert ask(checks()["same_name_nearby"], table).tolist() == [near, near]


def test_similar_names_same_level() -> None:
    table = schools(
        school_name=["North Primary", "North Primery", "North Primary", "Zebra"],
        education_level=["primary", "primary", "secondary", "primary"], latitude=[1.0] * 4, longitude=[2.0] * 4,
    )  # fmt: skip
    assert ask(checks()["similar_name_nearby"], table).tolist() == [True, True, False, False]
    assert ask(checks()["same_name_nearby"], table).tolist() == [False] * 4


def test_dense_and_same_but_id() -> None:
    table = schools(school_name=["A"] * 6 + ["B"], latitude=[1.0] * 6 + [5.0], longitude=[2.0] * 7)
    assert ask(checks()["dense"], table).tolist() == [True] * 6 + [False]
    assert ask(checks()["same_but_id"], table).tolist() == [True] * 6 + [False]
