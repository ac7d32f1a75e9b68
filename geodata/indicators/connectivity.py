"""Internet and coverage: UIS ED5 and ED6, SDG 4.a.1 (b), the connectivity standard, and the signal at the place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import gaps
from geodata.arrays import as_boolean, equals, flag
from geodata.declare import Indicator
from geodata.truth import all_of, yesno

UIS = "UIS Guide to Measuring ICT in Education (2009)"
STANDARD = "ITU and UN aspirational targets for 2030 (2022)"


def internet_for_learners(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """Internet usable by learners; no internet at all means none for learners."""
    return gaps.internet_for_learners(has_internet, has_internet_for_learners)


def internet(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """A working connection at the school, whoever uses it."""
    return gaps.internet(has_internet, has_internet_for_learners)


def broadband(has_internet: pd.Series, has_internet_for_learners: pd.Series, has_broadband: pd.Series) -> pd.Series:
    """Broadband by the national definition; a school without internet has none."""
    told, any_internet = flag(has_broadband), flag(gaps.internet(has_internet, has_internet_for_learners))
    return as_boolean(np.where(np.isnan(told) & (any_internet == 0), 0.0, told), has_broadband.index)


def powered_internet(
    has_internet: pd.Series,
    has_internet_for_learners: pd.Series,
    has_electricity: pd.Series,
    electricity_type: pd.Series,
) -> pd.Series:
    """Internet usable by learners, and electricity to use it."""
    connected = gaps.internet_for_learners(has_internet, has_internet_for_learners)
    return all_of(connected, gaps.electricity(has_electricity, electricity_type))


def meaningfully_connected(meaningfully_connected: pd.Series) -> pd.Series:
    """Internet for learners, electricity and the bandwidth needed."""
    return yesno(meaningfully_connected)


def underserved(underserved: pd.Series) -> pd.Series:
    """Fails one or more of the four criteria."""
    return yesno(underserved)


def bandwidth_gap(bandwidth_gap_mbps: pd.Series) -> pd.Series:
    """Mbps missing."""
    return bandwidth_gap_mbps.astype("float64")


def covered_4g(in_4g_coverage: pd.Series, in_5g_coverage: pd.Series, cellular_coverage_type: pd.Series) -> pd.Series:
    """Inside 4G or better coverage; the best signal says where no polygon was given for 4G."""
    inside = yesno(in_4g_coverage) | yesno(in_5g_coverage)
    best = equals(cellular_coverage_type, "4G") | equals(cellular_coverage_type, "5G")
    named = np.where(cellular_coverage_type.isna(), np.nan, best.astype(np.float64))
    return inside.fillna(as_boolean(named, inside.index))


def covered_not_connected(
    in_4g_coverage: pd.Series,
    in_5g_coverage: pd.Series,
    cellular_coverage_type: pd.Series,
    has_internet: pd.Series,
    has_internet_for_learners: pd.Series,
) -> pd.Series:
    """A 4G signal at the place and no internet for learners: coverage is not connectivity."""
    covered = covered_4g(in_4g_coverage, in_5g_coverage, cellular_coverage_type)
    return all_of(covered, ~gaps.internet_for_learners(has_internet, has_internet_for_learners))


def download_speed(download_speed_mbps: pd.Series) -> pd.Series:
    """Best evidence of the download speed."""
    return download_speed_mbps.astype("float64")


# Where no school says who may use its internet, "no internet" is the only answer that can be known: a share of the known
# would always be 0 %.
FOR_LEARNERS = ("has_internet_for_learners",)

INTERNET_FOR_LEARNERS = Indicator(
    name="internet_for_learners", code="SDG 4.a.1 (b)", predicted="predicted_internet_for_learners", title="Internet for learners", unit="share of schools",
    definition="Schools whose learners can use the internet for learning, of the schools that operate.",
    reference="SDG indicator 4.a.1 (b)", compute=internet_for_learners, rollup="share", higher_is="better", order=1,
    needs=FOR_LEARNERS,
)  # fmt: skip
INTERNET = Indicator(
    name="internet", code="ED5", title="Internet at the school", unit="share of schools",
    definition="Schools with a working internet connection, whoever uses it, of the schools that operate.",
    reference=UIS + ", ED5", compute=internet, rollup="share", higher_is="better", order=2,
)  # fmt: skip
LEARNERS_WITH_INTERNET = Indicator(
    name="learners_with_internet", code="ED6", predicted="predicted_internet_for_learners", title="Learners with internet at school", unit="share of learners",
    definition="Learners in schools whose learners can use the internet, of the learners that schools report.",
    reference=UIS + ", ED6", compute=internet_for_learners, rollup="share", higher_is="better", weight="num_students", order=3,
    needs=FOR_LEARNERS,
)  # fmt: skip
GIRLS_WITH_INTERNET = Indicator(
    name="girls_with_internet", code="ED6", predicted="predicted_internet_for_learners", title="Girls with internet at school", unit="share of girls",
    definition="Girls in schools whose learners can use the internet, of the girls that schools report.",
    reference=UIS + ", ED6 by sex", compute=internet_for_learners, rollup="share", higher_is="better",
    weight="num_students_girls", order=4, needs=FOR_LEARNERS,
)  # fmt: skip
BOYS_WITH_INTERNET = Indicator(
    name="boys_with_internet", code="ED6", predicted="predicted_internet_for_learners", title="Boys with internet at school", unit="share of boys",
    definition="Boys in schools whose learners can use the internet, of the boys that schools report.",
    reference=UIS + ", ED6 by sex", compute=internet_for_learners, rollup="share", higher_is="better",
    weight="num_students_boys", order=5, needs=FOR_LEARNERS,
)  # fmt: skip
POWERED_INTERNET = Indicator(
    name="powered_internet", title="Internet for learners, with electricity", unit="share of schools",
    definition="Schools whose learners can use the internet and that have electricity, both; of the schools that operate.",
    reference="SDG indicators 4.a.1 (a) and (b), together", compute=powered_internet, rollup="share", higher_is="better",
    needs=FOR_LEARNERS, order=6,
)  # fmt: skip
MEANINGFUL = Indicator(
    name="meaningfully_connected", title="Meaningfully connected", unit="share of schools",
    definition="Schools with internet for learners, electricity and the bandwidth of the standard, all three.",
    reference=STANDARD, compute=meaningfully_connected, rollup="share", higher_is="better",
    needs=("download_speed_mbps", "required_bandwidth_mbps"), order=6,
)  # fmt: skip
UNDERSERVED = Indicator(
    name="underserved", title="Underserved", unit="share of schools",
    definition="Schools without internet for learners, or below the bandwidth standard, or short of devices, or without electricity.",
    reference="First Mile contracts; SDG 4.a.1 (a) to (c)", compute=underserved, rollup="share", higher_is="worse",
    needs=("download_speed_mbps", "required_bandwidth_mbps", "device_need"), order=7,
)  # fmt: skip
BROADBAND = Indicator(
    name="broadband", code="ED5 (broadband)", title="Broadband", unit="share of schools",
    definition="Schools with a connection that is broadband by the national definition.",
    reference=UIS + ", ED5 by type", compute=broadband, rollup="share", higher_is="better",
    needs=("has_broadband",), order=8,
)  # fmt: skip
BANDWIDTH_GAP = Indicator(
    name="bandwidth_gap", title="Bandwidth gap", unit="Mbps",
    definition="Bandwidth that the standard asks for less bandwidth held, added up.",
    reference=STANDARD, compute=bandwidth_gap, rollup="sum", higher_is="worse", largest="required_bandwidth_mbps", order=9,
)  # fmt: skip
DOWNLOAD_SPEED = Indicator(
    name="download_speed", title="Download speed", unit="Mbps",
    definition="Mean download speed of the schools for which it is known: measured, else contracted.",
    reference="Giga school master schema", compute=download_speed, rollup="mean", higher_is="better", order=10,
)  # fmt: skip
COVERED_4G = Indicator(
    name="covered_4g", code="SDG 9.c.1, at the school", title="4G signal at the school", unit="share of schools",
    definition="Schools inside 4G or 5G coverage. A signal is not a connection.",
    reference="SDG indicator 9.c.1, at the school", compute=covered_4g, rollup="share", higher_is="better", order=11,
)  # fmt: skip
COVERED_NOT_CONNECTED = Indicator(
    name="covered_not_connected", title="4G signal but no internet for learners", unit="share of schools",
    definition="Schools inside 4G or 5G coverage whose learners cannot use the internet.",
    reference="SDG indicators 9.c.1 and 4.a.1 (b)", compute=covered_not_connected, rollup="share", higher_is="worse",
    needs=("cellular_coverage_type",), order=12,
)  # fmt: skip
