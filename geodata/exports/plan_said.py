"""A plan in a few lines: for the console, the first sheet, and whoever reads nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.exports.passport import SYNTHETIC
from geodata.exports.plan_seen import digits
from geodata.exports.plan_words import solved
from geodata.options.words import WAYS
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english

LEAST = 3  # years in which fewer schools are built are not told apart, where schools are not shown one by one


@in_english
def title(desk: Desk, plan: Plan) -> str:
    """ "Talúvane: what a budget of 2,000,000 USD buys in 3 years. Synthetic demonstration data."."""
    years = len(plan.terms.budget)
    over = f" in {years} years" if years > 1 else ""
    said = f"{desk.atlas.name}: what a budget of {plan.terms.total:,.0f} {plan.book.currency} buys{over}."
    return f"{said} {SYNTHETIC}." if desk.atlas.synthetic else said


@in_english
def table(desk: Desk, plan: Plan) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """This plan beside the one that counts all learners alike: head and rows of texts."""
    mine = plan.schools
    sides = [_side(desk, plan, plan.chosen), _side(desk, plan, mine[mine["at_lambda_0"].fillna(False).astype(bool)])]  # fmt: skip
    head = ("", f"this plan (λ = {plan.terms.number('plan_equity_weight'):g})", f"all {plan.unit} alike (λ = 0)")
    return head, [(name, sides[0][name], sides[1][name]) for name in sides[0]]


def _side(desk: Desk, plan: Plan, part: pd.DataFrame) -> dict[str, str]:
    learners = pd.to_numeric(part["learners"])
    group_a = desk.derived(plan.terms.policy)["tier"].eq("A").fillna(False)
    ids = set(desk.whole.loc[group_a.to_numpy(dtype=bool), "school_id"])
    rows = {"schools": f"{len(part):,}"}
    if plan.unit == "learners":
        unserved = float((learners * pd.to_numeric(part["chance_underserved"])).sum())
        rows |= {"learners": f"{learners.sum():,.0f}", "  expected to be without": f"{unserved:,.0f}"}
    rows["schools of group A"] = f"{int(part['school_id'].isin(ids).sum()):,}"
    rows[f"cost ({plan.book.currency})"] = f"{_money(desk, part['cost']):,.0f}"
    return rows


def _money(desk: Desk, values: pd.Series) -> float:
    whole = float(pd.to_numeric(values).sum())
    return whole if desk.locations.exact else float(digits(np.array([whole]))[0])


@in_english
def lines(desk: Desk, plan: Plan) -> list[str]:
    """What must be said beside the figures: range, how good, price of equity, mix, years, prices, what is not known."""
    mine = plan.chosen
    low, high = (_money(desk, mine[c]) for c in ("cost_low", "cost_high"))
    counted = ["Learners are known for no school: schools are counted, each as one."] if plan.unit == "schools" else []
    return [
        *counted,
        f"Cost with all prices low or high: {low:,.0f} to {high:,.0f} {plan.book.currency}.",
        *payable(desk, plan),
        *_spent(desk, plan),
        f"Price of equity: the fairness limits cost at most {plan.price_of_equity:.2%} of what could be reached without them.",
        f"Solved: {solved(plan.choice.status, plan.choice.gap)} ({plan.choice.solver}).",
        *_mix(desk, mine),
        *_standing(plan),
        *(note for note in plan.notes if not note.endswith("proven.")),
    ]


@in_english
def payable(desk: Desk, plan: Plan) -> list[str]:
    """What has to be paid when, as cash: a budget counts what is paid later at its present value. None where schools are
    not shown one by one, or nothing is paid."""
    if not desk.one_by_one or plan.flows.empty:
        return []
    money, covers = plan.book.currency, plan.terms.policy["plan_budget_covers"]
    paid = plan.flows.groupby("year")["amount"].sum().sort_index()
    told = [_money(desk, paid[paid.index == year]) for year in paid.index]
    last, rate = int(paid.index.max()), plan.terms.number("plan_discount_rate")
    counts = "counts what is bought at the start alone" if covers == "capital" else f"counts later payments at their present value ({rate:.1%} a year)"  # fmt: skip
    most = int(str(paid.iloc[1:].idxmax())) if last else 0
    later = f", then {min(told[1:]):,.0f} to {max(told[1:]):,.0f} a year, most in year {most}" if last else ""
    return [
        f"To be paid: {told[0]:,.0f} {money} at the start{later}; {_money(desk, paid):,.0f} over {last} years. The budget {counts}."
    ]


def _spent(desk: Desk, plan: Plan) -> list[str]:
    """Why nothing is bought, or what is left of the budget and why: zeros and rests that nobody should have to guess."""
    counted = "capital" if plan.terms.policy["plan_budget_covers"] == "capital" else "cost"
    waiting = pd.to_numeric(plan.schools.loc[plan.schools["decision"] == "left_out", counted])
    if plan.chosen.empty and len(waiting) and desk.one_by_one:
        least = _money(desk, waiting.nsmallest(1))
        return [f"No school is chosen: the cheapest one costs {least:,.0f} {plan.book.currency}."]
    if not plan.chosen.empty and waiting.empty:
        left = plan.terms.total - float(pd.to_numeric(plan.chosen[counted]).sum())
        return [f"Every school that is eligible and has a way is in the plan; {_money(desk, pd.Series([left])):,.0f} {plan.book.currency} of the budget are not spent."] if left > 0 else []  # fmt: skip
    return []


def _mix(desk: Desk, mine: pd.DataFrame) -> list[str]:
    least = 0 if desk.one_by_one else max(desk.thresholds.schools, LEAST)
    by_way = mine["way"].astype("str").value_counts().sort_index()
    by_year = mine["year"].astype("Int64").value_counts().sort_index()
    said = []
    if len(by_way) and int(by_way.min()) >= least:
        said.append("By way: " + ", ".join(f"{WAYS.get(str(way), way)} {n:,}" for way, n in by_way.items()) + ".")
    if len(by_year) > 1 and int(by_year.min()) >= least:
        said.append("By year: " + ", ".join(f"{n:,} schools in year {year}" for year, n in by_year.items()) + ".")
    return said


def _standing(plan: Plan) -> list[str]:
    """Those left out, and who is to be verified first."""
    decided = plan.schools["decision"].value_counts()
    said = [("left out for now", decided.get("left_out", 0)), ("without a way that is known to be possible", decided.get("no_way", 0)), ("not eligible", decided.get("not_eligible", 0))]  # fmt: skip
    told = [f"Not in the plan: {', '.join(f'{n:,} schools {what}' for what, n in said if n)}."] if any(n for _, n in said) else []  # fmt: skip
    verify = int(plan.chosen["advice"].eq("verify_first").sum())
    return [
        *told,
        *([f"To be verified before money is committed: {verify:,} of the schools chosen."] if verify else []),
    ]
