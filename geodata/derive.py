"""From a place's columns to its gaps, scores and ranks: pure, and quick enough to answer every move of a weight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.arrays import as_count, as_number
from geodata.policy import POLICY, Policy
from geodata.priority import TIERS, Scoring, criteria, rank, score
from geodata.reasons import reasons
from geodata.tables import GAP_COLUMNS, PRIORITY_COLUMNS
from geodata.vocabulary import ListName

Columns = dict[str, pd.Series]


def derive(schools: pd.DataFrame, policy: Policy = POLICY) -> pd.DataFrame:
    """Gap and priority columns of a whole place, on the same index.

    Always give it the whole place: what is known for nobody, what similar schools are like and how schools rank all
    depend on the others. Unknown stays unknown in every gap and item; only the scores use expectations.
    """
    found = gap_columns(schools, policy)
    scoring = score({**_columns(schools), **found}, policy)
    return pd.DataFrame({**found, **priority_columns(schools, scoring, policy)}, index=schools.index)[
        [*GAP_COLUMNS, *PRIORITY_COLUMNS]
    ]


def scored(schools: pd.DataFrame, policy: Policy = POLICY) -> Scoring:
    """The place scored, with the items, expectations and weights behind the columns of `derive`."""
    return score({**_columns(schools), **gap_columns(schools, policy)}, policy)


def _columns(schools: pd.DataFrame) -> Columns:
    return {str(name): schools[name] for name in schools.columns}


def gap_columns(schools: pd.DataFrame, policy: Policy = POLICY) -> Columns:
    """The columns of GAP_COLUMNS by name."""
    s = _columns(schools)
    any_internet = gaps.internet(s["has_internet"], s["has_internet_for_learners"])
    learners = gaps.internet_for_learners(s["has_internet"], s["has_internet_for_learners"])
    power = gaps.electricity(s["has_electricity"], s["electricity_type"])
    speed = gaps.download_speed(s["download_speed_measured_mbps"], s["download_speed_contracted_mbps"])
    enrolment = (s["num_students"], s["num_students_lower"], s["num_students_upper"])
    required = gaps.required_bandwidth(*enrolment, s["pop_within_1km"], policy=policy)
    available = gaps.available_bandwidth(any_internet, speed)
    devices = gaps.num_devices(s["num_computers"], s["num_tablets"], s["has_computers"], policy=policy)
    some = gaps.any_device(s["num_computers"], s["num_tablets"], s["has_computers"], devices)
    need = gaps.device_need(s["num_students"], s["num_teachers"], policy=policy)
    held = devices.mask((devices.isna() & ~some).fillna(False), 0)
    at_least = s["num_students"].fillna(s["num_students_lower"])
    below = gaps.below_standard(at_least, required, available, policy=policy)
    short = gaps.short_of_devices(at_least, s["num_teachers"], need, held, policy=policy)
    return {
        "num_devices": devices,
        "download_speed_mbps": speed,
        "required_bandwidth_mbps": required,
        "bandwidth_gap_mbps": gaps.bandwidth_gap(required, available),
        "device_need": need,
        "device_gap": gaps.device_gap(need, held),
        "power_gap": gaps.power_gap(
            s["has_electricity"], s["electricity_type"], s["electricity_hours_per_day"], policy=policy
        ),
        "learners_per_computer": gaps.learners_per_computer(s["num_students"], s["num_computers"]),
        "meaningfully_connected": gaps.meaningfully_connected(learners, power, below),
        "underserved": gaps.underserved(learners, below, short, power),
    }


def priority_columns(schools: pd.DataFrame, scoring: Scoring, policy: Policy = POLICY) -> Columns:
    """The columns of PRIORITY_COLUMNS by name. Items are unknown where not reported; scores use expectations."""
    index = schools.index
    items = {c.item: as_number(scoring.known[:, k], index) for k, c in enumerate(criteria())}
    in_use = bool(scoring.in_use.any())
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
        "lacks_unknown": as_count(scoring.unknown.sum(axis=1) + blank, index),
        "lacks_expected": as_count(scoring.lacks_filled.sum(axis=1) + blank, index),
        "priority_rank": as_count(rank(scoring, schools["school_id"]), index),
        "priority_reasons": reasons(scoring, schools["school_status"], policy.number("power_mean_p")),
        "data_confidence": as_number(scoring.confidence, index),
        "list": pd.Series(lists[scoring.verify.astype(np.int64)], index=index, dtype="str"),
    }
