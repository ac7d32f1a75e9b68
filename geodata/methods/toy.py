"""Eight invented schools: small enough to be redone by hand, with everything in them that a real register has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from geodata.derive import derive, scored
from geodata.policy import POLICY
from geodata.priority import Scoring, criteria, score_items
from geodata.say import later
from geodata.tables import SCHOOLS, empty_columns

EIGHT: dict[str, list[Any]] = {
    "school_id": ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"],
    "admin1": [
        "North",
        "North",
        "North",
        "East",
        "East",
        "Central",
        "Central",
        "Central",
    ],
    "settlement": ["rural", "rural", "town", "rural", "rural", "city", "city", "suburb"],
    "num_students": [180, 240, 520, 300, 410, 1200, 650, 480],
    "num_students_girls": [84, 118, 230, 150, 200, 640, 330, 240],
    "num_teachers": [6, 8, 20, 9, 10, 60, 24, 22],
    "num_computers": [0, 4, 26, 0, 10, 150, 65, None],
    "num_tablets": [0, 0, 0, 0, 0, 0, 0, None],
    "has_electricity": [False, None, True, True, False, True, True, True],
    "has_internet": [False, None, True, False, False, True, True, None],
    "has_internet_for_learners": [False, None, True, False, False, True, True, None],
    "download_speed_mbps": [None, None, 12.0, None, None, 100.0, 20.0, None],
    "download_speed_contracted_mbps": [None, None, 12.0, None, None, 100.0, 20.0, None],
    "num_students_displaced": [0, 0, 15, 20, 260, 0, 5, 0],
    "wealth_percentile": [0.08, 0.15, 0.45, 0.20, 0.10, 0.95, 0.85, 0.70],
    "crisis_index": [6.1, 6.1, 5.0, 7.4, 7.4, 2.0, 2.0, 2.0],
}


@cache
def toy() -> pd.DataFrame:
    """The eight schools with every column of the schools' table, gaps and ranks among them. Not to be changed."""
    frame = empty_columns(pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in EIGHT.items()}), SCHOOLS)
    return frame.assign(**derive(frame))


@cache
def toy_scoring() -> Scoring:
    """The eight schools scored under the default policy."""
    return scored(toy(), POLICY)[0]


# What the published examples take for what S2 and S8 do not report: a predicted chance and speed, 24 computers.
ASSUMED = {"S2": {"bandwidth": 0.88, "energy": 0.6}, "S8": {"bandwidth": 10.4 / 24, "devices": 1 - 24 / 119}}
ASSUMING = later("What S2 and S8 do not report is taken as the published example assumes it.")


@cache
def assumed_scoring() -> Scoring:
    """The eight schools scored with what the published examples (E3.2 to E3.7) assume of S2 and S8."""
    now, names = toy_scoring(), [c.name for c in criteria()]
    filled = now.filled.copy()
    for school, items in ASSUMED.items():
        for name, item in items.items():
            filled[row(school), names.index(name)] = item
    learners = toy()["num_students"].to_numpy(dtype=np.float64)
    return replace(score_items(now.known, filled, now.in_use, now.operating, POLICY), learners=learners)


def row(school_id: str) -> int:
    """Position of a school."""
    return EIGHT["school_id"].index(school_id)


def value(school_id: str, column: str) -> Any:
    """A value of a school."""
    return toy()[column].iloc[row(school_id)]
