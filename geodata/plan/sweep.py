"""What more or less money buys: many budgets and weights, each a solved plan of its own; what is beaten; what the next learner costs.

A plan of a smaller budget keeps every limit of a larger one, so what a plan reaches never falls with its budget: where
the search, which ends within a small gap, finds less with more money, the plan before it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.costing.unit import PriceBook
from geodata.options.needs import value
from geodata.plan.basis import basis
from geodata.plan.candidates import candidates, limits
from geodata.plan.choose import Start, bound_of_relaxed, choose_from
from geodata.plan.core import Effort
from geodata.plan.problem import Choice, Problem
from geodata.plan.terms import Terms
from geodata.query import Desk

STEPS = 20
WEIGHTS = (0.0, 1.0, 2.0, 4.0)
ROUGH = Effort(gap=1e-3, exact=False, cores=((60, 100),))


def sweep(
    desk: Desk,
    terms: Terms,
    book: PriceBook | None = None,
    budgets: Sequence[float] = (),
    weights: Sequence[float] = WEIGHTS,
) -> pd.DataFrame:
    """One row a weight and budget: weight, budget, years (of building), status, gap, schools, people, reached (expected underserved), objective
    (weighted, a year of service times the years), poorest_share, group_a_share (of the money), cost, price_of_equity,
    marginal_cost (money for one more reached, from the budget before), dominated.

    `budgets` are totals, spread over the years as those of the terms; by default STEPS up to the cost of everything.
    `price_of_equity` is held against the bound without fairness limits, so that it is never told too small.
    """
    ground = basis(desk, terms, book)
    first = candidates(ground, terms).problem
    steps = tuple(budgets) or _steps(first)
    rows = []
    for weight in weights:
        plain = value(ground.needs, weight)
        problem = replace(first, value=plain[first.school])
        rows += _of_weight(problem, terms, weight, sorted(steps))
    out = pd.DataFrame(rows)
    return out.assign(marginal_cost=_marginal(out), dominated=dominated(out))


def in_one_year(terms: Terms) -> Terms:
    """The same terms with all their money in one year, and the ceiling on running costs of the last.

    What a budget of several years buys in all differs little, and a curve of 20 such plans would take minutes.
    """
    return terms.with_(budget=(terms.total,), recurrent_ceiling=terms.recurrent_ceiling[-1:])


def _steps(problem: Problem) -> tuple[float, ...]:
    cost = np.full(int(problem.school.max(initial=0)) + 1, np.inf)
    np.minimum.at(cost, problem.school, problem.cost)
    whole = float(cost[np.isfinite(cost)].sum())
    return tuple(whole * k / STEPS for k in range(1, STEPS + 1))


def _of_weight(problem: Problem, terms: Terms, weight: float, budgets: Sequence[float]) -> list[dict[str, object]]:
    start, loose = Start(), Start()
    before, rows = None, []
    for budget in budgets:
        share = tuple(b / terms.total if terms.total else 1 / len(terms.budget) for b in terms.budget)
        here = terms.with_(budget=tuple(budget * s for s in share))
        choice = choose_from(problem, limits(here), start, ROUGH)
        if before is not None and choice.status != "infeasible" and choice.objective < before.objective:
            choice = replace(choice, year=before.year, objective=before.objective, status="within_bound")
        if choice.status != "infeasible":
            before = choice
        free = bound_of_relaxed(problem, limits(here, fair=False), loose)
        rows.append({"weight": weight, "budget": budget, "years": len(here.budget), **_row(problem, choice, free)})
    return rows


def _row(p: Problem, choice: Choice, free: float) -> dict[str, object]:
    if choice.status == "infeasible":
        empty = ("gap", "schools", "people", "reached", "objective", "poorest_share", "group_a_share", "cost", "price_of_equity")  # fmt: skip
        return {"status": choice.status, **dict.fromkeys(empty, np.nan)}
    on = choice.chosen
    people, cost = float(p.people[on].sum()), float(p.cost[on].sum())
    return {
        "status": choice.status,
        "gap": choice.gap,
        "schools": float(on.sum()),
        "people": people,
        "reached": float(p.plain[on].sum()),
        "objective": choice.objective,
        "poorest_share": float(p.people[on & p.poorest].sum()) / people if p.poorest is not None and people else np.nan,
        "group_a_share": float(p.cost[on & p.tier_a].sum()) / cost if cost else np.nan,
        "cost": cost,
        "price_of_equity": max(0.0, 1 - choice.objective / free) if free > 0 else 0.0,
    }


def _marginal(rows: pd.DataFrame) -> Floats:
    """Money for one more of the reached, from the next smaller budget of the same weight; NaN where it reaches no more."""
    out: Floats = np.full(len(rows), np.nan)
    for _, part in rows.groupby("weight", sort=False):
        reached, budget = number(part["reached"]), number(part["budget"])
        more = np.diff(reached, prepend=0.0)
        out[part.index] = np.where(more > 0, np.diff(budget, prepend=0.0) / np.where(more > 0, more, 1.0), np.nan)
    return out


def dominated(rows: pd.DataFrame) -> list[bool]:
    """Whether some other plan costs no more, reaches no fewer, and no smaller share of the poorest, and is better in one."""
    cost, reached = number(rows["budget"]), number(rows["reached"])
    poorest = np.nan_to_num(number(rows["poorest_share"]))
    out = []
    for i in range(len(rows)):
        no_worse = (cost <= cost[i]) & (reached >= reached[i]) & (poorest >= poorest[i])
        better = (cost < cost[i]) | (reached > reached[i]) | (poorest > poorest[i])
        out.append(bool((no_worse & better).any()) or bool(np.isnan(reached[i])))
    return out


def cost_curve(cost: Floats, plain: Floats, ids: Sequence[str]) -> pd.DataFrame:
    """Schools by what one expected learner costs, cheapest first, with running sums (methods 4.4, E6.6): columns id,
    per_learner, learners, cost. Schools that reach nobody are left out; ties go by id."""
    each = np.divide(cost, plain, out=np.full(len(cost), np.inf), where=plain > 0)
    order = [i for i in sorted(range(len(cost)), key=lambda i: (each[i], ids[i])) if np.isfinite(each[i])]
    return pd.DataFrame({
        "id": [ids[i] for i in order], "per_learner": each[order],
        "learners": np.cumsum(plain[order]), "cost": np.cumsum(cost[order]),
    })  # fmt: skip
