"""Ages of the demonstration country's people, and who of its children goes to school, as they truly are.

The pyramid is smooth by single years and younger in poor districts; girls are a little fewer. How many children are out
of school follows poverty and distance, the same that keep girls from secondary school. What is published of it are
five-year groups by sex (`ages.csv`) and rates by district (`out_of_school.csv`); the single years are the hidden truth.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

OLDEST = 85
LEVELS = {"primary": (6, 12), "lower_secondary": (12, 15), "upper_secondary": (15, 18)}
GROUPS = tuple(range(0, 80, 5))


def write_ages(folder: Path, rng: np.random.Generator, areas: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Write both tables; returns the truth: by district, children by level and sex, and the share out of school."""
    years = pyramid(rng, areas)
    rate = out_of_school(rng, areas, schools)
    table = pd.DataFrame({"district": areas["area_id"], "people": areas["population"]})
    for sex in ("girls", "boys"):
        for first in GROUPS:
            group = years[sex][:, first : first + 5].sum(axis=1).round().astype(int)
            table[f"{'F' if sex == 'girls' else 'M'}{first:02d}{first + 4:02d}"] = group
    table.to_csv(folder / "ages.csv", index=False, lineterminator="\n")
    said = pd.DataFrame({"District": areas["name"], "Out_of_school_pct": (100 * rate).round(1)})
    said.to_csv(folder / "out_of_school.csv", index=False, encoding="utf-8", lineterminator="\n")
    truth = pd.DataFrame({"area_id": areas["area_id"], "out_of_school_rate": rate})
    for level, (first, end) in LEVELS.items():
        for sex in ("girls", "boys"):
            truth[f"children_{level}_{sex}"] = years[sex][:, first:end].sum(axis=1)
    return truth


def pyramid(rng: np.random.Generator, areas: pd.DataFrame) -> dict[str, np.ndarray]:
    """People by single year of age (districts × years) and sex; poorer districts have more children."""
    wealth = areas["wealth_percentile"].to_numpy()[:, None]
    age = np.arange(OLDEST)[None, :]
    slope = 0.0195 + 0.007 * (1 - wealth) + rng.normal(0, 0.0008, wealth.shape)
    bulge = 1 + 0.05 * np.sin(age / 7.5 + rng.uniform(0, 2 * np.pi, wealth.shape))
    shape = np.exp(-slope * age) * bulge * (1 - (age / (OLDEST + 5)) ** 5)
    people = shape / shape.sum(axis=1, keepdims=True) * areas["population"].to_numpy()[:, None]
    girls = 0.492 + 0.0006 * np.maximum(age - 30, 0)
    return {"girls": people * girls, "boys": people * (1 - girls)}


def out_of_school(rng: np.random.Generator, areas: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    """Share of the children out of school: few in rich towns, two in five in poor and remote districts."""
    hours = schools.groupby("area_id")["hours"].mean().reindex(areas["area_id"]).fillna(3).to_numpy()
    rate = 0.10 + 0.22 * (1 - areas["wealth_percentile"].to_numpy()) + 0.02 * np.minimum(hours, 6)
    return np.asarray(np.clip(rate + rng.normal(0, 0.02, len(areas)), 0.02, 0.55))
