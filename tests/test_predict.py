"""Prediction: the worked examples E7.1 to E7.3b, and the laws that keep a guess from passing for an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.prediction import TRUTH, hidden, hide, schools_of
from geodata.disclosure import may_see
from geodata.fields import FIELDS
from geodata.layers import Atlas
from geodata.policy import POLICY
from geodata.predict import words
from geodata.predict.build import Predicted, predict
from geodata.predict.conformal import by_formula, conformal_sets, least_calibration, limit
from geodata.predict.features import LEFT_OUT, USED, features, neighbours, sphere
from geodata.predict.gate import verdict
from geodata.predict.material import by_id, parts, prepare
from geodata.predict.metrics import auc, brier, brier_skill, ece
from geodata.predict.study import study
from geodata.predict.targets import ELECTRICITY, INTERNET, TARGETS
from geodata.predict.voi import entropy, evpi, route, survey, trips
from geodata.tables import PREDICTED_COLUMNS, REGISTER
from tests.factories import schools


def invented(
    size: int = 900, *, districts: int = 30, seed: int = 3, skill: float = 3.0, silent: float = 0.2
) -> pd.DataFrame:
    """Schools whose internet follows the distance to fibre (as far as `skill` says), a share of them not reporting."""
    rng = np.random.default_rng(seed)
    district = rng.integers(0, districts, size)
    km = rng.uniform(0.1, 60, size)
    chance = 1 / (1 + np.exp(skill * (np.log(km) - 2.5)))
    answer = (rng.uniform(size=size) < chance).astype(object)
    answer = np.where(answer == 1, True, False).astype(object)
    answer[rng.uniform(size=size) < silent] = None
    return schools(
        school_id=[f"s{i:05d}" for i in range(size)],
        has_internet=list(answer), has_internet_for_learners=list(answer), has_electricity=True,
        admin1=["ABCDE"[d % 5] for d in district], admin1_id=[f"p{d % 5}" for d in district],
        admin2_id=[f"d{d:02d}" for d in district], fiber_node_distance_m=list(km * 1000),
        settlement=list(np.where(km < 10, "town", "rural")), education_level="primary", school_status="open",
        latitude=list(10 + district * 0.2 + rng.uniform(0, 0.1, size)), longitude=list(rng.uniform(5, 6, size)),
        num_students=list(rng.integers(30, 500, size).astype(float)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def place() -> pd.DataFrame:
    return invented()


@pytest.fixture(scope="module")
def predicted(place: pd.DataFrame) -> Predicted:
    return predict(place)


@pytest.fixture(scope="module")
def surveyed(place: pd.DataFrame, predicted: Predicted) -> pd.DataFrame:
    frame = place.assign(**predicted.columns)
    return frame.assign(**survey(frame))


# --- worked examples ----------------------------------------------------------------------------------------------


def test_e7_1_scores_of_chances() -> None:
    answer = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 0], dtype=float)
    chance = np.array([0.9, 0.2, 0.7, 0.6, 0.4, 0.1, 0.8, 0.5, 0.45, 0.3])
    assert brier(answer, chance) == pytest.approx(0.1153, abs=5e-5 + 1e-9)
    assert round(brier_skill(answer, chance, answer.mean()), 3) == 0.539
    assert round(auc(answer, chance), 2) == 0.96
    assert round(ece(answer, chance, bins=4), 4) == 0.095


def test_e7_2_conformal_limit_and_sets() -> None:
    scores = np.concatenate([np.linspace(0.02, 0.68, 17), [0.70, 0.90]])
    assert len(scores) == 19
    assert limit(scores, 0.1) == 0.70  # k = 18
    sets = by_formula(np.array([0.9, 0.6, 0.25, 0.05]), scores, 0.1)
    assert sets.words.tolist() == ["yes", "either", "no", "no"]
    assert (least_calibration(0.1), least_calibration(0.05)) == (9, 19)
    assert limit(scores[:8], 0.1) == np.inf  # one too few: nothing can be ruled out
    assert limit(scores[:9], 0.1) == scores[8]


def test_e7_3_value_of_information() -> None:
    assert evpi(np.array([0.05, 0.3, 0.6, 0.9]), 10_000, 6_000).round(6).tolist() == [200, 1200, 2400, 600]


def test_e7_3b_entropy_peaks_elsewhere() -> None:
    assert entropy(np.array([0.5, 0.6, 0.9])).round(3).tolist() == [1.0, 0.971, 0.469]
    grid = np.linspace(0, 1, 101)
    assert grid[evpi(grid, 10_000, 6_000).argmax()] == pytest.approx(0.6)  # the decision threshold c ÷ b
    assert grid[entropy(grid).argmax()] == pytest.approx(0.5)


# --- conformal sets -----------------------------------------------------------------------------------------------


@given(st.integers(9, 60), st.sampled_from([0.1, 0.2, 0.05]), st.integers(0, 10**6))
def test_crepes_and_the_formula_agree(size: int, alpha: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, answer = rng.integers(0, 51, size) / 50, (rng.uniform(size=size) < 0.5).astype(float)
    asked = rng.integers(0, 51, 20) / 50
    group = np.zeros(size, dtype=np.int64)
    found = conformal_sets(
        asked, np.zeros(20, dtype=np.int64), (known, answer, group), POLICY.with_values({"conformal_alpha": alpha})
    )
    own = by_formula(asked, np.where(answer == 1, 1 - known, known), alpha)
    nothing = ~(own.yes | own.no)  # a set that holds nothing says nothing: both
    assert (found.yes == (own.yes | nothing)).all()
    assert (found.no == (own.no | nothing)).all()


def test_sets_hold_what_they_promise_in_each_group() -> None:
    rng = np.random.default_rng(5)
    chance, group = rng.uniform(0.02, 0.98, 6000), np.repeat([1, 2], 3000)
    true = (rng.uniform(size=6000) < np.where(group == 1, chance, chance**2)).astype(float)  # group 2 is miscalibrated
    half = np.tile([True, False], 3000)
    sets = conformal_sets(chance[half], group[half], (chance[~half], true[~half], group[~half]))
    held = np.where(true[half] == 1, sets.yes, sets.no)
    assert min(held[group[half] == g].mean() for g in (1, 2)) > 0.88


def test_too_few_calibration_schools_rule_nothing_out() -> None:
    few = (np.full(8, 0.9), np.ones(8), np.ones(8, dtype=np.int64))
    assert conformal_sets(np.array([0.99]), np.array([1]), few).words.tolist() == ["either"]


# --- no leak ------------------------------------------------------------------------------------------------------


def test_features_hold_no_place_no_person_no_consequence(place: pd.DataFrame) -> None:
    assert not set(USED) & set(LEFT_OUT)
    sensitive = [c for c in REGISTER.columns if FIELDS[c].sensitivity.value != "open"]
    assert not set(USED) & set(sensitive)
    moved = place.assign(
        latitude=0.0, longitude=0.0, school_name="another", community_land="none", num_students_displaced=9
    )
    assert np.array_equal(features(place).values, features(moved).values, equal_nan=True)
    assert "wealth_percentile" in features(place).dropped  # no data here: left out by name


def test_neighbours_never_ask_a_school_s_own_part_nor_one_left_out(place: pd.DataFrame) -> None:
    material = prepare(by_id(place), INTERNET)
    part = parts(material.district, material.taught, 5)
    assert all(len(np.unique(part[material.district == d])) == 1 for d in np.unique(material.district))
    before = neighbours(material.place, np.nan_to_num(material.answer), part, material.taught, leave=(2,))
    other = np.nan_to_num(material.answer).copy()
    other[part == 2] = 1 - other[part == 2]
    after = neighbours(material.place, other, part, material.taught, leave=(2,))
    assert np.array_equal(before, after, equal_nan=True)
    own = np.nan_to_num(material.answer).copy()
    own[part == 1] = 1 - own[part == 1]
    mine = neighbours(material.place, own, part, material.taught)
    usual = neighbours(material.place, np.nan_to_num(material.answer), part, material.taught)
    assert np.array_equal(mine[part == 1], usual[part == 1], equal_nan=True)
    assert not np.array_equal(mine, usual, equal_nan=True)
    assert np.isnan(sphere(pd.Series([np.nan]), pd.Series([1.0]))).any()


def test_shuffled_answers_find_no_usable_model(place: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    known = np.flatnonzero(place["has_internet"].notna())
    mixed = place.copy()
    mixed.loc[mixed.index[known], "has_internet_for_learners"] = place["has_internet"].to_numpy()[
        rng.permutation(known)
    ]
    mixed["has_internet"] = mixed["has_internet_for_learners"]
    found = predict(mixed)
    assert not found.models[0]["usable"]
    assert found.models[0]["verdict"].startswith("No usable model: tested on districts left out")
    assert found.columns.isna().all(axis=None)


# --- the gate -----------------------------------------------------------------------------------------------------


@given(st.floats(-1, 1), st.floats(0, 1))
def test_the_gate_follows_its_two_numbers(skill: float, coverage: float) -> None:
    assert verdict(skill, coverage).usable == (skill > 0.05 and coverage >= 0.87)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"has_internet": None, "has_internet_for_learners": None}, "no operating school reports it"),
        ({"admin1_id": "p0", "admin2_id": "d0"}, "areas"),
        ({"school_status": "extinct"}, "no operating school"),
    ],
)
def test_the_gate_says_why_it_cannot_even_try(place: pd.DataFrame, change: dict[str, object], why: str) -> None:
    found = study(prepare(by_id(place.assign(**{k: pd.Series(v, place.index, dtype=place[k].dtype) for k, v in change.items()})), INTERNET))  # fmt: skip
    assert not found.verdict.usable
    assert why in found.verdict.sentence
    assert found.sets is None


def test_too_few_and_one_sided_answers_are_refused(place: pd.DataFrame) -> None:
    few = study(prepare(by_id(place.head(60)), INTERNET)).verdict
    assert "are needed to learn from" in few.sentence
    some = place.assign(has_electricity=place["has_electricity"].mask(np.arange(len(place)) < 100))
    assert "nothing to tell apart" in study(prepare(by_id(some), ELECTRICITY)).verdict.sentence
    assert "No prediction needed" in study(prepare(by_id(place), ELECTRICITY)).verdict.sentence


# --- the columns --------------------------------------------------------------------------------------------------


def test_a_prediction_touches_only_what_nobody_reported(place: pd.DataFrame, predicted: Predicted) -> None:
    found = predicted
    pd.testing.assert_frame_equal(place, invented())
    silent = place["has_internet"].isna()
    chance, held = found.columns[INTERNET.column], found.columns[INTERNET.set_column]
    assert found.models[0]["usable"]
    assert (chance.notna() == silent).all()
    assert (held.notna() == silent).all()
    assert not [c for c in found.columns if c.startswith("has_")]
    assert chance.dropna().between(0.01, 0.99).all()
    assert found.columns[ELECTRICITY.column].isna().all()


def test_the_order_of_rows_decides_nothing(place: pd.DataFrame, predicted: Predicted) -> None:
    found, order = predicted, np.random.default_rng(8).permutation(len(place))
    again = predict(place.iloc[order])
    pd.testing.assert_frame_equal(again.columns.loc[place.index], found.columns)
    assert again.models == found.models


def test_a_line_without_word_of_learners_is_not_predicted(place: pd.DataFrame) -> None:
    some = place["has_internet"].isna() & (np.arange(len(place)) % 2 == 0)
    found = predict(place.assign(has_internet=place["has_internet"].mask(some, True)))
    assert found.columns.loc[some, INTERNET.column].isna().all()


def test_a_large_country_learns_from_a_bounded_draw(place: pd.DataFrame) -> None:
    policy = POLICY.with_values({"prediction_train_max": 500})
    material = prepare(by_id(place), INTERNET, policy)
    assert material.taught.sum() == 500
    shuffled = prepare(by_id(place.sample(frac=1, random_state=4)), INTERNET, policy)
    assert (material.taught == shuffled.taught).all()


@pytest.mark.parametrize("column", PREDICTED_COLUMNS)
def test_predictions_are_hidden_where_places_are_inexact(column: str) -> None:
    assert not may_see(column, "public", "medium")
    assert not may_see(column, "partner", "high")
    assert may_see(column, "public", "low")
    assert FIELDS[column].derived


# --- whom to ask first --------------------------------------------------------------------------------------------


def test_every_silent_school_has_a_place_in_the_survey(place: pd.DataFrame, surveyed: pd.DataFrame) -> None:
    found = surveyed
    silent = place["has_internet"].isna()
    places = found["survey_value"]
    assert (places.notna() == silent).all()
    assert sorted(places.dropna()) == list(range(1, silent.sum() + 1))
    drawn = found["survey_reason"].fillna("").str.startswith("drawn at random")
    assert drawn.sum() == round(0.1 * silent.sum())
    assert (found.loc[drawn, "survey_value"].sort_values().diff().dropna() <= 11).all()  # spread over the whole order
    nobody = place.assign(has_internet=pd.Series(pd.NA, place.index, dtype="boolean"), has_internet_for_learners=pd.Series(pd.NA, place.index, dtype="boolean"))  # fmt: skip
    assert survey(nobody.assign(**{INTERNET.column: np.nan}))["survey_value"].isna().all()


def test_trips_stay_in_a_district_and_go_to_the_nearest_next(surveyed: pd.DataFrame) -> None:
    found = surveyed
    went = trips(found, 60)
    assert len(went) == 60
    where = found.set_index("school_id")["admin2_id"]
    assert went.groupby("trip")["school_id"].apply(lambda ids: where[ids].nunique()).eq(1).all()
    assert went.groupby("trip").size().max() <= 10
    order, km = route(sphere(pd.Series([0.0, 0.0, 0.0, np.nan]), pd.Series([0.0, 2.0, 1.0, 0.0])))
    assert order == [0, 2, 1, 3]
    assert km[1] == pytest.approx(111.2, abs=0.1)
    assert np.isnan(km[3])


def test_words_never_say_yes_or_no() -> None:
    said = [words.said(t, p, s) for t in TARGETS for p in (0.01, 0.2, 0.4, 0.8, 0.97) for s in ("yes", "no", "either")]
    assert words.said(INTERNET, 0.2, "no") == "likely without internet for learners, 70–95 %"
    assert (
        words.said(INTERNET, 0.6, "either")
        == "could be either: with internet for learners or without internet for learners"
    )
    assert all(text.startswith(("likely", "very likely", "rather", "could be either")) for text in said)
    assert words.of_school({"predicted_electricity": None, "predicted_electricity_set": None}) == []


# --- countries ----------------------------------------------------------------------------------------------------


def test_the_demonstration_country_keeps_the_promise(built: Callable[[str], Atlas], demo_raw: Path) -> None:
    """Those who do not report are poorer: the chances run high by a few points, the sets still hold what they promise."""
    atlas = built("demo")
    cards = {card["target"]: card for card in atlas.manifest["models"]}
    assert all(card["usable"] for card in cards.values())
    found, _ = schools_of(atlas.link)
    truth = pd.read_parquet(demo_raw / "truth" / "schools.parquet").set_index("school_id").reindex(found["school_id"])
    for target in TARGETS:
        here = found[target.column].notna().to_numpy()
        assert (~here | found[list(target.asks)].isna().all(axis=1)).all()
        true = truth[TRUTH[target.name]].to_numpy(dtype=float)[here]
        chance, held = found[target.column].to_numpy()[here], found[target.set_column].to_numpy()[here]
        assert brier_skill(true, chance, found[target.asks[0]].mean()) > 0.05
        assert np.mean((held == "either") | ((held == "yes") == (true == 1))) > 0.87
        assert -0.01 < chance.mean() - true.mean() < 0.1


def test_tocantins_with_whole_districts_hidden(built: Callable[[str], Atlas]) -> None:
    """Whatever the verdict is, it follows the numbers; where electricity is lacked by five, no model is tried."""
    atlas = built("tocantins")
    place, policy = schools_of(atlas.link)
    found = hidden(place, policy, whole=True, full=False)
    card = found["card"]
    assert card["usable"] == verdict(card["brier_skill"], card["coverage"], policy).usable
    assert found["coverage"] > 0.8
    assert "No prediction needed" in atlas.manifest["models"][0]["verdict"]
    some = np.arange(len(place)) < 50
    assert (
        "too few to learn from" in study(prepare(hide(place, ELECTRICITY, some), ELECTRICITY, policy)).verdict.sentence
    )
