"""A whole place predicted: the columns of schools that nobody reported, and a card of each model tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.policy import POLICY, Policy
from geodata.predict.material import by_id, prepare
from geodata.predict.study import study
from geodata.predict.targets import TARGETS

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Predicted:
    """`columns` on the schools' index: chance and set of each target, unknown where reported or without a usable model."""

    columns: pd.DataFrame
    models: list[dict[str, Any]]


def predict(schools: pd.DataFrame, policy: Policy = POLICY, *, progress: Progress | None = None) -> Predicted:
    """Predict every target for the schools that reported nothing of it; the same whatever the order of rows.

    `schools` has the columns of the schools' table after the joins and checks. A reported value is never touched, and
    a predicted one stands in no column but its own.
    """
    ordered, columns, cards = by_id(schools), {}, []
    positions = _positions(schools, ordered)
    for target in TARGETS:
        if progress:
            progress(f"Trying to predict {target.title.lower()} …")
        found = study(prepare(ordered, target, policy), policy)
        chance = np.full(len(schools), np.nan)
        said = np.full(len(schools), None, dtype=object)
        if found.sets is not None:
            chance[found.where], said[found.where] = found.chance, found.sets.words
        columns[target.column] = pd.Series(chance[positions], index=schools.index, dtype="float64")
        columns[target.set_column] = pd.Series(said[positions], index=schools.index, dtype="str")
        cards.append(found.card)
    return Predicted(pd.DataFrame(columns, index=schools.index), cards)


def _positions(schools: pd.DataFrame, ordered: pd.DataFrame) -> np.ndarray:
    """Where each school of the given order stands in the order of ids."""
    order = np.asarray(schools["school_id"].argsort(kind="stable"), dtype=np.int64)
    out = np.empty(len(schools), dtype=np.int64)
    out[order] = np.arange(len(schools))
    return out
