"""Prioritise: the ranked list beside the map. Which schools come first, why, and what a change of weights does."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import lists, page, taking, weights, words
from dashboard.around import PATH, changed, empty, foot, head, own
from dashboard.map import map_view, register_map
from dashboard.page import Page
from dashboard.ranking import standing
from geodata.query import Desk
from geodata.view import View

MAP, GRID = "prioritise-map", "list-grid"
SHOW = "priority"  # the map answers to the weights as the list does
COMPARED = (2, 4)
NO_ROWS = {"rowData": [], "rowCount": 0}


def layout(desk: Desk, view: View) -> Component:
    """The page for a view: map on the left, list on the right, drawers that open over it."""
    stand = standing(desk, view.policy_over(desk.policy))
    return html.Div(
        [
            html.Div(map_view(MAP, desk, view, show=SHOW), className="fm-prioritise-map"),
            html.Section(
                [
                    html.Div(id="list-head", children=head(desk, view)),
                    _toolbar(),
                    html.Div(id="list-change", children=changed(desk, view), role="status"),
                    html.Div(id="list-empty", children=empty(desk, view)),
                    _grid(desk, view),
                    html.Div([c.marks_key(), html.Span(id="picked-said", className="fm-small fm-soft", role="status")], className="fm-under-grid"),
                    html.Div(id="list-foot", children=foot(desk, view)),
                ],
                className="fm-prioritise-list",
                **{"aria-label": f"Schools in order of priority, {stand.of} things counted"},
            ),
            dmc.Drawer(id="policy-drawer", title="Weights and standards", position="left", size=420, opened=False, keepMounted=True, withOverlay=False, lockScroll=False, closeButtonProps={"aria-label": "Close"}, children=weights.drawer(desk.policy, view.policy_over(desk.policy))),
            dmc.Drawer(id="compare-drawer", title="Schools side by side", position="bottom", size="70%", opened=False, closeButtonProps={"aria-label": "Close"}, children=html.Div(id="compare-body")),
            dcc.Store(id="list-followed"),
        ],
        className="fm-prioritise",
    )  # fmt: skip


def _toolbar() -> Component:
    return html.Div(
        [
            html.Button("Weights and standards", id="policy-open", className="fm-button", type="button"),
            html.Button("Compare", id="compare-open", className="fm-button", type="button", disabled=True),
            html.Button("Only these", id="only-these", className="fm-button", type="button", disabled=True),
            html.Span(className="fm-spring"),
            html.Button("Export", id={"type": "take", "at": "list"}, className="fm-button fm-primary", type="button"),
        ],
        className="fm-toolbar",
    )


def _grid(desk: Desk, view: View) -> Component:
    stand = standing(desk, view.policy_over(desk.policy))
    return dag.AgGrid(
        id=GRID,
        className="fm-grid",
        rowModelType="infinite",
        columnDefs=lists.columns(desk.place, view, stand.of, learners_known=stand.learners, things=[lists.short(thing) for thing in stand.shown]),
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "wrapHeaderText": True, "autoHeaderHeight": True, "sortingOrder": ["asc", "desc"]},
        getRowId="params.data.school_id",
        eventListeners={"cellMouseOver": ["firstmileOver(params)"], "cellMouseOut": ["firstmileOut(params)"], "cellFocused": ["firstmileFocus(params)"]},
        dashGridOptions={
            "initialState": {"filter": {"filterModel": lists.filter_model(view)}, "partialColumnState": True},
            "rowHeight": 68,
            "tooltipShowDelay": 300,
            "cacheBlockSize": lists.BLOCK,
            "maxBlocksInCache": 20,
            "rowBuffer": 6,
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False},
            "selectionColumnDef": {"pinned": "left", "width": 38, "resizable": False},
            "theme": {"function": c.GRID_THEME},
            "ensureDomOrder": True,
            "suppressCellFocus": False,
        },
        style={"height": "100%"},
    )  # fmt: skip


def rows(desk: Desk, view: View, start: int, stop: int) -> dict[str, Any]:
    """One block of the grid: the rows in words, and how many there are."""
    if not desk.one_by_one:
        return {"rowData": [], "rowCount": 0}
    policy = view.policy_over(desk.policy)
    stand = standing(desk, policy)
    found = desk.rows(view, start, stop, lists.wanted(stand.shown, desk.place))
    return {
        "rowData": [lists.record(row, stand.shown, policy, stand.of) for row in found],
        "rowCount": desk.select(view).total,
    }


def compared(desk: Desk, view: View, ids: list[str]) -> Component:
    """Two to four schools side by side; lines that differ are marked by shade and by the word "differs"."""
    policy = view.policy_over(desk.policy)
    stand = standing(desk, policy)
    schools = [desk.school(i, view) for i in ids[: COMPARED[1]]]
    lines = lists.comparison(schools, stand.shown, policy, stand.of)
    names = [
        dcc.Link(
            s.get("school_name") or s["school_id"],
            href=page.address("/school", view.with_screen(school=s["school_id"], compare="")),
        )
        for s in schools
    ]
    body = []
    for what, texts in lines:
        differs = len(set(texts)) > 1
        cells = [html.Td(text, className="fm-differs" if differs else "") for text in texts]
        body.append(
            html.Tr(
                [
                    html.Th(what, scope="row"),
                    *cells,
                    html.Td("differs" if differs else "the same", className="fm-soft fm-small"),
                ]
            )
        )
    table = html.Table(
        [
            html.Caption(f"{len(schools)} schools side by side, as the current weights and standards rank them"),
            html.Thead(html.Tr([html.Th("", scope="col"), *(html.Th(name, scope="col") for name in names), html.Th("", scope="col")])),
            html.Tbody(body),
        ],
        className="fm-table fm-compare",
    )  # fmt: skip
    return c.wide(table, "Schools side by side")


def register(app: Dash) -> None:
    """Callbacks of the page: list and map follow the address; the drawers write it."""
    register_map(app, MAP, path=PATH, show=SHOW)
    taking.register(app)
    _register_list(app)
    _register_selection(app)
    _register_policy(app)


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
        return rows(desk, asked, int(request["startRow"]), int(request["endRow"]))

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


def _register_selection(app: Dash) -> None:
    @app.callback(
        Output("compare-open", "disabled"),
        Output("compare-open", "children"),
        Output("only-these", "disabled"),
        Output("only-these", "children"),
        Output("picked-said", "children"),
        Input(GRID, "selectedRows"),
        Input(page.URL, "search"),
    )
    def _picked(picked: list[dict[str, Any]] | None, search: str) -> tuple[Any, ...]:
        _, view = page.here(search)
        return selection_words(len(picked or []), filtered=bool(view.ids))

    @app.callback(
        Output("only-these", "n_clicks"),
        Input("only-these", "n_clicks"),
        State(GRID, "selectedRows"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _only(clicks: int | None, picked: list[dict[str, Any]] | None, search: str) -> Any:
        if clicks:
            _, view = page.here(search)
            ids = () if view.ids else tuple(sorted(str(row["school_id"]) for row in picked or []))
            page.go(View(**{**view.__dict__, "ids": ids}), search)
        return no_update

    @app.callback(
        Output("compare-open", "n_clicks"),
        Input("compare-open", "n_clicks"),
        State(GRID, "selectedRows"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _compare(clicks: int | None, picked: list[dict[str, Any]] | None, search: str) -> Any:
        if clicks and picked:
            _, view = page.here(search)
            page.go(view.with_screen(compare=",".join(str(row["school_id"]) for row in picked[: COMPARED[1]])), search)
        return no_update

    @app.callback(
        Output("compare-drawer", "opened"),
        Output("compare-body", "children"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
    )
    def _side_by_side(search: str, path: str) -> tuple[Any, Any]:
        if path != PATH:
            return no_update, no_update
        desk, view = page.here(search)
        ids = [i for i in view.shown("compare").split(",") if i]
        return bool(ids), compared(desk, view, ids) if ids else None

    @app.callback(
        Output("compare-body", "className"),
        Input("compare-drawer", "opened"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _close(opened: bool, search: str) -> Any:
        _, view = page.here(search)
        if not opened and view.shown("compare"):
            page.go(view.with_screen(compare=""), search)
        return no_update


def selection_words(picked: int, *, filtered: bool) -> tuple[bool, str, bool, str, str]:
    """Whether and how the two buttons speak of so many ticked schools."""
    least, most = COMPARED
    fits = least <= picked <= most
    compare = f"Compare these {picked}" if fits else "Compare"
    only = "Show all again" if filtered else f"Only these {picked}" if picked else "Only these"
    said = (
        "Tick schools to compare or keep them."
        if not picked and not filtered
        else f"{words.count(picked, 'school')} ticked"
    )
    said += f"; {most} at most can be compared" if picked > most else ""
    return not fits, compare, not (picked or filtered), only, said


def _register_policy(app: Dash) -> None:
    @app.callback(
        Output("policy-drawer", "opened"),
        Input("policy-open", "n_clicks"),
        State("policy-drawer", "opened"),
        prevent_initial_call=True,
    )
    def _open(clicks: int | None, opened: bool) -> Any:
        return not opened if clicks else no_update

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
