"""The map of Home: a drawing that says one thing and leads to the map itself. It is fetched once the page stands."""

from __future__ import annotations

from urllib.parse import quote

from dash import dcc, html
from dash.development.base_component import Component
from flask import Blueprint, Response, request

from dashboard import page, replies
from geodata.briefing.mapped import mapped
from geodata.briefing.parts import Mapped
from geodata.briefing.scope import Scope
from geodata.exports.brief_map import map_svg
from geodata.query import Desk
from geodata.say import remembered, tr
from geodata.view import View

WIDTH, HEIGHT = 120.0, 96.0  # mm of the drawing; the page scales it


@remembered(maxsize=16)
def found(desk: Desk) -> Mapped | None:
    """Who is without, by area or hexagon, as the tier may see it; None where nothing can be drawn or said."""
    drawn = mapped(Scope.of(desk, View()))
    return drawn if drawn is not None and any(shape.klass >= 0 for shape in drawn.shapes) else None


def figure(desk: Desk, view: View) -> list[Component]:
    """The drawing with its title, classes and source; nothing where nothing is known of any area."""
    said = found(desk)
    if said is None:
        return []
    to = page.address(page.EXPLORE, View().like(view))
    address = f"/home/{quote(desk.atlas.slug)}/map.svg?v={replies.stamp(desk)}&lang={quote(view.shown('lang'))}"
    keys = [html.Li([html.Span(className=f"fm-class-{k}"), text]) for k, text in enumerate(said.classes)]
    keys += [html.Li([html.Span(className="fm-class-none"), said.unknown])] if said.unknown else []
    return [
        html.Figure(
            [
                html.Figcaption([html.H2(said.title), html.P(said.subtitle, className="fm-soft")]),
                dcc.Link(html.Img(src=address, alt=said.alt, width=480, height=384), href=to, className="fm-drawn"),
                html.Ul(keys, className="fm-classes", **{"aria-label": tr("What the colours mean")}),
                html.P([*_note(said), dcc.Link(tr("See the map"), href=to)], className="fm-source"),
            ],
            className="fm-home-map",
        )
    ]


def _note(said: Mapped) -> list[str]:
    return [f"{text}. " for text in (said.note.rstrip("."), said.source.rstrip(".")) if text]


def routes() -> Blueprint:
    """`/home/<country>/map.svg`: the drawing, kept by the browser for as long as the build stands."""
    blueprint = Blueprint("homing", __name__)

    @blueprint.get("/home/<data>/map.svg")
    def drawing(data: str) -> Response:
        desk = page.served().desk(data)
        return replies.cached(desk, request.args.get("v", ""), lambda: _drawing(desk))

    return blueprint


def _drawing(desk: Desk) -> Response:
    said = found(desk)
    if said is None:
        return Response(status=404)
    svg = map_svg(said, width=WIDTH, height=HEIGHT, synthetic=desk.atlas.synthetic)
    return Response(svg, mimetype="image/svg+xml")
