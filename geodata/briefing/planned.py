"""What a budget buys here: the curve at solved budgets, the mix, the money by year, the price of equity (item 7).

A plan is of the whole country; the brief of an area or a group tells its part of it. Every number is a sum over the
schools of plans that are solved and kept; nothing stands between two stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.briefing import said
from geodata.briefing.parts import Bar, Planned, Stop, Year
from geodata.briefing.scope import Scope
from geodata.disclosure import thresholds
from geodata.exports.plan_seen import digits
from geodata.options.words import WAYS
from geodata.plan.result import CHOSEN, Plan
from geodata.say import told, tr, trn


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of a plan that are in a scope, as far as its tier may be told of them."""

    scope: Scope
    plan: Plan

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The plan's rows of the scope's schools."""
        rows = self.plan.schools
        if self.scope.whole:
            return rows
        return rows[rows["school_id"].isin(self.scope.frame["school_id"])]

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """Those of them that the plan chooses."""
        return self.rows[self.rows["decision"] == CHOSEN]

    @property
    def exact(self) -> bool:
        """Whether money stands as it was computed: else two digits, for the price of a link is a distance."""
        return self.scope.desk.locations.exact

    @property
    def few(self) -> bool:
        """Whether too few schools are chosen for their money to be told where a link's price would tell a place."""
        return self.too_few(len(self.chosen))

    def too_few(self, schools: int) -> bool:
        """Whether the money of so many schools may not be told."""
        return not self.exact and 0 < schools < thresholds(self.scope.desk.tier, self.scope.desk.policy).schools

    def amount(self, value: float) -> float:
        """Money as the tier may read it; NaN where it would tell of a few."""
        if self.few:
            return float("nan")
        return value if self.exact else float(digits(value))

    def people(self, rows: pd.DataFrame) -> np.ndarray:
        """What the plan counts of each row: learners, or 1."""
        if self.plan.unit == "schools":
            return np.ones(len(rows))
        return rows["learners"].to_numpy(dtype=float, na_value=0.0)

    def need(self, rows: pd.DataFrame) -> np.ndarray:
        """Underserved people expected in each row."""
        return np.asarray(self.people(rows) * rows["chance_underserved"].to_numpy(dtype=float, na_value=0.0))

    @property
    def reached(self) -> float:
        """Underserved people in the schools chosen."""
        return float(self.need(self.chosen).sum())

    @property
    def plain(self) -> float:
        """The same money where all count alike (λ = 0)."""
        return float(self.need(self.rows[self.rows["at_lambda_0"].fillna(False).astype(bool)]).sum())

    @property
    def cost(self) -> float:
        """Whole-life cost of the schools chosen, as the tier may read it."""
        return self.amount(float(self.chosen["cost"].astype("float64").sum()))


def may_tell(scope: Scope) -> bool:
    """Whether this tier may be told of a plan's part in the scope: of the whole country always, of parts where it sees schools."""
    return scope.whole or scope.desk.one_by_one


def planned(scope: Scope, plan: Plan | None, others: Sequence[Plan] = ()) -> Planned | None:
    """What the plan buys in the scope; None without a plan, or where its part may not be told."""
    if plan is None or not may_tell(scope) or plan.choice.status == "infeasible":
        return None
    part = Part(scope, plan)
    stops = _stops(scope, plan, others)
    unit = tr("underserved learners") if plan.unit == "learners" else tr("schools")
    currency = plan.book.currency
    return Planned(
        title=_title(part, stops),
        sentence=_sentence(part),
        budget=said.money(plan.terms.total, currency),
        reached=said.rounded(part.reached, 3),
        schools=said.exact(len(part.chosen)),
        currency=currency,
        unit=unit,
        stops=stops,
        mix=_mix(part),
        years=_years(part),
        equity=_equity(plan),
        plain=_plain(part),
        provisional=" ".join(filter(None, (_limited(part), _provisional(plan)))),
        terms=plan.terms.key,
        key=plan.key,
        notes=tuple(told(str(n)) for n in plan.notes),
    )  # fmt: skip


