"""What others report of the whole country, beside its own figures: in the profile of the whole place and on the Data page."""

from __future__ import annotations

from typing import Any

from dash import Dash, html
from dash.development.base_component import Component
from flask import Response

from dashboard import components as c
from dashboard import page, words
from geodata import official
from geodata.aggregate import indicators
from geodata.benchmarks import NOBODY, Figure, Own, figures, own_shares, reasons
from geodata.exports.formula import spreadsheet_csv
from geodata.query import Desk
from geodata.say import later, remembered, tr, trn
from geodata.tables import SCHOOLS, empty_columns

LAYER = "benchmarks"
HEAD = (
    later("Schools with"),
    later("Level"),
    later("Theirs"),
    "Of",
    later("These data"),
    later("At least – at most"),
    later("Why they differ"),
)
OTHERS = (later("What"), later("Value"), "Of", later("Reported by"), later("What is said of it"))
NOTE = later("Figures of the whole country: none of them moves a school in the list, and none is spread over schools.")
NONE = later("No figures of others were read for these data.")
TITLE = later("What others report of the country")


@remembered(maxsize=8)
def _figures(desk: Desk) -> tuple[Figure, ...]:
    return tuple(figures(desk.atlas.read(LAYER))) if desk.atlas.has(LAYER) else ()


@remembered(maxsize=8)
def _own(desk: Desk) -> dict[tuple[str, str], Own]:
    """The country's own shares, small counts hidden as in the official tables."""
    least = 0 if desk.one_by_one else max(desk.thresholds.schools, desk.locations.least)
    names = {f.indicator for f in _figures(desk) if f.is_share}
    return own_shares(empty_columns(desk.schools, SCHOOLS), desk.policy, least=least, names=names)


def known(desk: Desk) -> bool:
    """Whether any figure of others was read for these data."""
    return bool(_figures(desk))


def section(desk: Desk) -> list[Component]:
    """The section of the Data page; nothing where no figures were read."""
    if not known(desk):
        return []
    href = f"/export/{desk.atlas.slug}/others.csv"
    file = html.A(tr("Download these figures (CSV)"), href=href, className="fm-button", download="")
    return [c.section(TITLE, *_tables(desk), html.P(file, className="fm-noprint"), id_="others", note=NOTE)]


def parts(desk: Desk) -> list[Component]:
    """The part of a whole place's profile; nothing where no figures were read."""
    if not known(desk):
        return []
    return [html.H3(tr(TITLE)), html.P(tr(NOTE), className="fm-soft fm-small"), *_tables(desk)]


def _tables(desk: Desk) -> list[Component]:
    found = _figures(desk)
    shares, others = [f for f in found if f.is_share], [f for f in found if not f.is_share]
    out: list[Component] = []
    if shares:
        rows = [_share_row(desk, f) for f in shares]
        whose = words.listed(list(dict.fromkeys(_publisher(desk, f.source) for f in shares)))
        caption = tr(
            "Schools with each service by level (SDG 4.a.1): as {whose} has it from the country, and as these data say",
            whose=whose,
        )
        out.append(c.wide(c.table(HEAD, rows, caption=caption, numeric=(2, 4)), caption))
    if others:
        caption = tr("Other figures of the whole country")
        out.append(
            c.wide(c.table(OTHERS, [_other_row(desk, f) for f in others], caption=caption, numeric=(1,)), caption)
        )
    return [*out, _sources(desk, found)]


def _share_row(desk: Desk, figure: Figure) -> tuple[Any, ...]:
    own = _own(desk).get((figure.indicator, figure.level), NOBODY)
    declared = indicators()[figure.indicator]
    level = official.LEVELS[figure.level][1] if figure.level in official.LEVELS else figure.level
    ends = "" if not (own.known or own.one_sided) else f"{words.percent(own.lower)} – {words.percent(own.upper)}"
    return (
        tr(declared.title), level, _value(figure), _when(figure), _said(own), ends,
        html.Div(_differ(figure, own, desk), className="fm-why"),
    )  # fmt: skip


def _said(own: Own) -> Any:
    if own.hidden:
        return html.Span(tr("too few to show"), className="fm-unknown")
    return words.percent(own.share) if own.known else html.Span(words.NOT_REPORTED, className="fm-unknown")


