"""Before and after: what a plan changes for those who are behind, and the gates it is held against (methods 5.2).

The measures and gates are those of the fairness audit, the plan's schools standing where the first of the list stand
there. A gate never blocks: it asks for a written reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, number
from geodata.equity import said
from geodata.equity.concentration import erreygers
from geodata.equity.gate import Facts, Gate, Verdict
from geodata.equity.gates import false_connected, groups_known
from geodata.equity.gates_changed import concentrated, parity
from geodata.equity.gates_served import region_share, targeting
from geodata.equity.groups import DIMENSIONS, FIFTHS, Members, members, region, wealth, weights
from geodata.equity.incidence import Incidence, incidence
from geodata.equity.tally import Marks
from geodata.options.needs import needs as needs_of
from geodata.plan.problem import Bools
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import in_english, tr, written

GATE_A = "money_for_a"


@dataclass(frozen=True)
class Fairness:
    """The audit of a plan. `gates` in order; `erreygers` before and after over those whose status is known; `rows` the
    figures of each gate as (gate, what, value) for a table; `reasons` is how many gates ask for a written reason."""

    gates: tuple[Gate, ...]
    erreygers: tuple[float, float]
    incidence: Incidence | None
    unit: str

    @property
    def reasons(self) -> int:
        """How many gates ask for a written reason."""
        return sum(g.asks_reason for g in self.gates)

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """Every line of arithmetic: title of the gate, what, value."""
        return tuple((g.title, what, value) for g in self.gates for what, value in g.lines)


@in_english
def fairness(desk: Desk, plan: Plan) -> Fairness:
    """The audit of a plan, over the schools that operate and are in its area, as the desk's tier may know them."""
    policy = plan.terms.policy
    here = ~plan.schools["not_eligible_why"].isin(("not_open", "outside_area", "outside_list")).to_numpy()
    derived = desk.derived(policy)
    frame = desk.whole.drop(columns=[n for n in derived if n in desk.whole]).join(derived)[here]
    chosen = plan.schools["decision"].eq("chosen").to_numpy()[here]
    unit = "learner" if plan.unit == "learners" else "school"
    has = _has(desk, plan)[here]
    marks = Marks(has, chosen, np.zeros(len(frame), dtype=bool))
    if not chosen.any():
        nothing = Gate("list", tr("Can the plan be judged?"), "inconclusive", tr("Nobody is in the plan, so there is nothing to judge."))  # fmt: skip
        return Fairness((nothing,), (float("nan"), float("nan")), None, unit)
    facts = _facts(desk, frame, marks, unit)
    found = (
        targeting(facts, policy),
        money_for_a(plan),
        region_share(facts, policy),
        *(parity(facts, name, policy) for name in ("sex", "location", "wealth")),
        concentrated(facts, policy),
        false_connected(tuple(desk.atlas.manifest.get("models") or ()) if desk.locations.exact else (), policy),
        groups_known(facts, policy),
    )
    return Fairness(found, _erreygers(facts), facts.incidence, unit)


def _has(desk: Desk, plan: Plan) -> Floats:
    """Whether each school has what the standard asks for, before the plan: 1, 0, NaN where it is not known."""
    told = needs_of(desk, plan.terms)
    chance = number(plan.schools["chance_underserved"])
    known = told["chance_from"].eq("reported").to_numpy() | (chance == 1) & bool(plan.terms.shocked)
    return np.where(known, 1 - chance, np.nan)


def _facts(desk: Desk, frame: pd.DataFrame, marks: Marks, unit: str) -> Facts:
    first = str((list(desk.place.get("levels") or ()) or ["region"])[0])
    word, plural = tr(first), tr(str((list(desk.place.get("levels_plural") or ()) or [first + "s"])[0]))
    groups = {d.name: m for d in DIMENSIONS if (m := members(frame, d, f"{unit}s")) is not None}
    places = members(frame, region(frame, 1, word), f"{unit}s")
    return Facts(
        marks=marks,
        people=weights(frame, f"{unit}s"),
        wealth=wealth(frame),
        members=groups if places is None else {**groups, "region": places},
        incidence=_incidence(groups.get("wealth"), marks),
        unit=unit,
        word=(word, plural),
        first_said=tr("the schools of the plan"),
    )


def _incidence(fifths: Members | None, marks: Marks) -> Incidence | None:
    if fifths is None or FIFTHS[0] not in fifths.groups:
        return None
    ours: Bools = fifths.group == fifths.groups.index(FIFTHS[0])
    return incidence(marks.has, np.nan_to_num(fifths.people), ours, (fifths.group >= 0) & ~ours, marks.first)


def money_for_a(plan: Plan) -> Gate:
    """Group A's part of the money against the ring fence, unless all of it that can be served is."""
    title, least = tr("Does group A get its part of the money?"), plan.terms.number("plan_ring_fence")
    group_a, spent, waiting = plan.summary.get("group_a_cost"), plan.summary.get("cost"), plan.summary.get("group_a_waiting")  # fmt: skip
    if group_a is None or not spent:
        return Gate(GATE_A, title, "inconclusive", tr("No school is ranked, so nobody is in group A."))
    share = float(group_a) / float(spent)
    lines = ((tr("Money for group A"), f"{group_a:,.0f}"), (tr("All money of the plan"), f"{spent:,.0f}"), (tr("Schools of group A that could be served and wait"), f"{waiting:,}"))  # fmt: skip
    if not waiting:
        return Gate(GATE_A, title, "pass", tr("Every school of group A that can be served is in the plan; they take {share} of the money.", share=said.percent(share)), lines, tr("at least {least}", least=said.percent(least)))  # fmt: skip
    verdict: Verdict = "pass" if share >= least - 1e-9 else "warn"
    return Gate(GATE_A, title, verdict, tr("{share} of the money goes to group A while {waiting} of its schools wait.", share=said.percent(share), waiting=written(waiting)), lines, tr("at least {least}", least=said.percent(least)))  # fmt: skip


def _erreygers(facts: Facts) -> tuple[float, float]:
    use = ~np.isnan(facts.wealth) & (np.nan_to_num(facts.people) > 0) & ~np.isnan(facts.marks.has)
    if not use.any():
        return float("nan"), float("nan")
    rest = (facts.wealth[use], np.nan_to_num(facts.people)[use])
    return erreygers(facts.marks.has[use], *rest), erreygers(facts.marks.served[use], *rest)
