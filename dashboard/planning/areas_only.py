"""The plan of a view that may not see where schools lie: what a few budgets buy, by region, and no school by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, waiting, words
from dashboard.planning import asked, head, money, solved
from geodata.options.ground import blocked
from geodata.plan.areas import PARTS, USUAL, ByArea, by_area, inside
from geodata.plan.result import Plan
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import later, tr, written
from geodata.store import Store
from geodata.view import View

FEW = later("too few to be told")
RULE = later(
    "Told by area alone: which schools a plan chooses, and what each costs, would give away where they lie. Counts are to the nearest 5, money to two digits, and places with few schools have no number. The budgets are the same for everyone, under the country's own terms, and without what officers decided about single schools."
)


@dataclass(frozen=True)
class Found:
    """The plans of the budgets that are told, in their order; None while they are being made. `done`: how much of them is."""

    plans: tuple[Plan, ...] | None
    done: float


def wanted(desk: Desk) -> bool:
    """Whether this view is told its plans by area alone."""
    return bool(blocked(desk))


def plans(desk: Desk) -> Found:
    """The plans of the budgets that are told; asking starts what is missing."""
    store = page.served().store
    done, found = waiting.ask(("areas", desk), lambda progress: _made(desk, store, progress), solved.FIRST)
    return Found(found, done)


def _made(desk: Desk, store: Store | None, progress: waiting.Progress) -> tuple[Plan, ...]:
    near = inside(desk)
    usual = Terms.of(near.policy, 0.0)
    whole = solved.whole_cost(near, usual)
    budgets = sorted({solved.nice(part * whole) for part in PARTS})
    found = []
    for number, budget in enumerate(budgets):
        progress(number, len(budgets))
        found.append(solved.plan_now(near, Terms.of(near.policy, budget), store))
    return tuple(found)


def parts(desk: Desk, view: View, made: tuple[Plan, ...]) -> list[Component]:
    """Headline, the other budgets, the regions, and what the plan rests on."""
    told = [by_area(desk, plan) for plan in made]
    at = _at(told, view)
    one, plan = told[at], made[at]
    return [
        html.H1(headline(one)),
        html.P(tr(RULE), className="fm-soft"),
        *head.banners(plan),
        html.H2(tr("What other budgets buy")),
        _budgets(told, at, view),
        *_regions(desk, one),
        html.P(desk.kept_back_note, className="fm-soft fm-small") if desk.kept_back_note else None,
    ]  # fmt: skip


def _at(told: list[ByArea], view: View) -> int:
    """The budget that is nearest to the one that the address asks for."""
    amounts = asked.budget(view)
    if not amounts:
        return min(USUAL, len(told) - 1)
    return min(range(len(told)), key=lambda i: (abs(told[i].budget - sum(amounts)), i))


def headline(one: ByArea) -> str:
    """What the budget buys, in rounded numbers."""
    budget = money.short(one.budget, one.currency)
    if one.schools is None:
        return tr(
            "{budget} would connect so few schools, or leave out so few, that their number is not told here.",
            budget=budget,
        )
    if not one.schools:
        return tr("{budget} buys no school.", budget=budget)
    of = {"budget": budget, "schools": written(one.schools)}
    if one.reached is None:
        return tr("{budget} would connect about {schools} schools.", **of)
    of["reached"] = words.exact(one.reached)
    if one.share is None:
        return tr("{budget} would connect about {schools} schools, with about {reached} learners who are underserved now.", **of)  # fmt: skip
    return tr("{budget} would connect about {schools} schools, with about {reached} learners who are underserved now: about {share} of those in eligible schools.", share=words.of_ten(one.share), **of)  # fmt: skip


def _budgets(told: list[ByArea], at: int, view: View) -> Component:
    currency, learners = told[at].currency, told[at].unit != "schools"
    rows = [
        [
            html.Strong(money.exact(one.budget)) if i == at else dcc.Link(money.exact(one.budget), href=page.address(asked.PATH, asked.with_budget(view, one.budget))),
            tr(FEW) if one.schools is None else tr("about {schools}", schools=written(one.schools)),
            *([tr(FEW) if one.reached is None else tr("about {reached}", reached=words.exact(one.reached))] if learners else []),
            "–" if one.cost is None else money.exact(one.cost),
        ]
        for i, one in enumerate(told)
    ]  # fmt: skip
    names = (tr("Budget, {currency}", currency=currency), tr("Schools connected"), *((tr("Underserved learners reached"),) if learners else ()), tr("Cost, {currency}", currency=currency))  # fmt: skip
    table = c.table(names, rows, caption=tr("Budgets that are told"), numeric=tuple(range(len(names))))
    return c.wide(table, tr("What other budgets buy"))


def _regions(desk: Desk, one: ByArea) -> list[Component]:
    frame = one.regions
    if frame["region"].notna().sum() == 0:
        return []
    word = words.level(desk.place, 1)
    frame = frame.sort_values(["need_share", "region"], ascending=[False, True], na_position="last")
    rows = [[tr("Not reported") if words.unknown(r["region"]) else r["region"], *_cells(r)] for r in frame.to_dict("records")]  # fmt: skip
    names = (words.sentence(word).rstrip("."), tr("Share of need"), tr("Share of money"), tr("Schools connected"), tr("Money, {currency}", currency=one.currency))  # fmt: skip
    table = c.table(names, rows, caption=tr("Need and money by area"), numeric=(1, 2, 3, 4))
    return [
        html.H2(tr("Share of need beside share of money, for every {word}", word=word)),
        c.wide(table, tr("Need and money")),
    ]


def _cells(row: dict[str, object]) -> list[str]:
    if pd.isna(row["chosen"]):  # type: ignore[call-overload]
        return [tr(FEW)] * 4
    return [*(words.percent(row[n]) for n in ("need_share", "money_share")), tr("about {chosen}", chosen=written(float(str(row['chosen'])), 0)), money.exact(row["cost"])]  # fmt: skip
