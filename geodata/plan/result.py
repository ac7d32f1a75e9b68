"""A plan: its schools, its money, how it compares with λ = 0, how sure it is, and whether it is fair."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata.costing.unit import PriceBook
from geodata.plan.problem import Choice, Clash
from geodata.plan.terms import Terms

CHOSEN, LEFT_OUT, NO_WAY, NOT_ELIGIBLE = "chosen", "left_out", "no_way", "not_eligible"  # decisions
# One row a school of the country, in the order of `Desk.whole`. Amounts in the price book's currency.
COLUMNS = (
    "school_id",
    "eligible",  # bool
    "not_eligible_why",  # not_public, not_open, served, committed, outside_area …; empty where eligible
    "committed_by",  # funders who have promised this school
    "learners",  # counted for the plan: enrolment, or the middle of its range, or of similar schools
    "learners_estimated",
    "chance_underserved",  # 0 to 1
    "weight",  # 1 + λ × marginalisation
    "value",
    "way",  # chosen, or the cheapest that would do; empty where none would
    "way_why",  # sentence: why this way, or why none
    "capital",
    "yearly",
    "link_cost",
    "power_cost",
    "device_cost",
    "training_cost",
    "cost",
    "cost_low",
    "cost_high",
    "decision",  # chosen, left_out, no_way, not_eligible
    "year",  # year of building, 1, 2 …; NA where not chosen
    "at_lambda_0",  # chosen at λ = 0
    "selected_share",  # share of draws in which it is chosen; NA where none were made
    "advice",  # fund_now, verify_first, later
    "why",  # sentence: why chosen, why not
    "relay_of",  # school whose fibre this one goes on from
    "lot",
)


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan. `schools` has COLUMNS, `flows` one row a year (0 = the start) and line of cost, `regions` one row a region
    with share of need and share of money. `unit` is "learners" or "schools". A plan is equal to itself alone, so that what
    is worked out of it can be kept by it."""

    terms: Terms
    book: PriceBook
    unit: str
    schools: pd.DataFrame
    options: pd.DataFrame
    choice: Choice
    plain: Choice
    price_of_equity: float  # 1 - value kept / value without the fairness limits (methods 4.5)
    flows: pd.DataFrame
    regions: pd.DataFrame
    excluded: pd.DataFrame  # why, schools, learners: who is not eligible, counted
    broken: tuple[
        str, ...
    ] = ()  # what the check in plain Python found broken; empty in every plan that leaves the house
    clashes: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()  # what the plan must say: provisional prices, schools counted, limits left out …
    version: str = ""  # of the data
    code: str = ""
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def chosen(self) -> pd.DataFrame:
        """The rows of `schools` that are in the plan."""
        return self.schools[self.schools["decision"] == CHOSEN]

    @property
    def key(self) -> str:
        """What makes it this plan: data, terms and prices."""
        return f"{self.version}-{self.terms.key[:12]}-{self.book.key[:8]}"
