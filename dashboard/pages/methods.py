"""Methods: how every number on every screen comes about, from the declarations; cards, and the trail."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import cardview, methodbook, moved, page, trailview
from dashboard import components as c
from dashboard.page import Page
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View

PATH = methodbook.PATH
PARTS = (
    ("ways", later("How it is worked out")),
    ("indicators", later("Numbers on maps and cards")),
    ("things", later("The things counted")),
    ("numbers", later("Standards, weights and limits")),
    ("moved", later("What moves the list most")),
    ("cards", later("Model cards")),
    ("sheets", later("Datasheets of the sources")),
    ("trail", later("The trail: who did what")),
)


def layout(desk: Desk, view: View) -> Component:
    """The page for a view: its weights and standards are in force in every example of this place."""
    policy = view.policy_over(desk.policy)
    return html.Article(
        [
            html.H1(tr("How the numbers come about")),
            html.P(_lead(desk, view), className="fm-lead"),
            html.Nav(html.Ul([html.Li(html.A(tr(title), href=f"#{key}")) for key, title in PARTS], className="fm-contents"), **{"aria-label": tr("Contents")}),
            dmc.TextInput(id="methods-find", label=tr("Find on this page"), placeholder=tr("poverty, bandwidth, 4.a.1 …"), debounce=200, className="fm-find-box fm-noprint"),
            html.P(id="methods-found", className="fm-small fm-soft", role="status"),
            c.section(tr("How it is worked out"), *methodbook.ways(desk, view), id_="ways", note=tr("Each example runs through the very code that makes the numbers on the screens.")),
            c.section(tr("Numbers on maps and cards"), *methodbook.indicators(desk, view), id_="indicators", note=tr("Worked out for all of {name}, of the schools that operate.", name=desk.atlas.name)),
            c.section(tr("The things counted"), *methodbook.things(desk, policy), id_="things"),
            c.section(tr("Standards, weights and limits"), c.wide(methodbook.numbers(desk, view), tr("Standards, weights and limits")), id_="numbers"),
            c.section(tr("What moves the list most"), moved.section(desk, view), id_="moved"),
            c.section(tr("Model cards"), *(cardview.card(x) for x in cardview.model_cards(desk, policy, wait=False)), _download(desk), id_="cards"),
            c.section(tr("Datasheets of the sources"), *(cardview.card(x) for x in cardview.sheets(desk)), id_="sheets"),
            trailview.section(desk),
            html.P([tr("Build {version}. ", version=desk.atlas.version), desk.disclaimer], className="fm-source"),
            dcc.Store(id="methods-gone"),
        ],
        className="fm-sheet fm-methods",
    )  # fmt: skip


def _lead(desk: Desk, view: View) -> str:
    said = tr("Synthetic demonstration data: invented. ") if desk.atlas.synthetic else ""
    own = tr(" This view has changed some of them.") if view.policy else ""
    return tr(
        "{said}Every formula with its reference, the standards and weights in force in {name}, and examples to redo by hand.{own}",
        said=said,
        name=desk.atlas.name,
        own=own,
    )


def _download(desk: Desk) -> Component:
    href = f"/cards/{desk.atlas.slug}/cards.md"
    return html.P(
        html.A(tr("Download all cards and datasheets (Markdown)"), href=href, className="fm-button", download="")
    )


def register(app: Dash) -> None:
    """The search on the page, the way to an entry named in the address, the download, the button that verifies."""
    app.server.register_blueprint(cardview.routes())
    trailview.register(app)
    moved.register(app)
    app.clientside_callback(
        ClientsideFunction("firstmileMethods", "find"),
        Output("methods-found", "children"),
        Input("methods-find", "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("firstmileMethods", "goTo"),
        Output("methods-gone", "data"),
        Input(page.URL, "hash"),
        State("methods-find", "id"),
    )


METHODS = Page("methods", PATH, "Methods", 90, layout, register)
