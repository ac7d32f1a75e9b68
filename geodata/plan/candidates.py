"""From a basis and terms to the problem: which schools may be chosen, by which ways, what they count and cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Codes, Floats, number
from geodata.options.needs import value as value_of
from geodata.plan.basis import Basis
from geodata.plan.problem import Bools, Limits, Problem
from geodata.plan.relays import relays, with_shared
from geodata.plan.terms import Terms

WHOLE_LIFE = "whole_life"


@dataclass(frozen=True)
class Candidates:
    """The problem with what its candidates are: `option` is their row in `basis.options`, `problem.school` the position
    in `desk.whole`. `part` says who is eligible under the terms, decisions of officers included."""

    problem: Problem
    option: Codes
    part: Bools

    def plain(self) -> Problem:
        """The same problem at λ = 0."""
        return Problem(**{**self.problem.__dict__, "value": self.problem.plain})


def candidates(basis: Basis, terms: Terms) -> Candidates:
    """The candidates of a plan. A school that an officer wants in the plan is eligible whatever the rule says; one that is
    certain to be served already, or counts for nothing, is left out where nobody asks for it."""
    needs, ids = basis.needs, pd.Index(basis.needs["school_id"])
    must, never = (_positions(ids, [s for s, _ in pairs]) for pairs in (terms.must, terms.never))
    part = basis.eligible["eligible"].to_numpy(dtype=bool).copy()
    part[must] = True
    rows = _rows(basis, terms, ids, part)
    at = np.asarray(ids.get_indexer(pd.Index(basis.options["school_id"].iloc[rows])), dtype=np.int64)
    value, plain = value_of(needs, terms.number("plan_equity_weight")), value_of(needs, 0.0)
    worth = (plain[at] > 0) | np.isin(at, must)
    rows, relay = relays(basis, rows[worth])
    at = np.asarray(ids.get_indexer(pd.Index(basis.options["school_id"].iloc[rows])), dtype=np.int64)
    region, names = needs["region"].to_numpy(dtype=np.int64), _names(needs)
    known = part & (region >= 0)
    poorest = needs["poorest"].to_numpy(dtype=bool)
    asked = [name for name, _ in terms.group_floors]
    groups = {name: needs[f"group_{name}"].fillna(False).to_numpy(dtype=bool) for name in asked if f"group_{name}" in needs}  # fmt: skip
    problem = Problem(
        school=at,
        value=value[at],
        plain=plain[at],
        people=number(needs["people"])[at],
        cost=charged(basis.options, terms)[rows],
        yearly=number(basis.options["yearly"])[rows],
        tier_a=needs["tier"].eq("A").fillna(False).to_numpy(dtype=bool)[at],
        region=region[at],
        regions=names,
        region_unserved=np.bincount(region[known], weights=plain[known], minlength=len(names)).astype(np.float64),
        poorest=poorest[at] if needs["wealth_quintile"].notna().to_numpy()[part].any() else None,
        groups={name: inside[at] for name, inside in groups.items()},
        group_unserved={name: float(plain[part & inside].sum()) for name, inside in groups.items()},
        relay=relay,
        must=must,
        never=never,
    )
    return Candidates(problem, rows, part)


def charged(options: pd.DataFrame, terms: Terms) -> Floats:
    """What the budget pays for each option: everything over the horizon, or what is paid at the start; never less than
    nothing: an operator whose fees more than pay for one school does not pay for another."""
    return np.maximum(0.0, number(options["cost" if terms.policy["plan_budget_covers"] == WHOLE_LIFE else "capital"]))


def limits(terms: Terms, *, fair: bool = True) -> Limits:
    """The limits of the terms; not `fair`: without the floors, the poorest fifth's share and group A's money."""
    service = round(terms.number("plan_service_years"))
    return Limits(
        budget=terms.budget,
        carry_over=terms.policy["plan_carry_over"] == "yes",
        recurrent_ceiling=terms.recurrent_ceiling,
        region_floor=terms.number("plan_region_floor") if fair else 0.0,
        group_floors=terms.group_floors if fair else (),
        poorest_share=terms.number("plan_poorest_share") if fair else 0.0,
        ring_fence=terms.number("plan_ring_fence") if fair else 0.0,
        horizon=max(service, len(terms.budget)),
    )


def _positions(ids: pd.Index, wanted: list[str]) -> Codes:
    found = np.asarray(ids.get_indexer(pd.Index(wanted, dtype="str")), dtype=np.int64)
    return np.unique(found[found >= 0])


def _names(needs: pd.DataFrame) -> tuple[str, ...]:
    """Names of the regions in the order of their codes."""
    known = needs[needs["region"] >= 0].drop_duplicates("region").sort_values("region")
    return tuple(str(n) for n in known["region_name"])


def _rows(basis: Basis, terms: Terms, ids: pd.Index, part: Bools) -> Codes:
    """Rows of the options that may be chosen: the cheapest way of each eligible school; where running costs have a
    ceiling, or the budget pays the start alone, every way that is not beaten in both."""
    options = basis.options
    at = ids.get_indexer(pd.Index(options["school_id"]))
    open_ = options["choosable"].to_numpy(dtype=bool) & part[at] & ~np.isnan(charged(options, terms))
    if not terms.recurrent_ceiling and terms.policy["plan_budget_covers"] == WHOLE_LIFE:
        return with_shared(basis, _cheapest(basis, open_), charged(options, terms), open_)
    cost, yearly = charged(options, terms), number(options["yearly"])
    rows = np.flatnonzero(open_)
    rows = rows[np.lexsort((rows, yearly[rows], cost[rows], at[rows]))]
    keep, school, least = [], -1, np.inf
    for row in rows.tolist():  # a school's options by cost: one stays where it runs for less than all that are cheaper
        if at[row] != school:
            school, least = int(at[row]), np.inf
        if yearly[row] < least:
            keep.append(row)
            least = float(yearly[row])
    return with_shared(basis, np.sort(np.array(keep, dtype=np.int64)), cost, open_)


def _cheapest(basis: Basis, open_: Bools) -> Codes:
    best = basis.cheapest[basis.cheapest["way"] != ""]
    wanted = pd.MultiIndex.from_arrays([best["school_id"], best["way"]])
    found = pd.MultiIndex.from_arrays([basis.options["school_id"], basis.options["way"]]).isin(wanted)
    return np.flatnonzero(found & open_).astype(np.int64)
