"""How likely a school lacks what it does not report: predicted where a model may say so, else as among similar schools."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Floats, flag
from geodata.criteria import usable_internet
from geodata.priority import Scoring, criteria
from geodata.similar import chance_of_yes, expectation


def chance_of(scoring: Scoring, criterion: str) -> tuple[Floats, pd.Series]:
    """Chance that a school lacks anything of a criterion (item above 0): known, else predicted, else as among similar schools.

    Second: what it rests on. Where the item is known for no school the chance of bandwidth is 1 and that of power 0.
    """
    k = [c.name for c in criteria()].index(criterion)
    known = scoring.known[:, k]
    lacks = np.where(np.isnan(known), np.nan, (known > 0).astype(np.float64))
    if np.isnan(known).all() or scoring.similar is None:
        source = pd.Series("nothing", index=range(len(known)), dtype="str")
        return np.full(len(known), float(criterion == "bandwidth")), source
    similar = scoring.similar
    given, likely = similar.given.get(k), similar.chance.get(k)
    expected = expectation(lacks, given, similar.group, scoring.operating, similar.least, chance=likely)
    predicted = np.zeros(len(known), dtype=bool) if scoring.predicted is None else scoring.predicted[:, k]
    unknown = np.isnan(known)
    names = np.array(["reported", "similar", "predicted"], dtype=object)
    source = pd.Series(names[unknown.astype(int) + (unknown & predicted)], dtype="str")
    return np.where(unknown, np.clip(np.nan_to_num(expected, nan=1.0), 0, 1), lacks), source


def no_internet(scoring: Scoring, whole: pd.DataFrame) -> Floats:
    """Chance that a school has no internet that learners use: known, else predicted, else as among similar schools."""
    told = flag(usable_internet(whole["has_internet"], whole["has_internet_for_learners"]))
    if np.isnan(told).all() or scoring.similar is None:
        return np.ones(len(whole))
    k = [c.name for c in criteria()].index("bandwidth")
    similar, likely = scoring.similar, scoring.similar.chance.get(k)
    out: Floats = 1 - chance_of_yes(told, similar.group, scoring.operating, similar.least, chance=likely)
    return np.clip(out, 0, 1)
