"""The audit on the page: the finding in one sentence, and who is left out, by group and by place. Pure but for the desk."""

from __future__ import annotations

from math import isnan
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.fair_bars import capital, chart_of
from dashboard.findings import LACKING
from geodata.equity import said, selection, tables
from geodata.equity.audit import Audit
from geodata.equity.parity import Between
from geodata.equity.selection import can_audit, reader
from geodata.equity.tally import ByGroup
from geodata.query import Desk
from geodata.say import later, told, tr, trn, written
from geodata.view import View

PATH = "/equity"
HEADLINES = ("location", "wealth", "land", "disability", "displaced", "sex")  # who is looked at first for the headline
MOST_PLACES = 12
# What a learner without it is, where the words of Explore say it of a school.
WITHOUT = {
    "internet_for_learners": later("without usable internet at school"),
    "meaningfully_connected": later("not meaningfully connected"),
    "computers": later("without any device at school"),
    "electricity": later("in a school without electricity"),
    "internet": later("in a school without internet"),
}
OF_SCHOOLS = {"computers": later("have no device for learners"), "electricity": later("have no regular electricity")}


def chosen(desk: Desk, view: View) -> str:
    """The indicator that the view audits; the first that can be where it shows something else."""
    able = can_audit(desk)
    shown = view.shown("show")
    return shown if shown in able else able[0]


def audit_of(desk: Desk, view: View) -> Audit:
    """The audit of a view's schools, ranked as the view ranks them, of what it shows."""
    return selection.audit_of(desk, view, chosen(desk, view))


def who(found: Audit) -> str:
    """ "learners" or "schools"."""
    return tr("learners" if found.unit == "learner" else "schools")


def without(found: Audit) -> str:
    """What those left out lack: "without usable internet at school" of learners, "have no …" of schools."""
    if found.unit == "learner":
        return tr("are {WITHOUT}", WITHOUT=tr(WITHOUT[found.indicator]))
    return tr(OF_SCHOOLS.get(found.indicator) or LACKING[found.indicator])


# --- the finding ---------------------------------------------------------------------------------------------------


def finding(found: Audit, name: str) -> str:
    """Who is left out most, in one sentence with its range; where nothing is reported, that."""
    share = found.whole.rate.share
    if not found.whole.schools:
        return tr("No school of this selection operates, so nobody's share can be said.")
    if isnan(share.value) and (least := words.one_end(1 - share.upper, 1 - share.lower)):
        return tr(
            "{least} {found} {found_2}; of the others too little is reported to say.",
            least=capital(least),
            found=who(found),
            found_2=without(found),
        )
    if isnan(share.value):
        return tr(
            "Who is left out in {name} cannot be said: nothing is reported about {lower}{title}.",
            name=name,
            lower=tr(found.title)[0].lower(),
            title=tr(found.title)[1:],
        )
    best = headline(found)
    if best is None:
        spread = _doubt(1 - share.upper, 1 - share.lower)
        return tr(
            "{share} {who} {without}{spread}.",
            share=capital(words.of_ten(1 - share.value)),
            who=who(found),
            without=without(found),
            spread=spread,
        )
    by, gap = best
    behind, ahead = (next(g for g in by.groups if g.name == n).rate.share.value for n in (gap.behind, gap.ahead))
    names = (_people(by, gap.behind, found), _others(by, gap.ahead, found))
    text = tr(
        "{behind} {names} {found}, against {ahead} {names_2}",
        behind=capital(words.of_ten(1 - behind)),
        names=names[0],
        found=without(found),
        ahead=words.of_ten(1 - ahead),
        names_2=names[1],
    )
    return f"{text}{_range(gap)}."


def headline(found: Audit) -> tuple[ByGroup, Between] | None:
    """The largest gap that is certain, of the groups that are looked at first; None where none is."""
    best: tuple[ByGroup, Between] | None = None
    for name in HEADLINES:
        by = found.of(name)
        gap = by.worst if by else None
        if by is None or gap is None or not gap.certain or by.unknown_share > 0.2:
            continue
        if gap.ahead not in {g.name for g in by.groups} or gap.points.value >= 0:
            continue
        if best is None or abs(gap.points.value) > abs(best[1].points.value) + 0.02:
            best = (by, gap)
    return best


