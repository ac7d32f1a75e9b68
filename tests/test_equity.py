"""The fairness audit's formulas: worked examples E1.6, E1.7, E4.1 to E4.3, and the laws that hold for any data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.equity.concentration import concentration, concentration_index, erreygers, fractional_rank
from geodata.equity.groups import DIMENSIONS, FIFTHS, dimension, fifths, members
from geodata.equity.headcount import headcount
from geodata.equity.incidence import incidence, targeting_ratio
from geodata.equity.inequality import gini, inequality, theil
from geodata.equity.parity import Rate, adjusted_parity_index, between, parity_index
from geodata.policy import POLICY
from tests.factories import schools, t8

# --- worked examples ------------------------------------------------------------------------------------------------


def five_groups(served: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Five wealth groups of 200 learners, so many of each with internet."""
    has = np.concatenate([[1.0] * n + [0.0] * (200 - n) for n in served])
    return has, np.repeat(np.arange(5.0), 200), np.ones(1000)


def test_e1_6_parity_of_internet_at_school_with_its_bounds() -> None:
    frame = t8()
    sexes = members(frame, dimension("sex"), "learners")
    assert sexes is not None
    has = frame["has_internet"].to_numpy(dtype=float, na_value=np.nan)[sexes.row]
    rates = [
        Rate(
            *(float(sexes.people[(sexes.group == g) & status].sum()) for status in (has == 1, has == 0, np.isnan(has)))
        )
        for g in (0, 1)
    ]
    found = between(*rates, ("girls", "boys"))
    assert round(rates[0].share.value, 4) == 0.7344
    assert round(rates[1].share.value, 4) == 0.7196
    assert round(found.ratio.value, 4) == 1.0206
    assert round(found.adjusted.value, 4) == 1.0202
    assert found.points.lower < 0 < found.points.upper
    assert not found.certain  # S2 and S8 are not reported


def test_e1_7_adjusted_parity_is_symmetric() -> None:
    assert float(adjusted_parity_index(40.0, 50.0)) == pytest.approx(0.8)
    assert float(adjusted_parity_index(50.0, 40.0)) == pytest.approx(1.2)


def test_e4_1_concentration() -> None:
    found = concentration(*five_groups([20, 40, 80, 120, 160]))
    assert found is not None
    assert found.mean == pytest.approx(0.42)
    assert round(found.index.value, 4) == 0.3429
    assert round(found.wagstaff, 4) == 0.5911
    assert round(found.erreygers.value, 4) == 0.5760
    assert (found.mean - 1, 1 - found.mean) == pytest.approx((-0.58, 0.58))
    assert found.curve[1] == pytest.approx((0.2, 20 / 420))  # ties share one point


def test_e4_2_benefit_incidence() -> None:
    before, added = np.array([20.0, 40, 80, 120, 160]), np.array([90.0, 60, 30, 15, 5])
    assert added[0] / added.sum() == pytest.approx(0.45)
    assert round((200 - before[0]) / (200 - before).sum(), 4) == 0.3103
    assert targeting_ratio(added, 200 - before) == pytest.approx(1.45)
    after = concentration(*five_groups([110, 100, 110, 135, 165]))
    assert after is not None
    assert round(after.index.value, 4) == 0.0935
    assert after.mean == pytest.approx(0.62)
    assert float(adjusted_parity_index(20 / 200, 160 / 200)) == pytest.approx(0.125)
    assert round(float(adjusted_parity_index(110 / 200, 165 / 200)), 4) == 0.6667
    assert between(Rate(110, 90), Rate(165, 35), ("Q1", "Q5")).points.value == pytest.approx(-0.275)


def test_e4_2_by_rows_gives_the_same_ratio_and_the_share_against_people() -> None:
    served, added = [20, 40, 80, 120, 160], [90, 60, 30, 15, 5]
    has, place, weight = five_groups(served)
    first = np.concatenate(
        [[False] * n + [True] * k + [False] * (200 - n - k) for n, k in zip(served, added, strict=True)]
    )
    found = incidence(has, weight, place == 0, place > 0, first)
    assert found.share.value == pytest.approx(0.45)
    assert found.people_ratio == pytest.approx(2.25)
    assert found.targeting.value == pytest.approx(1.45)
    assert (found.targeting.lower, found.targeting.upper) == pytest.approx((1.45, 1.45))


