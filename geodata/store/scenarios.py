"""Scenarios: plans under a name, frozen with their terms, prices and results, on the data they were made of.

    saved = scenarios.save(store, desk, plan, "Cabinet of 3 March", who="A. Clerk", reason="first draft")
    scenarios.listed(store, desk.atlas.slug, desk.tier)        # newest first
    scenario = scenarios.load(store, saved.number, desk.tier)  # its plan, as it was
    scenarios.again(scenario, make_plan(desk, scenario.plan.terms, scenario.plan.book))

Nothing is changed: a name saved again is a new edition, and both stay. The trail's entry holds the terms, the totals and
the hash of the whole plan. A tier reads what it or a tier below it saved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.errors import StoreError
from geodata.plan.compare import differences
from geodata.plan.frozen import freeze, packed, thaw, unpacked
from geodata.plan.measures import Side
from geodata.plan.result import Plan
from geodata.plan.sure import undrawn
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.store.acts import may_read
from geodata.store.chain import Entry, canonical
from geodata.store.code import code_version
from geodata.store.trail import Store

KIND = "scenario"
MOST_NAME = 80
WORDS = {"why", "way_why"}  # columns of sentences


@dataclass(frozen=True)
class Saved:
    """A saved plan as the list shows it, without its schools. `edition` counts how often the name was saved before and
    now; `newest` says whether no later one has the name. `totals` is what `totals_of` gives."""

    entry: Entry
    name: str
    edition: int
    newest: bool

    @property
    def number(self) -> int:
        """Its number in the trail, by which it is loaded."""
        return self.entry.number

    @property
    def title(self) -> str:
        """Its name, and which edition where there are several."""
        return self.name if self.edition == 1 and self.newest else f"{self.name} (edition {self.edition})"

    @property
    def said(self) -> str:
        """One line about what it buys."""
        return str(self.entry.data.get("said", ""))

    @property
    def totals(self) -> dict[str, Any]:
        """Schools, people, money, as frozen."""
        return dict(self.entry.data["totals"])

    @property
    def terms(self) -> Terms:
        """The terms it was made under."""
        return Terms.from_data(self.entry.data["terms"])


@dataclass(frozen=True)
class Scenario:
    """A saved plan with everything that was kept: the plan (its options are not), what was known of its schools (`facts`,
    as `measures.facts` gives it) and the curve of budgets; either may be empty."""

    saved: Saved
    plan: Plan
    facts: pd.DataFrame
    curve: pd.DataFrame

    @property
    def side(self) -> Side:
        """It as one side of a comparison."""
        return Side(self.saved.title, self.plan, self.facts)


@dataclass(frozen=True)
class Again:
    """Whether a plan made again is the frozen one. `same` is to the byte; `said` tells what is different, and why."""

    same: bool
    same_data: bool
    said: tuple[str, ...]


def save(
    store: Store,
    desk: Desk,
    plan: Plan,
    name: str,
    *,
    who: str,
    reason: str = "",
    facts: pd.DataFrame | None = None,
    curve: pd.DataFrame | None = None,
) -> Saved:
    """Freeze a plan under a name. Raises StoreError without a name, and for a plan that breaks a limit of its own."""
    name = " ".join(name.split())[:MOST_NAME]
    if not name:
        raise StoreError("Give the plan a name, such as “Cabinet of 3 March”, so that it can be found again.")
    if plan.broken:
        raise StoreError(f"This plan breaks a limit of its own and is not kept: {plan.broken[0]}")
    none = pd.DataFrame()
    document = canonical({"plan": freeze(plan), "facts": packed(none if facts is None else facts), "curve": packed(none if curve is None else curve)})  # fmt: skip
    totals = totals_of(plan)
    data = {
        "name": name,
        "said": said_of(totals),
        "terms": plan.terms.as_data(),
        "terms_sha256": plan.terms.key,
        "prices": plan.book.name,
        "prices_sha256": plan.book.key,
        "totals": totals,
    }
    atlas = desk.atlas
    entry = store.record(KIND, data, atlas=atlas.slug, version=atlas.version, who=who, role=desk.tier, reason=reason, document=document)  # fmt: skip
    return next(s for s in listed(store, atlas.slug, desk.tier) if s.number == entry.number)


def listed(store: Store, atlas: str, tier: str) -> list[Saved]:
    """The saved plans of a place that a tier may read, newest first."""
    editions: dict[tuple[str, str], int] = {}
    found = []
    for entry in reversed(store.entries(KIND, atlas)):
        if may_read(entry, tier):
            name = str(entry.data["name"])
            edition = editions[entry.role, name] = editions.get((entry.role, name), 0) + 1
            found.append((entry, name, edition))
    return [Saved(e, name, edition, editions[e.role, name] == edition) for e, name, edition in reversed(found)]


def load(store: Store, atlas: str, number: int, tier: str) -> Scenario:
    """A saved plan as it was frozen, by its number in the trail.

    Raises StoreError where there is none that this tier may read, or where it was changed after it was written.
    """
    saved = next((s for s in listed(store, atlas, tier) if s.number == number), None)
    if saved is None:
        raise StoreError(f"There is no saved plan {number} here. Choose one from the list.")
    data = json.loads(store.document(saved.entry))
    return Scenario(saved, thaw(data["plan"]), unpacked(data["facts"]), unpacked(data["curve"]))


def named(store: Store, atlas: str, name: str, tier: str) -> Scenario:
    """The newest edition of a name. Raises StoreError where there is none."""
    wanted = " ".join(name.split())
    found = next((s for s in listed(store, atlas, tier) if s.name == wanted), None)
    if found is None:
        raise StoreError(f"There is no saved plan “{wanted}” here. Choose one from the list.")
    return load(store, atlas, found.number, tier)


def again(scenario: Scenario, plan: Plan) -> Again:
    """Whether a plan made again under the same terms and prices is the frozen one, and what is different.

    Code may change between the two: the results are compared, not the code's hash.
    """
    before, after = _results(scenario.plan), _results(plan)
    drawn = [bool(p.schools["selected_share"].notna().any()) for p in (scenario.plan, plan)]
    if drawn[0] != drawn[1]:  # the draws of one were made later, or not yet: the plan is the same without them
        before, after = _results(undrawn(scenario.plan)), _results(undrawn(plan))
    same_data = scenario.plan.version == plan.version
    if canonical(before) == canonical(after):
        return Again(True, same_data, ())
    what = differences(scenario.plan, plan) or _beside(scenario.plan, plan)
    if not same_data:
        why = f"Made on other data ({scenario.plan.version[:12]}; now {plan.version[:12]}). With the data of now, the same terms and prices give:"
    elif scenario.saved.entry.code != code_version():
        why = "The data are the same; the program was changed since. The same terms and prices now give:"
    else:
        why = "The data and the program are the same, and yet the result is not; tell who keeps the server. It gives:"
    return Again(False, same_data, (why, *what))


def _beside(before: Plan, after: Plan) -> tuple[str, ...]:
    """What is different where schools, money and totals are the same: in words of tables and columns."""
    other = [n for n, v in _results(before).items() if canonical({"": v}) != canonical({"": _results(after).get(n)})]
    if other != ["schools"]:
        return (f"the same schools and totals; different in {', '.join(other)}.",)
    a, b = packed(before.schools)["__frame__"], packed(after.schools)["__frame__"]
    columns = [str(one[0]) for one, two in zip(a, b, strict=False) if one != two]
    if set(columns) <= WORDS:
        return ("the same schools and the same figures; some sentences are worded otherwise.",)
    return (f"the same schools and totals; different in {', '.join(columns)}.",)


def _results(plan: Plan) -> dict[str, Any]:
    """What must be the same when a plan is made again: everything but the data's and the program's own marks."""
    return {k: v for k, v in freeze(plan).items() if k not in {"version", "code"}}


def totals_of(plan: Plan) -> dict[str, Any]:
    """Schools, people and money of a plan in a few numbers; amounts in its currency, over its whole life."""
    chosen = plan.chosen
    money = {k: round(float(chosen[k].sum()), 2) for k in ("cost", "cost_low", "cost_high", "capital", "yearly")}
    people = round(float(chosen["learners"].fillna(0).sum()), 2)
    return {
        "schools": len(chosen),
        "people": people,
        "unit": plan.unit,
        "currency": plan.book.currency,
        "budget": round(plan.terms.total, 2),
        **money,
        "objective": round(plan.choice.objective, 6),
        "price_of_equity": round(plan.price_of_equity, 6),
        "status": plan.choice.status,
        "key": plan.key,
    }


def said_of(totals: dict[str, Any]) -> str:
    """Totals in one line."""
    reached = f" with {totals['people']:,.0f} learners" if totals["unit"] == "learners" else ""
    return f"{totals['schools']:,} schools{reached} for {totals['cost']:,.0f} {totals['currency']}, budget {totals['budget']:,.0f}"
