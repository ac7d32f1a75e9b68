"""Bandwidth, devices and skills together, with power: what some schools lack in all (methods, section 2).

The three are never shown one without the others. Each total is of the known, with the least and the most that the
unknown could make it, how many schools it rests on, and beside it the total with expectations for the unknown; an
expectation never stands in the known total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.arrays import Codes, Floats, codes_of, flag, number
from geodata.derive import derive
from geodata.policy import POLICY, Policy
from geodata.priority import Bools, operating
from geodata.similar import expectation
from geodata.skills import NEEDS as SKILLS
from geodata.skills import Skills, skills_gap

NAN = float("nan")
SIMILAR = ("admin1_id", "admin2_id", "settlement", "school_area_type", "education_level")


@dataclass(frozen=True)
class Total:
    """A sum over schools. `value` is of the `known` schools (NaN where none); `unknown` the others that operate.

    `lower` and `upper`: the unknown at their least and most; `upper` NaN where some could lack any amount. `expected`
    adds an expectation for `estimated` of the unknown (NaN where none can be given); the other unknown are left out.
    """

    value: float
    known: int
    unknown: int
    lower: float = NAN
    upper: float = NAN
    expected: float = NAN
    estimated: int = 0

    @property
    def left_out(self) -> int:
        """Unknown schools that not even the expected total counts."""
        return self.unknown - self.estimated


@dataclass(frozen=True)
class Kits:
    """Assistive kits: for reported learners with disabilities, and the planning value from prevalence, never added up.

    `planning_elsewhere` is the planning value of the schools that do not report: the line that completes `reported`.
    """

    reported: Total
    planning: Total
    planning_elsewhere: Total


@dataclass(frozen=True)
class Solar:
    """Solar power sized for some schools' devices, link and Wi-Fi (planning values): sums, and schools that cannot be sized."""

    schools: int
    not_sized: int
    kwh_per_day: float
    kwp: float
    battery_kwh: float
    usd: float


@dataclass(frozen=True)
class Power:
    """Schools by what they have of electricity, and solar power for those with none; `most` counts the unknown too."""

    enough: int
    weak: int
    none: int
    unknown: int
    solar: Solar
    weak_solar: Solar
    most: Solar


@dataclass(frozen=True)
class ThreeGaps:
    """What some schools lack. `devices` by learners a device (the policy's own `ratio` among them); `replacement` is
    devices to buy in year 1, 2 … to keep `stock`, the devices there once the known gap is closed."""

    schools: int
    bandwidth: Total
    below_standard: Total
    devices: dict[float, Total]
    ratio: float
    kits: Kits
    stock: float
    replacement: tuple[float, ...]
    skills: Skills
    power: Power


# --- totals -------------------------------------------------------------------------------------------------------


def total(values: Floats, most: Floats | None = None, expected: Floats | None = None) -> Total:
    """The total of a gap (NaN unknown); `most` and `expected` are what an unknown one may be and is expected to be."""
    known = ~np.isnan(values)
    lower = float(values[known].sum())
    upper, with_expected, estimated = NAN, NAN, 0
    if most is not None:
        extra = most[~known]
        upper = NAN if np.isnan(extra).any() else lower + float(extra.sum())
    if expected is not None:
        here = ~known & ~np.isnan(expected)
        estimated = int(here.sum())
        if known.any() or estimated:
            with_expected = lower + float(expected[here].sum())
    anything = bool(known.any())
    return Total(
        value=lower if anything else NAN,
        known=int(known.sum()),
        unknown=int((~known).sum()),
        lower=lower if len(values) else NAN,
        upper=upper,
        expected=with_expected,
        estimated=estimated,
    )


