"""Prioritise: the ranked list beside the map. Which schools come first, why, and what a change of weights does."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import (
    comparing,
    drawer,
    gridwords,
    lists,
    overrides,
    page,
    profile_drawer,
    saved,
    sure_list,
    taking,
    weights,
)
from dashboard import components as c
from dashboard.around import PATH, changed, empty, foot, head, own, surveyed
from dashboard.columns import columns
from dashboard.map import map_view, register_map
from dashboard.page import Page
from dashboard.ranking import standing
from geodata.query import Desk
from geodata.say import told, tr
from geodata.view import View

MAP, GRID = "prioritise-map", "list-grid"
SHOW = "priority"  # the map answers to the weights as the list does
ROW = 56  # pixels: two lines of a name and one of its place; eight rows on a screen of 1440 by 900
HEAD = 74  # the words over the marks stand upright; never less, whatever is measured first


def layout(desk: Desk, view: View) -> Component:
    """The page for a view: map on the left, list on the right, drawers that open over it."""
    stand = standing(desk, view.policy_over(desk.policy))
    return html.Div(
        [
            html.Div(map_view(MAP, desk, view, show=SHOW), className="fm-prioritise-map"),
            html.Section(
                [
                    html.Div(
                        [
                            html.Div(id="list-head", children=head(desk, view)),
                            html.Div(id="approval", children=saved.status(desk, view), role="status"),
                        ],
                        className="fm-list-head",
                    ),
                    _toolbar(),
                    html.Div(id="list-change", children=changed(desk, view), role="status"),
                    sure_list.place(),
                    html.Div(id="list-empty", children=empty(desk, view)),
                    _grid(desk, view),
                    html.Div([c.marks_key(), html.Span(id="picked-said", className="fm-small fm-soft", role="status")], className="fm-under-grid"),
                    html.Div(id="list-foot", children=foot(desk, view)),
                ],
                className="fm-prioritise-list",
                **{"aria-label": tr("Schools in order of priority, {of} things counted", of=stand.of)},
            ),
            drawer.beside("policy", tr("Weights and standards"), weights.drawer(desk.policy, view.policy_over(desk.policy), desk.tier)),
            dmc.Drawer(id="compare-drawer", title=tr("Schools side by side"), position="bottom", size="70%", opened=False, closeButtonProps={"aria-label": tr("Close")}, children=html.Div(id="compare-body")),
            profile_drawer.drawer("list"),
            saved.shell(),
            dcc.Store(id="list-followed"),
            dcc.Store(id="list-bands"),
        ],
        className="fm-prioritise",
    )  # fmt: skip


def _toolbar() -> Component:
    return html.Div(
        [
            drawer.button("policy", tr("Weights and standards")),
            html.Button(tr("Compare"), id="compare-open", className="fm-button", type="button", disabled=True),
            html.Button(tr("Only these"), id="only-these", className="fm-button", type="button", disabled=True),
            html.Button(
                tr("Profile"),
                id="profile-open",
                className="fm-button",
                type="button",
                title=tr("What is known of the place and schools of this list"),
            ),
            html.Span(className="fm-spring"),
            *saved.button(),
            html.Button(
                tr("Export"), id={"type": "take", "at": "list"}, className="fm-button fm-primary", type="button"
            ),
        ],
        className="fm-toolbar",
    )


def _grid(desk: Desk, view: View) -> Component:
    stand = standing(desk, view.policy_over(desk.policy))
    return dag.AgGrid(
        id=GRID,
        className="fm-grid",
        rowModelType="infinite",
        columnDefs=columns(view, stand.of, learners_known=stand.learners, things=[lists.short(thing) for thing in stand.shown], surveyed=surveyed(desk), services=stand.services),
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "wrapHeaderText": True, "autoHeaderHeight": True, "sortingOrder": ["asc", "desc"], "cellClassRules": {"fm-opens": "firstmileOpens(params)"}},
        getRowId="params.data.school_id",
        eventListeners={"cellMouseOver": ["firstmileOver(params)"], "cellMouseOut": ["firstmileOut(params)"], "cellFocused": ["firstmileFocus(params)"], "firstDataRendered": ["firstmileBack(params)"]},
        dashGridOptions=gridwords.spoken({
            "initialState": {"filter": {"filterModel": lists.filter_model(view)}, "partialColumnState": True},
            "rowHeight": ROW,
            "headerHeight": HEAD,
            "tooltipShowDelay": 300,
            "cacheBlockSize": lists.BLOCK,
            "maxBlocksInCache": 20,
            "rowBuffer": 6,
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False},
            "selectionColumnDef": {"pinned": gridwords.first_side(), "width": 38, "resizable": False},
            "theme": {"function": c.GRID_THEME},
            "ensureDomOrder": True,
            "suppressCellFocus": False,
        }),
        style={"height": "100%"},
    )  # fmt: skip


def rows(desk: Desk, view: View, start: int, stop: int) -> dict[str, Any]:
    """One block of the grid: the rows in words, and how many there are."""
    if not desk.one_by_one:
        return {"rowData": [], "rowCount": 0}
    policy = view.policy_over(desk.policy)
    stand = standing(desk, policy)
    found = desk.rows(view, start, stop, lists.wanted(stand.shown, desk.place))
    decided = overrides.beside(desk)
    said = [{**lists.record(row, stand.shown, policy, stand.of), **_why(view, row, decided)} for row in found]
    return {
        "rowData": sure_list.with_rows(desk, view, start, stop, said),
        "rowCount": desk.select(view).total,
    }


def _why(view: View, row: dict[str, Any], decided: dict[str, str]) -> dict[str, Any]:
    """A person's decision comes before the reasons; in the order of the survey they are those for asking the school."""
    if row["school_id"] in decided:
        return {"reasons": decided[row["school_id"]]}
    asked = view.sort == "survey_value" and row.get("survey_reason")
    return {"reasons": told(row["survey_reason"])} if asked else {}


