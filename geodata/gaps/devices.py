"""Devices needed, held and missing; assistive kits; replacement by year (methods, section 2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_boolean, as_count, as_number, flag, number
from geodata.policy import POLICY, Policy

RATIOS = (1, 2, 5, 10)


def num_devices(
    num_computers: pd.Series, num_tablets: pd.Series, has_computers: pd.Series, *, policy: Policy = POLICY
) -> pd.Series:
    """Devices for learners by the stated rule. "No computer" counts as 0 computers where there is no count.

    Where tablets are known for no school at all, computers alone are the devices (and the other way round).
    """
    computers = number(num_computers)
    computers = np.where(np.isnan(computers) & (flag(has_computers) == 0), 0.0, computers)
    tablets = number(num_tablets)
    if policy["device_rule"] == "computers" or np.isnan(tablets).all():
        return as_count(computers, num_computers.index)
    if np.isnan(computers).all():
        return as_count(tablets, num_computers.index)
    return as_count(computers + tablets, num_computers.index)


def any_device(
    num_computers: pd.Series, num_tablets: pd.Series, has_computers: pd.Series, num_devices: pd.Series
) -> pd.Series:
    """Whether the school has any device for learners; one known device is enough, none needs every count."""
    some = (number(num_computers) > 0) | (number(num_tablets) > 0) | (flag(has_computers) == 1)
    count = number(num_devices)
    return as_boolean(np.where(some | (count > 0), 1.0, np.where(count == 0, 0.0, np.nan)), num_devices.index)


def device_need(
    num_students: pd.Series, num_teachers: pd.Series, *, policy: Policy = POLICY, ratio: float = 0
) -> pd.Series:
    """Devices needed: learners over the ratio, rounded up, with teachers' and office devices (methods 2.2, E2.4).

    Where teachers are known for no school at all, the teachers' devices are left out (`criteria.standards` says so).
    """
    teachers = number(num_teachers)
    teachers = np.zeros_like(teachers) if np.isnan(teachers).all() else teachers
    return as_count(_need(number(num_students), teachers, policy, ratio), num_students.index)


def _need(learners: Floats, teachers: Floats, policy: Policy, ratio: float = 0) -> Floats:
    shared = np.ceil(np.round(learners / (ratio or policy.number("device_ratio")), 9))
    each = policy.number("devices_per_teacher")
    own = np.zeros_like(shared) if each == 0 else np.round(teachers * each, 9)
    need: Floats = np.ceil(shared + own + policy.number("devices_administrative"))
    return need


def device_gap(device_need: pd.Series, num_devices: pd.Series) -> pd.Series:
    """Devices needed less devices held, never below 0; unknown where either is unknown."""
    return (device_need - num_devices).clip(lower=0)


def device_gap_bounds(device_need: pd.Series, num_devices: pd.Series) -> pd.DataFrame:
    """Smallest and largest device gap: where devices are unknown it lies from 0 to the need (E2.4b)."""
    gap = device_gap(device_need, num_devices)
    return pd.DataFrame({"lower": gap.where(gap.notna(), device_need * 0), "upper": gap.fillna(device_need)})


def device_gaps_by_ratio(
    num_students: pd.Series, num_teachers: pd.Series, num_devices: pd.Series, *, policy: Policy = POLICY
) -> pd.DataFrame:
    """Device gap at 1, 2, 5 and 10 learners a device; columns are the ratios."""
    return pd.DataFrame(
        {r: device_gap(device_need(num_students, num_teachers, policy=policy, ratio=r), num_devices) for r in RATIOS}
    )


def short_of_devices(
    num_students_lower: pd.Series,
    num_teachers: pd.Series,
    device_need: pd.Series,
    held: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """Whether devices are missing; without enrolment, fewer than teachers, office and the smallest enrolment need."""
    need, have = number(device_need), number(held)
    least = _need(np.nan_to_num(number(num_students_lower)), np.nan_to_num(number(num_teachers)), policy)
    fails = np.where(have < np.where(np.isnan(need), least, need), 1.0, np.where(have >= need, 0.0, np.nan))
    return as_boolean(np.where(np.isnan(have), np.nan, fails), device_need.index)


def assistive_kits(
    num_students: pd.Series, num_students_disabled: pd.Series, *, policy: Policy = POLICY
) -> pd.DataFrame:
    """Assistive kits: `reported` from reported learners with disabilities, `planning` from the planning prevalence."""
    planning = np.ceil(np.round(number(num_students) * policy.number("disability_prevalence"), 9))
    return pd.DataFrame({"reported": num_students_disabled, "planning": as_count(planning, num_students.index)})


def replacements(stock: float, years: int, *, policy: Policy = POLICY) -> list[float]:
    """Devices bought each year to keep a stock: losses each year, the survivors of a cohort at its end of life (E2.5)."""
    loss, life = policy.number("device_loss_share"), round(policy.number("device_life_years"))
    cohorts = [float(stock)]
    bought: list[float] = []
    for _ in range(years):
        cohorts = [size * (1 - loss) for size in cohorts]
        if len(cohorts) >= life:
            cohorts[-life] = 0.0
        buy = stock - sum(cohorts)
        bought.append(buy)
        cohorts.append(buy)
    return bought


def learners_per_computer(num_students: pd.Series, num_computers: pd.Series) -> pd.Series:
    """Learners for each computer; unknown where either is unknown or there is no computer."""
    learners, computers = number(num_students), number(num_computers)
    ratio = np.divide(learners, computers, out=np.full_like(learners, np.nan), where=computers > 0)
    return as_number(ratio, num_students.index)
