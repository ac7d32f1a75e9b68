"""Schools linked between sources, on the page Data: how many by which way, how many wait for a person, and her list.

The list names schools one by one with their places, so that it is for the government alone; everyone sees the counts.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import about, words
from dashboard import components as c
from geodata.disclosure import Tier
from geodata.query import Desk
from geodata.say import later, tr, trn
from geodata.text import fold

TITLE = later("Schools linked between sources")
FILE = "links_review.csv"  # as the build writes it
WAITING = later("to review")
ENDS = {
    WAITING: later("Perhaps one of the register’s: a person decides"),
    "repeated": later("Stands twice in the source"),
    "not linked": later("Found in no register"),
}
LATER = {"leave": later("left out"), "add": later("added as schools"), "review": later("kept among the rejected rows")}
WAYS = {"place and name": later("Linked by place and name"), "a person": later("Linked by a person’s decision")}


def told(desk: Desk) -> list[dict[str, Any]]:
    """What the build says of each linked source."""
    return list(desk.atlas.manifest.get("links") or [])


def waiting(desk: Desk) -> int:
    """Pairs of schools that wait for a person."""
    return sum(int(one.get("pairs_to_review", 0)) for one in told(desk))


def rows(desk: Desk) -> list[tuple[str, str, str]]:
    """How the schools of each linked source ended: source, what, how many."""
    titles = {
        str(s.get("name")): str(s.get("title") or s.get("name")) for s in desk.atlas.manifest.get("sources") or []
    }
    out = []
    for one in told(desk):
        title = titles.get(one["source"], one["source"])
        ways = [(tr(WAYS[way]) if way in WAYS else tr("Linked by {way}", way=way), n) for way, n in one["how"].items()]
        ends = [(_end(end, one), one["outcomes"][end]) for end in ENDS if one["outcomes"].get(end)]
        out += [(title, what, words.exact(n)) for what, n in [*ways, *ends]]
    return out


def _end(end: str, one: dict[str, Any]) -> str:
    return (
        f"{tr(ENDS[end])}: {tr(LATER[one['unmatched']])}"
        if end == "not linked" and one["unmatched"] in LATER
        else tr(ENDS[end])
    )


def section(desk: Desk) -> list[Component]:
    """The section of the page Data; nothing where no source is linked."""
    found = rows(desk)
    if not found:
        return []
    table = c.table(
        (tr("Source"), tr("What became of its schools"), tr("Schools")),
        found,
        caption=tr("Each school of these sources once"),
        numeric=(2,),
    )
    note = tr(
        "The same school is found by an id that both sources have, else by place and name. No school is lost by it, and none stands twice."
    )
    return [c.section(TITLE, c.wide(table, TITLE), *_list(desk), id_="linked", note=note)]


def _list(desk: Desk) -> list[Component]:
    """What waits for a person, and her list where she may have it."""
    open_ = waiting(desk)
    said = (
        trn(
            "{n} pair of schools waits for a person to decide. ",
            "{n} pairs of schools wait for a person to decide. ",
            open_,
        )
        if open_
        else tr("No pair waits for a person to decide. ")
    )
    if desk.tier != Tier.GOVERNMENT:
        return [
            html.P(
                tr("{said}The list is for the government alone, because it names schools and their places.", said=said)
            )
        ]
    link = html.A(
        tr("Download the list of pairs (CSV)"),
        href=f"/export/{desk.atlas.slug}/links.csv",
        className="fm-button",
        download="",
    )
    how = tr(" Write accept, reject or undecided beside a pair, and name the file in the recipe: every later build respects it.")  # fmt: skip
    return [html.P([said, link, how])]


def other_names(desk: Desk, school: dict[str, Any]) -> list[str]:
    """What other sources call a school, where they call it otherwise: "École du Lac in OpenStreetMap"."""
    titles = {
        str(s.get("name")): str(s.get("title") or s.get("name")) for s in desk.atlas.manifest.get("sources") or []
    }
    own = fold(str(school.get("school_name") or ""))
    found = [
        (row["other_name"], titles.get(row["source"], row["source"])) for row in about.links(desk, school["school_id"])
    ]
    return [
        tr("{name} in {title}", name=name, title=title)
        for name, title in found
        if isinstance(name, str) and fold(name) != own
    ]
