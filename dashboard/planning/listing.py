"""The list of a plan: every school with the decision on it, in the words of the files, sorted and filtered as asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from dashboard import gridwords, words
from dashboard.planning import marks, money
from dashboard.planning.seen import Seen
from geodata.exports.plan_words import ADVICE
from geodata.plan.result import Plan
from geodata.say import told, tr
from geodata.view import View

BLOCK = 100
MOST_ROWS = 5 * BLOCK
SORTS = ("school_name", "decision", "year", "way", "cost", "learners", "each", "selected_share")
EVERY = "all"


def columns(seen: Seen) -> list[dict[str, Any]]:
    """Column definitions of the grid: what is known for no school has no column."""
    plan = seen.plan
    rows, currency = plan.schools, plan.book.currency
    several = len(plan.terms.budget) > 1
    heads: list[dict[str, Any]] = [
        {"field": "school_name", "headerName": tr("School and place"), "cellRenderer": "FirstMilePlanSchool", "width": 180, "minWidth": 160, "flex": 3, "pinned": gridwords.first_side()},
        {"field": "decision", "headerName": tr("In the plan"), "cellRenderer": "FirstMilePlanMark", "width": 108},
        *([{"field": "year", "headerName": tr("Year"), "width": 70, "cellClass": "fm-number"}] if several else []),
        {"field": "way", "headerName": tr("Technology"), "width": 118},
        {"field": "cost", "headerName": tr("Cost, {currency}", currency=currency), "headerTooltip": tr("Whole life: connection, power, devices, support and training. Below, with low and with high prices."), "cellRenderer": "FirstMilePlanCost", "width": 126, "cellClass": "fm-number"},
        *([{"field": "learners", "headerName": tr("Learners"), "headerTooltip": tr("Enrolled; ≈ where it is not reported and taken from its range or from similar schools."), "width": 80, "cellClass": "fm-number"}] if plan.unit != "schools" else []),
        *([{"field": "each", "headerName": tr("For each learner reached"), "headerTooltip": tr("Cost divided by the learners who are underserved now, in {currency}.", currency=currency), "width": 88, "cellClass": "fm-number"}] if plan.unit != "schools" else []),
        *([{"field": "advice", "colId": "selected_share", "headerName": tr("Advice"), "headerTooltip": tr("How often the school stays in the plan when prices and unknown data are drawn at random."), "width": 92}] if rows["selected_share"].notna().any() else []),
        {"field": "why", "headerName": tr("Why"), "cellRenderer": "FirstMilePlanWhy", "width": 240, "minWidth": 168, "flex": 6, "sortable": False},
    ]  # fmt: skip
    return heads


@lru_cache(maxsize=6)
def table(seen: Seen) -> pd.DataFrame:
    """What the list sorts and says: the rows of the plan as the tier may see them, with class and cost of each reached."""
    codes = pd.Series(marks.classes(seen.plan, seen.following), index=seen.plan.schools["school_id"].to_numpy())
    frame = seen.schools.reset_index(drop=True)
    frame["mark"] = frame["school_id"].map(codes).to_numpy()
    need = money.need_of(seen.plan, frame)
    cost = frame["cost"].to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = cost / np.where(need > 0, need, np.nan)
    frame["each"] = each
    return frame


def rows(seen: Seen, view: View, request: Mapping[str, Any], which: str) -> dict[str, Any]:
    """One block of the grid for what it asks, and how many schools there are: those in the view's area, of one class."""
    if not seen.rows:
        return {"rowData": [], "rowCount": 0}
    frame = table(seen)
    if view.area:
        inside = seen.desk.schools["school_id"].iloc[seen.desk.select(View(area=view.area)).positions]
        frame = frame[frame["school_id"].isin(inside)]
    if which in marks.ORDER:
        frame = frame[frame["mark"] == marks.ORDER.index(which)]
    frame = ordered(frame, next(iter(request.get("sortModel") or ()), None))
    start = max(int(request["startRow"]), 0)
    stop = min(int(request["endRow"]), start + MOST_ROWS)
    found = frame.iloc[start:stop].to_dict("records")
    return {"rowData": [record(seen.plan, row) for row in found], "rowCount": len(frame)}


def ordered(frame: pd.DataFrame, order: Mapping[str, Any] | None) -> pd.DataFrame:
    """The rows in the order asked for, ties by id; chosen first by default, then the next, each by year and cost."""
    name = str(order["colId"]) if order else ""
    if order is None or name not in SORTS:
        keys = ["mark", "year", "each" if frame["each"].notna().any() else "cost", "school_id"]
        return frame.sort_values([k for k in keys if k in frame], ascending=[False, *(True for k in keys[1:] if k in frame)], kind="stable")  # fmt: skip
    column = {"decision": "mark"}.get(name, name)
    up = order["sort"] == "asc" if column != "mark" else order["sort"] == "desc"
    return frame.sort_values(column if column in frame else "school_id", ascending=up, kind="stable", na_position="last")  # fmt: skip


def record(plan: Plan, row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of the grid, in words."""
    mark = marks.ORDER[int(row["mark"])]
    estimated = "≈ " if row.get("learners_estimated") is True or row.get("learners_estimated") == True else ""  # noqa: E712
    why = marks.not_eligible_words(row["not_eligible_why"]) if mark == marks.NOT_ELIGIBLE else row.get("why")
    costed = not words.unknown(row.get("cost"))
    return {
        "school_id": row["school_id"],
        "school_name": row.get("school_name") or row["school_id"],
        "place": words.place_of(row),
        "mark": mark,
        "shape": marks.SHAPES[mark],
        "decision": tr(marks.WORDS[mark]),
        "year": "" if words.unknown(row.get("year")) else f"{int(row['year'])}",
        "way": money.titled(row["way"]) if not words.unknown(row.get("way")) else "–",
        "cost": money.exact(row["cost"]) if costed else tr("not told") if mark == marks.CHOSEN else "–",
        "cost_span": tr("{low} to {high}", low=money.exact(row.get('cost_low')), high=money.exact(row.get('cost_high'))) if costed else "",
        "learners": words.NOT_REPORTED if words.unknown(row.get("learners")) else f"{estimated}{words.exact(round(float(row['learners'])))}",
        "each": "–" if words.unknown(row.get("each")) else words.exact(round(float(row["each"]), 0 if float(row["each"]) >= 10 else 2)),
        "advice": advice(row),
        "why": "" if words.unknown(why) else words.sentence(told(str(why))),
        "at": None if words.unknown(row.get("latitude")) else [row["longitude"], row["latitude"]],
    }  # fmt: skip


def advice(row: Mapping[str, Any]) -> str:
    """What the draws advise, with how often the school stays in: "fund now (96 %)"."""
    said = tr(ADVICE.get(str(row.get("advice")), ""))
    share = row.get("selected_share")
    return said if words.unknown(share) else f"{said} ({words.percent(share)})".strip()
