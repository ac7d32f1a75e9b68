"""What a list is checked by: the problem of its plan, cut down to the schools that matter, and what changed since.

stands = stands_of(desk, plan, cut)         # at signing
built, taken = since(desk, plan.terms, ids) # later, on the data of then: who is connected, who cannot come in
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy.typing as npt
import pandas as pd

from geodata.errors import PlanError
from geodata.lots.cut import Lots
from geodata.options.eligible import WHY, eligible
from geodata.plan.basis import basis
from geodata.plan.candidates import Candidates, candidates, limits
from geodata.plan.result import Plan
from geodata.plan.substitute import ROWS, Standing, standing
from geodata.plan.terms import Terms
from geodata.query import Desk
from geodata.say import in_english, later, tr

SERVED = "served"
GONE = later("it is not in the data any more")


@in_english
def stands_of(desk: Desk, plan: Plan, cut: Lots) -> Standing:
    """The problem and limits of a plan made on this desk, of the schools of its lots, their reserves and group A.

    Raises PlanError where the plan was made on other data.
    """
    ground = basis(desk, plan.terms, plan.book)
    found = candidates(ground, plan.terms)
    if plan.version != desk.atlas.version or len(found.problem.school) != len(plan.choice.year):
        raise PlanError(tr("This plan was made on other data than those shown now. Make it again, then sign."))
    options = ground.options.iloc[found.option]
    rows = _rows(plan, cut, found, options["way"].astype("str").to_numpy(dtype=object))
    return standing(found.problem, limits(plan.terms), plan.choice.year, rows, cut.most)


def _rows(plan: Plan, cut: Lots, found: Candidates, ways: npt.NDArray[Any]) -> pd.DataFrame:
    """ROWS of the lots: each school with its candidate in the problem."""
    parts = [cut.schools.assign(reserve=False), cut.reserve.assign(reserve=True)]
    rows = pd.concat([p[["school_id", "lot", "order", "way", "reserve"]] for p in parts], ignore_index=True)
    schools = plan.schools.drop_duplicates("school_id").reset_index(drop=True)
    ids = schools["school_id"].astype("str")
    keys = pd.MultiIndex.from_arrays([ids.to_numpy(dtype=object)[found.problem.school], ways])
    at = keys.get_indexer(pd.MultiIndex.from_frame(rows[["school_id", "way"]].astype("str").astype(object)))
    cost = schools.set_index(ids)["cost"].reindex(rows["school_id"].astype("str")).to_numpy(dtype=float)
    missing = at < 0
    if missing[~rows["reserve"].to_numpy(dtype=bool)].any():
        raise PlanError(tr("The lots hold a school or a way that the plan did not choose. Cut the lots again."))
    return rows.assign(candidate=at, cost=cost)[~missing][list(ROWS)].reset_index(drop=True)


@in_english
def since(desk: Desk, terms: Terms, school_ids: Iterable[str]) -> tuple[set[str], dict[str, str]]:
    """Of some schools, on the data as they are now: those that are connected at the standard, and those that a list can no
    longer take in, each with the reason in words."""
    now = eligible(desk, terms).set_index("school_id")["not_eligible_why"].astype(str)
    why = {school: str(now.get(school, GONE)) for school in school_ids}
    taken = {
        school: tr("Not eligible by now: {said}.", said=WHY.get(said, said)) for school, said in why.items() if said
    }
    return {school for school, said in why.items() if said == SERVED}, taken
