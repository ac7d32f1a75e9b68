"""What the files of a brief are called inside: heads and short labels, and the sources that its figures point to."""

from __future__ import annotations

from typing import Any

from geodata.briefing.contents import Brief
from geodata.say import tr


def heads(brief: Brief) -> dict[str, str]:
    """The heads and labels of a brief, in the language spoken."""
    return {
        "numbers": tr("Four numbers"),
        "coverage": tr("What is reported"),
        "ladder": tr("From the official figure to a connection that is fast enough"),
        "behind": tr("Who is left behind"),
        "first": brief.first_title,
        "first_areas": tr("Areas with the most without usable internet"),
        "plan": tr("What a budget buys"),
        "mix": tr("How they are connected"),
        "years": tr("Money by year"),
        "need": tr("Share of need beside share of money"),
        "financing": tr("Who pays"),
        "unknown": tr("What we do not know"),
        "surveys": tr("Surveys worth doing first"),
        "decisions": tr("Decisions requested") if brief.decided else tr("Open to decide: questions that the figures ask"),
        "owner": tr("Owner"),
        "date": tr("Date"),
        "decision": tr("Decision") if brief.decided else tr("Question"),
        "method": tr("How this was made"),
        "sources": tr("Sources"),
        "annex": tr("Annex"),
        "rank": tr("Rank"),
        "school": tr("School"),
        "where": tr("Where"),
        "learners": tr("Learners"),
        "why": tr("Main reasons"),
        "area": tr("Area"),
        "without": tr("Learners without") if brief.unit == "learners" else tr("Schools without"),
        "share": tr("Share without"),
        "year": tr("Year"),
        "capital": tr("To build"),
        "running": tr("To run"),
        "need_share": tr("Need"),
        "money_share": tr("Money"),
        "budget": tr("Budget across; each mark is a solved plan, the square is this one; dotted: all counted alike (λ = 0)."),
        "bars": tr("solid: known; hatched: could be, not reported; tick: share of those that report"),
        "unknown_class": tr("not reported, or too few"),
        "licence": tr("Licence of the data: {licence}.", licence=brief.licence),
        "map": tr("Map"),
        "need_more": tr("The rest stands in the annex."),
        "nothing": tr("Nothing can be drawn here: too little is known, or too little may be shown."),
        "no_map": tr("There is no map: these data hold no outlines and no locations that may be shown."),
        "page": tr("Page"),
        "version": tr("data {version}", version=brief.version[:12]),
        "hash": tr("brief {key}", key=brief.key[:12]),
        "tier": tr("shown to: {tier}", tier=tr(brief.tier)),
        "draft": "" if brief.approved else brief.status,
    }  # fmt: skip


def references(brief: Brief) -> tuple[dict[str, int], list[str]]:
    """The sources of the figures: number by "source, date" as they first occur, and their list."""
    known: dict[str, int] = {}
    for one in (*brief.numbers, *brief.ladder[1:]):
        text = reference(one)
        if text:
            known.setdefault(text, len(known) + 1)
    return known, list(known)


def reference(one: Any) -> str:
    """Source and date of a figure or step as one text; empty where none is known."""
    if not one.source:
        return ""
    return tr("{source}, {date}", source=one.source, date=one.date) if one.date else str(one.source)


def kicker(brief: Brief) -> str:
    """The line above the finding: where, how many schools, of which date, for whom."""
    where = brief.area_name if brief.area_name == brief.place else tr("{area}, {place}", area=brief.area_name, place=brief.place)  # fmt: skip
    if brief.level:
        return tr("{where} ({level}): {schools}; data of {date}; {risk}", where=where, level=brief.level, schools=brief.schools_text, date=brief.made, risk=brief.risk)  # fmt: skip
    return tr("{where}: {schools}; data of {date}; {risk}", where=where, schools=brief.schools_text, date=brief.made, risk=brief.risk)  # fmt: skip
