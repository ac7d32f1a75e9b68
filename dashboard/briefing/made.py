"""The brief of an address in hand: its plans solved behind the screen, its contents put together once, its approval looked up.

Solving never holds up the page: `state` says how far the budgets are, and until they stand the brief is shown without a
plan and says so. A file is handed out once they stand, so that the same address always gives the same file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard import page, waiting
from dashboard.briefing import asked
from dashboard.briefing.asked import NONE, Wanted
from dashboard.planning import areas_only, decided, solved
from dashboard.planning import asked as terms_asked
from geodata.briefing import contents
from geodata.briefing.contents import Brief, brief_of
from geodata.briefing.parts import Decision, Official, Planned
from geodata.briefing.planned import planned
from geodata.briefing.scope import Scope
from geodata.errors import BusyError, StoreError
from geodata.plan import stops as budgets
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.store import Store, briefs, scenarios
from geodata.view import View


@dataclass(frozen=True)
class Planning:
    """The plan that a brief tells of and those of its other budgets. `done`: 0 to 1; `why` says why there is none."""

    plan: Plan | None = None
    others: tuple[Plan, ...] = ()
    done: float = 1.0
    why: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more is to come."""
        return self.done >= 1.0


@dataclass(frozen=True)
class Made:
    """A brief with what it was asked with, and how far its budgets are."""

    brief: Brief
    wanted: Wanted
    planning: Planning


def made(desk: Desk, view: View) -> Made:
    """The brief of an address as far as it stands now; asking starts what is missing of its plans."""
    found = asked.wanted(desk, view)
    planning = planning_of(desk, view, found)
    shown = planning if planning.over else Planning()
    brief = _brief(desk, _only(view), found.words.official, found.words.asked, shown.plan, shown.others)
    if not planning.over:
        brief = replace(brief, plan_said=tr("The budgets are being solved now; until they are, this says nothing of what they buy."))  # fmt: skip
    return Made(approved(desk, brief), found, planning)


def whole(desk: Desk, view: View) -> Made:
    """The brief with its plans, for a file. Raises BusyError while its budgets are being solved."""
    planning = planning_of(desk, view, asked.wanted(desk, view))
    if not planning.over:
        raise BusyError(tr("The budgets of this brief are being solved: {done} of 100 are done. Ask again in a moment.", done=round(100 * planning.done)))  # fmt: skip
    return made(desk, view)


def _only(view: View) -> View:
    """What of an address decides the figures: the area and the weights; neither filters nor what else is shown."""
    return View(area=view.area, policy=view.policy)


@remembered(maxsize=48)
def _brief(desk: Desk, view: View, official: Official | None, decisions: tuple[Decision, ...], plan: Plan | None, others: tuple[Plan, ...]) -> Brief:  # fmt: skip  # noqa: PLR0917
    return brief_of(desk, replace(view, area=""), area=view.area, plan=plan, solved=others, official=official, decisions=decisions)  # fmt: skip


def approved(desk: Desk, brief: Brief) -> Brief:
    """The brief with the approval that stands for it, if any."""
    store = page.served().store
    try:
        found = briefs.approval(store, desk.atlas.slug, brief) if store else None
    except StoreError:
        found = None
    return contents.approved(brief, found) if found else brief


@remembered(maxsize=48)
def told(desk: Desk, view: View, plan: Plan, others: tuple[Plan, ...]) -> Planned | None:
    """What one of the solved budgets buys, in the brief's own words."""
    here = _only(view)
    return planned(Scope.of(desk, replace(here, area=""), here.area), plan, others)


# --- plans ---------------------------------------------------------------------------------------------------------------


def planning_of(desk: Desk, view: View, found: Wanted) -> Planning:
    """The plans of a brief, as far as they are; asking starts what is missing."""
    if found.plan == NONE:
        return Planning()
    if areas_only.wanted(desk):
        return Planning(why=tr("This view is told its plans by area alone, on the page Plan."))
    store = page.served().store
    if found.plan:
        return _saved(desk, int(found.plan), sum(terms_asked.budget(view)), store)
    terms = _terms(desk, view, store)
    return Planning(done=0.0) if terms is None else _others(desk, terms, store)


def _terms(desk: Desk, view: View, store: Store | None) -> Terms | None:
    """The terms of the plan of an address, once they are found."""
    decisions = decided.standing(desk)
    done, terms = waiting.ask(("brief-terms", desk, terms_asked.plan_only(view), decisions), lambda _: solved.terms_of(desk, view, decisions, store), solved.FIRST)  # fmt: skip
    return terms if done >= 1 else None


def _saved(desk: Desk, number: int, budget: float, store: Store | None) -> Planning:
    """A saved plan as it was frozen, or its terms with another `budget`; its other budgets where it was made on the data
    shown now."""
    if store is None:
        raise StoreError(tr("Saved plans cannot be read: this server keeps no trail."))
    plan = _frozen(store, desk.atlas.slug, number, desk.tier)
    if plan.version != desk.atlas.version:
        return Planning(plan)
    if budget and budget != plan.terms.total:
        return _others(desk, budgets.at(plan.terms, budget), store)
    rest = _others(desk, plan.terms, store)
    return replace(rest, plan=plan, others=tuple(p for p in rest.others if p.terms.total != plan.terms.total))


@remembered(maxsize=8)
def _frozen(store: Store, atlas: str, number: int, tier: str) -> Plan:
    return scenarios.load(store, atlas, number, tier).plan


def _others(desk: Desk, terms: Terms, store: Store | None) -> Planning:
    """The plan of some terms with those of the other budgets, each solved by itself."""

    def solve(progress: waiting.Progress) -> tuple[Plan, ...]:
        amounts = budgets.budgets(desk, terms, solved.book(desk, terms))
        plans = []
        for number, amount in enumerate(sorted(amounts, key=lambda a: abs(a - terms.total))):  # our own first
            progress(number, len(amounts))
            plans.append(solved.plan_now(desk, terms if amount == terms.total else budgets.at(terms, amount), store))
        return tuple(plans)

    done, plans = waiting.ask(("brief-stops", desk, terms.key), solve, solved.FIRST)
    if plans is None:
        return Planning(done=min(done, 0.99))
    plan = next((p for p in plans if p.terms.total == terms.total), None)
    return Planning(plan, tuple(sorted(plans, key=lambda p: p.terms.total)))