def test_e4_3_theil_and_gini() -> None:
    x, w, region = (
        np.array([10.0, 20, 40, 10, 60, 100]),
        np.array([300.0, 200, 100, 250, 100, 50]),
        np.array([0, 0, 0, 1, 1, 1]),
    )
    found = inequality(x, w, region)
    assert found is not None
    assert round(found.theil, 4) == 0.3521
    assert round(found.between, 4) == 0.0463
    assert round(found.within, 4) == 0.3058
    assert round(found.share_between, 4) == 0.1315
    assert round(found.gini, 4) == 0.4357


def test_e3_4_headcount_of_the_audit() -> None:
    from geodata.derive import scored

    scoring, _ = scored(t8())
    frame = t8().assign(
        lacks_count=pd.Series(scoring.lacks_known.sum(axis=1), dtype="Int64"),
        lacks_unknown=pd.Series(scoring.unknown.sum(axis=1), dtype="Int64"),
        # as the example counts them: with the assumed predictions of S2 and S8 (methods 0.1)
        lacks_expected=pd.Series([6, 6, 2, 5, 7, 1, 1, 1], dtype="Int64"),
    )
    found = headcount(frame, frame["num_students"].to_numpy(dtype=float), 7, POLICY)
    assert found is not None
    assert round(found.share.value, 4) == 0.2839
    assert round(found.adjusted.value, 4) == 0.2473
    assert found.share.lower <= found.share.value <= found.share.upper
    assert found.adjusted.lower <= found.adjusted.value <= found.adjusted.upper


# --- laws -----------------------------------------------------------------------------------------------------------

counts = st.integers(0, 500).map(float)
rates = st.builds(Rate, counts, counts, counts)
people = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 900), st.sampled_from([0.0, 1.0, float("nan")])),
    min_size=2,
    max_size=25,
)


