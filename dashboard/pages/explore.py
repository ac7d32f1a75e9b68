"""Explore: the map is the page; left, what to show and which schools; right, what it says about the place in view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import areas, filters, page, panels, profile_drawer, shows, words
from dashboard import components as c
from dashboard.map import map_view, register_map
from dashboard.page import Page
from geodata.declare import Indicator
from geodata.policy import Policy
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

MAP, PATH = "explore-map", page.EXPLORE
GROUPS = {
    "connectivity": later("Internet"),
    "devices": later("Devices"),
    "use": later("Use and skills"),
    "media": "Radio, television, telephone",
    "power": later("Power"),
    "sdg": later("Services (SDG 4.a.1)"),
    "marginalisation": later("Who is left out"),
    "priority": later("Priority"),
}
# What a first visit is offered: one of each row, the first of which anything is known. The rest is under "More to show".
FRONT = (
    ("internet_for_learners",),
    ("meaningfully_connected",),
    ("learners_per_computer", "computers", "no_device"),
    ("teachers_trained", "used_by_teachers"),
    ("electricity",),
    ("learners_without_internet",),
    ("priority",),
)


def layout(desk: Desk, view: View) -> Component:
    """The page for a view: panels on both sides of the map, sheets below it on a small screen."""
    return html.Div(
        [
            html.Aside([_sheet(tr("Done"), "sheet-close"), *_left(desk, view)], **{"aria-label": tr("What to show")}),
            _sheet(tr("What to show, which schools"), "sheet-open"),
            map_view(MAP, desk, view),
            html.Aside(panels.right(desk, view), id="explore-right", **{"aria-label": tr("What it says")}),
            profile_drawer.drawer("explore"),
            dcc.Store(id="filters-followed"),
        ],
        className="explore",
    )


def _sheet(text: str, name: str) -> Component:
    """On a small screen the choices are a sheet over the map; this opens or closes it (`assets/firstmile.js`)."""
    return html.Button(text, type="button", className=name, **{"data-sheet": ""})


def _left(desk: Desk, view: View) -> list[Component]:
    return [
        html.Details(
            [html.Summary(tr("What to show"), className="panel-title"), _indicators(desk, view), _standard(desk, view)],
            open=True,
            className="fold",
        ),
        html.Details(
            [html.Summary(tr("Which schools"), className="panel-title"), filters.panel(desk, view)],
            open=True,
            className="fold",
        ),
        html.Div(panels.count_line(desk, view), id="explore-count", className="count-line", role="status"),
        *_layers(desk, view),
    ]


def _indicators(desk: Desk, view: View) -> Component:
    """The usual one and those that anything is known of: the few that most visitors ask for, the rest by group behind "More"."""
    usual = shows.default(desk)
    known = [
        i
        for i in desk.indicators.values()
        if i.name == usual or (i.rollup != "none" and shows.values(desk, i, View()).notna().any())
    ]
    first, rest = front(known)
    rest.sort(key=lambda i: list(GROUPS).index(i.group) if i.group in GROUPS else 99)
    chosen = view.shown("show") or usual
    more = html.Details(
        [
            html.Summary(tr("More to show")),
            *(
                part
                for name, some in groupby(rest, key=lambda i: i.group)
                for part in (html.Div(tr(GROUPS.get(name, name)), className="radio-head"), *map(_radio, some))
            ),
        ],
        open=chosen not in {i.name for i in first},
    )
    return dmc.RadioGroup(
        [*map(_radio, first), *([more] if rest else [])], id="show", value=chosen, size="sm", label=tr("What to show"), labelProps=c.UNSEEN
    )  # fmt: skip


def front(known: Sequence[Indicator]) -> tuple[list[Indicator], list[Indicator]]:
    """Those shown at once, in the order of `FRONT`, and all others; where none of `FRONT` is known, the first few."""
    by_name = {i.name: i for i in known}
    names = [next((n for n in some if n in by_name), "") for some in FRONT]
    first = [by_name[n] for n in names if n] or list(known[: len(FRONT)])
    return first, [i for i in known if i not in first]


def _standard(desk: Desk, view: View) -> Component:
    """The bandwidth standard as a scenario, T0 to T3: gaps, meaningful connection and ranks answer to it."""
    policy = view.policy_over(desk.policy)
    return dmc.Select(
        id="standard",
        label=tr("Bandwidth standard"),
        description=tr(
            "What counts as fast enough, from T1 on never under {bandwidth_floor_mbps} Mbps a school; gaps and ranks follow.",
            bandwidth_floor_mbps=words.exact(policy["bandwidth_floor_mbps"]),
        ),
        data=[{"value": tier, "label": text} for tier, text in standards(policy).items()],
        value=str(policy["bandwidth_tier"]),
        allowDeselect=False,
        size="sm",
        className="standard",
    )


def standards(policy: Policy) -> dict[str, str]:
    """The four standards in words, with the policy's own numbers."""
    out = {
        "T0": tr(
            "T0: {bandwidth_floor_t0_mbps} Mbps a school",
            bandwidth_floor_t0_mbps=words.exact(policy["bandwidth_floor_t0_mbps"]),
        )
    }
    for tier in ("T1", "T2", "T3"):
        rate = policy.number(f"bandwidth_per_learner_{tier.lower()}_mbps")
        each = (
            tr("{rate} Mbps", rate=words.exact(rate)) if rate >= 1 else tr("{rate} kbps", rate=words.exact(rate * 1000))
        )
        out[tier] = tr("{tier}: {each} a learner", tier=tier, each=each)
    return out


