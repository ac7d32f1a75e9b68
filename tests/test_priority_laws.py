"""Laws of the list that hold for every place and policy, and what stands where nothing can be scored."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.aggregate import roll_up
from geodata.answers import summarise
from geodata.derive import derive, scored
from geodata.explain import explain
from geodata.policy import NUMBERS, POLICY
from geodata.priority import score_items
from geodata.standards import place_words
from tests.factories import schools, t8
from tests.random_places import random_place

seeds = st.integers(0, 10_000)
WEIGHTS = [name for name in NUMBERS if name.startswith("weight_")]
POLICIES = {
    "default": {}, "no weights": dict.fromkeys(WEIGHTS, 0), "no service": dict.fromkeys(WEIGHTS[:3], 0),
    "no circumstance": dict.fromkeys(WEIGHTS[3:], 0), "alpha 0": {"alpha": 0}, "alpha 1": {"alpha": 1},
    "p 1": {"power_mean_p": 1}, "p 10": {"power_mean_p": 10}, "T0": {"bandwidth_tier": "T0"}, "T3": {"bandwidth_tier": "T3"},
    "all must be known": {"verify_first_below": 1}, "one a learner": {"device_ratio": 1, "devices_per_teacher": 0},
}  # fmt: skip
policies = pytest.mark.parametrize("policy", [POLICY.with_values(v) for v in POLICIES.values()], ids=list(POLICIES))


@policies
@pytest.mark.parametrize("seed", range(3))
def test_every_policy_gives_a_list_that_is_in_order(policy: object, seed: int) -> None:
    place = random_place(seed)
    derived = derive(place, policy).assign(school_id=place["school_id"])  # type: ignore[arg-type]
    ranked = derived[derived["list"] == "ranked"].sort_values("priority_rank")
    assert ranked["priority_rank"].tolist() == list(range(1, len(ranked) + 1))
    keys = list(zip(ranked["tier"], -ranked["priority_score"], ranked["school_id"], strict=True))
    assert keys == sorted(keys)
    assert ranked["priority_score"].between(0, 100).all()
    assert derived["tier"].isna().equals(derived["list"] == "verify_first")
    assert (derived["lacks_count"] <= derived["lacks_expected"]).all()
    assert derived["data_confidence"].between(0, 1).all()
    shuffled = derive(place.sample(frac=1, random_state=seed), policy)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(shuffled.sort_index(), derived.drop(columns="school_id"))


@settings(max_examples=20, deadline=None)
@given(seeds, st.integers(0, 6), st.integers(0, 59))
def test_a_known_lack_never_stands_behind_the_same_school_without_it(seed: int, item: int, row: int) -> None:
    """The item's worst never gives a lower score nor a lower group; unknown lies between best and worst."""
    scoring, _ = scored(random_place(seed))
    if not scoring.in_use[item]:
        return
    ends = []
    for value in (0.0, scoring.filled[row, item], 1.0):
        known, filled = scoring.known.copy(), scoring.filled.copy()
        known[row, item] = filled[row, item] = value
        ends.append(score_items(known, filled, scoring.in_use, scoring.operating))
    for better, worse in ((ends[0], ends[1]), (ends[1], ends[2])):
        assert worse.score[row] >= better.score[row]
        assert worse.tier[row] <= better.tier[row], "0 is group A"
        others = np.arange(len(worse.score)) != row
        assert (worse.score[others] == better.score[others]).all()


@pytest.mark.parametrize("seed", range(4))
def test_areas_add_up_to_the_whole(seed: int) -> None:
    place = random_place(seed)
    place = place.assign(**derive(place))
    parts = roll_up(place, place["admin2_id"])
    whole = roll_up(place, place["admin1_id"]).iloc[0]
    counted = [c for c in parts if c.startswith("num_schools") or c.endswith(("_known", "_unknown"))]
    for name in [*counted, "device_gap", "bandwidth_gap", "learners_without_internet"]:
        assert parts[name].sum() == pytest.approx(whole[name]), name


def test_without_any_weight_there_is_no_score_and_the_words_say_why() -> None:
    policy = POLICY.with_values(dict.fromkeys(WEIGHTS, 0))
    found = explain(t8(), "S3", policy)
    assert found.list_name == "verify_first"
    assert "Service gap: all its weights are 0, so it does not count." in found.steps
    assert "No score: no service that counts is known." in found.steps
    assert not any("nan" in step for step in found.steps)


def test_a_place_where_no_school_operates_says_that_and_not_that_nothing_is_reported() -> None:
    closed = schools(school_status=["damaged", "occupied"], has_electricity=[True, False])
    assert "No school operates now: every school stands in the verify first list." in place_words(closed)
    assert derive(closed)["priority_reasons"].tolist() == ["damaged", "occupied; no electricity"]
    area = roll_up(closed, pd.Series("x", index=closed.index)).loc["x"]
    assert (area["num_schools"], area["num_schools_not_open"]) == (0, 2)
    assert np.isnan(area["electricity"])


@pytest.mark.parametrize("learners", [0, 1])
def test_one_school_alone_is_ranked_on_what_is_known(learners: int) -> None:
    derived = derive(
        schools(num_students=learners, num_teachers=0, num_computers=0, num_tablets=0, settlement="rural")
    ).iloc[0]
    assert (derived["device_need"], derived["device_gap"], derived["priority_rank"]) == (1 + learners, 1 + learners, 1)
    assert derived["underserved"]


def test_learners_that_nobody_reports_are_not_nought() -> None:
    place = schools(num_students=[None, None, 30])
    place = place.assign(**derive(place))
    summary = summarise(place.iloc[:2], place["has_internet"].iloc[:2], place)
    assert (summary.learners, summary.learners_of, summary.learners_unknown) == (None, 30, 2)
