"""Small cells: the worked examples of the method, and laws: nobody computes a hidden cell, whatever the table."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.disclosure import Thresholds, thresholds
from geodata.errors import DisclosureError
from geodata.grid import TOTAL
from geodata.policy import POLICY
from geodata.suppress import anonymity, guard_breakdown, intervals, protect, rounded, say

REGIONS = pd.DataFrame({"girls": [42, 7, 120], "boys": [55, 30, 118]}, index=["North", "East", "Central"])


def cells(hidden: pd.DataFrame) -> set[tuple[str, str]]:
    """The hidden cells by their labels."""
    return {(str(r), str(c)) for r in hidden.index for c in hidden.columns if hidden.loc[r, c]}


def test_e8_1_seven_girls_hide_four_cells() -> None:
    hidden = protect(REGIONS, least=10)
    assert cells(hidden) == {("East", "girls"), ("East", "boys"), ("North", "girls"), ("North", "boys")}


def test_e8_1b_the_audit_of_the_seven_girls_spans_0_to_37() -> None:
    low, high = intervals(REGIONS, protect(REGIONS, least=10))
    assert (low.loc["East", "girls"], high.loc["East", "girls"]) == pytest.approx((0, 37))
    assert low.loc["Central", "girls"] == high.loc["Central", "girls"] == 120


def test_e8_2_seven_records() -> None:
    records = pd.DataFrame({"district": list("AAABBCD"), "level": [1, 1, 1, 2, 2, 1, 3]})
    found = anonymity(records, 3)
    assert (found["k"], found["below"]) == (1, 4)
    assert (round(found["share_below"], 4), round(found["global_risk"], 4)) == (0.5714, 0.5714)


@pytest.mark.parametrize(("count", "said"), [(3, 5), (7, 5), (12, 10), (13, 15), (118, 120)])
def test_e8_4_rounding_to_five(count: int, said: int) -> None:
    assert rounded(count) == said


def test_e8_5_of_few_a_band_alone_is_told() -> None:
    public = thresholds("public")
    assert say(2 / 12, 12, public) == "under 20 %"
    assert [say(v, 19, public) for v in (0, 0.2, 0.41, 0.79, 0.8, 1)] == ["under 20 %", "20 to 39 %", "40 to 59 %", "60 to 79 %", "80 % or more", "80 % or more"]  # fmt: skip
    assert say(0.5, 9, public) == "too few to show"
    assert [say(v, 400, public) for v in (0, 0.049, 0.5, 0.951, 1)] == ["under 5 %", "under 5 %", "50 %", "over 95 %", "over 95 %"]  # fmt: skip
    assert say(float("nan"), 400, public) == "not reported"
    assert say(0, 3, thresholds("government")) == "0 %"


def test_thresholds_by_tier() -> None:
    assert thresholds("public") == Thresholds(10, 3, 10, 20, 3, 10)
    assert thresholds("partner") == Thresholds(5, 3, 10, 20, 3, 0)
    assert not thresholds("government").any
    assert thresholds("public", POLICY.with_values({"suppress_learners_below": 30})).learners == 30
    with pytest.raises(DisclosureError):
        thresholds("everyone")


# --- laws -------------------------------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, dict[str, str], int]:
    """Districts by groups with their provinces' rows above them, many cells small; sometimes schools of no district."""
    provinces, width = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    counts = st.one_of(st.integers(0, 12), st.integers(0, 12), st.integers(0, 300))
    rows, parents = {}, {}
    for p in range(provinces):
        parts = [[draw(counts) for _ in range(width)] for _ in range(draw(st.integers(1, 4)))]
        beside = [draw(st.sampled_from([0, 0, 0, 2, 15])) for _ in range(width)]
        rows[f"P{p}"] = [sum(column) + more for column, more in zip(zip(*parts, strict=True), beside, strict=True)]
        for d, part in enumerate(parts):
            rows[f"P{p}D{d}"], parents[f"P{p}D{d}"] = part, f"P{p}"
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[f"g{i}" for i in range(width)])
    return table, parents, draw(st.sampled_from([3, 5, 10]))


@settings(max_examples=30, deadline=None)
@given(tables())
def test_no_hidden_cell_can_be_computed(drawn: tuple[pd.DataFrame, dict[str, str], int]) -> None:
    table, parents, least = drawn
    hidden = protect(table, least=least, parents=parents)
    small = (table > 0) & (table < least)
    assert hidden.loc[table.index, table.columns].to_numpy()[small.to_numpy()].all()
    low, high = intervals(table, hidden, parents=parents)
    assert ((high - low)[hidden] >= least - 1e-6).to_numpy()[hidden.to_numpy()].all()
    assert not solved(table, hidden, parents)


