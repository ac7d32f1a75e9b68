"""What a plan builds and when it is paid: the mix of technologies, money by year and by who pays, each with its table."""

from __future__ import annotations

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import drawn, figures, figures_plan, words
from dashboard.planning import money
from dashboard.planning.seen import Seen
from dashboard.turned import turned
from geodata.costing.parts import LINES
from geodata.plan.result import Plan
from geodata.say import later, tr

PAYERS = {
    "funder": later("Funder"),
    "school": later("Schools"),
    "operator": later("Operator"),
    "society": later("Society"),
}


def section(seen: Seen) -> list[Component]:
    """Technologies, then money by year; nothing where nothing is chosen."""
    if not seen.totals.schools:
        return []
    return [*technologies(seen), *_spend(seen)]


def technologies(seen: Seen) -> list[Component]:
    """How many schools each technology connects, and what that costs; bars are schools."""
    plan, currency = seen.plan, seen.plan.book.currency
    rows = plan.schools[plan.schools["decision"] == "chosen"]
    by = rows.groupby("way").agg(schools=("school_id", "size"), cost=("cost", "sum"), yearly=("yearly", "sum"))
    by = by.sort_values(["schools", "cost"], ascending=False, kind="stable")
    told = [(money.titled(way), float(r["schools"]), f"{seen.count(r['schools'])} · {money.short(seen.amount(r['cost']), currency)}") for way, r in by.iterrows()]  # fmt: skip
    most = by.index[0]
    share = float(by["schools"].iloc[0]) / len(rows)
    part = words.sentence(words.of_ten(share)).rstrip(".")
    title = tr("{part} of the chosen schools get {way}", part=part, way=money.way(most))
    title = tr("All chosen schools get {way}", way=money.way(most)) if share == 1 else title
    return [
        html.H2(title),
        drawn.amounts(told, caption=tr("Chosen schools by technology, and what they cost"), head=(tr("Technology"), tr("Schools · cost"))),
        _power(rows, seen),
    ]  # fmt: skip


def _power(rows: pd.DataFrame, seen: Seen) -> Component:
    """What goes with the links: power, devices, training, never connectivity alone."""
    parts = [(name, float(rows[column].sum())) for name, column in ((tr("Connection"), "link_cost"), (tr("Power"), "power_cost"), (tr("Devices and support"), "device_cost"), (tr("Training"), "training_cost"))]  # fmt: skip
    said = [f"{name.lower()} {money.short(seen.amount(amount))}" for name, amount in parts if amount > 0]
    none = [name.lower() for name, amount in parts if amount <= 0]
    of = {"currency": seen.plan.book.currency, "parts": words.listed(said)}
    text = tr("Whole life, in {currency}: {parts}; nothing for {none}", none=words.listed(none), **of) if none else tr("Whole life, in {currency}: {parts}", **of)  # fmt: skip
    return html.P(words.sentence(text), className="fm-small")


# --- money by year ---------------------------------------------------------------------------------------------------


def yearly(plan: Plan) -> pd.DataFrame:
    """One row a year: what is paid to build (at the start of each year of building), and to run and replace after it."""
    flows = plan.flows
    if not len(flows):
        return pd.DataFrame(columns=["year", "build", "run"])
    rows = plan.schools[plan.schools["decision"] == "chosen"]
    build = rows.groupby(rows["year"].astype("Int64") - 1)["capital"].sum()
    total = flows.groupby("year")["amount"].sum()
    frame = pd.DataFrame({"year": range(int(total.index.max()) + 1)})
    frame["build"] = frame["year"].map(build).fillna(0.0).astype(float)
    frame["run"] = (frame["year"].map(total).fillna(0.0) - frame["build"]).clip(lower=0)
    return frame


def _spend(seen: Seen) -> list[Component]:
    plan, currency = seen.plan, seen.plan.book.currency
    frame = yearly(plan)
    if frame.empty:
        return []
    build, run = (seen.amount(float(frame[name].sum())) for name in ("build", "run"))
    last = int(frame["year"].max())
    title = tr(
        "Building costs {build}, running it for {years} {run}",
        build=money.short(build, currency),
        years=words.count(last, "year"),
        run=money.short(run),
    )
    names = [tr("start") if y == 0 else tr("year {y}", y=y) for y in frame["year"]]
    shown = [[seen.amount(v) for v in frame[name]] for name in ("build", "run")]
    table = c.table(
        (
            tr("Year"),
            tr("To build, {currency}", currency=currency),
            tr("To run and replace, {currency}", currency=currency),
        ),
        [(n, money.exact(b), money.exact(r)) for n, b, r in zip(names, *shown, strict=True)],
        caption=tr("Money as it is paid, not discounted"),
        numeric=(1, 2),
    )
    short = ["0" if y == 0 else str(y) for y in frame["year"]]
    return [
        html.H2(title),
        html.P(tr("Paid in each year, in {currency}: dark to build, light to run and replace. Not discounted.", currency=currency), className="fm-soft fm-small"),
        dcc.Graph(figure=turned(figures_plan.by_year(tuple(short), tuple(shown[0]), tuple(shown[1]), currency)), config=figures.CONFIG),
        payers(seen),
        html.Details([html.Summary(tr("The years as a table")), c.wide(table, tr("Money by year"))]),
    ]  # fmt: skip


def payers(seen: Seen) -> Component:
    """Who pays for what over all years: one row a line of cost, one column a payer."""
    flows, currency = seen.plan.flows, seen.plan.book.currency
    wide = flows.pivot_table(index="line", columns="payer", values="amount", aggfunc="sum", fill_value=0.0)
    order = [line for line in LINES if line in wide.index] + [line for line in wide.index if line not in LINES]
    who = [p for p in PAYERS if p in wide.columns] + [p for p in wide.columns if p not in PAYERS]
    wide = wide[who].assign(**({"together": wide[who].sum(axis=1)} if len(who) > 1 else {}))
    told = [
        *((tr(LINES.get(line, words.code(line).capitalize())), wide.loc[line]) for line in order),
        (tr("All"), wide.sum()),
    ]
    rows = [(name, *(money.exact(seen.amount(float(amount))) for amount in amounts)) for name, amounts in told]
    head = (tr("What for"), *(tr(PAYERS.get(p, words.code(p).capitalize())) for p in wide.columns))
    found = c.table(head, rows, caption=tr("Who pays for what, all years, {currency}", currency=currency), numeric=tuple(range(1, len(head))))  # fmt: skip
    return c.wide(found, tr("Who pays for what"))
