"""The relaxation: schools built in part. Its value is a bound that no plan can pass, and its prices say who is in doubt.

Small: one linear programme. Large: prices of the few limits from a sample of schools, then again and again a linear
programme of the schools near the margin alone, the others standing where the prices put them, until no school outside
disagrees. The bound is always computed from the prices over all schools (Lagrange), so that it is valid whatever the
way there: Σ prices × limits + Σ over schools of the best that one can do at those prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from geodata.arrays import Codes, Floats
from geodata.plan.model import Model
from geodata.plan.problem import Bools

DIRECT = 20_000  # variables given to the solver whole
SAMPLE = 4_000  # schools whose prices start the search
NEAR = 3_000  # schools near the margin that are solved anew each round
ROUNDS = 40
CLOSE = 1e-9  # relative difference from the bound at which the search ends


@dataclass(frozen=True)
class Relaxed:
    """Prices of the rows, the bound, and x (0 to 1) of each variable. `feasible` False: not even in part."""

    prices: Floats
    bound: float
    x: Floats
    feasible: bool = True
    rounds: int = 0


def relax(model: Model, start: Floats | None = None) -> Relaxed:
    """The relaxation of a model; `start` are prices to begin with, as from a like model solved before."""
    if hopeless(model):
        return Relaxed(np.zeros(len(model.kinds)), -np.inf, np.zeros(model.size), feasible=False)
    relay = "relay" in model.kinds
    if model.size <= (DIRECT if start is None else NEAR) or relay:
        return _direct(model)
    found = _sift(model, start)
    return found if found.feasible else _direct(model)


def hopeless(model: Model) -> bool:
    """Whether the schools that must be in the plan alone take more money than there is, each by its cheapest way."""
    if not model.must.any():
        return False
    for k in [k for k, kind in enumerate(model.kinds) if kind in ("budget", "ceiling")]:
        least = np.full(model.schools, np.inf)
        np.minimum.at(least, model.school, model.rows[k].toarray().ravel())
        if least[model.must].sum() > model.most[k] * (1 + 1e-9) + 1e-9:
            return True
    return False


def reduced(model: Model, prices: Floats) -> Floats:
    """What each variable is worth once it has paid the prices of the limits."""
    worth: Floats = model.value - model.rows.T @ prices
    return worth


def best(model: Model, worth: Floats) -> tuple[Codes, Floats]:
    """The best variable of each school (-1: none) and what it is worth; ties go to the earlier candidate and year."""
    order = np.lexsort((np.arange(model.size), -worth, model.school))
    first = np.searchsorted(model.school[order], np.arange(model.schools))
    top = order[first].astype(np.int64)
    gain = worth[top]
    out = (gain <= 0) & ~model.must
    return np.where(out, -1, top), np.where(out, 0.0, gain)


def margin(model: Model, worth: Floats) -> Floats:
    """How much a school's best choice is worth more than its next best, per unit of money: small means in doubt."""
    if model.schools == model.size:
        spare, cost = np.where(model.must[model.school], np.inf, np.abs(worth)), model.cost
        found: Floats = np.empty(model.schools)
        found[model.school] = spare / np.maximum(cost, 1e-9)
        return found
    order = np.lexsort((-worth, model.school))
    first = np.searchsorted(model.school[order], np.arange(model.schools))
    many = np.append(first[1:], model.size) - first > 1
    top = worth[order[first]]
    second = np.where(many, worth[order[np.minimum(first + 1, model.size - 1)]], -np.inf)
    second = np.where(model.must, second, np.maximum(second, 0.0))
    best_two = np.where(top < second, second - top, top - second)
    cost = np.bincount(model.school, weights=model.cost) / np.bincount(model.school)
    return np.asarray(best_two / np.maximum(cost, 1e-9))


def bound_of(model: Model, prices: Floats) -> float:
    """The bound that prices prove."""
    _, gain = best(model, reduced(model, prices))
    return float(prices @ model.most + gain.sum())


