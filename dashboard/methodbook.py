"""The entries of the Methods page: one each for every indicator, thing counted, way of working and policy number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import page, words
from dashboard.about import explanation
from dashboard.ranking import whole
from dashboard.sheet import steps
from geodata.declare import Criterion, Indicator, Method, found
from geodata.formulas import formula_of, worked
from geodata.policy import NUMBERS, Policy
from geodata.policynumber import PolicyNumber
from geodata.priority import criteria
from geodata.query import Desk
from geodata.say import in_english, remembered, told, tr
from geodata.standards import Standard, standards
from geodata.view import View

PATH = "/methods"


def link(view: View, anchor: str, text: str) -> Component:
    """A link from any number to the entry that explains it: `link(view, "priority_index", "how it is worked out")`."""
    return dcc.Link(text, href=f"{page.address(PATH, view)}#{anchor}", className="fm-how")


def entry(anchor: str, title: str, facts: Sequence[tuple[str, Any]], *, code: str = "", text: str = "") -> Component:
    """One entry with an address of its own; facts without a value are left out."""
    head = [title, html.Span(code, className="fm-code")] if code else [title]
    said = [part for name, value in facts if value for part in (html.Dt(name), html.Dd(value))]
    return html.Article([html.H3(head), html.P(text) if text else None, html.Dl(said, className="fm-facts")], id=anchor, className="fm-entry fm-find")  # fmt: skip


# --- indicators ---------------------------------------------------------------------------------------------------


@remembered(maxsize=8)
def _whole_country(desk: Desk, view: View) -> Mapping[str, Any]:
    """All indicators of the country under a view's policy: one row, kept."""
    return dict(desk.areas(view, 0).iloc[0])


def indicators(desk: Desk, view: View) -> list[Component]:
    """Every indicator that this tier may see, worked out for the whole country."""
    row = _whole_country(desk, View(policy=view.policy))
    chosen = sorted(desk.indicators.values(), key=lambda i: (i.group, i.order, i.name))
    return [_indicator(i, row, desk.atlas.name) for i in chosen]


def _indicator(indicator: Indicator, row: Mapping[str, Any], place: str) -> Component:
    here = worked(indicator, row) if indicator.rollup != "none" else ""
    facts = ((tr("Formula"), formula_of(indicator)), (tr("Unit"), tr(indicator.unit) if indicator.unit else ""), (tr("In {place}", place=place), here), (tr("Reference"), indicator.reference))  # fmt: skip
    return entry(indicator.name, tr(indicator.title), facts, code=indicator.code, text=tr(indicator.definition))


# --- things counted -----------------------------------------------------------------------------------------------


def things(desk: Desk, policy: Policy) -> list[Component]:
    """Every thing counted, on what it stands here, with its weight and its cut."""
    held = {s.criterion.name: s for s in standards(whole(desk), policy)}
    return [_thing(held[x.name], policy) if x.name in held else _unused(x) for x in criteria()]


def _unused(thing: Criterion) -> Component:
    facts = ((tr("Formula"), tr(thing.formula) if thing.formula else ""), (tr("Unit"), tr("0 (no lack) to 1 (complete lack)")), (tr("Known"), tr("for no school here, so it is not used")), (tr("Reference"), thing.reference))  # fmt: skip
    return entry(thing.item, tr(thing.title), facts, text=tr(thing.definition))


def _thing(standard: Standard, policy: Policy) -> Component:
    c_ = standard.criterion
    half = tr("service gap") if c_.pillar == "need" else "marginalisation"
    total = standard.known + standard.unknown
    weight = tr("{policy} in the {half}", policy=words.policy_value(policy[c_.weight]), half=half) + (tr("; {weight_used:.4g} as used here", weight_used=standard.weight_used) if standard.in_use else tr("; not used here"))  # fmt: skip
    cut = tr("from {value}" if c_.inclusive else "above {value}", value=words.policy_value(policy[c_.cutoff])) if c_.cutoff else tr("scored only, never counted for the group")  # fmt: skip
    facts = (
        (tr("Formula"), tr(c_.formula) if c_.formula else ""),
        (tr("Unit"), tr("0 (no lack) to 1 (complete lack)")),
        (tr("Weight"), weight),
        (tr("Counts as lacking"), cut),
        (tr("Known"), tr("{known} of {total} that operate", known=words.exact(standard.known), total=words.count(total, 'school')) if total else tr("no school operates")),
        (tr("Stands on"), standard.words),
        (tr("Reference"), c_.reference),
    )  # fmt: skip
    return entry(c_.item, tr(c_.title), facts, text=tr(c_.definition))


