"""How schools are told apart in a breakdown: level, sector, settlement, wealth, size, place; nobody falls out of all groups.

A grouping says for each school the key of its group; a school that does not say is in the group `not_reported`. Groups
are of schools, but for `sex`, which is of learners (`breakdown` weighs by girls and boys).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.arrays import Floats, number
from geodata.policy import Policy
from geodata.priority import operating
from geodata.say import later
from geodata.vocabulary import CommunityLand, EducationLevel, FacilityType, Funding, SchoolArea, Settlement

NOT_REPORTED = "not_reported"
FIFTHS = {
    "1": later("Poorest fifth"),
    "2": later("Second fifth"),
    "3": later("Third fifth"),
    "4": later("Fourth fifth"),
    "5": later("Least poor fifth"),
}
_LEVELS = {
    "0": EducationLevel.PRE_PRIMARY.value,
    "1": EducationLevel.PRIMARY.value,
    "2": EducationLevel.LOWER_SECONDARY.value,
    "3": EducationLevel.UPPER_SECONDARY.value,
    **dict.fromkeys("45678", EducationLevel.POST_SECONDARY.value),
}


@dataclass(frozen=True)
class Grouping:
    """One way to tell schools apart. `of` gives each school's key (missing: not reported); `titles` the keys in order.

    `needs`: columns that `of` reads. `sensitive` is asked of the columns' own declarations, not said here.
    """

    name: str
    title: str
    definition: str
    of: Callable[[pd.DataFrame, Policy], pd.Series]
    needs: tuple[str, ...]
    titles: Callable[[pd.DataFrame], dict[str, str]]


def _plain(kind: type[StrEnum]) -> Callable[[pd.DataFrame], dict[str, str]]:
    special = {
        "tvet": later("Technical and vocational training"),
        "none": later("No such land"),
        "combined": later("Several levels"),
    }
    words = {m.value: special.get(m.value, m.value.replace("_", " ").capitalize()) for m in kind}
    return lambda frame: words


def _column(name: str) -> Callable[[pd.DataFrame, Policy], pd.Series]:
    return lambda frame, policy: frame[name]


def _coded(name: str, title: str, definition: str, kind: type[StrEnum]) -> Grouping:
    return Grouping(name, title, definition, _column(name), (name,), _plain(kind))


# --- levels -------------------------------------------------------------------------------------------------------


def level_keys(frame: pd.DataFrame) -> list[tuple[npt.NDArray[np.int64], str]]:
    """For each level: the positions of the schools that offer it, by `isced_levels`, else by `education_level`.

    A school of several levels stands at each of them; one that says only that it has several stands under `combined`,
    one of ISCED 2 and 3 not told apart under `secondary`. Levels are the digits of `isced_levels` ("1-2": 1 and 2).
    """
    said = frame["isced_levels"].astype("str")
    known = frame["isced_levels"].notna().to_numpy() & said.str.contains(r"\d").fillna(False).to_numpy(dtype=bool)
    single = frame["education_level"]
    out: list[tuple[npt.NDArray[np.int64], str]] = []
    for level in EducationLevel:
        digits = [d for d, key in _LEVELS.items() if key == level.value]
        here = (single == level.value).to_numpy(dtype=bool, na_value=False) & ~known
        if digits:
            here |= known & said.str.contains(f"[{''.join(digits)}]").fillna(False).to_numpy(dtype=bool)
        out.append((np.flatnonzero(here), level.value))
    neither = ~known & single.isna().to_numpy()
    return [*out, (np.flatnonzero(neither), NOT_REPORTED)]


def one_level(frame: pd.DataFrame, policy: Policy) -> pd.Series:
    """One level a school: its only one, else `combined`: learners are not reported level by level."""
    keys, times = np.full(len(frame), None, dtype=object), np.zeros(len(frame), dtype=np.int64)
    for positions, key in level_keys(frame):
        if key != NOT_REPORTED:
            keys[positions] = key
            times[positions] += 1
    keys[times > 1] = EducationLevel.COMBINED.value
    return pd.Series(keys, index=frame.index, dtype="str")


# --- wealth and size ----------------------------------------------------------------------------------------------


def wealth(frame: pd.DataFrame) -> Floats:
    """Wealth of the school's place, higher is better off: the wealth percentile, else the share not in poverty."""
    percentile, poor = number(frame["wealth_percentile"]), number(frame["poverty_share"])
    return percentile if (~np.isnan(percentile)).any() else 1 - poor


