"""Checks of what a school has against what it says it has: devices, internet, speed and power. The idiom is that of
`etl/checks.py`."""

from __future__ import annotations

import pandas as pd

from etl.checks import GIGA, is_no, is_yes, known
from geodata.declare import Check


def computers_no_but_counted(has_computers: pd.Series, num_computers: pd.Series) -> pd.Series:
    """The register says no computer, and counts some."""
    return known(is_no(has_computers) & (num_computers > 0).fillna(False), has_computers, num_computers)


def computer_room_without_computers(has_computer_lab: pd.Series, num_computers: pd.Series) -> pd.Series:
    """A computer room and 0 computers for learners."""
    return known(is_yes(has_computer_lab) & (num_computers == 0).fillna(False), has_computer_lab, num_computers)


def learners_online_without_internet(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """Internet for learners at a school without internet."""
    return known(is_no(has_internet) & is_yes(has_internet_for_learners), has_internet, has_internet_for_learners)


def broadband_without_internet(has_internet: pd.Series, has_broadband: pd.Series) -> pd.Series:
    """Broadband at a school without internet."""
    return known(is_no(has_internet) & is_yes(has_broadband), has_internet, has_broadband)


def type_without_internet(has_internet: pd.Series, connectivity_type: pd.Series) -> pd.Series:
    """A type of connection at a school without internet."""
    return known(is_no(has_internet) & connectivity_type.notna(), has_internet)


def speed_without_internet(
    has_internet: pd.Series, download_speed_contracted_mbps: pd.Series, download_speed_measured_mbps: pd.Series
) -> pd.Series:
    """A speed above 0 at a school without internet."""
    speed = (download_speed_contracted_mbps > 0) | (download_speed_measured_mbps > 0)
    return known(is_no(has_internet) & speed, has_internet)


def odd_speed(download_speed_contracted_mbps: pd.Series, download_speed_measured_mbps: pd.Series) -> pd.Series:
    """A download speed above 0 and below 0.1 Mbps (often kbps or Gbps by mistake), or above 1,000 Mbps."""
    both = pd.concat([download_speed_contracted_mbps, download_speed_measured_mbps], axis=1)
    odd = ((both > 0) & (both < 0.1)).any(axis=1) | (both > 1_000).any(axis=1)
    return odd.astype("boolean").mask(both.isna().all(axis=1))


def internet_without_electricity(has_internet: pd.Series, has_electricity: pd.Series) -> pd.Series:
    """Internet at a school without electricity."""
    return known(is_yes(has_internet) & is_no(has_electricity), has_internet, has_electricity)


def electricity_without_source(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """Electricity, and its source given as none."""
    return known(is_yes(has_electricity) & (electricity_type == "none"), has_electricity, electricity_type)


def source_without_electricity(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """No electricity, and a source of it."""
    return known(is_no(has_electricity) & (electricity_type != "none"), has_electricity, electricity_type)


def hours_without_electricity(has_electricity: pd.Series, electricity_hours_per_day: pd.Series) -> pd.Series:
    """No electricity, and hours of it."""
    return known(is_no(has_electricity) & (electricity_hours_per_day > 0), has_electricity, electricity_hours_per_day)


def mobile_type_without_coverage(
    connectivity_type: pd.Series, in_3g_coverage: pd.Series, in_4g_coverage: pd.Series, in_5g_coverage: pd.Series
) -> pd.Series:
    """Connected by a mobile generation whose known coverage does not reach the school."""
    out = pd.Series(pd.NA, index=connectivity_type.index, dtype="boolean")
    for word, inside in (("3g", in_3g_coverage), ("4g", in_4g_coverage), ("5g", in_5g_coverage)):
        mine = (connectivity_type == word).fillna(False)
        out = out.mask(mine, ~inside.astype("boolean"))
    return out


def undated_internet(has_internet: pd.Series, has_internet_date: pd.Series) -> pd.Series:
    """Internet yes or no without the date that it describes."""
    return known(has_internet_date.isna() | (has_internet_date == ""), has_internet)


COMPUTERS_NO_BUT_COUNTED = Check(
    "computers_no_but_counted",
    "warn",
    "The register says that there is no computer, and counts some.",
    computers_no_but_counted,
    order=32,
)
COMPUTER_ROOM_WITHOUT_COMPUTERS = Check(
    "computer_room_without_computers",
    "warn",
    "There is a computer room, and no computer for learners.",
    computer_room_without_computers,
    order=33,
)
LEARNERS_ONLINE_WITHOUT_INTERNET = Check(
    "learners_online_without_internet",
    "warn",
    "Learners are said to use the internet at a school without internet.",
    learners_online_without_internet,
    reference=GIGA,
    order=40,
)
BROADBAND_WITHOUT_INTERNET = Check(
    "broadband_without_internet",
    "warn",
    "Broadband is reported at a school without internet.",
    broadband_without_internet,
    reference=GIGA,
    order=41,
)
TYPE_WITHOUT_INTERNET = Check(
    "type_without_internet",
    "warn",
    "A type of connection is reported at a school without internet.",
    type_without_internet,
    reference=GIGA,
    order=42,
)
SPEED_WITHOUT_INTERNET = Check(
    "speed_without_internet",
    "warn",
    "A download speed is reported at a school without internet.",
    speed_without_internet,
    reference=GIGA,
    order=43,
)
ODD_SPEED = Check(
    "odd_speed",
    "warn",
    "The download speed is below 0.1 or above 1,000 Mbps; check the unit.",
    odd_speed,
    reference=GIGA,
    order=44,
)
MOBILE_TYPE_WITHOUT_COVERAGE = Check(
    "mobile_type_without_coverage",
    "warn",
    "The school is said to be connected by a mobile network whose known coverage does not reach it.",
    mobile_type_without_coverage,
    reference=GIGA,
    order=45,
)
UNDATED_INTERNET = Check(
    "undated_internet",
    "warn",
    "Whether there is internet is reported without a date.",
    undated_internet,
    reference=GIGA,
    order=46,
)
INTERNET_WITHOUT_ELECTRICITY = Check(
    "internet_without_electricity",
    "warn",
    "Internet is reported at a school without electricity.",
    internet_without_electricity,
    reference=GIGA,
    order=50,
)
ELECTRICITY_WITHOUT_SOURCE = Check(
    "electricity_without_source",
    "warn",
    "Electricity is reported, and its source is given as none.",
    electricity_without_source,
    reference=GIGA,
    order=51,
)
SOURCE_WITHOUT_ELECTRICITY = Check(
    "source_without_electricity",
    "warn",
    "No electricity is reported, and a source of it is.",
    source_without_electricity,
    reference=GIGA,
    order=52,
)
HOURS_WITHOUT_ELECTRICITY = Check(
    "hours_without_electricity",
    "warn",
    "No electricity is reported, and hours of it are.",
    hours_without_electricity,
    reference=GIGA,
    order=53,
)
