"""What a school needs and may lack: internet for learners, devices, electricity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Floats, any_known, as_number, flag, number
from geodata.declare import Criterion
from geodata.gaps import any_device, electricity, internet_for_learners
from geodata.policy import POLICY, Policy
from geodata.say import tr

# --- bandwidth ----------------------------------------------------------------------------------------------------


def usable_internet(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """Internet for learners; where that is reported for no school, internet at the school stands in."""
    learners = internet_for_learners(has_internet, has_internet_for_learners)
    return learners if any_known(has_internet_for_learners) else has_internet


def bandwidth(
    has_internet: pd.Series,
    has_internet_for_learners: pd.Series,
    download_speed_mbps: pd.Series,
    required_bandwidth_mbps: pd.Series,
    *,
    policy: Policy = POLICY,
) -> pd.Series:
    """1 without internet for learners, else the share of the bandwidth needed that is missing.

    Enrolment known for nobody: the floor is what is needed. Speed known for no school that may be connected: internet
    for learners, yes or no.
    """
    usable = flag(usable_internet(has_internet, has_internet_for_learners))
    missing = np.where(
        flag(has_internet) == 0, np.nan, _missing(number(download_speed_mbps), _needed(required_bandwidth_mbps, policy))
    )
    missing = np.where(usable == 0, np.nan, missing)
    if np.isnan(missing).all():
        return as_number(1 - usable, has_internet.index)
    return as_number(np.where((usable == 0) | (flag(has_internet) == 0), 1.0, missing), has_internet.index)


def _needed(required_bandwidth_mbps: pd.Series, policy: Policy) -> Floats:
    needed = number(required_bandwidth_mbps)
    return np.full_like(needed, policy.number("bandwidth_floor_mbps")) if np.isnan(needed).all() else needed


def _missing(held: Floats, needed: Floats) -> Floats:
    ratio = np.divide(held, needed, out=np.ones_like(held), where=needed > 0)
    return np.where(np.isnan(held) | np.isnan(needed), np.nan, np.clip(1 - ratio, 0, 1))


def bandwidth_standard(
    has_internet: pd.Series,
    has_internet_for_learners: pd.Series,
    download_speed_mbps: pd.Series,
    required_bandwidth_mbps: pd.Series,
    *,
    policy: Policy = POLICY,
) -> str:
    """Words of the lower standard in use, or nothing."""
    may_be_connected = flag(usable_internet(has_internet, has_internet_for_learners)) != 0
    speed = np.where(may_be_connected, number(download_speed_mbps), np.nan)
    if np.isnan(speed + _needed(required_bandwidth_mbps, policy)).all():
        why = (
            tr("no connected school's speed is reported")
            if np.isnan(speed).all()
            else tr("speed and enrolment are never reported together")
        )
        if any_known(has_internet_for_learners):
            return tr("Yes or no: {why}.", why=why)
        return tr("Internet at the school, yes or no: use by learners is reported for no school, and {why}.", why=why)
    if not any_known(required_bandwidth_mbps):
        return tr(
            "Speed against {number:g} Mbps a school: enrolment is reported for no school.",
            number=policy.number("bandwidth_floor_mbps"),
        )
    return ""


BANDWIDTH = Criterion(
    name="bandwidth", title="Internet for learners", pillar="need", weight="weight_bandwidth", cutoff="cutoff_need", inclusive=False,
    lacks="no internet for learners", lacks_in_part="internet too slow", has="internet for learners", unknown="internet not reported",
    unknown_in_part="whether the internet is fast enough not reported",
    definition="1 without internet for learners, else the share of the bandwidth needed that is missing.",
    reference="ITU and UN aspirational targets for 2030 (2022); SDG 4.a.1 (b)",
    formula="1 without internet for learners, else max(0, 1 − speed ÷ bandwidth needed)", compute=bandwidth, given=usable_internet, predicted="predicted_internet_for_learners",
    standard=bandwidth_standard, order=1,
)  # fmt: skip


# --- devices ------------------------------------------------------------------------------------------------------


def some_device(
    num_computers: pd.Series, num_tablets: pd.Series, has_computers: pd.Series, num_devices: pd.Series
) -> pd.Series:
    """Any device for learners, of those that the policy's rule counts as devices."""
    some = any_device(num_computers, num_tablets, has_computers, num_devices)
    return some.mask((num_devices == 0).fillna(False), False)


