"""What stands round every page: the bar, the tabs, the notice line, and the address that drives them all."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, clientside_callback, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import page as p
from dashboard import tongue
from dashboard.views import panel
from geodata.errors import FirstMileError
from geodata.say import language, tr
from geodata.view import View

THEME: Any = {
    "fontFamily": "'Noto Sans Variable', 'Noto Sans', 'Noto Sans Arabic Variable', system-ui, sans-serif",
    "headings": {
        "fontFamily": "'Noto Serif Variable', 'Noto Serif', 'Noto Sans Arabic Variable', Georgia, serif",
        "fontWeight": "600",
    },
    "primaryColor": "action",
    "primaryShade": 7,
    "defaultRadius": 3,
    "black": "#1B2430",
    "white": "#FFFFFF",
    "colors": {
        "action": [
            "#EAF3F4",
            "#D3E5E8",
            "#A8CCD2",
            "#7BB1BA",
            "#5599A4",
            "#3B8894",
            "#1F7282",
            "#0B5563",
            "#094753",
            "#063640",
        ]
    },
}
SEARCH_FROM = 2  # letters typed before the search starts


def layout() -> Component:
    """The frame of the screen; drawn once, the address does the rest."""
    frame = dmc.MantineProvider(
        theme=THEME,
        forceColorScheme="light",
        children=[
            dcc.Location(id=p.URL, refresh="callback-nav"),
            dcc.Store(id="shown-page"),
            html.A(tr("Skip to the content"), href="#page", className="skip"),
            html.Header(
                [
                    html.Div(id="bar", className="bar", children=_bar()),
                    html.Nav(id="tabs", className="tabs", **{"aria-label": tr("Pages")}),
                ],
                className="head",
            ),
            html.Div(id="notice", className="notice", role="status", hidden=True),
            html.Main(id="page", className="page", tabIndex="-1"),
        ],
    )
    return dmc.DirectionProvider(frame, direction=language().direction)


def _bar() -> list[Component]:
    return [
        dcc.Link(tr("First Mile"), href=p.HOME, id="home", className="brand"),
        html.Span(tongue.onwards(), className="brand-then", **{"aria-hidden": "true"}),
        html.Div(id="country", className="country"),
        html.Div(
            dmc.Select(
                id="search",
                data=[],
                searchable=True,
                clearable=True,
                placeholder=tr("Search a school or place"),
                nothingFoundMessage=tr("No school or place has this name or id."),
                filter={"function": "showAll"},
                maxDropdownHeight=360,
                size="sm",
                comboboxProps={"shadow": "none"},
                **{"aria-label": tr("Search a school or place")},
            ),
            className="find",
        ),
        html.Div(
            [
                html.Span(id="share-said", className="said", role="status"),
                panel.button(),
                html.Button(
                    tr("Share a link"),
                    id="share",
                    type="button",
                    className="plain-button",
                    title=tr("Copy a link that shows exactly this"),
                ),
                html.Button(
                    tr("Export"),
                    id="export",
                    type="button",
                    className="plain-button",
                    title=tr("Export the schools that this view shows"),
                ),
                tongue.switch(),
            ],
            className="bar-end",
        ),
        html.Div(id="export-panel"),
        html.Div(id=panel.PANEL),
    ]


def register(app: Dash) -> None:
    """Callbacks of the frame: page on a change of path or country, tabs on every change, search, share, export."""

    @app.callback(
        Output("page", "children"),
        Output("shown-page", "data"),
        Output("notice", "hidden"),
        Input(p.URL, "pathname"),
        Input(p.URL, "search"),
        State("shown-page", "data"),
    )
    def _draw(path: str, search: str, shown: dict[str, str] | None) -> tuple[Any, Any, Any]:
        try:
            desk, view = p.here(search)
        except FirstMileError as error:
            return _lost(tr("This address asks for something that is not here"), str(error)), None, True
        now = {"path": path, "country": desk.atlas.slug}
        if now == shown:
            return no_update, no_update, True
        found = next((page for page in p.pages() if page.path == path), None)
        if found is None:
            return _lost(tr("There is no such page"), tr("Nothing is at {path}.", path=path)), None, True
        try:
            return found.layout(desk, view), now, True
        except FirstMileError as error:  # such as an area or a school that this country does not have
            return _lost(tr("This address asks for something that is not here"), str(error)), None, True

    @app.callback(
        Output("tabs", "children"),
        Output("country", "children"),
        Output("home", "href"),
        Input(p.URL, "pathname"),
        Input(p.URL, "search"),
    )
    def _frame(path: str, search: str) -> tuple[Any, Any, str]:
        try:
            desk, view = p.here(search)
        except FirstMileError:
            desk, view = p.served().desk(), View()
        return (
            tabs(path, view, desk.atlas.synthetic),
            _country(view, desk.atlas.slug),
            p.address(p.HOME, View().like(view)),
        )

    @app.callback(
        Output("search", "data"), Input("search", "searchValue"), State(p.URL, "search"), prevent_initial_call=True
    )
    def _find(text: str, search: str) -> list[Any]:
        if len(text or "") < SEARCH_FROM:
            return []
        desk, _ = p.here(search)
        return _grouped(desk.search(text, 12))

    @app.callback(
        Output("search", "value"),
        Input("search", "value"),
        State(p.URL, "search"),
        State(p.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _chosen(value: str | None, search: str, path: str) -> None:
        if not value:
            return no_update  # type: ignore[return-value]
        _, view = p.here(search)
        kind, _, key = value.partition(":")
        if kind == "area":
            p.go(
                View(area=key, policy=view.policy, screen=view.with_screen(school="", at="").screen),
                search,
                path=p.EXPLORE if path not in (p.EXPLORE, "/prioritise") else None,
            )
        else:
            p.go(
                view.with_screen(school=key, at=""),
                search,
                path=p.EXPLORE if path not in (p.EXPLORE, "/prioritise", "/school") else None,
            )
        return None

    @app.callback(
        Output("country-choice", "value"),
        Input("country-choice", "value"),
        State(p.URL, "search"),
        prevent_initial_call=True,
    )
    def _change_country(slug: str, search: str) -> Any:
        _, view = p.here(search)
        if slug and slug != p.here(search)[0].atlas.slug:
            p.go(View().with_screen(data=slug, lang=view.shown("lang")), search)
        return no_update

    clientside_callback(
        "(n) => window.firstmile.share(n)",
        Output("share-said", "children"),
        Input("share", "n_clicks"),
        prevent_initial_call=True,
    )


def tabs(path: str, view: View, synthetic: bool) -> list[Component]:
    """The links to the pages, the one that is shown marked, and the mark of synthetic data."""
    links = [
        dcc.Link(
            tr(page.title),
            href=p.address(page.path, view),
            className="page-tab" + (" page-tab-here" if page.path == path else ""),
            **({"title": tr("You are here")} if page.path == path else {}),
        )
        for page in p.pages()
        if page.tab
    ]
    mark = [html.Span(tr("Synthetic demonstration data"), className="synthetic")] if synthetic else []
    return [*links, *mark]


def _country(view: View, slug: str) -> Component:
    desks = p.served().desks
    if len(desks) == 1:
        return html.Span(desks[slug].atlas.name, className="country-name")
    return dmc.Select(
        id="country-choice",
        value=slug,
        data=[{"value": key, "label": desk.atlas.name} for key, desk in desks.items()],
        allowDeselect=False,
        variant="unstyled",
        size="sm",
        comboboxProps={"shadow": "none", "width": 240},
        **{"aria-label": tr("Country")},
    )


def _grouped(hits: Any) -> list[Any]:
    """Hits of `Desk.search` as groups of a select: places first, then schools."""
    places = [{"value": f"area:{h['id']}", "label": _label(h)} for h in hits if h["kind"] == "area"]
    schools = [{"value": f"school:{h['id']}", "label": _label(h)} for h in hits if h["kind"] == "school"]
    return [
        {"group": name, "items": items} for name, items in ((tr("Places"), places), (tr("Schools"), schools)) if items
    ]


def _label(hit: dict[str, Any]) -> str:
    return f"{hit['name']} · {hit['part_of']}" if hit.get("part_of") else str(hit["name"])


def _lost(title: str, why: str) -> Component:
    return html.Section(
        [html.H1(title), html.P(why), dcc.Link(tr("Go to the map of everything"), href=p.EXPLORE, className="go")],
        className="lost",
    )
