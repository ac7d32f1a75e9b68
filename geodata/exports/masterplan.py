"""The master-plan table: year, activity, responsible body, schools, cost, funding source, risk; as a sheet and as CSV.

A plan knows what, where, when and for how much. Who answers for it and who may pay is what the country's recipe says
(`planning.responsible_body`, `planning.funders`); where it says nothing, "to be named". Nobody is said to have agreed to pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.exports.formula import spreadsheet_csv
from geodata.exports.passport import SYNTHETIC
from geodata.exports.plan_seen import Handed
from geodata.exports.plan_sheet import Sheet, Shown
from geodata.exports.plan_tables import sheet
from geodata.suppress import guard_breakdown

OPEN = "to be named"
BESIDE = {
    "power_cost": "Power where it is missing",
    "device_cost": "Devices, assistive kits and support",
    "training_cost": "Training of teachers",
}
WAYS = {
    "fibre": "Connect by fibre",
    "cellular": "Connect by mobile network",
    "microwave": "Connect by radio link",
    "satellite": "Connect by satellite",
    "cluster": "Connect through a neighbouring school",
    "offline": "Offline server, meanwhile",
}


def table(of: Handed) -> pd.DataFrame:
    """One row a year and activity, then what others have promised; amounts are present values over the horizon."""
    chosen = of.plan.chosen
    rows = [row for year, part in chosen.groupby("year") for row in _year(of, int(str(year)), part)]
    rows += _promised(of)
    frame = pd.DataFrame(rows, columns=["year", "activity", "responsible", "schools", "learners", "cost", "cost_low", "cost_high", "funding", "risk"])  # fmt: skip
    frame = of.sums(frame if of.learners else frame.drop(columns="learners"))
    return frame if of.rows else guard_breakdown(frame, of.desk.tier, of.desk.policy).drop(columns=["band"], errors="ignore")  # fmt: skip


def _year(of: Handed, year: int, part: pd.DataFrame) -> list[dict[str, object]]:
    rows = []
    for way, mine in part.groupby("way"):
        rows.append(_row(of, year, WAYS.get(str(way), str(way)), mine, "link_cost"))
    for column, activity in BESIDE.items():
        mine = part[pd.to_numeric(part[column]) > 0]
        if len(mine):
            rows.append(_row(of, year, activity, mine, column))
    return rows


def _row(of: Handed, year: int, activity: str, mine: pd.DataFrame, column: str) -> dict[str, object]:
    """An activity with its range: each school's own range of the whole, taken over its part."""
    cost = pd.to_numeric(mine[column]).astype("float64")
    part = cost / mine["cost"].astype("float64").replace(0.0, np.nan)
    low, high = part * mine["cost_low"].astype("float64"), part * mine["cost_high"].astype("float64")
    return {
        "year": year, "activity": activity, "responsible": _body(of), "schools": len(mine),
        "learners": float(pd.to_numeric(mine["learners"]).sum()), "cost": float(cost.sum()),
        "cost_low": float(low.sum()), "cost_high": float(high.sum()), "funding": _funding(of), "risk": _risk(of, mine),
    }  # fmt: skip


def _planning(of: Handed) -> Mapping[str, Any]:
    return of.desk.atlas.manifest.get("planning") or {}


def _body(of: Handed) -> str:
    return str(_planning(of).get("responsible_body") or OPEN)


def _funding(of: Handed) -> str:
    """Who may pay, as the recipe says; that they were named is no promise."""
    may = [str(name) for name in _planning(of).get("funders") or ()]
    return f"not agreed yet; may pay: {'; '.join(may)}" if may else OPEN


def _risk(of: Handed, mine: pd.DataFrame) -> str:
    said = []
    verify = int(mine["advice"].eq("verify_first").sum())
    if verify:
        said.append(f"{verify:,} of {len(mine):,} schools to be verified first")
    guessed = int(mine["learners_estimated"].fillna(False).astype(bool).sum())
    if guessed:
        said.append(f"learners estimated in {guessed:,}")
    if of.plan.book.provisional:
        said.append("prices provisional")
    return "; ".join(said)


def _promised(of: Handed) -> list[dict[str, object]]:
    mine = of.plan.schools[of.plan.schools["not_eligible_why"].eq("committed")]
    if not len(mine):
        return []
    public = "committed_by" not in of.schools.columns
    by = pd.Series("others", index=mine.index) if public else mine["committed_by"].fillna("").replace("", "others")
    return [
        {"year": None, "activity": "Promised already, outside this plan", "responsible": str(who), "schools": len(part), "learners": float(pd.to_numeric(part["learners"]).sum()), "cost": np.nan, "cost_low": np.nan, "cost_high": np.nan, "funding": str(who), "risk": "a promise is not yet a connection"}
        for who, part in mine.groupby(by)
    ]  # fmt: skip


def master_plan(of: Handed) -> Sheet:
    """The table as a sheet of the workbook."""
    money = f"{of.plan.book.currency}, {of.plan.terms.number('plan_horizon_years'):g} years"
    more: dict[str, tuple[str, Shown, str]] = {
        "year": ("Year", "date", "1 is the first year of the plan."),
        "activity": ("Activity", "text", ""),
        "responsible": ("Responsible body", "text", f"As the country's settings name it; “{OPEN}” where they do not."),
        "schools": ("Schools", "count", ""),
        "learners": ("Learners", "count", "A school stands in several activities: learners do not add up over rows."),
        "cost": (f"Cost ({money})", "money", "Present value."),
        "cost_low": (f"With low prices ({money})", "money", ""),
        "cost_high": (f"With high prices ({money})", "money", ""),
        "funding": (
            "Funding source",
            "text",
            f"Who may pay, as the country's settings say, which is no promise; “{OPEN}” where they say nothing.",
        ),
        "risk": ("Risk", "text", ""),
    }
    return sheet(of, "Master plan", "What is done in which year, by whom, for how much, from which money. Nobody named here as a possible payer has agreed to pay.", table(of), more)  # fmt: skip


def master_plan_csv(of: Handed) -> bytes:
    """The table as CSV that spreadsheets open as it is; every row says currency, licence, notice and version."""
    frame = table(of)
    frame["year"] = frame["year"].astype("Int64")
    said = {"currency": of.plan.book.currency, **of.passport}
    if of.desk.atlas.synthetic and SYNTHETIC not in said["notice"]:
        said["notice"] = f"{SYNTHETIC}. {said['notice']}"
    stamped = frame.assign(**{k: pd.Series(v, index=frame.index, dtype="str") for k, v in said.items()})
    money = {c: stamped[c].round(2) for c in ("cost", "cost_low", "cost_high")}
    texts = {c: stamped[c].astype("str") for c in ("activity", "responsible", "funding", "risk")}
    return spreadsheet_csv(stamped.assign(**money, **texts))
