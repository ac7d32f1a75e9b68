"""The third gap: teachers who are not trained to teach with ICT (UIS ED8), beside bandwidth and devices.

Qingdao 10 and the Global Declaration on Connectivity (2021): access without skills is not use. A school that does not
report its trained teachers has between none and all of them trained, never "none".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.arrays import Floats, as_count, flag, number
from geodata.priority import operating

NEEDS = ("num_teachers", "num_teachers_trained_ict", "has_content_in_teaching_language")


@dataclass(frozen=True)
class Skills:
    """Training of the teachers of some schools. `teachers` and `trained` are over the `known` schools, which report both.

    `unknown` schools report their teachers alone, `silent` not even those. `untrained` has `lower` and `upper` with the
    teachers of the unknown schools all trained or none; NaN where no teacher is reported. `share` is ED8.
    """

    teachers: float
    trained: float
    untrained: float
    lower: float
    upper: float
    share: float
    known: int
    unknown: int
    silent: int
    content_yes: int
    content_no: int
    content_unknown: int


def untrained(num_teachers: pd.Series, num_teachers_trained_ict: pd.Series) -> pd.Series:
    """Teachers not trained to teach with ICT; unknown where either is, never below 0 (more trained than teachers)."""
    gap = np.maximum(0.0, number(num_teachers) - number(num_teachers_trained_ict))
    return as_count(gap, num_teachers.index)


def skills_gap(schools: pd.DataFrame) -> Skills:
    """The skills gap of the schools of a frame that operate, with the content in the language of teaching as context.

    Columns: `num_teachers`, `num_teachers_trained_ict`, `has_content_in_teaching_language`, `school_status`.
    """
    here = schools.loc[
        operating(schools["school_status"]), list(NEEDS)
    ]  # a country's frame is wide: only these are taken
    teachers, trained = number(here["num_teachers"]), number(here["num_teachers_trained_ict"])
    both = ~np.isnan(teachers) & ~np.isnan(trained)
    alone = ~np.isnan(teachers) & np.isnan(trained)
    missing = number(untrained(here["num_teachers"], here["num_teachers_trained_ict"]))
    of, has = _sum(teachers, both), _sum(np.minimum(trained, teachers), both)
    gap, more = _sum(missing, both), _sum(teachers, alone)
    bounded = both.any() or alone.any()
    content = flag(here["has_content_in_teaching_language"])
    return Skills(
        teachers=of, trained=has, untrained=gap,
        lower=float(np.nan_to_num(gap)) if bounded else float("nan"),
        upper=float(np.nan_to_num(gap) + np.nan_to_num(more)) if bounded else float("nan"),
        share=has / of if of > 0 else float("nan"),
        known=int(both.sum()), unknown=int(alone.sum()), silent=int(np.isnan(teachers).sum()),
        content_yes=int((content == 1).sum()), content_no=int((content == 0).sum()), content_unknown=int(np.isnan(content).sum()),
    )  # fmt: skip


def _sum(values: Floats, where: np.ndarray) -> float:
    return float(values[where].sum()) if where.any() else float("nan")
