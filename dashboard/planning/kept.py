"""Saved plans beside the plan on the screen: save it, open one as it was, compare several, say what a flood would do.

The page puts `button()` in its toolbar, `shell()` in its layout, `beside(seen, view)` under its lead, and calls `register`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawer, guard, page, signing, waiting, words
from dashboard.planning import asked, side, solved
from dashboard.planning.seen import Seen
from geodata.disclosure import Tier
from geodata.errors import DisclosureError, FirstMileError, StoreError
from geodata.options.ground import blocked
from geodata.plan.measures import Side, facts
from geodata.plan.result import Plan
from geodata.plan.shock import between
from geodata.policy import NUMBERS
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.store import Store, lists, scenarios
from geodata.store.listing import when, who_said
from geodata.store.scenarios import Saved
from geodata.view import View

KEEP, DONE = "plan-keep", "plan-kept-done"
NAME = "plan-kept"  # of the drawer
WHICH, COMPARE, TABLES = "plan-compare-which", "plan-compare-do", "plan-compare-tables"
HIT, SHOCK = "plan-shock-areas", "plan-shock-do"
HERE = "here"
SCREEN = later("On the screen")
MOST = 4  # plans in one comparison
LISTED = 100  # saved plans on the list; older ones are found among the plans to compare


def button() -> list[Component]:
    """What opens the drawer; nothing for visitors of the public view, who can save nothing."""
    if page.served().tier == Tier.PUBLIC:
        return []
    return [drawer.button(NAME, tr("Saved plans: save, compare, shock"))]


def shell() -> Component:
    """The drawer, closed, and the mark that something was saved."""
    return html.Div([drawer.shell(NAME, tr("Saved plans")), dcc.Store(id=DONE)])


def saved(desk: Desk) -> list[Saved]:
    """The saved plans of this place that this tier may read, newest first; none where no trail is kept."""
    store = page.served().store
    return [] if store is None or blocked(desk) else scenarios.listed(store, desk.atlas.slug, desk.tier)


def body(desk: Desk, view: View) -> list[Component]:
    """What the drawer holds."""
    state = solved.glance(desk, view)
    if state.plan is None:
        return [html.P(tr("The plan is still being made. Open this again when it stands."), role="status")]
    name = dmc.TextInput(id=f"{KEEP}-name", label=tr("Name of this plan"), placeholder=tr("Cabinet of 3 March"))
    says = tr(
        "Frozen as it stands: {plan}. The same name again is a new edition; nothing is overwritten.",
        plan=told(scenarios.said_of(scenarios.totals_of(state.plan))),
    )
    return [
        signing.form(KEEP, tr("Save this plan"), more=[name], says=says),
        html.Section(
            [html.H3(tr("Saved plans")), html.Div(listed(desk, view), id="plan-kept-list")], className="fm-form"
        ),
        _comparing(desk),
        _shocking(desk, view),
    ]


def listed(desk: Desk, view: View) -> Component:
    """The saved plans, each a link that asks for the same again."""
    found = saved(desk)
    if not found:
        return html.P(tr("None yet."), className="fm-soft fm-small")
    older = len(found) - LISTED
    more = [html.Li(tr("{older}: find them by name under Compare plans.", older=words.count(older, 'older plan')), className="fm-soft")] if older > 0 else []  # fmt: skip
    return html.Ul([*(_one(desk, one, view) for one in found[:LISTED]), *more], className="fm-saved")


def _one(desk: Desk, one: Saved, view: View) -> Component:
    entry = one.entry
    why = f" “{entry.reason}”" if entry.reason else ""
    said = tr("{plan}. {when} UTC, {who}.", plan=told(one.said), when=when(entry), who=who_said(entry)) + why
    if entry.version != desk.atlas.version:
        said += " " + tr("Made on other data, version {version}.", version=entry.version[:8])
    return html.Li([dcc.Link(one.title, href=page.address(asked.PATH, address(desk, one, view))), html.Div(said, className="fm-small fm-soft")])  # fmt: skip


def address(desk: Desk, one: Saved, view: View) -> View:
    """The view that asks for the terms of a saved plan. Officers' decisions are not in it: those of now hold."""
    terms = one.terms
    own = {n: v for n, v in terms.policy.changes(desk.policy).items() if n in NUMBERS}
    asks = {
        "case": terms.case, "shared": "yes" if terms.shared_fibre else "no", "private": "yes" if terms.include_private else "no",
        "committed": "yes" if terms.include_committed else "no", "devices": "yes" if terms.devices else "no",
        "training": "yes" if terms.training else "no", "ways": "" if set(terms.ways) >= set(asked.WAYS) else ".".join(terms.ways),
        "prices": terms.prices, "inside": terms.area, "only": lists.key_of(terms.only) if terms.only else "", "ceiling": f"{terms.recurrent_ceiling[0]:.0f}" if terms.recurrent_ceiling else "",
        "shocked": "~".join(terms.shocked),
    }  # fmt: skip
    budget = ",".join(repr(b).removesuffix(".0") for b in terms.budget)
    query = View.parse("&".join(f"p.{name}={value}" for name, value in own.items()))
    return asked.with_terms(query.with_screen(budget=budget), **asks)


