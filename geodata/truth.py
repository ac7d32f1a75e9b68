"""Three-valued logic (strong Kleene) on pandas nullable booleans: yes, no, unknown.

Worked example E1.9. pandas' own `&` and `|` on the `boolean` dtype are Kleene; this module converts to that dtype
and says it once, so that no caller falls back to numpy booleans, where unknown would turn into "yes".
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

import pandas as pd

YES, NO, UNKNOWN = "yes", "no", "unknown"


def yesno(values: Any, index: pd.Index | None = None) -> pd.Series:
    """Values (True, False, None, NaN, "yes", "no", "unknown") as a nullable boolean Series.

    Raises ValueError on anything else: nothing is guessed here.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(values, index=index, dtype=object)
    if series.dtype == "boolean":
        return series
    if series.dtype == bool:
        return series.astype("boolean")
    words = {True: True, False: False, YES: True, NO: False}
    known = series.notna() & (series.astype(object) != UNKNOWN)
    wrong = set(series[known].unique()) - set(words)
    if wrong:
        raise ValueError(f"not yes, no or unknown: {sorted(map(str, wrong))[:5]}")
    return series.astype(object).map(words).astype("boolean")


def all_of(*items: pd.Series) -> pd.Series:
    """Yes if all are yes; no if any is no; otherwise unknown."""
    return reduce(and_, (yesno(item) for item in items))


def any_of(*items: pd.Series) -> pd.Series:
    """Yes if any is yes; no if all are no; otherwise unknown."""
    return reduce(or_, (yesno(item) for item in items))


def as_words(values: pd.Series, unknown: str = UNKNOWN) -> pd.Series:
    """`yes`, `no` or the given word for unknown, as text on the same index."""
    flags = yesno(values)
    return flags.astype(object).map({True: YES, False: NO}).fillna(unknown).astype(str)
