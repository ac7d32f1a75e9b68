"""What the page shows of an address: each part as components, from the plan in hand, or how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import guard, words
from dashboard.planning import (
    areas_only,
    assumes,
    budget,
    decide,
    decided,
    fair,
    head,
    kept,
    mix,
    places,
    solved,
    sureness,
    why,
)
from dashboard.planning.seen import Seen
from dashboard.planning.solved import State
from geodata.errors import FirstMileError, LayerError
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import told, tr, trn
from geodata.view import View

# What a mark says, in its order, and what each part of the page rests on: with each stop that is solved the curve alone.
FIELDS = ("plan", "next", "stops", "school", "area", "over", "beside", "drawn", "decided")
RESTS = {
    "lead": {"plan", "area", "beside", "decided"},
    "beside": {"plan"},
    "why": {"plan", "school", "over", "drawn", "decided"},
    "foot": {"plan", "drawn"},
    "list": {"plan", "drawn"},
    "map": {"plan", "next", "area"},
    "terms": {"plan"},
}


@dataclass(frozen=True)
class Shown:
    """The parts of the page, None where one stays as it is, and `mark`: what they were drawn from, so that nothing is drawn
    twice. `over`: nothing more is to come. `fresh`: what the mark says otherwise than before (see `FIELDS`)."""

    lead: list[Component] | None
    curve: list[Component] | None
    beside: list[Component] | None
    why: list[Component] | None
    foot: list[Component] | None
    mark: str
    over: bool
    state: State | None = None
    fresh: frozenset[str] = frozenset(FIELDS)


def parts(desk: Desk, view: View, before: str = "") -> Shown:
    """Everything that the page says of an address; asking starts what is missing. Where its mark is still `before`, no part
    is made: the page asks every second while something is under way."""
    if areas_only.wanted(desk):
        return _by_area(desk, view)
    try:
        state = solved.state(desk, view)
    except FirstMileError as error:
        return _fault(error)
    if state.plan is None:
        return _waits(state.done)
    seen = Seen(desk, state.plan, state.next)
    if state.over:
        sureness.ask(desk, state.plan)
    beside, mark = _beside(desk, state.plan), mark_of(desk, view, state)
    over = state.over and beside and not sureness.wanted(state.plan)
    fresh = changed(before, mark)
    asked_about = {"stops"} if view.shown("school") else set()  # from which budget on it is in
    return Shown(
        lead=[*_lead(seen, view), *kept.beside(seen, view)] if fresh & RESTS["lead"] else None,
        curve=[budget.chart(state)] if fresh else None,
        beside=mix.section(seen) if fresh & RESTS["beside"] else None,
        why=[*why.section(seen, state, view), *decide.section(seen, view)]
        if fresh & (RESTS["why"] | asked_about)
        else None,
        foot=_foot(seen) if fresh & RESTS["foot"] else None,
        mark=mark,
        over=over,
        state=state,
        fresh=fresh,
    )


def changed(before: str, mark: str) -> frozenset[str]:
    """Which of FIELDS a mark has otherwise than the one before; all where that was of no plan."""
    was, now = before.split(" "), mark.split(" ")
    if len(was) != len(FIELDS):
        return frozenset(FIELDS)
    return frozenset(name for name, a, b in zip(FIELDS, was, now, strict=True) if a != b)


def _beside(desk: Desk, plan: Plan) -> bool:
    """Whether what stands beside a plan is in hand: without officers' decisions, without its shock."""
    bare = solved.kept(desk, plan.terms.with_(must=(), never=())) is not None
    return bare and kept.unshocked(desk, plan) is not None


def _waits(done: float) -> Shown:
    said = tr("Making the plan … {done}", done=words.percent(done)) if 0 < done < 1 else tr("Making the plan …")
    return Shown(
        [html.P(said, className="plan-waiting", role="status")],
        [],
        [],
        [],
        [],
        f"wait {done}",
        over=False,
    )


def _by_area(desk: Desk, view: View) -> Shown:
    """The page of a view that may not see where schools lie: sums alone."""
    try:
        found = areas_only.plans(desk)
        if found.plans is None:
            return _waits(found.done)
        return Shown(
            areas_only.parts(desk, view, found.plans),
            [],
            [],
            [],
            [],
            f"areas {view.shown('budget')}",
            over=True,
        )
    except FirstMileError as error:
        return _fault(error)


def below(desk: Desk, view: View) -> list[Component]:
    """Regions and the audit: what takes a moment longer is brought after the rest."""
    state = solved.glance(desk, view)
    if state.plan is None:
        return []
    seen = Seen(desk, state.plan, state.next)
    return [*places.section(seen), *fair.section(seen)]


def mark_of(desk: Desk, view: View, state: State) -> str:
    """What the parts are drawn from: the plan, the next larger one, how many stops are solved, the school that is asked
    about, the area, what stands beside the plan, whether its draws are made, decisions. The list (plan.js) is asked for
    anew where the first two or the last but one change: not with every stop."""
    if state.plan is None:
        return ""
    following = state.next.key if state.next else "-"
    beside, drawn = _beside(desk, state.plan), sureness.is_drawn(state.plan)
    return f"{state.plan.key} {following} {len(state.solved)} {view.shown('school')} {view.area} {state.over} {beside} {drawn} {len(decided.entries(desk))}"


def below_on(mark: str) -> str:
    """The parts of a mark that what stands below rests on: neither how many stops are solved nor the school asked about."""
    parts = mark.split(" ")
    return " ".join([*parts[:2], *parts[4:5], *parts[-3:]]) if len(parts) > 4 else mark


def _fault(error: FirstMileError) -> Shown:
    """Why there is no plan, in the words of who refused it."""
    text = guard.said(error)
    mend = tr("Build this country anew, so that plans find what could reach its schools.") if isinstance(error, LayerError) else ""  # fmt: skip
    said = c.message(tr("No plan can be made here"), kept=text, mend=mend, kind="error")
    return Shown([html.H1(tr("No plan")), said], [], [], [], [], f"fault {text}", over=True)


def _lead(seen: Seen, view: View) -> list[Component]:
    hidden = [html.P(told(seen.handed.kept_back), className="fm-soft fm-small")] if seen.handed.kept_back else []
    above = [html.H1(head.headline(seen)), *head.without_rule(seen, view), *head.banners(seen.plan)]
    return [*above, *head.facts(seen), *decide.beside(seen), *hidden]


def _foot(seen: Seen) -> list[Any]:
    plan = seen.plan
    said = head.notes(plan)
    place = str(seen.desk.place.get("name") or tr("This country"))
    return [
        html.Details([html.Summary(tr("What this plan does not know")), html.Ul(said)]) if said else None,
        html.Details([html.Summary(tr("What this plan assumes")), assumes.said(seen.desk, plan)]),
        html.Details([html.Summary(tr("Prices and where they are from")), assumes.prices(plan)]),
        html.Details([html.Summary(trn("Who is not eligible: {n} school", "Who is not eligible: {n} schools", int(plan.excluded['schools'].sum()) if len(plan.excluded) else 0)), assumes.excluded(plan)]),
        html.P(tr("Source: data of {place}, version {version}; prices: {prices}; solved by {solver}.", place=place, version=plan.version, prices=told(plan.book.title or plan.book.name), solver=plan.choice.solver), className="fm-source"),
    ]  # fmt: skip
