"""The choice: worked examples, brute force over every small problem, bounds, clashes, and a check that can fail."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import PlanError
from geodata.plan.against import TOGETHER, against, none_poorest
from geodata.plan.check import broken
from geodata.plan.choose import bound_of_relaxed, choose, choose_from
from geodata.plan.core import Effort, at_once, from_relaxed
from geodata.plan.make import price_of_equity
from geodata.plan.model import cases, model
from geodata.plan.problem import Choice, Limits, Problem
from geodata.plan.reasons import limit_of
from geodata.plan.relaxed import bound_of, relax
from geodata.plan.sweep import cost_curve, dominated

IDS = ("S1", "S2", "S3", "S4", "S5", "S8")
COST = np.array([14379, 13079, 4732, 4732, 20379, 4732.0])
VALUE = np.array([461.84, 600.29, 1009.63, 752.64, 1158.66, 464.60])
PLAIN = np.array([180, 240, 520, 300, 410, 288.0])
PEOPLE = np.array([180, 240, 520, 300, 410, 480.0])
POOR = np.array([True, True, False, True, True, False])


def t8_problem(value: np.ndarray = VALUE, **more: object) -> Problem:
    """The six schools of the worked examples that may be underserved, each by its cheapest way (E6.1)."""
    region = np.array([0, 0, 0, 1, 1, 2])
    base = Problem(np.arange(6), value, PLAIN, PEOPLE, COST, COST * 0.05, POOR, region, ("North", "East", "Central"), np.array([940.0, 710.0, 288.0]), poorest=POOR)  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def years(choice: Choice) -> dict[str, int]:
    return {school: int(y) for school, y in zip(IDS, choice.year, strict=True) if y}


def chosen(choice: Choice) -> list[str]:
    return list(years(choice))


# --- worked examples ----------------------------------------------------------------------------------------------

E6_2 = {
    10_000: ("S3 S4", 1762.3, "S3 S4", "S4"),
    15_000: ("S3 S4 S8", 2226.9, "S3 S4 S8", "S4"),
    20_000: ("S3 S4 S8", 2226.9, "S3 S4 S8", "S2 S4"),
    25_000: ("S2 S3 S4", 2362.6, "S3 S4 S8", "S2 S3 S4"),
    30_000: ("S3 S4 S5", 2920.9, "S2 S3 S4 S8", "S3 S4 S5"),
    40_000: ("S3 S4 S5 S8", 3385.5, "S3 S4 S5 S8", "S1 S2 S3 S4"),
}


@pytest.mark.parametrize("budget", E6_2)
def test_e6_2_what_a_budget_buys(budget: int) -> None:
    """E6.2: equity-weighted, λ = 0, and λ = 0 with half of the reached among the poorest."""
    weighted, value, plain, fair = E6_2[budget]
    found = choose(t8_problem(), Limits((budget,)))
    assert chosen(found) == weighted.split()
    assert found.objective == pytest.approx(value, abs=0.1)
    assert found.status == "optimal"
    assert chosen(choose(t8_problem(PLAIN), Limits((budget,)))) == plain.split()
    assert chosen(choose(t8_problem(PLAIN), Limits((budget,), poorest_share=0.5))) == fair.split()


@pytest.mark.parametrize("carry", [False, True])
def test_e6_4_phases_never_reach_the_first_ranked_school(carry: bool) -> None:
    """E6.4 and E6.4b: three years of 15 000, with and without carry-over: S5 is never served."""
    found = choose(t8_problem(), Limits((15_000,) * 3, carry_over=carry, horizon=3))
    assert years(found) == {"S1": 3, "S2": 2, "S3": 1, "S4": 1, "S8": 1}
    assert found.objective == pytest.approx(8343.03, abs=0.01)


def test_e6_4c_requiring_it_has_a_price() -> None:
    """E6.4c and E6.4d: S5 in the plan costs 1.66 % of what is reached; it comes in the second year."""
    limits = Limits((15_000,) * 3, horizon=3)
    found = choose(t8_problem(must=np.array([4])), limits)
    assert years(found) == {"S2": 3, "S3": 1, "S4": 1, "S5": 2}
    assert found.objective == pytest.approx(8204.42, abs=0.01)
    assert price_of_equity(found, choose(t8_problem(), limits)) == pytest.approx(0.0166, abs=5e-5)
    assert not choose(t8_problem(must=np.array([4])), replace(limits, carry_over=False)).chosen.any()


def test_e6_5_prices_that_may_be_higher() -> None:
    """E6.5: Γ-robust budget of 30 000, deviations of 30 % for satellite and 50 % for mobile."""
    dearer = np.array([0.3, 0.3, 0.5, 0.5, 0.3, 0.5]) * COST
    found = {g: choose(t8_problem(), Limits((30_000,), deviation=dearer, gamma=g)) for g in (0, 1, 2, 6)}
    assert [chosen(found[g]) for g in (0, 1, 2, 6)] == [["S3", "S4", "S5"], ["S2", "S3", "S4"], ["S2", "S3", "S4"], ["S3", "S4", "S8"]]  # fmt: skip
    assert [found[g].objective for g in (0, 1, 2, 6)] == pytest.approx([2920.93, 2362.56, 2362.56, 2226.87], abs=0.01)


def test_e6_6_what_the_next_learner_costs() -> None:
    """E6.6: the marginal cost curve."""
    curve = cost_curve(COST, PLAIN, IDS)
    assert curve["id"].tolist() == ["S3", "S4", "S8", "S5", "S2", "S1"]
    assert curve["per_learner"].round(2).tolist() == [9.1, 15.77, 16.43, 49.7, 54.5, 79.88]
    assert (curve["learners"].iloc[-1], curve["cost"].iloc[-1]) == (1938, 62033)


def test_e6_7_weights_alone_cannot_put_the_most_marginalised_first() -> None:
    """E6.7: a weight is at most 1 + λ = 3 times another, and S5 costs 5.46 times S3 a learner."""
    ratio = (COST[4] / PEOPLE[4]) / (COST[2] / PEOPLE[2])
    weight = VALUE / PLAIN
    assert ratio == pytest.approx(5.4621, abs=1e-4)
    assert weight[4] / weight[2] == pytest.approx(1.4555, abs=1e-4)
    assert ratio > 1 + 2


# --- brute force --------------------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn) -> tuple[Problem, Limits]:
    """Small problems with every kind of limit: few schools, one or two ways each, one to three years."""
    n_years = draw(st.integers(1, 3))
    schools = draw(st.integers(1, {1: 12, 2: 5, 3: 4}[n_years]))
    two = draw(st.lists(st.booleans(), min_size=schools, max_size=schools)) if schools <= 6 else [False] * schools
    school = np.array([s for s in range(schools) for _ in range(1 + two[s])])
    n = len(school)

    def ints(low: int, high: int, size: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), dtype=float)

    people = ints(1, 40, schools)
    plain = np.minimum(people, ints(1, 40, schools))
    weight = 1 + ints(0, 4, schools) / 2
    region = ints(-1, 1, schools).astype(int)
    a, poor, group = (ints(0, 1, schools).astype(bool) for _ in range(3))
    unserved = np.array([plain[region == g].sum() + draw(st.integers(0, 5)) for g in (0, 1)], dtype=float)
    cost = ints(1, 30, n)
    relay = ((1, 0),) if n > 1 and school[0] != school[1] and draw(st.booleans()) else ()
    some = st.integers(0, schools - 1)
    must = np.array(draw(st.lists(some, max_size=1)), dtype=np.int64)
    never = np.array([s for s in draw(st.lists(some, max_size=1)) if s not in must], dtype=np.int64)
    problem = Problem(
        school, (plain * weight)[school], plain[school], people[school], cost, ints(0, 5, n), a[school], region[school], ("x", "y"), unserved,
        poorest=poor[school], groups={"g": group[school]}, group_unserved={"g": float(plain[group].sum())}, relay=relay, must=must, never=never,
    )  # fmt: skip
    share = st.sampled_from([0.0, 0.0, 0.25, 0.5])
    whole = draw(st.integers(5, 120))
    limits = Limits(
        tuple(float(draw(st.integers(0, whole))) for _ in range(n_years)), draw(st.booleans()),
        (float(draw(st.integers(3, 40))),) if draw(st.booleans()) else (), draw(share), (("g", draw(share)),), draw(share), draw(share),
        n_years + draw(st.integers(0, 2)),
    )  # fmt: skip
    if draw(st.integers(0, 3)) == 0 and n <= 6:
        limits = replace(limits, deviation=ints(0, 10, n), gamma=draw(st.integers(1, 3)))
    return problem, limits


def best_by_trying(p: Problem, limits: Limits) -> float:
    """The best value of all plans there are, each judged by the check in plain Python; minus infinity where none fits."""
    steps = range(len(limits.budget) + 1)
    of = [np.flatnonzero(p.school == s) for s in np.unique(p.school)]
    each = [[(), *((int(c), t) for c in cs for t in steps if t)] for cs in of]
    service = limits.horizon + 1
    every = list(itertools.product(*each))
    values = [sum(p.value[c] * (service - t) for c, t in filter(None, plan)) for plan in every]
    plans = sorted(zip(values, range(len(every)), strict=True), reverse=True)
    for value, k in plans:  # the best first, so that most need no check
        year = np.zeros(len(p.school), dtype=np.int64)
        for c, t in filter(None, every[k]):
            year[c] = t
        if not broken(p, limits, year):
            return float(value)
    return float("-inf")


@given(problems())
@settings(max_examples=20)
def test_no_plan_that_can_be_tried_is_better(given_: tuple[Problem, Limits]) -> None:
    problem, limits = given_
    found, best = choose(problem, limits), best_by_trying(problem, limits)
    if found.status == "infeasible":
        assert best == float("-inf")
        assert found.clashes
        assert not found.chosen.any()
    else:
        assert found.objective == pytest.approx(best, abs=1e-6)
        assert found.status == "optimal"
        assert broken(problem, limits, found.year) == ()
        more = replace(limits, budget=(limits.budget[0] + 7, *limits.budget[1:]))
        assert choose(problem, more).objective >= found.objective - 1e-6, "more money never reaches fewer"
        assert limits.gamma or bound_of_relaxed(problem, limits) >= best - 1e-6


@given(problems())
@settings(max_examples=15)
def test_the_way_of_large_problems_is_right_on_small_ones(given_: tuple[Problem, Limits]) -> None:
    """Relaxation, core and proof agree with branch and bound over everything; any prices bound any plan."""
    problem, limits = given_
    limits = replace(limits, gamma=0)
    best = -np.inf
    for case in cases(problem, limits):
        here = model(problem, limits, case)
        if here.impossible or not here.size:
            continue
        relaxed = relax(here)
        if relaxed.feasible and (got := from_relaxed(here, relaxed, Effort(0.0, True, 100_000))).feasible:
            assert got.bound >= got.value - 1e-9
            best = max(best, got.value)
            assert bound_of(here, relaxed.prices * 1.5 + 0.1) >= got.value - 1e-6
    whole = choose(problem, limits)
    if whole.status != "infeasible" and whole.chosen.any():
        assert best == pytest.approx(whole.objective, rel=1e-6)


# --- large --------------------------------------------------------------------------------------------------------


def large(n: int, seed: int = 3, ways: int = 1) -> Problem:
    """A made-up country: costs by way, learners by size, ten regions."""
    r = np.random.default_rng(seed)
    people = np.round(r.lognormal(5.3, 0.8, n)) + 5
    plain = people * np.where(r.random(n) < 0.6, 1, r.random(n))
    lack, region = r.beta(2, 3, n), r.integers(0, 10, n)
    cost = np.round(r.choice([4700, 8600, 13000, 20000, 60000], n, p=[0.4, 0.25, 0.2, 0.1, 0.05]) * r.lognormal(0, 0.3, n))  # fmt: skip
    return Problem(np.arange(n), plain * (1 + 2 * lack), plain, people, cost, cost * 0.05, lack > 0.6, region, tuple(f"R{g}" for g in range(10)), np.bincount(region, weights=plain, minlength=10), poorest=r.random(n) < 0.2)  # fmt: skip


def test_a_large_choice_is_near_its_bound_and_keeps_every_limit() -> None:
    problem = large(30_000)
    limits = Limits((problem.cost.sum() * 0.25,), region_floor=0.1, poorest_share=0.4, ring_fence=0.5)
    start: dict[int, np.ndarray] = {}
    found = choose_from(problem, limits, start, Effort(1e-4, False))
    assert found.gap <= 1e-4
    assert broken(problem, limits, found.year) == ()
    here = model(problem, limits, 0)
    assert not at_once(here)
    assert found.objective <= found.bound <= bound_of(here, start[0]) * (1 + 1e-9), "no looser than the prices prove"
    limit = limit_of(problem, limits, found)
    out = ~found.chosen
    cheap = np.mean(limit.entry_cost[found.chosen] >= problem.cost[found.chosen] * 0.999), np.mean(limit.entry_cost[out] <= problem.cost[out] * 1.001)  # fmt: skip
    assert min(cheap) > 0.99, "those in would stay at their cost, those out would not come in at theirs"
    again = choose_from(problem, limits, {}, Effort(1e-4, False))
    assert (again.year == found.year).all()


# --- what cannot be, and what is wrong ----------------------------------------------------------------------------


def test_clashing_limits_say_which_and_by_how_much() -> None:
    found = choose(t8_problem(must=np.array([4])), Limits((15_000,), region_floor=0.1))
    assert found.status == "infeasible"
    assert [c.limit for c in found.clashes] == ["the budget"]
    assert found.clashes[0].by == pytest.approx(20379 + 4732 + 4732 - 15_000)
    enough = Limits((15_000 + found.clashes[0].by - 1,), region_floor=0.1)
    assert choose(t8_problem(must=np.array([4])), enough).status == "infeasible", "a unit less does not do"
    assert chosen(choose(t8_problem(must=np.array([4])), replace(enough, budget=(29_843,)))) == ["S3", "S5", "S8"]
    floor = choose(t8_problem(region_unserved=np.array([5000.0, 710.0, 288.0])), Limits((1e9,), region_floor=0.4))
    assert "every region" in floor.clashes[0].limit
    assert floor.clashes[0].by == pytest.approx(40 - 940 / 5000 * 100, abs=0.01)
    both = choose(
        t8_problem(must=np.array([4])), Limits((100.0,), recurrent_ceiling=(100.0,))
    )  # neither would do alone
    assert [(c.limit, c.by, c.together) for c in both.clashes] == [
        ("the budget", pytest.approx(20_279), True), ("the ceiling of running costs", pytest.approx(20_379 * 0.05 - 100), True)
    ]  # fmt: skip
    mended = Limits((100 + both.clashes[0].by,), recurrent_ceiling=(100 + both.clashes[1].by,))
    assert chosen(choose(t8_problem(must=np.array([4])), mended)) == ["S5"]
    assert not found.clashes[0].together
    gone = choose(t8_problem(must=np.array([77])), Limits((1e9,)))
    assert "cannot be connected" in gone.clashes[0].limit


WRONG = {
    "more than once": ({"school": np.array([0, 0, 2, 3, 4, 5])}, Limits((1e9,)), [1, 1, 0, 0, 0, 0]),
    "a year that": ({}, Limits((1e9,)), [2, 0, 0, 0, 0, 0]),
    "must be": ({"must": np.array([1])}, Limits((1e9,)), [1, 0, 0, 0, 0, 0]),
    "must not": ({"never": np.array([0])}, Limits((1e9,)), [1, 0, 0, 0, 0, 0]),
    "through another": ({"relay": ((0, 1),)}, Limits((1e9, 0)), [1, 2, 0, 0, 0, 0]),
    "Year 1 spends": ({}, Limits((14_378,)), [1, 0, 0, 0, 0, 0]),
    "Year 2 spends": ({}, Limits((20_000, 14_378), carry_over=False), [2, 0, 0, 1, 0, 0]),
    "Running costs": ({}, Limits((1e9,), recurrent_ceiling=(700.0,)), [1, 0, 0, 0, 0, 0]),
    "North gets": ({}, Limits((1e9,), region_floor=0.2), [1, 0, 0, 1, 0, 1]),
    "Of g": ({"groups": {"g": POOR}, "group_unserved": {"g": 1000.0}}, Limits((1e9,), group_floors=(("g", 0.2),)), [1, 0, 0, 0, 0, 0]),
    "poorest fifth": ({}, Limits((1e9,), poorest_share=0.5), [0, 0, 1, 1, 0, 0]),
    "group A has": ({}, Limits((1e9,), ring_fence=0.6), [0, 0, 1, 1, 0, 0]),
}  # fmt: skip


@pytest.mark.parametrize("word", WRONG)
def test_the_check_finds_every_limit_that_is_broken(word: str) -> None:
    more, limits, year = WRONG[word]
    said = broken(t8_problem(**more), limits, np.array(year))
    assert len(said) == 1
    assert word in said[0]


def test_limits_that_make_no_sense_are_refused() -> None:
    with pytest.raises(PlanError, match="one year at least"):
        choose(t8_problem(), Limits(()))
    with pytest.raises(PlanError, match="so many schools"):
        choose(t8_problem(), Limits((1e5,), deviation=COST, gamma=2), exact_most=3)


def test_a_plan_that_another_beats_is_marked() -> None:
    rows = pd.DataFrame({"budget": [1, 2, 2], "reached": [10, 9, 12], "poorest_share": [0.2, 0.2, 0.1]})
    assert dominated(rows) == [False, True, False]


# --- an empty plan says which rule stands against it --------------------------------------------------------------------


@pytest.mark.parametrize(("limits", "poorest", "wanted"), [
    (Limits((30_000,), poorest_share=0.2), False, ("the least share of the poorest fifth (20%)",)),
    (Limits((5_000,), ring_fence=0.5, poorest_share=0.2), True, ()),  # S4, at 4,732, keeps both
    (Limits((30_000,), recurrent_ceiling=(1.0,)), True, ("the ceiling of running costs",)),
    (Limits((30_000,), recurrent_ceiling=(1.0,), poorest_share=0.2), False, (str(TOGETHER),)),
    (Limits((100,), poorest_share=0.2), False, ()),  # the money alone is too little
])  # fmt: skip
def test_the_rules_against_an_empty_plan_are_named(limits: Limits, poorest: bool, wanted: tuple[str, ...]) -> None:
    problem = t8_problem(poorest=POOR & poorest)
    empty = not chosen(choose(problem, limits))
    assert empty == (not poorest or bool(wanted))
    assert none_poorest(problem, limits) == (not poorest)
    if empty:
        assert against(problem, limits) == wanted