def _differ(figure: Figure, own: Own, desk: Desk) -> str:
    """The difference in percentage points and what explains it; what is missing where there is none."""
    if own.one_sided:
        return _one_sided(figure, own)
    if not own.known:
        return "" if own.hidden else tr("No school of this level answered here.")
    if not figure.known:
        return figure.note
    points = own.share * 100 - figure.value
    why = reasons(figure, own, _own_date(desk, figure.indicator), part=bool(desk.place.get("subdivision")))
    size = round(abs(points))
    ahead = (
        trn("{n} point more here. ", "{n} points more here. ", size)
        if size and points > 0
        else trn("{n} point less here. ", "{n} points less here. ", size)
        if size
        else ""
    )
    return ahead + " ".join(why)


def _one_sided(figure: Figure, own: Own) -> str:
    """Where only schools without it can be told: what theirs can be held against."""
    said = tr("No school here reports whether it is for learners: only those without any are known.")
    if not figure.known:
        return said
    within = own.lower * 100 - 1 <= figure.value <= own.upper * 100 + 1
    return f"{said} " + tr(
        "Theirs lies within what is possible here." if within else "Theirs lies outside what is possible here."
    )


def _value(figure: Figure) -> Any:
    if not figure.known:
        return html.Span(words.NOT_REPORTED, className="fm-unknown")
    return words.percent(figure.value / 100) if figure.is_share else words.exact(figure.value, 1)


def _when(figure: Figure) -> str:
    """The year, and whether it is an estimate."""
    parts_ = [figure.date or tr("year not stated"), figure.note if figure.is_share else ""]
    return tr(", ").join(filter(None, parts_))


def _other_row(desk: Desk, figure: Figure) -> tuple[Any, ...]:
    unit = f" {tr(figure.unit)}" if figure.known else ""
    return (
        tr(figure.title),
        [_value(figure), unit],
        figure.date or tr("year not stated"),
        _publisher(desk, figure.source),
        figure.note,
    )


def _passport(desk: Desk, source: str) -> dict[str, Any]:
    every = desk.atlas.manifest.get("sources") or []
    return next((s for s in every if s.get("name") == source and s.get("kind") == "benchmark"), {})


def _publisher(desk: Desk, source: str) -> str:
    return str(_passport(desk, source).get("publisher") or source)


def _own_date(desk: Desk, indicator: str = "") -> str:
    """The newest date of the answers behind an indicator; without one, of the registers of schools."""
    behind = [f"{c}_date" for c in (indicators()[indicator].inputs if indicator in indicators() else ())]
    dates = [d for c in behind if c in desk.schools for d in desk.schools[c].dropna().unique()]
    every = desk.atlas.manifest.get("sources") or []
    own = [str(s.get("date") or "") for s in every if s.get("kind") in ("schools", "attributes")]
    return max(dates or own, default="")


def _sources(desk: Desk, found: tuple[Figure, ...]) -> Component:
    """Who says so, under which licence, of which edition."""
    said = []
    for source in dict.fromkeys(f.source for f in found):
        about = _passport(desk, source)
        who = str(about.get("attribution") or about.get("publisher") or source).rstrip(".").removeprefix("Source: ")
        licence = str(about.get("licence") or tr("licence not stated"))
        said.append(f"{who} ({licence})")
    own = _own_date(desk)
    here = tr(" These data: {own}.", own=own) if own else ""
    return html.P(
        tr("Source: {said}.{here} “Not reported” is never taken for no or zero.", said="; ".join(said), here=here),
        className="fm-source",
    )


def register(app: Dash) -> None:
    """`/export/<country>/others.csv`: the figures as a file, with who reports each and under which licence."""

    @app.server.route("/export/<data>/others.csv", endpoint="others-csv")
    def others(data: str) -> Response:
        desk = page.served().desk(data)
        if not desk.atlas.has(LAYER):
            return Response(tr(NONE), 404, mimetype="text/plain")
        table = desk.atlas.read(LAYER)
        for column in ("publisher", "licence", "attribution"):
            table[column] = [str(_passport(desk, s).get(column) or "") for s in table["source"]]
        reply = Response(spreadsheet_csv(table), mimetype="text/csv")
        reply.headers.set("Content-Disposition", "attachment", filename=f"{desk.atlas.slug}-others.csv")
        return reply