def expected_missing(schools: pd.DataFrame, policy: Policy = POLICY) -> pd.Series:
    """Expected share (0 to 1) of the bandwidth needed that is missing, of each school of a whole place.

    Where the gap is known it is that; else chance of no internet + chance of internet × what connected schools like it
    lack (E2.2), the chance from the model where there is one. NaN where no connected school's gap is known: then
    nothing says how fast a connection is.
    """
    share = _ratio(number(schools["bandwidth_gap_mbps"]), number(schools["required_bandwidth_mbps"]))
    connected = flag(gaps.internet(schools["has_internet"], schools["has_internet_for_learners"]))
    counts = operating(schools["school_status"])
    if not (counts & (connected == 1) & ~np.isnan(share)).any():
        return pd.Series(np.where(connected == 0, 1.0, share), index=schools.index)
    column = "predicted_internet_for_learners"
    chance = number(schools[column]) if column in schools else None
    guess = _expect(np.where(connected == 0, 1.0, share), connected, _alike(schools), counts, policy, chance=chance)
    return pd.Series(np.where(np.isnan(share), guess, share), index=schools.index)


def _alike(schools: pd.DataFrame) -> Codes:
    """One number for each set of schools that are like each other."""
    return codes_of(*(schools[name] for name in SIMILAR))[0]


def _expect(
    share: Floats, given: Floats, group: Codes, counts: Bools, policy: Policy, *, chance: Floats | None = None
) -> Floats:
    return expectation(share, given, group, counts, policy.number("similar_schools_min"), chance=chance)


def _ratio(part: Floats, whole: Floats) -> Floats:
    nothing = np.where(whole == 0, 0.0, np.nan)
    out: Floats = np.divide(part, whole, out=nothing, where=whole > 0)
    return np.where(np.isnan(part) | np.isnan(whole), np.nan, out)


def bandwidth_totals(
    schools: pd.DataFrame,
    policy: Policy = POLICY,
    *,
    among: pd.Series | None = None,
    expected_mbps: pd.Series | None = None,
) -> Total:
    """Mbps missing in all: of the known, with bounds, and with the expected gap of the unknown (E2.2, E2.3).

    `schools` is a whole place with its derived columns, of which `among` counts; `expected_mbps` replaces the
    expectation of each school where a better one is at hand.
    """
    here = _counted(schools, among)
    required = number(schools["required_bandwidth_mbps"])
    if expected_mbps is None:
        expected = required * expected_missing(schools, policy).to_numpy()
    else:
        expected = number(expected_mbps)
    return total(number(schools["bandwidth_gap_mbps"])[here], required[here], expected[here])


def device_totals(
    schools: pd.DataFrame, policy: Policy = POLICY, *, among: pd.Series | None = None
) -> dict[float, Total]:
    """Devices missing in all at 1, 2, 5 and 10 learners a device and at the policy's ratio, teachers' and office devices in."""
    here, counts = _counted(schools, among), operating(schools["school_status"])
    held = schools["num_devices"]
    some = flag(gaps.any_device(schools["num_computers"], schools["num_tablets"], schools["has_computers"], held))
    alike = _alike(schools)
    out: dict[float, Total] = {}
    for ratio in sorted({*map(float, gaps.RATIOS), policy.number("device_ratio")}):
        need = _need(schools, policy, ratio)
        gap = number(gaps.device_gap(need, held))
        share = _expect(_ratio(gap, number(need)), some, alike, counts, policy)
        if not (counts & (some == 1) & ~np.isnan(gap)).any():
            share = np.where(some == 0, 1.0, np.nan)
        out[ratio] = total(gap[here], number(need)[here], (share * number(need))[here])
    return out


def _need(schools: pd.DataFrame, policy: Policy, ratio: float) -> pd.Series:
    """Need at another ratio, wherever the place's own need is known (it says whether teachers are counted)."""
    own = schools["device_need"]
    if ratio == policy.number("device_ratio"):
        return own
    return gaps.device_need(schools["num_students"], schools["num_teachers"], policy=policy, ratio=ratio).where(
        own.notna()
    )


def _counted(schools: pd.DataFrame, among: pd.Series | None) -> Bools:
    here = operating(schools["school_status"])
    return here if among is None else here & among.to_numpy(dtype=bool, na_value=False)


# --- power and kits -----------------------------------------------------------------------------------------------


