"""Columns as plain arrays: unknown is NaN in every one, so that formulas are numpy and stay fast at national scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.truth import yesno

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# Nine decimals: far beyond any data, and enough to swallow what adding in another order leaves behind.
DECIMALS = 9


def number(values: Any) -> Floats:
    """Numbers of any dtype as float64; unknown and infinite become NaN."""
    if isinstance(values, pd.Series):
        array = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        array = np.asarray(values, dtype=np.float64)
    return array if np.isfinite(array).all() else np.where(np.isfinite(array), array, np.nan)


def flag(values: pd.Series) -> Floats:
    """Yes, no, unknown as 1, 0, NaN."""
    return yesno(values).to_numpy(dtype=np.float64, na_value=np.nan)


def as_boolean(values: Floats, index: pd.Index) -> pd.Series:
    """1, 0, NaN as a nullable boolean Series."""
    missing = np.isnan(values)
    return pd.Series(pd.arrays.BooleanArray(np.where(missing, 0, values).astype(bool), missing), index=index)


def as_count(values: Floats, index: pd.Index) -> pd.Series:
    """Whole numbers with NaN as a nullable integer Series."""
    missing = np.isnan(values)
    return pd.Series(
        pd.arrays.IntegerArray(np.where(missing, 0, np.rint(np.where(missing, 0, values))).astype(np.int64), missing),
        index=index,
    )


def as_number(values: Floats, index: pd.Index) -> pd.Series:
    """Numbers as a float64 Series."""
    return pd.Series(values, index=index, dtype="float64")


def any_known(values: pd.Series | Floats) -> bool:
    """Whether any value of a column is known."""
    return bool(values.notna().any()) if isinstance(values, pd.Series) else bool((~np.isnan(values)).any())


def codes_of(*columns: pd.Series) -> tuple[Codes, int]:
    """One integer a row for each distinct combination of the columns (unknown is a value of its own), and how many."""
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        part, values = pd.factorize(column, use_na_sentinel=True)
        combined = combined * (len(values) + 1) + (part + 1)
        combined = pd.factorize(combined)[0]
    return combined.astype(np.int64), int(combined.max(initial=-1)) + 1


def equals(column: pd.Series, value: str) -> npt.NDArray[np.bool_]:
    """Where a coded column has a value; False where it is unknown."""
    return (column == value).to_numpy(dtype=bool, na_value=False)
