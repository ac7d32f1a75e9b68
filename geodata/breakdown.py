"""One indicator by group: value of the known, what is not reported, bounds, model-assisted value (methods, section 1.6).

Nobody falls out: schools that do not say which group they are of are a group, `not_reported`. Thin coverage gets no
headline. Expectations of a model stand beside the value of the known, never in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.aggregate import assisted, coverage, headline, indicators, roll_up, weights
from geodata.arrays import number
from geodata.declare import Indicator
from geodata.derive import derive
from geodata.errors import ViewError
from geodata.groupings import GROUPINGS, NOT_REPORTED, Grouping, level_keys
from geodata.policy import POLICY, Policy
from geodata.priority import operating
from geodata.say import later, tr

COLUMNS = (
    *("title", "schools", "learners", "value", "known", "unknown", "coverage", "lower", "upper"),
    *("assisted", "assisted_sd", "assisted_left_out", "headline"),
)
_UNKNOWN_SEX = "_learners_of_unknown_sex"
_SEXES = {"girls": "num_students_girls", "boys": "num_students_boys", NOT_REPORTED: _UNKNOWN_SEX}


def breakdown(
    schools: pd.DataFrame, indicator: str, by: str, policy: Policy = POLICY, *, among: pd.Series | None = None
) -> pd.DataFrame:
    """An indicator by the groups of `by` (a name of `GROUPINGS`), one row a group, `not_reported` always the last.

    `schools` is the whole place (what is derived and the fifths of wealth rest on all of it); `among` (yes/no, same
    index) restricts what is counted. Index: keys of the groups, those without a school left out (areas) or with 0
    schools. Columns: `title`, `schools` (operating), `learners` (of those that report them, NaN where none does), `value` of the known,
    `known` and `unknown` (schools, or learners where the indicator is of learners), `coverage` (0 to 1), `lower` and
    `upper` (NaN where there is no bound), `assisted` with `assisted_sd` (share with a model's chances for the unknown;
    NaN without a usable model; `assisted_left_out` of the unknown have no chance), `headline` ("none", "with_bounds",
    "plain"). By sex, shares are of learners. Raises ViewError for a name that is not declared.
    """
    declared, grouping = _named(indicator, by)
    if "list" not in schools or bool(schools["list"].isna().any()):
        schools = schools.assign(**derive(schools, policy))
    if by == "sex":
        return _by_sex(schools, declared, grouping, policy, among)
    frame, keys = _members(schools, declared, grouping, policy, among)
    return _finish(_parts(frame, keys, declared, policy), grouping.titles(schools), by, policy)


def _named(indicator: str, by: str) -> tuple[Indicator, Grouping]:
    every = indicators()
    if indicator not in every:
        raise ViewError(tr("There is no indicator {indicator!r} that can be broken down.", indicator=indicator))
    if by not in GROUPINGS:
        raise ViewError(
            tr("There is no way to group by {by!r}; there are {GROUPINGS}.", by=by, GROUPINGS=", ".join(GROUPINGS))
        )
    return every[indicator], GROUPINGS[by]


def _needed(indicator: Indicator, grouping: Grouping, schools: pd.DataFrame) -> list[str]:
    own = (indicator.numerator, indicator.denominator, indicator.weight, indicator.among, indicator.largest)
    learners = ("num_students", "num_students_girls", "num_students_boys")
    every = (*indicator.inputs, *own, *indicator.needs, indicator.predicted, *grouping.needs, *learners)
    return [c for c in dict.fromkeys((*every, "school_status", "list", "wealth_quintile")) if c in schools]


def _members(
    schools: pd.DataFrame, indicator: Indicator, grouping: Grouping, policy: Policy, among: pd.Series | None
) -> tuple[pd.DataFrame, pd.Series]:
    """A row for each school in each of its groups, and the groups' keys."""
    columns = _needed(indicator, grouping, schools)
    counted = np.ones(len(schools), dtype=bool) if among is None else among.to_numpy(dtype=bool, na_value=False)
    if grouping.name == "education_level" and indicator.rollup == "share" and not indicator.weight:
        pairs = [(positions[counted[positions]], key) for positions, key in level_keys(schools)]
        rows = np.concatenate([positions for positions, _ in pairs])
        keys = np.repeat([key for _, key in pairs], [len(positions) for positions, _ in pairs])
    else:
        rows = np.flatnonzero(counted)
        keys = grouping.of(schools, policy).astype("str").fillna(NOT_REPORTED).to_numpy(dtype=object)[rows]
    frame = schools[columns].iloc[rows].reset_index(drop=True)
    return frame, pd.Series(keys, index=frame.index, dtype="str")


