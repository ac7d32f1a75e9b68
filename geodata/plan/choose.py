"""Which schools, by which way, in which year: the best plan under limits, with a bound that proves how good it is.

Small problems are solved exactly. Large ones by their relaxation, whose few schools in doubt are decided exactly; the
relaxation's bound is proof (methods 4.4 to 4.6). Nothing depends on a clock: the same problem gives the same plan.
"""

from __future__ import annotations

import numpy as np
import scipy

from geodata.arrays import Floats
from geodata.errors import PlanError
from geodata.plan.clash import clashes
from geodata.plan.core import EXACT, Found, solve
from geodata.plan.model import cases, model
from geodata.plan.problem import Choice, Limits, Problem

SOLVER = f"HiGHS, through SciPy {scipy.__version__}"
NODES = 20_000
GAP = 1e-5
EXACT_MOST = 5000

# Prices of an earlier, like problem: case of the ring fence → prices of its rows.
Start = dict[int, Floats]


def choose(problem: Problem, limits: Limits, *, node_limit: int = NODES, gap: float = GAP, exact_most: int = EXACT_MOST) -> Choice:  # fmt: skip
    """The best choice under limits; `status` infeasible with the limits that clash where nothing fits.

    Up to `exact_most` schools, or where schools hang on others' fibre, it is proven best (to 1e-7); above, to `gap`. Where `node_limit` ends the search earlier the status is within_bound, and the bound says how far it can be
    from the best. Raises PlanError for limits without a year, or prices that may vary in a problem too large for it.
    """
    return choose_from(problem, limits, {}, node_limit=node_limit, gap=gap, exact_most=exact_most)


def choose_from(
    problem: Problem,
    limits: Limits,
    start: Start,
    *,
    node_limit: int = NODES,
    gap: float = GAP,
    exact_most: int = EXACT_MOST,
) -> Choice:
    """As `choose`, beginning from prices of a like problem; `start` is left holding this one's."""
    if not limits.budget:
        raise PlanError("A plan needs a budget for one year at least.")
    schools = len(np.unique(problem.school))
    if limits.gamma and schools > exact_most:
        raise PlanError(
            f"Prices that may vary are reckoned with for up to {exact_most:,} schools; these are {schools:,}."
        )
    exact = schools <= exact_most or bool(problem.relay)
    found, bound, nodes, year = None, -np.inf, 0, np.zeros(len(problem.school), dtype=np.int64)
    for case in cases(problem, limits):
        here = model(problem, limits, case)
        floor = -np.inf if found is None else found.value
        got = solve(here, gap=gap, exact=exact, node_limit=node_limit, floor=floor, start=start.get(case))
        nodes += got.nodes
        if got.prices is not None:
            start[case] = got.prices
        if not got.feasible:
            continue
        bound = max(bound, got.bound)
        if got.value > floor:
            found = got
            year = np.zeros(len(problem.school), dtype=np.int64)
            year[here.candidate[got.taken]] = here.year[got.taken]
    return _choice(found, bound, nodes, year, problem, limits)


def _choice(found: Found | None, bound: float, nodes: int, year: np.ndarray, problem: Problem, limits: Limits) -> Choice:  # fmt: skip
    if found is None:
        none = np.zeros(len(problem.school), dtype=np.int64)
        return Choice(none, 0.0, 0.0, "infeasible", SOLVER, clashes(problem, limits), nodes)
    bound = max(bound, found.value)
    proven = bound - found.value <= EXACT * max(abs(bound), 1e-300)
    return Choice(year, found.value, bound, "optimal" if proven else "within_bound", SOLVER, (), nodes)
