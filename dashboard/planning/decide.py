"""An officer's decision about one school of a plan: in whatever it costs, or out, with name and reason; the plan is made anew.

What the plan would be without any decision stands beside it, so that everyone sees what the decisions cost.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, State, html
from dash.development.base_component import Component

from dashboard import components as c
from dashboard import signing, words
from dashboard.planning import decided, money, solved
from dashboard.planning.seen import Seen
from geodata.errors import StoreError
from geodata.query import Desk
from geodata.say import later, tr, trn
from geodata.store import planned
from geodata.store.listing import when, who_said
from geodata.view import View

FORM, DONE, WHAT = "plan-decide", "plan-decide-done", "plan-decide-what"
CHOICES = {
    "must": later("In the plan, whatever its numbers"),
    "never": later("Not in the plan"),
    "withdraw": later("Withdraw the decision"),
}
SAID = {"must": later("In the plan by decision"), "never": later("Kept out by decision")}


def section(seen: Seen, view: View) -> list[Component]:
    """The decision that stands about the school of the address, and the form to add one."""
    school_id = view.shown("school")
    if not seen.rows or school_id not in seen.schools.index:
        return []
    entry = decided.entries(seen.desk).get(school_id)
    stands = [html.P([html.Strong(f"{tr(SAID[str(entry.data['decision'])])}: "), tr("“{reason}” {when} UTC, {who}.", reason=entry.reason, when=when(entry), who=who_said(entry))], className="fm-decided")] if entry else []  # fmt: skip
    if signing.why_not():
        return stands
    what = dmc.Select(id=WHAT, label=tr("Decision"), data=[{"value": k, "label": tr(v)} for k, v in CHOICES.items()], placeholder=tr("Choose"))  # fmt: skip
    says = tr(
        "The plan is made anew with it. What was computed stays beside it, and the decision and its reason stand in the trail."
    )
    form = signing.form(
        FORM, tr("Decide otherwise"), button=tr("Record, and make the plan anew"), more=[what], says=says
    )
    return [
        *stands,
        html.Details([html.Summary(tr("Decide otherwise")), form], open=bool(entry), className="plan-decide"),
    ]


def decide(desk: Desk, view: View, who: str, reason: str, what: str | None) -> str:
    """Record a decision about the school of the address; returns what to say."""
    if what not in CHOICES:
        raise StoreError(tr("Choose the decision."))
    state = solved.glance(desk, view)
    row: dict[str, Any] = {}
    if state.plan is not None:
        rows = state.plan.schools
        row = rows[rows["school_id"] == view.shown("school")].iloc[0].to_dict()
    computed = {k: str(row[k]) for k in ("decision", "way", "why") if not words.unknown(row.get(k))}
    computed |= {"budget": state.plan.terms.total} if state.plan else {}
    entry = planned.decide(signing.kept(), desk, view.shown("school"), "" if what == "withdraw" else what, computed=computed, who=who, reason=reason)  # type: ignore[arg-type]  # fmt: skip
    return tr("Recorded as entry {number}. The plan is being made anew", number=entry.number)


def beside(seen: Seen) -> list[Component]:
    """The plan with the decisions beside the same without any; nothing where none stands."""
    terms = seen.plan.terms
    if not (terms.must or terms.never):
        return []
    count = trn("{n} decision of officers", "{n} decisions of officers", len(terms.must) + len(terms.never))
    bare = solved.kept(seen.desk, terms.with_(must=(), never=()))
    if bare is None:
        return [
            html.P(
                tr("{count} in force. The plan without them is being made, to stand beside it.", count=count),
                className="fm-small",
            )
        ]
    ours, other = money.totals(seen.plan), money.totals(bare)
    rows = [
        (tr("Schools"), words.exact(ours.schools), words.exact(other.schools)),
        *([(tr("Underserved learners"), words.exact(round(ours.reached)), words.exact(round(other.reached)))] if seen.plan.unit != "schools" else []),
        (tr("Cost, {currency}", currency=seen.plan.book.currency), money.exact(seen.amount(ours.cost)), money.exact(seen.amount(other.cost))),
    ]  # fmt: skip
    table = c.table(
        ("", tr("With them"), tr("Without")), rows, caption=tr("{count} in force", count=count), numeric=(1, 2)
    )
    return [c.wide(table, tr("With and without decisions"))]


def register(app: Dash) -> None:
    """The form."""
    signing.listens(app, FORM, decide, State(WHAT, "value"), redraws=DONE)
