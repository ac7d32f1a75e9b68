"""The checks of a register, found by looking: each a plain function, a severity and a sentence for a clerk.

A check answers yes where a row breaks it, no where it keeps it, unknown where it cannot be judged: what is not
reported is never called wrong. Nothing here rejects a school for looking odd: odd values are said, impossible ones
become unknown. Ranges marked Giga are those of Giga's own pipeline, used as warnings (methods, section 1.6).
"""

from __future__ import annotations

import pandas as pd

from geodata.declare import Check

GIGA = "Giga data quality checks"


def _known(flag: pd.Series, *needed: pd.Series) -> pd.Series:
    """The flag as yes/no, unknown where any needed value is."""
    out = flag.astype("boolean")
    for values in needed:
        out = out.mask(values.isna().to_numpy())
    return out


def _above(values: pd.Series, limit: float) -> pd.Series:
    return _known((values > limit).fillna(False), values)


def _is_yes(values: pd.Series) -> pd.Series:
    return values.astype("boolean").fillna(False)


def _is_no(values: pd.Series) -> pd.Series:
    return (~values.astype("boolean")).fillna(False)


def girls_over_learners(num_students: pd.Series, num_students_girls: pd.Series) -> pd.Series:
    """More girls than learners."""
    return _known((num_students_girls > num_students).fillna(False), num_students, num_students_girls)


def sexes_do_not_add_up(
    num_students: pd.Series, num_students_girls: pd.Series, num_students_boys: pd.Series
) -> pd.Series:
    """Girls and boys together are not the learners."""
    other = (num_students_girls + num_students_boys) != num_students
    return _known(other.fillna(False), num_students, num_students_girls, num_students_boys)


def no_learners(num_students: pd.Series, school_status: pd.Series) -> pd.Series:
    """An operating school with 0 learners."""
    operating = school_status.isna() | (school_status == "open")
    return _known(((num_students == 0) & operating).fillna(False), num_students)


def many_learners(num_students: pd.Series) -> pd.Series:
    """More than 10,000 learners."""
    return _above(num_students, 10_000)


def many_teachers(num_teachers: pd.Series) -> pd.Series:
    """More than 200 teachers."""
    return _above(num_teachers, 200)


def many_computers(num_computers: pd.Series) -> pd.Series:
    """More than 500 computers."""
    return _above(num_computers, 500)


def teachers_over_learners(num_teachers: pd.Series, num_students: pd.Series) -> pd.Series:
    """More teachers than learners."""
    return _known(((num_teachers > num_students) & (num_students > 0)).fillna(False), num_teachers, num_students)


def learners_per_teacher(num_teachers: pd.Series, num_students: pd.Series) -> pd.Series:
    """More than 150 learners for each teacher, or learners and no teacher."""
    return _known((num_students > 150 * num_teachers).fillna(False), num_teachers, num_students)


def devices_per_learner(num_computers: pd.Series, num_tablets: pd.Series, num_students: pd.Series) -> pd.Series:
    """More than two devices for each learner."""
    devices = num_computers.fillna(0) + num_tablets.fillna(0)
    known = num_computers.notna() | num_tablets.notna()
    return (devices > 2 * num_students).astype("boolean").mask(~known | num_students.isna() | (num_students == 0))


def trained_over_teachers(num_teachers: pd.Series, num_teachers_trained_ict: pd.Series) -> pd.Series:
    """More trained teachers than teachers."""
    return _known((num_teachers_trained_ict > num_teachers).fillna(False), num_teachers, num_teachers_trained_ict)


def part_over_learners(
    num_students: pd.Series, num_students_disabled: pd.Series, num_students_displaced: pd.Series
) -> pd.Series:
    """More learners with disabilities, or displaced, than learners."""
    over = (num_students_disabled > num_students).fillna(False) | (num_students_displaced > num_students).fillna(False)
    some = num_students_disabled.notna() | num_students_displaced.notna()
    return over.astype("boolean").mask(num_students.isna() | ~some)


def impossible_year(school_year: pd.Series) -> pd.Series:
    """A year of the record before 1950 or after 2100, or no year at all."""
    year = pd.to_numeric(school_year.str.extract(r"(\d{4})", expand=False), errors="coerce")
    return _known(~year.between(1950, 2100), school_year)


def computers_no_but_counted(has_computers: pd.Series, num_computers: pd.Series) -> pd.Series:
    """The register says no computer, and counts some."""
    return _known(_is_no(has_computers) & (num_computers > 0).fillna(False), has_computers, num_computers)


def computer_room_without_computers(has_computer_lab: pd.Series, num_computers: pd.Series) -> pd.Series:
    """A computer room and 0 computers for learners."""
    return _known(_is_yes(has_computer_lab) & (num_computers == 0).fillna(False), has_computer_lab, num_computers)


def learners_online_without_internet(has_internet: pd.Series, has_internet_for_learners: pd.Series) -> pd.Series:
    """Internet for learners at a school without internet."""
    return _known(_is_no(has_internet) & _is_yes(has_internet_for_learners), has_internet, has_internet_for_learners)


