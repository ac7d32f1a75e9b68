"""What plans of one country rest on, whatever their budget: needs, who is eligible, options, prices. Made once, kept.

Terms that only decide the choice (money, weights, floors, decisions) leave it as it is, so that a slider moves over one
basis. After a shock everything in its areas counts as lost: connection and power, whatever was reported before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.costing.books import book_of
from geodata.costing.unit import PriceBook
from geodata.errors import PlanError
from geodata.options.eligible import eligible as eligible_of
from geodata.options.eligible import inside
from geodata.options.ground import ground
from geodata.options.make import cheapest as cheapest_of
from geodata.options.make import options as options_of
from geodata.options.needs import needs as needs_of
from geodata.options.needs import unit as unit_of
from geodata.options.price import Buyer
from geodata.plan.terms import Terms
from geodata.policy import POLICY
from geodata.query import Desk
from geodata.say import in_english, tr
from geodata.sharing.links import Shared, shared_fibre

CHOICE_ONLY = (
    "plan_equity_weight", "plan_ring_fence", "plan_poorest_share", "plan_region_floor", "plan_carry_over", "plan_years",
    "plan_service_years", "plan_gap", "plan_search_nodes", "plan_exact_most", "plan_budget_covers", "plan_selection_draws",
    "plan_fund_now_from", "plan_later_below", "plan_reserve_share", "plan_lot_schools",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Basis:
    """One row a school in the order of `desk.whole` in `needs` and `eligible`; `options` a row a school and way;
    `cheapest` a row a school, sorted by id. `unit` is "learners" or "schools"."""

    desk: Desk
    terms: Terms  # without what only the choice needs
    book: PriceBook
    needs: pd.DataFrame
    eligible: pd.DataFrame
    options: pd.DataFrame
    cheapest: pd.DataFrame
    unit: str
    shared: Shared | None = None  # fibre trees, where the terms ask for shared fibre; `options` has their links


@dataclass(frozen=True, eq=False)
class _Held:
    """A price book that can be looked up by what is in it."""

    book: PriceBook

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.book.key == other.book.key

    def __hash__(self) -> int:
        return hash(self.book.key)


def basis(desk: Desk, terms: Terms, book: PriceBook | None = None) -> Basis:
    """The basis of a desk under terms. Raises PlanError where a plan has neither a training line nor a reason for it,
    DisclosureError where this tier may not see what a plan rests on, PolicyError where there is no such price book."""
    if not terms.training and not terms.no_training.strip():
        raise PlanError(
            tr(
                "A plan without teacher training needs a written reason: connecting a school whose teachers are not trained is known to fail."
            )
        )
    held = _Held(book_of(desk.atlas, terms.prices) if book is None else book)
    return _basis(desk, for_options(terms), held)


def for_options(terms: Terms) -> Terms:
    """The terms as options know them: what only the choice needs is left at its default."""
    defaults = {name: v for name, v in terms.policy.changes().items() if name not in CHOICE_ONLY}
    plain = POLICY.with_values(defaults)
    return terms.with_(budget=(0.0,), policy=plain, recurrent_ceiling=(), group_floors=(), must=(), never=())


@lru_cache(maxsize=6)
@in_english
def _basis(desk: Desk, terms: Terms, held: _Held) -> Basis:
    needs, eligible = needs_of(desk, terms), eligible_of(desk, terms)
    if terms.shocked:
        needs, eligible = shocked(needs, eligible, inside(desk, terms.shocked), promised_too=terms.include_committed)
    options = options_of(desk, terms, held.book, needs=needs, eligible=eligible)
    shared = None
    if terms.shared_fibre and desk.atlas.has("neighbours"):
        buyer, near = Buyer(needs, eligible, terms, held.book), desk.atlas.read("neighbours")
        shared = shared_fibre(ground(desk, terms, needs), buyer, options, near)
        options = shared.options
    return Basis(desk, terms, held.book, needs, eligible, options, cheapest_of(options), unit_of(needs), shared)


def shocked(needs: pd.DataFrame, eligible: pd.DataFrame, hit: npt.NDArray[np.bool_], *, promised_too: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Needs and eligibility after a shock: the schools hit have lost connection and power, and those served before are
    eligible again, what funders had done for them being lost too. What funders still owe them stands, and those schools
    stay out unless the plan takes schools that are promised (`promised_too`)."""
    lost: dict[str, object] = {"chance_underserved": 1.0, "chance_no_power": 1.0, "chance_no_internet": 1.0}
    lost |= {"chance_from": "reported", "power_from": "reported"}  # the shock says so: nothing of it is judged any more
    needs = needs.assign(**{n: needs[n].mask(hit, v) for n, v in lost.items() if n in needs})
    still = {s: eligible[f"promised_{s}"] & (~hit | eligible[f"owed_{s}"]) for s in ("connection", "power")}
    was = eligible["not_eligible_why"]
    again = hit & was.isin(("served", "committed")).to_numpy()
    owed = still["connection"].to_numpy() & (not promised_too)
    why = was.mask(again, "").mask(again & owed, "committed")
    ours = eligible["eligible"].to_numpy() | (again & ~owed)
    return needs, eligible.assign(eligible=ours, not_eligible_why=why, **{f"promised_{s}": v for s, v in still.items()})
