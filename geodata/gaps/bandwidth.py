"""Bandwidth that a standard asks for, that a school holds, and that it lacks (methods, sections 1.3 and 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_boolean, as_number, flag, number
from geodata.policy import POLICY, Policy

Scenarios = Sequence[tuple[float, float]]


def tier_rule(learners: Floats, policy: Policy = POLICY, tier: str = "") -> Floats:
    """Mbps that a connectivity standard asks of a school with so many learners (methods 1.3, E2.1); T0 ignores them."""
    tier = tier or str(policy["bandwidth_tier"])
    if tier == "T0":
        return np.full(learners.shape, policy.number("bandwidth_floor_t0_mbps"))
    rate = policy.number(f"bandwidth_per_learner_{tier.lower()}_mbps")
    return np.maximum(policy.number("bandwidth_floor_mbps"), np.round(rate * learners, 9))


def population_rule(people: Floats, policy: Policy = POLICY) -> Floats:
    """Mbps from the people within 1 km (ITU Connectivity Planning Platform demand model, E2.7)."""
    share = policy.number("demand_population_share") * policy.number("demand_concurrent_share")
    return np.clip(
        np.round(policy.number("demand_mbps_per_user") * people * share, 9),
        policy.number("bandwidth_floor_mbps"),
        policy.number("demand_maximum_mbps"),
    )


def required_bandwidth(
    num_students: pd.Series,
    num_students_lower: pd.Series,
    num_students_upper: pd.Series,
    pop_within_1km: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """Mbps needed: by learners; by the enrolment band where both ends ask the same; else by people within 1 km."""
    exact = tier_rule(number(num_students), policy)
    low, high = tier_rule(number(num_students_lower), policy), tier_rule(number(num_students_upper), policy)
    banded = np.where(low == high, low, np.nan)
    people = population_rule(number(pop_within_1km), policy)
    needed = np.where(np.isnan(exact), np.where(np.isnan(banded), people, banded), exact)
    return as_number(needed, num_students.index)


def available_bandwidth(has_internet: pd.Series, download_speed_mbps: pd.Series) -> pd.Series:
    """Mbps held: 0 where there is no internet, else the best evidence of the speed."""
    return as_number(np.where(flag(has_internet) == 0, 0.0, number(download_speed_mbps)), has_internet.index)


def bandwidth_gap(required_mbps: pd.Series, available_mbps: pd.Series) -> pd.Series:
    """Mbps missing, never below 0; unknown where either is unknown (E2.2, known part)."""
    return (required_mbps - available_mbps).clip(lower=0)


def below_standard(
    num_students_lower: pd.Series,
    required_bandwidth_mbps: pd.Series,
    available_mbps: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """Whether the speed is below the standard. Without enrolment the floor still holds: below it is a known failure."""
    needed, have = number(required_bandwidth_mbps), number(available_mbps)
    least = np.where(np.isnan(needed), tier_rule(np.nan_to_num(number(num_students_lower)), policy), needed)
    fails = np.where(have < least, 1.0, np.where(have >= needed, 0.0, np.nan))
    return as_boolean(np.where(np.isnan(have), np.nan, fails), required_bandwidth_mbps.index)


def expected_bandwidth_gap(required_mbps: float, scenarios: Scenarios) -> tuple[float, float, float]:
    """Expected gap in Mbps, chance of any gap, expected ratio, over (chance, Mbps held) that add up to 1 (E2.2)."""
    gap = sum(chance * max(0.0, required_mbps - held) for chance, held in scenarios)
    any_gap = sum(chance for chance, held in scenarios if held < required_mbps)
    ratio = sum(chance * max(0.0, 1 - held / required_mbps) for chance, held in scenarios)
    return gap, any_gap, ratio


def monthly_data_gb(mbps: float, hours_per_day: float, days: float = 22, load: float = 0.5) -> float:
    """GB a month that a link of so many Mbps carries at a load (E2.8); 1 GB is 8,000 Mb."""
    return mbps * load * hours_per_day * 3600 * days / 8 / 1000
