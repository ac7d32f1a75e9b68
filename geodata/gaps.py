"""Gaps of a school: bandwidth, devices, power (methods, section 2). Unknown in, unknown out; known failures stay known.

Columns in, columns out, on the same index. A policy number is never written here: it comes from `policy`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_boolean, as_count, as_number, equals, flag, number
from geodata.policy import POLICY, Policy
from geodata.truth import all_of, any_of
from geodata.vocabulary import Evidence

RATIOS = (1, 2, 5, 10)
Scenarios = Sequence[tuple[float, float]]


# --- internet -----------------------------------------------------------------------------------------------------


def internet_for_learners(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """Internet usable by learners; a school without any internet has none for learners either, whatever is said of them.

    Where the two contradict each other the check `learners_online_without_internet` says so.
    """
    told, any_internet = flag(has_internet_for_learners), flag(has_internet)
    return as_boolean(np.where(any_internet == 0, 0.0, told), has_internet.index)


def internet(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """A working connection, whoever uses it; learners who use the internet at school prove that there is one."""
    told, learners = flag(has_internet), flag(has_internet_for_learners)
    return as_boolean(np.where(np.isnan(told) & (learners == 1), 1.0, told), has_internet.index)


def electricity(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """Electricity; where the yes or no is not reported, the named source of it says."""
    told = flag(has_electricity)
    named = np.where(electricity_type.notna(), 1.0, np.nan)
    named = np.where(equals(electricity_type, "none"), 0.0, named)
    return as_boolean(np.where(np.isnan(told), named, told), has_electricity.index)


def download_speed(download_speed_measured_mbps: pd.Series, download_speed_contracted_mbps: pd.Series) -> pd.Series:
    """Download speed in Mbps: measured, else contracted."""
    return download_speed_measured_mbps.fillna(download_speed_contracted_mbps).astype("float64")


def speed_passport(schools: pd.DataFrame) -> pd.DataFrame:
    """Evidence, source and date of the download speed, from whichever of the two it was taken; unknown where neither."""
    measured = schools["download_speed_measured_mbps"].notna()
    known = measured | schools["download_speed_contracted_mbps"].notna()
    out = {}
    for suffix, usual in (("_evidence", (Evidence.MEASURED, Evidence.REPORTED)), ("_source", None), ("_date", None)):
        blank = pd.Series(np.nan, index=schools.index, dtype="str")
        first = pd.Series(schools.get(f"download_speed_measured_mbps{suffix}", blank), dtype="str")
        second = pd.Series(schools.get(f"download_speed_contracted_mbps{suffix}", blank), dtype="str")
        if usual:
            first, second = first.fillna(usual[0].value), second.fillna(usual[1].value)
        text = first.where(measured, second).where(known)
        out["download_speed_mbps" + suffix] = text.fillna(Evidence.UNKNOWN.value) if usual else text
    return pd.DataFrame(out, index=schools.index)


# --- bandwidth ----------------------------------------------------------------------------------------------------


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


# --- devices ------------------------------------------------------------------------------------------------------


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


# --- power --------------------------------------------------------------------------------------------------------


def power_gap(
    has_electricity: pd.Series,
    electricity_type: pd.Series,
    electricity_hours_per_day: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """0 electricity for the school day, 0.5 fewer hours or a generator alone, 1 none (methods 2.3)."""
    power = flag(electricity(has_electricity, electricity_type))
    short = number(electricity_hours_per_day) < policy.number("school_hours_per_day")
    weak = short | equals(electricity_type, "generator")
    return as_number(
        np.where(power == 0, 1.0, np.where(power == 1, np.where(weak, 0.5, 0.0), np.nan)), has_electricity.index
    )


def solar(devices: float, *, policy: Policy = POLICY) -> dict[str, float]:
    """Solar power for devices, link and Wi-Fi: kWh a day, kWp, battery kWh and USD (E2.6)."""
    n = policy.number
    loads = (
        devices * n("solar_device_w") * n("solar_device_hours"),
        n("solar_link_w") * n("solar_link_hours"),
        n("solar_wifi_w") * n("solar_wifi_hours"),
    )
    energy = sum(loads) / 1000
    peak = energy / (n("solar_peak_sun_hours") * n("solar_performance_ratio"))
    battery = energy * n("solar_autonomy_days") / (n("solar_depth_of_discharge") * n("solar_battery_efficiency"))
    return {"kwh_per_day": energy, "kwp": peak, "battery_kwh": battery, "usd": peak * 1000 * n("solar_usd_per_w")}


# --- together -----------------------------------------------------------------------------------------------------


def meaningfully_connected(for_learners: pd.Series, power: pd.Series, below: pd.Series) -> pd.Series:
    """Internet for learners and electricity and the bandwidth needed (methods 1.3, E1.8)."""
    return all_of(for_learners, power, ~below)


def underserved(for_learners: pd.Series, below: pd.Series, short: pd.Series, power: pd.Series) -> pd.Series:
    """No internet for learners, or below the standard, or devices missing, or no electricity."""
    return any_of(~for_learners, below, short, ~power)


def learners_per_computer(num_students: pd.Series, num_computers: pd.Series) -> pd.Series:
    """Learners for each computer; unknown where either is unknown or there is no computer."""
    learners, computers = number(num_students), number(num_computers)
    ratio = np.divide(learners, computers, out=np.full_like(learners, np.nan), where=computers > 0)
    return as_number(ratio, num_students.index)
