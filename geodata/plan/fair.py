"""Whether a plan is fair: the audit of those it serves, and whether group A gets the money that is kept for it.

found = audit_of(desk, plan)      # who is left out, by group; what the plan changes; the gates (methods 5.2)
found.gates                       # each passes, warns or is inconclusive, with its arithmetic

A gate never blocks; a warning asks for a reason in writing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.arrays import number
from geodata.equity import said
from geodata.equity.audit import Audit
from geodata.equity.gate import Gate
from geodata.equity.selection import audit_of_served
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.view import View

WORDS = "the schools of this plan"


def audit_of(desk: Desk, plan: Plan) -> Audit:
    """The audit of a country (or of the plan's area) where the schools of a plan are served; its gates with that of money.

    Groups and ranks are those of the country's policy. Raises ViewError where the plan's area is not here.
    """
    chosen = plan.schools["decision"].eq("chosen")
    ids = frozenset(plan.schools.loc[chosen, "school_id"].astype(str))
    found = audit_of_served(desk, View(area=plan.terms.area), ids, WORDS)
    return replace(found, gates=(money_for_a(desk, plan), *found.gates))


def money_for_a(desk: Desk, plan: Plan) -> Gate:
    """Group A's part of the money against what is kept for it, or all of group A that can be served."""
    title, least = "Does group A get the money kept for it?", plan.terms.number("plan_ring_fence")
    threshold = f"at least {said.percent(least)}, or all of it that can be served"
    tier = desk.derived(plan.terms.policy)["tier"].eq("A").fillna(False).to_numpy(dtype=bool)
    chosen = plan.schools["decision"].eq("chosen").to_numpy(dtype=bool)
    cost = np.nan_to_num(number(plan.schools["cost"]))
    spent, ours = float(cost[chosen].sum()), float(cost[chosen & tier].sum())
    waiting = int((tier & plan.schools["decision"].eq("left_out").to_numpy(dtype=bool)).sum())
    if not tier.any() or not spent:
        why = "No school is in group A here." if not tier.any() else "Nothing is spent."
        return Gate("group_a", title, "inconclusive", why, threshold=threshold)
    share = ours / spent
    lines = (("Money for group A", said.percent(share)), ("Schools of group A chosen", f"{int((chosen & tier).sum()):,}"), ("Schools of group A left out that could be served", f"{waiting:,}"))  # fmt: skip
    sentence = f"{said.percent(share)} of the money goes to schools of group A; {waiting:,} more of them could be served with more money."  # fmt: skip
    passes = share >= least - 1e-9 or not waiting
    return Gate("group_a", title, "pass" if passes else "warn", sentence, lines, threshold)