def _people(by: ByGroup, group: str, found: Audit) -> str:
    """A group as people of whom something is said: "rural learners", "schools of the poorest fifth"."""
    word, name = who(found), told(by.dimension.say(group))
    if by.dimension.name in ("location", "sex"):
        return name if by.dimension.name == "sex" else tr("{name} {word}", name=name, word=word)
    if by.dimension.name == "land":
        return tr("elsewhere") if group == "none" else tr("{word} on {lower}", word=word, lower=name[0].lower() + name[1:] if group != 'indigenous_land' else name)  # fmt: skip
    if by.dimension.name == "wealth":
        return (
            tr("{word} in the {name} of places", word=word, name=name)
            if found.unit == "learner"
            else tr("{word} of the {name}", word=word, name=name)
        )
    return tr("{word} {name}" if group.startswith("with ") else "{name} {word}", word=word, name=name)


def _others(by: ByGroup, group: str, found: Audit) -> str:
    """The group that is compared with, without saying again of whom."""
    name = told(by.dimension.say(group))
    return tr("in the {name}", name=name) if by.dimension.name == "wealth" else name if by.dimension.name in ("location", "sex") else _people(by, group, found)  # fmt: skip


def _range(gap: Between) -> str:
    """The gap in whole points, with its range where some do not report: two figures, as sentences have."""
    low, high = sorted((abs(gap.points.lower), abs(gap.points.upper)))
    text = tr(": a gap of {value}", value=_whole(abs(gap.points.value)))
    return (
        text
        if round(low, 3) == round(high, 3)
        else tr(
            "{text}, {low} to {high} whatever the unreported turn out to be",
            text=text,
            low=written(100 * low, 0, grouped=False),
            high=written(100 * high, 0, grouped=False),
        )
    )


def _whole(gap: float) -> str:
    digits = 0 if gap >= 0.1 else 1
    return trn("{n} point", "{n} points", 1 if f"{100 * gap:.{digits}f}" == "1" else 2, n=written(100 * gap, digits))


def _doubt(low: float, high: float) -> str:
    return "" if round(low, 3) == round(high, 3) else f" ({words.bounds_of_ten(low, high)})"


# --- who is left out, by group -------------------------------------------------------------------------------------


def key(found: Audit) -> Component:
    """What the bars' parts mean."""
    parts = [
        html.Li([html.Span(className="fm-swatch fm-piece-no"), f" {tr(WITHOUT[found.indicator])}"]),
        html.Li([html.Span(className="fm-swatch fm-piece-unknown"), tr(" not reported: may be with or without")]),
        html.Li([html.Span(className="fm-swatch fm-swatch-dot"), tr(" share of the reported")]),
    ]
    return html.Ul(parts, className="fm-key fm-drawn-key")


def by_group(desk: Desk, found: Audit) -> list[Component]:
    """One chart a dimension, all on the same scale: bars with bounds, gap and index beside, so that each is its own table."""
    return [_dimension(desk, found, by) for by in found.by_group]


def _dimension(desk: Desk, found: Audit, by: ByGroup) -> Component:
    table = tables.of_dimension(found, by, reader(desk), desk.policy)
    chart = chart_of(
        table,
        tr(by.dimension.title),
        tr(
            "{title}: share of {found} {WITHOUT}",
            title=tr(by.dimension.title),
            found=who(found),
            WITHOUT=tr(WITHOUT[found.indicator]),
        ),
        who(found),
    )
    parts: list[Any] = [html.H3(gap_said(by)), c.wide(chart, tr(by.dimension.title))]
    if by.unknown_share > desk.policy.number("gate_group_unknown_max"):
        parts.insert(
            1,
            html.P(
                tr(
                    "Inconclusive: the group is not reported for {unknown_share} of {found}.",
                    unknown_share=words.percent(by.unknown_share),
                    found=who(found),
                ),
                className="fm-warned",
            ),
        )
    return html.Div(parts, className="fm-fair-group")


def gap_said(by: ByGroup) -> str:
    """The finding of one dimension: its widest gap and whether it is certain."""
    gap = by.worst
    if gap is None and by.gaps:
        return tr("{title}: too little is reported for more than bounds", title=tr(by.dimension.title))
    if gap is None:
        return tr("{title}: there are no two groups that can be compared", title=tr(by.dimension.title))
    text = tr(
        "{group}: {points} behind {other}" if gap.points.value < 0 else "{group}: {points} ahead of {other}",
        group=capital(told(by.dimension.say(gap.behind))),
        points=said.points(abs(gap.points.value), sign=False),
        other=told(by.dimension.say(gap.ahead)),
    )
    low, high = gap.points.lower, gap.points.upper
    between = (
        ""
        if round(low, 3) == round(high, 3)
        else tr(" ({low} to {high})", low=said.pointed(low), high=said.points(high))
    )
    sure = {
        tables.CERTAIN: "",
        tables.OF_THOSE: tr("; certain where the group is reported"),
        tables.NOT_CERTAIN: tr("; not certain"),
    }[tables.sure(gap)]
    return f"{text}{between}{sure}"
