"""The finding of a plan in one sentence, what its numbers rest on, and what it is worth beside λ = 0."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import words
from dashboard.planning import money
from dashboard.planning.budget import plain_reached, unit_words
from dashboard.planning.seen import Seen
from geodata.plan.result import Plan
from geodata.say import tr, trn, written

MOST_ITEMS = 4


def headline(seen: Seen) -> str:
    """What the budget buys: "2.0 million US$ bring internet to 312 schools, with 84,000 learners who …"."""
    plan, found = seen.plan, seen.totals
    budget = money.short(found.budget, plan.book.currency)
    if plan.choice.status == "infeasible":
        return tr("No plan for {budget} keeps every rule that is set.", budget=budget)
    if not found.schools and not possible(plan):
        return tr("Nothing can be planned: {plan}.", plan=why_none(plan))
    if not found.schools:
        return tr("{budget} buys no school: {plan}.", budget=budget, plan=why_none(plan))
    return tr("{budget} would connect {plan}: {share} of those in eligible schools.", budget=budget, plan=money.reached_words(plan, found), share=words.of_ten(found.share)) if plan.unit != "schools" else tr("{budget} would connect {plan} of the {need} that are eligible and underserved, as far as is known.", budget=budget, plan=money.reached_words(plan, found), need=words.exact(round(found.need)))  # fmt: skip


def possible(plan: Plan) -> bool:
    """Whether a way of connecting is known for at least one eligible school: without, no budget buys anything."""
    rows = plan.schools
    return bool((rows["eligible"] & rows["cost"].notna()).any())


def why_none(plan: Plan) -> str:
    """Why a plan is empty, in a clause."""
    rows = plan.schools
    if not rows["eligible"].any():
        return tr("no school is eligible")
    can = rows[rows["eligible"] & rows["cost"].notna()]
    if can.empty:
        return tr("no way of connecting any of the eligible schools is known")
    return tr("the cheapest costs {min}", min=money.short(can["cost"].min(), plan.book.currency))


def facts(seen: Seen) -> list[Component]:
    """Cost with its range, what is paid later, λ = 0 beside it, the price of equity, and how near to the best possible."""
    plan, found, currency = seen.plan, seen.totals, seen.plan.book.currency
    if not found.schools:
        return []
    each = "school" if plan.unit == "schools" else tr("underserved learner")
    pairs: list[tuple[str, str]] = [
        (
            tr("Costs over its life"),
            tr(
                "{cost}; {low} from low to high prices",
                cost=money.short(found.cost, currency),
                low=money.span(found.low, found.high),
            ),
        ),
        (
            tr("To build, then to run"),
            tr(
                "{capital}, then {yearly} a year",
                capital=money.short(found.capital, currency),
                yearly=money.short(found.yearly),
            ),
        ),
        (tr("For each {each}", each=each), money.short(found.each, currency) if found.each is not None else "–"),
        (tr("If all counted alike (λ = 0)"), beside(seen)),
        (tr("Price of equity"), equity(plan)),
        (tr("How good it is"), solved(plan)),
    ]
    return [html.Dl([html.Div([html.Dt(name), html.Dd(text)]) for name, text in pairs], className="plan-facts")]


def beside(seen: Seen) -> str:
    """What the same money does where all learners count alike."""
    plan = seen.plan
    here = plan.schools["at_lambda_0"].fillna(False).astype(bool)
    ours = plan.schools["decision"] == "chosen"
    if plan.terms.number("plan_equity_weight") == 0:
        return tr("this is λ = 0: all count alike")
    same = int((here & ours).sum())
    people = "" if plan.unit == "schools" else f", {words.rounded(plain_reached(plan), 3)} {unit_words(plan)}"
    return tr(
        "{sum} schools{people}; {same} of the schools are the same",
        sum=seen.count(here.sum()),
        people=people,
        same=seen.count(same),
    )


def equity(plan: Plan) -> str:
    """The price of equity in a sentence."""
    price = plan.price_of_equity
    if words.unknown(price):
        return tr("not known")
    if abs(price) < 5e-5:
        return tr("nothing: the rules of fairness change no choice here")
    return tr("the rules of fairness cost at most {price} of what could be reached without them", price=_points(price))


def _points(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.0995 / 100 else f"{100 * share:.2f} %"


def solved(plan: Plan) -> str:
    """The solver's bound in words."""
    choice = plan.choice
    if choice.status == "infeasible":
        return tr("no plan keeps every rule")
    if choice.status == "optimal" and choice.gap <= 1e-9:
        return tr("the best possible, proven")
    if choice.gap <= 0:
        return tr("the best possible, proven")
    for least, said in ((1e-6, "0.0001 %"), (1e-5, "0.001 %"), (1e-4, "0.01 %"), (1e-3, "0.1 %"), (1e-2, "1 %")):
        if choice.gap <= least:
            return tr("within {said} of the best possible, proven", said=said)
    return tr(
        "within {gap} % of the best possible; it may be better than is proven",
        gap=written(100 * choice.gap, 1, grouped=False),
    )


def banners(plan: Plan) -> list[Component]:
    """What must stand beside every number: provisional prices, what could not be kept, what was found broken."""
    out: list[Component] = []
    if plan.terms.only:
        out.append(html.P(html.Strong(trn("This plan looks at the {n} school of a chosen list alone.", "This plan looks at the {n} schools of a chosen list alone.", len(plan.terms.only)))))  # fmt: skip
    if plan.clashes:
        out.append(_clashes(plan))
    if plan.broken:
        out.append(
            c.message(tr("This plan breaks a rule and must not be used: ") + "; ".join(plan.broken), kind="error")
        )
    loose = plan.book.provisional
    if loose:
        named = [plan.book.costs[item].title for item in loose[:MOST_ITEMS]]
        rest = len(loose) - len(named)
        more = tr(" and {rest} more", rest=rest) if rest > 0 else ""
        out.append(
            html.P(
                [
                    html.Strong(tr("Provisional prices: ")),
                    tr(
                        "{loose} of {costs} prices are published planning values, not quotes of this country (",
                        loose=len(loose),
                        costs=len(plan.book.costs),
                    ),
                    f"{words.listed(named, 'and') if not more else ', '.join(named)}{more}).",
                    tr(" Read amounts as an order of size."),
                ],
                className="plan-provisional",
            )
        )
    return out


def _clashes(plan: Plan) -> Component:
    lines = [html.Li(clash_words(clash.limit, clash.by, clash.unit)) for clash in plan.clashes]
    all_of_them = any(clash.together for clash in plan.clashes)
    many = tr("All of these together") if all_of_them else tr("Any one of these")
    said = tr("These rules cannot all be kept. {many} would make a plan possible:", many=many) if len(lines) > 1 else tr("A rule cannot be kept:")  # fmt: skip
    return html.Div([html.P(html.Strong(said)), html.Ul(lines)], className="fm-message fm-error", role="alert")


def clash_words(limit: str, by: float, unit: str) -> str:
    """One limit that cannot be kept, and the least by which it must give way."""
    if not by or words.unknown(by):
        return words.sentence(limit)
    amount = words.percent(by) if unit == "share" else f"{words.exact(by, 0)} {unit}".strip()
    return words.sentence(tr("{rstrip}: short by {amount}", rstrip=limit.rstrip("."), amount=amount))


def notes(plan: Plan) -> list[Component]:
    """What the plan says of itself, and what it does not know."""
    return [html.Li(words.sentence(note)) for note in plan.notes]
