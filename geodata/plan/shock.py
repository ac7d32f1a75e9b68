"""After a shock: districts were flooded, cut off or lost power. The plan made again with rapid options, beside the one before.

    found = shock(desk, plan, ("A.3", "A.7"), "flood of May")

Schools of the districts count as without connection and power, whatever was reported before; fibre and microwave are not
built there for now (`Terms.shocked`). Everything else of the terms stays, the budget too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.errors import PlanError
from geodata.options.eligible import inside
from geodata.plan.candidates import charged
from geodata.plan.make import make_plan
from geodata.plan.measures import people_of
from geodata.plan.result import CHOSEN, Plan
from geodata.query import Desk
from geodata.say import in_english, later, tr, written

# What became of a school, in the order in which it is asked.
STATES = {
    "newly_unserved": later("was connected, and has lost it; not in the plan"),
    "connected_again": later("was connected, has lost it, and is connected again by the plan"),
    "dropped": later("was in the plan, and is not any more"),
    "came_in": later("was not in the plan, and is now"),
    "other_way": later("stays in the plan, by another way"),
    "delayed": later("stays in the plan, in a later year"),
    "sooner": later("stays in the plan, in an earlier year"),
}
COLUMNS = (
    "school_id",
    "hit",
    "state",
    "way_before",
    "way",
    "year_before",
    "year",
    "cost_before",
    "cost",
    "people",
    "why",
)


@dataclass(frozen=True)
class Shock:
    """`before` and `after`: the two plans. `schools`: COLUMNS, one row a school whose lot changed, by state and id; `cost`
    is what its way costs now, chosen or not. `hit`: schools in the areas; `extra`: money beyond the budget that it would
    take to keep every school of the plan before and connect again all that lost it; `no_way`: how many of those no way
    is known for, so that no money is counted for them."""

    before: Plan
    after: Plan
    areas: tuple[str, ...]
    what: str
    schools: pd.DataFrame
    hit: int
    extra: float
    no_way: int

    @property
    def counts(self) -> dict[str, int]:
        """Schools in each state."""
        found = self.schools["state"].value_counts()
        return {state: int(found.get(state, 0)) for state in STATES}

    @property
    @in_english
    def said(self) -> tuple[str, ...]:
        """The result in sentences."""
        return _said(self)


@in_english
def shock(desk: Desk, plan: Plan, areas: tuple[str, ...], what: str) -> Shock:
    """The plan made again after a shock in some areas, on the same data, terms and prices.

    Raises PlanError without areas or words for what happened, or for a plan of other data; ViewError for an area that is
    not here.
    """
    if not areas or not what.strip():
        raise PlanError(tr("Say which districts were hit, and by what (flood, lost power …)."))
    if plan.version != desk.atlas.version:
        raise PlanError(tr("This plan was made on other data than those shown now. Make it again first."))
    after = make_plan(desk, plan.terms.with_(shocked=tuple(areas), shock=" ".join(what.split())), plan.book)
    return between(desk, plan, after)


@in_english
def between(desk: Desk, before: Plan, after: Plan) -> Shock:
    """What a shock did, from the plan before it and the plan made again under `Terms.shocked`, both of this desk."""
    areas = after.terms.shocked
    hit = inside(desk, areas)
    rows = _rows(before, after, hit)
    wanted = (rows["_was"] | rows["_lost"]).to_numpy(dtype=bool)
    cost = charged(after.schools, after.terms)  # what the budget pays for
    needed = float(np.nansum(cost[wanted]))
    order = {state: i for i, state in enumerate(STATES)}
    changed = rows[rows["state"].ne("")]
    changed = changed.assign(_order=changed["state"].map(order)).sort_values(["_order", "school_id"], kind="stable")
    return Shock(
        before, after, areas, after.terms.shock, changed[list(COLUMNS)].reset_index(drop=True), int(hit.sum()),
        max(0.0, needed - after.terms.total), int(np.isnan(cost[wanted]).sum()),
    )  # fmt: skip


def _rows(before: Plan, after: Plan, hit: np.ndarray) -> pd.DataFrame:
    """COLUMNS of every school in the order of both plans, and whether it was chosen, is chosen, has lost its connection."""
    a, b = before.schools.reset_index(drop=True), after.schools.reset_index(drop=True)
    was, now = a["decision"].eq(CHOSEN), b["decision"].eq(CHOSEN)
    lost = pd.Series(hit, index=a.index) & a["not_eligible_why"].eq("served")
    year_a, year_b = (f["year"].astype("Float64").fillna(0).to_numpy(dtype=float) for f in (a, b))
    both = (was & now).to_numpy()
    state = np.select(
        [
            lost & ~now, lost & now, was & ~now, ~was & now,
            both & (a["way"].astype(str) != b["way"].astype(str)), both & (year_b > year_a), both & (year_b < year_a),
        ],
        list(STATES), "",
    )  # fmt: skip
    values = {
        "school_id": b["school_id"], "hit": hit, "state": state,
        "way_before": a["way"].where(was), "way": b["way"], "year_before": a["year"], "year": b["year"],
        "cost_before": a["cost"].where(was), "cost": b["cost"], "people": people_of(after, b), "why": b["why"],
        "_was": was, "_lost": lost,
    }  # fmt: skip
    return pd.DataFrame(values)


def _said(found: Shock) -> tuple[str, ...]:
    counts, money = found.counts, found.after.book.currency
    lost = counts["newly_unserved"] + counts["connected_again"]
    out = [tr("Schools in the districts of “{what}”: {hit}, of which {lost} were connected and count as cut off.", what=found.what, hit=written(found.hit), lost=written(lost))]  # fmt: skip
    if lost:
        out.append(tr("Of those the plan connects {connected_again} again, and {newly_unserved} not.", connected_again=written(counts['connected_again']), newly_unserved=written(counts['newly_unserved'])))  # fmt: skip
    moved = counts["came_in"] + counts["connected_again"]
    out.append(tr("With the same money: {dropped} leave the plan, {moved} come in, {other_way} are connected by another way, {delayed} later.", dropped=written(counts['dropped']), moved=written(moved), other_way=written(counts['other_way']), delayed=written(counts['delayed'])))  # fmt: skip
    if found.extra > 0:
        out.append(tr("To keep every school of the plan before and connect again all that were cut off takes {extra} {money} more.", extra=written(found.extra, 0), money=money))  # fmt: skip
    if found.no_way:
        out.append(tr("For {no_way} of these no way is known to be possible now, and no money is counted for them.", no_way=written(found.no_way)))  # fmt: skip
    return tuple(out)