def _parts(frame: pd.DataFrame, keys: pd.Series, indicator: Indicator, policy: Policy) -> pd.DataFrame:
    """Roll-up and model-assisted share by key."""
    name = indicator.name
    rolled = roll_up(frame, keys, policy, {name: indicator})
    out = pd.DataFrame({"schools": rolled["num_schools"], "value": rolled[name]})
    for part in ("known", "unknown", "lower", "upper"):
        out[part] = rolled[f"{name}_{part}"]
    learners = pd.Series(number(frame["num_students"])).where(operating(frame["school_status"]))
    out["learners"] = learners.groupby(keys).sum(min_count=1).reindex(out.index)
    return out.join(assisted(frame, keys, indicator, policy))


def _by_sex(
    schools: pd.DataFrame, indicator: Indicator, grouping: Grouping, policy: Policy, among: pd.Series | None
) -> pd.DataFrame:
    """Girls, boys, and the learners of schools that do not tell them apart; shares alone can be weighed by learners."""
    columns = _needed(indicator, grouping, schools)
    frame = schools[columns] if among is None else schools.loc[among.fillna(False).to_numpy(dtype=bool), columns]
    girls, boys = (weights(frame, c) for c in ("num_students_girls", "num_students_boys"))
    blank = np.isnan(girls) & np.isnan(boys)
    untold = np.where(blank, number(frame["num_students"]), 0.0)
    frame = frame.assign(**{_UNKNOWN_SEX: untold}).reset_index(drop=True)
    rows = []
    for key, column in _SEXES.items():
        weighed = replace(indicator, weight=column)
        part = _parts(frame, pd.Series(key, index=frame.index, dtype="str"), weighed, policy)
        learners = np.nan_to_num(weights(frame, column)) * operating(frame["school_status"])
        told = (blank if key == NOT_REPORTED else learners > 0) & operating(frame["school_status"])
        part["learners"], part["schools"] = learners.sum() if told.any() else np.nan, int(told.sum())
        if indicator.rollup != "share":
            part[["value", "lower", "upper", "assisted", "assisted_sd", "assisted_left_out"]] = np.nan
            part["known"], part["unknown"] = 0.0, learners.sum()
        rows.append(part)
    return _finish(pd.concat(rows), grouping.titles(frame), "sex", policy)


def _finish(parts: pd.DataFrame, titles: dict[str, str], by: str, policy: Policy) -> pd.DataFrame:
    """Groups in the declared order, the not reported last, with coverage and the headline verdict."""
    order = [*(titles if not by.startswith("admin") else [k for k in titles if k in parts.index]), NOT_REPORTED]
    out = parts.reindex(order)
    counts = ["schools", "known", "unknown"]
    out[counts] = out[counts].fillna(0)
    out["schools"] = out["schools"].astype("int64")
    out["title"] = [titles.get(key, later("Not reported")) for key in order]
    pairs = list(zip(out["known"], out["unknown"], strict=True))
    out["coverage"] = [coverage(known, unknown) for known, unknown in pairs]
    verdicts = [headline(known, unknown, policy) for known, unknown in pairs]
    out["headline"] = np.where(out["value"].isna(), "none", verdicts)
    out.index.name = by
    return out[list(COLUMNS)]
