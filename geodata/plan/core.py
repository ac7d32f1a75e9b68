"""From the relaxation to a whole plan: those in doubt are decided exactly, the others stand where the prices put them.

A school may be fixed without any doubt where leaving its best choice would cost more than what still lies between the
plan found and the bound; if all others are decided exactly, the plan is the best there is, proven.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geodata.arrays import Codes, Floats
from geodata.plan.model import Model
from geodata.plan.problem import Bools
from geodata.plan.relaxed import Relaxed, best, margin, reduced, relax

CORE = 400  # schools decided exactly at first
WHOLE = 300  # variables up to which everything is decided exactly at once
EXACT = 1e-7  # a proven relative gap that counts as none


@dataclass(frozen=True)
class Found:
    """Variables in the plan, its value, a bound, and whether there is a plan at all."""

    taken: Codes
    value: float
    bound: float
    feasible: bool
    nodes: int = 0
    prices: Floats | None = None


def solve(model: Model, *, gap: float, exact: bool, node_limit: int, floor: float = -np.inf, start: Floats | None = None) -> Found:  # fmt: skip
    """The best plan of one case, to a relative `gap`, or proven best where `exact`; nothing where it cannot pass `floor`."""
    nothing = Found(np.zeros(0, dtype=np.int64), -np.inf, -np.inf, False)
    if model.impossible:
        return nothing
    if model.size <= WHOLE or model.gamma:
        return _whole(model, np.arange(model.size), node_limit, 0.0 if exact else gap)
    relaxed = relax(model, start)
    if not relaxed.feasible:
        return nothing
    if relaxed.bound <= floor:
        return Found(np.zeros(0, dtype=np.int64), -np.inf, relaxed.bound, True, prices=relaxed.prices)
    return _round(model, relaxed, gap=gap, exact=exact, node_limit=node_limit)


def _round(model: Model, relaxed: Relaxed, *, gap: float, exact: bool, node_limit: int) -> Found:
    """Cores that grow until the gap is small enough, and, for an exact answer, all that is not decided for certain."""
    worth = reduced(model, relaxed.prices)
    near = margin(model, worth)
    split = np.zeros(model.schools, dtype=bool)
    split[model.school[(relaxed.x > 1e-7) & (relaxed.x < 1 - 1e-7)]] = True
    order = np.argsort(np.where(split, -1.0, near), kind="stable")
    found, nodes, bound = None, 0, relaxed.bound
    wanted = gap if not exact else max(gap, 1e-6)
    for size in _sizes(model.schools):
        free = np.zeros(model.schools, dtype=bool)
        free[order[:size]] = True
        tried = _of_core(model, relaxed, free, node_limit, wanted * abs(bound) / 2)
        nodes += tried.nodes
        if tried.feasible and (found is None or tried.value > found.value):
            found = tried
        if found is not None and bound - found.value <= wanted * abs(bound):
            break
    if found is None:
        return _whole(model, np.arange(model.size), node_limit, gap)
    if exact and bound - found.value > EXACT * abs(bound):
        found, bound, more = _prove(model, relaxed, worth, found, node_limit)
        nodes += more
    return Found(found.taken, found.value, max(bound, found.value), True, nodes, relaxed.prices)


def _sizes(schools: int) -> list[int]:
    sizes = [s for s in (CORE, 4 * CORE, 16 * CORE) if s < schools]
    return sizes or [schools]


def _of_core(model: Model, relaxed: Relaxed, free: Bools, node_limit: int, allowed: float) -> Found:
    """The best plan in which the schools that are not `free` stand where the relaxation has them."""
    keep = free[model.school]
    fixed = np.flatnonzero(~keep & (relaxed.x > 0.5))
    small = model.part(keep, fixed)
    got = _whole(small, np.arange(small.size), node_limit, 0.0, allowed)
    if not got.feasible:
        return got
    taken = np.sort(np.concatenate([fixed, np.flatnonzero(keep)[got.taken]]))
    return Found(taken, float(model.value[taken].sum()), np.inf, True, got.nodes)


def _prove(model: Model, relaxed: Relaxed, worth: Floats, found: Found, node_limit: int) -> tuple[Found, float, int]:
    """Everything that could still be in a better plan is decided exactly; the plan, the bound, the nodes."""
    top, gain = best(model, worth)
    spare = relaxed.bound - found.value
    spare += 1e-9 * abs(relaxed.bound)
    loss = gain[model.school] - worth  # what the bound falls by if this variable is taken
    loss[top[top >= 0]] = 0.0
    second = np.where(model.must, -np.inf, 0.0)
    rest = np.ones(model.size, dtype=bool)
    rest[top[top >= 0]] = False
    np.maximum.at(second, model.school[rest], worth[rest])
    sure_in = (top >= 0) & (gain - second > spare)  # no better plan leaves its best choice
    open_ = (loss <= spare) & ~sure_in[model.school]
    fixed = top[sure_in]
    left = model.most - np.asarray(model.rows[:, fixed].sum(axis=1)).ravel()
    held, place = np.unique(model.school[open_], return_inverse=True)
    kept = np.flatnonzero(open_)
    small = Model(
        model.candidate[kept], model.year[kept], place.astype(np.int64), len(held), model.value[kept], model.cost[kept],
        model.rows[:, kept], left, model.scale, model.kinds, model.must[held],
    )  # fmt: skip
    got = _whole(small, np.arange(small.size), node_limit, 0.0, EXACT * abs(relaxed.bound) / 4)
    base = float(model.value[fixed].sum())
    if not got.feasible:
        # Nothing else fits: what was found is the best, unless the nodes ran out.
        return found, (found.value if got.bound == -np.inf else relaxed.bound), got.nodes
    taken = np.sort(np.concatenate([fixed, kept[got.taken]]))
    value = float(model.value[taken].sum())
    better = found if found.value >= value else Found(taken, value, np.inf, True)
    return better, min(relaxed.bound, max(base + got.bound, better.value)), got.nodes


def _whole(model: Model, which: Codes, node_limit: int, gap: float, allowed: float = 0.0) -> Found:
    """Branch and bound over all variables; tightened and solved again where rounding breaks a limit by a hair."""
    if not model.size:
        fits = bool((model.most >= -1e-9).all()) and not model.must.any()
        return Found(np.zeros(0, dtype=np.int64), 0.0 if fits else -np.inf, 0.0 if fits else -np.inf, fits)
    most, nodes = model.most.copy(), 0
    for _ in range(5):
        got = _branch(model, most, node_limit, gap, allowed)
        nodes += got.nodes
        if not got.feasible:
            return Found(got.taken, got.value, got.bound, False, nodes)
        over = _over(model, got.taken)
        if (over <= 1e-9 * np.maximum(1.0, np.abs(model.most))).all():
            return Found(got.taken, got.value, got.bound, True, nodes)
        most = np.where(over > 0, most - 2 * np.maximum(over, 1e-9), most)
    return Found(np.zeros(0, dtype=np.int64), -np.inf, -np.inf, False, nodes)


def _over(model: Model, taken: Codes) -> Floats:
    used = np.asarray(model.rows[:, taken].sum(axis=1)).ravel()
    for k, more in model.robust:
        used[k] += np.sort(more[taken])[::-1][: model.gamma].sum()
    over: Floats = used - model.most
    return over


def _branch(model: Model, most: Floats, node_limit: int, gap: float, allowed: float) -> Found:
    n, height = model.size, len(model.kinds)
    schools = sparse.csr_matrix((np.ones(n), (model.school, np.arange(n))), shape=(model.schools, n))
    rows, low, high = [model.rows, schools], [np.full(height, -np.inf), model.must.astype(float)], [most, np.ones(model.schools)]  # fmt: skip
    a = sparse.vstack(rows).tocsr()
    extra = 0
    if model.gamma:
        a, low, high, extra = _robust(model, a, low, high)
    c = np.concatenate([-model.value, np.zeros(extra)])
    ceiling = float(model.value.sum())
    relative = max(gap, allowed / ceiling if ceiling > 0 else 0.0)
    found = milp(
        c, constraints=LinearConstraint(a, np.concatenate(low), np.concatenate(high)),
        integrality=np.concatenate([np.ones(n), np.zeros(extra)]),
        bounds=Bounds(np.zeros(n + extra), np.concatenate([np.ones(n), np.full(extra, np.inf)])),
        options={"mip_rel_gap": relative, "node_limit": node_limit},
    )  # fmt: skip
    nodes = int(found.mip_node_count or 0)
    if found.x is None:
        bound = -np.inf if found.status == 2 else np.inf
        return Found(np.zeros(0, dtype=np.int64), -np.inf, bound, False, nodes)
    taken = np.flatnonzero(found.x[:n] > 0.5).astype(np.int64)
    value = float(model.value[taken].sum())
    bound = value if found.status == 0 and not relative else max(value, -float(found.mip_dual_bound))
    return Found(taken, value, bound, True, nodes)


def _robust(model: Model, a: sparse.csr_matrix, low: list[Floats], high: list[Floats]) -> tuple[sparse.csr_matrix, list[Floats], list[Floats], int]:  # fmt: skip
    """Bertsimas and Sim's rows: Σ c·x + Γ·z + Σ p ≤ B and z + p ≥ d·x for every variable (methods 4.7, E6.5)."""
    n = model.size
    for k, more in model.robust:
        block = sparse.lil_matrix((a.shape[0], n + 1))
        block[k, 0] = model.gamma
        block[k, 1:] = 1.0
        at = a.shape[1]
        a = sparse.hstack([a, block]).tocsr()
        link = sparse.hstack([sparse.diags(more), sparse.csr_matrix((n, at - n)), -np.ones((n, 1)), -sparse.eye(n)])
        a = sparse.vstack([a, link]).tocsr()
        low.append(np.full(n, -np.inf))
        high.append(np.zeros(n))
    return a, low, high, a.shape[1] - n
