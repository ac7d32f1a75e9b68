"""What a school's score is made of, where it would stand otherwise, and how stable the list is."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.answers import plain_rows
from geodata.counterfactual import questions, what_if
from geodata.derive import derive, scored
from geodata.errors import ViewError
from geodata.explain import PREDICTED, SIMILAR, explain
from geodata.layers import open_atlas
from geodata.policy import POLICY
from geodata.sensitivity import sensitivity
from geodata.shapley import average_school, shapley
from geodata.stability import compare, last_build, weightings
from geodata.standards import place_words
from tests.factories import atlas, schools, t8
from tests.random_places import random_place

seeds = st.integers(0, 10_000)
WITH_AREAS = {"attendance_parity_girls": [0.7, 0.7, 1.1, 1.1, None, None, 1.0, 1.0], "out_of_school_rate": 0.3}


def with_areas(place: pd.DataFrame) -> pd.DataFrame:
    """T8 whose areas know girls' attendance and children out of school."""
    return place.assign(**{n: pd.Series(v, index=place.index, dtype="float64") for n, v in WITH_AREAS.items()})


# --- Shapley --------------------------------------------------------------------------------------------------------


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(0, 59))
def test_parts_add_up_and_what_is_average_adds_nothing(seed: int, row: int) -> None:
    scoring = scored(random_place(seed))[0]
    found = shapley(scoring, row)
    assert sum(p.points for p in found.parts) == pytest.approx(found.score - found.base_score, abs=1e-6)
    assert round(found.score, 6) == scoring.score[row]
    scoring.operating[row] = False  # so that it is not in the average itself
    baseline, _ = average_school(scoring)
    scoring.filled[row] = baseline
    assert all(abs(p.points) < 1e-9 for p in shapley(scoring, row).parts)


@settings(max_examples=6, deadline=None)
@given(seeds, st.integers(0, 59), st.integers(0, 2))
def test_an_item_as_the_average_adds_nothing_and_a_worse_one_more(seed: int, row: int, item: int) -> None:
    scoring = scored(random_place(seed))[0]
    scoring.operating[row] = False  # so that it is not in the average itself
    baseline, _ = average_school(scoring)

    def part(value: float) -> float:
        scoring.filled[row, item] = value
        return next(p.points for p in shapley(scoring, row).parts if p.criterion.order == item + 1)

    assert abs(part(float(baseline[item]))) < 1e-9
    assert part(0.0) <= 1e-9 <= part(1.0) + 2e-9


def test_equal_items_of_equal_weight_have_equal_parts() -> None:
    scoring = scored(t8(), POLICY.with_values({"weight_devices": 0.5}))[0]
    scoring.filled[:, 0] = scoring.filled[:, 1]
    points = {p.criterion.name: p.points for p in shapley(scoring, 0).parts}
    assert points["bandwidth"] == pytest.approx(points["devices"], abs=1e-12)


def test_the_average_school_counts_those_without_enrolment_too() -> None:
    place = schools(
        num_students=[100, 300, None], has_electricity=[True, False, False], wealth_percentile=0.5, num_teachers=1
    )
    items, weighted = average_school(scored(place)[0])
    assert weighted
    assert items[2] == pytest.approx(500 / 600), "a school without enrolment weighs as much as the mean one"
    items, weighted = average_school(
        scored(place.assign(num_students=schools(num_students=[None] * 3)["num_students"]))[0]
    )
    assert (items[2], weighted) == (pytest.approx(2 / 3), False)


# --- what if --------------------------------------------------------------------------------------------------------


@settings(max_examples=5, deadline=None)
@given(seeds, st.integers(0, 59))
def test_what_if_agrees_with_the_place_derived_anew(seed: int, row: int) -> None:
    """The other schools stay as they are, so the rank is theirs before and the school's own after."""
    place = random_place(seed)
    school = str(place["school_id"].iloc[row])
    changes = {"has_electricity": True, "num_computers": 500, "num_tablets": 0}
    found = what_if(place, school, changes)
    before = derive(place).iloc[row]
    assert found.before.score == before["priority_score"]
    assert found.before.tier == (None if pd.isna(before["tier"]) else before["tier"])
    assert found.before.rank == (None if pd.isna(before["priority_rank"]) else before["priority_rank"])
    changed = place.copy()
    for name, value in changes.items():
        changed.loc[place.index[row], name] = value
    after = derive(changed).iloc[row]
    assert found.after.score == pytest.approx(after["priority_score"], abs=1e-6)
    assert found.after.tier == (None if pd.isna(after["tier"]) else after["tier"])
    same = what_if(place, school, {})
    assert same.before == same.after


