"""Plan: what a budget buys. Budget and curve above; map, technologies, money, fairness and the list of schools below."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update
from dash import State as Held
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawer, gridwords, page, waiting
from dashboard.map import map_view, register_map
from dashboard.page import Page
from dashboard.planning import (
    areas_only,
    asked,
    assumes,
    budget,
    decide,
    drawn,
    files,
    grid,
    kept,
    listing,
    marks,
    show,
    signedlist,
    solved,
    sureness,
)
from dashboard.planning.asked import PATH
from dashboard.planning.seen import Seen
from dashboard.planning.solved import State
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

MAP, GRID, POLL, MARK, WHICH = "plan-map", "plan-grid", "plan-poll", "plan-mark", "plan-which"
BELOW = "plan-below-mark"
PARTS = ("plan-lead", "plan-curve", "plan-beside", "plan-why", "plan-foot")
ROW = 66
CHOICES = [(listing.EVERY, later("All schools")), *((name, marks.MARKS[name].label) for name in reversed(marks.ORDER))]


def layout(desk: Desk, view: View) -> Component:
    """The page for a view; where the plan is not in hand it is filled when it is."""
    found = show.parts(desk, view)
    filled = dict(zip(PARTS, (found.lead, found.curve, found.beside, found.why, found.foot), strict=True))
    return html.Div(
        [
            html.Section(
                [
                    html.Div([html.Div(filled["plan-lead"], id="plan-lead", className="plan-lead", **{"aria-live": "polite"}), sureness.place(desk, found.state and found.state.plan)]),
                    html.Div([budget.controls(found.state), html.Div(filled["plan-curve"], id="plan-curve")], className="plan-budget", role="group", **{"aria-label": tr("Budget")}),
                ],
                className="plan-top",
            ),
            _toolbar(),
            html.Div(
                [
                    html.Div(map_view(MAP, desk, view, draw=drawn.draw), className="plan-map"),
                    html.Div(filled["plan-beside"], id="plan-beside", className="plan-beside"),
                ],
                className="plan-middle",
            ),
            html.Div([_list(desk, found.state), html.Section([html.H2(tr("Why this school, or why not?")), html.Div(filled["plan-why"], id="plan-why")], className="plan-ask")], className="plan-schools"),
            html.Section(id="plan-below", className="plan-below"),
            grid.place(),
            html.Section(filled["plan-foot"], id="plan-foot", className="plan-foot"),
            *_drawers(desk, view),
            dcc.Interval(id=POLL, interval=waiting.EVERY, disabled=found.over),
            dcc.Store(id=MARK, data=found.mark),
            dcc.Store(id=BELOW),
            dcc.Store(id=budget.STOPS, data=budget.budgets(found.state) if found.state else []),
            dcc.Store(id="plan-said"),
            dcc.Store(id=decide.DONE),
        ],
        className="plan plan-areas" if areas_only.wanted(desk) else "plan",
    )  # fmt: skip


def _toolbar() -> Component:
    return html.Div(
        [
            drawer.button("plan-assumes", tr("What this plan assumes")),
            *kept.button(),
            *signedlist.button(),
            html.Span(className="fm-spring"),
            files.button(),
        ],
        className="fm-toolbar plan-toolbar",
    )


def _list(desk: Desk, state: State | None) -> Component:
    which = dmc.Select(id=WHICH, value=listing.EVERY, data=[{"value": v, "label": tr(t)} for v, t in CHOICES], allowDeselect=False, size="sm", w=260, **{"aria-label": tr("Which schools")})  # fmt: skip
    grid = dag.AgGrid(
        id=GRID,
        className="fm-grid",
        rowModelType="infinite",
        columnDefs=listing.columns(Seen(desk, state.plan, state.next)) if state and state.plan else [],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "wrapHeaderText": True, "autoHeaderHeight": True, "sortingOrder": ["asc", "desc", None]},
        getRowId="params.data.school_id",
        eventListeners={"cellMouseOver": ["firstmilePlanOver(params)"], "cellMouseOut": ["firstmilePlanOut(params)"], "cellFocused": ["firstmilePlanFocus(params)"]},
        dashGridOptions=gridwords.spoken({"rowHeight": ROW, "cacheBlockSize": listing.BLOCK, "maxBlocksInCache": 20, "rowBuffer": 6, "theme": {"function": c.GRID_THEME}, "ensureDomOrder": True, "tooltipShowDelay": 300}),
        style={"height": "100%"},
    )  # fmt: skip
    return html.Section([html.Div([html.H2(tr("The schools")), which], className="plan-list-head"), html.Div(grid, className="plan-grid-place")], className="plan-list")  # fmt: skip


def _drawers(desk: Desk, view: View) -> list[Component]:
    return [
        drawer.beside("plan-assumes", tr("What this plan assumes"), assumes.drawer(desk, view)),
        kept.shell(),
        signedlist.shell(),
        files.shell(),
    ]  # fmt: skip


# --- callbacks ---------------------------------------------------------------------------------------------------------


def register(app: Dash) -> None:
    """Routes, the map, the parts that follow the address, the controls that write it."""
    app.server.register_blueprint(drawn.routes())
    app.server.register_blueprint(files.routes())
    register_map(app, MAP, path=PATH, draw=drawn.draw)
    _register_parts(app)
    _register_below(app)
    _register_controls(app)
    _register_list(app)
    _register_assumes(app)
    decide.register(app)
    kept.register(app)
    signedlist.register(app)
    files.register(app)
    sureness.register(app)
    grid.register(app)


def _register_parts(app: Dash) -> None:
    outputs = [
        *(Output(name, "children") for name in PARTS),
        *(Output(budget.SLIDER, name) for name in ("marks", "max", "value", "disabled")),
        Output(budget.STOPS, "data"),
        Output(budget.TYPED, "value"),
        Output(budget.TYPED, "suffix"),
        Output(budget.LAMBDA, "data"),
        Output(budget.LAMBDA, "value"),
        Output(GRID, "columnDefs"),
        Output(f"{MAP}-spec", "data", allow_duplicate=True),
        Output(f"{MAP}-legend", "children", allow_duplicate=True),
        Output(POLL, "disabled"),
        Output(MARK, "data"),
    ]

    @app.callback(
        *outputs,
        Input(page.URL, "search"),
        Input(POLL, "n_intervals"),
        Input(decide.DONE, "data"),
        Held(page.URL, "pathname"),
        Held(MARK, "data"),
        Held(GRID, "columnDefs"),
        prevent_initial_call="initial_duplicate",
        running=[
            (Output(POLL, "interval"), 30 * waiting.EVERY, waiting.EVERY)
        ],  # never asked again before it has answered
    )
    def _parts(search: str, _n: int | None, _done: int | None, path: str, before: str | None, heads: list[Any] | None) -> Any:  # fmt: skip
        if path != PATH:
            return [no_update] * (len(outputs) - 2) + [True, no_update]
        desk, view = page.here(search)
        found = show.parts(desk, view, before if heads and before else "")
        if found.mark == before and (heads or found.state is None):
            return [no_update] * (len(outputs) - 2) + [found.over, no_update]
        return [*_told(desk, view, found, first=not before), found.over, found.mark]


def _register_below(app: Dash) -> None:
    @app.callback(Output("plan-below", "children"), Output(BELOW, "data"), Input(MARK, "data"), Held(BELOW, "data"), Held(page.URL, "search"), Held(page.URL, "pathname"))  # fmt: skip
    def _below(mark: str | None, before: str | None, search: str, path: str) -> Any:
        rests_on = show.below_on(mark or "")
        if path != PATH or not mark or rests_on == before:
            return no_update, no_update
        return show.below(*page.here(search)), rests_on


def _told(desk: Desk, view: View, found: show.Shown, *, first: bool) -> list[Any]:
    """What the outputs before the last two become: what a newly solved budget leaves as it is, stays as it is; and while
    another plan is being made, what is on the screen stays."""
    parts = (found.lead, found.curve, found.beside, found.why, found.foot)
    told: list[Any] = [no_update if part is None else part for part in parts]
    state = found.state
    if state is None or state.plan is None:
        shown = told if first or found.over else [told[0], *[no_update] * (len(told) - 1)]
        return [*shown, *[no_update] * 12]
    now, rests = budget.values(state), {name: bool(found.fresh & on) for name, on in show.RESTS.items()}
    slider = [now[name] for name in ("marks", "max", "value", "disabled", "budgets")]
    terms = [now[name] if rests["terms"] else no_update for name in ("typed", "suffix", "weights", "weight")]
    heads = listing.columns(Seen(desk, state.plan, state.next)) if rests["list"] else no_update
    drawn_map = drawn.draw(desk, view) if rests["map"] else (no_update, no_update)
    return [*told, *slider, *terms, heads, *drawn_map]


def _register_controls(app: Dash) -> None:
    @app.callback(
        Output("plan-said", "data"),
        Input(budget.SLIDER, "value"),
        Input(budget.TYPED, "value"),
        Input(budget.LAMBDA, "value"),
        Held(budget.STOPS, "data"),
        Held(page.URL, "search"),
        Held(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _moved(at: int | None, typed: float | str | None, weight: str | None, budgets: list[float], search: str, path: str) -> Any:  # fmt: skip  # noqa: PLR0917
        if path != PATH:
            return no_update
        desk, view = page.here(search)
        state = solved.glance(desk, view)
        if state.plan is None:
            return no_update
        now = view
        if ctx.triggered_id == budget.SLIDER and at is not None and budgets:  # the stops as the slider shows them
            wanted = budgets[min(int(at), len(budgets) - 1)]
            if wanted != state.plan.terms.total:
                now = asked.with_budget(view, wanted)
        elif ctx.triggered_id == budget.TYPED and typed not in (None, "") and float(typed or 0) != round(state.plan.terms.total):  # fmt: skip
            now = asked.with_budget(view, min(float(typed or 0), asked.MOST))
        elif ctx.triggered_id == budget.LAMBDA and weight:
            now = view.with_policy({"plan_equity_weight": float(weight)}, desk.policy)
        page.go(now, search)
        return no_update


def _register_list(app: Dash) -> None:
    @app.callback(
        Output(GRID, "getRowsResponse"),
        Input(GRID, "getRowsRequest"),
        Held(page.URL, "search"),
        Held(WHICH, "value"),
        prevent_initial_call=True,
    )
    def _rows(request: dict[str, Any] | None, search: str, which: str) -> Any:
        if not request:
            return no_update
        desk, view = page.here(search)
        state = solved.glance(desk, view)
        if state.plan is None:
            return no_update  # an empty answer now would leave the grid unable to take the rows later: it asks again
        return listing.rows(Seen(desk, state.plan, state.next), view, request, which)

    app.clientside_callback(
        ClientsideFunction("firstmilePlan", "again"),
        Output("plan-said", "data", allow_duplicate=True),
        Input(MARK, "data"),
        Input(WHICH, "value"),
        Held(GRID, "id"),
        prevent_initial_call=True,
    )


def _register_assumes(app: Dash) -> None:
    drawer.turns(app, "plan-assumes")

    @app.callback(
        Output("plan-assumes-said", "children"),
        Input({"type": assumes.KIND, "name": ALL}, "value"),
        Input({"type": assumes.TERM, "name": ALL}, "value"),
        Input({"type": assumes.TERM, "name": ALL}, "checked"),
        Input("plan-undo", "n_clicks"),
        Held({"type": assumes.KIND, "name": ALL}, "id"),
        Held({"type": assumes.TERM, "name": ALL}, "id"),
        Held(page.URL, "search"),
        Held(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _assume(values: list[Any], terms: list[Any], ticked: list[Any], _undo: int | None, ids: list[dict[str, str]], names: list[dict[str, str]], search: str, path: str) -> Any:  # fmt: skip  # noqa: PLR0917
        if path != PATH:
            return no_update
        desk, view = page.here(search)
        if ctx.triggered_id == "plan-undo":
            page.go(asked.plain(view), search)
            return tr("Everything is as the country has it. Open this again to see it.")
        given = {i["name"]: v for i, v in zip(ids, values, strict=True) if v not in (None, "")}
        held = {i["name"]: (tick if i["name"] in assumes.SWITCHES else value) for i, value, tick in zip(names, terms, ticked, strict=True)}  # fmt: skip
        page.go(assumes.changed(view.with_policy(given, desk.policy), held), search)
        return ""


PLAN = Page("plan", PATH, "Plan", 27, layout, register)
