"""The list of a place: against an independent recomputation, and the laws that it keeps whatever the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geodata.derive import derive, scored
from geodata.explain import NOT_COUNTED, SIMILAR, explain
from geodata.policy import POLICY
from geodata.priority import criteria, tier_cuts
from geodata.reasons import contributions, reasons
from geodata.standards import place_words, standards
from tests.by_hand import ranking
from tests.factories import schools, t8
from tests.random_places import random_place

seeds = st.integers(0, 10_000)
NUMBERS = ("need", "marginalisation", "priority_score", "data_confidence")


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_the_list_recomputed_by_hand(seed: int) -> None:
    place = random_place(seed, size=40 + 5 * seed, unknown=0.05 * seed)
    derived, hand = derive(place).set_index(place["school_id"]), ranking(place)
    assert set(derived["list"]) == (
        {"ranked", "verify_first"} if (derived["list"] == "verify_first").any() else {"ranked"}
    )
    for school, row in hand.items():
        found = derived.loc[school]
        for name in NUMBERS:
            assert found[name] == pytest.approx(row[name], abs=1e-6), (school, name)
        assert [found[n] for n in ("lacks_count", "lacks_unknown", "lacks_expected", "list")] == [
            row[n] for n in ("lacks_count", "lacks_unknown", "lacks_expected", "list")
        ]
        assert (None if pd.isna(found["tier"]) else found["tier"]) == (row["tier"] if row["list"] == "ranked" else None)
        assert (None if pd.isna(found["priority_rank"]) else found["priority_rank"]) == row.get("priority_rank")


# --- laws ---------------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(seeds, seeds)
@example(409, 409)  # a sum that once fell on either side of a rounding
def test_row_order_never_changes_anything(seed: int, shuffle: int) -> None:
    place = random_place(seed)
    mixed = place.sample(frac=1, random_state=shuffle)
    pd.testing.assert_frame_equal(derive(mixed).loc[place.index], derive(place), check_exact=False, rtol=1e-9)
    assert derive(mixed)["priority_rank"].loc[place.index].equals(derive(place)["priority_rank"])


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_ranks_are_a_permutation_in_the_order_of_group_score_and_id(seed: int) -> None:
    place = random_place(seed)
    ranked = place.assign(**derive(place)).dropna(subset=["priority_rank"]).sort_values("priority_rank")
    assert ranked["priority_rank"].tolist() == list(range(1, len(ranked) + 1))
    order = list(zip(ranked["tier"], -ranked["priority_score"], ranked["school_id"], strict=True))
    assert order == sorted(order)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_similar_schools_stand_in_between(seed: int) -> None:
    """An unknown item is scored between the best and the worst that the place knows, never outside."""
    scoring, _ = scored(random_place(seed))
    counted = scoring.known[scoring.operating][:, scoring.in_use]
    low, high = np.nanmin(counted, axis=0), np.nanmax(counted, axis=0)
    filled = np.where(scoring.unknown, scoring.filled, np.nan)[:, scoring.in_use]
    assert not np.isnan(scoring.filled[:, scoring.in_use]).any()
    with np.errstate(invalid="ignore"):
        assert not (filled < low - 1e-9).any()
        assert not (filled > high + 1e-9).any()


@settings(max_examples=15, deadline=None)
@given(seeds, st.sampled_from(["has_electricity", "wealth_percentile", "crisis_index"]), st.integers(0, 59))
def test_unknown_never_ranks_as_no_need(seed: int, column: str, row: int) -> None:
    """The score of a school that does not report lies between the scores it would have at the best and at the worst."""
    place = random_place(seed)
    ends = {"has_electricity": (True, False), "wealth_percentile": (1.0, 0.0), "crisis_index": (0.0, 10.0)}[column]

    best, unknown, worst = (score_with(place, column, row, v) for v in (ends[0], None, ends[1]))
    assert best - 1e-6 <= unknown <= worst + 1e-6


def score_with(place: pd.DataFrame, column: str, row: int, value: object) -> float:
    """The school's score with a value set, the other schools as they are."""
    changed = place.copy()
    column_values = place[column].tolist()
    column_values[row] = value
    changed[column] = schools(**{column: column_values})[column].to_numpy()
    changed[column] = changed[column].astype(schools(**{column: [None]})[column].dtype)
    return float(scored(changed)[0].score[row])


