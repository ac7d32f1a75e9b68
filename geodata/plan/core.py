"""From the relaxation to a whole plan: those in doubt are decided exactly, the others stand where the prices put them.

A school may be fixed without any doubt where leaving its best choice would cost more than what still lies between the
plan found and the bound; if all others are decided exactly, the plan is the best there is, proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geodata.arrays import Codes, Floats
from geodata.plan.model import Matrix, Model
from geodata.plan.problem import Bools
from geodata.plan.relaxed import Relaxed, best, margin, reduced

CORES = ((100, 100), (400, 300))  # schools decided exactly, and nodes of the search, one after the other
WHOLE = 300  # variables up to which everything is decided exactly at once
PROVEN = 1500  # variables in doubt up to which the rest is decided exactly
EXACT = 1e-7  # a proven relative gap that counts as none


@dataclass(frozen=True)
class Found:
    """Variables in the plan, its value, a bound, and whether there is a plan at all."""

    taken: Codes
    value: float
    bound: float
    feasible: bool
    nodes: int = 0


@dataclass(frozen=True)
class Effort:
    """How close is close enough (relative gap), whether all that matters is decided exactly, and for how many nodes at most
    (a tenth of them for what could still be in a better plan of a large problem, where a node takes long)."""

    gap: float = 5e-4
    exact: bool = True
    nodes: int = 5_000


NOTHING = Found(np.zeros(0, dtype=np.int64), -np.inf, -np.inf, False)


def at_once(model: Model) -> bool:
    """Whether a model is small enough to be decided exactly without its relaxation."""
    return model.size <= WHOLE or bool(model.gamma)


def whole(model: Model, effort: Effort) -> Found:
    """The best plan of a small model, proven; nothing where there is none."""
    return NOTHING if model.impossible else _whole(model, effort.nodes, 0.0)


def from_relaxed(model: Model, relaxed: Relaxed, effort: Effort) -> Found:
    """The best plan of a model whose relaxation is solved: cores that grow until the gap is small enough; where that is
    not so and an exact answer is asked for, all that could be in a better plan."""
    worth = reduced(model, relaxed.prices)
    near = margin(model, worth)
    split = np.zeros(model.schools, dtype=bool)
    split[model.school[(relaxed.x > 1e-7) & (relaxed.x < 1 - 1e-7)]] = True
    order = np.argsort(np.where(split, -1.0, near), kind="stable")
    found, nodes, bound = NOTHING, 0, relaxed.bound
    years = max(1, int(model.year.max(initial=1)))
    for size, limit in ((max(40, schools // years), nodes_most) for schools, nodes_most in CORES):
        free = np.zeros(model.schools, dtype=bool)
        free[order[:size]] = True
        tried = _of_core(model, relaxed, free, min(limit, effort.nodes), effort.gap * abs(bound) / 2)
        nodes += tried.nodes
        if tried.feasible and tried.value > found.value:
            found = tried
        if bound - found.value <= effort.gap * abs(bound) or size >= model.schools:
            break
    if not found.feasible:
        return _whole(model, effort.nodes, effort.gap)
    if effort.exact and bound - found.value > max(effort.gap, EXACT) * abs(bound):
        found, bound, more = _prove(model, relaxed, worth, found, effort)
        nodes += more
    return Found(found.taken, found.value, max(bound, found.value), True, nodes)


def _of_core(model: Model, relaxed: Relaxed, free: Bools, node_limit: int, allowed: float) -> Found:
    """The best plan in which the schools that are not `free` stand where the relaxation has them."""
    keep = free[model.school]
    fixed = np.flatnonzero(~keep & (relaxed.x > 0.5))
    small = model.part(keep, fixed)
    got = _whole(small, node_limit, 0.0, allowed)
    if not got.feasible:
        return got
    taken = np.sort(np.concatenate([fixed, np.flatnonzero(keep)[got.taken]]))
    return Found(taken, float(model.value[taken].sum()), np.inf, True, got.nodes)


def _prove(model: Model, relaxed: Relaxed, worth: Floats, found: Found, effort: Effort) -> tuple[Found, float, int]:
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
    if open_.sum() > PROVEN:
        return found, relaxed.bound, 0  # too many for a proof in reasonable time: the bound says how far it can be
    fixed = top[sure_in]
    left = model.most - np.asarray(model.rows[:, fixed].sum(axis=1)).ravel()
    held, place = np.unique(model.school[open_], return_inverse=True)
    kept = np.flatnonzero(open_)
    small = Model(
        model.candidate[kept], model.year[kept], place.astype(np.int64), len(held), model.value[kept], model.cost[kept],
        model.rows[:, kept], left, model.scale, model.kinds, model.must[held],
    )  # fmt: skip
    got = _whole(small, effort.nodes // 10, 0.0, max(effort.gap, EXACT) * abs(relaxed.bound) / 2)
    base = float(model.value[fixed].sum())
    if not got.feasible:
        # Nothing else fits: what was found is the best, unless the nodes ran out.
        return found, (found.value if got.bound == -np.inf else relaxed.bound), got.nodes
    taken = np.sort(np.concatenate([fixed, kept[got.taken]]))
    value = float(model.value[taken].sum())
    better = found if found.value >= value else Found(taken, value, np.inf, True)
    return better, min(relaxed.bound, max(base + got.bound, better.value)), got.nodes


def _whole(model: Model, node_limit: int, gap: float, allowed: float = 0.0) -> Found:
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
    a: Any = sparse.vstack(rows).tocsr()
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


def _robust(model: Model, a: Matrix, low: list[Floats], high: list[Floats]) -> tuple[Matrix, list[Floats], list[Floats], int]:  # fmt: skip
    """Bertsimas and Sim's rows: Σ c·x + Γ·z + Σ p ≤ B and z + p ≥ d·x for every variable (methods 4.7, E6.5)."""
    n = model.size
    for k, more in model.robust:
        block: Any = sparse.lil_matrix((a.shape[0], n + 1))
        block[k, 0] = model.gamma
        block[k, 1:] = 1.0
        at = a.shape[1]
        a = sparse.hstack([a, block]).tocsr()
        beside: Any = sparse.hstack  # whose stubs want blocks of one kind
        link = beside([sparse.diags(more), sparse.csr_matrix((n, at - n)), -np.ones((n, 1)), -sparse.eye(n)])
        a = sparse.vstack([a, link]).tocsr()
        low.append(np.full(n, -np.inf))
        high.append(np.zeros(n))
    return a, low, high, a.shape[1] - n