def test_what_a_school_lacks_is_asked_and_moves_it_down() -> None:
    place = t8()
    row = plain_rows(place.assign(**derive(place)).iloc[[4]])[0]
    asked = dict(questions(row))
    assert list(asked) == ["with 20.5 Mbps", "with the 83 devices it lacks", "with electricity", "with all three"]
    scores = [what_if(place, "S5", changes).after.score for changes in asked.values()]
    assert scores[-1] == 0 < min(scores[:-1])
    assert max(scores) < what_if(place, "S5", {}).before.score
    assert what_if(place, "S5", asked["with all three"]).after.rank > 1
    s8 = dict(questions(plain_rows(place.assign(**derive(place)).iloc[[7]])[0]))
    assert list(s8) == ["with 24 Mbps", "with 119 devices", "with both"], "what is not reported may be given too"


def test_what_if_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ViewError, match="no school 'S9'"):
        what_if(t8(), "S9", {})
    with pytest.raises(ViewError, match="Did you mean 'num_computers'"):
        what_if(t8(), "S1", {"num_computer": 3})


def test_what_if_is_quick_at_twenty_thousand_schools() -> None:
    place = random_place(1, size=20_000)
    scoring = scored(place)[0]
    start = time.process_time()
    what_if(place, str(place["school_id"].iloc[0]), {"has_electricity": True}, scoring=scoring)
    assert time.process_time() - start < 0.1 * 3, "a tenth of a second on a machine that is not busy"


# --- stability ------------------------------------------------------------------------------------------------------


def test_the_same_order_is_stable_and_the_reverse_is_not() -> None:
    ranks = pd.Series(range(1, 21), index=[f"s{i:02d}" for i in range(20)])
    same, turned = compare(ranks, ranks, top=5), compare(ranks, ranks.max() + 1 - ranks, top=5)
    assert (same.tau, same.mean_shift, same.overlap, same.churn, same.flagged) == (1, 0, 1, 0, False)
    assert (turned.tau, turned.overlap, turned.flagged, turned.mean_shift) == (-1, 0, True, 10)
    assert turned.left == ("s00", "s01", "s02", "s03", "s04")


def test_schools_that_come_and_go_count_among_the_first() -> None:
    before = pd.Series([1.0, 2.0, 3.0, None], index=["a", "b", "c", "d"])
    after = pd.Series([1.0, 2.0, 3.0], index=["d", "b", "c"])
    found = compare(before, after, top=2)
    assert (found.left, found.entered, found.schools, found.tau) == (("a",), ("d",), 2, 1)
    nothing = compare(before.iloc[:0], after.iloc[:0], top=2)
    assert np.isnan(nothing.tau)
    assert not nothing.flagged


def test_other_weightings_are_compared_each_by_its_name() -> None:
    place = random_place(3)
    found = {title: result for title, _, result in weightings(place, POLICY.with_values({"top_k": 10}))}
    assert list(found) == ["Plain averages", "Equal weights", "Without wealth", "Percentiles"]
    assert all(-1 <= s.tau <= 1 and 0 <= s.overlap <= 1 and s.top == 10 for s in found.values())
    flat = derive(place, POLICY.with_values({"power_mean_p": 1}))
    own = derive(place)["priority_rank"]
    ids = place["school_id"].to_numpy()
    listed = flat[flat["list"] == "ranked"].assign(mean=lambda f: ((f["need"] + f["marginalisation"]) / 2 * 100).round(6), id=place["school_id"])  # fmt: skip
    order = listed.sort_values(["tier", "mean", "id"], ascending=[True, False, True]).index
    arithmetic = pd.Series(np.arange(1.0, len(order) + 1), index=order).reindex(flat.index)
    again = compare(pd.Series(own.to_numpy(dtype=float, na_value=np.nan), ids), pd.Series(arithmetic.to_numpy(dtype=float, na_value=np.nan), ids), top=10)  # fmt: skip
    assert found["Plain averages"] == again
    without = derive(place.drop(columns="wealth_percentile"))["priority_rank"]
    both = compare(pd.Series(own.to_numpy(dtype=float, na_value=np.nan), ids), pd.Series(without.to_numpy(dtype=float, na_value=np.nan), ids), top=10)  # fmt: skip
    assert found["Without wealth"].overlap == both.overlap


def test_the_last_build_is_the_one_that_this_took_the_place_of(tmp_path: Path) -> None:
    place = random_place(5)
    full = place.assign(**derive(place))
    first = atlas(tmp_path, full, build_id="one")
    assert last_build(first) is None
    changed = place.assign(wealth_percentile=1 - place["wealth_percentile"])
    atlas(tmp_path, changed.assign(**derive(changed)), build_id="two")
    found = last_build(open_atlas(first.link), tier="government")
    assert found is not None
    assert found.tau < 1
    assert found.schools > 0
    atlas(tmp_path, full, build_id="three")
    assert len([p for p in (tmp_path / "testland.d").iterdir() if p.is_dir()]) == 2, "one build before is kept"


