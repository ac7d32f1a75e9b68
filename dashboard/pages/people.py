"""Children: where they live, how far school is, who is underserved, and the places that have no school at all."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import children, children_files, page
from dashboard import components as c
from dashboard.children_map import draw
from dashboard.children_panel import PATH, panel
from dashboard.map import map_view, register_map
from dashboard.page import Page
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

MAP = "children-map"


def layout(desk: Desk, view: View) -> Component:
    """The page for a view: what to show, the map, what it says."""
    return html.Div(
        [
            html.Aside(
                [_sheet(tr("Done"), "sheet-close"), *_choices(desk, view)], **{"aria-label": tr("What to show")}
            ),
            _sheet(tr("What to show"), "sheet-open"),
            map_view(MAP, desk, view, draw=draw),
            html.Aside(panel(desk, view), id="children-panel", **{"aria-label": tr("What it says")}),
            dcc.Store(id="children-followed"),
        ],
        className="explore kids",
    )


def _sheet(text: str, name: str) -> Component:
    return html.Button(text, type="button", className=name, **{"data-sheet": ""})


def _choices(desk: Desk, view: View) -> list[Component]:
    known = children.modes(desk)
    mode = children.chosen(desk, view)
    if mode is None:
        return [html.H2(tr("What to show"), className="panel-title"), html.P(tr("Nothing yet: people are not given."), className="fineprint")]  # fmt: skip
    radios = [
        html.Div([dmc.Radio(label=tr(m.title), value=m.key, size="sm"), html.P(tr(m.definition), className="fineprint kids-meaning")])
        for m in known.values()
    ]  # fmt: skip
    group = dmc.RadioGroup(
        radios, id="children-show", value=mode.key, size="sm", label=tr("What to show"), labelProps=c.UNSEEN
    )
    return [html.H2(tr("What to show"), className="panel-title"), group]


def register(app: Dash) -> None:
    """Routes, the map, the choice of what to show, and the words that follow the address."""
    app.server.register_blueprint(children_files.routes())
    register_map(app, MAP, path=PATH, draw=draw)

    @app.callback(
        Output("children-followed", "data"),
        Input("children-show", "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(key: str, search: str, where: str) -> Any:
        if where == PATH:
            desk, view = page.here(search)
            usual = children.chosen(desk, View())
            page.go(view.with_screen(people="" if usual and key == usual.key else key or ""), search)
        return no_update

    @app.callback(
        Output("children-panel", "children"),
        Output("children-show", "value"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        State("children-show", "value"),
        prevent_initial_call=True,
    )
    def _follow(search: str, where: str, key: str) -> Any:
        if where != PATH:
            return no_update, no_update
        desk, view = page.here(search)
        mode = children.chosen(desk, view)
        return panel(desk, view), no_update if mode is None or mode.key == key else mode.key


CHILDREN = Page("people", PATH, "Children", 25, layout, register)
