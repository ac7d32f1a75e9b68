"""Where a school would stand with something it lacks: "with 20 Mbps: rank 812 instead of 12" (methods, section 3.7).

The other schools stay as they are; only the one school's gaps, items, score and group are made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.answers import nearest, no_school
from geodata.derive import Columns, columns_of, gap_columns, scored
from geodata.errors import ViewError
from geodata.fields import FIELDS
from geodata.policy import POLICY, Policy
from geodata.priority import TIERS, Scoring, items_of, operating, score_items, similar_of
from geodata.say import tr, written
from geodata.similar import expectation
from geodata.vocabulary import ElectricityType, ListName


@dataclass(frozen=True)
class Standing:
    """Where a school stands: its rank of so many, group and score. Rank and group are None in the verify first list."""

    rank: int | None
    of: int
    tier: str | None
    score: float
    list_name: str
    lacks: int


@dataclass(frozen=True)
class Outcome:
    """A school's standing as it is and as it would be."""

    before: Standing
    after: Standing


def what_if(
    schools: pd.DataFrame,
    school_id: str,
    changes: Mapping[str, Any],
    policy: Policy = POLICY,
    *,
    scoring: Scoring | None = None,
) -> Outcome:
    """The standing of one school of a whole place as it is and with some of its columns changed (None is unknown).

    `scoring`, where the place is scored already (by the same policy, from the same schools), saves scoring it again.
    Raises ViewError where there is no such school or no such column.
    """
    found = np.flatnonzero((schools["school_id"] == school_id).to_numpy())
    if not len(found):
        raise ViewError(no_school(school_id, schools["school_id"]))
    row, now = int(found[0]), scoring or scored(schools, policy)[0]
    columns = _changed(columns_of(schools), row, changes)
    columns |= gap_columns(columns, policy)
    other = _scored_row(now, columns, row, policy)
    ids = schools["school_id"]
    return Outcome(_standing(now, ids, row, now, row), _standing(now, ids, row, other, 0))


def _changed(columns: Columns, row: int, changes: Mapping[str, Any]) -> Columns:
    for name, value in changes.items():
        if name not in columns:
            raise ViewError(
                tr(
                    "{name} has no bearing on the list, so it cannot be tried.{near}",
                    name=name,
                    near=nearest(name, columns),
                )
            )
        column = columns[name].copy()
        whole = value is not None and name in FIELDS and FIELDS[name].kind == "count"
        column.iloc[row] = None if value is None else int(value) if whole else value
        columns[name] = column
    return columns


def _scored_row(now: Scoring, columns: Columns, row: int, policy: Policy) -> Scoring:
    """One row scored anew, by what counts in the place as it is."""
    known = items_of(columns, policy)
    known[:, ~now.in_use] = np.nan
    mine, filled = known[[row]], known[[row]].copy()
    open_ones = operating(columns["school_status"])
    missing = np.zeros(known.shape, dtype=bool)
    missing[row] = np.isnan(known[row]) & now.in_use
    if missing.any():
        similar = similar_of(columns, missing, policy)
        for k in np.flatnonzero(missing[row]):
            given, chance = similar.given.get(int(k)), similar.chance.get(int(k))
            filled[0, k] = expectation(known[:, k], given, similar.group, open_ones, similar.least, chance=chance)[row]
    return score_items(mine, filled, now.in_use, open_ones[[row]], policy)


def _standing(now: Scoring, ids: pd.Series, row: int, scoring: Scoring, at: int) -> Standing:
    """Row `at` of `scoring`, among the schools of the place that are ranked now, the school itself (`row`) left out."""
    others = ~now.verify
    others[row] = False
    verify = bool(scoring.verify[at])
    tier, score = int(scoring.tier[at]), float(scoring.score[at])
    ahead: np.ndarray = (now.tier < tier) | ((now.tier == tier) & (now.score > score))
    equal = (now.tier == tier) & (now.score == score) & (ids < ids.iloc[row]).to_numpy(dtype=bool)
    return Standing(
        rank=None if verify else int(((ahead | equal) & others).sum()) + 1,
        of=int(others.sum()) + (not verify),
        tier=None if verify else TIERS[tier],
        score=score,
        list_name=(ListName.VERIFY_FIRST if verify else ListName.RANKED).value,
        lacks=int(scoring.lacks_known[at].sum()),
    )


# --- what one may ask -----------------------------------------------------------------------------------------------


def questions(school: Mapping[str, Any], policy: Policy = POLICY) -> list[tuple[str, dict[str, Any]]]:
    """What the school could be given, in words, with the changes to try: only what it lacks or does not report.

    `school` holds its columns by name, the gap columns and items among them; None or NaN is unknown.
    """
    asked = [q for q in (_internet(school, policy), _devices(school), _power(school, policy)) if q]
    if len(asked) > 1:
        together = {name: value for _, changes in asked for name, value in changes.items()}
        asked.append((tr("with all three") if len(asked) == 3 else tr("with both"), together))
    return asked


def _number(school: Mapping[str, Any], name: str) -> float | None:
    value = school.get(name)
    return None if value is None or pd.isna(value) else float(value)


def _internet(school: Mapping[str, Any], policy: Policy) -> tuple[str, dict[str, Any]] | None:
    if _number(school, "item_bandwidth") == 0:
        return None
    needed = _number(school, "required_bandwidth_mbps") or policy.number("bandwidth_floor_mbps")
    speeds: dict[str, Any] = dict.fromkeys(("download_speed_contracted_mbps", "download_speed_measured_mbps"), needed)
    return tr("with {needed:g} Mbps", needed=needed), {
        "has_internet": True,
        "has_internet_for_learners": True,
        **speeds,
    }


def _devices(school: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    need, gap = _number(school, "device_need"), _number(school, "device_gap")
    if not need or gap == 0:
        return None
    if gap is None:
        return tr("with {need} devices", need=written(need, 0)), {
            "num_computers": need,
            "num_tablets": 0,
            "has_computers": True,
        }
    computers = (_number(school, "num_computers") or 0) + gap
    return tr("with the {gap} devices it lacks", gap=written(gap, 0)), {
        "num_computers": computers,
        "has_computers": True,
    }


def _power(school: Mapping[str, Any], policy: Policy) -> tuple[str, dict[str, Any]] | None:
    if _number(school, "power_gap") == 0:
        return None
    hours = {"electricity_hours_per_day": policy.number("school_hours_per_day")}
    return tr("with electricity"), {"has_electricity": True, "electricity_type": ElectricityType.GRID.value, **hours}
