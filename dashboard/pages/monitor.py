"""Monitor: what the years say by area and group, how far it is to 2030, and what changed between builds."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
import pandas as pd
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import Response, abort, request

from dashboard import changed, figures, figures_monitor, page, shows, signing, words
from dashboard import components as c
from dashboard.monitoring import said
from dashboard.page import Page
from dashboard.pages.compare import choices
from dashboard.turned import turned
from geodata import monitor
from geodata.declare import Indicator
from geodata.exports.formula import spreadsheet_csv
from geodata.query import Desk
from geodata.say import date, in_order, later, told, tr, trn, written
from geodata.view import View

PATH, BODY = "/monitor", "monitor-body"
SHOW, AREA, BY = "monitor-show", "monitor-area", "monitor-by"
USUAL = ("internet_for_learners", "learners_with_internet", "internet", "electricity")
GROUPS = ("school_area_type", "school_funding_type", "education_level")
SHORT = {"school_area_type": later("Town and country"), "school_funding_type": later("Funding"), "education_level": later("Level of education")}  # fmt: skip
AREAS = "areas"
MOST_SMALL = 12
WHOLE = "-"


def layout(desk: Desk, view: View) -> Component:
    """Choices, and what they show; without a series, what would make one."""
    offered = monitor.followed(desk)
    if not offered:
        return html.Article([html.H1(tr("No earlier years are here yet")), html.P(tr("With registers of earlier years among the sources of the recipe (series = true), this page shows how far each area has come. Each new build that stays beside the old one adds to it.")), *_builds(desk, view)], className="fm-sheet")  # fmt: skip
    return html.Article(
        [html.Div(_controls(desk, view, offered), className="fm-pair fm-noprint"), html.Div(body(desk, view), id=BODY)],
        className="fm-sheet",
    )


def _controls(desk: Desk, view: View, offered: list[str]) -> list[Component]:
    some = [{"value": name, "label": tr(desk.indicators[name].title)} for name in offered]
    areas = [{"value": WHOLE, "label": desk.atlas.name}, *choices(desk)]
    plain = {"allowDeselect": False, "searchable": True, "w": 260, "comboboxProps": {"shadow": "none"}}
    return [
        dmc.Select(id=SHOW, label=tr("What to follow"), data=some, value=shown(desk, view), **plain),
        dmc.Select(id=AREA, label=tr("Where"), data=areas, value=view.area or WHOLE, limit=200, **plain),
        dmc.Select(id=BY, label=tr("Side by side"), data=_groupings(desk, view), value=by(desk, view), **plain),
    ]


def shown(desk: Desk, view: View) -> str:
    """The indicator that is followed: the address's where the series has it, else the usual one of most dates."""
    offered = monitor.followed(desk)
    asked = view.shown("show")
    if asked in offered:
        return asked
    dates = {name: len(monitor.points(desk, name, view.area)) for name in USUAL if name in offered}
    return max(dates, key=lambda name: min(dates[name], 2)) if dates else offered[0]


def _groupings(desk: Desk, view: View) -> list[dict[str, str]]:
    level = desk.places.levels.get(view.area, 0) + 1
    many = words.level(desk.place, level, many=True)
    found = [{"value": AREAS, "label": words.sentence(many).rstrip(".")}] if level <= len(desk.place.get("levels", ())) else []  # fmt: skip
    groups = GROUPS if shown(desk, view) in monitor.FACTS and desk.one_by_one else ()
    return found + [{"value": g, "label": tr(SHORT[g])} for g in groups if g in desk.columns and desk.schools[g].notna().any()]  # fmt: skip


def by(desk: Desk, view: View) -> str:
    """What stands side by side: the address's choice where it can be made, else the first."""
    offered = [g["value"] for g in _groupings(desk, view)]
    return view.shown("by") if view.shown("by") in offered else (offered[0] if offered else "")


def groups(desk: Desk, view: View) -> dict[str, tuple[monitor.Point, ...]]:
    """The series of each area below or group, by its name in words, as a reader looks them up."""
    name, which = shown(desk, view), by(desk, view)
    if which == AREAS:
        found = {desk.places.names.get(a, a): p for a, p in monitor.below(desk, name, view.area).items()}
    else:
        found = (
            {
                words.sentence(words.code(g)).rstrip("."): p
                for g, p in monitor.by_group(desk, name, which, view.area).items()
            }
            if which
            else {}
        )
    return {key: found[key] for key in in_order(found) if len(found[key])}


