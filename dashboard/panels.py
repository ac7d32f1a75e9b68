"""The right side of Explore: one sentence first, then by status, by group, by area as a table, source and date; the school when one is picked."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import areas, areatable, doubt, filters, findings, page, profile, profile_drawer, shows, tongue, words
from dashboard import components as c
from dashboard.picked import school_card
from geodata.declare import Indicator
from geodata.query import Desk
from geodata.say import tr, written
from geodata.view import View


def right(desk: Desk, view: View) -> list[Component]:
    """Everything that the view says."""
    total = desk.select(view.schools_only).total
    school = [school_card(desk, view)] if view.shown("school") else []
    if not total:
        return [trail(desk, view), *school, _empty(view)]
    indicator = shows.shown(desk, view)
    return [
        trail(desk, view),
        html.H1(place_name(desk, view)),
        *c.finding(*findings.said(desk, view).lines),
        *doubt.lines(desk, view),
        *school,
        status_bar(desk, view),
        *_groups(desk, view),
        html.P(profile.gaps_said(desk, view)),
        html.P(
            profile_drawer.link(view, page.EXPLORE, tr("Profile of {desk}", desk=place_name(desk, view))),
            className="fm-profile-link",
        ),
        html.P(_beside(view), className="fm-ways-line"),
        *areatable.inside(desk, view),
        *_notes(desk, view),
        _source(desk, view),
        html.Details(
            [
                html.Summary(tr("What this number means")),
                html.P(tr(indicator.definition)),
                html.P(
                    tr("Unit: {unit}. Reference: {reference}", unit=indicator.unit, reference=indicator.reference),
                    className="fineprint",
                ),
            ],
            className="fold-small",
        ),
        *([] if school else [_first_use(desk, view)]),
    ]


def _beside(view: View) -> list[Component]:
    """Ways to see two things at once: another area, another number or date on a split map."""
    to = view.with_screen(school="")
    other = [dcc.Link(tr("Compare with another area"), href=page.address("/compare", to.with_screen(at="")))]
    return [*(other if view.area else []), dcc.Link(tr("Split the map in two"), href=page.address("/split", to))]


def count_line(desk: Desk, view: View) -> list[Component]:
    """How many schools the view holds, of how many, and the way back to all of them."""
    selection = desk.select(view.schools_only)
    where = tr(" in {desk}", desk=place_name(desk, view)) if view.area else ""
    clear = filters.cleared(view)
    undo = (
        [dcc.Link(tr("Clear the filters"), href=page.address(page.EXPLORE, clear))]
        if clear.schools_only != view.schools_only
        else []
    )
    return [
        html.Strong(tr("{total} of {of} schools", total=written(selection.total), of=written(selection.of))),
        html.Span(where),
        *undo,
    ]


def place_name(desk: Desk, view: View) -> str:
    """Name of the chosen area, of the country where none is chosen."""
    return desk.places.names.get(view.area) or desk.atlas.name if view.area else desk.atlas.name


def trail(desk: Desk, view: View) -> Component:
    """The way up: the country and the areas above the chosen one, as links."""
    path = [a for a in desk.places.path(view.area) if desk.places.levels.get(a)] if view.area else []
    links: list[Any] = [dcc.Link(desk.atlas.name, href=areatable.within(view, ""))] if path else []
    for area in path[:-1]:
        links += [
            html.Span(f" {tongue.onwards()} ", **{"aria-hidden": "true"}),
            dcc.Link(desk.places.names[area], href=areatable.within(view, area)),
        ]
    level = desk.places.words.get(desk.places.levels[view.area], "") if view.area else ""
    return html.Nav(
        [*links, html.Span(f" {tongue.onwards()} ", **{"aria-hidden": "true"}), html.Span(tr(level) if level else "")]
        if links
        else [],
        className="trail",
        **{"aria-label": tr("Where you are")},
    )


def status_bar(desk: Desk, view: View) -> Component:
    """The selection by class as one bar from zero, what is not reported drawn hollow at its end, each part said with its count."""
    indicator = shows.shown(desk, view)
    counts = shows.counts(desk, indicator, view, desk.select(view.schools_only).positions)
    marks = shows.marks(desk, indicator)
    order = [i for i in (*range(1, len(marks)), 0) if counts[i]]
    total = sum(counts)
    return html.Figure(
        [
            html.Figcaption(
                [
                    tr("Schools by "),
                    html.Strong(tr(indicator.title)[0].lower() + tr(indicator.title)[1:]),
                    _unit(desk, indicator) + tr(", of {total}", total=written(total)),
                ]
            ),
            _bar(counts, marks, order),
            html.Ul(
                [
                    html.Li(
                        [
                            c.mark_of(marks[i]),
                            html.Span(marks[i].label),
                            html.Span(f"{counts[i]:,}", className="n"),
                            html.Span(words.percent(counts[i] / total), className="n soft"),
                        ]
                    )
                    for i in order
                ],
                className="by-status",
            ),
        ],
        className="figure",
    )


def _unit(desk: Desk, indicator: Indicator) -> str:
    return "" if shows.yes_no(desk, indicator) or not indicator.unit else f" ({tr(indicator.unit)})"


def _bar(counts: list[int], marks: list[shows.Mark], order: list[int]) -> Component:
    said = "; ".join(f"{marks[i].label} {counts[i]:,}" for i in order)
    return html.Div(
        [
            html.Span(
                className="bar-part" + (" bar-unknown" if i == 0 else ""),
                style={"flexGrow": counts[i], "background": None if i == 0 else marks[i].colour},
                title=f"{marks[i].label}: {counts[i]:,}",
            )
            for i in order
            if counts[i]
        ],
        className="status-bar",
        role="img",
        **{"aria-label": said},
    )


def _groups(desk: Desk, view: View) -> list[Component]:
    """Small multiples, one group each, on the same scale: urban and rural."""
    rows = findings.by_group(desk, view, "school_area_type")
    if len(rows) < 2:
        return []
    marks = shows.marks(desk, shows.shown(desk, view))
    order = [*range(1, len(marks)), 0]
    return [
        html.Figure(
            [
                html.Figcaption(tr("Urban and rural")),
                *(
                    html.Div(
                        [
                            html.Span(name, className="group-name"),
                            _bar(counts, marks, order),
                            html.Span(f"{sum(counts):,}", className="n"),
                        ],
                        className="group",
                    )
                    for name, counts in rows
                ),
            ],
            className="figure",
        )
    ]


def _notes(desk: Desk, view: View) -> list[Component]:
    """What is counted and not drawn, or drawn and not counted in the shares."""
    summary = desk.summary(view.schools_only, shows.shown(desk, view).name)
    lines = []
    if summary.not_located:
        lines.append(
            tr(
                "{not_located} of {schools} without a known location: counted here, not drawn on the map.",
                not_located=words.count(summary.not_located, "school"),
                schools=written(summary.schools),
            )
        )
    if summary.not_operating:
        lines.append(
            tr(
                "{not_operating} of {schools} not operating now (closed, damaged, occupied or used as shelter): drawn, but left out of the shares.",
                not_operating=words.count(summary.not_operating, "school"),
                schools=written(summary.schools),
            )
        )
    if desk.locations.cell is not None:
        lines.append(tr("Single schools are not drawn: this screen may show places of schools as hexagons only."))
    elif not desk.locations.exact:
        lines.append(
            tr("Locations are rounded on this screen, so schools may stand some hundred metres from their place.")
        )
    return [html.P(line, className="fineprint") for line in lines]


def _source(desk: Desk, view: View) -> Component:
    """Who says so, of when, and how much is reported."""
    sources = desk.atlas.manifest.get("sources") or []
    said = list(
        dict.fromkeys(
            " ".join(str(s.get(k) or "") for k in ("publisher", "date")).strip() or str(s.get("name", ""))
            for s in sources
        )
    )
    found = findings.finding(desk, view, shows.shown(desk, view))
    reported = [tr("{unknown_share} reported", unknown_share=words.percent(1 - found.unknown_share))] if found else []
    return html.P(
        tr("Source: {sources}.", sources=" · ".join([*[s for s in said if s][:3], *reported])), className="fineprint"
    )


def _empty(view: View) -> Component:
    """No school matches: what to relax, one link each."""
    ways = filters.relaxed(view)
    return html.Section(
        [
            html.H1(tr("No school matches all of this")),
            html.P(tr("Take away one of these to see more:")),
            html.Ul([html.Li(dcc.Link(f"{name}", href=page.address(page.EXPLORE, without))) for name, without in ways]),
            dcc.Link(
                tr("Show all schools here"), href=page.address(page.EXPLORE, filters.cleared(view)), className="go"
            ),
        ],
        className="empty",
    )


def _first_use(desk: Desk, view: View) -> Component:
    """How the page is used, for who sees it first; it stays, folded, for everyone."""
    number = areas.level_of(desk, view.area)
    level = words.level(desk.place, number) if number else "hexagon"
    inside = [
        html.Li(
            tr(
                "Click a {level}, or its name in the table, to go inside; the names above the title lead back out.",
                level=level,
            )
        )
    ]
    return html.Details(
        [
            html.Summary(tr("How to read and use this map")),
            html.Ul(
                [
                    html.Li(
                        tr(
                            "Darker means greater need. A hatched {level} has too few schools reported for a colour.",
                            level=level,
                        )
                    ),
                    *(inside if number else []),
                    html.Li(
                        tr(
                            "Zoom in until every school is drawn; click one to see what is known of it. A hollow ring is a school that nobody has reported on, never a no."
                        )
                    ),
                    html.Li(
                        tr(
                            "The address of this page holds all that you chose: share it, or go back with the browser’s arrow."
                        )
                    ),
                    html.Li(tr("Prioritise ranks the same schools; Export hands them on.")),
                ]
            ),
        ],
        className="fold-small",
        open=not view.query(),
    )