@settings(max_examples=12, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(
    drawn: tuple[pd.DataFrame, dict[str, str], int], dice: object
) -> None:
    table, parents, least = drawn
    rows, columns = list(table.index), list(table.columns)
    dice.shuffle(rows)  # type: ignore[attr-defined]
    dice.shuffle(columns)  # type: ignore[attr-defined]
    one, other = (
        protect(table, least=least, parents=parents),
        protect(table.loc[rows, columns], least=least, parents=parents),
    )
    assert one.equals(other.loc[one.index, one.columns])


@settings(max_examples=12, deadline=None)
@given(tables())
def test_what_is_shown_still_adds_up_and_zeros_stay(drawn: tuple[pd.DataFrame, dict[str, str], int]) -> None:
    table, parents, least = drawn
    hidden = protect(table, least=least, parents=parents)
    assert not hidden.loc[table.index, table.columns].to_numpy()[(table == 0).to_numpy()].any()
    if not (table.to_numpy() % 1000 >= least).all() and (table.to_numpy() >= least).all():
        assert not hidden.any(axis=None)


def solved(table: pd.DataFrame, hidden: pd.DataFrame, parents: dict[str, str]) -> list[int]:
    """Another attacker, with nothing of ours: hidden cells that the published sums fix by exact elimination alone."""
    tops = [row for row in table.index if row not in parents]
    names = [(r, c) for r in [*table.index, TOTAL] for c in [*table.columns, TOTAL]]
    value = {(r, c): int(table.loc[r, c]) for r in table.index for c in table.columns}
    value |= {(r, TOTAL): int(table.loc[r].sum()) for r in table.index}
    value |= {(TOTAL, c): sum(value[r, c] for r in tops) for c in [*table.columns, TOTAL]}
    beside = {(f"beside {p}", c): 0 for p in tops for c in [*table.columns, TOTAL]}
    sums = [((r, TOTAL), [(r, c) for c in table.columns]) for r in [*table.index, TOTAL]]
    sums += [((TOTAL, c), [(r, c) for r in tops]) for c in [*table.columns, TOTAL]]
    for p in tops:
        inside = [r for r in table.index if parents.get(r) == p]
        sums += [((p, c), [*((r, c) for r in inside), (f"beside {p}", c)]) for c in [*table.columns, TOTAL]]
    unknown = [n for n in names if hidden.loc[n[0], n[1]]] + list(beside)
    at = {n: i for i, n in enumerate(unknown)}
    matrix = []
    for whole, parts in sums:
        row = [Fraction(0)] * len(unknown)
        for name, sign in [(whole, 1), *((part, -1) for part in parts)]:
            if name in at:
                row[at[name]] += sign
        matrix.append(row)
    fixed = [i for row in reduced(matrix) if (n := [i for i, v in enumerate(row) if v]) and len(n) == 1 for i in n]
    return [i for i in fixed if unknown[i][0] not in [f"beside {p}" for p in tops]]


def reduced(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """Reduced row echelon form, exactly."""
    rows, done = [row for row in matrix if any(row)], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [v / rows[done][column] for v in rows[done]]
        for i, row in enumerate(rows):
            if i != done and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]


def test_the_other_attacker_finds_what_is_not_protected() -> None:
    hidden = pd.DataFrame(False, index=[*REGIONS.index, TOTAL], columns=[*REGIONS.columns, TOTAL])
    hidden.loc["East", "girls"] = True
    assert solved(REGIONS, hidden, {})


def test_a_country_takes_less_than_a_second() -> None:
    dice = np.random.default_rng(1)
    rows = [f"d{i:03d}" for i in range(420)]
    parents = {row: f"p{i % 20:02d}" for i, row in enumerate(rows)}
    counts = dice.poisson(dice.lognormal(5, 1.2, (420, 1)) * dice.dirichlet([4, 4, 1, 0.1], 420))
    table = pd.DataFrame(counts, index=rows, columns=list("abcd"))
    table = pd.concat([table, table.groupby(table.index.map(parents)).sum()])
    before = time.process_time()
    hidden = protect(table, least=10, parents=parents)
    assert time.process_time() - before < 1.0
    assert hidden.to_numpy().sum() > 50


# --- breakdowns -------------------------------------------------------------------------------------------------------


def groups(**columns: list[float]) -> pd.DataFrame:
    """A breakdown of four groups."""
    base = {"schools": [40, 2, 30, 12], "learners": [9000, 90, 4000, 900], "value": [0.5, 1.0, 0.25, 0.5], "known": [30, 2, 20, 10], "unknown": [10, 0, 10, 2], "lower": [0.4, 1, 0.2, 0.4], "upper": [0.6, 1, 0.5, 0.6]}  # fmt: skip
    return pd.DataFrame({**base, **columns}, index=["a", "b", "c", "d"]).assign(headline="plain")


def test_a_group_of_two_schools_is_hidden_with_another_and_percentages_of_few_are_bands() -> None:
    out = guard_breakdown(groups(), "public")
    assert out["hidden"].tolist() == [False, True, False, True]
    assert out.loc[out["hidden"], ["schools", "learners", "value", "known"]].isna().all(axis=None)
    assert out.loc["b", "headline"] == "none"
    assert out.loc["a", "value"] == 0.5
    assert guard_breakdown(groups(schools=[40, 12, 30, 12], known=[30, 12, 20, 10]), "public")["band"].tolist() == ["", "80 % or more", "", "40 to 59 %"]  # fmt: skip
    same = guard_breakdown(groups(), "government")
    assert not same["hidden"].any()
    assert same["value"].tolist() == [0.5, 1.0, 0.25, 0.5]
