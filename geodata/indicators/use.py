"""Use, not only access: UIS ED22, ED23, ED25, ED27, ED44, ED45, hours of use, skills (methods, section 1.5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import gaps, skills
from geodata.arrays import Floats, as_boolean, as_number, flag, number
from geodata.declare import Indicator
from geodata.indicators.connectivity import UIS
from geodata.truth import yesno

QINGDAO = "UNESCO Qingdao Declaration (2015), 16"


def taught_with_computers(has_ict_assisted_instruction: pd.Series) -> pd.Series:
    """Computer-assisted instruction."""
    return yesno(has_ict_assisted_instruction)


def used_by_teachers(
    has_internet: pd.Series, has_internet_for_learners: pd.Series, has_internet_assisted_instruction: pd.Series
) -> pd.Series:
    """The internet is used in lessons; not in a school without internet."""
    told = flag(has_internet_assisted_instruction)
    any_internet = flag(gaps.internet(has_internet, has_internet_for_learners))
    return as_boolean(np.where(np.isnan(told) & (any_internet == 0), 0.0, told), has_internet.index)


def used_by_learners(use_hours_week: pd.Series, num_students_ict: pd.Series) -> pd.Series:
    """Learners use computers or the internet in lessons: some hours a week, or learners in grades taught with ICT."""
    hours, learners = number(use_hours_week), number(num_students_ict)
    some = (hours > 0) | (learners > 0)
    none = (hours == 0) | (np.isnan(hours) & (learners == 0))
    return as_boolean(np.where(some, 1.0, np.where(none, 0.0, np.nan)), use_hours_week.index)


def hours_of_use(use_hours_week: pd.Series) -> pd.Series:
    """Hours of use a week."""
    return use_hours_week.astype("float64")


def learners_per_connected_computer(num_students: pd.Series, num_computers_internet: pd.Series) -> pd.Series:
    """Learners for each computer on the internet; unknown where there are none or the count is unknown."""
    return gaps.learners_per_computer(num_students, num_computers_internet)


def connected_computers(
    has_internet: pd.Series, has_internet_for_learners: pd.Series, num_computers_internet: pd.Series
) -> pd.Series:
    """Computers on the internet; none in a school without internet."""
    told, any_internet = number(num_computers_internet), flag(gaps.internet(has_internet, has_internet_for_learners))
    return as_number(np.where(np.isnan(told) & (any_internet == 0), 0.0, told), has_internet.index)


def learners_taught_with_ict(num_students_ict: pd.Series, num_students: pd.Series) -> pd.Series:
    """Share of learners in grades with ICT-assisted instruction."""
    return _share(num_students_ict, num_students)


def learners_taught_computing(num_students_computing: pd.Series, num_students: pd.Series) -> pd.Series:
    """Share of learners in grades where computing is taught."""
    return _share(num_students_computing, num_students)


def teachers_untrained(num_teachers: pd.Series, num_teachers_trained_ict: pd.Series) -> pd.Series:
    """Teachers not trained to teach with ICT."""
    return skills.untrained(num_teachers, num_teachers_trained_ict)


def content_in_language(has_content_in_teaching_language: pd.Series) -> pd.Series:
    """Digital content in the language of teaching."""
    return yesno(has_content_in_teaching_language)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    of: Floats = number(whole)
    return as_number(np.divide(number(part), of, out=np.full_like(of, np.nan), where=of > 0), whole.index)


TAUGHT_WITH_COMPUTERS = Indicator(
    name="taught_with_computers", title="Teaching with computers", unit="share of schools", code="ED22",
    definition="Schools with computer-assisted instruction.", reference=UIS + ", ED22", compute=taught_with_computers,
    rollup="share", higher_is="better", group="use", order=70,
)  # fmt: skip
USED_BY_TEACHERS = Indicator(
    name="used_by_teachers", title="Internet used in lessons", unit="share of schools", code="ED23",
    definition="Schools where the internet is used in lessons (internet-assisted instruction).",
    reference=UIS + ", ED23", compute=used_by_teachers, rollup="share", higher_is="better",
    needs=("has_internet_assisted_instruction",), group="use", order=71,
)  # fmt: skip
USED_BY_LEARNERS = Indicator(
    name="used_by_learners", title="Learners use ICT in lessons", unit="share of schools", code="",
    definition="Schools whose learners use computers or the internet in lessons: some hours a week, or in grades taught with ICT.",
    reference=QINGDAO, compute=used_by_learners, rollup="share", higher_is="better", group="use", order=72,
)  # fmt: skip
HOURS_OF_USE = Indicator(
    name="hours_of_use", title="Hours of use a week", unit="hours per week",
    definition="Mean hours a week in which learners use computers or the internet in lessons, of the schools that report them.",
    reference=QINGDAO, compute=hours_of_use, rollup="mean", higher_is="better", group="use", order=73,
)  # fmt: skip
LEARNERS_TAUGHT_WITH_ICT = Indicator(
    name="learners_taught_with_ict", title="Learners taught with ICT", unit="share of learners", code="ED44",
    definition="Learners in grades with ICT-assisted instruction, of learners enrolled, where both are known.",
    reference=UIS + ", ED44", compute=learners_taught_with_ict, rollup="ratio_of_sums", higher_is="better",
    numerator="num_students_ict", denominator="num_students", weight="num_students", group="use", order=74,
)  # fmt: skip
LEARNERS_TAUGHT_COMPUTING = Indicator(
    name="learners_taught_computing", title="Learners taught computing", unit="share of learners", code="ED45",
    definition="Learners in grades where basic computer skills or computing are taught, of learners enrolled, where both are known.",
    reference=UIS + ", ED45", compute=learners_taught_computing, rollup="ratio_of_sums", higher_is="better",
    numerator="num_students_computing", denominator="num_students", weight="num_students", group="use", order=75,
)  # fmt: skip
LEARNERS_PER_CONNECTED_COMPUTER = Indicator(
    name="learners_per_connected_computer", title="Learners for each computer on the internet", unit="learners per computer",
    code="ED25", definition="Learners divided by computers on the internet, in the schools that use the internet in lessons.",
    reference=UIS + ", ED25", compute=learners_per_connected_computer, rollup="ratio_of_sums", higher_is="worse",
    numerator="num_students", denominator="num_computers_internet", weight="num_students",
    among="has_internet_assisted_instruction", group="use", order=76,
)  # fmt: skip
CONNECTED_COMPUTERS = Indicator(
    name="connected_computers", title="Computers on the internet", unit="computers per school", code="ED27",
    definition="Mean number of computers on the internet, of the schools for which it is known; none where there is no internet.",
    reference=UIS + ", ED27", compute=connected_computers, rollup="mean", higher_is="better",
    needs=("num_computers_internet",), group="use", order=77,
)  # fmt: skip
TEACHERS_UNTRAINED = Indicator(
    name="teachers_untrained", title="Teachers without ICT training", unit="teachers",
    definition="Teachers less those trained to teach with ICT, added up: the skills gap.",
    reference=UIS + ", ED8", compute=teachers_untrained, rollup="sum", higher_is="worse", largest="num_teachers",
    group="use", order=78,
)  # fmt: skip
CONTENT_IN_LANGUAGE = Indicator(
    name="content_in_language", title="Digital content in the language of teaching", unit="share of schools",
    definition="Schools with digital teaching content in the language that lessons are held in. Context: it decides over nothing.",
    reference="UNESCO Qingdao Declaration (2015), 7", compute=content_in_language, rollup="share", higher_is="better",
    group="use", order=79,
)  # fmt: skip
