"""Columns as the packed page reads them: short, exact, and able to say "not reported"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

FEW = 0.5  # a text column with fewer distinct values than this share of its rows is written as a list and places in it
NOTHING: dict[str, Any] = {"t": "c", "v": None}
Packed = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column taken out of its frame once, to be written whole or in parts. `kind` is b, i, f or s."""

    kind: str
    values: list[Any]

    def packed(self, start: int = 0, stop: int | None = None) -> Packed:
        """Its rows by type `t`: b yes/no as letters y, n and -; i and f numbers or null; d texts and places in them (-1 is
        unknown); s texts or null; c one value for all rows."""
        part = self.values[start:stop]
        if all(v is None for v in part):
            return NOTHING
        if self.kind == "b":
            return {"t": "b", "a": "".join("-" if v is None else "y" if v else "n" for v in part)}
        if self.kind != "s":
            return {"t": self.kind, "a": part}
        places = {text: n for n, text in enumerate(dict.fromkeys(v for v in part if v is not None))}
        if len(places) == 1 and None not in part:
            return {"t": "c", "v": part[0]}
        if len(places) > max(FEW * len(part), 1):
            return {"t": "s", "a": part}
        return {"t": "d", "v": list(places), "i": [-1 if v is None else places[v] for v in part]}


def column(values: pd.Series) -> Column:
    """A column of a frame. Numbers that are not finite are unknown."""
    known = values.notna().to_numpy(dtype=bool)
    kind = "s"
    if str(values.dtype) in ("boolean", "bool"):
        kind, plain = "b", values.fillna(False).to_numpy(dtype=bool).tolist()
    elif pd.api.types.is_integer_dtype(values.dtype):
        kind, plain = "i", values.fillna(0).to_numpy(dtype="int64").tolist()
    elif pd.api.types.is_float_dtype(values.dtype):
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        kind, plain, known = "f", numbers.tolist(), np.isfinite(numbers)
    else:
        plain = [str(v) for v in values.astype(object)]
    return Column(kind, [v if k else None for v, k in zip(plain, known.tolist(), strict=True)])


def letters(values: pd.Series) -> str:
    """Yes, no and unknown as y, n and -, a letter a row."""
    found = column(values.astype("boolean")).packed()
    return str(found["a"]) if "a" in found else "-" * len(values)


def columns(frame: pd.DataFrame, names: Sequence[str] = ()) -> dict[str, Packed]:
    """The named columns of a frame (all by default); those of which nothing is known are left out."""
    made = {name: column(frame[name]).packed() for name in (names or frame.columns)}
    return {name: one for name, one in made.items() if one is not NOTHING}
