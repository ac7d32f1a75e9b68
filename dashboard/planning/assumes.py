"""What a plan assumes: its terms and policy numbers in a drawer, each with its meaning, to be changed for the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import weights, words
from dashboard.planning import asked, money
from geodata.costing.books import book, books
from geodata.options.eligible import rule
from geodata.plan.result import Plan
from geodata.plan.terms import WAYS
from geodata.policy import NUMBERS, Policy
from geodata.policynumber import PolicyNumber
from geodata.query import Desk
from geodata.say import later, told, tr
from geodata.view import View

KIND, TERM = "plan-number", "plan-term"
GROUPS = (
    ("plan", later("What the plan aims at and must keep"), later("What counts, what is guaranteed, and over how many years it is built.")),
    ("cost", later("How money is counted"), later("Whose money, over how many years, at which discount.")),
    ("reach", later("How far each technology goes"), later("Beyond these a way is not possible.")),
)  # fmt: skip
CASES = {"low": later("low"), "mid": later("middle"), "high": later("high")}
SWITCHES: Mapping[str, tuple[str, str]] = {
    "shared": (later("Neighbouring schools may share fibre"), later("Fibre may go on from one school to the next, so a far school can come in behind a near one.")),
    "private": (later("Private schools too"), later("Otherwise public and publicly funded schools alone.")),
    "committed": (later("Schools that others have promised too"), later("Otherwise what a funder has promised is not funded twice.")),
    "devices": (later("Devices, assistive kits and support"), later("Connectivity alone changes little.")),
    "training": (later("Training of teachers"), later("A plan without training needs a written reason.")),
}  # fmt: skip


def drawer(desk: Desk, view: View) -> Component:
    """Everything that may be changed, as it stands for a view."""
    chosen = asked.chosen(view)
    policy = view.plan_policy_over(desk.policy)
    return html.Div(
        [
            html.P(
                tr("Every change makes another plan, at once. The address holds it: a shared link shows the same plan.")
            ),
            html.Div(id="plan-assumes-said", role="status"),
            html.Button(tr("Undo all changes"), id="plan-undo", className="fm-button", type="button"),
            html.Section([html.H3(tr("Technologies and prices")), *_terms(chosen)], className="fm-policy-group"),
            *(_group(title, note, name, desk.policy, policy) for name, title, note in GROUPS),
        ]
    )


def _terms(chosen: Mapping[str, str]) -> list[Component]:
    ways = chosen["ways"].split(".") if "ways" in chosen else list(WAYS)
    return [
        dmc.CheckboxGroup(id={"type": TERM, "name": "ways"}, label=tr("Technologies"), value=ways, children=dmc.Stack([dmc.Checkbox(label=money.titled(w), value=w) for w in WAYS], gap=6), mb=12),
        dmc.Select(id={"type": TERM, "name": "prices"}, label=tr("Prices"), description=tr("The country’s own where it has given any; else published planning values."), data=[{"value": "", "label": tr("As the country’s data say")}, *({"value": b, "label": book(b).title} for b in books())], value=chosen.get("prices", ""), allowDeselect=False, mb=12),
        dmc.RadioGroup(id={"type": TERM, "name": "case"}, label=tr("Prices within their range"), value=chosen.get("case", "mid"), children=dmc.Group([dmc.Radio(label=label, value=value) for value, label in (("low", "low"), ("mid", "middle"), ("high", "high"))]), mb=12),
        *(dmc.Switch(id={"type": TERM, "name": name}, label=tr(label), description=tr(text), checked=chosen.get(name, asked.SWITCHES[name][0]) == "yes", mb=10) for name, (label, text) in SWITCHES.items()),
        dmc.NumberInput(id={"type": TERM, "name": "ceiling"}, label=tr("Most for running costs in a year"), description=tr("Empty: no such limit."), value=float(chosen["ceiling"]) if chosen.get("ceiling") else "", min=0, thousandSeparator=",", debounce=600, w=260),
    ]  # fmt: skip


def numbers(group: str) -> list[PolicyNumber]:
    """The policy numbers of a group; λ stands on the front."""
    return [n for n in NUMBERS.values() if n.group == group]


def _group(title: str, note: str, group: str, own: Policy, now: Policy) -> Component:
    head = [html.H3(tr(title)), html.P(tr(note), className="fm-policy-note")]
    return html.Section([*head, *(weights.control(n, own, now, kind=KIND) for n in numbers(group))], className="fm-policy-group")  # fmt: skip


def changed(view: View, values: Mapping[str, Any]) -> View:
    """The view with terms as the drawer's fields have them (a list, a text, True or False, a number, or nothing)."""
    held: dict[str, str] = {}
    for name, value in values.items():
        if name == "ways":
            kept = [w for w in WAYS if w in (value or ())]
            held["ways"] = "" if len(kept) in (0, len(WAYS)) else ".".join(kept)
        elif name in SWITCHES:
            held[name] = "yes" if value else "no"
        elif name == "ceiling":
            held[name] = "" if value in (None, "") else f"{float(value):.0f}"
        else:
            held[name] = str(value or "")
    return asked.with_terms(view, **held)


