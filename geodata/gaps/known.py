"""What a register's own answers say together: internet, electricity, speed. Unknown in, unknown out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import as_boolean, equals, flag
from geodata.vocabulary import Evidence


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
