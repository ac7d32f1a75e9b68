"""What may go wrong with a lot, in sentences made from what is known; no score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.say import in_english, tr


@in_english
def risk_words(lot: Mapping[str, Any], schools: pd.DataFrame) -> str:
    """What a planner should know before this lot is tendered: range of the estimate, schools to verify, what is not known."""
    said = [
        _range(lot),
        _counted(int(lot["verify_first"]), tr("is to be verified first"), tr("are to be verified first")),
    ]
    said.append(
        _counted(int(lot["mbps_unknown"]), tr("has no known bandwidth need"), tr("have no known bandwidth need"))
    )
    said.append(
        _counted(int(schools["latitude"].isna().sum()), tr("has no shown location"), tr("have no shown location"))
    )
    if "learners_estimated" in schools:
        guessed = schools["learners_estimated"].fillna(False).astype(bool).sum()
        said.append(_counted(int(guessed), tr("has estimated learners"), tr("have estimated learners")))
    if lot["too_large"]:
        said.append(tr("One tree is larger than a lot is to be"))
    return ". ".join(filter(None, said)) + "."


def _range(lot: Mapping[str, Any]) -> str:
    low, mid, high = (float(lot[c]) for c in ("cost_low", "cost", "cost_high"))
    if not np.isfinite([low, mid, high]).all() or mid <= 0:
        return tr("The cost of this lot is not known in full")
    return tr(
        "The cost may be {low:.0%} lower or {high:.0%} higher than estimated", low=1 - low / mid, high=high / mid - 1
    )


def _counted(count: int, one: str, several: str) -> str:
    return (
        tr(
            "{count} school{count_2} {one}",
            count=count,
            count_2="" if count == 1 else "s",
            one=one if count == 1 else several,
        )
        if count
        else ""
    )
