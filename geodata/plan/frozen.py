"""A plan as plain data and back: what is kept of it, to the byte, so that the same scenario gives the same numbers later.

    text = canonical(freeze(plan))          # geodata.store.canonical
    thaw(json.loads(text)) == plan          # but for `options`, which are not kept: they follow from data and terms

Numbers of tables and results are kept to six decimals, terms and prices as they are.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from geodata.costing.unit import PriceBook
from geodata.plan.problem import Choice, Clash, Limits, Problem
from geodata.plan.result import Plan
from geodata.plan.terms import Terms

FORM = 1  # of the data below
DECIMALS = 6
WHOLE = 99  # decimals: as it is
NOT_KEPT = {"options"}  # as many rows as schools × ways, and made anew from data, terms and prices
DATES = ("M", "m")
NOUNS = {"__clash__": Clash, "__choice__": Choice, "__problem__": Problem, "__limits__": Limits}


def freeze(plan: Plan) -> dict[str, Any]:
    """A plan as data that JSON can hold: terms and prices whole, every table but the options."""
    kept = {f.name: getattr(plan, f.name) for f in fields(plan) if f.name not in NOT_KEPT | {"terms", "book"}}
    return {
        "form": FORM,
        "terms": plan.terms.as_data(),
        "book": plan.book.as_data(),
        **{name: packed(value) for name, value in kept.items()},
    }


def thaw(data: dict[str, Any]) -> Plan:
    """A plan from `freeze`, also after a round through JSON; its options are an empty table."""
    known = {f.name for f in fields(Plan)} - {"terms", "book"}
    kept = {name: unpacked(value) for name, value in data.items() if name in known}
    return Plan(
        terms=Terms.from_data(data["terms"]), book=PriceBook.from_data(data["book"]), options=pd.DataFrame(), **kept
    )


# --- values -----------------------------------------------------------------------------------------------------


def packed(value: Any, decimals: int = DECIMALS) -> Any:
    """A value as data that JSON can hold, marked where JSON has no such type. What limits are checked by is not rounded."""
    if isinstance(value, pd.DataFrame):
        columns = [[str(name), kind_of(column), _values(column, decimals)] for name, column in value.items()]
        return {"__frame__": columns, "rows": len(value)}
    if isinstance(value, np.ndarray):
        return {"__array__": _values(pd.Series(value), decimals), "kind": str(value.dtype)}
    for name, kind in NOUNS.items():
        if isinstance(value, kind):
            digits = WHOLE if kind in (Problem, Limits) else decimals
            return {name: {f.name: packed(getattr(value, f.name), digits) for f in fields(kind)}}
    if isinstance(value, dict):
        return {str(k): packed(v, decimals) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [packed(v, decimals) for v in value]
    return _plain(value, decimals)


def unpacked(value: Any) -> Any:
    """The inverse of `packed`; lists come back as tuples."""
    if isinstance(value, list):
        return tuple(unpacked(v) for v in value)
    if not isinstance(value, dict):
        return value
    if "__frame__" in value:
        columns = {name: _series(values, kind) for name, kind, values in value["__frame__"]}
        return pd.DataFrame(columns, index=pd.RangeIndex(value["rows"]))
    if "__array__" in value:
        return np.array(_series(value["__array__"], value["kind"]))
    if "__float__" in value:
        return float(value["__float__"])
    for name, kind in NOUNS.items():
        if name in value:
            known = {f.name for f in fields(kind)}
            return kind(**{k: unpacked(v) for k, v in value[name].items() if k in known})
    return {k: unpacked(v) for k, v in value.items()}


def kind_of(column: pd.Series) -> str:
    """The type under which a column is kept; categories and objects are kept as what they hold."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return str(column.cat.categories.dtype)
    if column.dtype.kind in DATES:
        return "str"
    return str(column.dtype)


def _values(column: pd.Series, decimals: int) -> list[Any]:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        column = column.astype(object)
    if isinstance(kind, np.dtype) and kind.kind == "f":
        numbers = column.to_numpy() if decimals >= WHOLE else np.round(column.to_numpy(), decimals) + 0.0  # no -0
        if np.isfinite(numbers).all():
            return list(numbers.tolist())
        return [None if np.isnan(n) else n if np.isfinite(n) else _plain(n, decimals) for n in numbers.tolist()]
    return [None if v is None or v is pd.NA else _plain(v, decimals) for v in column.astype(object)]


def _plain(value: Any, decimals: int) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if np.isnan(value):
            return None
        return {"__float__": str(value)} if np.isinf(value) else _rounded(value, decimals)
    if value is None or isinstance(value, str | int | bool):
        return value
    if value is pd.NA or value is pd.NaT:
        return None
    return packed(value, decimals) if isinstance(value, list | tuple | dict) else str(value)


def _rounded(value: float, decimals: int) -> float:
    return value if decimals >= WHOLE else round(value, decimals) + 0.0


def _series(values: list[Any], kind: str) -> pd.Series:
    told = [unpacked(v) if isinstance(v, dict | list) else v for v in values]
    return pd.Series(told, dtype="object" if kind == "object" else kind)  # type: ignore[call-overload]