@settings(max_examples=12, deadline=None)
@given(seeds, st.sampled_from(["weight_bandwidth", "weight_poverty", "alpha"]), st.floats(0, 1))
def test_weights_never_move_a_school_to_another_group(seed: int, name: str, value: float) -> None:
    """Groups are counts: stable under the weights, as far as the list itself is the same."""
    place = random_place(seed)
    before, after = scored(place)[0], scored(place, POLICY.with_values({name: value}))[0]
    assert (before.tier == after.tier).all()


# --- unknowns and the two lists -----------------------------------------------------------------------------------


def test_a_school_that_reports_too_little_is_verified_first_and_not_ranked() -> None:
    place = t8()
    place.loc[1, ["num_computers", "num_tablets"]] = pd.NA  # S2 now reports no service at all
    derived = derive(place)
    assert derived.loc[1, "list"] == "verify_first"
    assert pd.isna(derived.loc[1, "priority_rank"])
    assert pd.isna(derived.loc[1, "tier"])
    assert derived.loc[1, "data_confidence"] == 0.5
    assert derived["priority_rank"].dropna().tolist() == [2, 4, 3, 1, 7, 6, 5]


def test_verify_first_follows_the_policy() -> None:
    strict = derive(t8(), POLICY.with_values({"verify_first_below": 0.66}))
    assert strict["list"].tolist() == ["ranked", "verify_first", *["ranked"] * 5, "verify_first"]


def test_a_school_that_does_not_operate_stays_visible_and_apart() -> None:
    place = t8()
    place["school_status"] = pd.Series([None, None, None, None, "damaged", None, None, "used_as_shelter"], dtype="str")
    derived = derive(place)
    assert derived.loc[4, "list"] == "verify_first"
    assert derived.loc[4, "priority_reasons"].startswith("damaged; ")
    assert derived.loc[7, "priority_reasons"].startswith("used as a shelter; ")
    assert derived.loc[0, "priority_rank"] == 1


def test_the_certain_lacks_do_not_speak_for_the_connected() -> None:
    """Schools without internet are known to lack all; a connected school of unknown speed is like the connected ones."""
    place = schools(
        has_internet_for_learners=[False] * 6 + [True, True, True],
        num_students=100, num_computers=0, num_tablets=0, num_teachers=4, has_electricity=True, wealth_percentile=0.5,
        download_speed_contracted_mbps=[None] * 6 + [20.0, 10.0, None],
    )  # fmt: skip
    scoring, _ = scored(place)
    assert scoring.filled[8, 0] == pytest.approx(0.25)


def test_groups_of_similar_schools_speak_first_where_they_are_large_enough() -> None:
    place = schools(
        admin2_id=["D1"] * 6 + ["D2"] * 6,
        has_electricity=[True] * 4 + [False, None] + [False] * 5 + [None],
        wealth_percentile=0.5,
    )
    scoring, _ = scored(place)
    assert (scoring.filled[5, 2], scoring.filled[11, 2]) == (0.2, 1.0)
    alone, _ = scored(place, POLICY.with_values({"similar_schools_min": 6}))
    assert alone.filled[5, 2] == alone.filled[11, 2] == 0.6


# --- items that nobody knows, and lower standards -----------------------------------------------------------------


def test_items_known_for_nobody_leave_and_their_weight_is_shared_out() -> None:
    place = t8().drop(columns=["num_students_displaced", "crisis_index"])
    derived = derive(place)
    row = derived.loc[0]  # S1: need 1, poverty .92 (weight 2/3), rural 1 (weight 1/3)
    assert row["marginalisation"] == pytest.approx(np.sqrt(2 / 3 * 0.92**2 + 1 / 3))
    found = {s.criterion.name: s for s in standards(place)}
    assert [found[n].in_use for n in ("poverty", "rural", "displaced", "crisis")] == [True, True, False, False]
    assert found["poverty"].weight_used == pytest.approx(2 / 3)
    assert found["crisis"].words == "Not counted: known for no school; its weight is shared among poverty, remoteness."
    assert tier_cuts(5) == (4, 3)
    assert row["tier"] == "A"  # lacks 5 of 5
    assert any("5 of 7 things are counted: group A lacks 4 or more" in s for s in place_words(place))


