"""Schools ticked in the list: two to four side by side, or only these kept. The address remembers both."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import lists, page, words
from dashboard.ranking import standing
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

COMPARED = (2, 4)


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
                    html.Td(tr("differs") if differs else tr("the same"), className="fm-soft fm-small"),
                ]
            )
        )
    table = html.Table(
        [
            html.Caption(tr("{schools} schools side by side, as the current weights and standards rank them", schools=len(schools))),
            html.Thead(html.Tr([html.Th("", scope="col"), *(html.Th(name, scope="col") for name in names), html.Th("", scope="col")])),
            html.Tbody(body),
        ],
        className="fm-table fm-compare",
    )  # fmt: skip
    return c.wide(table, tr("Schools side by side"))


def selection_words(picked: int, *, filtered: bool) -> tuple[bool, str, bool, str, str]:
    """Whether and how the two buttons speak of so many ticked schools."""
    least, most = COMPARED
    fits = least <= picked <= most
    compare = tr("Compare these {picked}", picked=picked) if fits else tr("Compare")
    only = (
        tr("Show all again") if filtered else tr("Only these {picked}", picked=picked) if picked else tr("Only these")
    )
    said = (
        tr("Tick schools to compare or keep them.")
        if not picked and not filtered
        else tr("{picked} ticked", picked=words.count(picked, "school"))
    )
    said += tr("; {most} at most can be compared", most=most) if picked > most else ""
    return not fits, compare, not (picked or filtered), only, said


def register(app: Dash, grid: str, at: str) -> None:
    """Callbacks of the ticked rows of the grid `grid` on the page at the path `at`."""

    @app.callback(
        Output("compare-open", "disabled"),
        Output("compare-open", "children"),
        Output("only-these", "disabled"),
        Output("only-these", "children"),
        Output("picked-said", "children"),
        Input(grid, "selectedRows"),
        Input(page.URL, "search"),
    )
    def _picked(picked: list[dict[str, Any]] | None, search: str) -> tuple[Any, ...]:
        _, view = page.here(search)
        return selection_words(len(picked or []), filtered=bool(view.ids))

    @app.callback(
        Output("only-these", "n_clicks"),
        Input("only-these", "n_clicks"),
        State(grid, "selectedRows"),
        State(page.URL, "search"),
        prevent_initial_call=True,
    )
    def _only(clicks: int | None, picked: list[dict[str, Any]] | None, search: str) -> Any:
        if clicks:
            _, view = page.here(search)
            ids = () if view.ids else tuple(sorted(str(row["school_id"]) for row in picked or []))
            page.go(View(**{**view.__dict__, "ids": ids, "kept": ""}), search)
        return no_update

    @app.callback(
        Output("compare-open", "n_clicks"),
        Input("compare-open", "n_clicks"),
        State(grid, "selectedRows"),
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
        if path != at:
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
