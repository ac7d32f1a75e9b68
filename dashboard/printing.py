"""The list on paper: a grid draws the rows in its window alone, so a print has the first schools in a table of their own."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import lists
from dashboard.ranking import standing
from geodata.query import Desk
from geodata.say import tr, trn, written
from geodata.view import View

FIRST = 25  # schools: a page or two


def printed(desk: Desk, view: View) -> list[Component]:
    """The first schools of the list as a table that only a print shows; nothing where schools are not seen one by one."""
    total = desk.select(view).total
    if not desk.one_by_one or not total:
        return []
    policy = view.policy_over(desk.policy)
    stand = standing(desk, policy)
    found = desk.rows(view, 0, FIRST, lists.wanted(stand.shown, desk.place))
    rows = [_row(lists.record(row, stand.shown, policy, stand.of)) for row in found]
    head = (tr("Rank"), tr("School and place"), tr("Lacks"), tr("Two main reasons"), tr("Learners"), tr("Reported"))
    n = len(rows)
    caption = trn("The first school of {all}; Export has the whole list.", "The first {n} schools of {all}; Export has the whole list.", n, all=written(total))  # fmt: skip
    return [html.Div(c.table(head, rows, caption=caption, numeric=(0, 4, 5)), className="fm-onpaper")]


def _row(said: dict[str, str]) -> tuple[str, ...]:
    lacks = f"{said['said_tier']}: {said['said_lacks']}"
    return said["priority_rank"], f"{said['school_name']}, {said['place']}", lacks, said["reasons"], said["num_students"], said["data_confidence"]  # fmt: skip