def test_what_moves_the_list_most() -> None:
    place = random_place(2, size=40)
    found = sensitivity(scored(place)[0], place["school_id"], samples=16)
    assert len(found.first) == len(found.total) == len(found.factors) == 4
    assert found.mean_shift > 0


# --- scored, never counted ------------------------------------------------------------------------------------------


def test_girls_and_children_out_of_school_are_scored_but_never_counted() -> None:
    plain, known = derive(t8()), derive(with_areas(t8()))
    assert known["item_girls"].tolist()[:4] == pytest.approx([0.3, 0.3, 0, 0])
    assert known["item_out_of_school"].tolist() == pytest.approx([0.6] * 8)
    assert known["tier"].equals(plain["tier"])
    for name in ("lacks_count", "lacks_unknown", "lacks_expected"):
        assert known[name].equals(plain[name]), name
    for before, after in zip(plain["priority_reasons"], known["priority_reasons"], strict=True):
        assert sorted(before.split("; ")) == sorted(after.split("; ")), "in another order, for the shares differ"
    # S1: the seven keep their proportions within what the two leave of marginalisation
    squares = 0.8 * plain.loc[0, "marginalisation"] ** 2 + 0.1 * 0.3**2 + 0.1 * 0.6**2
    assert known.loc[0, "marginalisation"] == pytest.approx(np.sqrt(squares))
    assert known.loc[4, "data_confidence"] == pytest.approx(0.95), "S5's area does not know girls' attendance"
    told = explain(with_areas(t8()), "S5")
    girls = next(x for x in told.items if x.criterion.name == "girls")
    assert (girls.basis, girls.lacks, girls.weight_used) == (SIMILAR, False, 0.1)
    assert told.headline == "lacks 7 of 7 things"
    assert any(s.startswith("Girls' attendance is not reported") for s in told.steps)
    assert "In the score, but not counted for groups A to C: girls' attendance, children out of school." in place_words(with_areas(t8()))  # fmt: skip
    assert not any(x.criterion.name == "girls" for x in explain(t8(), "S5").items)


def test_girls_who_attend_more_are_no_lack_and_a_schools_own_share_is_none() -> None:
    place = with_areas(t8())
    assert derive(place)["item_girls"].iloc[2] == 0
    more = place.assign(num_students_girls=pd.Series([1] * 8, dtype="Int64"))
    pd.testing.assert_series_equal(derive(more)["priority_score"], derive(place)["priority_score"])


def test_a_thing_of_weight_nought_still_counts_for_the_groups_and_says_so() -> None:
    policy = POLICY.with_values({"weight_rural": 0})
    assert derive(t8(), policy)["tier"].equals(derive(t8())["tier"])
    assert "Weight 0, so not in the score, but still counted for groups A to C: remoteness." in place_words(
        t8(), policy
    )


def test_optional_items_alone_carry_their_side() -> None:
    place = schools(has_electricity=[True, False, False], out_of_school_rate=[0.1, 0.2, 0.5])
    derived = derive(place)
    assert derived["marginalisation"].tolist() == pytest.approx([0.2, 0.4, 1.0])
    assert derived["list"].eq("ranked").all()


# --- predicted chances ----------------------------------------------------------------------------------------------


def test_a_predicted_chance_weighs_what_is_not_known_and_nothing_else() -> None:
    place = t8()
    chances = place.assign(
        predicted_electricity=pd.Series([0.9] * 8, dtype="float64"),
        predicted_internet_for_learners=pd.Series([0.2] * 8, dtype="float64"),
    )
    before, after = derive(place), derive(chances)
    known = [0, 2, 3, 4, 5, 6]  # all but S2 and S8 report everything
    pd.testing.assert_frame_equal(after.iloc[known].drop(columns="priority_rank"), before.iloc[known].drop(columns="priority_rank"))  # fmt: skip
    for name in ("item_energy", "item_bandwidth", "lacks_count", "lacks_unknown", "data_confidence", "list"):
        pd.testing.assert_series_equal(after[name], before[name])
    scoring = scored(chances)[0]
    assert scoring.filled[1, 2] == pytest.approx(0.1), "a chance of 90 % to have electricity"
    connected = (14 / 26 + 0 + 12.5 / 32.5) / 3
    assert scoring.filled[1, 0] == pytest.approx(0.2 * connected + 0.8, abs=1e-8)
    told = explain(chances, "S2")
    assert [x.basis for x in told.items[:3]] == [PREDICTED, "reported", PREDICTED]
    assert any("predicted with a chance of 90%, so 0.10 is expected" in s for s in told.steps)
