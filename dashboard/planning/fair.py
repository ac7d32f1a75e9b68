"""Before and after: what the plan changes for the groups that are behind, and the gates it is held against."""

from __future__ import annotations

from functools import lru_cache

from dash import html
from dash.development.base_component import Component

from dashboard import words
from dashboard.fairness_list import coming_first, gate_item
from dashboard.planning.seen import Seen
from geodata.equity.audit import Audit
from geodata.plan.fair import audit_of
from geodata.query import Desk


class _Held:
    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=48)
def _audit(desk: Desk, key: str, held: _Held) -> Audit:
    return audit_of(desk, held.seen.plan)


def section(seen: Seen) -> list[Component]:
    """The audit of the plan; nothing where nothing is chosen."""
    if not seen.totals.schools:
        return []
    found = _audit(seen.desk, seen.plan.key, _Held(seen))
    return [html.H2(title(found)), html.Div([html.Ul([gate_item(g, []) for g in found.gates], className="fm-gates"), html.Div(coming_first(seen.desk, found))], className="plan-fair")]  # fmt: skip


def title(found: Audit) -> str:
    """How the plan fares: how many gates warn."""
    warned = [g for g in found.gates if g.verdict == "warn"]
    judged = [g for g in found.gates if g.verdict != "inconclusive"]
    if not judged:
        return "Whether the plan is fair cannot be judged: too little is reported"
    if not warned:
        return f"Fairness: all {words.count(len(judged), 'check')} that can be made pass" if len(judged) > 1 else "Fairness: the one check that can be made passes"  # fmt: skip
    return f"Fairness: {len(warned)} of {words.count(len(judged), 'check')} {'warns' if len(warned) == 1 else 'warn'}"
