"""The checks of a register, found by looking: each a plain function, a severity and a sentence for a clerk.

A check answers yes where a row breaks it, no where it keeps it, unknown where it cannot be judged: what is not
reported is never called wrong. Nothing here rejects a school for looking odd: odd values are said, impossible ones
become unknown. Ranges marked Giga are those of Giga's own pipeline, used as warnings (methods, section 1.6).
"""

from __future__ import annotations

import pandas as pd

from geodata.declare import Check

GIGA = "Giga data quality checks"


def known(flag: pd.Series, *needed: pd.Series) -> pd.Series:
    """The flag as yes/no, unknown where any needed value is."""
    out = flag.astype("boolean")
    for values in needed:
        out = out.mask(values.isna().to_numpy())
    return out


def _above(values: pd.Series, limit: float) -> pd.Series:
    return known((values > limit).fillna(False), values)


def is_yes(values: pd.Series) -> pd.Series:
    return values.astype("boolean").fillna(False)


def is_no(values: pd.Series) -> pd.Series:
    return (~values.astype("boolean")).fillna(False)


def girls_over_learners(num_students: pd.Series, num_students_girls: pd.Series) -> pd.Series:
    """More girls than learners."""
    return known((num_students_girls > num_students).fillna(False), num_students, num_students_girls)


def sexes_do_not_add_up(
    num_students: pd.Series, num_students_girls: pd.Series, num_students_boys: pd.Series
) -> pd.Series:
    """Girls and boys together are not the learners."""
    other = (num_students_girls + num_students_boys) != num_students
    return known(other.fillna(False), num_students, num_students_girls, num_students_boys)


def no_learners(num_students: pd.Series, school_status: pd.Series) -> pd.Series:
    """An operating school with 0 learners."""
    operating = school_status.isna() | (school_status == "open")
    return known(((num_students == 0) & operating).fillna(False), num_students)


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
    return known(((num_teachers > num_students) & (num_students > 0)).fillna(False), num_teachers, num_students)


def learners_per_teacher(num_teachers: pd.Series, num_students: pd.Series) -> pd.Series:
    """More than 150 learners for each teacher, or learners and no teacher."""
    return known((num_students > 150 * num_teachers).fillna(False), num_teachers, num_students)


def devices_per_learner(num_computers: pd.Series, num_tablets: pd.Series, num_students: pd.Series) -> pd.Series:
    """More than two devices for each learner."""
    devices = num_computers.fillna(0) + num_tablets.fillna(0)
    known = num_computers.notna() | num_tablets.notna()
    return (devices > 2 * num_students).astype("boolean").mask(~known | num_students.isna() | (num_students == 0))


def trained_over_teachers(num_teachers: pd.Series, num_teachers_trained_ict: pd.Series) -> pd.Series:
    """More trained teachers than teachers."""
    return known((num_teachers_trained_ict > num_teachers).fillna(False), num_teachers, num_teachers_trained_ict)


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
    return known(~year.between(1950, 2100), school_year)


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
IMPOSSIBLE_YEAR = Check(
    "impossible_year",
    "blank",
    "The year of the record is impossible; it is treated as not reported.",
    impossible_year,
    ("school_year",),
    order=60,
)
