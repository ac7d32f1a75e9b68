"""The sheets of a programme workbook that add up: totals with live sums and checks, cash flow, regions, λ = 0, curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.costing.flows import worth
from geodata.costing.parts import LINES
from geodata.costing.sheetcells import letters
from geodata.exports.plan_seen import Handed
from geodata.exports.plan_sheet import FIRST, Cell, Sheet, Shown, count, total
from geodata.exports.plan_tables import sheet
from geodata.exports.plan_words import DECISIONS, STATUS, words
from geodata.options.words import WAYS
from geodata.say import in_english
from geodata.suppress import guard_breakdown

CHOSEN = DECISIONS["chosen"]


def cash_flow(of: Handed) -> Sheet:
    """What is paid for what, by whom, in which year: one row a line and payer, one column a year, then the sums."""
    flows = of.sums(of.plan.flows)
    keys = [k for k in ("line", "payer") if k in flows]
    years = range(int(flows["year"].max()) + 1 if len(flows) else 1)
    wide = flows.pivot_table(index=keys, columns="year", values="amount", aggfunc="sum", fill_value=0.0, sort=False)
    wide = wide.reindex(columns=list(years), fill_value=0.0)
    frame = wide.rename(columns={y: f"year_{y}" for y in years}).reset_index()
    frame.columns.name = None
    if "line" in frame:
        order = {line: n for n, line in enumerate(LINES)}
        frame = frame.sort_values("line", key=lambda v: v.map(order), kind="stable").reset_index(drop=True)
        frame["line"] = frame["line"].map(lambda v: LINES.get(v, v))
    rate = of.plan.terms.number("plan_discount_rate")
    numbers = frame[[f"year_{y}" for y in years]].to_numpy(dtype="float64")
    frame["total"] = numbers.sum(axis=1)
    frame["present_value"] = numbers @ np.power(1 + rate, -np.arange(len(years)))
    first, last = letters(len(keys)), letters(len(keys) + len(years) - 1)
    second = letters(len(keys) + 1)
    later = f"+NPV({rate},{second}{{row}}:{last}{{row}})" if len(years) > 1 else ""
    money = of.plan.book.currency
    more: dict[str, tuple[str, Shown, str]] = {
        **{f"year_{y}": (f"{'Start' if y == 0 else f'Year {y}'} ({money})", "money", "Paid at the start of building." if y == 0 else f"Paid {y} years later.") for y in years},
        "total": (f"Total ({money})", "money", "Sum of all years, as paid."),
        "present_value": (f"Present value ({money})", "money", f"Payments of later years count less, by {rate:.1%} a year."),
    }  # fmt: skip
    live = {
        "total": lambda row: f"SUM({first}{row}:{last}{row})",
        "present_value": lambda row: f"{first}{row}{later.format(row=row)}",
    }
    says = f"What is paid for what, by whom and when, in {money} of the price year. Discount rate {rate:.1%}; {of.plan.terms.policy['plan_perspective']} perspective."  # fmt: skip
    return sheet(of, "Cash flow", says, frame, more, formulas=live if of.exact else {})


def totals(of: Handed, schools: Sheet, flow: Sheet) -> Sheet:
    """The programme's sums: live formulas over the other sheets, what the plan itself says, and the difference."""
    rows: list[tuple[str, str, Cell | float, float | None]] = []
    chosen = of.plan.chosen
    if of.rows:
        rows += _of_schools(of, schools, chosen)
    else:
        rows += [("Schools chosen", "schools", float(len(chosen)), None), *([("Learners in them", "learners", _sum(chosen["learners"]), None)] if of.learners else []), ("Cost, whole life", of.plan.book.currency, _money(of, _sum(chosen["cost"])), None)]  # fmt: skip
    if of.exact:
        rows.append(
            (
                "Present value of the cash flow",
                of.plan.book.currency,
                total(flow, "present_value"),
                worth(of.plan.flows, of.plan.terms.number("plan_discount_rate")),
            )
        )
        if of.rows:
            rows.append(
                (
                    "Cost of the schools at the start of the plan",
                    of.plan.book.currency,
                    _started(of, schools),
                    worth(of.plan.flows, of.plan.terms.number("plan_discount_rate")),
                )
            )
        rows.append(("Paid over all years", of.plan.book.currency, total(flow, "total"), _sum(of.plan.flows["amount"])))
    rows.append(("Budget", of.plan.book.currency, of.plan.terms.total, None))
    told = [{"what": w, "unit": u, "value": v, "plan": p, "difference": _difference(i, v, p)} for i, (w, u, v, p) in enumerate(rows)]  # fmt: skip
    frame = pd.DataFrame(told)
    more: dict[str, tuple[str, Shown, str]] = {
        "what": ("What", "text", ""),
        "unit": ("Unit", "text", ""),
        "value": ("Sum of the sheets (live)", "money", "A formula over the other sheets."),
        "plan": ("As computed", "money", "What the plan itself says, as a plain number."),
        "difference": ("Difference", "money", "0 where the sheets add up to the plan."),
    }
    return sheet(of, "Totals", "Sums of the programme. The third column is live: it follows when a cell of Schools or Cash flow is changed.", frame, more)  # fmt: skip


