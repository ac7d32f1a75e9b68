"""What stands around the list: the finding, the lists to choose from, what a change did, what to relax, the small print."""

from __future__ import annotations

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import methodbook, page, printing, words
from dashboard.ranking import change, standing
from geodata.policy import NUMBERS
from geodata.priority import tier_cuts
from geodata.query import Desk
from geodata.say import date as day
from geodata.say import tr
from geodata.view import View

PATH = "/prioritise"


def head(desk: Desk, view: View) -> list[Component]:
    """The finding in one sentence, what it counts, and the lists to choose from."""
    policy = view.policy_over(desk.policy)
    stand, summary = standing(desk, policy), desk.summary(view.with_among("list", ()))
    least = tier_cuts(stand.of, policy)[0]
    rows = desk.frame(view.with_among("list", ()), ["tier", "lacks_count"])
    in_a = rows["lacks_count"][rows["tier"] == "A"]
    most = rows["lacks_count"][rows["tier"].notna()].max()
    if not len(in_a) and not words.unknown(most) and most > 0:  # nobody lacks so much here: those who lack the most
        least = int(most)
        in_a = rows["lacks_count"][rows["tier"].notna() & (rows["lacks_count"] >= most)]
    certain = int((in_a >= least).sum())
    lacking = (
        tr("{least} or more of {of} things", least=least, of=stand.of)
        if stand.of > 1
        else tr("the one thing that is counted")
    )
    first = tr(
        "{in_a} of {ranked} lack {lacking}",
        in_a=words.exact(len(in_a)),
        ranked=words.count(summary.ranked, "ranked school"),
        lacking=lacking,
    )
    how = (
        tr(
            "{certain} by what is reported, {in_a} by what similar schools lack. ",
            certain=words.exact(certain),
            in_a=words.exact(len(in_a) - certain),
        )
        if certain < len(in_a)
        else ""
    )
    if not summary.schools:
        first, how = tr("No school is in this list"), ""
    elif not stand.of:
        how, first = "", tr("Nothing is reported that could rank these schools")
    elif not stand.services:
        first = tr("No school can be ranked: what it has is reported for none of them")
        how = tr("Known are places alone. A register with internet, devices or power would rank them. ")
    learners = tr(
        "The {schools} of this list have {learners} learners",
        schools=words.count(summary.schools, "school"),
        learners=words.rounded(summary.learners),
    )
    if not stand.learners:
        learners = tr("Schools are counted: no school here reports its learners")
    elif summary.learners is None:
        learners = tr("No school of this list reports its learners")
    elif summary.learners_unknown:
        told = words.count(summary.schools - summary.learners_unknown, "school")
        learners = tr(
            "{told} of this list report {learners} learners, {learners_unknown} do not report theirs",
            told=told,
            learners=words.rounded(summary.learners),
            learners_unknown=words.exact(summary.learners_unknown),
        )
    selected = (
        ""
        if summary.schools == summary.of
        else tr(
            "These are {schools} of the {of} schools here. ",
            schools=words.exact(summary.schools),
            of=words.exact(summary.of),
        )
    )
    return [
        html.H1(first, className="fm-headline"),
        html.P(f"{how}{selected}{words.sentence(learners)}", className="fm-said fm-small fm-soft"),
        tabs(view, {"": summary.schools, "ranked": summary.ranked, "verify_first": summary.verify_first}, ask=surveyed(desk)),
    ]  # fmt: skip


def surveyed(desk: Desk) -> bool:
    """Whether there is an order of whom to ask first that this tier may see."""
    return "survey_value" in desk.columns and bool(desk.schools["survey_value"].notna().any())


def tabs(view: View, counts: dict[str, int], *, ask: bool = False) -> Component:
    """All, ranked and verify first, with counts, and whom to ask first (`ask`); each is an address."""
    now = ",".join(dict(view.among).get("list", ()))
    names = {
        "": tr("All schools"),
        "ranked": tr("Ranked"),
        "verify_first": tr("Verify first"),
    }
    asked = view.sort == "survey_value"
    plain = replace(view, sort="priority_rank", descending=False) if asked else view
    links = [
        dcc.Link(
            f"{names[key]} ({words.exact(number)})",
            href=page.address(PATH, plain.with_among("list", [key] if key else [])),
            className="fm-here" if key == now and not asked else "",
        )
        for key, number in counts.items()
    ]
    first = replace(view.with_among("list", ()), sort="survey_value", descending=False)
    links += (
        [dcc.Link(tr("Survey first"), href=page.address(PATH, first), className="fm-here" if asked else "")]
        if ask
        else []
    )
    return html.Nav(links, className="fm-list-tabs", **{"aria-label": tr("Lists")})


