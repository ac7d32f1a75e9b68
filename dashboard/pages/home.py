"""Home: the finding with its drawing, what to do next, what is not known, what is here, and the three ways in. Light: nothing
of it needs the map, the charts or the grid."""

from __future__ import annotations

from urllib.parse import parse_qsl

from dash import Dash, dcc, html
from dash.development.base_component import Component
from flask import Response, redirect, request
from werkzeug.wrappers import Response as Reply

from dashboard import components as c
from dashboard import findings, page
from dashboard.bringing import door
from dashboard.homing import facts, pictured, todo
from dashboard.page import Page
from dashboard.views import named, panel, saving
from geodata.disclosure import Tier
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import later, tr, trn
from geodata.store import views
from geodata.view import View

PATH = page.HOME
MOST_KEPT = 6  # saved views, and lists, that Home names
OWN = ("data", "lang")  # keys of the address that belong to Home; with any other it is an old link to the map
# The three people: what each asks, and the pages that answer, as far as they are there.
WAYS = (
    (later("I plan"), later("Which schools come first, why, and how sure is it?"), (("/explore", later("See the map")), ("/prioritise", later("See the list")), ("/compare", later("Compare two areas")), ("/bring", later("Bring a register")))),
    (later("I fund"), later("What would my money buy, for whom, and why these schools?"), (("/plan", later("Set a budget")), ("/equity", later("See who is left behind")))),
    (later("I decide"), later("What is the finding, what do we not know, and what is asked of me?"), (("/brief", later("Read the brief")), ("/monitor", later("See how far it is to 2030")))),
)  # fmt: skip


def layout(desk: Desk, view: View) -> Component:
    """The page of one country; of several, with the choice among them."""
    return html.Article(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1(desk.atlas.name),
                            *_synthetic(desk),
                            *c.finding(*findings.said(desk, View()).lines, "fm-home-finding"),
                        ],
                        className="fm-home-head",
                    ),
                    *pictured.figure(desk, view),
                    _next(desk, view),
                ],
                className="fm-home-first",
            ),
            html.Div([_unknown(desk), _here(desk)], className="fm-home-two"),
            *_kept(desk, view),
            _ways(view),
            *_countries(desk, view),
            html.P(desk.disclaimer, className="fm-source", dir="auto"),
        ],
        className="fm-sheet fm-home",
    )


def _synthetic(desk: Desk) -> list[Component]:
    if not desk.atlas.synthetic:
        return []
    return [html.P(tr("Synthetic demonstration data: a country that does not exist, to try everything with."), className="fm-soft")]  # fmt: skip


def _next(desk: Desk, view: View) -> Component:
    found = todo.todos(desk, view)
    items = [html.Li([dcc.Link(t.what, href=t.href), html.Div(t.why, className="fm-soft")]) for t in found]
    body: Component = html.Ol(items, className="fm-todo") if items else html.P(tr("Nothing waits for you here."))
    return c.section(tr("What to do next"), body, id_="next")


def _here(desk: Desk) -> Component:
    return c.section(tr("What is here"), c.key_values(facts.here(desk)), id_="here")


def _unknown(desk: Desk) -> Component:
    note = tr("Not reported is never taken for no.")
    return c.section(tr("What is not known"), *facts.unknown(desk), id_="unknown", note=note)


def _kept(desk: Desk, view: View) -> list[Component]:
    """The views and lists saved last; nothing where there are none, or for visitors who keep theirs in their browser."""
    store = page.served().store
    if store is None or desk.tier == Tier.PUBLIC:
        return []
    try:
        views_ = [
            (one.name, saving.href(one, view), one.note) for one in views.saved(store, desk.atlas.slug, desk.tier)
        ]
        lists_ = [(one.name, page.address("/prioritise", named.view_of(one, view)), trn("{n} school", "{n} schools", one.schools)) for one in named.all_of(desk)]  # fmt: skip
    except StoreError:
        return []
    parts = [
        html.Div([html.H3(title), html.Ul([html.Li([dcc.Link(name, href=href), *([": ", more] if more else [])]) for name, href, more in some[:MOST_KEPT]])])
        for title, some in ((tr("Saved views"), views_), (tr("Named lists of schools"), lists_))
        if some
    ]  # fmt: skip
    return [c.section(tr("Saved here"), html.Div(parts, className="fm-home-two"), id_="kept")] if parts else []


def _ways(view: View) -> Component:
    there = {one.path for one in page.pages()}
    to = View().like(view)
    parts = []
    for who, asks, links in WAYS:
        known = [
            html.Li(dcc.Link(tr(text), href=page.address(path, to)))
            for path, text in links
            if path in there and (path != "/bring" or page.served().tier != Tier.PUBLIC)
        ]
        parts.append(html.Section([html.H3(tr(who)), html.P(tr(asks)), html.Ul(known)], className="fm-way"))
    return c.section(tr("Three ways in"), html.Div(parts, className="fm-ways"), id_="ways")


def _countries(desk: Desk, view: View) -> list[Component]:
    desks = page.served().desks
    way = [html.P(dcc.Link(tr("Bring your own data"), href=page.address(door.PATH, View().like(view))))] if page.served().tier == Tier.PUBLIC and not door.why_not() else []  # fmt: skip
    if len(desks) == 1:
        return way
    items = [
        html.Li(
            html.Strong(tr("{name}: you are here", name=other.atlas.name))
            if slug == desk.atlas.slug
            else dcc.Link(other.atlas.name, href=page.address(PATH, View().with_screen(data=slug, lang=view.shown("lang"))))
        )
        for slug, other in desks.items()
    ]  # fmt: skip
    return [c.section(tr("Countries on this server"), html.Ul(items), *way, id_="countries")]


def register(app: Dash) -> None:
    """Old links to the map, which stood at the root, still open it; the drawer "Saved", which every page has."""
    panel.register(app)
    app.server.register_blueprint(pictured.routes())

    @app.server.before_request
    def _moved() -> Response | Reply | None:
        if request.path != PATH or request.method != "GET":
            return None
        keys = {key for key, _ in parse_qsl(request.query_string.decode("utf-8", "replace"))}
        return (
            redirect(f"{page.EXPLORE}?{request.query_string.decode('utf-8', 'replace')}") if keys - set(OWN) else None
        )


HOME = Page("home", PATH, later("Home"), 0, layout, register, tab=False)
