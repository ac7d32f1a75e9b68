"""The split map: two indicators, or two dates of one, over the same places; what each half draws, its legend, and the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from dash.development.base_component import Component
from flask import Response, request

from dashboard import areas, page, shows, words
from dashboard.legend import legend_of
from dashboard.map import NEVER, specification
from dashboard.replies import cached, json_reply, stamp
from geodata import monitor
from geodata.declare import Indicator
from geodata.errors import ViewError
from geodata.query import Desk
from geodata.say import tr
from geodata.view import View

SIDES = ("split-a", "split-b")  # ids of the two maps, left and right
MOST_ROWS = 400


@dataclass(frozen=True)
class Side:
    """One half: an indicator, today or at a date (empty for today)."""

    indicator: Indicator
    date: str = ""

    @property
    def title(self) -> str:
        """What this half shows."""
        name = tr(self.indicator.title)
        return tr("{title}, {date}", title=name, date=self.date) if self.date else name


def sides(desk: Desk, view: View) -> tuple[Side, Side]:
    """The two halves of an address: `split` is another indicator, or a date of the series. Raises ViewError for neither."""
    first, asked = shows.shown(desk, view), view.shown("split")
    if not asked:
        return Side(first), Side(_other(desk, first))
    if asked in desk.indicators:
        return Side(first), Side(desk.indicators[asked])
    if asked not in dates(desk, first):
        raise ViewError(
            tr("{asked} is neither an indicator nor a date of {title} here.", asked=asked, title=tr(first.title))
        )
    return Side(first, asked), Side(first)


def dates(desk: Desk, indicator: Indicator) -> list[str]:
    """Dates of an indicator before the newest, of any area that this tier may be told of."""
    found = {p.date for some in monitor.below(desk, indicator.name).values() for p in some}
    return sorted(found)[:-1]


def _other(desk: Desk, first: Indicator) -> Indicator:
    """What is set beside where the address does not say: power or poverty, the first that is known."""
    names = [
        n for n in ("electricity", "no_device", "internet", "priority") if n in desk.indicators and n != first.name
    ]
    known = [n for n in names if shows.values(desk, desk.indicators[n], View()).notna().any()]
    return desk.indicators[(known or names or [first.name])[0]]


def spec_of(desk: Desk, view: View, side: Side) -> dict[str, Any]:
    """What one map needs to draw its half."""
    at = view.with_screen(show=side.indicator.name, layers="", school="")
    made = specification(desk, at)
    if side.date:
        asked = View(area=view.area).with_screen(show=side.indicator.name, split=side.date).query()
        level = areas.level_of(desk, view.area)
        made |= {"values": f"/values-at/{desk.atlas.slug}/{stamp(desk)}/{level}.json?{asked}", "pointsFrom": NEVER, "hexagons": ""}  # fmt: skip
    elif side.indicator.rollup == "none":
        made |= {"pointsFrom": 0.0}
    return made


def legend(desk: Desk, view: View, side: Side) -> list[Component]:
    """The colours of areas, and for today's half the marks of schools."""
    parts = legend_of(desk, view.with_screen(show=side.indicator.name))
    return parts[-1:] if side.date else parts


def drawn(desk: Desk, view: View, number: int) -> tuple[dict[str, Any], list[Component]]:
    """What half `number` (0 left, 1 right) draws, with its legend."""
    side = sides(desk, view)[number]
    return spec_of(desk, view, side), legend(desk, view, side)


# --- what a date says of areas ----------------------------------------------------------------------------------------


def values_at(desk: Desk, view: View, level: int) -> dict[str, dict[str, Any]]:
    """For each area of a level inside the chosen one: colour, value and tip at the date `split` of the view."""
    table = _at(desk, view, shows.shown(desk, view), view.shown("split"), level)
    found = areas.classed(desk, shows.shown(desk, view), table, level)
    return {str(area): value for area, value in zip(table["area_id"], found, strict=True)}


def _at(desk: Desk, view: View, indicator: Indicator, date: str, level: int) -> pd.DataFrame:
    """The areas of a level at a date, columns as a roll-up's; unknown where the date has none of it."""
    places = desk.places.of_level(level)
    own = desk.places.levels[view.area] if view.area else 0
    if view.area:
        places = places[places["parent_id" if level > own else "area_id"] == view.area]
    every = {**monitor.below(desk, indicator.name, view.area), view.area: monitor.points(desk, indicator.name, view.area)}  # fmt: skip
    rows = []
    for area in places["area_id"].astype(str):
        point = next((p for p in every.get(area, ()) if p.date == date), None)
        told = (np.nan, 0.0, 0.0, np.nan, np.nan) if point is None else (point.value, point.known, point.unknown, point.lower, point.upper)  # fmt: skip
        rows.append((area, told[1] + told[2], *told))
    n = indicator.name
    return pd.DataFrame(rows, columns=["area_id", "num_schools", n, f"{n}_known", f"{n}_unknown", f"{n}_lower", f"{n}_upper"])  # fmt: skip


# --- the same as a table ----------------------------------------------------------------------------------------------


def table(desk: Desk, view: View) -> tuple[tuple[str, str, str], list[tuple[str, str, str]]]:
    """Head and rows of the areas on the map with both values in words."""
    both, level = sides(desk, view), areas.level_of(desk, view.area)
    said = [_said(desk, view, side, level) for side in both]
    names = {a: desk.places.names.get(a, a) for a in dict.fromkeys([*said[0], *said[1]])}
    rows = [(names[a], said[0].get(a, ""), said[1].get(a, "")) for a in sorted(names, key=lambda a: names[a])]
    return (words.sentence(words.level(desk.place, level)).rstrip("."), both[0].title, both[1].title), rows[:MOST_ROWS]


def _said(desk: Desk, view: View, side: Side, level: int) -> dict[str, str]:
    at = view.with_screen(show=side.indicator.name, split=side.date)
    found = values_at(desk, at, level) if side.date else areas.values(desk, at, level)
    return {a: _text(side.indicator, value) for a, value in found.items()}


def _text(indicator: Indicator, value: dict[str, Any]) -> str:
    if value["class"] < 0 or value["value"] is None:
        return tr("too few reported")
    return shows.say(indicator, value["value"], unit=False)


def register_values(app: Any) -> None:
    """`/values-at/<country>/<build>/<level>.json`: the areas at a date, as the map reads them."""

    @app.server.route("/values-at/<data>/<stamp>/<int:level>.json", endpoint="values-at")
    def _values(data: str, level: int, **asked: str) -> Response:
        desk, view = page.here_at(data, request.query_string.decode("utf-8", "replace"))
        return cached(desk, asked["stamp"], lambda: json_reply(values_at(desk, view, level)))
