"""A plan told by area alone, for a tier that may not see where schools lie: rounded sums, small ones hidden.

Which schools a plan chooses and what they cost gives their places away, so no row of it leaves this module. What leaves
are a few budgets that are the same for every visitor (PARTS of what connecting all would cost), under the country's own
terms: nobody can move a budget or a weight by a little and read a school off the difference. Counts are to the nearest 5,
money to two digits, shares in whole per cent; a region with too few schools chosen or left out has no number, and further
regions are hidden with it until the totals do not give it away (methods 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import number
from geodata.disclosure import EXACT, thresholds
from geodata.plan.result import Plan
from geodata.query import Desk
from geodata.suppress import protect, rounded

PARTS = (0.05, 0.1, 0.25, 0.5, 1.0)
USUAL = 2  # the part that is told where none is asked for
TOLD = ("region_id", "region", "need_share", "chosen", "cost", "money_share")
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ByArea:
    """A plan in sums. `schools`, `reached` and money are rounded, None where they are too small to be told; `reached` counts
    learners, or is None where schools are counted. `regions` has TOLD, NaN where hidden."""

    budget: float
    currency: str
    unit: str
    schools: int | None
    reached: float | None
    share: float | None
    cost: float | None
    regions: pd.DataFrame


@lru_cache(maxsize=8)
def inside(desk: Desk) -> Desk:
    """The same desk with places as they are, to compute with: still without what its tier may not see. No row of what is
    made at it may be shown."""
    twin = Desk(desk.atlas, tier=desk.tier)
    twin.__dict__["locations"] = EXACT
    return twin


def by_area(desk: Desk, plan: Plan) -> ByArea:
    """What `desk` may be told of a plan that was made `inside` it."""
    regions = plan.regions.reset_index(drop=True)
    counts = _counts(regions)
    hidden = _hidden(desk, counts)
    rows, whole = hidden[: len(regions)], bool(hidden[len(regions)])
    cost, reached = float(regions["cost"].sum()), float(regions["reached"].sum())
    need = float(regions["unserved"].sum())
    return ByArea(
        plan.terms.total, plan.book.currency, plan.unit,
        schools=None if whole else rounded(int(counts["chosen"].sum())),
        reached=None if whole or plan.unit == "schools" else digits(reached),
        share=None if whole or not need else round(reached / need, 1 if reached < need else 2),
        cost=None if whole else digits(cost),
        regions=_told(regions, rows),
    )  # fmt: skip


def digits(value: float, keep: int = 2) -> float:
    """A number to its first digits."""
    return float(f"{value:.{keep}g}")


def _counts(regions: pd.DataFrame) -> pd.DataFrame:
    """Eligible schools of each region: chosen, and left out."""
    chosen = number(regions["chosen"])
    return pd.DataFrame({"chosen": chosen, "left": number(regions["schools"]) - chosen})


def _hidden(desk: Desk, counts: pd.DataFrame) -> Bools:
    """Which regions, and last whether the country, are hidden: where a count of chosen or left out is."""
    least = max(thresholds(desk.tier, desk.policy).schools, desk.locations.least)
    if least <= 1 or counts.empty:
        return np.zeros(len(counts) + 1, dtype=bool)
    found = protect(counts, least=least)[["chosen", "left"]].to_numpy(dtype=bool)
    return np.asarray(found.any(axis=1), dtype=np.bool_)


def _told(regions: pd.DataFrame, hidden: Bools) -> pd.DataFrame:
    out = regions[list(TOLD)].copy()
    out["chosen"] = [np.nan if h else float(rounded(int(n))) for n, h in zip(out["chosen"], hidden, strict=True)]
    out["cost"] = [np.nan if h else digits(float(n)) for n, h in zip(out["cost"], hidden, strict=True)]
    for share in ("need_share", "money_share"):
        out[share] = np.where(hidden, np.nan, number(out[share]).round(2))
    return out
