"""What a budget buys: the choice and its proof (methods, sections 4.4 to 4.7)."""

from __future__ import annotations

import numpy as np

from geodata.arrays import Codes, Floats
from geodata.declare import Method
from geodata.plan.choose import choose
from geodata.plan.make import price_of_equity
from geodata.plan.problem import Limits, Problem
from geodata.plan.sweep import cost_curve
from geodata.say import tr, written

_IDS = ("S1", "S2", "S3", "S4", "S5", "S8")
_COST = np.array([14379, 13079, 4732, 4732, 20379, 4732.0])
_VALUE = np.array([461.84, 600.29, 1009.63, 752.64, 1158.66, 464.60])
_PLAIN = np.array([180, 240, 520, 300, 410, 288.0])


def _problem(value: Floats, must: tuple[int, ...] = ()) -> Problem:
    group_a = np.array([True, True, False, True, True, False])
    return Problem(np.arange(6), value, _PLAIN, _PLAIN, _COST, np.zeros(6), group_a, np.zeros(6, dtype=np.int64), ("all",), np.array([1938.0]), must=np.array(must, dtype=np.int64))  # fmt: skip


def _named(year: Codes) -> str:
    return ", ".join(s for s, y in zip(_IDS, year, strict=True) if y) or "none"


def _budgets() -> list[str]:
    lines = [tr("The six schools of the example that may be underserved, each by its cheapest way.")]
    for budget in (15_000, 25_000, 30_000, 40_000):
        weighted, plain = (choose(_problem(v), Limits((float(budget),))) for v in (_VALUE, _PLAIN))
        lines.append(tr("{budget}: {year} (value {objective}); with λ = 0: {year_2} ({objective_2} learners).", budget=written(budget), year=_named(weighted.year), objective=written(weighted.objective, 1), year_2=_named(plain.year), objective_2=written(plain.objective, 0)))  # fmt: skip
    return lines


def _equity() -> list[str]:
    limits = Limits((15_000.0,) * 3, horizon=3)
    free = choose(_problem(_VALUE), limits)
    kept = choose(_problem(_VALUE, must=(4,)), limits)
    return [
        tr(
            "Three years of 15,000: {year}; value {objective}. S5, first by rank, is never served.",
            year=_named(free.year),
            objective=written(free.objective, 2),
        ),
        tr(
            "With S5 required: {year}; value {objective}.", year=_named(kept.year), objective=written(kept.objective, 2)
        ),
        tr("Price of equity: {kept:.2%}.", kept=price_of_equity(kept, free)),
    ]


def _curve() -> list[str]:
    rows = cost_curve(_COST, _PLAIN, _IDS).to_dict("records")
    return [tr("{id}: {per_learner} for each learner; so far {learners} learners for {cost}.", id=r['id'], per_learner=written(r['per_learner'], 2, grouped=False), learners=written(r['learners'], 0), cost=written(r['cost'], 0)) for r in rows]  # fmt: skip


CHOICE = Method(
    "plan_choice", "What a budget buys",
    "The schools, ways and years that reach most, each learner counted with the chance of being underserved and a weight for marginalisation, under the budget and every limit that is set. Beside it stands the choice that counts all learners alike (λ = 0). Each plan is checked again by plain arithmetic before it is shown.",
    "most of Σ learners × chance × (1 + λ × marginalisation) × years of service; at most one way a school; money, running costs, floors, shares and decisions kept",
    "Bertsimas and Sim (2004) for prices that may vary; solved with HiGHS", 74, (), _budgets,
)  # fmt: skip
EQUITY = Method(
    "plan_price_of_equity", "Price of equity",
    "What the fairness limits cost: how much less is reached, weights included, than without the floors, the poorest fifth's share and the money kept for group A. Weights alone cannot bring the most marginalised in: a weight is at most 1 + λ times another, and a school can cost more times as much as that.",
    "1 − value kept ÷ value without the fairness limits", "methods of the project, section 4.5", 75, (), _equity,
)  # fmt: skip
CURVE = Method(
    "plan_marginal_cost", "What the next learner costs",
    "Schools in the order of what one expected learner costs, with running sums: where the curve bends up, each further learner costs more.",
    "cost ÷ (learners × chance of being underserved)", "methods of the project, section 4.4", 76, (), _curve,
)  # fmt: skip
PROOF = Method(
    "plan_proof", "How good a plan is, and how sure",
    "Small plans are proven best. For large ones a relaxation, in which schools may be built in part, gives a bound that no plan can pass; the plan says how near it is. How sure a plan is of its schools is tried by drawing prices and unknown data at random and choosing anew: chosen in nine draws of ten is safe to fund now, in one of ten or fewer is for later, between the two is to be verified first.",
    "distance from the best ≤ (bound − value) ÷ bound", "Lagrangian relaxation; methods of the project, sections 4.6 and 4.7", 77,
)  # fmt: skip
