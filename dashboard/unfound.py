"""What was looked for in open sources and could not be had: on the page Data, so that a gap is never taken for a finding."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard import components as c
from geodata.query import Desk
from geodata.say import later, tr

TITLE = later("What could not be had")


def rows(desk: Desk) -> list[tuple[str, str]]:
    """What is missing and why, in the recipe's words."""
    missing = desk.atlas.manifest.get("missing") or []
    return [(str(m["what"])[:1].upper() + str(m["what"])[1:], str(m["reason"])) for m in missing]


def section(desk: Desk) -> list[Component]:
    """The section of the page Data; nothing where nothing was looked for in vain."""
    found = rows(desk)
    if not found:
        return []
    table = c.table(
        (tr("What"), tr("Why")), found, caption=tr("Looked for, and not found in any source that was asked")
    )
    note = tr("Nothing is put in its place: what rests on it is not reported. A file of your own can fill each gap.")
    return [c.section(TITLE, c.wide(table, TITLE), id_="unfound", note=note)]
