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
from geodata.plan.relaxed import Relaxed, best, reduced

CORES = ((60, 300), (160, 1000))  # variables decided exactly, and nodes of the search, one after the other
WHOLE = 300  # variables up to which everything is decided exactly at once
PROVEN = 1500  # variables in doubt up to which the rest is decided exactly
WORK = 60_000  # variables times nodes that this may take: a node of a larger problem takes longer
WIDE = 2000  # variables decided exactly where the cores hold no plan at all
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
    """How close is close enough (relative gap), whether all that matters is decided exactly, for how many nodes at most (a
    tenth of them for what could still be in a better plan of a large problem, where a node takes long), in which cores."""

    gap: float = 5e-4
    exact: bool = True
    nodes: int = 5_000
    cores: tuple[tuple[int, int], ...] = CORES


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
    doubt = _doubt(model, relaxed)
    found, bound, nodes = NOTHING, relaxed.bound, 0
    near = np.sort(np.concatenate([doubt.loss[doubt.loss > 0], doubt.lead[doubt.top >= 0]]))
    for size, limit in (*effort.cores, (WIDE, effort.nodes // 10)):
        if size == WIDE and found.feasible:
            break
        spare = float(near[min(size, len(near) - 1)]) if len(near) else 0.0
        tried = _of_core(model, doubt, spare, min(limit, effort.nodes), effort.gap * abs(bound) / 2)
        nodes, bound = nodes + tried.nodes, min(bound, max(tried.bound, relaxed.bound - spare))
        if tried.feasible and tried.value > found.value:
            found = tried
        if found.feasible and bound - found.value <= effort.gap * abs(bound):
            break
    if not found.feasible:
        return _whole(model, effort.nodes, effort.gap)
    if effort.exact and bound - found.value > max(effort.gap, EXACT) * abs(bound):
        found, proven, more = _prove(model, relaxed, doubt, found, effort)
        nodes, bound = nodes + more, min(bound, proven)
    return Found(found.taken, found.value, max(bound, found.value), True, nodes)


@dataclass(frozen=True)
class _Doubt:
    """What the bound falls by: if a variable is taken (`loss`), if a school leaves its best choice `top` (`lead`)."""

    loss: Floats
    top: Codes
    lead: Floats


def _doubt(model: Model, relaxed: Relaxed) -> _Doubt:
    worth = reduced(model, relaxed.prices)
    top, gain = best(model, worth)
    loss = gain[model.school] - worth
    loss[top[top >= 0]] = 0.0
    second = np.where(model.must, -np.inf, 0.0)
    rest = np.ones(model.size, dtype=bool)
    rest[top[top >= 0]] = False
    np.maximum.at(second, model.school[rest], worth[rest])
    return _Doubt(loss, top, gain - second)


def _open(model: Model, doubt: _Doubt, spare: float) -> tuple[Codes, Codes]:
    """Variables that a plan may hold whose value is within `spare` of the bound; those that each such plan holds."""
    sure = (doubt.top >= 0) & (doubt.lead > spare)
    return np.flatnonzero((doubt.loss <= spare) & ~sure[model.school]), doubt.top[sure]


def _of_core(model: Model, doubt: _Doubt, spare: float, node_limit: int, allowed: float) -> Found:
    """The best plan among those that lose no more than `spare` against the bound, and a bound of these: every other plan
    is worth less than the bound less `spare`, which is how a core proves something of the whole."""
    kept, fixed = _open(model, doubt, spare)
    left = model.most - np.asarray(model.rows[:, fixed].sum(axis=1)).ravel()
    held, place = np.unique(model.school[kept], return_inverse=True)
    small = Model(
        model.candidate[kept], model.year[kept], place.astype(np.int64), len(held), model.value[kept], model.cost[kept],
        model.rows[:, kept], left, model.scale, model.kinds, model.must[held],
    )  # fmt: skip
    got, base = _whole(small, node_limit, 0.0, allowed), float(model.value[fixed].sum())
    if not got.feasible:
        return Found(got.taken, -np.inf, base + got.bound, False, got.nodes)
    taken = np.sort(np.concatenate([fixed, kept[got.taken]]))
    return Found(taken, float(model.value[taken].sum()), base + got.bound, True, got.nodes)


def _prove(model: Model, relaxed: Relaxed, doubt: _Doubt, found: Found, effort: Effort) -> tuple[Found, float, int]:
    """Everything that could still be in a better plan is decided exactly; the plan, the bound, the nodes."""
    spare = relaxed.bound - found.value + 1e-9 * abs(relaxed.bound)
    many = len(_open(model, doubt, spare)[0])
    if many > PROVEN:
        return found, relaxed.bound, 0  # too many for a proof in reasonable time: the bound says how far it can be
    nodes = min(effort.nodes // 10, WORK // max(1, many))
    got = _of_core(model, doubt, spare, nodes, max(effort.gap, EXACT) * abs(relaxed.bound) / 2)
    better = got if got.feasible and got.value > found.value else found
    return better, max(got.bound, better.value), got.nodes


def _whole(model: Model, node_limit: int, gap: float, allowed: float = 0.0) -> Found:
    """Branch and bound over all variables; tightened and solved again where rounding breaks a limit by a hair."""
    if not model.size:
        fits = bool((model.most >= -1e-9).all()) and not model.must.any()
        return Found(np.zeros(0, dtype=np.int64), 0.0 if fits else -np.inf, 0.0 if fits else -np.inf, fits)
    most, nodes, bound = model.most.copy(), 0, -np.inf
    for _ in range(5):
        got = _branch(model, most, node_limit, gap, allowed)
        # What a tightened limit proves, it proves of itself alone: the first bound stands.
        nodes, bound = nodes + got.nodes, max(bound, got.bound)
        if not got.feasible:
            return Found(got.taken, got.value, bound, False, nodes)
        over = _over(model, got.taken)
        if (over <= 1e-9 * np.maximum(1.0, np.abs(model.most))).all():
            return Found(got.taken, got.value, bound, True, nodes)
        most = np.where(over > 0, most - 2 * np.maximum(over, 1e-9), most)
    return Found(np.zeros(0, dtype=np.int64), -np.inf, bound, False, nodes)


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
