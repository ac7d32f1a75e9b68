"""From a desk and terms to a plan: who is chosen, by which way, when, why, and what it costs whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.arrays import Codes
from geodata.costing.unit import PriceBook
from geodata.errors import PlanError
from geodata.options.eligible import excluded
from geodata.plan.against import against, none_poorest
from geodata.plan.basis import Basis, basis
from geodata.plan.candidates import Candidates, candidates, limits
from geodata.plan.check import broken
from geodata.plan.choose import Start, choose_from
from geodata.plan.core import Effort
from geodata.plan.money import flows_of
from geodata.plan.notes import notes_of
from geodata.plan.problem import Choice, Limits, Problem
from geodata.plan.reasons import Limit, limit_of
from geodata.plan.regions import regions_of
from geodata.plan.result import Plan
from geodata.plan.rows import rows_of
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import in_english, joined, tr


@dataclass(frozen=True)
class Solved:
    """A problem solved three times: as asked, at λ = 0, and without the fairness limits."""

    candidates: Candidates
    limits: Limits
    choice: Choice
    plain: Choice
    free: Choice


def make_plan(desk: Desk, terms: Terms, book: PriceBook | None = None) -> Plan:
    """The plan of a country under terms; its own price book unless another is given.

    Where nothing fits, nothing is chosen and `clashes` says why. Raises PlanError for terms without money, training or a
    reason, and where the check in plain Python finds a limit broken; DisclosureError and PolicyError as `basis` does.
    """
    return plan_on(basis(desk, terms, book), terms)


@in_english
def plan_on(ground: Basis, terms: Terms, start: Start | None = None) -> Plan:
    """A plan on a basis that is made already (see `basis`), for terms that differ in money, weights and decisions alone.

    `start` carries prices from a like plan to the next, which is then found sooner.
    """
    solved = solve(ground, terms, start)
    faults = broken(solved.candidates.problem, solved.limits, solved.choice.year)
    if faults and solved.choice.status != "infeasible":
        raise PlanError(tr("The plan breaks its own limits and is not given out: {faults}", faults=" ".join(faults)))
    entry = limit_of(solved.candidates.problem, solved.limits, solved.choice)
    rules = _against(solved)
    schools = rows_of(ground, terms, solved.candidates, solved.choice, solved.plain, entry)
    atlas = ground.desk.atlas
    return Plan(
        terms=terms,
        book=ground.book,
        unit=ground.unit,
        schools=schools,
        options=ground.options,
        choice=solved.choice,
        plain=solved.plain,
        price_of_equity=price_of_equity(solved.choice, solved.free),
        flows=flows_of(ground, terms, schools),
        regions=regions_of(ground, schools, entry),
        excluded=excluded(ground.eligible, ground.needs),
        clashes=solved.choice.clashes,
        notes=(*_empty(rules), *notes_of(ground, terms, solved.choice, schools)),
        version=str(atlas.version),
        code=str(atlas.manifest.get("code_version") or ""),
        summary={**_summary(ground, terms, solved, entry), **rules},
    )


def solve(ground: Basis, terms: Terms, start: Start | None = None) -> Solved:
    """The choice as asked; the same with every learner counted alike; the same without the fairness limits."""
    found, asked = candidates(ground, terms), limits(terms)
    how = effort(terms, found.problem)
    choice = choose_from(found.problem, asked, {} if start is None else start, how)
    beside = replace(how, exact=False)  # to compare with: bounded, but not searched to the end
    plain = choice if not terms.number("plan_equity_weight") else choose_from(found.plain(), asked, {}, beside)
    free = choose_from(found.problem, limits(terms, fair=False), {}, beside)
    return Solved(found, asked, choice, plain, free)


def _against(solved: Solved) -> dict[str, object]:
    """The rules against a plan that chooses nothing, for its summary; nothing where it chooses, or cannot."""
    if solved.choice.status == "infeasible" or solved.choice.chosen.any():
        return {}
    found = against(solved.candidates.problem, solved.limits)
    return {"against": list(found), "none_poorest": none_poorest(solved.candidates.problem, solved.limits)} if found else {}  # fmt: skip


def _empty(rules: dict[str, object]) -> tuple[str, ...]:
    names = rules.get("against")
    said = tr("Nothing is chosen: every choice would break {rule}.", rule=joined(names, "or")) if isinstance(names, list) else ""  # fmt: skip
    return (said,) if said else ()


def effort(terms: Terms, problem: Problem) -> Effort:
    """How long to search, as the policy says."""
    exact = len(np.unique(problem.school)) <= terms.number("plan_exact_most") or bool(problem.relay)
    return Effort(terms.number("plan_gap"), exact, round(terms.number("plan_search_nodes")))


def price_of_equity(choice: Choice, free: Choice) -> float:
    """1 - value kept ÷ value without the fairness limits (methods 4.5, E6.4c); NaN where there is no plan.

    Held against the bound of the latter, as proven, so that it is never told too small.
    """
    if choice.status == "infeasible" or free.bound <= 0:
        return float("nan") if choice.status == "infeasible" else 0.0
    return max(0.0, 1 - choice.objective / free.bound)


def _summary(ground: Basis, terms: Terms, solved: Solved, entry: Limit) -> dict[str, object]:
    problem, chosen = solved.candidates.problem, solved.choice.chosen
    return {
        "currency": ground.book.currency,
        "schools": int(chosen.sum()),
        "people": float(problem.people[chosen].sum()),
        "reached": float(problem.plain[chosen].sum()),
        "reached_at_lambda_0": float(problem.plain[solved.plain.chosen].sum()),
        "cost": float(problem.cost[chosen].sum()),
        "yearly": float(problem.yearly[chosen].sum()),
        "group_a_cost": float(problem.cost[chosen & problem.tier_a].sum()) if problem.tier_a.any() else None,
        "group_a_waiting": len(np.setdiff1d(problem.school[problem.tier_a], [*problem.school[chosen], *problem.never])),
        "eligible": int(solved.candidates.part.sum()),
        "candidates": len(np.unique(problem.school)),
        "budget": terms.total,
        "value_free": solved.free.objective,
        "gap": solved.choice.gap,
        "marginal_cost": entry.per_unit,
        "by_year": _by_year(solved.choice.year, len(terms.budget)),
    }


def _by_year(year: Codes, years: int) -> list[int]:
    return [int((year == t).sum()) for t in range(1, years + 1)]
