"""Plans in hand, made once: the one that the address asks for, and those of the slider's stops, solved behind it.

A stop of the slider is a budget that has been solved, so moving to it answers at once. A budget typed between two stops
is solved in the background and becomes a stop. Solving never holds up the page: `state` says how far it is. However many
plans are asked for at once, few are solved at a time (`FIRST`, `BEHIND`, `now`), so that a server has hands left to answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import Any

from dashboard import page, waiting
from dashboard.planning import asked, decided
from geodata.costing.books import book_of
from geodata.costing.unit import PriceBook
from geodata.errors import BusyError, ViewError
from geodata.plan.basis import basis
from geodata.plan.make import plan_on
from geodata.plan.result import Plan
from geodata.plan.stops import at, nice
from geodata.plan.stops import whole_cost as whole_cost_of
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import tr
from geodata.store import Store
from geodata.store.solved import cache_plan, cached_plan
from geodata.view import View

# of what all would cost
PARTS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
USUAL = 0.25  # of what connecting every school would cost, where no budget is given
KEPT_ROWS = 500_000  # rows of schools in all plans that a server keeps in memory
LEAST_KEPT = 8  # plans kept whatever their size: a slider of few stops
FEW_ABOVE = 50_000  # in a country with more schools the slider has fewer stops
MOST_TYPED = 12  # budgets typed between the stops that a slider keeps
KEY = 20  # characters of a key that stand in addresses
TRIES, PAUSE = 14, 0.04  # a plan that is quick to make is waited for, half a second at most

FIRST, BEHIND = waiting.Room(2), waiting.Room(1)  # plans that visitors wait for; what is solved behind them
DOORS, SOON = BoundedSemaphore(2), 3.0  # requests that may have a plan made; seconds that others wait for it

_plans: OrderedDict[tuple[Desk, str], Plan] = OrderedDict()
_making: dict[tuple[Desk, str], Lock] = {}
_terms: OrderedDict[tuple[Any, ...], Terms] = OrderedDict()  # by desk, address and decisions
_typed: OrderedDict[tuple[Desk, str], list[float]] = OrderedDict()  # budgets asked for between the stops, by curve
_ended: OrderedDict[tuple[Desk, str], tuple[float, ...]] = OrderedDict()  # stops that were solved, by plan
_lock = Lock()


@dataclass(frozen=True)
class State:
    """What there is to show: the plan once it is made, those of the stops that are solved (by budget), how far it is.
    `ended`: every stop was solved, though not all are still in hand."""

    plan: Plan | None
    solved: tuple[Plan, ...]
    stops: tuple[float, ...]
    done: float
    ended: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.plan is not None and (self.ended or len(self.solved) >= len(self.stops))

    @property
    def next(self) -> Plan | None:
        """The plan of the next larger budget that is solved."""
        later = [p for p in self.solved if self.plan is not None and p.terms.total > self.plan.terms.total * 1.0001]
        return min(later, key=lambda p: p.terms.total, default=None)


# --- budgets -----------------------------------------------------------------------------------------------------------


def book(desk: Desk, terms: Terms) -> PriceBook:
    """The prices of a plan: the country's own, or the book that the terms name."""
    return book_of(desk.atlas, terms.prices)


def whole_cost(desk: Desk, terms: Terms) -> float:
    """What connecting every eligible school that can be connected would cost, whatever the budget."""
    return whole_cost_of(desk, terms, book(desk, terms))


def terms_of(desk: Desk, view: View, decisions: asked.Decisions, store: Store | None = None) -> Terms:
    """The terms of an address with what officers decided; where it names no budget, a quarter of what all would cost."""
    found = asked.terms_of(desk, view, 0.0, decisions, store)
    if asked.budget(view):
        return found
    return asked.terms_of(desk, view, nice(USUAL * whole_cost(desk, found)), decisions, store)


