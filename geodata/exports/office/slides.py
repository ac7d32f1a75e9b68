"""The slides of a brief, as data: one message each, in the order that a meeting takes them. Screen and PPTX show these.

Nothing is worked out here: every text and every length of a bar is the brief's own. What a meeting may ask for stands
after the decision, as slides in reserve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geodata.briefing.contents import Brief
from geodata.briefing.parts import Chart as Bars
from geodata.briefing.parts import Figure, Planned, Sheet, Stop
from geodata.exports.office.charts import ACTION, NO, PALE, UNKNOWN, Chart, Series
from geodata.say import speaking, tr, trn

MAP = "map"
MOST_ROWS = 7  # of a table on a slide; the document has them all
MOST_POINTS = 5
MOST_BARS = 10  # regions of one chart; the table has them all


@dataclass(frozen=True)
class Slide:
    """One slide. `title` states what there is to know, `kicker` says in two words what it is about; `picture` names a
    drawing, `alt` is said in its place. `table` says the same as `chart`. `reserve`: shown where somebody asks."""

    key: str
    kicker: str
    title: str
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    table: Sheet | None = None
    points: tuple[str, ...] = ()
    picture: str = ""
    alt: str = ""
    foot: str = ""
    notes: tuple[str, ...] = ()
    reserve: bool = False


def slides_of(brief: Brief) -> tuple[Slide, ...]:
    """Every slide of a brief, in its own language."""
    with speaking(brief.language):
        found = (
            _finding(brief),
            _map(brief),
            *_left_behind(brief),
            plan_slide(brief),
            _unknown(brief),
            _decision(brief),
            _ladder(brief),
            _first(brief),
            _need(brief),
            _mix(brief),
            _years(brief),
            _financing(brief),
            _sources(brief),
        )
        return tuple(slide for slide in found if slide is not None)


# --- the six of the meeting ---------------------------------------------------------------------------------------------


def _finding(brief: Brief) -> Slide:
    about = (brief.schools_text, *(tr("{what} reported for {share}", what=c.label, share=c.text) for c in brief.covered[:1]))  # fmt: skip
    foot = sourced(*((figure.source, figure.date) for figure in brief.numbers[:1]))
    return Slide("finding", tr("The finding"), brief.finding, " · ".join(filter(None, about)), figures=brief.numbers[:4], foot=foot, notes=brief.method)  # fmt: skip


def _map(brief: Brief) -> Slide | None:
    drawn = brief.mapped
    if drawn is None:
        return None
    rows = tuple((s.label, s.text) for s in drawn.shapes if not s.outside)
    table = Sheet(drawn.title, (tr("Area"), drawn.subtitle or drawn.title), rows, (False, True))
    most = tr("{band}. {name}: {count} learners, {share}") if brief.unit == "learners" else tr("{band}. {name}: {count} schools, {share}")  # fmt: skip
    first = [most.format(band=f.band, name=f.name, count=f.learners, share=f.why) for f in brief.first_areas]
    points = (*((tr("Where most are without usable internet:"), *first) if first else ()), *filled(drawn.note))
    return Slide("map", tr("Where"), drawn.title, drawn.subtitle, table=table, points=points, picture=MAP, alt=drawn.alt, foot=drawn.source)  # fmt: skip


def _left_behind(brief: Brief) -> Iterable[Slide]:
    charts = [(key, one) for key, one in (("parity", brief.parity), ("quintiles", brief.quintiles)) if one and one.bars]
    kicker = tr("Who is left behind")
    if not charts and brief.left_behind:
        yield Slide("left", kicker, brief.left_behind[0], points=brief.left_behind[1:])
    for number, (key, one) in enumerate(charts):
        points = brief.left_behind[:2] if number == 0 else ()
        yield Slide(key, kicker, one.title, one.subtitle, chart=bars_of(one), table=table_of(one), points=(*points, *filter(None, (one.note,))), foot=one.source)  # fmt: skip


def plan_slide(brief: Brief) -> Slide:
    """What a budget buys, in one slide."""
    kicker, plan = tr("What a budget buys"), brief.planned
    if plan is None:
        return Slide("plan", kicker, brief.plan_said)
    points = tuple(filter(None, (plan.equity, plan.plain, plan.provisional)))
    foot = tr("Plan {key}", key=plan.key) if plan.key else ""
    return Slide("plan", kicker, plan.sentence, plan.title, chart=curve_of(plan), table=stops_table(plan), points=points, foot=foot, notes=plan.notes)  # fmt: skip


def _unknown(brief: Brief) -> Slide:
    title = brief.unknown[0] if brief.unknown else tr("Everything that this brief rests on is reported.")
    surveys = (tr("Three surveys worth doing first: {what}", what=" ".join(brief.surveys)),) if brief.surveys else ()
    return Slide("unknown", tr("What we do not know"), title, chart=_covered(brief), table=_covered_table(brief), points=(*brief.unknown[1:], *surveys))  # fmt: skip


def _decision(brief: Brief) -> Slide:
    kicker, asked = tr("The decision asked"), brief.decisions
    blank = "…………"
    rows = tuple((d.asked or blank, d.owner or blank, d.date or blank) for d in asked)
    table = Sheet(tr("Decisions asked for"), (tr("Decision"), tr("Who"), tr("By when")), rows)
    title = asked[0].asked if len(asked) == 1 and asked[0].asked else trn("{n} decision is asked for", "{n} decisions are asked for", len(asked))  # fmt: skip
    return Slide("decision", kicker, title, table=table if asked else None, points=filled(brief.disclaimer))  # fmt: skip


# --- in reserve --------------------------------------------------------------------------------------------------------


def _ladder(brief: Brief) -> Slide | None:
    if not brief.ladder:
        return None
    said = tuple(s.value for s in brief.ladder)
    known = tuple(s.number if s.number == s.number else None for s in brief.ladder)
    labels = tuple(s.title if k is not None else unknown_label(s.title, v) for s, k, v in zip(brief.ladder, known, said, strict=True))  # fmt: skip
    chart = Chart("bars", labels, (Series(tr("Share of schools"), known, said),), brief.ladder_said, most=1.0)
    rows = tuple((s.title, s.value, s.range, s.counts, s.difference) for s in brief.ladder)
    heads = (tr("Step"), tr("Share of schools"), tr("Range"), tr("Counts"), tr("Why it differs"))
    table = Sheet(tr("From the official figure to a connection that is fast enough"), heads, rows)
    foot = sourced(*((s.source, s.date) for s in brief.ladder[:1]))
    return Slide("ladder", tr("The official figure, step by step"), brief.ladder_said or table.title, chart=chart, table=table, points=_differences(brief), foot=foot, reserve=True)  # fmt: skip


def _differences(brief: Brief) -> tuple[str, ...]:
    """What each step leaves out, with its range."""
    said = (unknown_label(s.title, " ".join(filter(None, (s.range and tr("{range}.", range=s.range), s.difference)))) for s in brief.ladder if s.difference or s.range)  # fmt: skip
    return tuple(said)


def _first(brief: Brief) -> Slide | None:
    if not brief.first:
        return None
    rows = tuple((f.band, f.name, f.where, f.learners, f.why) for f in brief.first)
    heads = (tr("Rank"), tr("Name"), tr("Where"), tr("Learners"), tr("Main reasons"))
    table = Sheet(brief.first_title, heads, rows, (False, False, False, True, False))
    return Slide("first", tr("Where to begin"), brief.first_title, table=table, points=filled(brief.first_note), reserve=True)  # fmt: skip


def _need(brief: Brief) -> Slide | None:
    rows = brief.need_money
    if not rows:
        return None
    heads = (tr("Area"), tr("Share of need"), tr("Share of money"), tr("Learners"), tr("Amount"))
    cells = tuple((n.name, n.need_text, n.money_text, n.learners, n.amount) for n in rows)
    table = Sheet(tr("Share of need beside share of money"), heads, cells, (False, True, True, True, True))
    rows = rows[:MOST_BARS]
    need = Series(tr("Share of need"), tuple(_or_none(n.need) for n in rows), tuple(n.need_text for n in rows), NO)
    money = Series(tr("Share of money"), tuple(_or_none(n.money) for n in rows), tuple(n.money_text for n in rows), ACTION, hatched=True)  # fmt: skip
    both = (need, money) if any(v is not None for v in money.values) else (need,)
    chart = Chart("bars", tuple(n.name for n in rows), both, brief.need_said)
    return Slide("need", tr("Need and money"), brief.need_said or table.title, chart=chart, table=table, reserve=True)


def _mix(brief: Brief) -> Slide | None:
    plan = brief.planned
    if plan is None or not plan.mix:
        return None
    one = Bars(tr("How these schools would be connected"), "", plan.mix, most=max((b.value for b in plan.mix if b.value == b.value), default=1.0), label_head=tr("Way"), value_head=tr("Schools"))  # fmt: skip
    return Slide("mix", tr("Technologies"), one.title, chart=bars_of(one), table=table_of(one), reserve=True)


def _years(brief: Brief) -> Slide | None:
    plan = brief.planned
    if plan is None or not plan.years:
        return None
    labels = tuple(y.label for y in plan.years)
    capital = Series(tr("Building"), tuple(y.capital for y in plan.years), tuple(y.capital_text for y in plan.years), ACTION)  # fmt: skip
    running = Series(tr("Running costs"), tuple(y.running for y in plan.years), tuple(y.running_text for y in plan.years), ACTION, hatched=True)  # fmt: skip
    title = tr("What it costs to build and to run, year by year")
    heads = (tr("Year"), tr("Building"), tr("Running costs"))
    table = Sheet(title, heads, tuple((y.label, y.capital_text, y.running_text) for y in plan.years), (False, True, True), tr("In {currency}", currency=plan.currency))  # fmt: skip
    return Slide("years", tr("Money by year"), title, tr("In {currency}", currency=plan.currency), chart=Chart("bars", labels, (capital, running), title), table=table, reserve=True)  # fmt: skip


def _financing(brief: Brief) -> Slide | None:
    said = brief.financing
    return Slide("financing", tr("Financing"), said[0], points=said[1:], reserve=True) if said else None


def _sources(brief: Brief) -> Slide:
    rows = tuple((s.name, s.publisher, s.date, s.licence) for s in brief.sources)
    table = Sheet(tr("Sources"), (tr("Source"), tr("Publisher"), tr("Date"), tr("Licence")), rows)
    points = (*brief.method, *filled(brief.licence, brief.attribution, brief.disclaimer))
    return Slide("sources", tr("Where this comes from"), tr("Method and sources"), table=table, points=points, reserve=True)  # fmt: skip


# --- charts and their tables ---------------------------------------------------------------------------------------------


def bars_of(one: Bars) -> Chart:
    """Bars of the brief; a bar that is not known, or hidden, has no length and says so in its label."""
    known = tuple(_or_none(b.value) if not b.hidden else None for b in one.bars)
    labels = tuple(b.label if k is not None else unknown_label(b.label, b.text) for b, k in zip(one.bars, known, strict=True))  # fmt: skip
    said = "; ".join(unknown_label(b.label, b.text) for b in one.bars)
    return Chart("bars", labels, (Series(one.unit or one.value_head or one.title, known, tuple(b.text for b in one.bars)),), f"{one.title}. {said}", most=one.most)  # fmt: skip


def table_of(one: Bars) -> Sheet:
    """The same in words, row by row."""
    notes = any(b.note for b in one.bars)
    heads = (one.label_head or tr("Group"), one.value_head or one.unit or tr("Value"), *((tr("Note"),) if notes else ()))  # fmt: skip
    rows = tuple((b.label, b.text, *((b.note,) if notes else ())) for b in one.bars)
    return Sheet(one.title, heads, rows, (False, True, False)[: len(heads)])


def curve_of(plan: Planned) -> Chart | None:
    """Who is reached by budget, over solved budgets alone; dashed: where all count alike."""
    stops = plan.stops
    if len(stops) < 2:
        return None
    here = next((i for i, s in enumerate(stops) if s.frozen), -1)
    shown = {here, len(stops) - 1} if abs(here - len(stops) + 1) > 2 else {here}
    said = tuple(stop_said(s) if i in shown else "" for i, s in enumerate(stops))
    series = [Series(tr("This plan's rules"), tuple(_or_none(s.reached) for s in stops), said)]
    if any(s.plain == s.plain for s in stops):
        series.append(Series(tr("Where all count alike (λ = 0)"), tuple(_or_none(s.plain) for s in stops), ("",) * len(stops), UNKNOWN, hatched=True))  # fmt: skip
    alt = "; ".join(stop_said(s) for s in stops)
    return Chart("curve", tuple(s.budget_text for s in stops), tuple(series), f"{plan.title}. {alt}", at=tuple(s.budget for s in stops), axis=tr("Budget, {currency}; {unit} reached", currency=plan.currency, unit=plan.unit), here=here)  # fmt: skip


def stop_said(stop: Stop) -> str:
    """What one solved budget buys, in few words."""
    return tr("{budget}: {reached}", budget=stop.budget_text, reached=stop.reached_text)


def stops_table(plan: Planned) -> Sheet:
    """The solved budgets, row by row."""
    heads = (
        tr("Budget, {currency}", currency=plan.currency),
        tr("Reached"),
        tr("Schools"),
        tr("The same at λ = 0"),
        "",
    )
    rows = tuple((s.budget_text, s.reached_text, s.schools_text, s.plain_text, tr("this plan") if s.frozen else "") for s in plan.stops)  # fmt: skip
    return Sheet(tr("Solved budgets"), heads, rows, (True, True, True, True, False))


def _covered(brief: Brief) -> Chart | None:
    rows = brief.covered
    if not rows:
        return None
    known = Series(tr("Reported"), tuple(c.share for c in rows), tuple(c.text for c in rows), PALE)
    missing = Series(tr("Not reported"), tuple(1 - c.share for c in rows), ("",) * len(rows), UNKNOWN, hatched=True)
    said = "; ".join(unknown_label(c.label, c.text) for c in rows)
    return Chart("parts", tuple(c.label for c in rows), (known, missing), tr("How much is reported: {said}", said=said))


def _covered_table(brief: Brief) -> Sheet | None:
    rows = tuple((c.label, c.text) for c in brief.covered)
    return Sheet(tr("How much is reported"), (tr("What"), tr("Reported")), rows, (False, True)) if rows else None


def unknown_label(label: str, said: str) -> str:
    """A label with what is said of it, where no mark can carry the words."""
    return tr("{label}: {said}", label=label, said=said)


def joined(parts: Iterable[Iterable[str]]) -> str:
    """Texts that stand beside each other, those that are empty left out."""
    return " · ".join(text for part in parts for text in part if text)


def sourced(*parts: Iterable[str]) -> str:
    """A line that names a source; empty where there is none."""
    said = joined(parts)
    return tr("Source: {what}", what=said) if said else ""


def filled(*texts: str) -> tuple[str, ...]:
    """Those texts that say something."""
    return tuple(t for t in texts if t)


def _or_none(value: float) -> float | None:
    return value if value == value else None  # noqa: PLR0124 - NaN is the value that is not itself
