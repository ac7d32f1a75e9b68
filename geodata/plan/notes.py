"""What a plan must say beside its numbers: where they are judged, provisional, or bounded."""

from __future__ import annotations

import pandas as pd

from geodata.arrays import number
from geodata.costing.notes import VIEWS
from geodata.options.eligible import rule
from geodata.options.needs import said
from geodata.plan.basis import Basis
from geodata.plan.problem import Choice
from geodata.plan.terms import Terms
from geodata.say import tr, written


def notes_of(ground: Basis, terms: Terms, choice: Choice, schools: pd.DataFrame) -> tuple[str, ...]:
    """Sentences in the order in which they matter."""
    place = str(ground.desk.place.get("name") or ground.desk.atlas.name)
    policy, needs = terms.policy, ground.needs
    eligible = schools["eligible"].to_numpy(dtype=bool)
    synthetic = tr("These are made-up data of a country that does not exist: for trying out, not for funding.")
    training = tr("There is no teacher training in this plan, because: {why}", why=terms.no_training)
    found = (
        synthetic if ground.desk.place.get("synthetic") else "",
        *ground.book.notes(),
        VIEWS.get(str(policy["plan_perspective"]), ""),
        rule(terms, place),
        *said(needs),
        _no_way(schools),
        "" if terms.training else training,
        "" if terms.devices else tr("There are no devices in this plan: connection alone is known to change little."),
        tr(
            "After a shock ({what}): in the areas hit, connection and power count as lost, and nothing fixed is built there.",
            what=terms.shock or tr("not described"),
        )
        if terms.shocked
        else "",
        tr("Wealth is not known for the eligible schools, so the least share of the poorest fifth is left out.")
        if terms.number("plan_poorest_share") and not needs["wealth_quintile"].notna().to_numpy()[eligible].any()
        else "",
        ""
        if needs["tier"].notna().any() or not terms.number("plan_ring_fence")
        else tr("No school is ranked, so no money is kept for group A."),
        ""
        if (needs["region"] >= 0).any() or not terms.number("plan_region_floor")
        else tr("Regions are not known, so the least share of every region is left out."),
        tr("The budget pays what is bought at the start; running costs come on top.")
        if policy["plan_budget_covers"] == "capital"
        else "",
        ground.shared.say()
        if ground.shared is not None
        else tr("Pairs of neighbouring schools are not in these data, so no fibre is shared. Build the country again.")
        if terms.shared_fibre
        else "",
        how_good(choice),
    )
    return tuple(text for text in found if text)


def how_good(choice: Choice) -> str:
    """The solver's proof in words."""
    if choice.status == "infeasible":
        return tr("No plan keeps all these limits.")
    if choice.status == "optimal":
        return tr("No better plan is possible under these limits: this is proven.")
    return tr("This plan is within {gap} of the best possible: that is proven.", gap=percent(choice.gap))


def percent(gap: float) -> str:
    """A small share in words, rounded up: 0.01 %."""
    for text, edge in (("0.0001 %", 1e-6), ("0.001 %", 1e-5), ("0.01 %", 1e-4), ("0.1 %", 1e-3), ("1 %", 1e-2)):
        if gap <= edge:
            return text
    return f"{gap * 100:.0f} %"


def _no_way(schools: pd.DataFrame) -> str:
    none = schools[schools["decision"] == "no_way"]
    if none.empty:
        return ""
    learners = number(none["learners"]).sum()
    if not learners > 0:
        return tr(
            "{schools} eligible schools: no way of connecting them is known to be possible from these data.",
            schools=written(len(none)),
        )
    return tr(
        "{schools} eligible schools, {learners} learners: no way of connecting them is known to be possible from these data.",
        schools=written(len(none)),
        learners=written(learners, 0),
    )