def changed(desk: Desk, view: View) -> list[Component]:
    """What the changed weights did, with the way back; nothing where the country's own stand."""
    said = change(desk, view)
    if not said:
        return []
    names = words.listed(
        [tr(NUMBERS[name].title).lower() for name, value in view.policy if value != desk.policy[name]][:3]
    )
    undo = dcc.Link(tr("Undo"), href=page.address(PATH, own(view)))
    return [
        html.P(
            [html.Strong(words.sentence(tr("You changed {names}", names=names))), " ", said, " ", undo],
            className="fm-changed",
        )
    ]


def own(view: View) -> View:
    return View(**{**view.__dict__, "policy": ()})


def empty(desk: Desk, view: View) -> list[Component]:
    """What to relax where no school matches; nothing where some do."""
    if not desk.one_by_one:
        ways = [(tr("Areas on the map"), page.address(page.EXPLORE, view))]
        return [
            c.empty_state(
                tr("Schools are not shown one by one to the public here, because places are at high risk"), ways
            )
        ]
    if desk.select(view).total:
        return []
    return [c.empty_state(tr("No school matches everything that is asked"), relax(desk, view), kept=tr("{name} has {schools}", name=desk.atlas.name, schools=words.count(len(desk.schools), 'school')))]  # fmt: skip


def relax(desk: Desk, view: View) -> list[tuple[str, str]]:
    """Addresses that leave out one thing each, with how many schools they show; those that help most first."""
    ways: list[tuple[str, View]] = []
    for name, values in view.among:
        ways.append(
            (
                tr(
                    "{name}: any, not only {listed}",
                    name=words.title(name, desk.place),
                    listed=words.listed([words.code(v) for v in values], "or"),
                ),
                view.with_among(name, ()),
            )
        )
    for key, word in (("at_least", tr("any smaller number")), ("at_most", tr("any larger number"))):
        for name, limit in getattr(view, key):
            kept = tuple(pair for pair in getattr(view, key) if pair[0] != name)
            ways.append(
                (
                    tr(
                        "{name}: {word} than {name_2} too",
                        name=words.title(name, desk.place),
                        word=word,
                        name_2=words.said(name, limit),
                    ),
                    View(**{**view.__dict__, key: kept}),
                )
            )
    ways += (
        [(tr("Any name, not only those with “{text}”", text=view.text), View(**{**view.__dict__, "text": ""}))]
        if view.text
        else []
    )
    ways += (
        [(tr("All schools, not only those picked"), View(**{**view.__dict__, "ids": (), "kept": ""}))]
        if view.ids
        else []
    )
    ways += [(tr("All of {name}", name=desk.atlas.name), View(**{**view.__dict__, "area": ""}))] if view.area else []
    found = [(desk.select(way).total, text, way) for text, way in ways]
    more = sorted((f for f in found if f[0]), key=lambda f: -f[0])
    shown = [(f"{text}: {words.count(total, 'school')}", page.address(PATH, way)) for total, text, way in more]
    bare = View(screen=view.screen, policy=view.policy)
    return shown or [
        (tr("Everything: {schools}", schools=words.count(len(desk.schools), "school")), page.address(PATH, bare))
    ]


def foot(desk: Desk, view: View) -> list[Component]:
    """On which standards the list stands, what is not counted, and where the values come from."""
    stand = standing(desk, view.policy_over(desk.policy))
    hidden = (
        tr(
            "Counted, but not shown one by one to the public: {listed}.",
            listed=words.listed([tr(x.title).lower() for x in stand.hidden]),
        )
        if stand.hidden
        else ""
    )
    order = tr("The group comes first, the score orders within it, the school's id breaks ties.") if stand.of else ""
    said = [text for text in (order, *stand.words, hidden) if text]
    sources = desk.atlas.manifest.get("sources", [])
    names = "; ".join(dict.fromkeys(str(s.get("publisher") or s.get("name")) for s in sources))
    dates = sorted({str(s["date"]) for s in sources if s.get("date")})
    date = (
        dates[0]
        if len(dates) == 1
        else tr("{dates} to {dates_2}", dates=day(dates[0]), dates_2=day(dates[-1]))
        if dates
        else None
    )
    lines = (
        [
            html.Details(
                [html.Summary(tr("What this list stands on")), html.Ul([html.Li(text) for text in said])],
                className="fm-meaning",
            )
        ]
        if said
        else []
    )
    source = html.Details([html.Summary(tr("Sources")), c.source_line(names, date)], className="fm-meaning")
    how = methodbook.link(view, "rank", tr("How the list is made"))
    return [html.Div([*lines, source, how], className="fm-foot"), *printing.printed(desk, view)]
