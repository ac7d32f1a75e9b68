"""Split map: one map with a divider, two indicators or two dates on its sides, the same places under both."""

from __future__ import annotations

from functools import partial
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, shows
from dashboard.map import attribution, disclaimer, register_map
from dashboard.page import Page
from dashboard.views import split
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

PATH = "/split"
ONE, OTHER, TABLE, NAMES = "split-one", "split-other", "split-table", "split-names"


def layout(desk: Desk, view: View) -> Component:
    """The two choices, the two maps one over the other with the divider, both legends, and the table."""
    both = split.sides(desk, view)
    made = [split.drawn(desk, view, n) for n in (0, 1)]
    maps = [html.Div(tr("The map needs a moment …"), id=name, className="map") for name in split.SIDES]
    divider = html.Div(id="split-divider", role="slider", tabIndex=0, className="split-divider", **{"aria-label": tr("Divider between the two maps: arrow keys move it"), "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 50})  # fmt: skip
    stores = [dcc.Store(id=f"{name}-{what}", **({"data": made[n][0]} if what == "spec" else {})) for n, name in enumerate(split.SIDES) for what in ("spec", "event", "lit", "drawn")]  # fmt: skip
    return html.Div(
        [
            html.H1(tr("Split map"), className="fm-hidden"),
            html.Div(_choices(desk, view, both), className="fm-pair fm-split-choices"),
            html.Section([*maps, divider], id="split-frame", className="split-frame", **{"aria-label": tr("Map")}),
            html.Div([_legend(n, both[n], made[n][1]) for n in (0, 1)], className="fm-two-columns fm-split-legends"),
            html.Div([html.P(disclaimer(desk), dir="auto"), *attribution(desk)], className="map-disclaimer"),
            html.Details([html.Summary(tr("Both as a table")), html.Div(_table(desk, view), id=TABLE)], className="fm-split-table"),
            *stores,
            dcc.Store(id="split-joined"),
        ],
        className="fm-split",
    )  # fmt: skip


def _legend(number: int, side: split.Side, marks: list[Component]) -> Component:
    where = tr("Left: {title}", title=side.title) if number == 0 else tr("Right: {title}", title=side.title)
    return html.Section([html.H2(where, id=f"{NAMES}-{number}"), html.Div(marks, id=f"{split.SIDES[number]}-legend", className="legend")])  # fmt: skip


def _choices(desk: Desk, view: View, both: tuple[split.Side, split.Side]) -> list[Component]:
    some = [i for i in desk.indicators.values() if i.rollup != "none" and shows.values(desk, i, View()).notna().any()]
    named = [{"value": i.name, "label": tr(i.title)} for i in some]
    plain = {"allowDeselect": False, "searchable": True, "w": 300, "comboboxProps": {"shadow": "none"}}
    return [
        dmc.Select(id=ONE, label=tr("What to show"), value=both[0].indicator.name, data=named, **plain),
        dmc.Select(id=OTHER, label=tr("Beside it"), value=both[0].date or both[1].indicator.name, data=others(desk, both[0].indicator.name, named), **plain),
    ]  # fmt: skip


def others(desk: Desk, first: str, named: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What may stand beside an indicator: the same at an earlier date, or another one."""
    then = [{"value": d, "label": tr("The same on {date}", date=d)} for d in split.dates(desk, desk.indicators[first])]
    groups = [(tr("Earlier dates"), then), (tr("Another number"), [n for n in named if n["value"] != first])]
    return [{"group": title, "items": items} for title, items in groups if items]


def _table(desk: Desk, view: View) -> Component:
    head, rows = split.table(desk, view)
    return c.wide(c.table(head, rows, caption=tr("The areas on the map, of the schools that report"), numeric=(1, 2)), tr("Both as a table"))  # fmt: skip


def register(app: Dash) -> None:
    """Callbacks: both maps follow the address and each other; the choices write it."""
    for number, name in enumerate(split.SIDES):
        register_map(app, name, path=PATH, click=False, draw=partial(split.drawn, number=number))
    split.register_values(app)
    app.clientside_callback("() => window.firstmile.split()", Output("split-joined", "data"), Input("split-a-drawn", "data"), Input("split-b-drawn", "data"), Input("split-frame", "id"))  # fmt: skip

    @app.callback(
        Output(ONE, "error"),
        Input(ONE, "value"),
        Input(OTHER, "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(one: str, other: str, search: str, where: str) -> Any:
        if where == PATH and one and other:
            desk, view = page.here(search)
            kept = other if other in desk.indicators or other in split.dates(desk, desk.indicators[one]) else ""
            page.go(view.with_screen(show=one, split="" if kept == one else kept), search)
        return no_update

    @app.callback(
        Output(f"{NAMES}-0", "children"),
        Output(f"{NAMES}-1", "children"),
        Output(TABLE, "children"),
        Output(OTHER, "data"),
        Output(ONE, "value"),
        Output(OTHER, "value"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        State(ONE, "value"),
        State(OTHER, "value"),
        prevent_initial_call=True,
    )
    def _follow(search: str, where: str, one: str, other: str) -> Any:
        if where != PATH:
            return [no_update] * 6
        desk, view = page.here(search)
        both = split.sides(desk, view)
        named = _choices(desk, view, both)
        wanted = (both[0].indicator.name, both[0].date or both[1].indicator.name)
        titles = (tr("Left: {title}", title=both[0].title), tr("Right: {title}", title=both[1].title))
        return *titles, _table(desk, view), named[1].data, *(no_update if a == b else b for a, b in zip((one, other), wanted, strict=True))  # fmt: skip


SPLIT = Page("split", PATH, later("Split map"), 16, layout, register, tab=False)
