"""Why a school is in a plan or not, and what would bring it in: sentences for a planner.

The relaxation's prices say what one more unit of money would buy. A school that was left out would come in at the cost
at which it is worth as much as what the money buys elsewhere, its part in floors and shares counted in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.arrays import Floats
from geodata.plan.model import Model, cases, model
from geodata.plan.problem import Choice, Limits, Problem
from geodata.plan.relaxed import Relaxed, reduced, relax


@dataclass(frozen=True)
class Limit:
    """At which cost each candidate would be worth its money (infinite where money does not bind), and what the plan pays
    for one more unit of value at its margin."""

    entry_cost: Floats
    per_unit: float


def limit_of(problem: Problem, limits: Limits, choice: Choice) -> Limit:
    """Where the money ends, from the relaxation's prices in the case of the ring fence that the plan is in."""
    none = np.full(len(problem.school), np.nan)
    if choice.status == "infeasible" or not len(problem.school):
        return Limit(none, np.nan)
    found: list[tuple[float, Model, Relaxed]] = []
    for case in cases(problem, limits):
        here = model(problem, limits, case)
        solved = relax(here) if not here.impossible else None
        if solved is not None and solved.feasible:
            found.append((solved.bound, here, solved))
    if not found:
        return Limit(none, np.nan)
    _, here, solved = max(found, key=lambda f: f[0])
    worth = reduced(here, solved.prices)
    paid = np.array([k in ("budget", "ring") for k in here.kinds])
    on_money = here.rows[paid].T @ solved.prices[paid]
    with np.errstate(divide="ignore", invalid="ignore"):
        entry = np.where(on_money > 0, here.cost * (worth + on_money) / on_money, np.inf)
    out = np.full(len(problem.school), -np.inf)
    np.maximum.at(out, here.candidate, entry)
    budget = np.array([k == "budget" for k in here.kinds])
    per_value = float((solved.prices[budget] / here.scale[budget]).sum())
    return Limit(np.where(out == -np.inf, np.nan, out), 1 / per_value if per_value > 0 else np.inf)
