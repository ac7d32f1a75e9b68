"""Where a school stands: poverty, remoteness, displacement, crisis; and what is known of girls and children out of school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.arrays import any_known, as_number, equals, number
from geodata.declare import Criterion
from geodata.policy import POLICY, Policy
from geodata.say import tr
from geodata.vocabulary import Evidence

AF = "Alkire and Foster (2009), dual cut-off"


def poverty(wealth_percentile: pd.Series) -> pd.Series:
    """1 less the wealth percentile of the place within the country."""
    return as_number(1 - number(wealth_percentile), wealth_percentile.index)


def poverty_standard(
    wealth_percentile_evidence: pd.Series,
    wealth_percentile_source: pd.Series,
    poverty_share_source: pd.Series,
    population: pd.Series,
) -> str:
    """Words of the lower standard in use, or nothing: a percentile that the import inferred from shares in poverty."""
    inferred = (wealth_percentile_evidence == Evidence.INFERRED.value) & (
        wealth_percentile_source == poverty_share_source
    )
    inferred = inferred.fillna(False).astype(bool)
    if not inferred.any():
        return ""
    people = bool(population[inferred].notna().all())
    share = tr("people who live in less poor areas") if people else tr("areas that are less poor")
    return tr("Inferred from the area's share in poverty, as its place in the order (share of {share}).", share=share)


POVERTY = Criterion(
    name="poverty", title="Poverty", pillar="marginalisation", weight="weight_poverty", cutoff="cutoff_poverty", inclusive=True,
    lacks="among the poorest places", has="not among the poorest places", unknown="poverty not known",
    definition="1 less the wealth percentile of the place within the country.", reference=AF + "; planning value",
    formula="1 − wealth percentile", compute=poverty, standard=poverty_standard, order=4,
)  # fmt: skip


def rural(settlement: pd.Series, school_area_type: pd.Series) -> pd.Series:
    """1 rural, 0.5 town or suburb, 0 city; national urban (0) and rural (1) where the settlement is not known."""
    out = np.where(equals(school_area_type, "rural"), 1.0, np.where(equals(school_area_type, "urban"), 0.0, np.nan))
    for value, score in (("city", 0.0), ("town", 0.5), ("suburb", 0.5), ("rural", 1.0)):
        out = np.where(equals(settlement, value), score, out)
    return as_number(out, settlement.index)


def rural_standard(settlement: pd.Series, school_area_type: pd.Series) -> str:
    """Words of the lower standard in use, or nothing."""
    if any_known(settlement) or not any_known(school_area_type):
        return ""
    return tr("The national urban and rural: the degree of urbanisation is not given.")


RURAL = Criterion(
    name="rural", title="Remoteness", pillar="marginalisation", weight="weight_rural", cutoff="cutoff_rural", inclusive=True,
    lacks="rural place", has="not rural", unknown="urban or rural not reported",
    definition="1 rural, 0.5 town or suburb, 0 city.", reference="Applying the Degree of Urbanisation (2021); planning value",
    formula="rural 1, town or suburb 0.5, city 0; where the settlement is not known: national rural 1, urban 0", compute=rural, standard=rural_standard, order=5,
)  # fmt: skip


def displaced(num_students: pd.Series, num_students_displaced: pd.Series, *, policy: Policy = POLICY) -> pd.Series:
    """Share of displaced learners against the share that counts in full; none displaced is 0 whatever the enrolment."""
    count, learners = number(num_students_displaced), number(num_students)
    share = np.divide(count, learners, out=np.full_like(count, np.nan), where=learners > 0)
    item = np.minimum(1, share / policy.number("displaced_full_share"))
    return as_number(np.where(count == 0, 0.0, item), num_students.index)


DISPLACED = Criterion(
    name="displaced", title="Displaced learners", pillar="marginalisation", weight="weight_displaced", cutoff="cutoff_displaced", inclusive=True,
    lacks="many displaced learners", has="few displaced learners", unknown="displaced learners not reported",
    definition="Share of displaced learners against one half.", reference="UNESCO and UNHCR (2023); planning value",
    formula="min(1, (displaced learners ÷ learners) ÷ displaced share that counts in full)", compute=displaced, sensitive=True, order=6,
)  # fmt: skip


def crisis(crisis_index: pd.Series) -> pd.Series:
    """INFORM risk divided by 10."""
    return as_number(number(crisis_index) / 10, crisis_index.index)


CRISIS = Criterion(
    name="crisis", title="Crisis risk", pillar="marginalisation", weight="weight_crisis", cutoff="cutoff_crisis", inclusive=True,
    lacks="high crisis risk", has="lower crisis risk", unknown="crisis risk not known",
    definition="INFORM risk of the area divided by 10.", reference="INFORM, JRC; planning value",
    formula="crisis index ÷ 10", compute=crisis, order=7,
)  # fmt: skip


def girls(attendance_parity_girls: pd.Series) -> pd.Series:
    """How far girls attend less than boys in the area: 1 less the adjusted parity index, 0 where they attend as much."""
    return as_number(np.maximum(0, 1 - number(attendance_parity_girls)), attendance_parity_girls.index)


GIRLS = Criterion(
    name="girls", title="Girls' attendance", pillar="marginalisation", weight="weight_girls",
    lacks="girls attend less than boys here", has="girls attend as much as boys here", unknown="girls' attendance not known",
    definition="1 less the adjusted parity index of attendance in the area. A school's own share of girls is no lack.",
    reference="SDG 4.5.1; household survey (MICS, DHS); planning value", formula="max(0, 1 − parity index of attendance)", compute=girls, order=8,
)  # fmt: skip


def out_of_school(out_of_school_rate: pd.Series, *, policy: Policy = POLICY) -> pd.Series:
    """Share of the area's children out of school, against the rate that counts in full."""
    share = number(out_of_school_rate) / policy.number("out_of_school_full_rate")
    return as_number(np.minimum(1, share), out_of_school_rate.index)


OUT_OF_SCHOOL = Criterion(
    name="out_of_school", title="Children out of school", pillar="marginalisation", weight="weight_out_of_school",
    lacks="children out of school here", has="hardly any child out of school here", unknown="children out of school not known",
    definition="Share of the area's children who go to no school, against one half.",
    reference="SDG 4.1.4; planning value", formula="min(1, share out of school ÷ share that counts in full)", compute=out_of_school, order=9,
)  # fmt: skip