def body(desk: Desk, view: View) -> list[Component]:
    """Finding, line, way to 2030, side by side, what changed."""
    indicator = desk.indicators[shown(desk, view)]
    place = desk.places.names.get(view.area) or desk.atlas.name if view.area else desk.atlas.name
    found, policy = monitor.points(desk, indicator.name, view.area), desk.policy
    if not found:
        return [html.H1(tr("{title} in {place}: no date has it", title=tr(indicator.title), place=place)), *_side_by_side(desk, view, indicator), *_builds(desk, view)]  # fmt: skip
    return [
        html.H1(said.finding(indicator, place, found, policy)),
        html.Figure(
            [
                html.Figcaption([html.Strong(_what(indicator)), html.P(_key(indicator), className="fm-soft fm-small")]),
                dcc.Graph(figure=turned(_line(indicator, found, desk)), config=figures.CONFIG, className="fm-chart", style={"height": 320}),
            ],
            className="fm-figure",
        ),
        *(html.P(text, className="fm-soft") for text in said.notes(indicator, found, policy)),
        c.wide(c.table((tr("Date"), tr(indicator.title), tr("Range"), tr("Reported by")), said.rows(indicator, found, policy), caption=_what(indicator), numeric=(1, 3)), tr("The dates as a table")),
        _source(desk),
        html.P(html.A(tr("Download the dates, of this place and those below it (CSV)"), href=_file(desk, view), className="fm-button", download=""), className="fm-noprint"),
        *_target(desk, indicator, found),
        *_side_by_side(desk, view, indicator),
        *_builds(desk, view),
    ]  # fmt: skip


def _what(indicator: Indicator) -> str:
    return tr("{title}: {unit}", title=tr(indicator.title), unit=tr(indicator.unit))


def _key(indicator: Indicator) -> str:
    """What the marks of the line mean."""
    said_ = tr("Of those that report; grey: where it may lie, as some do not report")
    return (
        f"{said_}. " + tr("Pale: where the pace so far would lead; dotted: the way to the target.")
        if _aims(indicator)
        else said_
    )


def _line(indicator: Indicator, found: tuple[monitor.Point, ...], desk: Desk) -> Any:
    policy = desk.policy
    enough = [monitor.enough(p, policy) for p in found]
    goal = (policy.number("monitor_year") + 1, policy.number("monitor_target")) if _aims(indicator) else None
    far = monitor.distance(found, policy) if goal else None
    pace = far.then if far is not None and far.told and far.left > 0 and far.now.value < far.target else None
    return figures_monitor.over_years(found, enough, monitor.breaks(found, policy), target=goal, pace=pace, share=shows.is_share(indicator))  # fmt: skip


def _aims(indicator: Indicator) -> bool:
    return shows.is_share(indicator) and indicator.higher_is == "better"


def _target(desk: Desk, indicator: Indicator, found: tuple[monitor.Point, ...]) -> list[Component]:
    if not _aims(indicator):
        return []
    year = round(desk.policy.number("monitor_year"))
    told = [html.P(text) for text in said.target(monitor.distance(found, desk.policy), desk.policy)]
    return [c.section(tr("The way to {year}", year=year), *told, id_="target", note=tr("Target: UN and ITU aspirational targets for 2030, every school and every learner. A pace is what was, not what will be."))]  # fmt: skip


def _side_by_side(desk: Desk, view: View, indicator: Indicator) -> list[Component]:
    found, policy = groups(desk, view), desk.policy
    if not found:
        return []
    cells = []
    for name, points in list(found.items())[:MOST_SMALL]:
        figure = figures_monitor.over_years(points, [monitor.enough(p, policy) for p in points], monitor.breaks(points, policy), height=170, share=shows.is_share(indicator))  # fmt: skip
        figure.update_layout(title=None)
        cells.append(html.Figure([html.Figcaption(html.Strong(name)), dcc.Graph(figure=turned(figure), config=figures.CONFIG, style={"height": 170})], className="fm-small-one"))  # fmt: skip
    dates = sorted({p.date for points in found.values() for p in points})[-6:]
    table = [
        (name, *(_cell(indicator, points, at, desk) for at in dates), _change(indicator, points, desk))
        for name, points in found.items()
    ]
    head = (tr("Which"), *map(date, dates), tr("Change"))
    more = [html.P(trn("{n} more stands in the table.", "{n} more stand in the table.", len(found) - MOST_SMALL), className="fm-soft")] if len(found) > MOST_SMALL else []  # fmt: skip
    note = "" if by(desk, view) == AREAS else tr("Over the schools that the register has today; a school that an earlier file lacks counts as not reported then.")  # fmt: skip
    inner = [html.Div(cells, className="fm-smalls"), *more, html.Details([html.Summary(tr("These as a table")), c.wide(c.table(head, table, caption=_what(indicator), numeric=tuple(range(1, len(head)))), tr("These as a table"))], className="fm-meaning")]  # fmt: skip
    return [c.section(tr("Side by side"), *inner, id_="groups", note=note)]


def _cell(indicator: Indicator, points: tuple[monitor.Point, ...], date: str, desk: Desk) -> str:
    point = next((p for p in points if p.date == date), None)
    if point is None:
        return str(words.NOT_REPORTED)
    return said.value(indicator, point.value) if monitor.enough(point, desk.policy) else tr("too little reported")


