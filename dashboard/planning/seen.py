"""A plan as a tier may read it on the screen: the same rows, roundings and hidden columns as in the files it is handed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from dashboard.planning.money import Totals, totals
from geodata.exports.plan_seen import Handed, digits
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.say import tr, written
from geodata.suppress import rounded


@dataclass(frozen=True)
class Seen:
    """A plan at a desk. `following` is the plan of the next larger solved budget, where there is one."""

    desk: Desk
    plan: Plan
    following: Plan | None = None

    @cached_property
    def handed(self) -> Handed:
        """What the files of this plan would hold for this tier."""
        return Handed(self.desk, self.plan)

    @property
    def rows(self) -> bool:
        """Whether schools may stand one by one."""
        return self.handed.rows

    @property
    def exact(self) -> bool:
        """Whether lengths and single schools' money stand as they were computed."""
        return self.handed.exact

    @cached_property
    def schools(self) -> pd.DataFrame:
        """The plan's schools with names and places, as the tier may see them, by school id; no row where it sees none."""
        return self.handed.schools.set_index("school_id", drop=False)

    @cached_property
    def totals(self) -> Totals:
        """What the plan adds up to, as it may be told."""
        found = totals(self.plan)
        told = {n: self.amount(getattr(found, n)) for n in ("cost", "low", "high", "capital", "yearly")}
        return replace(found, **told, schools=found.schools if self.rows else rounded(found.schools))

    def amount(self, value: float) -> float:
        """An amount of money as it may be told: to two digits where single schools would show through sums."""
        return value if self.exact else float(digits(value))

    def count(self, value: float) -> str:
        """A count of schools as it may be told: to the nearest 5 where none stands by itself."""
        return written(int(value)) if self.rows else tr("about {number}", number=written(rounded(int(value))))
