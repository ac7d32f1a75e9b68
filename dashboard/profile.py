"""The profile of a place: the ladder from coverage to use, the three gaps, and one indicator by group, bounds drawn.

Every share stands with its n and its bounds, and beside the place above. Pure: a desk and a view in, components out;
`profile_drawer` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import areagaps, areas, drawn, findings, national, page, shows, words
from dashboard import components as c
from dashboard.ranking import whole
from geodata.breakdown import breakdown
from geodata.declare import Indicator
from geodata.errors import FirstMileError
from geodata.groupings import GROUPINGS
from geodata.ladder import ladder
from geodata.query import Desk
from geodata.say import tr
from geodata.threegaps import ThreeGaps, gaps_of
from geodata.view import View

BY = ("school_area_type", "settlement", "education_level", "sector", "community_land", "sex", "wealth_quintile", "size")
MOST_AREAS = 60  # more than so many areas inside stand in the table of Explore alone


@dataclass(frozen=True)
class _Place:
    """The selection that a profile speaks of, and what stands above it. `among`: the schools counted, of all."""

    desk: Desk
    view: View
    frame: pd.DataFrame
    among: pd.Series

    @property
    def name(self) -> str:
        """Name of the area, of the country where none is chosen."""
        return self.desk.places.names.get(self.view.area, self.desk.atlas.name)

    @property
    def above(self) -> View | None:
        """The view of the place above: the area over the chosen one, all schools where only filters are chosen."""
        own = View(policy=self.view.policy)
        if not self.view.area:
            return own if self.view.schools_only != own else None
        path = [a for a in self.desk.places.path(self.view.area) if self.desk.places.levels.get(a)]
        return replace(own, area=path[-2] if len(path) > 1 else "")

    @property
    def above_name(self) -> str:
        """Name of the place above."""
        return self.desk.places.names.get(self.above.area, self.desk.atlas.name) if self.above else ""


def _place(desk: Desk, view: View) -> _Place:
    positions = desk.select(view.schools_only).positions
    policy = view.policy_over(desk.policy)
    derived = desk.derived(policy)
    frame = whole(desk)
    frame = frame.drop(columns=[n for n in derived if n in frame]).join(derived) if policy != desk.policy else frame
    counted = np.zeros(len(frame), dtype=bool)
    counted[positions] = True
    return _Place(desk, view, frame, pd.Series(counted, index=frame.index))


def profile(desk: Desk, view: View) -> list[Component]:
    """Everything that is known of the place and schools of a view, with its bounds."""
    place = _place(desk, view)
    if not place.among.any():
        return [
            c.empty_state(
                tr("No school is in this selection"), [(tr("All schools"), page.address(page.EXPLORE, View()))]
            )
        ]
    indicator = _indicator(desk, view)
    beside = _value_above(place, indicator)
    return [
        *c.finding(*findings.said(desk, view.with_screen(show=indicator.name)).lines, "fm-lead"),
        html.H3(tr("From coverage to use")),
        *_ladder(place),
        html.H3(tr("The three gaps together")),
        *_gaps(place),
        html.H3(tr("{title}, by group", title=tr(indicator.title))),
        html.P([words.sentence(tr(indicator.definition)), tr(" Shares are of the schools or learners for which it is reported; the hatched part may be yes or no.")], className="fm-soft fm-small"),
        drawn.rates_key(beside=f"{place.above_name}: {words.percent(beside)}" if beside is not None else ""),
        *_groups(place, indicator, beside),
        *(national.parts(desk) if place.above is None else []),
        html.P([tr("The same places stand in the list of "), dcc.Link(tr("Prioritise"), href=page.address("/prioritise", view.with_screen(tab="", school=""))), "."], className="fm-source"),
    ]  # fmt: skip


def _indicator(desk: Desk, view: View) -> Indicator:
    """The share that the view shows; internet for learners where it shows an amount."""
    shown = shows.shown(desk, view)
    return shown if shown.rollup == "share" else desk.indicators[shows.default(desk)]


def _value_above(place: _Place, indicator: Indicator) -> float | None:
    if place.above is None:
        return None
    found = findings.finding(place.desk, place.above, indicator)
    few = found is None or not np.isfinite(found.value) or 1 - found.unknown_share < place.desk.policy.number("headline_coverage_min")  # fmt: skip
    return None if few or found is None else found.value


# --- the ladder ----------------------------------------------------------------------------------------------------


def _ladder(place: _Place) -> list[Component]:
    policy = place.view.policy_over(place.desk.policy)
    found = ladder(place.frame[place.among.to_numpy()], policy)
    above = {} if place.above is None else {r.name: r for r in ladder(_all_of(place, place.above), policy)}
    seen = [r for r in found if r.indicator in place.desk.indicators]
    table = pd.DataFrame(
        {
            "schools": [r.known + r.unknown for r in seen],
            **{k: [getattr(r, k) for r in seen] for k in ("value", "known", "unknown", "lower", "upper", "headline")},
        },
        index=[r.name for r in seen],
    )
    guarded = place.desk.guarded(table)
    rows = []
    for rung, (_, row) in zip(seen, guarded.iterrows(), strict=True):
        up = above.get(rung.name)
        tick = up.value if up is not None and up.headline != "none" and np.isfinite(up.value) else None
        rows.append(replace(_rate(tr(rung.title), row, tick), note=words.sentence(tr(rung.definition))))
    caption = tr(
        "Each rung of the ladder, as a share of the schools for which it is reported. {place}",
        place=_beside_words(place),
    )
    chart = drawn.rates(rows, caption=caption, of="schools", first="Rung")
    return [c.wide(chart, tr("From coverage to use"))]


def _all_of(place: _Place, view: View) -> pd.DataFrame:
    return place.frame.iloc[place.desk.select(view.schools_only).positions]


def _beside_words(place: _Place) -> str:
    return tr("The thin line is {above_name}.", above_name=place.above_name) if place.above is not None else ""


def _rate(name: str, row: pd.Series, beside: float | None = None) -> drawn.Rate:
    hidden = bool(row.get("hidden", False))
    value, low, high = (None if words.unknown(row[k]) else float(row[k]) for k in ("value", "lower", "upper"))
    known, unknown = (0.0 if words.unknown(row[k]) else float(row[k]) for k in ("known", "unknown"))
    band = str(row.get("band") or "")
    return drawn.Rate(name, value, known, unknown, low, high, str(row["headline"]), hidden, beside, band="" if hidden else band)  # type: ignore[arg-type]  # fmt: skip


# --- the three gaps ------------------------------------------------------------------------------------------------


def _gaps(place: _Place) -> list[Component]:
    """Bandwidth, devices and skills, and power: nothing where the tier may not read sums over so few schools."""
    found = three_gaps(place.desk, place.view)
    if not _may_sum(place.desk, found):
        return [
            html.P(
                tr(
                    "Sums over fewer than {schools} schools are not shown at this level of access.",
                    schools=place.desk.thresholds.schools,
                )
            )
        ]
    return areagaps.totals(found)


def _may_sum(desk: Desk, found: ThreeGaps) -> bool:
    """Whether the tier may read sums over so many schools."""
    return not desk.thresholds.any or found.schools >= desk.thresholds.schools


def gaps_said(desk: Desk, view: View) -> str:
    """The three gaps of a view in one sentence; empty where the tier may not read sums over so few schools."""
    found = three_gaps(desk, view)
    return areagaps.sentence(found) if found.schools and _may_sum(desk, found) else ""


def three_gaps(desk: Desk, view: View) -> ThreeGaps:
    """The gaps of the schools of a view, from all schools of the country."""
    place = _place(desk, view)
    return gaps_of(place.frame, view.policy_over(desk.policy), among=place.among)


# --- by group ------------------------------------------------------------------------------------------------------


def _groupings(place: _Place) -> list[str]:
    """The groupings that this tier may see and that tell at least two groups of the place apart, areas inside last."""
    desk = place.desk
    seen = [by for by in BY if all(n in desk.columns or n == "school_status" for n in GROUPINGS[by].needs)]
    level = areas.level_of(desk, place.view.area)
    own = desk.places.levels.get(place.view.area, 0) if place.view.area else 0
    inside = [f"admin{level}"] if level > own else []
    return [*seen, *inside]


def _groups(place: _Place, indicator: Indicator, beside: float | None) -> list[Component]:
    charts = [part for by in _groupings(place) for part in _by(place, indicator, by, beside)]
    return charts or [
        html.P(tr("Too little is reported to tell groups apart: every group's share may be anything from 0 to 100 %."))
    ]


def _by(place: _Place, indicator: Indicator, by: str, beside: float | None) -> list[Component]:
    policy = place.view.policy_over(place.desk.policy)
    try:
        found = place.desk.guarded(breakdown(place.frame, indicator.name, by, policy, among=place.among))
    except FirstMileError:
        return []
    found = found[(found["known"].fillna(0) + found["unknown"].fillna(0) > 0) | found["hidden"]]
    if (
        not (found["known"].fillna(0) > 0).any()
        or len(found) < 2
        or (by.startswith("admin") and len(found) > MOST_AREAS)
    ):
        return []
    told = [_rate(str(row["title"]), row, beside) for _, row in found.iterrows()]
    rows = [replace(rate, note=assisted_words(row)) for rate, (_, row) in zip(told, found.iterrows(), strict=True)]
    title = (
        words.level(place.desk.place, int(by[5:])).capitalize() if by.startswith("admin") else tr(GROUPINGS[by].title)
    )
    of = "learners" if indicator.weight or by == "sex" else "schools"
    chart = drawn.rates(rows, caption=tr("By {lower}{title}. {definition}", lower=title[0].lower(), title=title[1:], definition=tr(GROUPINGS[by].definition) if not by.startswith('admin') else '').strip(), of=of, first=title)  # fmt: skip
    return [c.wide(chart, tr("{title} by {lower}", title=tr(indicator.title), lower=title.lower()))]


def assisted_words(row: Any) -> str:
    """The share with a model's expectation for what is not reported; empty where no model helps."""
    value, spread = row.get("assisted"), row.get("assisted_sd")
    if words.unknown(value) or not float(row["unknown"] or 0):
        return ""
    about = "" if words.unknown(spread) else f" ± {words.percent(spread).removesuffix(' %')}"
    return tr("with predictions for what is not reported: {value}{about}", value=words.percent(value), about=about)
