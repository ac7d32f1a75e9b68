"""What one plan comes to: the figures that a comparison puts side by side, by (what, unit)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geodata.options.needs import GROUPS
from geodata.plan.basis import basis
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english, tr

FACTS = ("school_id", "region_name", "tier", "poorest")  # and the groups
AMONG = "group_"
Figures = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Side:
    """One plan of a comparison, under its name. `facts` (see `facts`) says which schools are in the poorest fifth, in
    group A and in other groups; without it those lines are unknown."""

    name: str
    plan: Plan
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)


def facts(desk: Desk, plan: Plan) -> pd.DataFrame:
    """What is counted of each school in a comparison: FACTS and the groups, as the desk's tier may know them."""
    found = basis(desk, plan.terms, plan.book).needs  # at hand where the plan was made here
    return found[[*FACTS, *(c for c in found.columns if str(c).startswith(AMONG))]].reset_index(drop=True)


def people_of(plan: Plan, rows: pd.DataFrame) -> pd.Series:
    """What a plan counts of each row: its learners, or 1 a school."""
    if plan.unit == "schools":
        return pd.Series(1.0, index=rows.index)
    return rows["learners"].astype(float).fillna(0.0)


@in_english
def measures(side: Side) -> Figures:
    """The figures of one plan, by (measure, unit). NaN where the data do not tell."""
    plan, unit, money = side.plan, side.plan.unit, side.plan.book.currency
    rows = plan.chosen
    people = people_of(plan, rows)
    reached = people * rows["chance_underserved"].astype(float).fillna(0.0)
    known = side.facts.set_index("school_id") if len(side.facts) else pd.DataFrame()
    out = {
        ("Schools chosen", "schools"): float(len(rows)),
        (f"{unit.capitalize()} in them", unit): float(people.sum()),
        (f"Underserved {unit} expected to be reached", unit): float(reached.sum()),
        ("Share in the poorest fifth", "share"): _share(rows, people, known, "poorest"),
        ("Schools of group A", "schools"): _group_a(rows, known),
        ("Money for group A", "share"): _money_for_a(rows, known),
    }
    for name, title in GROUPS.items():
        if name != "poorest":
            out[f"Share in {title}", "share"] = _share(rows, people, known, AMONG + name)
    out |= {
        ("Budget", money): plan.terms.total,
        ("Cost", money): _sum(rows, "cost"),
        ("Cost, low", money): _sum(rows, "cost_low"),
        ("Cost, high", money): _sum(rows, "cost_high"),
        ("Paid at the start", money): _sum(rows, "capital"),
        ("Paid each year once built", money): _sum(rows, "yearly"),
        ("Cost for each of the " + unit, money): _sum(rows, "cost") / people.sum() if people.sum() else np.nan,
        ("Weight of marginalisation (λ)", ""): plan.terms.number("plan_equity_weight"),
        ("Price of equity", "share"): plan.price_of_equity,
        ("What the plan maximises", "weighted " + unit): plan.choice.objective,
    }
    return out


def _share(rows: pd.DataFrame, people: pd.Series, known: pd.DataFrame, column: str) -> float:
    """Share of the people who are in schools of a group, among those of whom it is known; NaN where it is of none."""
    if column not in known or not len(rows):
        return np.nan
    inside = known[column].reindex(rows["school_id"]).set_axis(rows.index).astype("boolean")
    total = people[inside.notna()].sum()
    return float(people[inside.fillna(False).astype(bool)].sum() / total) if total else np.nan


def _in_a(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series | None:
    if "tier" not in known:
        return None
    return known["tier"].reindex(rows["school_id"]).set_axis(rows.index).eq("A").fillna(False).astype(bool)


def _group_a(rows: pd.DataFrame, known: pd.DataFrame) -> float:
    inside = _in_a(rows, known)
    return np.nan if inside is None else float(inside.sum())


def _money_for_a(rows: pd.DataFrame, known: pd.DataFrame) -> float:
    inside, total = _in_a(rows, known), _sum(rows, "cost")
    return np.nan if inside is None or not total else _sum(rows[inside], "cost") / total


def _sum(rows: pd.DataFrame, column: str) -> float:
    return float(rows[column].astype(float).sum())


@in_english
def by_year(plan: Plan) -> Figures:
    rows = plan.chosen
    years = range(1, max(len(plan.terms.budget), int(rows["year"].max()) if len(rows) else 0) + 1)
    of = {year: rows[rows["year"] == year] for year in years}
    schools = {(tr("Year {y}", y=y), "schools"): float(len(part)) for y, part in of.items()}
    return schools | {(tr("Year {y}", y=y), plan.book.currency): _sum(part, "cost") for y, part in of.items()}


@in_english
def ways(plan: Plan) -> Figures:
    rows = plan.chosen
    counted = {(str(way), "schools"): float(len(part)) for way, part in rows.groupby("way", sort=True)}
    return counted | {
        (str(way), plan.book.currency): _sum(part, "cost") for way, part in rows.groupby("way", sort=True)
    }


@in_english
def regions(side: Side) -> Figures:
    """Schools, people and money of every region, those that get nothing too."""
    if "region_name" not in side.facts:
        return {}
    region = side.facts.set_index("school_id")["region_name"].astype(object)
    rows = side.plan.chosen
    of = region.reindex(rows["school_id"]).set_axis(rows.index).fillna(tr("not known where"))
    names = sorted({*region.dropna().unique(), *of.unique()})
    figures = {
        "schools": pd.Series(1.0, index=rows.index),
        side.plan.unit: people_of(side.plan, rows),
        side.plan.book.currency: rows["cost"].astype(float),
    }
    sums = {unit: values.groupby(of).sum() for unit, values in figures.items()}
    return {(name, unit): float(sums[unit].get(name, 0.0)) for name in names for unit in sums}
