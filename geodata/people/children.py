"""School-age children of areas: five-year age groups, split into years, counted by the official ages of each level.

Nothing is assumed: without a table of ages, or where a level's ages are not in it, children are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.people.sprague import FEWEST, WIDTH, single_years
from geodata.policy import Policy
from geodata.priority import operating

LEVELS = ("primary", "lower_secondary", "upper_secondary")
SEXES = ("girls", "boys")
STAGES: Mapping[str, tuple[str, ...]] = {"primary": LEVELS[:1], "secondary": LEVELS[1:]}
# What a school of a stage says that it teaches: ISCED levels, and words.
TAUGHT = {"primary": ("1", ("primary",)), "secondary": ("23", ("lower_secondary", "upper_secondary", "secondary"))}
COLUMNS = (*(f"children_{level}" for level in LEVELS), *(f"children_{level}_girls" for level in LEVELS))


@dataclass(frozen=True)
class Ages:
    """Official ages of one level: the first, and the first that is too old."""

    level: str
    first: int
    end: int


def official_ages(policy: Policy) -> tuple[Ages, ...]:
    """The ages of primary, lower and upper secondary: entry age and years of each, one after the other."""
    first, found = round(policy.number("entry_age_primary")), []
    for level in LEVELS:
        end = first + round(policy.number(f"years_{level}"))
        found.append(Ages(level, first, end))
        first = end
    return tuple(found)


def school_age(groups: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """`COLUMNS` for each area (index): children of official age by level, and how many of them are girls.

    `groups` has the people of five-year groups in columns (sex, first age): sex is `girls` and `boys`, or `total` where
    the sexes are not told apart, first age a multiple of five. Only successive groups from 0 on are split; a level with
    an age beyond them, or in an unknown group, is unknown. Girls are unknown where the sexes are not told apart.
    """
    by_sex = {sex: _years(groups[sex]) for sex in dict.fromkeys(groups.columns.get_level_values(0))}
    out = pd.DataFrame(np.nan, index=groups.index, columns=list(COLUMNS))
    for ages in official_ages(policy):
        count = {sex: _between(years, ages) for sex, years in by_sex.items()}
        if set(SEXES) <= set(count):
            both = count["girls"] + count["boys"]
            whole = count.get("total")
            out[f"children_{ages.level}"] = both if whole is None else np.where(np.isnan(both), whole, both)
            out[f"children_{ages.level}_girls"] = count["girls"]
        elif "total" in count:
            out[f"children_{ages.level}"] = count["total"]
    return out


def _years(groups: pd.DataFrame) -> np.ndarray:
    """People by single year from 0 (areas × years), of the successive groups that the table has from 0 on."""
    count = 0
    while count * WIDTH in groups.columns:
        count += 1
    if count < FEWEST:
        return np.full((len(groups), 0), np.nan)
    return single_years(groups[[n * WIDTH for n in range(count)]].to_numpy(dtype=np.float64, na_value=np.nan))


def _between(years: np.ndarray, ages: Ages) -> np.ndarray:
    if ages.end > years.shape[1]:
        return np.full(len(years), np.nan)
    return np.asarray(years[:, ages.first : ages.end].sum(axis=1))


def schools_of(schools: pd.DataFrame, stage: str) -> pd.Series:
    """Whether a school serves a stage: it has a place, is operating as far as known, and teaches a level of the stage.

    A school whose levels are not reported may teach any, so it counts for both stages: no place is said to be without a
    school where one may be.
    """
    here = schools["latitude"].notna() & schools["longitude"].notna()
    digits, names = TAUGHT[stage]
    isced = schools["isced_levels"].fillna("").astype(str)
    level = schools["education_level"].fillna("").astype(str)
    teaches = isced.str.contains(f"[{digits}]") | level.isin(names) | ((isced == "") & level.isin(["", "combined"]))
    return here & teaches & pd.Series(operating(schools["school_status"]), index=schools.index)