def devices(
    num_computers: pd.Series,
    num_tablets: pd.Series,
    has_computers: pd.Series,
    num_devices: pd.Series,
    device_need: pd.Series,
) -> pd.Series:
    """1 without any device for learners, else the share of the devices needed that is missing.

    The need known for nobody: any device for learners, yes or no.
    """
    some = flag(some_device(num_computers, num_tablets, has_computers, num_devices))
    need = number(device_need)
    missing = np.where(some == 0, np.nan, np.where(need == 0, 0.0, _missing(number(num_devices), need)))
    if np.isnan(missing).all():
        return as_number(1 - some, num_devices.index)
    return as_number(np.where((some == 0) & (need != 0), 1.0, np.where(need == 0, 0.0, missing)), num_devices.index)


def devices_standard(
    num_devices: pd.Series, device_need: pd.Series, num_teachers: pd.Series, num_tablets: pd.Series
) -> str:
    """Words of the lower standard in use, or nothing."""
    have, need = number(num_devices), number(device_need)
    if np.isnan(np.where(have == 0, np.nan, have) + need).all():
        if not any_known(device_need):
            return tr("Any device or none: enrolment is reported for no school.")
        return tr("Any device or none: no school reports both its devices and what decides the need.")
    teachers = [] if any_known(num_teachers) else [tr("without teachers' devices: teachers are reported for no school")]
    tablets = [] if any_known(num_tablets) else [tr("computers alone: tablets are reported for no school")]
    words = "; ".join([*teachers, *tablets])
    return tr("Devices against the need, {words}.", words=words) if words else ""


DEVICES = Criterion(
    name="devices", title="Devices", pillar="need", weight="weight_devices", cutoff="cutoff_need", inclusive=False,
    lacks="no devices", lacks_in_part="too few devices", has="enough devices", unknown="devices not reported",
    unknown_in_part="whether devices suffice not reported",
    definition="1 without any device for learners, else the share of the devices needed that is missing.",
    reference="UIS Guide to Measuring ICT in Education (2009), ED4bis; device ratio of the policy",
    formula="1 without any device, else max(0, 1 − devices held ÷ devices needed)", compute=devices, given=some_device, standard=devices_standard, order=2,
)  # fmt: skip


# --- power --------------------------------------------------------------------------------------------------------


def energy(power_gap: pd.Series) -> pd.Series:
    """The power gap: 0 electricity for the school day, 0.5 fewer hours or a generator alone, 1 none."""
    return power_gap.astype("float64")


def energy_standard(electricity_type: pd.Series, electricity_hours_per_day: pd.Series) -> str:
    """Words of the lower standard in use, or nothing."""
    if any_known(electricity_type) or any_known(electricity_hours_per_day):
        return ""
    return tr("Yes or no: neither its source nor its hours are reported for any school.")


ENERGY = Criterion(
    name="energy", title="Electricity", pillar="need", weight="weight_energy", cutoff="cutoff_need", inclusive=False,
    lacks="no electricity", lacks_in_part="unreliable electricity", has="electricity", unknown="electricity not reported",
    definition="0 electricity for the school day, 0.5 fewer hours or a generator alone, 1 none.",
    reference="SDG 4.a.1 (a)", formula="electricity for the school day 0, fewer hours or a generator alone 0.5, none 1", compute=energy, given=electricity, predicted="predicted_electricity", standard=energy_standard, order=3,
)  # fmt: skip
