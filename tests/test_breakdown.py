"""One indicator by group: nobody falls out, groups against plain pandas, fifths of learners, chances beside the known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.aggregate import indicators, roll_up
from geodata.breakdown import COLUMNS, breakdown
from geodata.derive import derive
from geodata.errors import ViewError
from geodata.groupings import GROUPINGS, NOT_REPORTED, wealth_quintile
from geodata.indicators.marginalisation import adjusted_parity_index, parity_index
from geodata.ladder import RUNGS, ladder
from geodata.layers import Atlas
from geodata.policy import POLICY
from geodata.tables import SCHOOLS, empty_columns
from tests.factories import schools, t8
from tests.random_places import random_place

BY_SCHOOLS = [name for name in GROUPINGS if name not in ("sex", "education_level")]


def place(seed: int, size: int = 80) -> pd.DataFrame:
    frame = random_place(seed, size)
    return frame.assign(**derive(frame))


def test_e1_6_by_sex() -> None:
    table = breakdown(t8(), "internet_for_learners", "sex")
    girls, boys = table["value"]["girls"], table["value"]["boys"]
    assert [round(girls, 4), round(boys, 4)] == [0.7344, 0.7196]
    assert round(float(parity_index(girls, boys)), 4) == 1.0206
    assert round(float(adjusted_parity_index(girls, boys)), 4) == 1.0202
    assert table.loc[NOT_REPORTED, "schools"] == 0


def test_e7_4_model_assisted_from_the_columns_of_chances() -> None:
    """3 connected, S2 with a chance of 0.3 and S8 of 0.8: 4.1 of 8 schools, s.d. 0.6083; the value of the known stands."""
    frame = t8()
    chances = frame["school_id"].map({"S2": 0.3, "S8": 0.8}).astype("float64")
    frame = frame.assign(predicted_internet_for_learners=chances, admin1_id="x")
    row = breakdown(frame, "internet_for_learners", "admin1").loc["x"]
    assert (round(8 * row["assisted"], 4), round(8 * row["assisted_sd"], 4), row["assisted_left_out"]) == (4.1, 0.6083, 0)  # fmt: skip
    assert (row["value"], row["known"], row["unknown"]) == (0.5, 6, 2), "a chance is never counted as an answer"
    one = breakdown(frame.assign(predicted_internet_for_learners=chances.where(chances > 0.5)), "internet_for_learners", "admin1").loc["x"]  # fmt: skip
    assert (round(7 * one["assisted"], 4), one["assisted_left_out"]) == (3.8, 1)
    assert np.isnan(breakdown(t8(), "internet_for_learners", "settlement")["assisted"]).all(), (
        "no usable model, no value"
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5_000), st.sampled_from(BY_SCHOOLS), st.sampled_from(["electricity", "internet_for_learners"]))
def test_nobody_falls_out_and_groups_add_up_to_the_whole(seed: int, by: str, name: str) -> None:
    frame = place(seed)
    table = breakdown(frame, name, by)
    whole = roll_up(frame, pd.Series("x", index=frame.index), indicators=[name]).iloc[0]
    assert tuple(table.columns) == COLUMNS
    assert table.index[-1] == NOT_REPORTED
    assert table["schools"].sum() == whole["num_schools"]
    assert table["known"].sum() == whole[f"{name}_known"]
    assert table["unknown"].sum() == whole[f"{name}_unknown"]
    assert (table["value"] * table["known"]).sum() == pytest.approx(whole[name] * whole[f"{name}_known"])
    there = table[table["schools"] > 0]
    assert (there["known"] + there["unknown"] == there["schools"]).all()
    told = there.dropna(subset=["value"])
    assert (told["lower"] <= told["value"] + 1e-12).all()
    assert (told["value"] <= told["upper"] + 1e-12).all()
    assert (there.loc[there["coverage"] < 0.5, "headline"] == "none").all()


@pytest.mark.parametrize("by", list(GROUPINGS))
def test_every_indicator_breaks_down_in_every_way_even_where_nothing_is_known(by: str) -> None:
    nothing = schools(school_id=["a", "b"])
    nothing = nothing.assign(**derive(nothing))
    one_a_rollup = {(i.rollup, bool(i.weight), bool(i.among)): name for name, i in indicators().items()}
    for name in one_a_rollup.values():
        table = breakdown(nothing, name, by)
        assert table.loc[NOT_REPORTED, "schools"] == 2
        if name != "sex_not_reported":
            assert table["headline"].eq("none").all()


def test_a_school_of_several_levels_counts_at_each_and_its_learners_once() -> None:
    frame = schools(
        isced_levels=["1-2", "1", None, None, None],
        education_level=["combined", "primary", "combined", "secondary", None],
        has_electricity=[True, False, True, True, None],
        has_internet_for_learners=[True, True, False, True, True],
        num_students=[100, 50, 30, 20, 10],
    )
    shares = breakdown(frame, "electricity", "education_level")
    told = shares[shares["schools"] > 0]
    assert told["schools"].to_dict() == {"primary": 2, "lower_secondary": 1, "secondary": 1, "combined": 1, NOT_REPORTED: 1}  # fmt: skip
    assert told["value"].fillna(-1).to_dict() == {"primary": 0.5, "lower_secondary": 1, "secondary": 1, "combined": 1, NOT_REPORTED: -1}  # fmt: skip
    learners = breakdown(frame, "learners_with_internet", "education_level")
    assert learners.loc[learners["schools"] > 0, "known"].to_dict() == {"primary": 50, "secondary": 20, "combined": 130, NOT_REPORTED: 10}  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5_000))
def test_fifths_hold_a_fifth_of_the_learners_each_and_keep_the_order_of_wealth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = schools(wealth_percentile=rng.random(300).tolist(), num_students=rng.integers(20, 60, 300).tolist())
    fifth = wealth_quintile(frame).astype(int)
    share = frame["num_students"].groupby(fifth).sum() / frame["num_students"].sum()
    assert share.between(0.19, 0.21).all()
    most, least = (frame["wealth_percentile"].groupby(fifth).agg(end) for end in ("max", "min"))
    assert (most[:-1].to_numpy() <= least[1:].to_numpy()).all()
    mixed = frame.sample(frac=1, random_state=seed)
    assert wealth_quintile(mixed).sort_index().equals(wealth_quintile(frame))


def test_fifths_keep_the_schools_of_one_area_together_and_say_nothing_without_wealth() -> None:
    frame = schools(poverty_share=[0.9, 0.9, 0.1, None], num_students=[10, None, 30, 40])
    assert wealth_quintile(frame).fillna("?").tolist() == ["1", "1", "4", "?"]
    assert wealth_quintile(schools(school_id=["a"])).isna().all()


def test_among_restricts_what_counts_but_not_what_it_rests_on() -> None:
    frame = place(3)
    chosen = frame["admin2_id"].eq("D1")
    whole = breakdown(frame, "electricity", "wealth_quintile")
    some = breakdown(frame, "electricity", "wealth_quintile", among=chosen)
    rest = breakdown(frame, "electricity", "wealth_quintile", among=~chosen)
    assert (some["schools"] + rest["schools"]).equals(whole["schools"])


def test_size_follows_the_policy_and_bands() -> None:
    frame = schools(num_students=[10, None, None, 500], num_students_lower=[None, 1, 50, None], num_students_upper=[None, 50, 150, None])  # fmt: skip
    count = breakdown(frame, "electricity", "size")["schools"]
    assert count.to_dict() == {"small": 2, "medium": 0, "large": 1, NOT_REPORTED: 1}
    own = breakdown(frame, "electricity", "size", POLICY.with_values({"size_large_from": 1000}))["schools"]
    assert own["medium"] == 1


@pytest.mark.parametrize(("indicator", "by"), [("nothing", "sex"), ("electricity", "colour")])
def test_unknown_names_are_refused(indicator: str, by: str) -> None:
    with pytest.raises(ViewError):
        breakdown(t8(), indicator, by)


# --- the ladder ---------------------------------------------------------------------------------------------------


def test_each_rung_stands_on_its_own_known_schools() -> None:
    frame = t8().assign(
        has_internet_assisted_instruction=pd.array([None, None, True, None, None, True, False, None], dtype="boolean"),
        use_hours_week=[np.nan, np.nan, 2.0, np.nan, np.nan, 6.0, np.nan, np.nan],
    )
    rungs = {rung.name: rung for rung in ladder(frame)}
    assert list(rungs) == list(RUNGS)
    assert (rungs["covered"].known, rungs["covered"].headline) == (0, "none")
    assert (rungs["connected"].value, rungs["connected"].known) == (0.5, 6)
    assert (round(rungs["meaningful"].value, 4), rungs["meaningful"].lower, rungs["meaningful"].upper) == (0.1667, 0.125, 0.375)  # fmt: skip
    # S1, S4 and S5 have no internet, so that no lesson uses it; S2 and S8 are not known.
    assert (round(rungs["used_by_teachers"].value, 4), rungs["used_by_teachers"].unknown) == (round(2 / 6, 4), 2)
    assert (rungs["used_by_learners"].value, rungs["used_by_learners"].known, rungs["used_by_learners"].headline) == (1, 2, "none")  # fmt: skip
    assert len(ladder(frame.iloc[:0])) == len(RUNGS)


# --- real data ----------------------------------------------------------------------------------------------------


def test_tocantins_by_land_and_by_wealth(built: Callable[[str], Atlas]) -> None:
    """Against plain pandas on the built schools: every grouping that the census knows."""
    frame = pd.DataFrame(built("tocantins").read("schools")).drop(columns="geometry")
    frame = empty_columns(frame.reset_index(drop=True), SCHOOLS)
    for by in ("community_land", "school_area_type", "school_funding_type"):
        table = breakdown(frame, "internet_for_learners", by)
        plain = frame["has_internet_for_learners"].astype(float).groupby(frame[by]).agg(["mean", "size"])
        told = table[table["schools"] > 0].sort_index()
        assert told["value"].to_numpy() == pytest.approx(plain["mean"].sort_index().to_numpy())
        assert told["schools"].tolist() == plain["size"].sort_index().tolist()
    fifths = breakdown(frame, "internet_for_learners", "wealth_quintile")
    assert fifths.loc["1", "value"] < fifths.loc["4", "value"]
    assert fifths["schools"].sum() == 1581
