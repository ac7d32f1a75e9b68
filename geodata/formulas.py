"""The formula of an indicator in words, and what it comes to in one roll-up: from the declaration, nothing by hand."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from geodata.declare import Indicator
from geodata.fields import FIELDS
from geodata.say import separated, tr, written


def formula_of(indicator: Indicator) -> str:
    """How the number of an area comes about, as its roll-up works it out; the declaration's own words where it has some."""
    if indicator.formula:
        return tr(indicator.formula)
    of = tr("{weight} in schools", weight=_lower(indicator.weight)) if indicator.weight else tr("schools")
    among = tr(", among schools with {among} above 0", among=_lower(indicator.among)) if indicator.among else ""
    if indicator.rollup == "share":
        if indicator.needs:
            return tr(
                "{of}: yes ÷ (yes + no), where both answers can be known{among}; between yes ÷ all and (yes + not reported) ÷ all",
                of=of,
                among=among,
            )
        return tr("{of}: yes ÷ (yes + no){among}; between yes ÷ all and (yes + not reported) ÷ all", of=of, among=among)
    if indicator.rollup == "ratio_of_sums":
        return tr(
            "Σ {numerator} ÷ Σ {denominator}, over schools where both are known{among}",
            numerator=_lower(indicator.numerator),
            denominator=_lower(indicator.denominator),
            among=among,
        )
    if indicator.rollup == "sum":
        return tr(
            "Σ over the schools where it is known{among}; schools not reported are counted beside it", among=among
        )
    if indicator.rollup == "mean":
        return tr("Σ ÷ number of schools, over the schools where it is known{among}", among=among)
    return tr("the value of each school; not added up")


def worked(indicator: Indicator, row: Mapping[str, Any]) -> str:
    """What the formula comes to for one area: `row` holds the indicator's five columns as `aggregate.roll_up` gives them."""
    value, known, unknown, low, high = (_number(row.get(indicator.name + part)) for part in ("", "_known", "_unknown", "_lower", "_upper"))  # fmt: skip
    if known is None or known + (unknown or 0) == 0:
        return tr("Nothing to count here.")
    if not known:
        return tr("Not reported by any of {unknown}.", unknown=written(unknown or 0))
    of = tr("{known} known, {value} not reported", known=written(known, 0), value=written(unknown or 0))
    bounds = (
        tr("; between {low} and {high}", low=_said(low), high=_said(high))
        if low is not None and high is not None and unknown
        else ""
    )
    if value is None:
        return tr("{of}: no share of the known is given{bounds}.", of=of, bounds=bounds)
    if indicator.rollup == "share":
        return f"{written(value * known)} ÷ {written(known)} = {_said(value)} ({of}){bounds}."
    return f"{_said(value)} {tr(indicator.unit)} ({of}){bounds}."


def _said(value: float | None) -> str:
    if value is None:
        return tr("not known")
    return separated(f"{value:.4f}" if abs(value) < 1 else f"{value:,.2f}".rstrip("0").rstrip("."))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _lower(name: str) -> str:
    title = tr(FIELDS[name].title) if name in FIELDS else name.replace("_", " ")
    return title[:1].lower() + title[1:]
