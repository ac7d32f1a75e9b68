"""Compare: two areas side by side, the same schools' answers of both, and which differences are sure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
import numpy as np
import pandas as pd
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Response, request

from dashboard import components as c
from dashboard import figures, figures_beside, findings, page, signing, words
from dashboard.page import Page
from dashboard.turned import turned
from dashboard.views import beside
from geodata.exports.formula import spreadsheet_csv
from geodata.query import Desk
from geodata.say import in_order, later, tr, trn, written
from geodata.view import View

PATH, BODY = "/compare", "compare-two"
ONE, OTHER = "compare-one", "compare-other"
MOST_OFFERED = 6000


def layout(desk: Desk, view: View) -> Component:
    """The two choices and what they show."""
    offered = choices(desk)
    if len(offered) < 2:
        return html.Article([html.H1(tr("Two areas side by side")), html.P(tr("This country's data have no two areas to compare."))], className="fm-sheet")  # fmt: skip
    chosen = areas(desk, view)
    return html.Article(
        [
            html.Div([_choice(ONE, tr("The first area"), chosen[0], offered), _choice(OTHER, tr("The second area"), chosen[1], offered)], className="fm-pair fm-noprint"),
            html.Div(body(desk, view), id=BODY),
        ],
        className="fm-sheet",
    )  # fmt: skip


def choices(desk: Desk) -> list[dict[str, str]]:
    """Every area below the whole place by name, with what it lies in."""
    places = desk.places
    some = [a for a in in_order_of(desk, [a for a, level in places.levels.items() if level]) if places.names[a]]
    return [{"value": area, "label": _label(desk, area)} for area in some[:MOST_OFFERED]]


def in_order_of(desk: Desk, some: list[str]) -> list[str]:
    """Area ids by level, then by name as a reader looks them up."""
    rank = {name: n for n, name in enumerate(in_order({desk.places.names[a] for a in some}))}
    return sorted(some, key=lambda a: (desk.places.levels[a], rank[desk.places.names[a]], a))


def _label(desk: Desk, area: str) -> str:
    above = desk.places.names.get(desk.places.parents.get(area, ""), "")
    return f"{desk.places.names[area]} · {above}" if above and desk.places.levels[area] > 1 else desk.places.names[area]


def areas(desk: Desk, view: View) -> tuple[str, str]:
    """The two areas of the address; the first two of the country where it names none. Raises ViewError for one that is not here."""
    offered = [o["value"] for o in choices(desk)]
    one = view.area or next(a for a in offered if a != view.shown("beside"))
    other = view.shown("beside")
    if other:
        desk.places.column(other)
        return one, other
    same = [a for a in offered if a != one and desk.places.levels[a] == desk.places.levels.get(one)]
    return one, (same or [a for a in offered if a != one])[0]


def _choice(id_: str, label: str, value: str, offered: list[dict[str, str]]) -> Component:
    return dmc.Select(id=id_, label=label, value=value, data=offered, searchable=True, allowDeselect=False, limit=200, w=320, comboboxProps={"shadow": "none"})  # fmt: skip


def body(desk: Desk, view: View) -> list[Component]:
    """Finding, chart, table, source."""
    chosen = areas(desk, view)
    names = (desk.places.names.get(chosen[0], ""), desk.places.names.get(chosen[1], ""))
    found = beside.lines(desk, view, chosen)
    if not found:
        return [c.empty_state(tr("Nothing is reported of either area"))]
    drawn = [line for line in found if line.share]
    title = beside.title(found, names)
    parts: list[Component] = [
        html.H1(title),
        html.P(beside.counted(found), className="fm-lead"),
        *_selection(desk, view),
        html.Div([_column(desk, view, area) for area in chosen], className="fm-two-columns"),
    ]
    if drawn:
        subtitle = tr("Share of each; grey: where it may lie, as some do not report; in bold what surely differs")
        key = [html.Span([mark, " ", html.Bdi(name)]) for mark, name in zip("●◇", names, strict=True)]
        figure = figures_beside.beside([_pair(line) for line in drawn], names)
        parts.append(
            html.Figure(
                [
                    html.Figcaption([html.Div(key, className="fm-two-key"), html.P(subtitle, className="fm-soft fm-small")]),
                    dcc.Graph(figure=turned(figure), config=figures.CONFIG, className="fm-chart", style={"height": figure.layout.height}),
                ],
                className="fm-figure",
            )
        )  # fmt: skip
    head = (tr("What"), *names, tr("Difference"))
    parts += [
        c.wide(c.table(head, beside.rows(found, names), caption=tr("Of the schools that report, with the range that the others leave")), title),
        html.P(tr("Why the two differ is not worked out here."), className="fm-soft"),
        _source(desk),
        html.P(html.A(tr("Download this table (CSV)"), href=_file(desk, view, chosen), className="fm-button", download=""), className="fm-noprint"),
    ]  # fmt: skip
    return parts


def _pair(line: beside.Line) -> figures_beside.Pair:
    def of(one: findings.Finding | None) -> tuple[float, float, float] | None:
        if one is None or not np.isfinite(one.value):
            return None
        low, high = sorted((one.lower, one.upper)) if np.isfinite([one.lower, one.upper]).all() else (one.value,) * 2
        return one.value, low, high

    return figures_beside.Pair(tr(line.indicator.title), of(line.one), of(line.other), line.sure)


def _column(desk: Desk, view: View, area: str) -> Component:
    at, number = beside.of_area(view, area), beside.schools(desk, view, area)
    count = tr("too few schools to be shown") if number is None else trn("{n} school", "{n} schools", number)
    said = findings.said(desk, at) if number != 0 else findings.Said(tr("No school of this selection lies here."))
    to = view.with_screen(beside="", at="", school="")
    return html.Section(
        [
            html.H2(dcc.Link(desk.places.names.get(area, ""), href=page.address(page.EXPLORE, View(**{**to.__dict__, "area": area})))),
            html.P(f"{words.level(desk.place, desk.places.levels[area])}: {count}", className="fm-soft"),
            *c.finding(*said.lines),
        ]
    )  # fmt: skip


def _selection(desk: Desk, view: View) -> list[Component]:
    """That filters hold for both, where there are any."""
    plain = View(policy=view.policy)
    alone = View(**{**view.schools_only.__dict__, "area": ""})
    if alone == plain:
        return []
    total = desk.select(alone).total
    return [html.P([tr("Of the {total} schools that the filters of this view choose. ", total=written(total)), dcc.Link(tr("All schools"), href=page.address(PATH, View(area=view.area, policy=view.policy, screen=view.screen)))])]  # fmt: skip


def _source(desk: Desk) -> Component:
    first = (desk.atlas.manifest.get("sources") or [{}])[0]
    return c.source_line(first.get("attribution") or first.get("title"), first.get("date"))


def _file(desk: Desk, view: View, chosen: tuple[str, str]) -> str:
    query = View(**{**view.schools_only.__dict__, "area": chosen[0]}).with_screen(beside=chosen[1]).query()
    return f"/compare/{desk.atlas.slug}/areas.csv?{query}"


def register(app: Dash) -> None:
    """Callbacks: the choices write the address, and what is shown follows it. `/compare/<country>/areas.csv`: the table."""

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
            _, view = page.here(search)
            page.go(View(**{**view.__dict__, "area": one}).with_screen(beside=other), search)
        return no_update

    @app.callback(
        Output(BODY, "children"),
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
            return [no_update] * 3
        desk, view = page.here(search)
        chosen = areas(desk, view)
        return body(desk, view), *(no_update if old == new else new for old, new in zip((one, other), chosen, strict=True))  # fmt: skip

    @app.server.route("/compare/<data>/areas.csv", endpoint="compare-csv")
    def _table(data: str) -> Response:
        desk = page.served().desk(data)
        view = page.opened(desk, View.parse(urlencode(list(request.args.items(multi=True)))))
        signing.refuse_unrecorded(desk)
        chosen = areas(desk, view)
        frame = pd.DataFrame(beside.table(beside.lines(desk, view, chosen), chosen))
        content, file = spreadsheet_csv(frame), f"{desk.atlas.slug}-two-areas.csv"
        signing.keep_export(desk, view, content, columns=list(frame.columns), licence_profile="noncommercial", purpose="", rows=len(frame), file=file)  # fmt: skip
        return Response(content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'})


COMPARE = Page("compare", PATH, later("Compare"), 15, layout, register, tab=False)
