"""The choice as a linear model: one variable for each candidate and year, few rows over all of them, one row a school.

"Until all of group A that can be served is served" is no linear rule. It is solved by cases, each linear and exact: A is
complete by year s (the ring fence holds before it, and every school of A is built by then), or the ring fence holds
throughout. The best of the cases is the best plan, and the greatest of their bounds is a bound of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from geodata.arrays import Codes, Floats
from geodata.plan.problem import Bools, Limits, Problem

Matrix = Any  # a sparse matrix
Row = tuple[str, Floats, float]  # kind, coefficients, at most


@dataclass(frozen=True)
class Model:
    """max value·x over x in {0, 1}, with rows @ x ≤ most, at most one variable of each school (exactly one of `must`).

    `candidate` and `year` say what each of the N variables means; `school` is its place among the model's schools.
    `kinds` names the rows: budget, ceiling, region:name, group:name, poorest, ring, relay. Rows are divided by `scale`.
    `gamma` > 0: `robust` holds, for each budget row, how much dearer each variable may be.
    """

    candidate: Codes
    year: Codes
    school: Codes
    schools: int
    value: Floats
    cost: Floats
    rows: Matrix
    most: Floats
    scale: Floats
    kinds: tuple[str, ...]
    must: Bools
    impossible: str = ""  # why no plan at all fits, where that shows without solving
    gamma: int = 0
    robust: tuple[tuple[int, Floats], ...] = ()

    @property
    def size(self) -> int:
        """The number of variables."""
        return len(self.value)

    def part(self, keep: Bools, taken: Codes) -> Model:
        """The model over the variables of `keep`, the variables of `taken` being in the plan already.

        `keep` must hold all variables of a school, or none of them.
        """
        left = self.most - np.asarray(self.rows[:, taken].sum(axis=1)).ravel() if len(taken) else self.most
        held, place = np.unique(self.school[keep], return_inverse=True)
        return Model(
            self.candidate[keep], self.year[keep], place.astype(np.int64), len(held), self.value[keep], self.cost[keep],
            self.rows[:, np.flatnonzero(keep)], left, self.scale, self.kinds, self.must[held], self.impossible,
        )  # fmt: skip


def cases(problem: Problem, limits: Limits) -> list[int]:
    """The cases of the ring fence: years by which group A is complete, and 0 where the fence holds throughout."""
    here = _usable(problem)
    if limits.ring_fence <= 0 or not problem.tier_a[here].any():
        return [-1]  # no fence
    return [0, *range(1, len(limits.budget) + 1)]


def model(problem: Problem, limits: Limits, case: int) -> Model:
    """The linear model of one case (see `cases`)."""
    years = len(limits.budget)
    usable = np.flatnonzero(_usable(problem))
    candidate = np.repeat(usable, years)
    year = np.tile(np.arange(1, years + 1), len(usable))
    late = problem.tier_a[candidate] & (year > case) & (case > 0)
    candidate, year = candidate[~late], year[~late]
    ids, school = np.unique(problem.school[candidate], return_inverse=True)
    must = np.isin(ids, problem.must)
    if case > 0:
        must |= np.bincount(school, weights=problem.tier_a[candidate], minlength=len(ids)) > 0
    lost = np.setdiff1d(problem.must, ids)
    service = limits.horizon - year + 1.0
    found = _rows(problem, limits, case, candidate, year)
    scale = np.array([max(float(np.abs(a).max(initial=0)), 1e-300) for _, a, _ in found])
    matrix = sparse.csr_matrix(np.array([a / s for (_, a, _), s in zip(found, scale, strict=True)]).reshape(len(found), len(candidate)))  # fmt: skip
    relay = _relay(problem, candidate, year, years)
    rows = sparse.vstack([matrix, relay]).tocsr() if relay.shape[0] else matrix
    most = np.array([m for *_, m in found]) / scale
    robust: tuple[tuple[int, Floats], ...] = ()
    if limits.gamma and limits.deviation is not None:
        more = limits.deviation[candidate]
        robust = tuple((k, more * (a != 0) / scale[k]) for k, (kind, a, _) in enumerate(found) if kind == "budget")
    return Model(
        candidate, year, school.astype(np.int64), len(ids), problem.value[candidate] * service,
        problem.cost[candidate], rows, np.concatenate([most, np.zeros(relay.shape[0])]),
        np.concatenate([scale, np.ones(relay.shape[0])]), (*(kind for kind, *_ in found), *["relay"] * relay.shape[0]),
        must, "must" if len(lost) else "", limits.gamma if robust else 0, robust,
    )  # fmt: skip


def _usable(problem: Problem) -> Bools:
    usable: Bools = ~np.isin(problem.school, problem.never)
    return usable


def _rows(p: Problem, limits: Limits, case: int, candidate: Codes, year: Codes) -> list[Row]:
    cost, plain, people = p.cost[candidate], p.plain[candidate], p.people[candidate]
    found: list[Row] = []
    for t in range(1, len(limits.budget) + 1):
        if limits.carry_over:
            found.append(("budget", cost * (year <= t), float(sum(limits.budget[:t]))))
        else:
            found.append(("budget", cost * (year == t), float(limits.budget[t - 1])))
        if limits.recurrent_ceiling:
            ceiling = limits.recurrent_ceiling[min(t, len(limits.recurrent_ceiling)) - 1]
            found.append(("ceiling", p.yearly[candidate] * (year <= t), float(ceiling)))
        if case == 0 or t < case:
            found.append(("ring", (limits.ring_fence - p.tier_a[candidate]) * cost * (year <= t), 0.0))
    if limits.region_floor > 0:
        region = p.region[candidate]
        for g, name in enumerate(p.regions):
            if p.region_unserved[g] > 0:
                found.append((f"region:{name}", -plain * (region == g), -limits.region_floor * float(p.region_unserved[g])))  # fmt: skip
    for name, share in limits.group_floors:
        if share > 0 and p.group_unserved.get(name, 0) > 0:
            found.append((f"group:{name}", -plain * p.groups[name][candidate], -share * p.group_unserved[name]))
    if limits.poorest_share > 0 and p.poorest is not None:
        found.append(("poorest", (limits.poorest_share - p.poorest[candidate]) * people, 0.0))
    return found


def _relay(p: Problem, candidate: Codes, year: Codes, years: int) -> Matrix:
    """A child is not built before its parent: Σ child up to t ≤ Σ parent up to t, for every t."""
    children, parents = ([pair[k] for pair in p.relay] for k in (0, 1))
    of: dict[int, list[int]] = {}
    wanted = set(children) | set(parents)
    for j, c in enumerate(candidate.tolist()):
        if c in wanted:
            of.setdefault(c, []).append(j)
    row, column, sign = [], [], []
    count = 0
    for child, parent in zip(children, parents, strict=True):
        for t in range(1, years + 1):
            for which, s in ((child, 1.0), (parent, -1.0)):
                for j in of.get(which, ()):
                    if year[j] <= t:
                        row.append(count)
                        column.append(j)
                        sign.append(s)
            count += 1
    return sparse.csr_matrix((sign, (row, column)), shape=(count, len(candidate)))
