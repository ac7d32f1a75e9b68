"""The sentence over a selection: of whom, between which bounds, and never more than the known allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import areas, findings, words
from geodata.query import Desk
from geodata.view import View
from tests.factories import atlas, schools


def said(folder: Path, show: str, **columns: object) -> str:
    """The sentence of a small place that shows one indicator."""
    return findings.sentence(Desk(atlas(folder, schools(**columns)), tier="government"), View.parse(f"show={show}"))


def test_a_share_known_one_way_only_is_said_by_its_bound(tmp_path: Path) -> None:
    """No speed anywhere: "underserved" can be known, "served" cannot, so there is no share but a least one."""
    told = said(tmp_path, "underserved", has_internet_for_learners=[False] * 6 + [True] * 4)
    assert told == "At least 6 of 10 schools are underserved (40 % of schools not reported)."
    turned = said(tmp_path, "meaningfully_connected", has_internet_for_learners=[False] * 6 + [True] * 4)
    assert turned == "At least 6 of 10 schools are not meaningfully connected (40 % of schools not reported)."


def test_sums_of_the_known_are_at_least_and_say_of_what(tmp_path: Path) -> None:
    told = said(
        tmp_path,
        "learners_without_internet",
        has_internet_for_learners=[False, True, None],
        num_students=[250, 70, None],
    )
    assert told == "Learners without usable internet: at least 250 learners (33 % of schools not reported)."


def test_learners_that_nobody_reports_weigh_nothing_and_are_said(tmp_path: Path) -> None:
    told = said(
        tmp_path, "learners_with_internet", has_internet_for_learners=[False, True, True, True],
        num_students=[600, 400, None, None], school_status=["open", "open", "open", "damaged"],
    )  # fmt: skip
    assert told == (
        "6 of 10 learners are in a school without usable internet (learners of 1 school not reported, so not counted)."
    )


def test_all_and_none_are_said_without_double_negatives(tmp_path: Path) -> None:
    assert said(tmp_path, "water", has_water=[True, True]) == "Drinking water: all schools."
    assert said(tmp_path / "none", "water", has_water=[False, False]) == "All schools have no drinking water."
    assert (
        said(tmp_path / "some", "no_device", num_computers=[3, 4], num_tablets=0)
        == "No device for learners: no schools."
    )


def test_means_say_that_they_are_and_on_which_scale(tmp_path: Path) -> None:
    told = said(tmp_path, "power_gap", has_electricity=[True, False, False, None])
    assert (
        told
        == "Power gap, mean of the schools: 0.667 on a scale of 0 to 1 (0.5 to 0.75; 25 % of schools not reported)."
    )


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [(0.59, 1, "at least 5 of 10"), (0.6, 1, "at least 6 of 10"), (0.05, 1, ""), (0, 0.31, "at most 4 of 10"), (0, 0.95, ""), (0, 1, ""), (None, 1, ""), (1, 1, "at least 10 of 10")],
)  # fmt: skip
def test_one_end_never_says_more_than_the_bound(lower: float | None, upper: float, told: str) -> None:
    assert words.one_end(lower, upper) == told


def test_the_tip_of_an_area_never_rounds_a_few_to_none(tmp_path: Path) -> None:
    desk = Desk(atlas(tmp_path, schools(has_internet=[True, False])), tier="government")
    told = areas.tip(desk.indicators["internet"], 1000, number=0.998, known=998, unknown=2, bounds=(0.996, 0.998))
    assert told == "Internet at the school: over 99 %\n1,000 schools; under 1 % not reported"
    one_way = areas.tip(desk.indicators["underserved"], 10, number=float("nan"), known=6, unknown=4, bounds=(0.6, 1.0))
    assert one_way.startswith("Underserved: 60 % to 100 %")