def _programme(model: Model, penalty: float = 0.0) -> tuple[Floats, Floats, float] | None:
    """x, prices and value of the linear programme; with a penalty each row may be broken at that price."""
    schools: Any = sparse.csr_matrix((np.ones(model.size), (model.school, np.arange(model.size))), shape=(model.schools, model.size))  # fmt: skip
    several = np.diff(schools.indptr) > 1
    loose, bound_schools = schools[several & ~model.must], schools[model.must]
    height = len(model.kinds)
    a: Any = sparse.vstack([model.rows, loose])
    c = -model.value
    if penalty:
        give = sparse.vstack([-sparse.eye(height), sparse.csr_matrix((loose.shape[0], height))])
        a, c = sparse.hstack([a, give]), np.concatenate([c, np.full(height, penalty)])
        bound_schools = sparse.hstack([bound_schools, sparse.csr_matrix((bound_schools.shape[0], height))])
    upper = np.concatenate([np.ones(model.size), np.full(len(c) - model.size, np.inf)])
    solve: Any = linprog  # whose stubs know no sparse matrices
    found = solve(
        c, A_ub=a.tocsr(), b_ub=np.concatenate([model.most, np.ones(loose.shape[0])]),
        A_eq=bound_schools.tocsr() if bound_schools.shape[0] else None,
        b_eq=np.ones(bound_schools.shape[0]) if bound_schools.shape[0] else None,
        bounds=np.column_stack([np.zeros(len(c)), upper]), method="highs",
    )  # fmt: skip
    if found.status != 0:
        return None
    prices = np.maximum(0.0, -np.asarray(found.ineqlin.marginals[:height], dtype=np.float64))
    x = np.asarray(found.x[: model.size], dtype=np.float64)
    return x, prices, float(model.value @ x)


def _direct(model: Model) -> Relaxed:
    if not model.size:
        fits = bool((model.most >= -1e-9).all())
        return Relaxed(np.zeros(len(model.kinds)), 0.0, np.zeros(0), fits)
    found = _programme(model)
    if found is None:
        return Relaxed(np.zeros(len(model.kinds)), -np.inf, np.zeros(model.size), feasible=False)
    x, prices, _ = found
    return Relaxed(prices, bound_of(model, prices), x)


def _sift(model: Model, start: Floats | None) -> Relaxed:
    prices = _of_sample(model) if start is None else start
    inside = np.zeros(model.schools, dtype=bool)
    chosen, _ = best(model, worth := reduced(model, prices))
    lowest, kept = bound_of(model, prices), prices
    x, penalty = np.zeros(model.size), 0.0
    for turn in range(1, ROUNDS + 1):
        near = margin(model, worth)
        inside[np.argpartition(near, min(NEAR, model.schools - 1))[:NEAR]] = True
        outside = chosen[~inside & (chosen >= 0)]
        keep = inside[model.school]
        small = model.part(keep, outside)
        penalty = max(penalty, 100 * float(prices.max(initial=0)), 1e3 * float(model.value.max()))
        found = _programme(small, penalty)
        if found is None:
            return Relaxed(kept, -np.inf, x, feasible=False)
        x = np.zeros(model.size)
        x[outside], x[keep] = 1.0, found[0]
        prices = found[1]
        worth = reduced(model, prices)
        again, gain = best(model, worth)
        now = float(prices @ model.most + gain.sum())
        if now < lowest:
            lowest, kept = now, prices
        reached = float(model.value @ x)
        fits = bool((model.rows @ x <= model.most + 1e-7).all())
        if fits and lowest - reached <= CLOSE * abs(lowest):
            return Relaxed(kept, lowest, x, rounds=turn)
        differs = (again != chosen) & ~inside
        if not differs.any() and not fits:
            return Relaxed(kept, -np.inf, x, feasible=False)
        chosen = np.where(inside, chosen, again)
        inside |= differs
        chosen = again
    return Relaxed(kept, lowest, x, rounds=ROUNDS)


def _of_sample(model: Model) -> Floats:
    """Prices from every so-manieth school in the order of value for money, the limits being scaled down alike."""
    value = np.full(model.schools, -np.inf)
    np.maximum.at(value, model.school, model.value / np.maximum(model.cost, 1e-9))
    order = np.argsort(-value, kind="stable")
    step = max(1, model.schools // SAMPLE)
    taken: Bools = np.zeros(model.schools, dtype=bool)
    taken[order[step // 2 :: step]] = True
    keep = taken[model.school]
    weight: Any = abs(model.rows)
    whole, ours = weight.sum(axis=1), weight[:, np.flatnonzero(keep)].sum(axis=1)
    share = np.asarray(ours).ravel() / np.maximum(np.asarray(whole).ravel(), 1e-300)
    small = model.part(keep, np.zeros(0, dtype=np.int64))
    small = Model(**{**small.__dict__, "most": model.most * share})
    found = _programme(small, 1e3 * float(model.value.max()))
    return np.zeros(len(model.kinds)) if found is None else found[1]
