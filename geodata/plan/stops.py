"""The budgets that are solved for a country: parts of what all would cost, in two figures, as the page Plan and the brief show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geodata.costing.unit import PriceBook
from geodata.plan.basis import basis
from geodata.plan.make import plan_on
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk

FEW = (
    0.05,
    0.1,
    0.25,
    0.5,
    0.75,
)  # of what all would cost: the stops of a brief, all of them stops of the page Plan too


def whole_cost(desk: Desk, terms: Terms, book: PriceBook) -> float:
    """What connecting every eligible school that can be connected would cost, whatever the budget."""
    ground = basis(desk, terms, book)
    best = ground.cheapest.set_index("school_id")["cost"].reindex(ground.eligible["school_id"])
    ours = ground.eligible["eligible"].to_numpy(dtype=bool)
    return float(best.to_numpy(dtype=float, na_value=0.0)[ours].clip(min=0).sum())


def nice(amount: float) -> float:
    """An amount in two figures, as people write budgets."""
    return float(f"{amount:.2g}")


def at(terms: Terms, amount: float) -> Terms:
    """The same terms with another budget in all, divided over the years as this one is."""
    if terms.total <= 0:
        return terms.with_(budget=(amount / len(terms.budget),) * len(terms.budget))
    return terms.with_(budget=tuple(b / terms.total * amount for b in terms.budget))


def budgets(desk: Desk, terms: Terms, book: PriceBook, parts: Sequence[float] = FEW) -> tuple[float, ...]:
    """Parts of what all would cost, with the whole and the terms' own budget, in order."""
    whole = whole_cost(desk, terms, book)
    own = {nice(part * whole) for part in parts} | ({float(f"{whole * 1.005:.3g}")} if whole else set())
    kept = {b for b in own if b > 0 and abs(b - terms.total) > 0.001 * b}
    return tuple(sorted(kept | ({terms.total} if terms.total > 0 else set())))


def solved(
    desk: Desk,
    terms: Terms,
    book: PriceBook,
    amounts: Sequence[float] = (),
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[Plan, ...]:
    """A plan for each budget, each solved by itself, in their order; `progress` hears each budget that is done."""
    ground, made = basis(desk, terms, book), []
    for amount in amounts or budgets(desk, terms, book):
        here = terms if amount == terms.total else at(terms, amount)
        made.append(plan_on(ground, here, {}))
        progress(amount)
    return tuple(made)
