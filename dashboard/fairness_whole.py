"""The audit's measures of the whole on the page: the concentration curve, and inequality between and within places. Pure."""

from __future__ import annotations

from collections.abc import Callable

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import figures, figures_equity, words
from dashboard.fair_bars import capital
from dashboard.fairness import who
from dashboard.turned import turned
from geodata.equity import said
from geodata.equity.audit import Audit
from geodata.equity.inequality import Inequality
from geodata.equity.parity import Range
from geodata.say import told, tr, written


def curve(found: Audit, *, one_by_one: bool = True) -> list[Component]:
    shown, what = found.concentration, _thing(found)
    if found.whole.rate.one_sided:
        return [
            c.message(
                tr("Nobody here can be known to have {what}, so there is no curve", what=what),
                mend=tr("What is reported for no school is said on the page Data"),
            )
        ]
    if shown is not None and not shown.curve and not one_by_one:
        return [c.empty_state(tr("Too few schools for a curve"), kept=tr("Its points would tell of single schools. Choose more widely"))]  # fmt: skip
    if shown is None or not shown.curve:
        return [
            c.empty_state(
                tr("This needs wealth or poverty of the places, and schools that report"),
                kept=tr("Poverty or wealth by area, named in the recipe, would bring it"),
            )
        ]
    e = shown.erreygers
    title = figures_equity.curve_title(shown, what, who(found))
    chart = dcc.Graph(
        figure=turned(figures_equity.concentration_curve(shown, what, who(found))),
        config=figures.CONFIG,
        className="fm-chart fm-fair-curve",
    )
    rows = [(words.percent(x), words.percent(y)) for x, y in _tenths(shown.curve)]
    table = c.table(
        (tr("Poorest part of {found}", found=who(found)), tr("Their part of the {what}", what=what)),
        rows,
        caption=title,
        numeric=(0, 1),
    )
    tells = (
        tr("the better off have more of it")
        if e.value > 0.005
        else tr("the poorer have more of it")
        if e.value < -0.005
        else tr("it does not follow wealth")
    )
    sure = (
        ""
        if e.lower == e.upper
        else tr(", {e} whatever is not reported", e=said.between(e)) + ("" if e.sign_certain else tr(": not certain"))
    )
    sentence = tr(
        "Erreygers' index is {value}{sure}: {tells}. It is 0 where having it does not follow wealth, and 1 at most.",
        value=said.index(e.value),
        sure=sure,
        tells=tells,
    )
    more = tr(
        "Concentration index {value}, Wagstaff's {wagstaff}. If every unreported were without, Erreygers' index would be {if_no}; if every one had it, {if_yes}. Wealth is of the place, not of the home",
        value=said.index(shown.index.value),
        wagstaff=said.index(shown.wagstaff),
        if_no=said.index(shown.if_no),
        if_yes=said.index(shown.if_yes),
    )
    lost = (
        tr("; it is not known for {no_wealth} {found}.", no_wealth=words.exact(shown.no_wealth, 0), found=who(found))
        if shown.no_wealth
        else "."
    )
    return [
        html.H3(title),
        html.P(sentence),
        html.Div(chart, role="img", **{"aria-label": title}),
        html.P(more + lost, className="fm-soft"),
        html.Details([html.Summary(tr("The same as a table")), table], className="fm-meaning"),
    ]


