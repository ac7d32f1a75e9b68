"""Worked examples of the list's explanation and uncertainty by their ids (E3.5 to E3.8), expected values written here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.crosscountry import cross_country_factor, cross_country_scores
from geodata.derive import derive
from geodata.drawing import Cells
from geodata.policy import POLICY
from geodata.priority import Scoring
from geodata.sensitivity import indices
from geodata.shapley import shapley
from geodata.stability import compare
from geodata.uncertainty import rank_bands
from tests.factories import t8
from tests.test_worked_examples import IDS, scoring_of, with_predictions

FIRST_THREE = POLICY.with_values({"top_k": 3})


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    place = t8()
    learners = place["num_students"].to_numpy(dtype=float)
    return replace(scoring_of(with_predictions(place.assign(**derive(place)))), learners=learners)


def test_e3_5_shapley_parts_of_s5(scoring: Scoring) -> None:
    found = shapley(scoring, IDS.index("S5"))
    baseline = [0.4621, 0.7145, 0.1844, 0.3935, 0.4095, 0.1231, 0.3788]
    assert found.baseline_items[:7].round(4).tolist() == baseline
    assert found.weighted
    assert [round(found.base_score, 3), round(found.score, 3)] == [42.918, 94.057]
    expected = {
        "bandwidth": 12.048, "poverty": 10.897, "displaced": 8.407, "rural": 7.203, "energy": 6.136, "crisis": 3.659,
        "devices": 2.789,
    }  # fmt: skip
    points = {part.criterion.name: part.points for part in found.parts}
    assert list(points) == list(expected), "largest first"
    assert points == pytest.approx(expected, abs=1e-3)
    assert sum(points.values()) == pytest.approx(found.score - found.base_score, abs=1e-6)
    assert sum(points.values()) == pytest.approx(51.138886, abs=1e-4)


# What the example draws for the unknown of S2 and S8, by position of the school and the item: S2 has no internet with a
# chance of .7, else 8 of 20 Mbps, and no electricity with .6; S8 none with .2, else 10 or 40 of 24 Mbps; 23 of 119 devices.
E3_6_UNKNOWN = Cells(
    row=np.array([1, 1, 7, 7]),
    item=np.array([0, 2, 0, 1]),
    chance=np.array([0.7, 0.6, 0.2, 1.0]),
    start=np.array([[0, 1], [2, 3], [4, 5], [7, 7]]),
    size=np.array([[1, 1], [1, 1], [1, 2], [1, 1]]),
    pool=np.array([1.0, 1 - 8 / 20, 1.0, 0.0, 1.0, 1 - 10 / 24, 0.0, 1 - 24 / 119]),
)
E3_6 = {
    "S1": (2, 2, 2, 1.0), "S2": (4, 3, 4, 0.44), "S3": (5, 5, 6, 0.0), "S4": (3, 3, 4, 0.56),
    "S5": (1, 1, 1, 1.0), "S6": (8, 8, 8, 0.0), "S7": (7, 7, 7, 0.0), "S8": (6, 5, 6, 0.0),
}  # fmt: skip


def test_e3_6_likely_ranks(scoring: Scoring) -> None:
    """Index alone, seed 20260101, 10 000 draws; ranks within 1, chances within .02."""
    found = rank_bands(
        scoring, pd.Series(IDS), FIRST_THREE, draws=10_000, seed=20260101, by_group=False, cells=E3_6_UNKNOWN
    )
    for school, (median, low, high, chance) in zip(IDS, E3_6.values(), strict=True):
        row = found.loc[IDS.index(school)]
        assert [row["rank_median"], row["rank_low"], row["rank_high"]] == pytest.approx([median, low, high], abs=1)
        assert row["top_chance"] == pytest.approx(chance, abs=0.02)
    assert found["rank_tie"].tolist() == [2, 3, 4, 3, 1, 6, 5, 4], "S4 and S2 cannot be told apart, nor S3 and S8"


def test_e3_7_stability_against_plain_averages(scoring: Scoring) -> None:
    """The order of E3.2 against that of E3.3."""
    index = pd.Series({"S5": 1, "S1": 2, "S4": 3, "S2": 4, "S3": 5, "S8": 6, "S7": 7, "S6": 8})
    plain = pd.Series({s: n for n, s in enumerate(["S5", "S1", "S2", "S4", "S3", "S8", "S7", "S6"], start=1)})
    found = compare(index, plain, top=3)
    assert [round(found.tau, 4), found.mean_shift, round(found.overlap, 4)] == [0.9286, 0.25, 0.6667]
    assert (found.left, found.entered, found.flagged) == (("S4",), ("S2",), True)


@pytest.mark.parametrize(
    ("response", "first", "total"),
    [
        (lambda x: 4 * x[0] + 2 * x[1], [0.8, 0.2], [0.8, 0.2]),
        (lambda x: x[0] * x[1], [3 / 7, 3 / 7], [4 / 7, 4 / 7]),
    ],
    ids=["Y = 4a + 2b", "Y = ab"],
)
def test_e3_8_sobol_indices(response: object, first: list[float], total: list[float]) -> None:
    found = indices(response, 2, samples=2**12, seed=20260101)  # type: ignore[arg-type]
    assert found[0].tolist() == pytest.approx(first, abs=0.02)
    assert found[1].tolist() == pytest.approx(total, abs=0.02)


def test_countries_on_one_scale_only_where_the_policy_says_so() -> None:
    all_three = {"least_developed": True, "small_island": True, "conflict_or_disaster": True}
    assert cross_country_factor(**all_three) == 1
    on = POLICY.with_values({"cross_country": "on"})
    assert cross_country_factor(**all_three, policy=on) == 1.5, "never above the cap"
    one = {**all_three, "small_island": False, "conflict_or_disaster": False}
    assert cross_country_scores(np.array([40.0, 80.0]), **one, policy=on).tolist() == [50, 100]
    assert cross_country_scores(np.array([40.0]), policy=on).tolist() == [40]