def _difference(row: int, value: object, plan: float | None) -> Cell | None:
    """0 where the sheets add up to what the plan computed; none where there is nothing to compare."""
    if plan is None or not isinstance(value, Cell):
        return None
    at = FIRST + 1 + row
    return Cell(f"ROUND(C{at}-D{at},2)", round(value.value - plan, 2) + 0.0)


def _of_schools(of: Handed, schools: Sheet, chosen: pd.DataFrame) -> list[tuple[str, str, Any, float | None]]:
    money = of.plan.book.currency
    has = set(schools.frame.columns)
    rows: list[tuple[str, str, Any, float | None]] = [
        ("Schools chosen", "schools", count(schools, decision=CHOSEN), float(len(chosen))),
    ]
    if of.learners:
        rows.append(
            ("Learners in them", "learners", total(schools, "learners", decision=CHOSEN), _sum(chosen["learners"]))
        )
    parts = ("cost", "cost_low", "cost_high", "capital", "yearly", "link_cost", "power_cost", "device_cost", "training_cost")  # fmt: skip
    if of.exact:
        rows += [(schools.titles[c].rsplit(" (", 1)[0], money, total(schools, c, decision=CHOSEN), _sum(chosen[c])) for c in parts if c in has]  # fmt: skip
    else:
        rows.append(("Cost, whole life, rounded", money, _money(of, _sum(chosen["cost"])), None))
    rows += [(f"Schools of year {y}", "schools", count(schools, decision=CHOSEN, year=y), float((chosen["year"] == y).sum())) for y in sorted({int(v) for v in chosen["year"].dropna()})]  # fmt: skip
    for way in sorted({str(w) for w in chosen["way"].dropna()}):
        mine, named = chosen[chosen["way"] == way], words(way, WAYS)
        rows.append((f"Schools by {named}", "schools", count(schools, decision=CHOSEN, way=named), float(len(mine))))
        if of.exact:
            rows.append((f"Cost by {named}", money, total(schools, "cost", decision=CHOSEN, way=named), _sum(mine["cost"])))  # fmt: skip
    return rows


def _started(of: Handed, schools: Sheet) -> Cell:
    """The schools' costs, each worth what it is in its year of building, brought to the start of the plan, live."""
    rate, years = of.plan.terms.number("plan_discount_rate"), range(1, len(of.plan.terms.budget) + 1)
    each = [total(schools, "cost", decision=CHOSEN, year=year) for year in years]
    value = sum(cell.value / (1 + rate) ** n for n, cell in enumerate(each))
    return Cell("+".join(f"{cell.formula}/(1+{rate})^{n}" for n, cell in enumerate(each)), value)


def _money(of: Handed, value: float) -> float:
    return float(of.sums(pd.DataFrame({"amount": [value]}))["amount"].iloc[0])


def _sum(values: pd.Series) -> float:
    return float(pd.to_numeric(values).sum())


@in_english
def regions(of: Handed) -> Sheet:
    """Share of need beside share of money for every region, zeros explained."""
    frame = of.sums(of.plan.regions).reset_index(drop=True)
    if not of.exact and "why" in frame:  # the sentence names the cheapest school's cost
        frame["why"] = frame["why"].where(
            frame["why"].fillna("").eq(""), "None of its schools enters the plan under this budget."
        )
    if not of.rows:
        frame = _guarded(of, frame)
    more: dict[str, tuple[str, Shown, str]] = {
        **{c: (c.replace("_", " ").capitalize(), "share", "") for c in frame.columns if str(c).endswith("_share")},
        "need_share": ("Share of need", "share", "Share of the learners expected to be underserved."),
        "money_share": ("Share of money", "share", "Share of what the plan spends."),
        "why": ("Where nothing is spent: why", "text", ""),
    }
    return sheet(of, "Regions", "Share of need beside share of money. A region that gets nothing says why.", frame, more)  # fmt: skip


