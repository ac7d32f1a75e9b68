"""The legend of the map: marks with counts of the selection's schools, and the colours of the areas with their unit."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import areas, predicted, shows, words
from dashboard.components import mark_of
from geodata.declare import Indicator
from geodata.errors import FirstMileError
from geodata.query import Desk
from geodata.say import later, tr
from geodata.view import View


def legend_of(desk: Desk, view: View) -> list[Component]:
    """The marks of schools, what is predicted, and the colours of areas; nothing where the view names no indicator."""
    try:
        indicator = shows.shown(desk, view)
    except FirstMileError:
        return []
    selection = desk.select(view.schools_only).positions
    return [
        _schools(desk, indicator, shows.counts(desk, indicator, view, selection)),
        *predicted.legend(desk, indicator, view, selection),
        _areas(desk, indicator, areas.level_of(desk, view.area)),
    ]


def _schools(desk: Desk, indicator: Indicator, counts: list[int]) -> Component:
    """Each class of schools with how many there are; the browser writes those in view over it."""
    marks = shows.marks(desk, indicator)
    order = [*range(1, len(marks)), 0]
    hatched = range(len(marks), len(predicted.all_marks(desk, indicator)))
    also = [" ".join(map(str, [0, *hatched])), *map(str, range(1, len(marks)))]  # a predicted school is not reported
    total = words.count(sum(counts), "school")
    title = html.Span(_title(desk, indicator), className="legend-title")
    scope = html.Span(total, className="legend-unit legend-scope", **{"data-whole": total})
    rows = html.Ul([_mark(marks[i], also[i], counts[i]) for i in order], className="legend-marks")
    return html.Div([html.Span([title, scope], className="legend-head"), rows], className="legend-line")


def _areas(desk: Desk, indicator: Indicator, level: int) -> Component:
    """The steps of colour of areas (or hexagons, where areas have no shapes) and the hatch of too few reported."""
    shaped = areas.has_shapes(desk.atlas, level)
    word = str(dict(desk.places.words).get(level, "area")) if shaped else later("hexagon")
    limits = areas.area_breaks(desk, indicator, level if shaped else 0)
    steps = shows.short_steps(limits, share=shows.is_share(indicator))
    rows = [_step("", text, {"background": colour}) for colour, text in zip(shows.ramp(indicator), steps, strict=True)]
    rows.append(_step(" legend-hatch", tr("too few reported"), None))
    title = html.Span(tr("Each {word}", word=tr(word)), className="legend-title")
    unit = html.Span(_area_unit(indicator), className="legend-unit")
    ramp = html.Div(rows, className="legend-ramp")
    return html.Div([html.Span([title, unit], className="legend-head"), ramp], className="legend-line")


def _step(kind: str, text: str, style: dict[str, str] | None) -> Component:
    return html.Span([html.Span(className=f"legend-step{kind}", style=style), text], className="legend-row")


def _mark(mark: shows.Mark, n: str, count: int) -> Component:
    """A class of schools with its count; zoomed in, the browser writes those in view over it (`assets/map.mjs`)."""
    number = html.Span(f"{count:,}", className="legend-count", **{"data-class": n, "data-whole": f"{count:,}"})
    return html.Li([mark_of(mark), html.Span(mark.label), number])


def _area_unit(indicator: Indicator) -> str:
    """What the colours of areas count; shares in per cent, whose limits then need no sign."""
    return tr("{unit}, %", unit=tr(indicator.unit)) if shows.is_share(indicator) else tr(indicator.unit)


def _title(desk: Desk, indicator: Indicator) -> str:
    """What the marks of schools mean, with the unit where they are steps of a number."""
    return tr(indicator.title) + (
        "" if shows.yes_no(desk, indicator) or not indicator.unit else f", {tr(indicator.unit)}"
    )
