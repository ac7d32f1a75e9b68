"""The finding of a plan in one sentence, what its numbers rest on, and what it is worth beside λ = 0."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import page, words
from dashboard.planning import asked, money
from dashboard.planning.budget import plain_reached
from dashboard.planning.seen import Seen
from geodata.plan.against import NONE_POOREST
from geodata.plan.result import Plan
from geodata.say import joined, per_cent, told, tr, trn, written
from geodata.view import View

MOST_ITEMS = 4


def headline(seen: Seen) -> str:
    """What the budget buys: "2.0 million US$ bring internet to 312 schools, with 84,000 learners who …"."""
    plan, found = seen.plan, seen.totals
    budget = money.short(found.budget, plan.book.currency)
    if plan.choice.status == "infeasible":
        return tr("No plan for {budget} keeps every rule that is set.", budget=budget)
    if not found.schools and not possible(plan):
        return tr("Nothing can be planned: {why}.", why=why_none(plan))
    if not found.schools:
        return tr("{budget} buys no school: {why}.", budget=budget, why=why_none(plan))
    return tr("{budget} would connect {schools}: {share} of those in eligible schools.", budget=budget, schools=money.reached_words(plan, found), share=words.of_ten(found.share)) if plan.unit != "schools" else tr("{budget} would connect {schools} of the {need} that are eligible and underserved, as far as is known.", budget=budget, schools=money.reached_words(plan, found), need=words.exact(round(found.need)))  # fmt: skip


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
    if rules := plan.summary.get("against"):
        said = tr("every choice would break {rule}", rule=joined([told(rule) for rule in rules], "or"))
        return tr("; ").join([said, tr(NONE_POOREST)]) if plan.summary.get("none_poorest") else said
    return tr("the cheapest costs {cost}", cost=money.short(can["cost"].min(), plan.book.currency))


def without_rule(seen: Seen, view: View) -> list[Component]:
    """A way on from a plan that nothing can keep to: the same without the share of the poorest fifth, where nobody is in it."""
    if not seen.totals.schools and seen.plan.schools["eligible"].any() and not possible(seen.plan):
        there = page.address("/data", View().like(view))
        more = tr(
            "These data do not say what lies near the schools: fibre nodes, masts or coverage, nor whether satellite is licensed. A build with them can plan. "
        )
        return [html.P([more, dcc.Link(tr("Sources of these data"), href=there)], className="fm-soft")]
    if seen.totals.schools or not seen.plan.summary.get("none_poorest"):
        return []
    there = page.address(asked.PATH, view.with_policy({"plan_poorest_share": 0.0}, seen.desk.policy))
    return [html.P(dcc.Link(tr("Make this plan without that rule"), href=there, className="plan-without"))]


def facts(seen: Seen) -> list[Component]:
    """Cost with its range, what is paid later, λ = 0 beside it, the price of equity, and how near to the best possible."""
    plan, found, currency = seen.plan, seen.totals, seen.plan.book.currency
    if not found.schools:
        return []
    each = tr("For each school") if plan.unit == "schools" else tr("For each underserved learner")
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
                "{capital}, then {yearly} a year, replacements apart",
                capital=money.short(found.capital, currency),
                yearly=money.short(found.yearly),
            ),
        ),
        (each, money.short(found.each, currency) if found.each is not None else "–"),
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
    of = {"schools": seen.count(here.sum()), "same": seen.count(same)}
    if plan.unit == "schools":
        return tr("{schools} schools; {same} of the schools are the same", **of)
    reached = words.rounded(plain_reached(plan), 3)
    return tr(
        "{schools} schools, {reached} underserved learners; {same} of the schools are the same", reached=reached, **of
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
    return per_cent(written(100 * share, 1) if share >= 0.0995 / 100 else written(100 * share, 2))


def solved(plan: Plan) -> str:
    """The solver's bound in words."""
    choice = plan.choice
    if choice.status == "infeasible":
        return tr("no plan keeps every rule")
    if choice.status == "optimal" and choice.gap <= 1e-9:
        return tr("the best possible, proven")
    if choice.gap <= 0:
        return tr("the best possible, proven")
    for digits, least in ((4, 1e-6), (3, 1e-5), (2, 1e-4), (1, 1e-3), (0, 1e-2)):
        if choice.gap <= least:
            return tr("within {share} of the best possible, proven", share=per_cent(written(100 * least, digits)))
    gap = per_cent(written(100 * choice.gap, 1, grouped=False))
    return tr("within {share} of the best possible; it may be better than is proven", share=gap)


def banners(plan: Plan) -> list[Component]:
    """What must stand beside every number: provisional prices, what could not be kept, what was found broken."""
    out: list[Component] = []
    if plan.terms.only:
        out.append(html.P(html.Strong(trn("This plan looks at the {n} school of a chosen list alone.", "This plan looks at the {n} schools of a chosen list alone.", len(plan.terms.only)))))  # fmt: skip
    if plan.clashes:
        out.append(_clashes(plan))
    if plan.broken:
        out.append(
            c.message(
                tr(
                    "This plan breaks a rule and must not be used: {rules}", rules=tr("; ").join(map(told, plan.broken))
                ),
                kind="error",
            )
        )
    loose = plan.book.provisional
    if loose:
        named = [tr(plan.book.costs[item].title) for item in loose[:MOST_ITEMS]]
        rest = len(loose) - len(named)
        which = (
            tr("{names} and {n} more", names=tr(", ").join(named), n=rest) if rest > 0 else words.listed(named, "and")
        )
        said = tr(
            "{loose} of {all} prices are published planning values, not quotes of this country ({which}). Read amounts as an order of size.",
            loose=len(loose),
            all=len(plan.book.costs),
            which=which,
        )
        out.append(html.P([html.Strong(tr("Provisional prices: ")), said], className="plan-provisional"))
    return out


def _clashes(plan: Plan) -> Component:
    lines = [html.Li(clash_words(clash.limit, clash.by, clash.unit)) for clash in plan.clashes]
    all_of_them = any(clash.together for clash in plan.clashes)
    if len(lines) == 1:
        said = tr("A rule cannot be kept:")
    elif all_of_them:
        said = tr("These rules cannot all be kept. All of these together would make a plan possible:")
    else:
        said = tr("These rules cannot all be kept. Any one of these would make a plan possible:")
    return html.Div([html.P(html.Strong(said)), html.Ul(lines)], className="fm-message fm-error", role="alert")


def clash_words(limit: str, by: float, unit: str) -> str:
    """One limit that cannot be kept, and the least by which it must give way."""
    if not by or words.unknown(by):
        return words.sentence(told(limit))
    amount = words.percent(by) if unit == "share" else f"{words.exact(by, 0)} {told(unit)}".strip()
    return words.sentence(tr("{limit}: short by {amount}", limit=told(limit.rstrip(".")), amount=amount))


def notes(plan: Plan) -> list[Component]:
    """What the plan says of itself, and what it does not know."""
    return [html.Li(words.sentence(told(note))) for note in plan.notes]
