"""Who learns there: poverty, remoteness, girls, displacement, the priority score; and parity between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_boolean, as_number, equals, number
from geodata.declare import Indicator
from geodata.gaps import internet_for_learners


def learners_without_internet(
    num_students: pd.Series, has_internet: pd.Series, has_internet_for_learners: pd.Series
) -> pd.Series:
    """Learners in a school whose learners cannot use the internet; 0 where they can, unknown where either is unknown."""
    without = internet_for_learners(has_internet, has_internet_for_learners)
    return num_students.mask(without.fillna(False), 0).mask(without.isna())


def poverty(poverty_share: pd.Series) -> pd.Series:
    """Share of the area's people in poverty."""
    return poverty_share.astype("float64")


def covered_population(covered_population_share: pd.Series) -> pd.Series:
    """Share of the area's people who live within reach of a mobile signal."""
    return covered_population_share.astype("float64")


def rural(settlement: pd.Series, school_area_type: pd.Series) -> pd.Series:
    """Rural by the degree of urbanisation, else by the national definition."""
    named = settlement.where(settlement.notna(), school_area_type)
    return as_boolean(np.where(named.isna(), np.nan, equals(named, "rural").astype(float)), settlement.index)


def girls(num_students_girls: pd.Series, num_students: pd.Series) -> pd.Series:
    """Share of girls among learners."""
    return _share(num_students_girls, num_students)


def sex_not_reported(num_students_girls: pd.Series) -> pd.Series:
    """Whether the count of girls is missing: itself a finding, never unknown."""
    return num_students_girls.isna().astype("boolean")


def displaced(num_students_displaced: pd.Series, num_students: pd.Series) -> pd.Series:
    """Share of displaced learners."""
    return _share(num_students_displaced, num_students)


def priority(priority_score: pd.Series) -> pd.Series:
    """The priority score."""
    return priority_score.astype("float64")


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    of = number(whole)
    return as_number(np.divide(number(part), of, out=np.full_like(of, np.nan), where=of > 0), whole.index)


def parity_index(disadvantaged: Floats | float, advantaged: Floats | float) -> Floats:
    """One group's share over the other's (girls over boys, rural over urban); NaN where the second is 0."""
    top, bottom = np.asarray(disadvantaged, dtype=float), np.asarray(advantaged, dtype=float)
    out: Floats = np.divide(top, bottom, out=np.full(np.broadcast(top, bottom).shape, np.nan), where=bottom > 0)
    return out


def adjusted_parity_index(disadvantaged: Floats | float, advantaged: Floats | float) -> Floats:
    """Parity index that is symmetric about 1 and lies from 0 to 2: above 1 it is 2 − 1/ratio (UIS, SDG 4.5.1; E1.7)."""
    ratio = parity_index(disadvantaged, advantaged)
    adjusted: Floats = np.where(ratio > 1, 2 - 1 / np.where(ratio > 1, ratio, 1), ratio)
    return adjusted


LEARNERS_WITHOUT_INTERNET = Indicator(
    name="learners_without_internet", title="Learners without usable internet", unit="learners",
    definition="Learners in schools whose learners cannot use the internet, added up.",
    reference="SDG indicator 4.a.1 (b)", compute=learners_without_internet, rollup="sum", higher_is="worse",
    largest="num_students", group="marginalisation", order=50,
)  # fmt: skip
POVERTY = Indicator(
    name="poverty", title="Share in poverty", unit="share of people",
    definition="Mean over schools of the share of the area's people in poverty.", reference="The recipe's poverty source",
    compute=poverty, rollup="mean", higher_is="worse", group="marginalisation", order=51,
)  # fmt: skip
COVERED_POPULATION = Indicator(
    name="covered_population", code="SDG 9.c.1", title="People with a mobile signal where they live", unit="share of people",
    definition="Mean over schools of the share of the area's people who live within reach of the mobile signal that the source names. Context.",
    reference="SDG indicator 9.c.1", compute=covered_population, rollup="mean", higher_is="better", group="marginalisation", order=56,
)  # fmt: skip
RURAL = Indicator(
    name="rural", title="Rural schools", unit="share of schools",
    definition="Rural by the degree of urbanisation, else by the national definition.",
    reference="Applying the Degree of Urbanisation (2021)", compute=rural, rollup="share", group="marginalisation", order=52,
)  # fmt: skip
GIRLS = Indicator(
    name="girls", title="Girls among learners", unit="share of learners",
    definition="Girls enrolled, of learners enrolled, where both are known.", reference="UIS, SDG indicator 4.5.1",
    compute=girls, rollup="ratio_of_sums", numerator="num_students_girls", denominator="num_students",
    group="marginalisation", order=53,
)  # fmt: skip
SEX_NOT_REPORTED = Indicator(
    name="sex_not_reported", title="Girls not reported apart", unit="share of schools",
    definition="Schools that do not report girls apart from boys.", reference="Beijing Consensus on AI and Education, 26",
    compute=sex_not_reported, rollup="share", higher_is="worse", group="marginalisation", order=54,
)  # fmt: skip
DISPLACED = Indicator(
    name="displaced", title="Displaced among learners", unit="share of learners",
    definition="Displaced learners, of learners enrolled, where both are known.", reference="UNESCO and UNHCR (2023)",
    compute=displaced, rollup="ratio_of_sums", higher_is="neutral", numerator="num_students_displaced",
    denominator="num_students", group="marginalisation", order=55,
)  # fmt: skip
PRIORITY = Indicator(
    name="priority", title="Priority score", unit="0 to 100",
    definition="Mean priority score of the schools.", reference="OECD/JRC Handbook (2008)", compute=priority,
    rollup="mean", higher_is="worse", group="priority", order=60,
)  # fmt: skip