# --- on the page -------------------------------------------------------------------------------------------------------


def said(desk: Desk, plan: Plan) -> Component:
    """What the plan assumes, in a few sentences, folded under the list."""
    policy = plan.terms.policy
    differs = policy.changes(desk.policy)
    own = [f"{tr(NUMBERS[n].title).lower()} {words.policy_value(v, NUMBERS[n].unit)}" for n, v in differs.items() if NUMBERS[n].group in ("plan", "cost", "reach")]  # fmt: skip
    lines = [
        rule(plan.terms, str(desk.place.get("name") or tr("the country"))),
        tr("Standard: {standard}. Money: {perspective} perspective, {years}, discounted by {rate} a year, prices at their {case}.", standard=policy['bandwidth_tier'], perspective=words.policy_value(policy['plan_perspective']), years=words.policy_value(policy['plan_horizon_years'], 'years'), rate=words.percent(policy.number('plan_discount_rate')), case=tr(CASES[plan.terms.case])),
        tr("Technologies: {listed}.", listed=words.listed([money.way(w) for w in plan.terms.ways])),
    ]  # fmt: skip
    lines += [tr("Changed here: {own}.", own=words.listed(own))] if own else []
    return html.Ul([html.Li(line) for line in lines])


def prices(plan: Plan) -> Component:
    """Every price with its range, source and date, provisional ones marked."""
    rows = [
        (tr(cost.title), tr(cost.unit), words.exact(cost.low), words.exact(cost.mid), words.exact(cost.high), c.status("partly", tr("provisional")) if cost.provisional else c.status("yes", tr("quoted")), f"{told(cost.source)}{', ' + cost.date if cost.date else ''}")
        for cost in plan.book.costs.values()
    ]  # fmt: skip
    head = (tr("Price"), tr("For each"), tr("Low"), tr("Middle"), tr("High"), tr("Standing"), tr("Source"))
    return c.wide(
        c.table(head, rows, caption=tr("Prices in {currency}", currency=plan.book.currency), numeric=(2, 3, 4)),
        tr("Prices"),
    )


def excluded(plan: Plan) -> Component:
    """Who is not eligible, counted by reason."""
    found = plan.excluded
    if not len(found):
        return html.P(tr("No school is left out by the rule."), className="fm-soft")
    rows = [(words.sentence(told(str(r.get("reason") or words.code(r["why"])))).rstrip("."), words.exact(r["schools"]), words.NOT_REPORTED if words.unknown(r.get("learners")) else words.exact(round(float(r["learners"])))) for r in found.to_dict("records")]  # fmt: skip
    return c.wide(c.table((tr("Not eligible because"), tr("Schools"), tr("Learners")), rows, caption=tr("Schools that the plan may not choose"), numeric=(1, 2)), tr("Not eligible"))  # fmt: skip