def _limited(part: Part) -> str:
    """Whom the plan looks at, where that is not the whole country: its shares are of these."""
    terms = part.plan.terms
    if terms.only:
        return trn("This plan looks at the {n} school of a chosen list alone.", "This plan looks at the {n} schools of a chosen list alone.", len(terms.only))  # fmt: skip
    name = part.scope.desk.places.names.get(terms.area, terms.area)
    return tr("This plan looks at the schools of {area} alone.", area=name) if terms.area else ""


def _provisional(plan: Plan) -> str:
    provisional = plan.book.provisional
    return trn("{n} of {all} prices has no national quote: the money is indicative.", "{n} of {all} prices have no national quote: the money is indicative.", len(provisional), all=said.exact(len(plan.book.costs))) if provisional else ""  # fmt: skip


def _stops(scope: Scope, plan: Plan, others: Sequence[Plan]) -> tuple[Stop, ...]:
    every = {p.terms.total: p for p in (*others, plan) if p.choice.status != "infeasible"}
    parts = {b: Part(scope, every[b]) for b in sorted(every)}
    least = 0 if scope.desk.one_by_one else scope.desk.thresholds.schools
    kept = {b: p for b, p in parts.items() if not 0 < len(p.chosen) < least}  # so few schools would be told of
    return tuple(_stop(p, frozen=b == plan.terms.total) for b, p in kept.items())


def _stop(part: Part, *, frozen: bool) -> Stop:
    total, reached, plain = part.plan.terms.total, part.reached, part.plain
    return Stop(
        budget=total,
        budget_text=said.money(total, part.plan.book.currency),
        reached=reached,
        reached_text=said.exact(reached),
        schools=float(len(part.chosen)),
        schools_text=said.exact(len(part.chosen)),
        plain=plain,
        plain_text=said.exact(plain),
        frozen=frozen,
    )


def _title(part: Part, stops: tuple[Stop, ...]) -> str:
    """What the curve says: how much more the next stop reaches."""
    if not part.scope.whole:
        return _title_here(part, stops)
    later = [s for s in stops if s.budget > part.plan.terms.total * 1.0001]
    here = _many(part, part.reached)
    if not later:
        return tr("{budget} reach {here}; more money reaches no more", budget=said.money(part.plan.terms.total, part.plan.book.currency), here=here)  # fmt: skip
    return tr("{budget} reach {here}; {more} would reach {there}", budget=said.money(part.plan.terms.total, part.plan.book.currency), here=here, more=later[0].budget_text, there=_many(part, later[0].reached))  # fmt: skip


def _many(part: Part, number: float) -> str:
    """What the plan reaches, with what it counts: "24,500 learners", "95 schools"."""
    return said.schools(number) if part.plan.unit == "schools" else said.about_learners(number, 3)


def _title_here(part: Part, stops: tuple[Stop, ...]) -> str:
    """The same for a part of the country, whose budget it is not."""
    later = [s for s in stops if s.budget > part.plan.terms.total * 1.0001]
    budget, here = said.money(part.plan.terms.total, part.plan.book.currency), _many(part, part.reached)
    if not later:
        return tr(
            "{budget} for {place} reach {here} here; more money reaches no more",
            budget=budget,
            here=here,
            place=part.scope.desk.atlas.name,
        )
    there = _many(part, later[0].reached)
    return tr("{budget} for {place} reach {here} here; {more} would reach {there}", place=part.scope.desk.atlas.name, budget=budget, here=here, more=later[0].budget_text, there=there)  # fmt: skip


def _sentence(part: Part) -> str:
    """What the budget buys here, in one sentence."""
    plan, n = part.plan, len(part.chosen)
    money = said.money(plan.terms.total, plan.book.currency)
    if not n:
        return tr("The plan for {budget} chooses no school here.", budget=money)
    need = float(part.need(part.rows[part.rows["eligible"].astype(bool)]).sum())
    share = said.of_ten(part.reached / need) if need else said.not_reported()
    if plan.unit != "learners":
        if part.scope.whole:
            return tr("{budget} connect {schools}, {share} of those that lack usable internet.", budget=money, schools=said.schools(n), share=share)  # fmt: skip
        return tr("Of the {budget} for {place}, {cost} connect {schools} here, {share} of those that lack usable internet.", place=part.scope.desk.atlas.name, budget=money, cost=_spent(part), schools=said.schools(n), share=share)  # fmt: skip
    learners = said.about_learners(part.reached, 3)
    if part.scope.whole:
        return tr("{budget} connect {schools} and reach {learners} who lack usable internet, {share} of them.", budget=money, schools=said.schools(n), learners=learners, share=share)  # fmt: skip
    return tr("Of the {budget} for {place}, {cost} connect {schools} here and reach {learners} who lack usable internet, {share} of them.", place=part.scope.desk.atlas.name, budget=money, cost=_spent(part), schools=said.schools(n), learners=learners, share=share)  # fmt: skip