@pytest.mark.parametrize(
    ("used", "cuts"), [(7, (5, 3)), (6, (5, 3)), (5, (4, 3)), (4, (3, 2)), (3, (3, 2)), (2, (2, 1)), (1, (1, 1))]
)
def test_group_cuts_shrink_in_proportion(used: int, cuts: tuple[int, int]) -> None:
    assert tier_cuts(used) == cuts


def test_without_speeds_and_enrolment_the_list_stands_on_yes_and_no() -> None:
    place = schools(
        has_internet=[True, True, False, True],
        has_internet_for_learners=[True, False, None, None],
        num_computers=[3, 0, 0, None],
        num_tablets=[None, 0, 0, None],
        has_electricity=[True, True, False, None],
        school_area_type=["urban", "rural", "rural", None],
    )
    derived = derive(place)
    assert derived["item_bandwidth"].tolist()[:3] == [0, 1, 1]
    assert np.isnan(derived["item_bandwidth"].iloc[3])
    assert derived["item_devices"].tolist()[:3] == [0, 1, 1]
    assert derived["item_rural"].tolist()[:3] == [0, 1, 1]
    assert derived["device_gap"].isna().all(), "no enrolment, no invented gap"
    assert derived["required_bandwidth_mbps"].isna().all()
    assert derived["underserved"].tolist()[1:3] == [True, True]
    said = place_words(place)
    assert said[0] == "Enrolment is reported for no school: the list counts schools, not learners."
    assert "Internet for learners: yes or no: no connected school's speed is reported." in said
    assert "Devices: any device or none: enrolment is reported for no school." in said
    assert any(s.startswith("Remoteness: the national urban and rural") for s in said)


def test_where_use_by_learners_is_never_reported_internet_at_the_school_stands_in() -> None:
    place = schools(has_internet=[True, False, None], has_electricity=True, school_area_type="rural")
    derived = derive(place)
    assert derived["item_bandwidth"].tolist()[:2] == [0, 1]
    assert "use by learners is reported for no school" in next(s.words for s in standards(place))


def test_without_enrolment_speed_is_held_against_the_floor() -> None:
    place = schools(
        has_internet_for_learners=True, download_speed_contracted_mbps=[5.0, 20.0, None], has_electricity=True
    )
    derived = derive(place)
    assert derived["item_bandwidth"].tolist()[:2] == [0.75, 0.0]
    assert "20 Mbps a school" in standards(place)[0].words


def test_a_wealth_percentile_inferred_from_poverty_is_said() -> None:
    place = schools(
        wealth_percentile=[0.1, 0.9, None], wealth_percentile_evidence=["inferred", "inferred", "unknown"],
        wealth_percentile_source="atlas", poverty_share=[0.6, 0.1, None], poverty_share_source="atlas",
        population=[50.0, 20.0, None], has_electricity=True,
    )  # fmt: skip
    assert derive(place)["item_poverty"].tolist()[:2] == [0.9, pytest.approx(0.1)]
    assert "share of people who live in less poor areas" in standards(place)[3].words
    assert "share of areas that are less poor" in standards(place.drop(columns="population"))[3].words
    assert standards(place.assign(wealth_percentile_evidence="reported"))[3].words == ""
    elsewhere = place.assign(wealth_percentile_source="a survey of wealth")
    assert standards(elsewhere)[3].words == "", "inferred, but not from the share in poverty"


def test_no_services_known_anywhere_means_no_list() -> None:
    derived = derive(schools(school_area_type=["rural", "urban"], wealth_percentile=[0.1, 0.9]))
    assert derived["list"].eq("verify_first").all()
    assert derived["priority_score"].isna().all()
    assert any(
        "every school stands in the verify first list" in s for s in place_words(schools(school_area_type=["rural"]))
    )


def test_nothing_known_at_all_is_said_once() -> None:
    nothing = schools(school_id=["x", "y"])
    assert place_words(nothing) == [
        "Enrolment is reported for no school: the list counts schools, not learners.",
        "Nothing is reported that a list could stand on: every school stands in the verify first list.",
    ]
    assert derive(nothing)["priority_reasons"].tolist() == ["nothing reported", "nothing reported"]


def test_no_circumstances_known_anywhere_leaves_the_services() -> None:
    derived = derive(schools(has_electricity=[True, False], has_internet_for_learners=[True, False]))
    assert derived["priority_score"].tolist() == [0, 100]
    assert derived["list"].eq("ranked").all()


