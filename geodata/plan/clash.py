"""Why nothing fits: which limits clash, and the least by which each would have to give way, the others being kept.

In large problems this is reckoned with schools built in part, so that each figure is the least there can be; whole
schools may need a little more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geodata.arrays import Floats
from geodata.plan.model import Model, cases, model
from geodata.plan.problem import Clash, Limits, Problem
from geodata.say import in_english, later, tr

Give = Callable[[Model, int], float]  # by how much one unit of giving way eases a row; 0 where it does not
SMALL = 1e-6
WHOLE = 2000  # variables up to which schools are whole here
NODES = 500


@in_english
def clashes(problem: Problem, limits: Limits) -> tuple[Clash, ...]:
    """The limits that cannot be kept together. One that can be eased alone stands with what that takes; where none can,
    all that would have to give way together. Never empty."""
    models = [model(problem, limits, case) for case in cases(problem, limits)]
    lost = [s for s in problem.must.tolist() if s not in set(problem.school.tolist()) - set(problem.never.tolist())]
    if lost:
        return (
            Clash(
                tr("schools that must be in the plan and cannot be connected by any way"), len(lost), later("schools")
            ),
        )
    gives = _gives(problem, limits, models[0])
    alone = [(give, _least(models, (give,))) for give in gives]
    found = [Clash(words, float(by[0]), unit) for ((words, unit, _), by) in alone if by is not None and by[0] > SMALL]
    if found:
        return tuple(found)
    together = _least(models, gives)
    if together is None:
        return (Clash(tr("schools that must be in the plan"), float(len(problem.must)), later("schools")),)
    all_ = tuple(Clash(words, float(by), unit, together=True) for (words, unit, _), by in zip(gives, together, strict=True) if by > SMALL)  # fmt: skip
    return all_ or (Clash(tr("whole schools: built in part they would keep every limit"), 0.0, ""),)


def _gives(p: Problem, limits: Limits, here: Model) -> list[tuple[str, str, Give]]:
    """What could give way: in words, its unit, and how it eases the rows."""

    def of(kind: str, amount: float = 1.0) -> Give:
        return lambda m, k: amount / m.scale[k] if m.kinds[k] == kind else 0.0

    kinds = set(here.kinds)
    found: list[tuple[str, str, Give]] = [
        (
            tr("the budget") if limits.carry_over or len(limits.budget) == 1 else tr("the budget of every year"),
            later("money"),
            of("budget"),
        )
    ]
    if "ceiling" in kinds:
        found.append((tr("the ceiling of running costs"), tr("money a year"), of("ceiling")))
    if limits.region_floor > 0:
        need = dict(zip(p.regions, p.region_unserved.tolist(), strict=True))
        floor: Give = lambda m, k: need[m.kinds[k][7:]] / 100 / m.scale[k] if m.kinds[k].startswith("region:") else 0.0  # noqa: E731
        found.append(
            (
                tr("the least share of every region ({share:.0%})", share=limits.region_floor),
                later("points"),
                floor,
            )
        )
    for name, share in limits.group_floors:
        found.append((tr("the least share of {name} ({share:.0%})", name=name, share=share), "points", of(f"group:{name}", p.group_unserved.get(name, 0.0) / 100)))  # fmt: skip
    if "poorest" in kinds:
        found.append((tr("the least share of the poorest fifth ({share:.0%})", share=limits.poorest_share), tr("learners too few"), of("poorest")))  # fmt: skip
    if limits.ring_fence > 0:
        found.append((tr("the money kept for group A ({share:.0%})", share=limits.ring_fence), "money", of("ring")))
    return found


def _least(models: list[Model], gives: tuple[tuple[str, str, Give], ...] | list[tuple[str, str, Give]]) -> Floats | None:  # fmt: skip
    """The least by which these would have to give way, over the cases; None where even that would not do."""
    found = [by for m in models if (by := _of_case(m, [give for *_, give in gives])) is not None]
    return min(found, key=lambda by: float(np.abs(by).sum())) if found else None


def _of_case(m: Model, gives: list[Give]) -> Floats | None:
    n, extra = m.size, len(gives)
    ease = np.array([[give(m, k) for give in gives] for k in range(len(m.kinds))]).reshape(len(m.kinds), extra)
    schools = sparse.csr_matrix((np.ones(n), (m.school, np.arange(n))), shape=(m.schools, n))
    none = sparse.csr_matrix((m.schools, extra))
    rows: Any = sparse.vstack([sparse.hstack([m.rows, sparse.csr_matrix(-ease)]), sparse.hstack([schools, none])])
    low = np.concatenate([np.full(len(m.kinds), -np.inf), m.must.astype(float)])
    high = np.concatenate([m.most, np.ones(m.schools)])
    whole = n <= WHOLE
    largest = np.maximum(ease.max(axis=0, initial=0.0), 1e-300)  # so that money and people weigh alike
    found = milp(
        np.concatenate([np.zeros(n), largest]),
        constraints=LinearConstraint(rows.tocsr(), low, high),
        integrality=np.concatenate([np.full(n, float(whole)), np.zeros(extra)]),
        bounds=Bounds(np.zeros(n + extra), np.concatenate([np.ones(n), np.full(extra, np.inf)])),
        options={"node_limit": NODES},
    )
    return None if found.x is None else np.asarray(found.x[n:], dtype=np.float64)