def _spent(part: Part) -> str:
    return tr("an amount that is not shown") if part.few else said.money(part.cost, part.plan.book.currency)


def _mix(part: Part) -> tuple[Bar, ...]:
    """Schools chosen by way of connecting, most first."""
    counts = part.chosen.groupby("way").size()
    people = part.chosen.assign(_p=part.people(part.chosen)).groupby("way")["_p"].sum()
    frame = pd.DataFrame({"schools": counts.astype("float64"), "learners": people.reindex(counts.index)})
    frame = frame.drop(columns="learners") if part.plan.unit != "learners" else frame
    guarded = part.scope.desk.guarded(frame)
    guarded = guarded.assign(_n=counts).sort_values("_n", ascending=False, kind="stable")
    total = float(counts.sum())
    return tuple(_way(str(way), row, total) for way, row in guarded.iterrows())


def _way(way: str, row: pd.Series, total: float) -> Bar:
    label = said.capital(tr(WAYS.get(way, way.replace("_", " "))))
    if bool(row["hidden"]):
        return Bar(way, label, said.too_few(), hidden=True)
    return Bar(way, label, said.schools(row["schools"]), float(row["schools"]) / total)


def _years(part: Part) -> tuple[Year, ...]:
    """Capital and running costs by year of the plan, then the running costs of a year once all is built."""
    rows, last = part.chosen, len(part.plan.terms.budget)
    year = pd.to_numeric(rows["year"]).to_numpy(dtype=float)
    capital, yearly = (rows[c].to_numpy(dtype=float, na_value=0.0) for c in ("capital", "yearly"))
    hidden = any(part.too_few(int((year == n).sum())) for n in range(1, last + 1))
    out = []
    for n in range(1, last + 2):
        amounts = part.amount(float(capital[year == n].sum())), part.amount(float(yearly[year < n].sum()))
        label = tr("Year {year}", year=said.exact(n)) if n <= last else tr("Each year after, replacements apart")
        # one year of few schools: the others would give it away beside what runs once all is built
        paid, running = (float("nan"),) * 2 if hidden and n <= last else amounts
        texts = [said.too_few() if np.isnan(v) else said.exact(v) for v in (paid, running)]
        out.append(Year(n, label, paid, running, *texts))
    return tuple(out) if len(rows) else ()


def _equity(plan: Plan) -> str:
    share = plan.price_of_equity
    if said.unknown(share):
        return ""
    if share < 0.0005:
        return tr("Keeping the fairness limits costs nothing of what could be reached without them.")
    return tr("Keeping the fairness limits costs at most {share} of what could be reached without them.", share=_percent(share))  # fmt: skip


def _percent(share: float) -> str:
    from geodata.say import percent  # noqa: PLC0415

    return percent(share, 1) if share < 0.1 else percent(share)


def _plain(part: Part) -> str:
    """Against a plan that counts all learners alike."""
    weight = part.plan.terms.number("plan_equity_weight")
    if not weight:
        return tr("This plan counts all alike (λ = 0).")
    ours, plain = said.exact(part.reached), said.exact(part.plain)
    return tr("Counting all alike (λ = 0), the same money would reach {plain} instead of {ours}, the most marginalised no sooner than others.", plain=plain, ours=ours)  # fmt: skip


def plan_said(scope: Scope, plan: Plan | None, found: Planned | None) -> str:
    """The plan in a sentence, or why there is none."""
    if found is not None:
        return found.sentence
    if plan is None:
        return tr("No plan was made for this brief: what a budget would buy is not said here.")
    if plan.choice.status == "infeasible":
        return tr("No plan keeps all of the limits that were asked for, so there is nothing to show.")
    return tr("Plans are told of the whole country alone here, because places are at high risk.")