def register(app: Dash) -> None:
    """Callbacks of the page: list and map follow the address; the drawers write it."""
    register_map(app, MAP, path=PATH, show=SHOW)
    taking.register(app)
    saved.register(app)
    _register_list(app)
    comparing.register(app, GRID, PATH)
    sure_list.register(app, GRID, PATH)
    profile_drawer.register(app, "list", PATH)
    _register_policy(app)
    _register_profile(app)


def _register_list(app: Dash) -> None:
    @app.callback(
        Output(GRID, "getRowsResponse"),
        Input(GRID, "getRowsRequest"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _rows(request: dict[str, Any] | None, search: str) -> Any:
        if not request:
            return no_update
        desk, view = page.here(search)
        asked = lists.asked(view, request)
        page.go(asked, search)
        start = max(int(request["startRow"]), 0)
        return rows(desk, asked, start, min(int(request["endRow"]), start + 5 * lists.BLOCK))

    @app.callback(
        Output("list-head", "children"),
        Output("list-change", "children"),
        Output("list-empty", "children"),
        Output("list-foot", "children"),
        Output({"type": "take", "at": "list"}, "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
    )
    def _around(search: str, path: str) -> tuple[Any, ...]:
        if path != PATH:
            return (no_update,) * 5
        desk, view = page.here(search)
        return head(desk, view), changed(desk, view), empty(desk, view), foot(desk, view), taking.label(desk, view)

    app.clientside_callback(
        ClientsideFunction("firstmileList", "follow"),
        Output("list-followed", "data"),
        Input(page.URL, "search"),
        State(GRID, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("firstmileList", "light"),
        Output("list-followed", "data", allow_duplicate=True),
        Input(f"{MAP}-event", "data"),
        State(GRID, "id"),
        prevent_initial_call=True,
    )


def _register_profile(app: Dash) -> None:
    @app.callback(
        Output("profile-open", "n_clicks"),
        Input("profile-open", "n_clicks"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _open(clicks: int | None, search: str) -> Any:
        if clicks:
            _, view = page.here(search)
            page.go(view.with_screen(tab=profile_drawer.TAB), search)
        return no_update


def _register_policy(app: Dash) -> None:
    drawer.turns(app, "policy")

    @app.callback(
        Output({"type": weights.KIND, "name": ALL}, "value"),
        Output("policy-said", "children"),
        Input({"type": weights.KIND, "name": ALL}, "value"),
        Input(page.URL, "search"),
        Input("policy-undo", "n_clicks"),
        State({"type": weights.KIND, "name": ALL}, "id"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _policy(
        values: list[Any], search: str, _undo: int | None, ids: list[dict[str, str]], path: str
    ) -> tuple[Any, Any]:
        if path != PATH or not ids:
            return [no_update] * len(ids), no_update
        desk, view = page.here(search)
        if ctx.triggered_id == "policy-undo":
            page.go(own(view), search)
        elif isinstance(ctx.triggered_id, dict):
            given = {i["name"]: value for i, value in zip(ids, values, strict=True) if value not in (None, "")}
            page.go(view.with_policy(given, desk.policy), search)
            return [no_update] * len(ids), no_update
        else:
            policy = view.policy_over(desk.policy)
            return [policy[i["name"]] for i in ids], changed(desk, view)
        return [no_update] * len(ids), no_update


PRIORITISE = Page("prioritise", PATH, "Prioritise", 20, layout, register)
