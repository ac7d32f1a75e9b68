"""The map of children: what the browser is told to draw, and the legend with its limits, or the square of nine."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import shows
from dashboard.children import BOTH, LINES, NEED, chosen, ramp_of
from dashboard.map import specification
from dashboard.replies import stamp
from geodata.hexagons import cell_km2
from geodata.people import shown
from geodata.query import Desk
from geodata.say import tr, written
from geodata.view import View

WINDOW = 6  # from this H3 resolution on, the map asks for the hexagons in view alone
NO_POINTS = 23.5  # a zoom that no map reaches: schools are not drawn
SHIFT = 1.4  # hexagons are finer than those of schools by about so many resolutions
PLACE_ZOOM = 10.2


def draw(desk: Desk, view: View) -> tuple[dict[str, Any], list[Component]]:
    """The map of children for a view: hexagons instead of schools, and their legend."""
    plain = view.with_screen(show="", layers="", school="")
    return spec_over(desk, view, specification(desk, plain)), legend(desk, view)


def spec_over(desk: Desk, view: View, base: dict[str, Any]) -> dict[str, Any]:
    """The map's specification with hexagons of people in the place of schools and areas."""
    mode = chosen(desk, view)
    url = f"/people/{desk.atlas.slug}/{stamp(desk)}/{{resolution}}.json?people={mode.key}&box={{box}}" if mode else ""
    place = place_of(desk, view)
    return {
        **base, "shapes": "", "hexagons": url, "finest": shown.finest(desk) if mode else 0, "hexagonShift": SHIFT,
        "windowFrom": WINDOW, "pointsFrom": NO_POINTS, "overlays": [o for o in base["overlays"] if o["key"] == "roads"],
        "classes": [], "picked": place, "at": base["at"] or ([*place, PLACE_ZOOM] if place else None),
    }  # fmt: skip


def place_of(desk: Desk, view: View) -> list[float] | None:
    """Longitude and latitude of the place that the address has picked."""
    if not view.shown("place") or not shown.there(desk):
        return None
    found = shown.places(desk, "")
    one = found[found["place"] == view.shown("place")]
    return [round(float(one["longitude"].iloc[0]), 5), round(float(one["latitude"].iloc[0]), 5)] if len(one) else None


def legend(desk: Desk, view: View) -> list[Component]:
    """The colours with their limits and unit; for two things at once, the square of nine."""
    mode = chosen(desk, view)
    if mode is None:
        return []
    head = [
        html.Span(tr(mode.title), className="legend-title"),
        html.Span(mode.unit or tr("each hexagon"), className="legend-unit"),
    ]
    if mode.key == BOTH:
        return [
            html.Div([html.Span(head, className="legend-head"), _nine(desk, tr(mode.title))], className="legend-line")
        ]
    steps = shows.short_steps(mode.limits(desk), share=False)
    rows = [_step({"background": colour}, "", text) for colour, text in zip(ramp_of(mode), steps, strict=True)]
    rows.append(_step(None, " legend-hatch", tr("not known")))
    return [html.Div([html.Span(head, className="legend-head"), html.Div(rows, className="legend-ramp")], className="legend-line")]  # fmt: skip


def _step(style: dict[str, str] | None, extra: str, text: str) -> Component:
    return html.Span([html.Span(className="legend-step" + extra, style=style), text], className="legend-row")


def _nine(desk: Desk, title: str) -> Component:
    """Three by three: rows by poverty, columns by underserved children a hexagon, each square as the map draws it."""
    low, high = (float(v) for v in shown.about(desk).get("need_limits", (0, 0)))
    km2 = cell_km2(shown.own_resolution(desk))
    columns = [
        tr("under {low}", low=written(low / km2, 1)),
        f"{written(low / km2, 1)}–{written(high / km2, 1)}",
        tr("{high} and more", high=written(high / km2, 1)),
    ]
    head = html.Tr(
        [html.Th(tr("Underserved children per km²"), scope="col"), *(html.Th(text, scope="col") for text in columns)]
    )
    body = [
        html.Tr([html.Th(word, scope="row"), *(html.Td(html.Span(className=f"nine nine-{line or 'plain'}", style={"--nine": colour})) for colour in NEED)])
        for word, line in zip((tr("poorest third"), "between", tr("richest third")), LINES[::-1], strict=True)
    ]  # fmt: skip
    note = tr(
        "Limits: thirds of this country's hexagons, from few to many. Poverty: thirds of its people by wealth of their district."
    )
    return html.Div([html.Table([html.Caption(title, className="fm-hidden"), html.Thead(head), html.Tbody(body)], className="nine-table"), html.P(note, className="fineprint")])  # fmt: skip