# --- ways of working ----------------------------------------------------------------------------------------------


@cache
@in_english
def _example(name: str) -> tuple[str, ...]:
    """The steps of a worked example, worked out once, in English."""
    method = found(Method, "geodata.methods")[name]
    return tuple(method.example()) if method.example else ()


def ways(desk: Desk, view: View) -> list[Component]:
    """Every way of working with its example of invented schools; the score also with a school of this place."""
    policy = view.policy_over(desk.policy)
    return [_way(m, desk, view, policy) for m in found(Method, "geodata.methods").values()]


def _way(method: Method, desk: Desk, view: View, policy: Policy) -> Component:
    said = _example(method.name)
    example = html.Ol([html.Li(told(line)) for line in said], className="fm-steps") if said else None
    numbers = [_number_link(n, policy, view) for n in method.policy if n in NUMBERS]
    facts = [
        (tr("Formula"), tr(method.formula)),
        (tr("Decided by"), html.Ul(numbers, className="fm-inline") if numbers else None),
        (
            tr("Worked example, eight invented schools") if "chool S" in " ".join(said) else tr("Worked example"),
            example,
        ),
        (tr("A school of this place"), _real(desk, view, policy) if method.name == "priority_index" else None),
        (tr("Reference"), method.reference),
    ]
    return entry(method.name, tr(method.title), facts, text=tr(method.text))


def _number_link(name: str, policy: Policy, view: View) -> Component:
    number = NUMBERS[name]
    return html.Li([html.A(tr(number.title), href=f"#{name}"), f" {words.policy_value(policy[name], number.unit)}"])


def _real(desk: Desk, view: View, policy: Policy) -> Component | None:
    """The arithmetic of the first school of the list, as its own page shows it; none where schools are not shown."""
    if not desk.one_by_one:
        return html.P(tr("Schools are not shown one by one here."))
    first = desk.rows(View(policy=view.policy), 0, 1, ["school_id", "school_name"])
    if not first:
        return None
    school = first[0]
    why = explanation(desk, school["school_id"], policy)
    name = school.get("school_name") or school["school_id"]
    to = page.address("/school", View(policy=view.policy, screen=view.screen).with_screen(school=school["school_id"]))
    return html.Div(
        [html.P([dcc.Link(name, href=to), tr(", first in the list of this view.")]), steps(why, desk.columns)]
    )


# --- policy numbers -----------------------------------------------------------------------------------------------


def numbers(desk: Desk, view: View) -> Component:
    """Every policy number: in this view, in this country, by default; unit, range, meaning, reference."""
    now = view.policy_over(desk.policy)
    head = (
        tr("Number"),
        tr("In this view"),
        tr("This country"),
        tr("Default"),
        tr("Allowed"),
        tr("What it means"),
        tr("Reference"),
    )
    rows = [_number(n, now, desk.policy) for n in NUMBERS.values()]
    return html.Table(
        [
            html.Caption(tr("{rows} numbers and choices. All of them are judgements or standards; a recipe sets a country's own, the address this view's.", rows=len(rows))),
            html.Thead(html.Tr([html.Th(text, scope="col") for text in head])),
            html.Tbody(rows),
        ],
        className="fm-table fm-numbers",
    )  # fmt: skip


def _number(number: PolicyNumber, now: Policy, own: Policy) -> Component:
    values = [words.policy_value(v, number.unit) for v in (now[number.name], own[number.name], number.value)]
    changed = ["fm-differs" if v != values[2] else "" for v in values]
    cells = [html.Td(v, className=f"fm-number {k}".strip()) for v, k in zip(values, changed, strict=True)]
    meaning = words.sentence(tr(number.definition))
    return html.Tr([html.Th(tr(number.title), scope="row"), *cells, html.Td(allowed(number)), html.Td(meaning), html.Td(number.reference)], id=number.name, className="fm-find")  # fmt: skip


def allowed(number: PolicyNumber) -> str:
    """What a policy number may be: its choices, or its range."""
    if number.choices:
        return ", ".join(words.policy_value(choice) for choice in number.choices)
    low, high = (None if end is None else words.policy_value(float(end)) for end in (number.minimum, number.maximum))
    return (
        tr("{low} to {high}", low=low, high=high)
        if low and high
        else tr("from {low}", low=low)
        if low
        else tr("to {high}", high=high)
        if high
        else tr("any number")
    )
