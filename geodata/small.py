"""Small counts of single schools, unknown to a tier in places that are not of low risk (methods 6.2 and 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.fields import EVIDENCE_SUFFIXES

if TYPE_CHECKING:
    from geodata.disclosure import Thresholds

PUBLIC = "public"
_LEARNERS = ("num_students", "num_students_ict", "num_students_computing")
_BY_SEX = ("num_students_girls", "num_students_boys")
_SPECIAL = ("num_students_disabled", "num_students_displaced")
_STAFF = ("num_teachers", "num_teachers_trained_ict")
_SHUT = ("damaged", "occupied", "used_as_shelter")  # why a school does not operate


def blanked(frame: pd.DataFrame, tier: str, seen: Thresholds) -> pd.DataFrame:
    """Rows of a place that is not of low risk: small counts of a school unknown, and why it does not operate untold.

    Girls and boys are unknown together, for the one is the rest of the other; to the public also where a school has none of
    either, which would say that it is for girls (or boys) alone. What is unknown here is unknown in every sum, so no sum less the other rows gives it back.
    """
    small = {c: _below(frame, c, seen.learners) for c in _LEARNERS}
    none = 0 if tier == PUBLIC else 1
    either = _below(frame, _BY_SEX[0], seen.learners, none) | _below(frame, _BY_SEX[1], seen.learners, none)
    rest = _number(frame, "num_students") - _number(frame, "num_students_girls")
    either |= (rest >= none) & (rest < seen.learners) | small["num_students"]
    small |= dict.fromkeys(_BY_SEX, either)
    small |= {c: _below(frame, c, seen.special) for c in _SPECIAL} | {c: _below(frame, c, seen.staff) for c in _STAFF}
    found = {c: m for c, m in small.items() if c in frame and bool(m.any())}
    beside = {c + end: m for c, m in found.items() for end in EVIDENCE_SUFFIXES if c + end in frame}
    out = frame.assign(**{c: frame[c].mask(m) for c, m in (found | beside).items()})
    if tier != PUBLIC or "school_status" not in frame:
        return out
    shut = frame["school_status"].isin(_SHUT).to_numpy(dtype=bool)
    return out.assign(school_status=frame["school_status"].mask(shut, "temporarily_closed")) if shut.any() else out


def may_tell(column: str, value: str, tier: str, seen: Thresholds) -> bool:
    """Whether a value of one school, as text, stays known in `blanked`."""
    if column == "school_status":
        return tier != PUBLIC or value not in _SHUT
    least = seen.staff if column in _STAFF else seen.learners if column in (*_LEARNERS, *_BY_SEX) else 0
    try:
        return not 1 <= float(value) < least
    except ValueError:  # unknown, or no count
        return True


def _below(frame: pd.DataFrame, column: str, least: int, first: int = 1) -> pd.Series:
    """Where a count is known, no less than `first` and below the least."""
    values = _number(frame, column)
    return (values >= first) & (values < least)


def _number(frame: pd.DataFrame, column: str) -> pd.Series:
    """A column as numbers, NaN where unknown or where there is no such column."""
    if column not in frame:
        return pd.Series(np.nan, index=frame.index)
    return frame[column].astype("float64")