# --- beside the plan ---------------------------------------------------------------------------------------------------


def beside(seen: Seen, view: View) -> list[Component]:
    """Under the lead: whether exactly this plan was saved, and is still the same; and what a shock changed."""
    return [*_same(seen), *_shock(seen, view)]


def _same(seen: Seen) -> list[Component]:
    try:
        ours = next((s for s in saved(seen.desk) if s.terms == seen.plan.terms), None)
    except StoreError:
        return []
    if ours is None:
        return []
    store = page.served().store
    found = _again(store, seen.desk.atlas.slug, ours.number, seen.desk.tier, seen.plan) if store else None
    if found is None:
        return []
    of = {"title": ours.title, "when": when(ours.entry), "who": who_said(ours.entry)}
    if found.same:
        return [html.P(tr("Saved as “{title}” on {when} UTC by {who}: the same to the last figure.", **of), className="fm-decided fm-small")]  # fmt: skip
    return [c.message(tr("Saved as “{title}” on {when} UTC by {who}", **of), kept=" ".join(map(told, found.said)))]


@lru_cache(maxsize=4)
def _again(store: Store, atlas: str, number: int, tier: str, plan: Plan) -> scenarios.Again | None:
    try:
        return scenarios.again(scenarios.load(store, atlas, number, tier), plan)
    except StoreError:
        return None


def unshocked(desk: Desk, plan: Plan) -> Plan | None:
    """The plan as it would be without the shock of its terms, once it is in hand; asking starts it."""
    terms, store = plan.terms.with_(shocked=(), shock=""), page.served().store
    before = solved.kept(desk, terms)
    if before is None:
        waiting.ask(("before", desk, terms.key), lambda _: solved.plan_now(desk, terms, store), solved.FIRST)
    return before


def _shock(seen: Seen, view: View) -> list[Component]:
    """What the shock of the address did, once the plan without it is in hand too."""
    if not seen.plan.terms.shocked:
        return []
    before = unshocked(seen.desk, seen.plan)
    if before is None:
        there = page.address(asked.PATH, asked.with_terms(view, shocked=""))
        return [html.P([dcc.Link(tr("The plan without the shock"), href=there), tr(" is being made, to stand beside this one.")], className="fm-small")]  # fmt: skip
    return side.shocked(seen.desk, between(seen.desk, before, seen.plan))


# --- comparing, and the shock ---------------------------------------------------------------------------------------------


def _comparing(desk: Desk) -> Component:
    which = dmc.MultiSelect(id=WHICH, label=tr("Plans to compare, {most} at most", most=MOST), data=_choices(desk), value=[HERE], maxValues=MOST, searchable=True, limit=100, placeholder=tr("Choose"))  # fmt: skip
    do = signing.acting(COMPARE, tr("Compare"))
    return html.Div([html.Section([html.H3(tr("Compare plans")), which, html.P(do)], className="fm-form"), html.Div(id=TABLES, role="status")])  # fmt: skip


