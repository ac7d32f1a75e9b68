"""Ages of the demonstration country's people, as they truly are.

The pyramid is smooth by single years and younger in poor districts; girls are a little fewer. Its level is such that the
children who are not out of school (`etl.demo_layers.write_context`) are about as many as the schools' learners. What is
published are five-year groups by sex (`ages.csv`); the single years are the hidden truth.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

OLDEST = 85
LEVELS = {"primary": (6, 12), "lower_secondary": (12, 15), "upper_secondary": (15, 18)}
GROUPS = tuple(range(0, 80, 5))


def write_ages(folder: Path, rng: np.random.Generator, areas: pd.DataFrame) -> pd.DataFrame:
    """Write the table; returns the truth: by district, children by level and sex, and the share out of school."""
    years = pyramid(rng, areas)
    table = pd.DataFrame({"district": areas["area_id"], "people": areas["population"]})
    for sex in ("girls", "boys"):
        for first in GROUPS:
            group = years[sex][:, first : first + 5].sum(axis=1).round().astype(int)
            table[f"{'F' if sex == 'girls' else 'M'}{first:02d}{first + 4:02d}"] = group
    table.to_csv(folder / "ages.csv", index=False, lineterminator="\n")
    truth = pd.DataFrame({"area_id": areas["area_id"], "out_of_school_rate": areas["out_of_school_rate"]})
    for level, (first, end) in LEVELS.items():
        for sex in ("girls", "boys"):
            truth[f"children_{level}_{sex}"] = years[sex][:, first:end].sum(axis=1)
    return truth


def pyramid(rng: np.random.Generator, areas: pd.DataFrame) -> dict[str, np.ndarray]:
    """People by single year of age (districts × years) and sex; poorer districts have more children."""
    wealth = areas["wealth_percentile"].to_numpy()[:, None]
    age = np.arange(OLDEST)[None, :]
    slope = 0.0117 + 0.007 * (1 - wealth) + rng.normal(0, 0.0008, wealth.shape)
    bulge = 1 + 0.05 * np.sin(age / 7.5 + rng.uniform(0, 2 * np.pi, wealth.shape))
    shape = np.exp(-slope * age) * bulge * (1 - (age / (OLDEST + 5)) ** 5)
    people = shape / shape.sum(axis=1, keepdims=True) * areas["population"].to_numpy()[:, None]
    girls = 0.492 + 0.0006 * np.maximum(age - 30, 0)
    return {"girls": people * girls, "boys": people * (1 - girls)}
