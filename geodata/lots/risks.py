"""What may go wrong with a lot, in sentences made from what is known; no score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geodata.say import in_english, tr, trn


@in_english
def risk_words(lot: Mapping[str, Any], schools: pd.DataFrame) -> str:
    """What a planner should know before this lot is tendered: range of the estimate, schools to verify, what is not known."""
    verify, unknown, placeless = (
        int(lot["verify_first"]),
        int(lot["mbps_unknown"]),
        int(schools["latitude"].isna().sum()),
    )
    guessed = (
        int(schools["learners_estimated"].fillna(False).astype(bool).sum()) if "learners_estimated" in schools else 0
    )
    said = [
        _range(lot),
        trn("{n} school is to be verified first.", "{n} schools are to be verified first.", verify) if verify else "",
        trn("{n} school has no known bandwidth need.", "{n} schools have no known bandwidth need.", unknown) if unknown else "",
        trn("{n} school has no shown location.", "{n} schools have no shown location.", placeless) if placeless else "",
        trn("{n} school has estimated learners.", "{n} schools have estimated learners.", guessed) if guessed else "",
        tr("One tree is larger than a lot is to be.") if lot["too_large"] else "",
    ]  # fmt: skip
    return " ".join(filter(None, said))


def _range(lot: Mapping[str, Any]) -> str:
    low, mid, high = (float(lot[c]) for c in ("cost_low", "cost", "cost_high"))
    if not np.isfinite([low, mid, high]).all() or mid <= 0:
        return tr("The cost of this lot is not known in full.")
    return tr(
        "The cost may be {low:.0%} lower or {high:.0%} higher than estimated.", low=1 - low / mid, high=high / mid - 1
    )
