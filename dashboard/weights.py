"""The drawer of weights and standards: every policy number with its meaning, default and reference, ready to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import words
from geodata.declare import Criterion, found
from geodata.disclosure import Tier, may_see
from geodata.policy import NUMBERS, POLICY, Policy
from geodata.policynumber import PolicyNumber, Value
from geodata.say import later, tr

KIND = "policy-number"
GROUPS: tuple[tuple[str, str, str], ...] = (
    ("weights", later("Weights"), later("How much each thing counts within its half. A thing with no data anywhere counts nothing, and the others take its weight.")),
    ("standards", later("Standards"), later("What a school should have. A school below lacks it.")),
    ("method", later("Method"), later("When a thing counts as lacking, how groups are cut, and when too little is reported to rank a school.")),
    ("demand", later("Demand where learners are not reported"), later("Used only where a school's learners are not reported.")),
)  # fmt: skip
# Numbers that change nothing in the ranking: they stand on the Data page, not here.
ELSEWHERE = ("data_allowance_gb", "device_life_years", "device_loss_share", "disability_prevalence", "headline_coverage_min", "headline_coverage_full")  # fmt: skip


def numbers(group: str, tier: str = Tier.GOVERNMENT) -> list[PolicyNumber]:
    """The policy numbers of a group that the list answers to, without those of things that the tier may not see."""
    hidden = {
        name
        for criterion in unseen(tier)
        for name in NUMBERS
        if name.endswith(criterion.name) or criterion.name in name.split("_")
    }
    return [
        n
        for n in NUMBERS.values()
        if n.group == group and n.name not in (*ELSEWHERE, *hidden) and not n.name.startswith("stale_")
    ]


def unseen(tier: str) -> list[Criterion]:
    """The things in the list that a tier may not see: they count for nothing there, whatever weight they are given."""
    return [c for c in found(Criterion, "geodata.criteria").values() if not may_see(c.item, tier)]


def shown() -> list[PolicyNumber]:
    """All numbers of the drawer, in its order."""
    return [number for group, _, _ in GROUPS for number in numbers(group)]


def drawer(own: Policy, now: Policy, tier: str = Tier.GOVERNMENT) -> Component:
    """The drawer's content: `own` is the country's policy, `now` the one in force on this screen, for a tier."""
    gone = [tr(c.title).lower() for c in unseen(tier)]
    return html.Div(
        [
            html.P(
                tr(
                    "Changes show at once in the list and on the map, and stand in the address: a shared link shows the same."
                )
            ),
            html.Div(id="policy-said", role="status"),
            html.Button(tr("Undo all changes"), id="policy-undo", className="fm-button", type="button"),
            html.P(
                tr(
                    "Not offered here, because it may not be shown to the {tier} view and counts for nothing in its list: {gone}.",
                    tier=tier,
                    gone=", ".join(gone),
                ),
                className="fm-policy-note",
            )
            if gone
            else None,
            *(_group(title, note, numbers(group, tier), own, now) for group, title, note in GROUPS),
        ]
    )


def _group(title: str, note: str, items: Sequence[PolicyNumber], own: Policy, now: Policy) -> Component:
    head = [html.H3(tr(title)), html.P(tr(note), className="fm-policy-note")]
    return html.Section([*head, *(control(item, own, now) for item in items)], className="fm-policy-group")


def control(number: PolicyNumber, own: Policy, now: Policy, kind: str = KIND) -> Component:
    """One number: its name, what it means, its default and reference, and the field to change it (of ids of a `kind`)."""
    changed = now[number.name] != own[number.name]
    return html.Div(
        _field(number, now[number.name], explained(number, own), kind),
        className="fm-policy" + (" fm-changed-number" if changed else ""),
    )


def explained(number: PolicyNumber, own: Policy) -> str:
    """Meaning, default and reference in a line; where the country sets its own, both are said."""
    default = words.policy_value(number.value, number.unit)
    here = words.policy_value(own[number.name], number.unit)
    said = (
        tr("This country sets {here}; the default is {default}", here=here, default=default)
        if own[number.name] != POLICY[number.name]
        else tr("Default {default}", default=default)
    )
    return f"{words.sentence(tr(number.definition))} {said} ({number.reference})."


def _field(number: PolicyNumber, value: Value, text: str, kind: str) -> Component:
    common: dict[str, Any] = {
        "id": {"type": kind, "name": number.name},
        "label": tr(number.title),
        "description": text,
        "value": value,
        "size": "sm",
    }
    if number.choices:
        return dmc.Select(
            **common, data=[{"value": c, "label": words.policy_value(c)} for c in number.choices], allowDeselect=False
        )
    share = number.group == "weights" or number.unit in ("share", "0 to 1")
    unit = "" if number.unit in ("", "share", "0 to 1") else f" {tr(number.unit)}"
    limits = {"min": number.minimum, "max": number.maximum}
    return dmc.NumberInput(
        **common,
        **limits,
        step=0.05 if share else 1,
        suffix=unit,
        debounce=400,
        clampBehavior="blur",
        decimalScale=3,
        w=260,
    )