# --- words and arithmetic -----------------------------------------------------------------------------------------


def test_reasons_in_plain_words_largest_first() -> None:
    said = derive(t8()).set_index(t8()["school_id"])["priority_reasons"]
    assert said["S3"] == "too few devices; internet too slow"
    assert said["S4"] == "no internet for learners; among the poorest places; no devices; rural place; high crisis risk"
    assert said["S8"] == "internet not reported; devices not reported"
    connected = schools(
        has_internet_for_learners=[True, True, None], download_speed_contracted_mbps=[9.0, None, None], has_electricity=True,
        num_students=[10, None, 10], num_computers=[2, 2, None], num_tablets=0, num_teachers=1,
    )  # fmt: skip
    assert derive(connected)["priority_reasons"].tolist() == [
        "internet too slow",
        "whether the internet is fast enough not reported; whether devices suffice not reported",
        "internet not reported; devices not reported",
    ]
    assert "many displaced learners" in said["S5"]
    city = schools(
        num_students=10, num_teachers=0, num_computers=9, num_tablets=0, has_internet_for_learners=True, settlement="city",
        download_speed_contracted_mbps=50.0, has_electricity=True,
    )  # fmt: skip
    assert derive(city)["priority_reasons"].tolist() == ["none of the things counted is lacking"]


def test_reasons_can_leave_out_what_a_tier_may_not_see() -> None:
    scoring, columns = scored(t8())
    said = reasons(scoring, columns["school_status"], 2, without={"displaced"})
    assert not said.str.contains("displaced").any()


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_contributions_add_up_and_reasons_name_each_known_lack_once(seed: int) -> None:
    place = random_place(seed)
    scoring, columns = scored(place)
    total = contributions(scoring, 2).sum(axis=1)
    whole = (scoring.need > 0) & (scoring.marginalisation > 0)
    assert np.allclose(total[whole], 1)
    said = reasons(scoring, columns["school_status"], 2)
    for row, text in enumerate(said):
        parts = text.split("; ")
        for k, c in enumerate(criteria()):
            words = {c.lacks, c.lacks_in_part} - {""}
            assert sum(p in words for p in parts) == int(scoring.lacks_known[row, k])
            missing = {c.unknown, c.unknown_in_part} - {""}
            assert sum(p in missing for p in parts) == int(scoring.unknown[row, k])


def test_the_arithmetic_of_a_school_can_be_redone() -> None:
    told = explain(t8(), "S5")
    assert told.headline == "lacks 7 of 7 things"
    assert "Score: 100 × 0.9690^0.5 × 0.9130^0.5 = 94.06" in told.steps
    assert "Lacks 7 of 7 things: group A from 5, B from 3, so group A." in told.steps
    parts = sum(x.part for x in told.items if x.criterion.pillar == "need")
    assert np.sqrt(parts) == pytest.approx(told.need) == pytest.approx(0.969, abs=1e-4)
    assert sum(x.share for x in told.items) == pytest.approx(1)


def test_the_arithmetic_says_what_similar_schools_lend() -> None:
    told = explain(t8(), "S2")
    assert told.headline == "lacks 4 of 7 things, 2 not reported"
    assert [x.basis for x in told.items if x.criterion.name in ("bandwidth", "energy")] == [SIMILAR, SIMILAR]
    assert "Electricity is not reported: similar schools average 0.29." in told.steps
    without = explain(t8().drop(columns="crisis_index"), "S1")
    assert without.items[-1].basis == NOT_COUNTED
    assert np.isnan(without.items[-1].value)


def test_explain_knows_its_schools_and_its_lists() -> None:
    with pytest.raises(KeyError):
        explain(t8(), "S9")
    nothing = explain(schools(school_id=["x"]), "x")
    assert (nothing.tier, nothing.list_name, nothing.in_use) == ("", "verify_first", 0)
    assert nothing.steps == ("Nothing is known that a score could stand on.",)
    damaged = t8().assign(school_status="damaged")
    assert (
        "Verify first: the school does not operate now."
        in explain(
            pd.concat([t8(), damaged.assign(school_id="D" + damaged["school_id"])], ignore_index=True), "DS1"
        ).steps
    )