def _change(indicator: Indicator, points: tuple[monitor.Point, ...], desk: Desk) -> str:
    run = monitor.alike(points, desk.policy)
    if len(run) < 2:
        return tr("cannot be said")
    size = run[-1].value - run[0].value
    if not shows.is_share(indicator):
        return words.exact(size, 1)
    return trn("{n} point", "{n} points", round(size * 100), n=f"{'+' if size > 0 else ''}{written(size * 100)}")


def _builds(desk: Desk, view: View) -> list[Component]:
    """What changed since the build before, in its first sentences; all of it stands on the page Data."""
    known = changed.known(desk)
    to = page.address("/data", View().like(view)) + "#changed"
    if known is None:
        body_: list[Component] = [html.P(tr(changed.FIRST))]
    else:
        body_ = [html.Ul([html.Li(told(text)) for text in known[1]["sentences"][:4]]), html.P(dcc.Link(tr("All changes, school by school"), href=to))]  # fmt: skip
    return [c.section(tr(changed.TITLE), *body_, id_="builds")]


def _source(desk: Desk) -> Component:
    some = [s for s in desk.atlas.manifest.get("sources") or [] if s.get("kind") in ("schools", "series")]
    said_ = list(dict.fromkeys(str(s.get("attribution") or s.get("title") or s.get("name")) for s in some))
    return c.source_line("; ".join(said_))


def _file(desk: Desk, view: View) -> str:
    return f"/monitor/{desk.atlas.slug}/dates.csv?" + View(area=view.area).with_screen(show=shown(desk, view)).query()


def dates_table(desk: Desk, name: str, area: str) -> pd.DataFrame:
    """The dates of an indicator in a place and the areas right below it, one row a date and area; unknown is empty."""
    every = {area or monitor.whole(desk): monitor.points(desk, name, area), **monitor.below(desk, name, area)}
    rows = [
        {"area_id": a, "area": desk.places.names.get(a, ""), "indicator": name, "date": p.date, "value": round(p.value, 6), "lower": round(p.lower, 6), "upper": round(p.upper, 6), "known": p.known, "not_reported": p.unknown}
        for a, some in every.items()
        for p in some
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area_id", "area", "indicator", "date", "value", "lower", "upper", "known", "not_reported"])  # fmt: skip


def register(app: Dash) -> None:
    """Callbacks: the choices write the address, what is shown follows it. `/monitor/<country>/dates.csv`: the dates."""

    @app.callback(
        Output(SHOW, "error"),
        Input(SHOW, "value"),
        Input(AREA, "value"),
        Input(BY, "value"),
        State(page.URL, "search"),
        State(page.URL, "pathname"),
        prevent_initial_call=True,
    )
    def _choose(show: str, area: str, which: str, search: str, where: str) -> Any:
        desk, view = page.here(search)
        if where == PATH and show and monitor.followed(desk):
            now = View(**{**view.__dict__, "area": "" if area in (None, WHOLE) else area})
            usual = show == shown(desk, now.with_screen(show=""))
            page.go(now.with_screen(show="" if usual else show, by="" if which in (None, AREAS) else which), search)
        return no_update

    @app.callback(
        Output(BODY, "children"),
        Output(BY, "data"),
        Output(BY, "value"),
        Output(SHOW, "value"),
        Output(AREA, "value"),
        Input(page.URL, "search"),
        State(page.URL, "pathname"),
        State(BY, "value"),
        State(SHOW, "value"),
        State(AREA, "value"),
        prevent_initial_call=True,
    )
    def _follow(search: str, where: str, *now: str) -> Any:
        if where != PATH:
            return [no_update] * 5
        desk, view = page.here(search)
        if not monitor.followed(desk):
            return [no_update] * 5  # the page says that there is nothing to follow
        wanted = (by(desk, view), shown(desk, view), view.area or WHOLE)
        return body(desk, view), _groupings(desk, view), *(no_update if a == b else b for a, b in zip(now, wanted, strict=True))  # fmt: skip

    @app.server.route("/monitor/<data>/dates.csv", endpoint="monitor-csv")
    def _dates(data: str) -> Response:
        desk = page.served().desk(data)
        view = View.parse(urlencode(list(request.args.items(multi=True))))
        if not monitor.followed(desk):
            abort(404)
        signing.refuse_unrecorded(desk)
        frame = dates_table(desk, shown(desk, view), view.area)
        content, file = spreadsheet_csv(frame), f"{desk.atlas.slug}-dates.csv"
        signing.keep_export(desk, view, content, columns=list(frame.columns), licence_profile="noncommercial", purpose="", rows=len(frame), file=file)  # fmt: skip
        return Response(content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'})


MONITOR = Page("monitor", PATH, later("Monitor"), 45, layout, register)