def _choices(desk: Desk) -> list[dict[str, str]]:
    return [{"value": HERE, "label": tr(SCREEN)}, *({"value": str(s.number), "label": s.title} for s in saved(desk))]


def compared(desk: Desk, view: View, which: list[str] | None) -> list[Component]:
    """The tables of the plans that were chosen."""
    if not 2 <= len(which or ()) <= MOST:
        raise StoreError(
            tr("Choose two plans or more, {most} at most, such as the one on the screen and a saved one.", most=MOST)
        )
    return side.tables(desk, [_side(desk, view, one) for one in which or ()])


def _side(desk: Desk, view: View, which: str) -> Side:
    if why := blocked(desk):
        raise DisclosureError(why)
    if which != HERE:
        if not which.isdecimal():
            raise StoreError(tr("There is no such saved plan here. Choose one from the list."))
        return scenarios.load(signing.kept(), desk.atlas.slug, int(which), desk.tier).side
    plan = solved.now(desk, view)
    return Side(tr(SCREEN), plan, facts(desk, plan))


def _shocking(desk: Desk, view: View) -> Component:
    ids = [a for a, level in desk.places.levels.items() if level in (1, 2)]
    data = sorted(({"value": a, "label": desk.places.names.get(a, a)} for a in ids), key=lambda d: (d["label"], d["value"]))  # fmt: skip
    now = [a for a in asked.chosen(view).get("shocked", "").split("~") if a]
    area = dmc.MultiSelect(id=HIT, label=tr("Flooded, cut off or without power"), data=data, value=now, searchable=True, clearable=True, limit=60)  # fmt: skip
    said = tr(
        "Everything there counts as lost, whatever was reported; nothing fixed is built there for now. The plan is made again with the same money, and what changed stands beside it."
    )
    do = html.Button(tr("Plan again"), id=SHOCK, className="fm-button", type="button")
    return html.Section([html.H3(tr("After a shock")), html.P(said, className="fm-soft fm-small"), area, html.P(do)], className="fm-form")  # fmt: skip


# --- acts ----------------------------------------------------------------------------------------------------------------


def keep(desk: Desk, view: View, who: str, reason: str, name: str | None) -> str:
    """Save the plan of the screen under a name; returns what to say."""
    store, plan = signing.kept(), solved.now(desk, view)
    one = scenarios.save(store, desk, plan, name or "", who=who, reason=reason, facts=facts(desk, plan))
    return tr("Saved as “{title}”, entry {number}", title=one.title, number=one.number)


def register(app: Dash) -> None:
    """The drawer, its form, the comparison and the shock."""
    signing.listens(app, KEEP, keep, State(f"{KEEP}-name", "value"), redraws=DONE)

    drawer.opens(app, NAME, body)

    @app.callback(Output("plan-kept-list", "children"), Output(WHICH, "data"), Input(DONE, "data"), State(page.URL, "search"), prevent_initial_call=True)  # fmt: skip
    def _saved(_done: int | None, search: str) -> Any:
        desk, view = page.here(search)
        return listed(desk, view), _choices(desk)

    @app.callback(Output(TABLES, "children"), Input(COMPARE, "n_clicks"), State(WHICH, "value"), State(page.URL, "search"), prevent_initial_call=True, running=signing.working(COMPARE))  # fmt: skip
    def _compare(clicks: int | None, which: list[str] | None, search: str) -> Any:
        if not clicks:
            return no_update
        try:
            return compared(*page.here(search), which)
        except FirstMileError as error:
            return c.message(guard.said(error), kind="error")

    @app.callback(Input(SHOCK, "n_clicks"), State(HIT, "value"), State(page.URL, "search"), prevent_initial_call=True)
    def _plan_again(clicks: int | None, areas: list[str] | None, search: str) -> None:
        if clicks:
            view = page.here(search)[1]
            page.go(asked.with_terms(view, shocked="~".join(sorted(areas or ()))), search)
