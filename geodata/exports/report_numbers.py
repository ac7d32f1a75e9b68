"""The numbers of a funder's report, as plain data: what is printed is read from here, and verified against it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.answers import plain_rows
from geodata.arrays import Floats
from geodata.exports.plan_seen import Handed
from geodata.exports.result import Result
from geodata.plan.result import CHOSEN
from geodata.query import Desk
from geodata.view import View

MOST = 5000  # rows of one table of a report; a longer list is cut, and says so
DECIMALS = 6
COLUMNS = ("school_id", "school_name", "admin1", "admin2", "num_students", "tier", "lacks_count", "lacks_unknown", "priority_rank", "rank_low", "rank_high", "priority_score", "priority_reasons", "data_confidence", "list")  # fmt: skip
PLANNED = ("school_id", "school_name", "admin1", "admin2", "tier", "priority_rank", "learners", "learners_estimated", "chance_underserved", "way", "year", "cost", "cost_low", "cost_high", "selected_share", "advice", "why")  # fmt: skip
ALSO = ("rank_low", "rank_high", "priority_reasons")  # from the list, beside a plan's row


def of_list(desk: Desk, view: View, listed: Result | None, *, rows: bool = True) -> dict[str, Any]:
    """The schools of a view: how many, their learners as far as reported, and their rows (the first MOST) where they are
    wanted."""
    if listed is None:
        return {"list": None}
    frame = desk.frame(view, listed.columns)
    known = frame["num_students"].notna() if "num_students" in frame else pd.Series(False, index=frame.index)
    return {
        "list": {
            "schools": len(frame),
            "of": len(desk.schools),
            "learners": int(frame.loc[known, "num_students"].sum()) if known.any() else None,
            "learners_not_reported": int((~known).sum()),
            "verify_first": int(frame["list"].eq("verify_first").sum()) if "list" in frame else None,
            "rows": plain(frame.iloc[:MOST] if rows else frame.iloc[:0]),
        }
    }


def of_plan(of: Handed) -> dict[str, Any]:
    """A plan as its tier is handed it: totals, money by way and year, regions, who is left out, the chosen schools."""
    plan = of.plan
    chosen = plan.chosen
    return {
        "plan": {
            "key": plan.key,
            "unit": plan.unit,
            "currency": plan.book.currency,
            "totals": _totals(of, chosen),
            "ways": _by(of, chosen, "way"),
            "years": _years(of),
            "regions": _regions(of),
            "decisions": _few(of, plan.schools["decision"].value_counts().sort_index()),
            "advice": _few(of, chosen.loc[chosen["advice"].ne(""), "advice"].value_counts().sort_index()),
            "schools": _schools(of),
        }
    }


def _totals(of: Handed, chosen: pd.DataFrame) -> dict[str, Any]:
    plan = of.plan
    money = {c: _money(of, chosen[c]) for c in ("cost", "cost_low", "cost_high", "capital", "yearly")}
    counted = np.ones(len(plan.schools)) if plan.unit == "schools" else _number(plan.schools["learners"], 0.0)
    needs = counted * _number(plan.schools["chance_underserved"], 0.0)
    mine = (plan.schools["decision"] == CHOSEN).to_numpy(dtype=bool)
    eligible = plan.schools["eligible"].fillna(False).to_numpy(dtype=bool)
    plain_ = plan.schools["at_lambda_0"].fillna(False).to_numpy(dtype=bool)
    return {
        "budget": plan.terms.total,
        "schools": len(chosen),
        "learners": None if plan.unit == "schools" else round(float(counted[mine].sum()), DECIMALS),
        "reached": round(float(needs[mine].sum()), DECIMALS),
        "reached_at_lambda_0": round(float(needs[plain_].sum()), DECIMALS),
        "need": round(float(needs[eligible].sum()), DECIMALS),
        **money,
        "price_of_equity": _plain(plan.price_of_equity),
        "gap": _plain(plan.choice.gap),
        "provisional_prices": len(plan.book.provisional),
        "prices": len(plan.book.costs),
    }


def _number(values: pd.Series, unknown: float) -> Floats:
    found: Floats = np.nan_to_num(values.to_numpy(dtype="float64", na_value=unknown), nan=unknown)
    return found


def _money(of: Handed, values: pd.Series) -> float | None:
    total = pd.DataFrame({"amount": [float(pd.to_numeric(values).sum())]})
    return _real(of.sums(total)["amount"].iloc[0])


def _least(of: Handed) -> int:
    """The smallest count that may stand beside others; 0 where schools stand one by one anyway."""
    return 0 if of.rows else max(of.desk.thresholds.schools, 3)


def _by(of: Handed, chosen: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    """Schools and money by a column; where schools are not shown one by one, only where no part is small."""
    names = chosen[column].astype("str")
    counts = names.value_counts().sort_index()
    if len(counts) and int(counts.min()) < _least(of):
        return []
    rows = [(str(name), int(n)) for name, n in counts.items()]
    return [{column: name, "schools": n, "cost": _money(of, chosen["cost"][names == name])} for name, n in rows]


def _years(of: Handed) -> list[dict[str, Any]]:
    """What is paid in each year from the start on."""
    if of.plan.flows.empty or not of.desk.one_by_one:
        return []
    paid = of.plan.flows.groupby("year")["amount"].sum().sort_index()
    return [{"year": int(str(year)), "amount": _money(of, paid[paid.index == year])} for year in paid.index]


def _regions(of: Handed) -> list[dict[str, Any]]:
    """Share of need beside share of money; where schools are not shown one by one, as the workbook guards it."""
    from geodata.exports.plan_money import regions  # noqa: PLC0415 - the sheet has the guard

    frame = regions(of).frame
    names = [c for c in ("region", "need_share", "money_share", "why") if c in frame]
    return plain(frame[names])


def _few(of: Handed, counts: pd.Series) -> dict[str, int]:
    """Counts by name; none of them where one is too small for the tier."""
    return {} if len(counts) and int(counts.min()) < _least(of) else {str(k): int(v) for k, v in counts.items()}


def _schools(of: Handed) -> dict[str, Any]:
    """The chosen schools, best ranked first, as the tier is handed them, with their reasons from the list."""
    frame = of.schools
    frame = frame[frame["decision"].eq(CHOSEN)] if "decision" in frame else frame
    if not of.rows:
        return {"count": len(of.plan.chosen), "rows": []}
    beside = of.desk.frame(_view_of(of), ["school_id", *ALSO]).set_index("school_id")
    names = [c for c in PLANNED if c in frame]
    held = frame[names].join(beside, on="school_id")
    order = held.sort_values(["priority_rank", "school_id"], kind="stable", na_position="last")
    return {"count": len(order), "rows": plain(order.iloc[:MOST])}


def _view_of(of: Handed) -> View:
    """All schools, ranked as the plan's policy ranks them."""
    own = of.desk.policy
    return View().with_policy(dict(of.plan.terms.policy.changes(own)), own)


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, numbers to six decimals, unknown as None."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in plain_rows(frame)]


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    return _real(value)


def _real(value: Any) -> float | None:
    number = float(value)
    return round(number, DECIMALS) if np.isfinite(number) else None