def stops(desk: Desk, terms: Terms) -> tuple[float, ...]:
    """The budgets of the slider: parts of what all would cost, in two figures, and the budget itself."""
    whole = whole_cost(desk, terms)
    parts = PARTS if len(desk.whole) <= FEW_ABOVE else PARTS[3::3]
    own = {nice(part * whole) for part in parts if part < 1} | {float(f"{whole * 1.005:.3g}") if whole else 0.0}
    with _lock:
        typed = set(_typed.get((desk, _base(terms)), ()))
    every = sorted({b for b in own if b > 0} | typed | {terms.total})
    return tuple(b for b in every if b in typed or b == terms.total or all(abs(b - t) > 0.001 * b for t in (*typed, terms.total)))  # fmt: skip


def _base(terms: Terms) -> str:
    """What terms are without their budget: plans that share it lie on one curve."""
    return at(terms, float(len(terms.budget))).key[:KEY]


# --- plans in hand -------------------------------------------------------------------------------------------------------


def kept(desk: Desk, terms: Terms) -> Plan | None:
    """The plan of these terms, where it is in hand."""
    return by_key(desk, terms.key)


def by_key(desk: Desk, key: str) -> Plan | None:
    """The plan whose terms have this key (or its first characters), where it is in hand."""
    with _lock:
        plan = _plans.get((desk, key[:KEY]))
        if plan is not None:
            _plans.move_to_end((desk, key[:KEY]))
        return plan


def plan_now(desk: Desk, terms: Terms, store: Store | None = None) -> Plan:
    """The plan of these terms, made here and now if need be; two who ask for the same wait for one. What was solved is
    kept in the store, for other workers and after a restart."""
    key = (desk, terms.key)
    if (found := kept(desk, terms)) is not None:
        return found
    with _lock:
        gate = _making.setdefault(key, Lock())
    with gate:
        found = kept(desk, terms) or keep(desk, _made(desk, terms, store))
    with _lock:
        _making.pop(key, None)
    return found


def _made(desk: Desk, terms: Terms, store: Store | None) -> Plan:
    """The plan, from the store where it was solved before. Its options are not kept there: they are the basis's own."""
    prices = book(desk, terms)
    found = cached_plan(store, desk, terms, prices) if store else None
    return found or keep(desk, plan_on(basis(desk, terms, prices), terms, {}), store)