def arrays(rows: list[tuple[int, int, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    wealth, weight, has = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return has, wealth, weight


@given(st.floats(0.01, 1), st.floats(0.01, 1))
@settings(max_examples=30)
def test_the_adjusted_index_is_symmetric_about_one(a: float, b: float) -> None:
    assert float(adjusted_parity_index(a, b)) + float(adjusted_parity_index(b, a)) == pytest.approx(2)
    assert 0 <= float(adjusted_parity_index(a, b)) <= 2
    assert float(parity_index(a, a)) == pytest.approx(1)


@given(people, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_bounds_hold_whatever_the_unknown_turn_out_to_be(rows: list[tuple[int, int, float]], chance: object) -> None:
    has, wealth, weight = arrays(rows)
    truth = np.where(np.isnan(has), [chance.randint(0, 1) for _ in has], has)  # type: ignore[attr-defined]
    found = concentration(has, wealth, weight)
    if found is not None:
        assert found.erreygers.lower - 1e-9 <= erreygers(truth, wealth, weight) <= found.erreygers.upper + 1e-9
        if truth.any():
            assert found.index.lower - 1e-9 <= concentration_index(truth, wealth, weight) <= found.index.upper + 1e-9
    first, ours = wealth <= 2, wealth == 0
    told = incidence(has, weight, ours, ~ours, first)
    real = incidence(truth, weight, ours, ~ours, first).targeting.value
    if not np.isnan(real):
        assert told.targeting.lower * 0.98 - 1e-9 <= real <= told.targeting.upper * 1.02 + 1e-9


@given(people, st.lists(st.integers(0, 300), min_size=25, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_gaps_of_girls_and_boys_hold_whatever_the_unknown_schools_are(
    rows: list[tuple[int, int, float]], girls: list[int], chance: object
) -> None:
    has, _, boys = arrays(rows)
    g = np.array(girls[: len(rows)], dtype=float)

    def rate(weight: np.ndarray, status: np.ndarray) -> Rate:
        return Rate(*(float(weight[s].sum()) for s in (status == 1, status == 0, np.isnan(status))))

    silent = np.isnan(has)
    told = between(rate(g, has), rate(boys, has), ("girls", "boys"), unknown=(g[silent], boys[silent]))
    truth = np.where(silent, [chance.randint(0, 1) for _ in has], has)  # type: ignore[attr-defined]
    real = between(rate(g, truth), rate(boys, truth), ("girls", "boys"))
    if not np.isnan(real.points.value):
        assert told.points.lower - 1e-9 <= real.points.value <= told.points.upper + 1e-9
        if not np.isnan(real.ratio.value):
            assert told.ratio.lower - 1e-9 <= real.ratio.value <= told.ratio.upper + 1e-9
            assert told.adjusted.lower - 1e-9 <= real.adjusted.value <= told.adjusted.upper + 1e-9


@given(rates, rates, rates, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=30)
def test_wide_bounds_hold_wherever_those_without_a_group_belong(
    b: Rate, a: Rate, loose: Rate, to_b: float, yes: float
) -> None:
    told = between(b, a, ("b", "a"), loose)

    def placed(rate: Rate, part: float) -> Rate:
        return Rate(
            rate.yes + rate.unknown * yes + part * (loose.yes + loose.unknown * yes),
            rate.no + rate.unknown * (1 - yes) + part * (loose.no + loose.unknown * (1 - yes)),
        )

    real = between(placed(b, to_b), placed(a, 1 - to_b), ("b", "a")).points.value
    if not np.isnan(real) and not np.isnan(told.wide[0]):
        assert told.wide[0] - 1e-9 <= real <= told.wide[1] + 1e-9
        assert told.wide[0] <= told.points.lower + 1e-9
        assert told.wide[1] >= told.points.upper - 1e-9


@given(people)
@settings(max_examples=30)
def test_concentration_is_zero_of_the_same_for_all_and_erreygers_stays_within_one(
    rows: list[tuple[int, int, float]],
) -> None:
    has, wealth, weight = arrays(rows)
    same = np.ones(len(has))
    assert concentration_index(same, wealth, weight) == pytest.approx(0, abs=1e-9)
    assert erreygers(same, wealth, weight) == pytest.approx(0, abs=1e-9)
    known = np.nan_to_num(has)
    assert -1 - 1e-9 <= erreygers(known, wealth, weight) <= 1 + 1e-9
    # Erreygers of those without is the mirror image: nothing depends on which side is counted.
    assert erreygers(1 - known, wealth, weight) == pytest.approx(-erreygers(known, wealth, weight), abs=1e-9)
    assert (weight * fractional_rank(wealth, weight)).sum() / weight.sum() == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 1000), st.integers(1, 500), st.integers(0, 4)), min_size=1, max_size=30))
@settings(max_examples=30)
def test_theil_is_between_plus_within_and_the_order_of_rows_changes_nothing(rows: list[tuple[float, int, int]]) -> None:
    x, w, region = (np.array(c) for c in zip(*rows, strict=True))
    total, between_, within = theil(x, w.astype(float), region)
    if np.isnan(total):
        assert not x.any()
        return
    assert total == pytest.approx(between_ + within, abs=1e-9)
    assert between_ >= -1e-9
    assert within >= -1e-9
    assert -1e-9 <= gini(x, w.astype(float)) < 1
    assert gini(x[::-1], w[::-1].astype(float)) == pytest.approx(gini(x, w.astype(float)))


# --- groups ---------------------------------------------------------------------------------------------------------


def test_fifths_are_of_the_learners_and_never_guessed() -> None:
    found = fifths(schools(wealth_percentile=[0.1, 0.3, 0.5, 0.7, 0.9, None], num_students=[10, 10, 10, 10, 10, 10]))
    assert found.iloc[:5].tolist() == list(FIFTHS)
    assert found.isna().tolist() == [False] * 5 + [True]


def test_fifths_stand_on_poverty_where_no_percentile_is_known() -> None:
    found = fifths(schools(poverty_share=[0.5, 0.4, 0.3, 0.2, 0.1]))
    assert found.tolist() == list(FIFTHS)


def test_learners_of_unknown_group_are_counted_apart() -> None:
    frame = schools(
        num_students=[100, 50, None, 40],
        num_students_girls=[60, None, None, None],
        num_students_boys=[None, 20, None, None],
    )
    found = members(frame, dimension("sex"), "learners")
    assert found is not None
    total = {g: found.people[found.group == g] for g in (0, 1, -1)}
    assert np.nansum(total[0]) == 60 + 30
    assert np.nansum(total[1]) == 40 + 20
    assert np.nansum(total[-1]) == 40
    assert np.isnan(total[-1]).sum() == 1  # whose learners nobody reported: said, never taken as none
    assert found.unknown_share == pytest.approx(40 / 190)


def test_every_dimension_is_unknown_where_nothing_is_reported() -> None:
    empty = schools(school_id=["a", "b"])
    assert [d.name for d in DIMENSIONS if members(empty, d, "learners") is not None] == []