def broadband_without_internet(has_internet: pd.Series, has_broadband: pd.Series) -> pd.Series:
    """Broadband at a school without internet."""
    return _known(_is_no(has_internet) & _is_yes(has_broadband), has_internet, has_broadband)


def type_without_internet(has_internet: pd.Series, connectivity_type: pd.Series) -> pd.Series:
    """A type of connection at a school without internet."""
    return _known(_is_no(has_internet) & connectivity_type.notna(), has_internet)


def speed_without_internet(
    has_internet: pd.Series, download_speed_contracted_mbps: pd.Series, download_speed_measured_mbps: pd.Series
) -> pd.Series:
    """A speed above 0 at a school without internet."""
    speed = (download_speed_contracted_mbps > 0) | (download_speed_measured_mbps > 0)
    return _known(_is_no(has_internet) & speed, has_internet)


def odd_speed(download_speed_contracted_mbps: pd.Series, download_speed_measured_mbps: pd.Series) -> pd.Series:
    """A download speed above 0 and below 0.1 Mbps (often kbps or Gbps by mistake), or above 1,000 Mbps."""
    both = pd.concat([download_speed_contracted_mbps, download_speed_measured_mbps], axis=1)
    odd = ((both > 0) & (both < 0.1)).any(axis=1) | (both > 1_000).any(axis=1)
    return odd.astype("boolean").mask(both.isna().all(axis=1))


def internet_without_electricity(has_internet: pd.Series, has_electricity: pd.Series) -> pd.Series:
    """Internet at a school without electricity."""
    return _known(_is_yes(has_internet) & _is_no(has_electricity), has_internet, has_electricity)


def electricity_without_source(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """Electricity, and its source given as none."""
    return _known(_is_yes(has_electricity) & (electricity_type == "none"), has_electricity, electricity_type)


def source_without_electricity(has_electricity: pd.Series, electricity_type: pd.Series) -> pd.Series:
    """No electricity, and a source of it."""
    return _known(_is_no(has_electricity) & (electricity_type != "none"), has_electricity, electricity_type)


def hours_without_electricity(has_electricity: pd.Series, electricity_hours_per_day: pd.Series) -> pd.Series:
    """No electricity, and hours of it."""
    return _known(_is_no(has_electricity) & (electricity_hours_per_day > 0), has_electricity, electricity_hours_per_day)


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
    return _known(has_internet_date.isna() | (has_internet_date == ""), has_internet)


GIRLS_OVER_LEARNERS = Check(
    "girls_over_learners",
    "blank",
    "More girls than learners are reported; the number of girls is treated as not reported.",
    girls_over_learners,
    ("num_students_girls",),
    order=10,
)
SEXES_DO_NOT_ADD_UP = Check(
    "sexes_do_not_add_up",
    "warn",
    "Girls and boys together are not the number of learners.",
    sexes_do_not_add_up,
    order=11,
)
PART_OVER_LEARNERS = Check(
    "part_over_learners",
    "warn",
    "More learners with disabilities, or displaced, are reported than learners.",
    part_over_learners,
    order=12,
)
NO_LEARNERS = Check("no_learners", "warn", "The school operates and has 0 learners.", no_learners, order=13)
MANY_LEARNERS = Check(
    "many_learners",
    "warn",
    "More than 10,000 learners are reported; check for a slip of the pen.",
    many_learners,
    reference=GIGA,
    order=14,
)
MANY_TEACHERS = Check(
    "many_teachers",
    "warn",
    "More than 200 teachers are reported; check for a slip of the pen.",
    many_teachers,
    reference=GIGA,
    order=20,
)
TEACHERS_OVER_LEARNERS = Check(
    "teachers_over_learners", "warn", "There are more teachers than learners.", teachers_over_learners, order=21
)
LEARNERS_PER_TEACHER = Check(
    "learners_per_teacher",
    "warn",
    "There are more than 150 learners for each teacher, or learners and no teacher.",
    learners_per_teacher,
    order=22,
)
TRAINED_OVER_TEACHERS = Check(
    "trained_over_teachers",
    "warn",
    "More teachers are trained to use ICT than there are teachers.",
    trained_over_teachers,
    order=23,
)
MANY_COMPUTERS = Check(
    "many_computers",
    "warn",
    "More than 500 computers for learners are reported; check for a slip of the pen.",
    many_computers,
    reference=GIGA,
    order=30,
)
DEVICES_PER_LEARNER = Check(
    "devices_per_learner",
    "warn",
    "There are more than two devices for each learner; check whether a delivery was counted twice.",
    devices_per_learner,
    order=31,
)
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
IMPOSSIBLE_YEAR = Check(
    "impossible_year",
    "blank",
    "The year of the record is impossible; it is treated as not reported.",
    impossible_year,
    ("school_year",),
    order=60,
)