def _radio(indicator: Indicator) -> Component:
    return html.Div(
        dmc.Radio(label=tr(indicator.title), value=indicator.name, size="sm"),
        title=tr(indicator.definition),
        className="radio",
    )


def _layers(desk: Desk, view: View) -> list[Component]:
    """Coverage layers on and off, and whether every school is drawn at any zoom."""
    overlays = areas.overlays(desk.atlas)
    choices = [dmc.Checkbox(label=tr(o.title), value=o.key, size="sm") for o in overlays]
    if desk.locations.cell is None and len(desk.schools):
        choices.insert(0, dmc.Checkbox(label=tr("Every school, at any zoom"), value="schools", size="sm"))
    note = (
        [html.P(tr("A signal at the place is not a connection in the school."), className="fineprint")]
        if overlays
        else []
    )
    on = [key for key in view.shown("layers").split(",") if key]
    group = dmc.CheckboxGroup(
        html.Div(choices, className="checks"),
        id="layers",
        value=on,
        size="sm",
        label=tr("Layers on the map"),
        labelProps=c.UNSEEN,
    )
    return [
        html.Details(
            [html.Summary(tr("On the map"), className="panel-title"), group, *note], open=True, className="fold"
        )
    ]


def register(app: Dash) -> None:
    """Callbacks: the map, the filters, the two choices, and the words that follow the address."""
    register_map(app, MAP, path=PATH)
    filters.register(app, PATH)
    profile_drawer.register(app, "explore", PATH)

    @app.callback(
        Output("filters-followed", "data", allow_duplicate=True),
        Input("show", "value"),
        Input("layers", "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(show: str, layers: list[str], search: str, where: str) -> Any:
        if where == PATH:
            desk, view = page.here(search)
            page.go(
                view.with_screen(
                    show="" if show == shows.default(desk) else show or "", layers=",".join(sorted(layers or []))
                ),
                search,
            )
        return no_update

    @app.callback(
        Output("filters-followed", "data", allow_duplicate=True),
        Input("standard", "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _scenario(tier: str, search: str, where: str) -> Any:
        if where == PATH and tier:
            desk, view = page.here(search)
            page.go(view.with_policy({"bandwidth_tier": tier}, desk.policy), search)
        return no_update

    @app.callback(
        Output("explore-right", "children"),
        Output("explore-count", "children"),
        Output("show", "value"),
        Output("layers", "value"),
        Output("standard", "value"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        State("show", "value"),
        State("layers", "value"),
        State("standard", "value"),
        prevent_initial_call=True,
    )
    def _follow(search: str, where: str, show: str, layers: list[str], standard: str) -> Any:
        if where != PATH:
            return [no_update] * 5
        desk, view = page.here(search)
        wanted, on = view.shown("show") or shows.default(desk), [k for k in view.shown("layers").split(",") if k]
        return (
            panels.right(desk, view),
            panels.count_line(desk, view),
            no_update if wanted == show else wanted,
            no_update if on == sorted(layers or []) else on,
            no_update if (tier := str(view.policy_over(desk.policy)["bandwidth_tier"])) == standard else tier,
        )


EXPLORE = Page("explore", PATH, "Explore", 10, layout, register)
