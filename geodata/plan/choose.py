"""Which schools, by which way, in which year: the best plan under limits, with a bound that proves how good it is.

Small problems are solved exactly. Large ones by their relaxation, whose few schools in doubt are decided exactly; the
relaxation's bound is proof (methods 4.4 to 4.6). Nothing depends on a clock: the same problem gives the same plan.
"""

from __future__ import annotations

import numpy as np
import scipy

from geodata.arrays import Codes, Floats
from geodata.errors import PlanError
from geodata.plan.clash import clashes
from geodata.plan.core import EXACT, NOTHING, Effort, Found, at_once, from_relaxed, whole
from geodata.plan.model import Model, cases, model
from geodata.plan.problem import Choice, Limits, Problem
from geodata.plan.relaxed import Relaxed, relax
from geodata.say import tr, written

SOLVER = f"HiGHS, through SciPy {scipy.__version__}"
NODES = 5_000
GAP = 5e-4
EXACT_MOST = 5000

# Prices of an earlier, like problem: case of the ring fence → prices of its rows.
Start = dict[int, Floats]


def choose(problem: Problem, limits: Limits, *, node_limit: int = NODES, gap: float = GAP, exact_most: int = EXACT_MOST) -> Choice:  # fmt: skip
    """The best choice under limits; `status` infeasible with the limits that clash where nothing fits.

    Proven best where the problem is small (300 candidates and years); above, proven to be within `gap` of the best, by
    the exact solver up to `exact_most` schools, by the relaxation beyond. Where `node_limit` ends the search earlier the
    bound says so. Raises PlanError for limits without a year, or prices that may vary in a problem too large for it.
    """
    return choose_from(problem, limits, {}, Effort(gap, _schools(problem) <= exact_most, node_limit))


def choose_from(problem: Problem, limits: Limits, start: Start, effort: Effort) -> Choice:
    """As `choose`, beginning from prices of a like problem; `start` is left holding this one's."""
    if not limits.budget:
        raise PlanError(tr("A plan needs a budget for one year at least."))
    if limits.gamma and not effort.exact:
        raise PlanError(
            tr(
                "Prices that may vary are not reckoned with for so many schools ({problem}).",
                problem=written(_schools(problem)),
            )
        )
    models = {case: model(problem, limits, case) for case in cases(problem, limits)}
    relaxed = {case: _relaxed(m, start.get(case)) for case, m in models.items()}
    start.update({case: r.prices for case, r in relaxed.items() if r is not None})
    best, bound, nodes, year = NOTHING, -np.inf, 0, np.zeros(len(problem.school), dtype=np.int64)
    for case in sorted(models, key=lambda c: -_hope(relaxed[c])):
        here, hope = models[case], _hope(relaxed[case])
        if best.feasible and hope <= best.value + effort.gap / 2 * abs(best.value):
            bound = max(bound, hope)  # it cannot be better, or not by enough to look
            continue
        got = _best_of(here, relaxed[case], effort)
        nodes += got.nodes
        bound = max(bound, got.bound if got.feasible else -np.inf)
        if got.feasible and got.value > best.value:
            best = got
            year = np.zeros(len(problem.school), dtype=np.int64)
            year[here.candidate[got.taken]] = here.year[got.taken]
    return _choice(best, bound, nodes, year, (problem, limits))


def bound_of_relaxed(problem: Problem, limits: Limits, start: Start | None = None) -> float:
    """A bound on what any choice can reach, from the relaxation alone; minus infinity where nothing fits even in part.
    `start` as for `choose_from`."""
    start = {} if start is None else start
    bounds = []
    for case in cases(problem, limits):
        here = model(problem, limits, case)
        found = None if here.impossible else relax(here, start.get(case))
        bounds.append(-np.inf if found is None else found.bound)
        if found is not None:
            start[case] = found.prices
    return float(max(bounds))


def _schools(problem: Problem) -> int:
    return len(np.unique(problem.school))


def _relaxed(here: Model, start: Floats | None) -> Relaxed | None:
    """The relaxation; None where the model is so small that it is solved whole."""
    return None if at_once(here) or here.impossible else relax(here, start)


def _hope(relaxed: Relaxed | None) -> float:
    return np.inf if relaxed is None else relaxed.bound


def _best_of(here: Model, relaxed: Relaxed | None, effort: Effort) -> Found:
    if relaxed is None:
        return whole(here, effort)
    return from_relaxed(here, relaxed, effort) if relaxed.feasible else NOTHING


def _choice(found: Found, bound: float, nodes: int, year: Codes, asked: tuple[Problem, Limits]) -> Choice:
    if not found.feasible:
        return Choice(year, 0.0, 0.0, "infeasible", SOLVER, clashes(*asked), nodes)
    bound = max(bound, found.value)
    proven = bound - found.value <= EXACT * max(abs(bound), 1e-300)
    return Choice(year, found.value, bound, "optimal" if proven else "within_bound", SOLVER, (), nodes)
