"""Before and after: what the plan changes for the groups that are behind, and the gates it is held against."""

from __future__ import annotations

from functools import lru_cache

from dash import html
from dash.development.base_component import Component

from dashboard import words
from dashboard.fairness_list import coming_first, gate_item
from dashboard.planning.seen import Seen
from geodata.equity.audit import Audit
from geodata.equity.selection import audit_of_served
from geodata.plan.fair import Fairness, fairness
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import later, tr, trn
from geodata.view import View

WORDS = later("the schools of this plan")
MEASURES = later(
    "The checks count who is below the standard that the plan builds to; the bars beside them count, as the page Equity does, who is without internet for learners. So their shares may differ."
)


@lru_cache(maxsize=16)
def _fairness(desk: Desk, plan: Plan) -> Fairness:
    return fairness(desk, plan)


@lru_cache(maxsize=16)
def _served(desk: Desk, plan: Plan) -> Audit:
    ids = plan.chosen["school_id"].astype(str)
    return audit_of_served(desk, View(area=plan.terms.area), frozenset(ids), WORDS)


def section(seen: Seen) -> list[Component]:
    """The gates of the plan, and who is newly served beside who is without; nothing where nothing is chosen."""
    if not seen.totals.schools:
        return []
    found = _fairness(seen.desk, seen.plan)
    served = _served(seen.desk, seen.plan)
    gates = html.Ul([gate_item(g, []) for g in found.gates], className="fm-gates")
    return [
        html.H2(title(found)),
        html.P(tr(MEASURES), className="fm-soft fm-small"),
        html.Div([gates, html.Div(coming_first(seen.desk, served))], className="plan-fair"),
    ]


def title(found: Fairness) -> str:
    """How the plan fares: how many checks warn."""
    judged = [g for g in found.gates if g.verdict != "inconclusive"]
    if not judged:
        return tr("Whether the plan is fair cannot be judged: too little is reported")
    checks = words.count(len(judged), "check")
    if not found.reasons:
        return tr("Fairness, before and after: all {checks} that can be made pass", checks=checks)
    return trn(
        "Fairness, before and after: {n} of {checks} warns",
        "Fairness, before and after: {n} of {checks} warn",
        found.reasons,
        checks=checks,
    )
