"""What the map and the sheets show of predictions: hatched marks, a legend of their own, words that never say yes or no.

A predicted school counts as not reported in every number; only its mark tells that a model leans one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import shows
from geodata.declare import Indicator
from geodata.predict.words import INSTEAD, of_school, target_of
from geodata.query import Desk
from geodata.say import remembered, told, tr, written
from geodata.view import View


def marks(desk: Desk, indicator: Indicator) -> list[shows.Mark]:
    """The hatched marks that stand behind the indicator's own; none where nothing is predicted of it."""
    target = target_of(indicator.name)
    if (
        target is None
        or target.set_column not in desk.schools
        or not desk.schools[target.set_column].isin(("yes", "no")).any()
    ):
        return []
    return [
        shows.Mark(tr("Likely {yes}", yes=tr(target.yes)), shows.CONNECTED, "dot-hatched"),
        shows.Mark(tr("Likely {no}", no=tr(target.no)), shows.NOT_CONNECTED, "square-hatched"),
    ]  # fmt: skip


def all_marks(desk: Desk, indicator: Indicator) -> list[shows.Mark]:
    """The indicator's own marks and then the hatched ones: what the classes of `classes` stand for."""
    return [*shows.marks(desk, indicator), *marks(desk, indicator)]


@remembered(maxsize=32)
def classes(desk: Desk, name: str, policy: tuple[tuple[str, float | str], ...]) -> np.ndarray:
    """The class of every school (index into `all_marks`): its own, or a hatched one where it is not reported but predicted."""
    own = shows.classes(desk, name, policy)
    indicator = desk.indicators[name]
    if not marks(desk, indicator):
        return own
    held, first = desk.schools[target_of(name).set_column], len(shows.marks(desk, indicator))  # type: ignore[union-attr]
    leans = np.select([(held == v).fillna(False).to_numpy(dtype=bool) for v in ("yes", "no")], [first, first + 1], 0)
    return np.where(own == 0, leans, own)


def legend(desk: Desk, indicator: Indicator, view: View, positions: np.ndarray) -> list[Component]:
    """The legend of the hatched marks, apart from the measured ones; nothing where nothing is predicted."""
    shown = marks(desk, indicator)
    if not shown:
        return _refusal(desk, indicator)
    own = len(shows.marks(desk, indicator))
    counts = np.bincount(classes(desk, indicator.name, view.policy)[positions], minlength=own + len(shown))
    rows = [
        html.Li([c.mark_of(mark), html.Span(mark.label), html.Span(f"{counts[n]:,}", className="legend-count", **{"data-class": str(n), "data-whole": f"{counts[n]:,}"})])
        for n, mark in enumerate(shown, own)
    ]  # fmt: skip
    head = [html.Span(tr("Not reported, but predicted"), className="legend-title"), html.Span(tr("by a model"), className="legend-unit")]  # fmt: skip
    return [html.Div([html.Span(head, className="legend-head"), html.Ul(rows, className="legend-marks")], className="legend-line")]  # fmt: skip


def _refusal(desk: Desk, indicator: Indicator) -> list[Component]:
    """Why nothing is predicted, where something is not reported; nothing where this tier may not see predictions at all."""
    target = target_of(indicator.name)
    if target is None or target.set_column not in desk.schools:
        return []
    cards = [card for card in desk.atlas.manifest.get("models") or [] if card["target"] == target.name]
    said = [card["verdict"] for card in cards if not card["usable"] and card["verdict"].startswith("No usable model")]
    if not said:
        return []
    head = html.Span([html.Span(tr("Not reported"), className="legend-title"), html.Span(tr("not predicted"), className="legend-unit")], className="legend-head")  # fmt: skip
    return [html.Div([head, html.Span(told(said[0].removesuffix(f" {INSTEAD}")), className="legend-unit")], className="legend-line")]  # fmt: skip


def note(school: Mapping[str, Any]) -> list[Component]:
    """What is predicted of a school and why to ask it first, with the chip that says so; nothing where nothing is."""
    found = [
        html.Li([html.Strong(f"{tr(said.title)}: "), said.words, " ", c.evidence_chip("predicted")])
        for said in of_school(school)
    ]
    place = school.get("survey_value")
    if place is not None and place == place:  # noqa: PLR0124 - NaN
        reason = school.get("survey_reason")
        found.append(html.Li([html.Strong(tr("Survey first: ")), tr("number {place} of those to ask", place=written(int(place))), f" ({told(reason)})" if reason else "", "."]))  # fmt: skip
    if not found:
        return []
    said = tr(
        "Not reported, so it counts as not reported everywhere; a model that was tested on other districts leans this way:"
    )
    return [
        html.Div([html.P(said if of_school(school) else tr("Not reported:")), html.Ul(found)], className="fm-predicted")
    ]