def _tenths(curve: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """The points of the curve nearest to each tenth of people."""
    near = [min(curve, key=lambda p: abs(p[0] - t / 10)) for t in range(1, 11)]
    return list(dict.fromkeys(near))


def _thing(found: Audit) -> str:
    """What is shared out: "internet for learners"."""
    return tr(found.title)[0].lower() + tr(found.title)[1:]


def between(found: Audit) -> list[Component]:
    """Theil's T of having it and of an amount, between the areas and within them."""
    measured = [(tr("{title} (with or without)", title=tr(found.title)), "", found.spread)]
    measured += (
        [
            (
                tr(found.amount.title),
                tr("mean {mean} {unit}", mean=words.exact(found.amount.found.mean), unit=told(found.amount.unit)),
                found.amount.found,
            )
        ]
        if found.amount
        else []
    )
    rows = [(title, note, m) for title, note, m in measured if m is not None and m.theil == m.theil]
    if not rows:
        return [
            c.empty_state(
                tr("This needs two areas or more, and schools that report what they have"),
                kept=tr("Devices or bandwidth of each school would bring it"),
            )
        ]
    parts = tr(found.places.dimension.title.lower()) if found.places else tr("area")
    sentences = [html.P(_inequality_said(title, m, parts)) for title, _, m in rows]
    table = c.table(
        (tr("What"), tr("Theil's T"), tr("Between"), tr("Within"), tr("Between, share"), tr("Gini"), tr("Not reported")),
        [(f"{title}{', ' + note if note else ''}", *(said.index(v, 3) for v in (m.theil, m.between, m.within)), words.percent(m.share_between), said.index(m.gini, 3), words.count(m.unknown, found.unit)) for title, note, m in rows],
        caption=tr("Inequality between each {parts} and the others, and within them; 0 is the same for all", parts=parts),
        numeric=(1, 2, 3, 4, 5, 6),
    )  # fmt: skip
    note = tr(
        "There are no bounds: nobody who does not report can be said to have at most so much. Where places have few schools, chance alone puts some of it between them."
    )
    return [*sentences, c.wide(table, tr("Inequality")), html.P(note, className="fm-soft fm-small")]


def _inequality_said(title: str, m: Inequality, parts: str) -> str:
    if m.theil <= 0:
        return tr("{title}: the same for all that report.", title=title)
    lies = (
        tr("most of the inequality is inside places, between schools near one another")
        if m.share_between < 0.5
        else tr("most of the inequality is between places")
    )
    return tr(
        "{title}: {share_between} of the inequality lies between one {parts} and another, {share_between_2} within them: {lies}.",
        title=title,
        share_between=words.percent(m.share_between),
        parts=parts,
        share_between_2=words.percent(1 - m.share_between),
        lies=lies,
    )


# --- many things at once -------------------------------------------------------------------------------------------


def many(found: Audit) -> list[Component]:
    """H and M0 of all and of the groups: who is in schools that lack many things at once."""
    if not found.headcounts:
        return [c.empty_state(tr("Nothing is known of what these schools lack"))]
    whole = found.headcounts[0]
    h = whole.share
    range_ = "" if h.lower == h.upper else f" ({words.bounds_of_ten(h.lower, h.upper)})"
    sentence = (
        tr(
            "{capitalize} {found}{range} are in schools that lack {k} or more of {of} things",
            capitalize=words.of_ten(h.value).capitalize(),
            found=who(found),
            range=range_,
            k=whole.k,
            of=whole.of,
        )
        if found.unit == "learner"
        else tr(
            "{capitalize} schools{range} lack {k} or more of {of} things",
            capitalize=words.of_ten(h.value).capitalize(),
            range=range_,
            k=whole.k,
            of=whole.of,
        )
    )
    depth = (
        ""
        if whole.depth != whole.depth
        else tr(
            "; those lack {depth} of {of} on average",
            depth=written(whole.depth * whole.of, 1, grouped=False),
            of=whole.of,
        )
    )
    rows = [
        (
            tr(x.by or "All"),
            capital(told(x.group)) or tr("All"),
            _ends(x.share, words.percent),
            _ends(x.adjusted, said.index),
            words.exact(x.people, 0),
        )
        for x in found.headcounts
    ]
    head = (tr("By"), tr("Group"), tr("Lack many (H)"), tr("Adjusted (M0)"), who(found).capitalize())
    table = c.table(
        head,
        rows,
        caption=tr(
            "Lacking {k} or more of {of} things; in brackets, if every unreported thing were there, and if none were",
            k=whole.k,
            of=whole.of,
        ),
        numeric=(2, 3, 4),
    )
    note = tr(
        "H is the share that lacks so many; M0 also counts how many (Alkire and Foster). A thing that is not reported counts as similar schools have it."
    )
    return [
        html.P(sentence + depth + "."),
        c.wide(table, tr("Lacking many things at once")),
        html.P(note, className="fm-soft fm-small"),
    ]


def _ends(span: Range, say: Callable[[float], str]) -> str:
    low, high = say(span.lower), say(span.upper)
    return (
        say(span.value)
        if low == high
        else tr("{value} ({low} to {high})", value=say(span.value), low=words.bare(low), high=high)
    )
