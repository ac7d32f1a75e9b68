"""The areas inside the chosen one as a table whose names open them: the map in words, for the keyboard too."""

from __future__ import annotations

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import areas, findings, page, shows, words
from geodata.query import Desk
from geodata.say import tr, written
from geodata.view import View

SHOWN_AREAS = 400


def inside(desk: Desk, view: View) -> list[Component]:
    """The areas inside the chosen one, greatest need first; nothing where there are none."""
    table = findings.parts(desk, view)
    if not len(table):
        return []
    indicator = shows.shown(desk, view)
    level = areas.level_of(desk, view.area)
    heads = (tr("Schools"), tr("Value"), tr("Not reported"))
    rows = [
        html.Tr(
            [
                html.Th(dcc.Link(str(row.name_), href=within(view, str(row.area_id))), scope="row"),
                html.Td(f"{int(row.num_schools):,}"),
                html.Td(
                    shows.say(indicator, row.value, unit=False)
                    if row.known >= shows.TOO_FEW * (row.known + row.unknown)
                    else tr("too few")
                ),
                html.Td(words.percent(row.unknown / (row.known + row.unknown)) if row.known + row.unknown else "–"),
            ]
        )
        for row in table.rename(columns={"name": "name_"}).head(SHOWN_AREAS).itertuples()
    ]
    many = words.level(desk.place, level, many=True)
    return [
        html.Details(
            [
                html.Summary(
                    tr(
                        "Table: {table} {many}, greatest need first"
                        if table["known"].gt(0).any()
                        else "Table: {table} {many}",
                        table=written(len(table)),
                        many=many,
                    )
                    if len(table) > 1
                    else tr("Table: 1 {place}", place=words.level(desk.place, level))
                ),
                html.Div(
                    html.Table(
                        [
                            html.Caption(f"{tr(indicator.title)}, {tr(indicator.unit)}"),
                            html.Thead(
                                html.Tr(
                                    [
                                        html.Th(words.level(desk.place, level).capitalize(), scope="col"),
                                        *(html.Th(h, scope="col") for h in heads),
                                    ]
                                )
                            ),
                            html.Tbody(rows),
                        ],
                        className="areas",
                    ),
                    className="scroll",
                    tabIndex="0",
                ),
            ],
            open=True,
            className="fold-small",
        )
    ]


def within(view: View, area: str) -> str:
    """The address of the same view inside another area; empty for the whole country."""
    return page.address(page.EXPLORE, replace(view, area=area).with_screen(school="", at=""))
