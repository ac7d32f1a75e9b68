"""Random places for tests: seeded, with unknowns of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.factories import schools

SETTLEMENTS = ["rural", "town", "suburb", "city"]


def random_place(seed: int, size: int = 60, unknown: float = 0.25) -> pd.DataFrame:
    """A place of so many schools whose values are unknown with a chance that differs from column to column."""
    rng = np.random.default_rng(seed)
    learners = rng.integers(5, 1600, size)

    def some(values: Any, chance: float = unknown) -> list[Any]:
        return [
            None if hidden else value for value, hidden in zip(list(values), rng.random(size) < chance, strict=True)
        ]

    return schools(
        school_id=[f"K{i:04d}" for i in rng.permutation(size)],
        admin1_id=["P1"] * size,
        admin2_id=[f"D{i}" for i in rng.integers(0, 3, size)],
        education_level=some(rng.choice(["primary", "lower_secondary"], size), 0.1),
        settlement=some(rng.choice(SETTLEMENTS, size), 0.1),
        school_status=some(rng.choice(["open", "open", "open", "damaged"], size), 0.2),
        num_students=some(learners.tolist(), 0.1),
        num_teachers=some((learners // 30 + 1).tolist(), 0.1),
        num_computers=some((rng.integers(0, 80, size) * rng.integers(0, 2, size)).tolist()),
        num_tablets=some((rng.integers(0, 20, size) * rng.integers(0, 2, size)).tolist(), 0.1),
        has_internet=some((rng.random(size) < 0.6).tolist()),
        has_internet_for_learners=some((rng.random(size) < 0.5).tolist()),
        download_speed_measured_mbps=some((rng.random(size) * 60).round(1).tolist(), 0.7),
        download_speed_contracted_mbps=some((rng.random(size) * 60).round(1).tolist(), 0.5),
        has_electricity=some((rng.random(size) < 0.7).tolist()),
        num_students_displaced=some((learners * rng.random(size) ** 4).astype(int).tolist()),
        wealth_percentile=some(rng.random(size).round(2).tolist()),
        crisis_index=some((10 * rng.random(size)).round(1).tolist(), 0.1),
    )