def solar_for(need: Floats, policy: Policy = POLICY) -> Solar:
    """Solar power for schools that need so many devices each; NaN cannot be sized (E2.6)."""
    known = need[~np.isnan(need)]
    sized = {name: float(np.sum(values)) for name, values in gaps.solar(known, policy=policy).items()}
    if not len(known):
        sized = dict.fromkeys(sized, 0.0 if not len(need) else NAN)
    return Solar(schools=len(known), not_sized=int(np.isnan(need).sum()), **sized)


def power_totals(schools: pd.DataFrame, policy: Policy = POLICY, *, among: pd.Series | None = None) -> Power:
    """Electricity of the schools and solar power for those without; sized for the devices that each needs."""
    here = _counted(schools, among)
    gap, need = number(schools["power_gap"])[here], number(schools["device_need"])[here]
    dark, silent, weak = gap == 1, np.isnan(gap), (gap > 0) & (gap < 1)
    return Power(
        enough=int((gap == 0).sum()), weak=int(weak.sum()), none=int(dark.sum()), unknown=int(silent.sum()),
        solar=solar_for(need[dark], policy), weak_solar=solar_for(need[weak], policy), most=solar_for(need[dark | silent], policy),
    )  # fmt: skip


def kits(schools: pd.DataFrame, policy: Policy = POLICY, *, among: pd.Series | None = None) -> Kits:
    """Assistive kits of the schools: reported and planning values apart."""
    here = _counted(schools, among)
    table = gaps.assistive_kits(schools["num_students"], schools["num_students_disabled"], policy=policy)[here]
    reported, planning = number(table["reported"]), number(table["planning"])
    return Kits(total(reported), total(planning), total(planning[np.isnan(reported)]))


# --- together -----------------------------------------------------------------------------------------------------


def gaps_of(schools: pd.DataFrame, policy: Policy = POLICY, *, among: pd.Series | None = None) -> ThreeGaps:
    """The three gaps, and power, of the schools of a place that operate; of those that `among` marks where it is given.

    Give it the whole place, for what is expected of an unknown school comes from schools like it; derived columns are
    worked out where the frame lacks them.
    """
    if "list" not in schools or bool(schools["list"].isna().any()):
        schools = schools.assign(**derive(schools, policy))
    here = _counted(schools, among)
    needed, missing = number(schools["required_bandwidth_mbps"]), number(schools["bandwidth_gap_mbps"])
    devices = device_totals(schools, policy, among=among)
    held = np.fmax(number(schools["num_devices"]), number(schools["device_need"]))[here]
    stock = float(held[~np.isnan(held)].sum()) if (~np.isnan(held)).any() else NAN
    below = np.where(np.isnan(missing) | np.isnan(needed), np.nan, missing > 0)[here]
    years = round(policy.number("replacement_years_shown"))
    return ThreeGaps(
        schools=int(here.sum()),
        bandwidth=bandwidth_totals(schools, policy, among=among),
        below_standard=total(below, np.ones_like(below)),
        devices=devices,
        ratio=policy.number("device_ratio"),
        kits=kits(schools, policy, among=among),
        stock=stock,
        replacement=() if np.isnan(stock) else tuple(gaps.replacements(stock, years, policy=policy)),
        skills=skills_gap(schools.loc[here, [*SKILLS, "school_status"]]),
        power=power_totals(schools, policy, among=among),
    )


def gaps_of_school(school: Mapping[str, Any], policy: Policy = POLICY) -> ThreeGaps:
    """The same for one school, from its values by name (None is unknown), its derived columns among them.

    There is no expectation here: what is not reported of the school is unknown, with its bounds.
    """
    from geodata.tables import SCHOOLS, empty_columns  # noqa: PLC0415

    values = {name: pd.Series([value], dtype=object) for name, value in school.items() if name in SCHOOLS.all_columns}
    row = empty_columns(pd.DataFrame(values), SCHOOLS).assign(school_status=None, list="ranked")
    row["school_status"] = row["school_status"].astype("str")
    for name in SIMILAR:
        row[name] = pd.Series([None], dtype="str")
    return gaps_of(row, policy)
