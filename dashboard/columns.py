"""The columns of the ranked list: heads, widths, what rests on them, and which of them one may filter by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import gridwords
from geodata.say import tr
from geodata.view import View


def columns(
    view: View,
    of: int,
    *,
    learners_known: bool,
    things: Sequence[str] = (),
    surveyed: bool = False,
    services: bool = True,
) -> list[dict[str, Any]]:
    """Column definitions of the grid. Where enrolment is reported for no school (`learners_known`),
    there is no such column: the page says that schools are counted. `things` are the words over the marks; `surveyed`:
    whether there is an order of whom to ask first, shown with the verify first list; `services`: whether what schools
    have is reported for any of them, without which the share that is reported would say too much."""
    order = {view.sort: "desc" if view.descending else "asc"}
    heads = _heads(of, things)
    if surveyed:
        heads.insert(2, {"field": "survey_value", "headerName": tr("Ask first"), "headerTooltip": tr("Order in which asking the schools that have not reported would teach most."), "width": 92, "cellClass": "fm-number", "hide": not survey_first(view)})  # fmt: skip
    if not things:
        heads = [head for head in heads if head["field"] != "marks"]
    if not services:
        heads = [head for head in heads if head["field"] != "data_confidence"]
    if not learners_known:
        heads = [head for head in heads if head["field"] != "num_students"]
    for head in heads:
        column = str(head.get("colId", head["field"]))
        if column in order:
            head["sort"] = order[column]
    return heads


def _heads(of: int, things: Sequence[str]) -> list[dict[str, Any]]:
    """Every column but the order of a survey; `of`: how many things are counted, `things`: the words over the marks."""
    return [
        {
            "field": "priority_rank",
            "headerName": tr("Likely rank"),
            "headerTooltip": tr(
                "Where the school stands in 9 of 10 tries with other sensible weights, methods and guesses for what is not reported; the short line shows where that lies in the whole list. Below it the rank itself, and how many schools cannot be told apart from it. “Outside”: nearly all tries put the school elsewhere than its rank. Rest on a cell to read why, and how often it is among the first."
            ),
            "width": 130,
            "headerClass": "fm-tight",
            "cellRenderer": "FirstMileRank",
            "pinned": gridwords.first_side(),
        },
        {
            "field": "school_name",
            "headerName": tr("School and place"),
            "cellRenderer": "FirstMileSchool",
            "width": 160,
            "minWidth": 140,
            "flex": 3,
            "filter": "agTextColumnFilter",
            "filterParams": {"filterOptions": ["contains"], "maxNumConditions": 1, "buttons": ["reset"]},
        },
        {
            "colId": "lacks_count",
            "field": "said_lacks",
            "headerName": tr("Lacks"),
            "headerTooltip": tr(
                "How many of the {of} things that are counted a school lacks; that makes its group.", of=of
            ),
            "cellRenderer": "FirstMileTier",
            "width": 104,
            **_bounds(tr("things lacking")),
        },
        {
            "field": "marks",
            "headerName": tr("What it lacks"),
            "headerComponentParams": {
                "innerHeaderComponent": "FirstMileThings",
                "innerHeaderComponentParams": {"things": list(things)},
            },
            "headerClass": "fm-things-head",
            "cellRenderer": "FirstMileLacks",
            "width": 19 * len(things) + 17,
            "sortable": False,
            "resizable": False,
        },
        {
            "field": "reasons",
            "headerName": tr("Two main reasons"),
            "cellRenderer": "FirstMileReasons",
            "width": 160,
            "minWidth": 150,
            "flex": 3,
            "sortable": False,
        },
        {
            "field": "num_students",
            "headerName": tr("Learners"),
            "headerTooltip": tr("Learners enrolled"),
            "width": 86,
            "cellClass": "fm-number",
            **_bounds("learners"),
        },
        {
            "field": "data_confidence",
            "headerName": tr("Reported"),
            "headerTooltip": tr(
                "Share of the score that is reported, measured or inferred; the rest is taken from similar schools."
            ),
            "width": 96,
            "cellClass": "fm-number",
            **_bounds(tr("share, 0 to 1")),
        },
    ]


def survey_first(view: View) -> bool:
    """Whether the view shows whom to ask first."""
    return view.sort == "survey_value" or dict(view.among).get("list") == ("verify_first",)


def _bounds(unit: str) -> dict[str, Any]:
    return {
        "filter": "agNumberColumnFilter",
        "filterParams": {
            "filterOptions": ["greaterThanOrEqual", "lessThanOrEqual", "inRange"],
            "inRangeInclusive": True,
            "maxNumConditions": 1,
            "buttons": ["reset"],
            "filterPlaceholder": unit,
        },
    }
