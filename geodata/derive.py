"""From a place's columns to its gaps, scores and ranks: pure, and quick enough to answer every move of a weight."""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.arrays import as_count, as_number
from geodata.fields import FIELDS
from geodata.policy import POLICY, Policy
from geodata.priority import TIERS, Scoring, criteria, rank, score
from geodata.reasons import reasons
from geodata.tables import GAP_COLUMNS, PRIORITY_COLUMNS
from geodata.vocabulary import ListName

Columns = dict[str, pd.Series]

# What the gaps and the score take from a register, beside what the criteria's own functions name.
INPUTS = (
    *("school_id", "school_status", "admin1_id", "admin2_id", "settlement", "school_area_type", "education_level"),
    *("num_students", "num_students_lower", "num_students_upper", "num_teachers", "pop_within_1km"),
    *("num_computers", "num_tablets", "has_computers", "has_internet", "has_internet_for_learners"),
    *("download_speed_measured_mbps", "download_speed_contracted_mbps"),
    *("has_electricity", "electricity_type", "electricity_hours_per_day"),
)


def derive(schools: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """Gap and priority columns of a whole place, on the same index.

    Always give it the whole place: what is known for nobody, what similar schools are like and how schools rank all
    depend on the others. Unknown stays unknown in every gap and item; only the scores use expectations. A column that
    the frame lacks is unknown for every school; derived columns that it has already are not read.
    """
    columns = columns_of(schools)
    found = gap_columns(columns, policy)
    scoring = score({**columns, **found}, policy)
    out = {**found, **priority_columns(columns, scoring, policy)}
    return pd.DataFrame({name: out[name] for name in (*GAP_COLUMNS, *PRIORITY_COLUMNS)}, index=schools.index)


def scored(schools: pd.DataFrame, policy: Policy = POLICY) -> tuple[Scoring, Columns]:
    """The place scored, with the items, expectations and weights behind the columns of `derive`, and its columns."""
    columns = columns_of(schools)
    columns |= gap_columns(columns, policy)
    return score(columns, policy), columns


def columns_of(schools: pd.DataFrame) -> Columns:
    """The columns that gaps and criteria need, wholly unknown where the frame lacks one."""
    return {n: schools[n] if n in schools else _unknown(n, schools.index) for n in _inputs()}


@cache
def _inputs() -> tuple[str, ...]:
    functions = [f for c in criteria() for f in (c.compute, c.given, c.standard) if f]
    named = [name for f in functions for name in inspect.signature(f).parameters if name != "policy"]
    named += [c.predicted for c in criteria() if c.predicted]
    return tuple(dict.fromkeys([*INPUTS, *(name for name in named if name not in GAP_COLUMNS)]))


def _unknown(name: str, index: pd.Index) -> pd.Series:
    dtype = FIELDS[name].dtype if name in FIELDS else "str"  # an evidence, source or date column
    return pd.Series(np.nan if dtype == "float64" else pd.NA, index=index, dtype=dtype)


def gap_columns(s: Columns, policy: Policy = POLICY) -> Columns:
    """The columns of GAP_COLUMNS by name, from those of `columns_of`."""
    any_internet = gaps.internet(s["has_internet"], s["has_internet_for_learners"])
    learners = gaps.internet_for_learners(s["has_internet"], s["has_internet_for_learners"])
    power = gaps.electricity(s["has_electricity"], s["electricity_type"])
    speed = gaps.download_speed(s["download_speed_measured_mbps"], s["download_speed_contracted_mbps"])
    enrolment = (s["num_students"], s["num_students_lower"], s["num_students_upper"])
    required = gaps.required_bandwidth(*enrolment, s["pop_within_1km"], policy=policy)
    available = gaps.available_bandwidth(any_internet, speed)
    devices = gaps.num_devices(s["num_computers"], s["num_tablets"], s["has_computers"], policy=policy)
    need = gaps.device_need(s["num_students"], s["num_teachers"], policy=policy)
    at_least = s["num_students"].fillna(s["num_students_lower"])
    below = gaps.below_standard(at_least, required, available, policy=policy)
    short = gaps.short_of_devices(at_least, s["num_teachers"], need, devices, policy=policy)
    return {
        "num_devices": devices,
        "download_speed_mbps": speed,
        "required_bandwidth_mbps": required,
        "bandwidth_gap_mbps": gaps.bandwidth_gap(required, available),
        "device_need": need,
        "device_gap": gaps.device_gap(need, devices),
        "power_gap": gaps.power_gap(
            s["has_electricity"], s["electricity_type"], s["electricity_hours_per_day"], policy=policy
        ),
        "learners_per_computer": gaps.learners_per_computer(s["num_students"], s["num_computers"]),
        "meaningfully_connected": gaps.meaningfully_connected(learners, power, below),
        "underserved": gaps.underserved(learners, below, short, power),
    }


def priority_columns(s: Columns, scoring: Scoring, policy: Policy = POLICY) -> Columns:
    """The columns of PRIORITY_COLUMNS by name. Items are unknown where not reported; scores use expectations."""
    index = s["school_id"].index
    items = {c.item: as_number(scoring.known[:, k], index) for k, c in enumerate(criteria())}
    in_use = bool(scoring.things.any())
    lists = np.array([ListName.RANKED.value, ListName.VERIFY_FIRST.value], dtype=object)
    groups = np.where(scoring.verify, len(TIERS), scoring.tier)
    blank = np.zeros(len(index)) if in_use else np.full(len(index), np.nan)
    return {
        **items,
        "need": as_number(scoring.need, index),
        "marginalisation": as_number(scoring.marginalisation, index),
        "priority_score": as_number(scoring.score, index),
        "tier": pd.Series(np.array([*TIERS, None], dtype=object)[groups], index=index, dtype="str"),
        "lacks_count": as_count(scoring.lacks_known.sum(axis=1) + blank, index),
        "lacks_unknown": as_count(scoring.unknown_things.sum(axis=1) + blank, index),
        "lacks_expected": as_count(scoring.lacks_filled.sum(axis=1) + blank, index),
        "priority_rank": as_count(rank(scoring, s["school_id"]), index),
        "priority_reasons": reasons(scoring, s["school_status"], policy.number("power_mean_p")),
        "data_confidence": as_number(scoring.confidence, index),
        "list": pd.Series(lists[scoring.verify.astype(np.int64)], index=index, dtype="str"),
    }