def _guarded(of: Handed, frame: pd.DataFrame) -> pd.DataFrame:
    """Regions without the numbers of those with too few schools, eligible or chosen."""
    hidden = pd.Series(False, index=frame.index)
    for counted in ("schools", "chosen"):
        if counted in frame:
            hidden |= guard_breakdown(frame.assign(schools=frame[counted]), of.desk.tier, of.desk.policy)["hidden"]
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    out = frame.astype(dict.fromkeys(numbers, "float64"))
    out.loc[hidden, numbers] = np.nan
    return out


def without_weights(of: Handed) -> Sheet:
    """The plan beside the one that counts all learners alike (λ = 0), and the price of equity."""
    plan, mine = of.plan, of.plan.schools
    chosen, plain = mine["decision"].eq("chosen"), mine["at_lambda_0"].fillna(False).astype(bool)
    rows = [
        _compared("Schools", mine, chosen, plain),
    ]
    if of.learners:
        rows.append(_compared("Learners", mine, chosen, plain, "learners"))
        rows.append(
            _compared("Learners expected to be without", mine.assign(_need=_need(mine)), chosen, plain, "_need")
        )
        rows.append(_compared("Weighted learners", mine, chosen, plain, "value"))
    else:
        rows.append(_compared("Schools, weighted", mine, chosen, plain, "value"))
    groups = of.desk.derived(plan.terms.policy)["tier"].reset_index(drop=True).eq("A").fillna(False).astype(bool)
    rows.append(_compared("Schools of group A", mine, chosen & groups.to_numpy(), plain & groups.to_numpy()))  # fmt: skip
    both = int((chosen & plain).sum())
    rows.append({"what": "Schools in both", "unit": "schools", "plan": both, "plain": both})
    frame = pd.DataFrame(rows)
    if not of.rows:
        frame = frame.iloc[: 3 if of.learners else 1]
    more: dict[str, tuple[str, Shown, str]] = {
        "what": ("What", "text", ""),
        "unit": ("Unit", "text", ""),
        "plan": (f"This plan (λ = {plan.terms.number('plan_equity_weight'):g})", "number", "λ is the weight of marginalisation."),
        "plain": (f"All {plan.unit} alike (λ = 0)", "number", "The same budget and limits, without the weight of marginalisation."),
    }  # fmt: skip
    return sheet(of, "Without weights", f"Price of equity: keeping the fairness limits costs at most {plan.price_of_equity:.2%} of what could be reached without them.", frame, more)  # fmt: skip


def _need(frame: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(frame["learners"]) * pd.to_numeric(frame["chance_underserved"])


def _compared(
    what: str, frame: pd.DataFrame, chosen: pd.Series, plain: pd.Series, column: str = ""
) -> Mapping[str, Any]:
    ends = [float(m.sum()) if not column else _sum(frame.loc[m, column]) for m in (chosen, plain)]
    unit = {"": "schools", "value": "weighted"}.get(column, "learners")
    return {"what": what, "unit": unit, "plan": ends[0], "plain": ends[1]}


CURVE: dict[str, tuple[str, Shown, str]] = {
    "weight": ("Weight of marginalisation (λ)", "number", "0 counts all learners alike."),
    "budget": ("Budget ({money})", "money", "Of all years together."),
    "years": ("Years of building", "count", "1: the whole budget in one year, also where the plan itself takes more."),
    "status": ("Solved", "text", ""),
    "gap": ("From the best possible at most", "number", "A share; proven."),
    "schools": ("Schools", "count", ""),
    "people": ("Learners in them", "count", "Schools, where learners are not known."),
    "reached": ("Expected to be without, reached", "count", ""),
    "objective": ("Weighted years of service", "number", "What the plan makes as large as it can."),
    "poorest_share": ("Share of the poorest fifth", "share", "Of those reached."),
    "group_a_share": ("Share of money for group A", "share", ""),
    "price_of_equity": ("Price of equity", "share", "What the fairness limits cost, at most, of what could be reached without them."),
    "marginal_cost": ("One more reached costs ({money})", "money", "From the budget before."),
    "dominated": ("Beaten", "text", "Another costs no more and reaches no fewer, in every respect."),
}  # fmt: skip


def curve(of: Handed) -> Sheet | None:
    """The budgets that were solved: what each buys."""
    if of.curve is None or of.curve.empty:
        return None
    frame = of.sums(of.curve.reset_index(drop=True))
    frame = frame if of.learners else frame.drop(columns="people", errors="ignore")
    if not of.rows and "schools" in frame:
        few = frame["schools"].between(1, of.desk.thresholds.schools, inclusive="left")
        frame = frame[~few].reset_index(drop=True)
    if "status" in frame:
        frame = frame.assign(status=frame["status"].map(STATUS).fillna(frame["status"]))
    return sheet(
        of, "Budget curve", "What other budgets buy under the same terms, each solved by itself.", frame, CURVE
    )