def wealth_quintile(frame: pd.DataFrame) -> pd.Series:
    """Fifths of the learners of a whole place from the poorest place to the least poor: "1" to "5".

    Each school stands at the middle of the learners of all schools as well off as it (schools of one area stay
    together); one without enrolment has no learners but a place. Where no enrolment is known, every school counts one.
    """
    value, weight = np.round(wealth(frame), 9), number(frame["num_students"])
    weight = np.where(operating(frame["school_status"]), weight, 0.0)
    weight = np.nan_to_num(weight) if np.nansum(weight) > 0 else operating(frame["school_status"]).astype(float)
    out = pd.Series(np.nan, index=frame.index, dtype="str")
    known = ~np.isnan(value)
    if not known.any() or weight[known].sum() == 0:
        return out
    steps, place = np.unique(value[known], return_inverse=True)
    each = np.bincount(place, weights=weight[known], minlength=len(steps))
    middle = (np.cumsum(each) - each / 2) / each.sum()
    fifth = np.clip(np.floor(np.round(middle * 5, 9)), 0, 4).astype(int)
    out[known] = (fifth[place] + 1).astype(str)
    return out


def _fifth(frame: pd.DataFrame, policy: Policy) -> pd.Series:
    return frame["wealth_quintile"] if "wealth_quintile" in frame else wealth_quintile(frame)


SIZES = {"small": later("Small"), "medium": later("Middle-sized"), "large": later("Large")}


def size(frame: pd.DataFrame, policy: Policy) -> pd.Series:
    """Small, middle-sized or large by learners; by the enrolment band where both its ends say the same."""
    small, large = policy.number("size_small_below"), policy.number("size_large_from")

    def band(column: str) -> pd.Series:
        learners = pd.Series(number(frame[column]), index=frame.index)
        out = pd.Series("medium", index=frame.index, dtype="str").mask(learners < small, "small")
        return out.mask(learners >= large, "large").where(learners.notna())

    low, high = band("num_students_lower"), band("num_students_upper")
    return band("num_students").fillna(low.where(low == high))


def _sector(frame: pd.DataFrame, policy: Policy) -> pd.Series:
    funding = frame["school_funding_type"]
    return funding.where(funding.isna() | (funding == Funding.PUBLIC.value), "private")


def _sex(frame: pd.DataFrame, policy: Policy) -> pd.Series:
    return pd.Series(np.nan, index=frame.index, dtype="str")


def _area(n: int) -> Grouping:
    def titles(frame: pd.DataFrame) -> dict[str, str]:
        pairs = frame[[f"admin{n}_id", f"admin{n}"]].dropna(subset=[f"admin{n}_id"]).drop_duplicates(f"admin{n}_id")
        named = pairs[f"admin{n}"].fillna(pairs[f"admin{n}_id"])
        return dict(sorted(zip(pairs[f"admin{n}_id"].astype(str), named.astype(str), strict=True), key=lambda p: p[1]))

    definition = later("Area of level {count}; the recipe names the level.").format(count=n)
    columns = (f"admin{n}_id", f"admin{n}")
    title = later("Area of level {count}").format(count=n)
    return Grouping(f"admin{n}", title, definition, _column(f"admin{n}_id"), columns, titles)


_WEALTH = ("wealth_percentile", "poverty_share", "num_students", "school_status")
_ALL = [
    Grouping("education_level", later("Level of education"), later("ISCED 2011. A share of schools counts a school at each level it offers; learners, who are not reported level by level, stand once, under several levels."), one_level, ("isced_levels", "education_level"), _plain(EducationLevel)),
    Grouping("sector", later("Sector"), later("Public; private is all that is not public (UIS)."), _sector, ("school_funding_type",), lambda frame: {"public": later("Public"), "private": later("Private")}),
    _coded("school_funding_type", later("Funding"), later("Who funds the school."), Funding),
    _coded("school_area_type", later("Urban or rural"), later("National definition of urban and rural."), SchoolArea),
    _coded("settlement", later("Settlement"), later("Degree of urbanisation of the place."), Settlement),
    _coded("facility_type", later("Kind of place"), later("Schools and other places of learning."), FacilityType),
    _coded("community_land", later("Community land"), later("Land with a special legal or community status."), CommunityLand),
    Grouping("wealth_quintile", later("Wealth of the place"), later("Fifths of the learners by the wealth of the place they learn in, not of their homes."), _fifth, _WEALTH, lambda frame: dict(FIFTHS)),
    Grouping("size", later("Size of school"), later("By learners; the limits are policy numbers."), size, ("num_students", "num_students_lower", "num_students_upper"), lambda frame: dict(SIZES)),
    Grouping("sex", later("Sex of learners"), later("Shares of girls and of boys, each weighed by the girls and the boys that schools report."), _sex, ("num_students", "num_students_girls", "num_students_boys"), lambda frame: {"girls": "Girls", "boys": "Boys"}),
    *(_area(n) for n in (1, 2, 3, 4)),
]  # fmt: skip

GROUPINGS: dict[str, Grouping] = {g.name: g for g in _ALL}