def keep(desk: Desk, plan: Plan, store: Store | None = None) -> Plan:
    """Keep a plan in hand, in the place of one that has less in it, such as no draws; in the store too where one is given."""
    most = max(LEAST_KEPT, KEPT_ROWS // max(len(plan.schools), 1))
    with _lock:
        _plans[desk, plan.terms.key[:KEY]] = plan
        while len(_plans) > most:
            _plans.popitem(last=False)
    if store:
        cache_plan(store, desk, plan)
    return plan


def now(desk: Desk, view: View, keys: str = "") -> Plan:
    """The plan of an address, made here and now if need be. Raises BusyError where too many are being made for others, and
    ViewError where its key is not the one that is asked for: such a plan is not made."""
    terms = _terms_in_hand(desk, view)
    found = kept(desk, terms) if terms else None
    if found is not None and found.terms.key.startswith(keys):
        return found
    if DOORS.acquire(blocking=False):
        try:
            terms = terms or terms_of(desk, view, decided.standing(desk))
            if not terms.key.startswith(keys):
                raise ViewError(tr("The address asks for another plan than its terms give."))
            return plan_now(desk, terms, page.served().store)
        finally:
            DOORS.release()
    end = monotonic() + SOON
    while found is None and terms and monotonic() < end:
        sleep(PAUSE)
        found = kept(desk, terms)
    if found is None:
        raise BusyError(tr("Other plans are being made here just now. Try again in a moment."))
    return found


# --- in the background ---------------------------------------------------------------------------------------------------


def state(desk: Desk, view: View) -> State:
    """What there is to show of an address now; asking starts what is missing. Raises what making the plan raised."""
    decisions = decided.standing(desk)  # read here: the background knows no request
    store = page.served().store
    key = (desk, asked.plan_only(view), decisions)
    terms, done = _terms_in_hand(desk, view), 1.0
    if terms is None:
        terms, done = _found(("plan-terms", *key), lambda _: _remember(key, terms_of(desk, view, decisions, store)))
    if terms is None:
        return State(None, (), (), done / 2)
    if asked.budget(view):
        _note(desk, terms)
    plan, done = kept(desk, terms), 1.0
    if plan is None:
        plan, done = _found(("plan", desk, terms.key), lambda _: plan_now(desk, terms, store))
    if plan is None:
        return State(None, (), (), 0.5 + done / 2)
    bare = terms.with_(must=(), never=())
    if bare != terms and kept(desk, bare) is None:  # what officers' decisions cost is said beside the plan
        waiting.ask(("bare", desk, bare.key), lambda _: plan_now(desk, bare, store), FIRST)
    found = _state(desk, terms, plan)
    if not found.over:
        waiting.ask(("stops", desk, terms.key), lambda progress: _solve(desk, terms, found.stops, store, progress), BEHIND)  # fmt: skip
    return found


def _state(desk: Desk, terms: Terms, plan: Plan) -> State:
    budgets = stops(desk, terms)
    solved = _solved(desk, terms, budgets)
    with _lock:
        ended = _ended.get((desk, terms.key)) == budgets
    return State(plan, solved, budgets, len(solved) / max(len(budgets), 1), ended)


def _note(desk: Desk, terms: Terms) -> None:
    """Remember a budget that was asked for: it becomes a stop of its curve."""
    with _lock:
        budgets = _typed.setdefault((desk, _base(terms)), [])
        if terms.total not in budgets:
            budgets[:] = [*budgets[-MOST_TYPED:], terms.total]
        while len(_typed) > 64:
            _typed.popitem(last=False)


def glance(desk: Desk, view: View) -> State:
    """What is in hand of an address, without starting anything."""
    terms = _terms_in_hand(desk, view)
    plan = kept(desk, terms) if terms else None
    if terms is None or plan is None:
        return State(None, (), (), 0.0)
    return _state(desk, terms, plan)


def _terms_in_hand(desk: Desk, view: View) -> Terms | None:
    """The terms of an address; None where its budget still has to be found."""
    key = (desk, asked.plan_only(view), decided.standing(desk))
    with _lock:
        return _terms.get(key)


def _found(key: tuple[Any, ...], work: Callable[[waiting.Progress], Any]) -> tuple[Any, float]:
    """What came of some work, or None and how far it is; what takes half a second is waited for."""
    done, found = waiting.ask(key, work, FIRST)
    for _ in range(TRIES):
        if found is not None:
            break
        sleep(PAUSE)
        done, found = waiting.ask(key, work, FIRST)
    return found, done


def _remember(key: tuple[Any, ...], terms: Terms) -> Terms:
    with _lock:
        _terms[key] = terms
        while len(_terms) > 256:
            _terms.popitem(last=False)
    return terms


def _solved(desk: Desk, terms: Terms, budgets: tuple[float, ...]) -> tuple[Plan, ...]:
    found = [kept(desk, at(terms, b) if b != terms.total else terms) for b in budgets]
    return tuple(p for p in found if p is not None)


def _solve(desk: Desk, terms: Terms, budgets: tuple[float, ...], store: Store | None, progress: waiting.Progress) -> bool:  # fmt: skip
    """Solve every stop, those next to the budget first, so that the next move answers at once."""
    order = sorted(budgets, key=lambda b: (abs(b - terms.total), b))
    for number, amount in enumerate(order):
        progress(number, len(order))
        plan_now(desk, at(terms, amount) if amount != terms.total else terms, store)
    with _lock:
        _ended[desk, terms.key] = budgets
        while len(_ended) > 256:
            _ended.popitem(last=False)
    return True
